"""The board, a case, the unanswered and the hours through the browser's eyes; and who does not get in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.products.models import Product
from forum.questions.models import Question
from moderation.escalation import casework, laddering
from moderation.escalation.models import Case, Ladder
from moderation.escalation.rules import CaseState
from moderation.routing.models import CaseDesk, SupportTeam

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGES = ("/en/desk/escalations", "/en/desk/unanswered", "/en/desk/escalations/1")


@pytest.fixture
def case_id(app, at, ada, make_question):
    """A question that waits for the team since a minute."""
    at(MONDAY)
    question_id = make_question(ada)
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    return casework.case_of(question_id, 1).id


def name_product(case_id, name):
    """The question of a case is about a product."""
    with unit_of_work():
        product = Product(key="x1", name=name, slug="aquastop-40", category_id=1)
        db.session.add(product)
        db.session.flush()
        db.session.get_one(Question, db.session.get_one(Case, case_id).question_id).product_id = product.id


def state(case_id):
    return db.session.get(Case, case_id, populate_existing=True).state


@pytest.mark.parametrize("path", PAGES)
def test_strangers_do_not_get_in(case_id, client, sign_in, ada, zed, path):
    assert client.get(path).status_code in (302, 303, 403, 404)
    for who in (ada, zed):
        assert sign_in(who).get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "next",
        "1/take",
        "1/assign",
        "1/release",
        "1/note",
        "1/answer",
        "1/ask",
        "1/wait",
        "1/resume",
        "1/hand-back",
        "1/priority",
    ],
)
def test_strangers_change_nothing(case_id, client, sign_in, ada, zed, path):
    form = {
        "body": "A long enough answer to this question.",
        "note": "x",
        "member_id": "5",
        "reason": "opinion",
        "priority": "low",
    }
    for browser in (client, sign_in(ada), sign_in(zed)):
        assert browser.post(f"/en/desk/escalations/{path}", data=form).status_code in (302, 303, 403, 404)
        assert state(case_id) is CaseState.QUEUED


def test_the_board_shows_the_case_with_its_countdown(case_id, sign_in, sam):
    page = sign_in(sam).get("/en/desk/escalations").text
    assert "E-1" in page
    assert "3 h 59 left" in page
    assert "The drum stays full of water" in page


def test_the_board_asks_a_fixed_number_of_questions(
    case_id, at, ada, sign_in, sam, make_question, count_queries
):
    browser = sign_in(sam)
    browser.get("/en/desk/escalations")
    with count_queries() as few:
        browser.get("/en/desk/escalations")
    for number in range(12):
        make_question(ada, title=f"Something else is broken, number {number}")
    at(timedelta(hours=5))
    laddering.sweep()
    browser.get("/en/desk/escalations")
    with count_queries() as many:
        page = browser.get("/en/desk/escalations").text
    assert "number 11" in page
    assert len(many) <= len(few) + 1 <= 18


def test_taking_the_next_opens_it(case_id, sign_in, sam):
    answer = sign_in(sam).post("/en/desk/escalations/next")
    assert answer.status_code == 303
    assert answer.location.endswith(f"/en/desk/escalations/{case_id}#case")
    assert state(case_id) is CaseState.ASSIGNED


def test_an_empty_queue_says_so(app, sign_in, sam):
    page = sign_in(sam).post("/en/desk/escalations/next", follow_redirects=True).text
    assert "Nothing waits to be taken." in page


def seen_on(page):
    return re.search(r'name="seen" value="([^"]+)"', page.text)[1]


def test_the_official_answer_goes_through_the_page(case_id, sign_in, sam):
    browser = sign_in(sam)
    name_product(case_id, "Aquastop 40")
    page = browser.get(f"/en/desk/escalations/{case_id}")
    assert "· Aquastop 40 ·" in " ".join(page.text.split())
    assert page.status_code == 200
    answer = browser.post(
        f"/en/desk/escalations/{case_id}/answer",
        data={
            "body": "Clean the small filter behind the hatch, then run a short cycle.",
            "seen": seen_on(page),
        },
    )
    assert answer.status_code == 303
    assert state(case_id) is CaseState.ANSWERED


def test_a_refused_text_comes_back_in_its_box(case_id, sign_in, sam):
    browser = sign_in(sam)
    sent = {"body": "Too short", "seen": seen_on(browser.get(f"/en/desk/escalations/{case_id}"))}
    answer = browser.post(f"/en/desk/escalations/{case_id}/answer", data=sent)
    assert answer.status_code == 422
    assert "Too short" in answer.text


def test_a_text_written_on_an_old_version_is_kept_and_not_sent(case_id, sign_in, sam, max_):
    from moderation.escalation import cases

    cases.take(sam, case_id)
    body = "Clean the small filter behind the hatch, please."
    answer = sign_in(sam).post(f"/en/desk/escalations/{case_id}/answer", data={"body": body, "seen": "0.0.0"})
    assert answer.status_code == 409
    assert body in answer.text
    assert state(case_id) is CaseState.ASSIGNED


def test_handed_back_the_thread_and_the_asker_read_why_with_thanks(case_id, client, sign_in, sam, ada):
    from moderation.escalation import cases
    from moderation.escalation.rules import HandBackReason

    cases.take(sam, case_id)
    cases.hand_back(sam, case_id, HandBackReason.EXPERIENCE, "Ask the ones with a garden.")
    question_id = casework.load(case_id).question_id
    page = client.get(f"/en/questions/{question_id}", follow_redirects=True).text
    assert "members who have lived with it know more. Thank you" in page
    news = sign_in(ada).get("/en/notifications").text
    assert "thanks you for it" in news and "members who have lived with it know more" in news
    assert "garden" not in page + news


def test_a_promise_broken_long_ago_is_not_kept_by_a_late_answer(case_id, sam, at):
    from moderation.escalation import cases
    from moderation.escalation.desk import queries

    at(datetime(2026, 5, 4, 9, tzinfo=UTC))
    laddering.sweep()
    at(datetime(2026, 6, 22, 9, tzinfo=UTC))
    cases.answer_officially(sam, case_id, "Clean the small filter behind the hatch, then run a short cycle.")
    assert queries.month().kept is None, "it was decided when it broke"


def test_notes_are_shown_at_the_desk_and_nowhere_else(case_id, client, sign_in, sam, ada):
    browser = sign_in(sam)
    browser.post(f"/en/desk/escalations/{case_id}/take")
    browser.post(
        f"/en/desk/escalations/{case_id}/note", data={"note": "Laboratory says: <b>valve</b> inverted"}
    )
    assert "Laboratory says: &lt;b&gt;valve" in browser.get(f"/en/desk/escalations/{case_id}").text
    question_id = db.session.get(Case, case_id).question_id
    for path in (f"/en/questions/{question_id}/-", "/en/search?q=laboratory+valve", "/en/"):
        assert "Laboratory says" not in sign_in(ada).get(path, follow_redirects=True).text


def test_everybody_reads_when_a_reply_is_promised(case_id, client):
    question_id = db.session.get(Case, case_id).question_id
    page = client.get(f"/en/questions/{question_id}/x", follow_redirects=True).text
    assert "A person of the team answers before 2 March 2026, 18:00." in page


def test_before_that_the_next_steps_are_shown_with_their_times(app, at, ada, client, make_question):
    at(MONDAY)
    question_id = make_question(ada)
    page = client.get(f"/en/questions/{question_id}/x", follow_redirects=True).text
    assert "before 2 March 2026, 18:00" in page
    assert "2 March 2026, 14:00" in page


def test_the_unanswered_stand_with_the_longest_waiting_first(
    app, at, ada, ben, sign_in, sam, make_question, make_answer
):
    at(MONDAY)
    first = make_question(ada, title="The first thing that is broken")
    at(timedelta(hours=1))
    make_question(ada, title="The second thing that is broken")
    answered = make_question(ada, title="The third thing that is broken")
    make_answer(ben, answered)
    browser = sign_in(sam)
    page = browser.get("/en/desk/unanswered").text
    assert 0 < page.index("The first thing") < page.index("The second thing")
    assert "The third thing" not in page
    browser.post(f"/en/desk/unanswered/{first}/escalate")
    assert casework.case_of(first, 1).state is CaseState.QUEUED


def test_long_lists_of_unanswered_have_pages(app, at, ada, sign_in, sam, make_question):
    at(MONDAY)
    for number in range(33):
        at(timedelta(minutes=1))
        make_question(ada, title=f"Something is broken, number {number:02d}")
    browser = sign_in(sam)
    page = browser.get("/en/desk/unanswered").text
    assert "number 29" in page and "number 30" not in page
    after = page.split("after=")[1].split('"')[0]
    assert "number 32" in browser.get(f"/en/desk/unanswered?after={after}").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_of_the_desk_speaks_both_languages(case_id, sign_in, max_, language):
    browser = sign_in(max_)
    for path in (
        "escalations",
        f"escalations/{case_id}",
        "unanswered",
        "escalations?scope=mine&order=followed",
    ):
        assert browser.get(f"/{language}/desk/{path}").status_code == 200


def test_a_case_that_does_not_exist_is_not_found(app, sign_in, sam):
    assert sign_in(sam).get("/en/desk/escalations/999").status_code == 404
    assert sign_in(sam).post("/en/desk/escalations/999/take").status_code == 404


def test_the_clock_has_a_place_in_the_health_of_the_site(app, at, ada, make_question):
    from moderation.jobs import clocks_run

    at(MONDAY)
    make_question(ada)
    assert clocks_run().well
    at(timedelta(hours=3))
    assert not clocks_run().well
    laddering.sweep()
    assert clocks_run().well
    assert db.session.scalar(db.select(db.func.count(Ladder.question_id))) == 1


def test_the_board_shows_the_cases_of_one_team(case_id, sign_in, max_):
    with unit_of_work():
        team = SupportTeam(key="door_seals", name_fr="Joints", name_en="Door seals")
        db.session.add(team)
        db.session.flush()
        team_id = team.id
    browser = sign_in(max_)
    card = f'href="/en/desk/escalations/{case_id}'
    address = f"/en/desk/escalations?scope=team:{team_id}"
    assert "Door seals" in browser.get("/en/desk/escalations").text
    assert card not in browser.get(address).text
    with unit_of_work():
        update_where(CaseDesk, CaseDesk.case_id == case_id, team_id=team_id)
    assert card in browser.get(address).text
    for strange in ("team:", "team:x", "team:²", f"team:{10**30}", "team:-1"):
        page = browser.get(f"/en/desk/escalations?scope={strange}")
        assert page.status_code == 200 and card not in page.text
