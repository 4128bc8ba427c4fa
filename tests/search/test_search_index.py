"""One index, two makes, the same promises."""

import shutil
import threading
from datetime import timedelta

import pytest

from accounts.members.models import Member
from common.db import db, on_postgresql
from common.jobs import Job
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.search import index, similar
from forum.search.beside import find_members
from forum.search.finding import find
from forum.search.rules import Busy, Filters, SearchState
from forum.solutions.accepting import accept_answer
from forum.thread import viewing

pytestmark = pytest.mark.usefixtures("fresh_index")


def ids(found):
    return [result.row.id for result in found.results]


def ask(typed, who=ANONYMOUS, page=1, **filters):
    return find(who, typed, Filters(**filters), page)


def in_french(question_id):
    with unit_of_work():
        db.session.get(publishing.Question, question_id).language = "fr"
    index.index_questions([question_id])


def test_a_published_question_is_found_by_other_forms_of_its_words(ada, make_question, drain):
    wanted = make_question(ada, title="The batteries of my robot are empty")
    make_question(ada, title="Where does the water go on the floor")
    drain()
    assert ids(ask("battery robots")) == [wanted]


def test_french_words_meet_without_their_accents(ada, make_question, drain):
    wanted = make_question(
        ada, title="Ma cafetière ne démarre plus depuis hier", body="Les voyants clignotent, que faire ?"
    )
    drain()
    in_french(wanted)
    assert ids(ask("cafetieres demarrer")) == [wanted]
    assert ids(ask("voyant")) == [wanted]


def test_words_of_answers_lead_to_the_question(ada, ben, make_question, make_answer, drain):
    wanted = make_question(ada)
    make_answer(ben, wanted, body="Look behind the small hatch for the dispenser gasket and rinse it.")
    drain()
    found = ask("gasket")
    assert ids(found) == [wanted]


def test_the_title_weighs_more_than_the_text(ada, make_question, drain):
    text = make_question(
        ada, title="A noise that nobody can explain", body="It comes from the propeller at night, always."
    )
    title = make_question(
        ada, title="The propeller is too loud at night", body="It is a strange and steady noise from inside."
    )
    drain()
    assert ids(ask("propeller")) == [title, text]


def test_only_some_of_the_words_are_enough_when_nothing_has_all(ada, make_question, drain):
    wanted = make_question(ada, title="The propeller is too loud at night")
    drain()
    assert ids(ask("propeller zeppelin")) == [wanted]


def test_what_is_held_hidden_or_removed_is_not_found(ada, mo, make_question, drain):
    gone = make_question(ada, title="The propeller is too loud at night")
    drain()
    publishing.hide(mo, gone)
    assert ask("propeller").results == ()  # at once, though the index still knows it
    drain()
    assert ask("propeller").total == 0
    publishing.restore(mo, gone)
    drain()
    assert ids(ask("propeller")) == [gone]


def test_an_edit_is_found_by_its_new_words_only(ada, make_question, drain):
    changed = make_question(ada, title="The propeller is too loud at night")
    drain()
    with unit_of_work():
        question = db.session.get(publishing.Question, changed)
        question.title = "The turbine is too loud at night"
    index.index_questions([changed])
    assert ids(ask("turbine")) == [changed] and ask("propeller").total == 0


def test_filters_narrow(ada, ben, make_question, make_answer, drain):
    plain = make_question(ada, title="The propeller is too loud at night")
    solved = make_question(ben, title="The propeller makes a noise by day", category_id=2)
    answer = make_answer(ada, solved)
    accept_answer(ben, solved, answer)
    drain()
    assert set(ids(ask("propeller"))) == {plain, solved}
    assert ids(ask("propeller", state=SearchState.SOLVED)) == [solved]
    assert ids(ask("propeller", category_id=1)) == [plain]
    assert ids(ask("propeller", author_id=ben.member_id)) == [solved]
    assert set(ids(ask("propeller", author_id=ada.member_id))) == {plain, solved}
    assert ids(ask("propeller", language="fr")) == []
    assert ids(ask("propeller", tag="nothing")) == []


def test_the_solution_is_shown_with_its_words_marked(ada, ben, make_question, make_answer, drain):
    solved = make_question(ada, title="The propeller is too loud at night")
    answer = make_answer(ben, solved, body="Oil the <axle> of the propeller and tighten both screws.")
    accept_answer(ada, solved, answer)
    drain()
    found = ask("propeller screws")
    assert found.solution.answer_id == answer
    assert "&lt;axle&gt; of the <mark>propeller</mark>" in str(found.solution.text)
    assert found.results[0].from_solution
    assert str(found.results[0].title) == "The <mark>propeller</mark> is too loud at night"


def test_a_mistyped_word_is_corrected(ada, make_question, drain):
    make_question(ada, title="The propeller is too loud at night")
    drain()
    assert ask("propellar loud").did_you_mean == "propeller loud"
    assert ask("propeller").did_you_mean is None
    assert ask("qqqqqq").did_you_mean is None


