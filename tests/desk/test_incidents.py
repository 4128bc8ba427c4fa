"""Incidents: told while somebody asks, questions rest under them, and their end answers everybody once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from forum.asking.incidents import open_incident
from forum.asking.models import AskVisit
from forum.catalogue import importing
from forum.catalogue.rules import ImportKind
from forum.drafts.drafting import load_draft, save_draft
from forum.products.models import Product
from forum.questions.models import Post
from forum.reactions.following import follow_question
from forum.reactions.voting import me_too
from forum.solutions import settling
from forum.solutions.accepting import accept_answer
from forum.solutions.drift import drifts
from moderation.escalation import casework, clocks
from moderation.escalation.models import Case, Ladder
from moderation.escalation.rules import CaseState
from moderation.escalation.sla_rules import Metric, Standing
from moderation.incidents import declaring, following, linking, queries
from moderation.incidents.declaring import Words
from moderation.incidents.models import Incident, IncidentFollower, IncidentUpdate
from moderation.incidents.rules import concerns
from tests.desk.conftest import MONDAY, TITLE, WORDS
from tests.states.conftest import state, thread

NOTHING = Words()


def reading(question_id):
    ladder = db.session.get(Ladder, question_id, populate_existing=True)
    return clocks.reading_of(ladder, Metric.FIRST_REPLY_ANY)


def told(kind):
    return sorted(db.session.scalars(db.select(Notification.member_id).where(Notification.kind == kind)))


# --- which questions it is about ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("incident", "asked", "fits"),
    [
        ((1, None), (1, None), 1), ((1, None), (2, None), 0), ((1, None), (1, 7), 1), ((1, 7), (1, 7), 2),
        ((1, 7), (2, 7), 2), ((1, 7), (1, 8), 0), ((1, 7), (1, None), 1), ((None, 7), (1, None), 0), ((None, 7), (None, 7), 2),
    ],
)  # fmt: skip
def test_an_incident_fits_its_product_else_its_category(incident, asked, fits):
    assert concerns(incident, *asked) == fits


# --- declaring ------------------------------------------------------------------------------------------------------


def test_the_team_declares_an_incident_once(incident, sam, mo):
    assert declaring.declare(mo, TITLE, WORDS, 1, None) == incident
    assert db.session.scalar(db.select(db.func.count()).select_from(Incident)) == 1
    assert open_incident("anything", 1, None).title == "The app does not answer"
    assert open_incident("anything", 2, None) is None


def test_strangers_declare_nothing(ada, cleo, zed, leaves_no_trace):
    for who in (ANONYMOUS, ada, cleo, zed):
        with leaves_no_trace(Forbidden):
            declaring.declare(who, TITLE, WORDS, 1, None)


def test_what_is_missing_is_said_field_by_field(sam, leaves_no_trace):
    with leaves_no_trace(Invalid) as refused:
        declaring.declare(sam, Words("court", "x" * 200), Words("x" * 601), None, None)
    assert set(refused.value.fields) == {"title_fr", "title_en", "text_fr", "category_id"}


def test_news_is_what_people_who_ask_are_told(incident, sam, leaves_no_trace):
    declaring.update(sam, incident, Words("", "The supplier has found the cause."))
    assert open_incident("", 1, None).text == "The supplier has found the cause."
    with leaves_no_trace(Invalid):
        declaring.update(sam, incident, NOTHING)
    declaring.resolve(sam, incident, NOTHING)
    with leaves_no_trace(Conflict):
        declaring.update(sam, incident, WORDS)
    with leaves_no_trace(NotFound):
        declaring.update(sam, 999, WORDS)


# --- questions of it ------------------------------------------------------------------------------------------------


def test_a_question_of_an_incident_rests_and_its_clock_goes_on_when_taken_off(
    incident, question, sam, ada, at, heard
):
    at(MONDAY + timedelta(minutes=30))
    assert linking.attach(sam, incident, question) and not linking.attach(sam, incident, question)
    assert state(question) == "linked" and reading(question).standing is Standing.PAUSED
    assert heard(ada) == ["incident-joined"]
    at(timedelta(hours=6))
    assert linking.take_off(sam, question) and not linking.take_off(sam, question)
    assert state(question) == "open" and reading(question).standing is Standing.RUNNING
    at(timedelta(minutes=10))
    assert reading(question).worked == timedelta(minutes=40)
    assert heard(ada) == [] and not list(drifts())


def test_a_case_leaves_the_queue_with_it_and_returns(case_id, question, incident, sam, at):
    at(MONDAY + timedelta(hours=4, minutes=2))
    linking.attach(sam, incident, question)
    assert casework.load(case_id).state is CaseState.CANCELLED
    linking.take_off(sam, question)
    assert db.session.get(Case, case_id, populate_existing=True).state is CaseState.QUEUED


def test_one_incident_at_a_time_and_none_for_what_is_solved(
    incident, question, sam, ada, ben, make_question, make_answer, leaves_no_trace
):
    other = declaring.declare(sam, Words("Une autre panne", "Another outage"), WORDS, 1, None)
    linking.attach(sam, incident, question)
    with leaves_no_trace(Conflict):
        linking.attach(sam, other, question)
    solved = make_question(ada, title="The door does not close any more")
    accept_answer(ada, solved, make_answer(ben, solved))
    with leaves_no_trace(Conflict):
        linking.attach(sam, incident, solved)
    assert linking.attach_many(sam, incident, [solved, question, 999]) == (0, 2)


def test_strangers_attach_nothing(incident, question, ada, ben, sam, leaves_no_trace):
    for who in (ANONYMOUS, ada, ben):
        with leaves_no_trace(Forbidden):
            linking.attach(who, incident, question)
    linking.attach(sam, incident, question)
    with leaves_no_trace(Forbidden):
        linking.take_off(ada, question)


# --- the end --------------------------------------------------------------------------------------------------------


def test_its_end_answers_its_questions_and_tells_everybody_once(
    incident, question, sam, ada, ben, cleo, make_question, at, drain, heard
):
    second = make_question(cleo, title="The same trouble with the app")
    for one in (question, second):
        linking.attach(sam, incident, one)
    me_too(cleo, question)
    me_too(ben, second)
    follow_question(ben, question)
    following.join(ben, incident)
    at(timedelta(hours=3))
    assert declaring.resolve(sam, incident, Words("C’est réparé.", "It is repaired."))
    assert not declaring.resolve(sam, incident, NOTHING)
    drain()
    assert {state(question), state(second)} == {"answered"}
    assert reading(question).standing is Standing.MET
    assert told("incident-over") == [ada.member_id, ben.member_id, cleo.member_id]
    linking.end_all(incident)
    drain()
    assert len(told("incident-over")) == 3 and not list(drifts())


def test_the_asker_confirms_or_says_that_it_is_still_a_problem(
    incident, question, sam, ada, make_question, drain, at
):
    other = make_question(ada, title="The app is silent since this morning")
    for one in (question, other):
        linking.attach(sam, incident, one)
    declaring.resolve(sam, incident, NOTHING)
    drain()
    at(timedelta(hours=1))
    assert settling.say_solved(ada, question) and state(question) == "solved"
    assert settling.say_unsolved(ada, other) and state(other) == "open"
    assert reading(other).standing is Standing.RUNNING and not list(drifts())
    assert thread(other).incident_over_at is not None


def test_what_comes_back_is_news_again_at_its_next_end(incident, question, sam, ada, drain, at):
    linking.attach(sam, incident, question)
    declaring.resolve(sam, incident, NOTHING)
    drain()
    at(timedelta(days=1))
    assert declaring.begin_again(sam, incident, WORDS) and not declaring.begin_again(sam, incident, WORDS)
    assert state(question) == "answered" and open_incident("", 1, None) is not None
    settling.say_unsolved(ada, question)
    at(timedelta(hours=1))
    linking.attach(sam, incident, question)
    at(timedelta(hours=1))
    declaring.resolve(sam, incident, NOTHING)
    drain()
    assert state(question) == "answered" and told("incident-over") == [ada.member_id] * 2


def test_a_hidden_question_tells_nobody(incident, question, sam, mo, ben, drain):
    from forum.questions import publishing

    linking.attach(sam, incident, question)
    follow_question(ben, question)
    publishing.hide(mo, question)
    declaring.resolve(sam, incident, NOTHING)
    drain()
    assert told("incident-over") == [] and db.session.get(Post, question).state == "hidden"


# --- this concerns me -----------------------------------------------------------------------------------------------


def test_following_is_once_and_ends(incident, ben, zed, sam, leaves_no_trace):
    following.join(ben, incident)
    assert following.join(ben, incident).title == "The app does not answer"
    assert queries.follows(ben, incident)
    following.join(zed, incident)  # silenced members may read and be told
    following.leave(ben, incident)
    following.leave(ben, incident)
    assert not queries.follows(ben, incident)
    with leaves_no_trace(Forbidden):
        following.join(ANONYMOUS, incident)
    with leaves_no_trace(NotFound):
        following.join(ben, 999)
    declaring.resolve(sam, incident, NOTHING)
    with leaves_no_trace(Conflict):
        following.join(ben, incident)


def test_this_concerns_me_ends_the_ask_and_follows(incident, sign_in, ben):
    page = sign_in(ben)
    form = {"title": "The app is silent", "body": "Nothing answers.", "category_id": "1", "visit": "v" * 16}
    save_draft(ben, "ask", title="The app is silent", body="Nothing answers.", fields={})
    checked = page.post("/en/questions/ask", data=form | {"step": "check"}).text
    assert "The app does not answer" in checked and f'value="incident:{incident}"' in checked
    ended = page.post("/en/questions/ask", data=form | {"step": f"incident:{incident}"})
    assert "We tell you when it is over" in ended.text and "Nothing answers." in ended.text
    assert db.session.scalar(db.select(AskVisit.outcome)) == "followed"
    assert load_draft(ben, "ask") is None
    assert db.session.scalar(db.select(IncidentFollower.member_id)) == ben.member_id


def test_signed_out_the_text_is_kept_and_nothing_followed(incident, client):
    form = {"title": "The app is silent", "body": "Nothing answers.", "category_id": "1"}
    page = client.post("/en/questions/ask", data=form | {"step": f"incident:{incident}"})
    assert page.status_code == 403 and "Nothing answers." in page.text
    assert db.session.scalar(db.select(IncidentFollower.member_id)) is None
    gone = client.post("/en/questions/ask", data=form | {"step": "incident:999"})
    assert gone.status_code in (200, 403) and "Nothing answers." in gone.text


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_desk_declares_attaches_and_resolves(sign_in, sam, ada, question, drain):
    desk = sign_in(sam)
    typed = {
        "title_fr": "Panne de l’appli",
        "title_en": "Outage of the app",
        "text_en": "Known.",
        "category_id": "",
    }
    refused = desk.post("/en/desk/incidents", data=typed)
    assert refused.status_code == 422 and 'value="Outage of the app"' in refused.text
    made = desk.post("/en/desk/incidents", data=typed | {"category_id": "1"}, follow_redirects=True)
    assert made.status_code == 200 and "Outage of the app" in made.text
    assert f'name="questions" value="{question}"' in made.text
    incident = db.session.scalar(db.select(Incident.id))
    desk.post(f"/en/desk/incidents/{incident}/questions", data={"questions": [question]})
    assert state(question) == "linked"
    assert "Outage of the app" in desk.get(f"/en/questions/{question}", follow_redirects=True).text
    assert "Outage of the app" in desk.get("/en/categories/washing").text
    desk.post(f"/en/desk/incidents/{incident}/resolve", data={"text_en": "Repaired."})
    drain()
    assert state(question) == "answered"
    shown = desk.get(f"/en/questions/{question}", follow_redirects=True).text
    assert "The incident is over:" in shown and "Repaired." in shown
    assert "Outage of the app" not in desk.get("/en/categories/washing").text
    assert db.session.scalar(db.select(db.func.count()).select_from(IncidentUpdate)) == 2


def test_a_case_is_attached_and_taken_off_from_its_page(sign_in, sam, case_id, question, incident):
    desk = sign_in(sam)
    path = f"/en/desk/escalations/{case_id}"
    assert "The app does not answer" in desk.get(path).text
    form = {"question_id": question, "incident_id": incident, "back": path}
    assert desk.post("/en/desk/incidents/question", data=form).headers["Location"] == path
    assert state(question) == "linked" and "Take off the incident" in desk.get(path).text
    desk.post("/en/desk/incidents/question", data={"question_id": question, "back": path})
    assert state(question) == "open"


def test_the_public_page_is_for_everybody_and_the_desk_is_not(incident, client, sign_in, ben):
    assert "We are working on it." in client.get(f"/en/incidents/{incident}").text
    assert "Nous y travaillons." in client.get(f"/fr/incidents/{incident}").text
    assert client.get("/en/incidents/999").status_code == 404
    browser = sign_in(ben)
    for path in ("/en/desk/incidents", f"/en/desk/incidents/{incident}"):
        assert browser.get(path).status_code == 403
    for path in (
        "",
        f"/{incident}/news",
        f"/{incident}/resolve",
        f"/{incident}/again",
        f"/{incident}/questions",
        "/question",
    ):
        form = {"text_en": "x", "number": "1", "question_id": "1", "incident_id": "1"}
        assert browser.post(f"/en/desk/incidents{path}", data=form).status_code == 403, path
    assert browser.post(f"/en/incidents/{incident}/follow").status_code == 303
    assert "We tell you when it is over." in browser.get(f"/en/incidents/{incident}").text


def test_lists_and_products_say_what_is_broken_there_and_nowhere_else(app, client, sam, at):
    at(MONDAY)
    lines = "key;name;category\nA1;Ondéa 6;washing\nA2;Ondéa 8;washing\nB1;Perco Uno;coffee\n"
    importing.run(lines, ImportKind.PRODUCTS)
    chosen = db.session.scalars(db.select(Product.id).where(Product.key == "A1")).one()
    declaring.declare(sam, TITLE, WORDS, 1, None)
    declaring.declare(sam, Words("La porte de la six", "The six’s door"), WORDS, None, chosen)
    told = {
        path: (TITLE.en in page, "The six’s door" in page)
        for path in (
            "products/ondea-6",
            "products/ondea-8",
            "products/perco-uno",
            "questions/?product=ondea-6",
        )
        for page in [client.get(f"/en/{path}", follow_redirects=True).text]
    }
    assert told == {
        "products/ondea-6": (True, True), "products/ondea-8": (True, False), "products/perco-uno": (False, False),
        "questions/?product=ondea-6": (True, True),
    }  # fmt: skip
