"""Answers in brief: word for word, from what everybody may see, nothing where the evidence is thin, and judged by readers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from common import clock, settings
from common.db import db, update_where
from common.i18n import using_language
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.asking.models import AskVisit
from forum.asking.rules import Outcome
from forum.content.guides import writing
from forum.content.guides.writing import Draft
from forum.content.helpcentre.filling import take_in
from forum.content.helpcentre.finding import rows
from forum.content.helpcentre.rules import Source
from forum.questions import publishing
from forum.questions.editing import edit_post
from forum.questions.models import Post
from forum.questions.rules import PostState
from forum.search import index
from forum.search.briefs import voting
from forum.search.briefs.models import BriefBallot, BriefQuery, BriefSource
from forum.search.briefs.picking import brief
from forum.search.briefs.rules import Evidence, best_passage, chosen, is_too_vague, passages
from forum.search.finding import wanted_of
from forum.solutions.accepting import accept_answer
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from tests.conftest import START, all_rows
from tests.search.conftest import fresh_index  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("fresh_index")
TITLE = "The propeller is too loud at night"
SAID = "Oil the propeller and tighten both screws."
TYPED = "propeller loud"


@pytest.fixture
def solved(ada, ben, make_question, make_answer, at):
    """A solved question: (question, answer)."""
    at(START)
    question = make_question(ada, title=TITLE)
    answer = make_answer(ben, question, body=f"> ada wrote a secret quote\n\n{SAID}\n\nIt takes ten minutes.")
    accept_answer(ada, question, answer)
    index.index_questions([question])
    return question, answer


def quoted(typed: str, *questions: int, **more) -> list[str]:
    """The keys of what a brief quotes."""
    db.session.rollback()
    found = brief(typed, wanted_of(typed), questions, **more)
    return [one.source.key for one in found.quotes] if found else []


def words(typed: str, *questions: int) -> str:
    db.session.rollback()
    found = brief(typed, wanted_of(typed), questions)
    return (
        " ".join(re.sub("<[^>]+>", "", line) for one in found.quotes for line in one.lines) if found else ""
    )


# -- rules ------------------------------------------------------------------------------------------------------


def test_passages_are_whole_lines_and_long_paragraphs_are_cut_between_sentences():
    text = "Short.\nAlso short.\n" + "A sentence that says something useful. " * 20
    found = passages(text.strip())
    assert found[0] == ("Short.", "Also short.")
    assert all(len(" ".join(lines)) <= 360 for lines in found)
    assert " ".join(line for lines in found for line in lines) == " ".join(text.split())
    led = f"{'It is the filter, nine times out of ten. ' * 4}Then:"
    assert passages(f"{led}\nUnplug.\nOpen.") == [(led, "Unplug."), ("Open.",)]
    assert passages("") == [] and passages("x" * 5_000) == []
    assert len(passages("\n".join("y" * 130 for _n in range(500)))) <= 41


def test_evidence_is_the_share_of_what_was_asked_that_title_and_passage_hold():
    def held(text):
        return [place for place, word in enumerate(("filter", "pump", "door")) if word in text]

    found = best_passage(
        "the filter", "Look at the hose.\n" + "z" * 120 + "\nThen at the pump.", [1.0, 2.0, 1.0], held
    )
    assert found is not None and found.lines == ("Then at the pump.",) and found.share == 0.75
    assert best_passage("the filter", "Nothing of it.", [1.0, 2.0, 1.0], held) is None
    assert best_passage("the filter", "the hose", [1.0], held).share == 0
    assert best_passage("the hose", "the filter", [1.0], held).share == 1
    assert best_passage("", "", [], held) is None


def test_one_word_is_too_vague_unless_it_is_a_code():
    assert (
        is_too_vague([])
        and is_too_vague(["filter"])
        and not is_too_vague(["e18"])
        and not is_too_vague(["a", "b"])
    )


def test_thin_evidence_gives_nothing_and_weak_seconds_are_left_out():
    strong, weak, thin = Evidence(("a",), 0.9, 1.2), Evidence(("b",), 0.7, 0.8), Evidence(("c",), 0.3, 0.4)
    assert chosen([(thin, "thin")], 0.6) == []
    assert [name for _e, name in chosen([(weak, "weak"), (strong, "strong")], 0.6)] == ["strong"]
    assert len(chosen([(strong, n) for n in range(9)], 0.6)) == 3


# -- what is quoted -----------------------------------------------------------------------------------------------


def test_a_solution_is_quoted_word_for_word_without_what_it_quotes_itself(solved):
    question, answer = solved
    assert quoted(TYPED, question) == [f"answer:{answer}"]
    assert words(TYPED, question) == f"{SAID} It takes ten minutes."


def test_nothing_is_quoted_when_hardly_anything_fits_or_briefs_are_off(solved):
    assert quoted("propeller", solved[0]) == []
    assert quoted("zeppelin submarine propeller harbour", solved[0]) == []
    with settings.override(search__brief=False):
        assert quoted(TYPED, solved[0]) == []


def test_only_what_somebody_vouched_for_is_quoted(ada, sam, cleo, solved, make_answer):
    question, answer = solved
    other = make_answer(cleo, question, body="The propeller is loud when the grease is dry.")
    assert quoted(TYPED, question) == [f"answer:{answer}"]
    endorse_answer(sam, other)
    assert set(quoted(TYPED, question)) == {f"answer:{answer}", f"answer:{other}"}
    withdraw_endorsement(sam, other)
    assert quoted(TYPED, question) == [f"answer:{answer}"]


@pytest.mark.parametrize("state", [one for one in PostState if one != PostState.PUBLISHED])
@pytest.mark.parametrize("of_question", [True, False])
def test_what_not_everybody_sees_is_never_quoted(solved, state, of_question):
    question, answer = solved
    with unit_of_work():
        update_where(Post, Post.id == (question if of_question else answer), state=state)
    assert quoted(TYPED, question) == []


def test_a_removal_and_an_edit_are_seen_by_the_next_brief(solved, ben, mo):
    question, answer = solved
    edit_post(
        ben,
        answer,
        body="Replace the propeller: it is loud for good.",
        version=db.session.get(Post, answer).version,
    )
    assert words(TYPED, question) == "Replace the propeller: it is loud for good."
    publishing.hide(mo, answer)
    assert words(TYPED, question) == ""


def test_guides_and_the_help_centre_are_quoted_in_the_readers_language_first(app, sam):
    draft = Draft(
        "The propeller is loud",
        "",
        "Oil the propeller.\n\n## Tighten\nBoth screws, loud or not.",
        (),
        1,
        "en",
    )
    guide = writing.write_guide(sam, draft)
    assert quoted(TYPED, guide_ids=[guide]) == []
    writing.publish_guide(sam, guide)
    item = {
        "id": "a",
        "title": "Propeller loud",
        "text": "Le propeller est loud.",
        "language": "fr",
        "address": "https://h.example.com/",
    }
    take_in([item], Source.API)
    with using_language("en"):
        assert quoted(TYPED, guide_ids=[guide], articles=list(rows([1]).values())) == [f"guide:{guide}"]
    with using_language("fr"):
        assert quoted(TYPED, guide_ids=[guide], articles=list(rows([1]).values())) == ["article:1"]
        assert quoted(TYPED, guide_ids=[guide]) == [f"guide:{guide}"]
    writing.withdraw_guide(sam, guide, "It is wrong for the new propeller.")
    assert quoted(TYPED, guide_ids=[guide]) == []


# -- whether it answered ------------------------------------------------------------------------------------------


def token(question: int, typed: str = TYPED) -> str:
    db.session.rollback()
    found = brief(typed, wanted_of(typed), [question])
    assert found is not None
    return found.token


def sums() -> tuple[int, int]:
    db.session.rollback()
    row = db.session.execute(select(BriefQuery.up, BriefQuery.down)).one()
    return row.up, row.down


def test_a_vote_counts_once_per_member_or_browser_and_can_be_changed(solved, ada, ben):
    said = token(solved[0])
    assert voting.vote(ada, "", said, True) and not voting.vote(ada, "x", said, True)
    assert voting.vote(ANONYMOUS, "one", said, False) and voting.vote(ANONYMOUS, "two", said, False)
    assert not voting.vote(ANONYMOUS, "one", said, False) and sums() == (1, 2)
    assert voting.vote(ANONYMOUS, "one", said, True) and sums() == (2, 1)
    assert db.session.execute(select(BriefSource.up, BriefSource.down)).all() == [(2, 1)]
    assert str(ada.member_id) not in [row.ballot for row in db.session.scalars(select(BriefBallot))]


def test_a_source_that_did_not_answer_is_quoted_no_more_for_that_query(solved):
    said = token(solved[0])
    for browser in ("a", "b", "c"):
        assert quoted("loud PROPELLER", solved[0])
        voting.vote(ANONYMOUS, browser, said, False)
    assert quoted(TYPED, solved[0]) == [] and quoted("loud PROPELLERS", solved[0]) == []
    assert quoted("propeller screws", solved[0])


def test_a_token_that_is_none_foreign_or_old_counts_nothing(solved, ada, monkeypatch):
    said, before = token(solved[0]), all_rows()
    for wrong in ("", "x", said[:-2] + "zz", "é" * 4_000):
        assert not voting.vote(ada, "", wrong, True)
    monkeypatch.setattr(voting, "TOKEN_SECONDS", -1)
    assert not voting.vote(ada, "", said, True) and all_rows() == before


def test_votes_are_forgotten_with_the_log(solved, ada, at):
    voting.vote(ada, "", token(solved[0]), False)
    voting.forget_old(30)
    assert sums() == (0, 1)
    at(clock.now() + timedelta(days=31))
    voting.forget_old(30)
    assert not any(all_rows()[name] for name in ("brief_query", "brief_source", "brief_ballot"))


def test_two_who_vote_at_once_count_both(solved, ada, ben, cleo, in_threads):
    said = token(solved[0])
    who = (ada, ben, cleo, ada)
    assert in_threads(4, lambda number: voting.vote(who[number], "", said, False)).count(True) == 3
    assert sums() == (0, 3)


# -- the pages ------------------------------------------------------------------------------------------------------


def field(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page).group(1)


def test_the_search_page_shows_a_brief_and_takes_the_vote(client, solved, sign_in, mo):
    page = client.get(f"/en/search?q={TYPED}").get_data(as_text=True)
    assert "In brief" in page and "Oil the <mark>propeller</mark>" in page
    card = page.partition('id="brief"')[2].partition("</section>")[0]
    assert "secret quote" not in card and "Ben" in card and TITLE in card
    for answer in ("no", "yes"):
        sent = {"brief": field(page, "brief"), "helped": answer, "next": "/en/search?q=propeller"}
        there = client.post("/en/search/brief", data=sent)
        assert there.status_code == 303 and there.location.endswith("/en/search?q=propeller")
    assert sums() == (1, 0)
    client.post("/en/search/brief", data={"brief": "nonsense", "next": "https://evil.example.com/"})
    client.post("/en/search/brief", data={"brief": field(page, "brief"), "helped": "no"})
    sign_in(mo)
    with settings.override(search__report_least=1):
        report = client.get("/en/desk/searches").get_data(as_text=True)
    assert "Answers in brief" in report and ">propeller loud<" in report


def test_who_asks_is_shown_a_brief_and_what_was_typed_stays_after_the_vote(client, solved):
    shown = client.get(f"/en/questions/similar?title={TITLE}").get_data(as_text=True)
    assert "Did this answer you?" in shown
    sent = {"title": TITLE, "body": "My own words stay.", "step": "brief:0", "brief": field(shown, "brief")}
    page = client.post("/en/questions/ask", data=sent).get_data(as_text=True)
    assert "My own words stay." in page and sums() == (0, 1)


def test_whom_the_brief_helped_need_not_ask(client, solved):
    shown = client.get(f"/en/questions/similar?title={TITLE}").get_data(as_text=True)
    sent = {"title": TITLE, "body": "My own words stay.", "step": "brief:1", "visit": "v" * 16}
    by = {name: field(shown, name) for name in ("brief", "brief_by")}
    page = client.post("/en/questions/ask", data=sent | by).get_data(as_text=True)
    assert "Glad that is settled" in page and "My own words stay." in page and sums() == (1, 0)
    visit = db.session.query(AskVisit).one()
    assert (visit.outcome, visit.settled_by_id) == (Outcome.SETTLED, solved[0])
    for by["brief_by"] in ("settled:999999", "guide:1", "article:1", "publish:1", "nonsense", ""):
        again = client.post("/en/questions/ask", data=sent | by)
        assert again.status_code == 200 and "Glad that is settled" not in again.get_data(as_text=True)


def test_a_guide_or_an_article_may_be_enough_too(client, sam):
    guide = writing.write_guide(sam, Draft("Oil the propeller", "A quiet night.", SAID, (), 1, "en"))
    writing.publish_guide(sam, guide)
    address = "https://h.example.com/"
    take_in(
        [{"id": "a", "title": "Quiet nights", "text": SAID, "language": "en", "address": address}], Source.API
    )
    article_id = next(iter(rows(range(1, 9))))
    for step, title in ((f"guide:{guide}", "Oil the propeller"), (f"article:{article_id}", "Quiet nights")):
        sent = {
            "title": TITLE,
            "body": "My own words stay.",
            "step": step,
            "visit": step.replace(":", "").ljust(16, "v"),
        }
        page = client.post("/en/questions/ask", data=sent).get_data(as_text=True)
        assert "Glad that is settled" in page and title in page and "My own words stay." in page
    assert {one.outcome for one in db.session.query(AskVisit)} == {Outcome.SETTLED}


def test_the_page_reads_a_bounded_number_of_times(client, solved, count_queries):
    client.get(f"/en/search?q={TYPED}")
    with count_queries() as counted:
        client.get(f"/en/search?q={TYPED}")
    with settings.override(search__brief=False), count_queries() as without:
        client.get(f"/en/search?q={TYPED}")
    assert len(counted) - len(without) <= 4