def test_similar_questions_put_the_solved_ones_first(ada, ben, make_question, make_answer, drain):
    asked = make_question(ada, title="The propeller is too loud at night")
    other = make_question(ben, title="My propeller is loud when it is night outside")
    solved = make_question(ben, title="Loud propeller after cleaning in the night")
    accept_answer(ben, solved, make_answer(ada, solved))
    make_question(
        ada, title="Where can I buy a new cup", body="The handle broke off yesterday and glue does not hold."
    )
    drain()
    assert [one.id for one in similar.similar_to(asked)] == [solved, other]
    assert similar.similar_to_text("a loud propeller")[0].id == solved
    assert similar.similar_to_text("") == ()


def test_among_equals_the_most_read_comes_first(ada, make_question, drain):
    asked = [make_question(ada, title="The propeller is too loud at night") for _ in range(3)]
    drain()
    with unit_of_work():
        for question_id, views in zip(asked, (5, 900, 40), strict=True):
            db.session.get(publishing.Question, question_id).view_count = views
    index.index_questions(asked)
    assert ids(ask("propeller night")) == [asked[1], asked[2], asked[0]]
    assert [one.id for one in similar.similar_to_text("Loud propeller")] == [asked[1], asked[2], asked[0]]


def test_among_questions_alike_in_all_the_newest_comes_first(ada, make_question, drain):
    asked = [make_question(ada, title="The propeller is too loud at night") for _ in range(4)]
    drain()
    index.index_questions(asked[:2])  # written last, and still the older ones
    found = ask("propeller")
    assert not found.resting and ids(found) == asked[::-1]


def test_a_question_that_was_read_much_is_indexed_again_when_its_views_have_doubled(
    ada, make_question, drain
):
    first, second = (make_question(ada, title="The propeller is too loud at night") for _ in range(2))
    drain()
    assert ids(ask("propeller")) == [second, first]
    for reader in range(viewing.SEARCHED_FROM):
        viewing._note(first, f"reader {reader}")
    viewing.write_down()
    drain()
    assert ids(ask("propeller")) == [first, second]
    viewing._note(first, "one more")
    viewing.write_down()
    assert not db.session.scalar(
        db.select(db.func.count()).select_from(Job).where(Job.kind == "search.index", Job.done_at.is_(None))
    )


CORPUS = (
    ("The propeller is too loud at night", "It hums and rattles whenever the cabin is dark and quiet."),
    ("Noise from the cabin", "The propeller rattles at night, the engine stays silent."),
    ("Engine oil on the floor", "After landing there is oil below the engine, about one cup."),
    ("Oil pressure falls at night", "The gauge of the oil pressure drops when the engine is cold."),
    ("Cabin light does not switch off", "Even at night the light in the cabin stays on."),
    ("Which oil for a cold engine", "Winter is coming, which oil should the engine get?"),
    ("Rattling door", "The door of the cabin rattles as loud as the propeller."),
)


def test_both_makes_of_the_index_rank_alike(ada, ben, make_question, make_answer, drain):
    """The same order is expected wherever the suite runs: on Whoosh and on PostgreSQL."""
    made = [make_question(ada, title=title, body=body) for title, body in CORPUS]
    make_answer(
        ben, made[4], body="Tighten the propeller of the ventilation, the night switch sits behind it."
    )
    drain()

    def places(question_ids):
        return [made.index(question_id) for question_id in question_ids]

    def like(title, text):
        return places(match.question_id for match in similar.nearest(title, text, "en", 5))

    found = [
        places(ids(ask("propeller"))),
        places(ids(ask("engine oil"))),
        like("Loud propeller at night", "The cabin rattles"),
        like("Oil", "Which oil for the engine in winter?"),
    ]
    assert found == [[0, 6, 1, 4], [5, 2, 3], [0, 6, 1, 4, 3], [5, 2, 3, 1]]


def test_a_long_text_is_looked_up_by_its_telling_words(ada, make_question, drain):
    wanted = make_question(ada, title="The propeller is too loud at night")
    for n in range(8):
        make_question(ada, title=f"Hello to the community, part {n}")
    drain()
    story = " ".join(f"chapter{n} follows" for n in range(300))
    text = f"Hello community. {story}. The propeller hums."
    assert similar.nearest("A question", text, "en", 3)[0].question_id == wanted


def test_similar_questions_of_the_same_days_rank_before_those_of_other_years(ada, make_question, drain):
    old, new = (make_question(ada, title="The propeller is too loud at night") for _ in range(2))
    drain()
    with unit_of_work():
        post = db.session.get(publishing.Question, new)
        post.published_at -= timedelta(days=900)
    index.index_questions([new])
    found = similar.nearest("Loud propeller", "", "en", 3, moment=publishing.clock.now())
    assert [match.question_id for match in found] == [old, new]


