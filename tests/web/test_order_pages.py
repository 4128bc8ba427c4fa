"""The page of order, and addresses that lead on for ever: in one hop, and never to what one may not read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from common.db import db
from common.permissions import SYSTEM
from forum.housekeeping.duplicates import mark_duplicate
from forum.housekeeping.locking import lock_thread
from forum.housekeeping.merging import merge_question
from forum.housekeeping.models import TidyAct
from forum.housekeeping.splitting import split_question
from forum.questions import publishing
from forum.questions.models import Post, Question
from forum.solutions.accepting import accept_answer
from tests.conftest import START

HELP = "Unplug it, open the small hatch and clean the kumquat."


@pytest.fixture
def pair(ada, ben, cleo, make_question, make_answer, at):
    """A question with an answer, and an older one with a solution."""
    at(START + timedelta(hours=1))
    original = make_question(cleo, title="The drum is full of water and does not turn")
    accept_answer(cleo, original, make_answer(ben, original, body=HELP))
    question = make_question(ada, title="Water stays in the drum, what now")
    answer = make_answer(ben, question, body="Look at the hose behind it, mine was bent.")
    return question, original, answer


def path_of(question_id):
    db.session.rollback()
    question = db.session.get(Question, question_id)
    return f"/en/questions/{question.id}/{question.slug}"


@pytest.mark.parametrize("page", ["feed.atom", "print"])
def test_feed_and_print_of_a_merged_question_lead_to_the_other(client, mo, pair, page):
    question, original, _answer = pair
    merge_question(mo, question, original)
    answer = client.get(f"/en/questions/{question}/{page}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/en/questions/{original}/{page}")
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_merged_address_leads_to_the_other_in_one_hop_and_keeps_its_query(client, mo, pair):
    question, original, answer = pair
    old = path_of(question)
    client.get(old)
    merge_question(mo, question, original)
    for address in (old, f"/en/questions/{question}", f"/en/questions/{question}/anything-else"):
        gone = client.get(address, query_string={"sort": "new"})
        assert gone.status_code == 301 and gone.headers["Location"] == f"{path_of(original)}?sort=new"
    assert client.get(old.replace("/en/", "/fr/")).headers["Location"].startswith("/fr/questions/")
    own = client.get(f"/a/{question}")
    assert own.status_code == 301 and own.headers["Location"].endswith("#question")
    moved = client.get(f"/a/{answer}")
    assert f"/questions/{original}/" in moved.headers["Location"]
    page = client.get(path_of(original)).text
    assert "Look at the hose" in page and "Water stays in the drum, what now" in page


def test_an_old_address_tells_nothing_of_what_is_hidden_or_gone(client, mo, pair):
    question, original, _answer = pair
    old = path_of(question)
    merge_question(mo, question, original)
    publishing.hide(SYSTEM, original)
    hidden = client.get(old)
    assert hidden.status_code == 404 and "Location" not in hidden.headers
    publishing.remove(SYSTEM, original)
    assert client.get(old).status_code == 410
    publishing.restore(SYSTEM, original)
    publishing.remove(SYSTEM, question)
    assert client.get(old).status_code == 410
    assert "Water stays in the drum" not in client.get(path_of(original)).text


def test_the_address_of_an_answer_that_was_split_off_leads_to_its_own_question(client, sign_in, mo, pair):
    question, _original, answer = pair
    old = path_of(question)
    split_question(mo, question, [answer], title="Where does the hose run behind it?")
    gone = client.get(f"{old}?answer={answer}")
    assert gone.status_code == 301 and f"/questions/{answer}/where-does" in gone.headers["Location"]
    assert client.get(gone.headers["Location"]).status_code == 200
    publishing.hide(SYSTEM, answer)
    assert client.get(f"{old}?answer={answer}").status_code == 200
    assert client.get(f"/a/{answer}").status_code == 404


def test_a_duplicate_is_shown_kindly_with_the_solution_in_view_and_linked_both_ways(
    client, sign_in, mo, ada, cleo, pair
):
    question, original, _answer = pair
    for page in (path_of(question), path_of(original)):
        client.get(page)
    mark_duplicate(mo, question, original)
    page = client.get(path_of(question)).text
    assert "Good news: there is already a solution here." in page and "kumquat" in page
    assert "Closed" not in page and "duplicate" not in page.lower()
    assert "Water stays in the drum" in client.get(path_of(original)).text
    own = sign_in(ada, client.application.test_client())
    assert "Mine is another problem" in own.get(path_of(question)).text
    assert (
        "Mine is another problem"
        not in sign_in(cleo, client.application.test_client()).get(path_of(question)).text
    )
    assert own.post(f"/en/questions/{question}/reopen").status_code == 303
    assert "Good news" not in client.get(path_of(question)).text
    assert "Water stays in the drum" not in client.get(path_of(original)).text


def test_what_is_taken_from_the_original_is_gone_from_its_duplicates_page(client, mo, pair):
    question, original, _answer = pair
    mark_duplicate(mo, question, original)
    assert "kumquat" in client.get(path_of(question)).text
    solution = db.session.get(Question, original).accepted_answer_id
    publishing.hide(SYSTEM, solution)
    assert "kumquat" not in client.get(path_of(question)).text
    publishing.restore(SYSTEM, solution)
    assert "kumquat" in client.get(path_of(question)).text
    publishing.hide(SYSTEM, original)
    page = client.get(path_of(question)).text
    assert "kumquat" not in page and "does not turn" not in page
    publishing.restore(SYSTEM, original)
    client.get(path_of(original))
    publishing.hide(SYSTEM, question)
    assert "Water stays in the drum" not in client.get(path_of(original)).text


def test_a_lock_is_shown_with_its_reason(client, mo, sign_in, ben, pair):
    question, _original, _answer = pair
    lock_thread(mo, question, "outdated")
    page = sign_in(ben).get(path_of(question)).text
    assert "This question is locked" in page and "things have changed since" in page
    assert "/answers" not in page and "/comments" not in page


def act_of(kind):
    db.session.rollback()
    return db.session.scalar(select(TidyAct.id).where(TidyAct.kind == kind).order_by(TidyAct.id.desc()))


def test_the_team_does_and_undoes_every_act_on_one_page(client, sign_in, mo, pair):
    question, original, answer = pair
    desk = sign_in(mo)
    menu = desk.get(path_of(question)).text
    for anchor in ("duplicate", "merge", "split", "refile", "lock"):
        assert f"/en/questions/{question}/order#{anchor}" in menu
    assert f"/en/questions/{question}/order?split={answer}#split" in menu
    assert desk.get(f"/en/questions/{question}/order?find=drum&split={answer}").status_code == 200
    acts = {
        "duplicate": {"duplicate-number": str(original)},
        "merge": {"merge-number": f"http://localhost{path_of(original)}?x=1"},
        "split": {"posts": [answer], "title": "Where does the hose run?"},
        "move": {"category_id": 2, "why-move": "It is about coffee"},
        "retitle": {"new_title": "The water stays in the drum", "why-retitle": "Clearer"},
        "lock": {"lock-reason": "heated"},
        "close": {"close-reason": "outdated"},
    }
    for kind, form in acts.items():
        done = desk.post(f"/en/questions/{question}/order/{kind}", data=form)
        assert done.status_code == 303, (kind, done.text)
        page = desk.get(done.headers["Location"], follow_redirects=True).text
        assert f"/order/{act_of(kind)}/undo" in page, kind
        assert desk.post(f"/en/questions/order/{act_of(kind)}/undo").status_code == 303
        assert db.session.get(TidyAct, act_of(kind)).undone_at is not None
        again = desk.post(f"/en/questions/order/{act_of(kind)}/undo")
        assert again.status_code in (403, 409), kind
    db.session.rollback()
    assert db.session.get(Post, answer).question_id == question
    assert db.session.get(Question, question).title == "Water stays in the drum, what now"


@pytest.mark.parametrize(
    ("act", "form", "field"),
    [
        (
            "duplicate",
            {"duplicate-number": "99999", "why-duplicate": "because of the pump"},
            "duplicate-number",
        ),
        ("duplicate", {}, "duplicate-number"),
        ("merge", {"merge-number": "nonsense", "why-merge": "kept words"}, "merge-number"),
        ("split", {"title": "short"}, "title"),
        ("split", {"title": "A long enough title", "posts": ["x", "-1"]}, "posts"),
        ("retitle", {"new_title": "?", "why-retitle": "kept words"}, "new_title"),
        ("move", {"category_id": "2"}, "why-move"),
        ("lock", {"lock-reason": "moon"}, "lock-reason"),
        ("close", {"close-reason": "duplicate"}, "close-reason"),
        ("lock", {"lock-reason": "heated", "why-lock": "x" * 300}, "lock-reason"),
    ],
)
def test_bad_input_is_shown_again_beside_its_field(client, sign_in, mo, pair, act, form, field):
    question, *_rest = pair
    page = sign_in(mo).post(f"/en/questions/{question}/order/{act}", data=form)
    assert page.status_code == 422 and f'id="{field}-error"' in page.text
    for name, value in form.items():
        if name.startswith("why-") and len(value) < 200:
            assert value in page.text
    assert db.session.query(TidyAct).count() == 0


def test_strangers_find_no_order(client, sign_in, ada, ben, cleo, zed, pair):
    question, original, _answer = pair
    address = f"/en/questions/{question}/order"
    assert client.get(address).status_code == 403
    for who in (ben, zed):
        assert sign_in(who, client.application.test_client()).get(address).status_code == 403
    expert = sign_in(cleo, client.application.test_client())
    page = expert.get(address)
    assert page.status_code == 200 and "order/move" in page.text and "order/merge" not in page.text
    assert expert.post(f"{address}/merge", data={"merge-number": str(original)}).status_code == 403
    assert "order#refile" in expert.get(path_of(question)).text
    assert client.get("/en/questions/99999/order").status_code == 404
