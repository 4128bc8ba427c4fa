"""After the end of an incident: one notice each whatever happens, "still broken?", the clock, the status page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock
from common.db import db
from common.errors import Conflict, Forbidden
from common.permissions import ANONYMOUS
from forum.questions.models import Question
from forum.reactions.following import follow_question
from forum.reactions.voting import me_too
from forum.solutions import settling
from moderation.incidents import afterwards, declaring, following, linking, notices
from moderation.incidents.declaring import Words
from moderation.incidents.models import Incident, IncidentReply
from moderation.incidents.rules import is_regression
from tests.desk.conftest import MONDAY, TITLE, WORDS
from tests.states.conftest import state

NOTHING = Words()


def told(kind):
    return sorted(db.session.scalars(db.select(Notification.member_id).where(Notification.kind == kind)))


def incident_state(key):
    return db.session.get(Incident, key, populate_existing=True).state


@pytest.fixture
def over(incident, question, sam, ada, ben, cleo, drain):
    """An incident that is over: ada asked, ben said "me too", cleo follows it."""
    linking.attach(sam, incident, question)
    me_too(ben, question)
    following.join(cleo, incident)
    declaring.resolve(sam, incident, NOTHING)
    drain()
    return incident


@pytest.mark.parametrize(
    ("broken", "concerned", "back"),
    [
        (0, 0, False),
        (0, 5, False),
        (1, 10, True),
        (1, 11, False),
        (2, 21, False),
        (3, 1000, True),
        (2, 20, True),
    ],
)
def test_three_noes_or_one_in_ten(broken, concerned, back):
    assert is_regression(broken, concerned) is back


def test_a_killed_job_tells_everybody_once_when_it_starts_again(
    incident, question, sam, ada, ben, cleo, drain, at, monkeypatch
):
    linking.attach(sam, incident, question)
    me_too(ben, question)
    follow_question(ben, question)
    follow_question(cleo, question)
    declaring.resolve(sam, incident, NOTHING)
    calls = []

    def dies(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return telling.tell_many(*args, **kwargs)

    monkeypatch.setattr(notices, "tell_many", dies)
    linking.end_all(incident)
    with pytest.raises(KeyboardInterrupt):
        notices.tell_of_end(incident, 1, question)
    assert told("incident-over") == [ada.member_id]
    for _again in range(2):
        notices.tell_of_end(incident, 1, question)
    drain()
    assert told("incident-over") == sorted([ada.member_id, ben.member_id, cleo.member_id])


def test_those_it_concerned_say_whether_it_works_and_one_in_ten_alarms_once(
    over, ada, ben, cleo, max_, leaves_no_trace
):
    for who in (ANONYMOUS, max_):
        with leaves_no_trace(Forbidden):
            afterwards.say(who, over, False)
    afterwards.say(cleo, over, True)
    assert told("incident-back") == []
    afterwards.say(ben, over, False)
    afterwards.say(ben, over, False)
    heard = told("incident-back")
    assert heard and len(set(heard)) == len(heard)
    afterwards.say(ada, over, False)
    afterwards.say(ada, over, True)
    assert told("incident-back") == heard and afterwards.replies(over, 1) == (2, 1)
    assert afterwards.reply_of(ben, over, 1) is False


def test_still_a_problem_under_the_question_is_a_no(over, question, ada, at):
    at(MONDAY + timedelta(hours=1))
    settling.say_unsolved(ada, question)
    assert db.session.scalar(db.select(IncidentReply.works)) is False and told("incident-back")


def test_nothing_is_asked_while_it_goes_on(incident, cleo, leaves_no_trace):
    following.join(cleo, incident)
    with leaves_no_trace(Conflict):
        afterwards.say(cleo, incident, True)


def test_silence_of_an_hour_reminds_once_an_hour(incident, sam, at):
    at(MONDAY + timedelta(minutes=59))
    assert afterwards.remind_due() == 0
    at(MONDAY + timedelta(minutes=60))
    assert (afterwards.remind_due(), afterwards.remind_due()) == (1, 0)
    assert sam.member_id in told("incident-silent")
    at(MONDAY + timedelta(minutes=119))
    assert afterwards.remind_due() == 0
    declaring.update(sam, incident, WORDS)
    at(MONDAY + timedelta(minutes=125))
    assert afterwards.remind_due() == 0
    declaring.resolve(sam, incident, NOTHING)
    at(MONDAY + timedelta(hours=9))
    assert afterwards.remind_due() == 0


def test_seven_days_after_its_end_it_is_closed_with_what_it_answered(
    over, question, sam, ada, cleo, make_question, at
):
    at(MONDAY + timedelta(days=6, hours=23))
    assert afterwards.close_due() == 0
    at(MONDAY + timedelta(days=7))
    assert (afterwards.close_due(), afterwards.close_due()) == (1, 0)
    assert incident_state(over) == "closed"
    assert db.session.get(Question, question, populate_existing=True).closed_at is not None
    assert not declaring.begin_again(sam, over, NOTHING) and incident_state(over) == "closed"
    with pytest.raises(Conflict):
        afterwards.say(cleo, over, True)


def test_a_question_that_is_still_a_problem_is_not_closed(over, question, ada, at):
    at(MONDAY + timedelta(hours=1))
    settling.say_unsolved(ada, question)
    at(MONDAY + timedelta(days=8))
    afterwards.close_due()
    assert (
        db.session.get(Question, question, populate_existing=True).closed_at is None
        and state(question) == "open"
    )


def test_the_status_page_and_its_feed_are_for_everybody_and_answer_conditionally(
    incident, client, sam, drain
):
    declaring.confirm(sam, Words("Un secret de l’équipe", "A secret of the team"), NOTHING, 1, None)
    for path in ("/en/status", "/en/status.atom"):
        shown = client.get(path)
        assert shown.status_code == 200 and TITLE.en in shown.text and "secret" not in shown.text
        again = client.get(path, headers={"If-None-Match": shown.headers["ETag"]})
        assert again.status_code == 304
    assert shown.content_type.startswith("application/atom+xml") and "We are working on it." in shown.text
    assert "Nous y travaillons." in client.get("/fr/status").text
    declaring.resolve(sam, incident, Words("Réparé.", "Repaired."))
    assert "Repaired." in client.get("/en/status").text
    clock.travel(clock.now() + timedelta(days=15))
    afterwards.close_due()
    assert TITLE.en not in client.get("/en/status").text


def test_the_page_asks_those_it_concerned(over, sign_in, ben, max_):
    page = sign_in(ben)
    assert "Does it work again for you?" in page.get(f"/en/incidents/{over}").text
    assert page.post(f"/en/incidents/{over}/reply", data={"works": "maybe"}).status_code == 404
    assert page.post(f"/en/incidents/{over}/reply", data={"works": "no"}).status_code == 303
    assert "You said that it is still broken." in page.get(f"/en/incidents/{over}").text
    other = sign_in(max_)
    assert "Does it work again for you?" not in other.get(f"/en/incidents/{over}").text


def test_the_status_page_reads_no_more_for_more_incidents(incident, client, sam, count_queries):
    with count_queries() as one:
        client.get("/en/status")
    for number in range(4):
        declaring.declare(sam, Words(f"Panne numéro {number}", f"Outage number {number}"), WORDS, 1, None)
    with count_queries() as many:
        client.get("/en/status")
    assert len(many) <= len(one)