def test_how_often_words_occur_is_known_after_every_change(ada, mo, make_question, drain):
    first, second = (make_question(ada, title="The propeller is too loud at night") for _ in range(2))
    drain()
    assert index.backend().frequency("propellers") == 2
    publishing.hide(mo, first)
    drain()
    if on_postgresql():  # Whoosh counts what is gone until it joins its files
        assert index.backend().frequency("propeller") == 1
    index.rebuild()
    assert index.backend().frequency("propeller") == 1
    index.index_questions([second])
    assert index.backend().frequency("zeppelin") == 0


def test_a_removed_question_is_similar_to_nothing(ada, ben, mo, make_question, drain):
    asked = make_question(ada, title="The propeller is too loud at night")
    other = make_question(ben, title="My propeller is loud when it is night outside")
    drain()
    assert [one.id for one in similar.similar_to(asked)] == [other]
    publishing.remove(mo, other)
    assert similar.similar_to(asked) == ()


def test_hostile_queries_are_only_words(ada, make_question, drain):
    make_question(ada)
    drain()
    for typed in (
        "' OR 1=1 --",
        "title:*",
        "((((",
        '"',
        "\\",
        "a:b & | !",
        "%_",
        "\u202e",
        "*" * 500,
        "é" * 300,
        "'':*",
    ):
        assert not ask(typed).resting


def test_rebuilding_gives_the_same_answers(ada, make_question, drain):
    wanted = make_question(ada, title="The propeller is too loud at night")
    drain()
    before = ask("propeller")
    assert index.rebuild() == index.status().documents == 1
    assert ids(ask("propeller")) == ids(before) == [wanted]


def test_indexing_twice_changes_nothing(ada, make_question, drain):
    wanted = make_question(ada, title="The propeller is too loud at night")
    drain()
    index.index_questions([wanted, wanted])
    assert index.status().documents == 1 and ids(ask("propeller")) == [wanted]


def test_members_are_found_by_a_part_of_their_name(app, ada):
    assert [card.name for card in find_members("CLEÔ")] == ["Cleo"]
    assert find_members("x") == () and find_members("%%") == ()
    with unit_of_work():
        db.session.get(Member, 3).closed_at = publishing.clock.now()
    assert find_members("cleo") == ()


# --- the index in the data folder and its accidents ----------------------------------------------------------------


@pytest.fixture
def folder(app):
    if on_postgresql():
        pytest.skip("PostgreSQL keeps the index itself")
    return app.config["FOURMI"].index_dir


def segments(folder):
    return [
        path for path in folder.glob("build-*/*") if path.suffix == ".seg" or path.name.startswith("_MAIN")
    ]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("accident", ["deleted", "truncated", "emptied", "overwritten", "pointer lost"])
def test_after_an_accident_the_search_rests_and_a_rebuild_restores_it(
    ada, client, make_question, drain, folder, accident
):
    wanted = make_question(ada, title="The propeller is too loud at night")
    drain()
    index.forget()
    if accident == "deleted":
        shutil.rmtree(folder)
    elif accident == "pointer lost":
        (folder / "CURRENT").unlink()
    else:
        content = {
            "truncated": lambda b: b[: len(b) // 3],
            "emptied": lambda b: b"",
            "overwritten": lambda b: b"\xff" * len(b),
        }
        for path in segments(folder):
            path.write_bytes(content[accident](path.read_bytes()))
    assert ask("propeller").resting and not index.status().well
    assert similar.similar_to(wanted) == ()
    page = client.get("/en/search?q=propeller")
    assert page.status_code == 200 and b"resting" in page.data
    assert client.get("/healthz").status_code == 503
    index.rebuild()
    assert ids(ask("propeller")) == [wanted] and index.status().well


def test_a_lost_index_is_made_anew_by_the_next_change(ada, make_question, drain, folder):
    shutil.rmtree(folder)
    index.forget()
    wanted = make_question(ada, title="The propeller is too loud at night")
    drain()
    assert ids(ask("propeller")) == [wanted]


def test_one_writer_at_a_time(ada, make_question, drain, folder):
    wanted = make_question(ada, title="The propeller is too loud at night")
    with index.backend().builds.writing():
        with pytest.raises(Busy):
            index.index_questions([wanted])
        assert not ask("propeller").resting  # reading goes on
    index.index_questions([wanted])
    assert ids(ask("propeller")) == [wanted]


def test_searching_goes_on_beside_a_rebuild(app, ada, make_question, drain, folder):
    wanted = make_question(ada, title="The propeller is too loud at night")
    drain()
    stop, failures = threading.Event(), []

    def look():
        with app.app_context():
            while not stop.is_set():
                found = ask("propeller")
                if found.resting or ids(found) != [wanted]:
                    failures.append(found)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        index.rebuild()
        index.index_questions([wanted])
    stop.set()
    for reader in readers:
        reader.join()
    assert not failures


def test_a_new_community_without_an_index_is_well(client, folder):
    shutil.rmtree(folder)
    index.forget()
    assert index.status().well and ask("propeller").resting
    assert client.get("/healthz").get_json()["checks"]["search index"]["ok"]
