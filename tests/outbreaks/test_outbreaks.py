"""The same trouble from many people: suspected, told to the team alone, decided by people."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from moderation.incidents import declaring, queries
from moderation.incidents.declaring import Words
from moderation.incidents.models import Incident, IncidentQuestion
from moderation.outbreaks import gathering, noting, suspecting
from moderation.outbreaks.models import OutbreakTerm, QuestionGroup, QuestionPrint, Suspicion
from tests.states.conftest import state

TITLE = Words("La connexion échoue", "Signing in fails")
NOTHING = Words()


def suspicions():
    return list(db.session.scalars(db.select(Suspicion).order_by(Suspicion.id)))


def told(kind):
    return list(db.session.scalars(db.select(Notification.member_id).where(Notification.kind == kind)))


def dismissed(actor):
    suspecting.dismiss(actor, suspicions()[-1].id)


# --- suspecting -----------------------------------------------------------------------------------------------------


def test_five_people_raise_one_suspicion_and_nobody_else_hears(ordinary, report, client):
    report(4)
    assert suspicions() == []
    ids = report(4, first=4)
    [one] = suspicions()
    assert (one.people, one.usual, one.minutes, one.state) == (8, 0.5, 60, "suspected")
    staff = set(
        db.session.scalars(
            db.select(Member.id).where(Member.role.in_(("moderator", "agent", "manager", "admin")))
        )
    )
    assert sorted(told("incident-suspected")) == sorted(staff)
    assert db.session.scalar(db.select(Incident.id)) is None and state(ids[0]) == "open"
    assert "incident" not in client.get("/en/categories/washing").text.lower()


def test_one_person_five_times_is_one_person(ordinary, make_question, ada, drain):
    for number in range(6):
        clock.travel(clock.now() + timedelta(minutes=6))
        title = f"Login to the app failed, time {number}"
        make_question(ada, title=title, body=f"The login failed again in the app, number {number}.")
        drain()
    assert suspicions() == []


def test_newcomers_count_half(ordinary, report, members):
    with unit_of_work():
        ids = [one.member_id for one in members]
        update_where(Member, Member.id.in_(ids), rank=0, joined_at=clock.now() - timedelta(minutes=5))
    report(8)
    assert suspicions() == []
    report(2, first=8)
    assert len(suspicions()) == 1


def test_what_was_removed_or_taken_back_leaves_the_group(ordinary, report, mo):
    for one in report(4)[:2]:
        publishing.hide(mo, one)
    report(2, first=4)
    assert suspicions() == []


def test_what_is_usual_at_this_hour_is_no_suspicion(ordinary, report):
    now = clock.now()
    for week in range(8, 0, -1):
        clock.travel(now - timedelta(weeks=week, minutes=10))
        report(3, first=week)
    db.session.execute(db.delete(Suspicion))
    clock.travel(now - timedelta(minutes=10))
    report(8)
    assert suspicions() == []


def test_a_question_is_noted_once_and_late_ones_accuse_nobody(ordinary, report, app):
    ids = report(1)
    assert noting.note(ids[0]) is None and noting.note(9_999) is None
    assert db.session.scalar(db.select(db.func.count()).where(QuestionPrint.question_id == ids[0])) == 1
    counted = db.session.scalar(db.select(OutbreakTerm.questions).where(OutbreakTerm.term == 0))
    assert counted == db.session.scalar(db.select(db.func.count()).select_from(QuestionPrint))
    db.session.rollback()
    report(6, first=1)
    with unit_of_work():
        db.session.execute(db.delete(Suspicion))
        db.session.execute(db.delete(QuestionPrint))
    clock.travel(clock.now() + timedelta(hours=2))
    assert noting.catch_up() >= 7 and noting.catch_up() == 0 and suspicions() == []


def test_old_prints_go(ordinary, report):
    report(1)
    clock.travel(clock.now() + timedelta(weeks=10))
    assert noting.forget_old() > 0
    assert db.session.scalar(db.select(QuestionGroup.id)) is None


# --- deciding -------------------------------------------------------------------------------------------------------


def test_a_dismissed_group_is_left_alone_until_twice_as_many_report(ordinary, report, sam):
    report(5)
    dismissed(sam)
    assert not suspecting.dismiss(sam, suspicions()[0].id)
    report(4, first=5)
    assert len(suspicions()) == 1
    report(1, first=9)
    assert [one.state for one in suspicions()] == ["dismissed", "suspected"]


def test_a_dismissed_group_is_looked_at_again_after_six_hours(ordinary, report, sam):
    report(5)
    dismissed(sam)
    clock.travel(clock.now() + timedelta(hours=6))
    report(5)
    assert len(suspicions()) == 2


def test_a_confirmed_incident_is_not_public_and_an_announced_one_gathers(
    ordinary, report, sam, client, drain
):
    ids = report(6)
    incident = suspecting.confirm(sam, suspicions()[0].id, TITLE, NOTHING, 1, None)
    drain()
    assert client.get(f"/en/incidents/{incident}").status_code == 404 and not queries.open_incidents()
    assert "Signing in fails" not in client.get("/en/categories/washing").text
    assert db.session.scalar(db.select(IncidentQuestion.question_id)) is None
    declaring.announce(sam, incident, Words("Nous y travaillons.", "We are on it."))
    assert not declaring.announce(sam, incident, NOTHING)
    drain()
    assert {state(one) for one in ids} == {"linked"}
    assert "Signing in fails" in client.get("/en/categories/washing").text
    [late] = report(1, first=6)
    assert state(late) == "linked" and len(suspicions()) == 1


def test_a_question_about_something_else_stays_what_it_is(ordinary, report, sam, make_question, ben, drain):
    report(5)
    incident = suspecting.confirm(sam, suspicions()[0].id, TITLE, NOTHING, 1, None, public=True)
    drain()
    other = make_question(
        ben, title="The drum of my machine makes a loud noise", body="A loud noise in the drum."
    )
    drain()
    assert state(other) == "open" and other not in [one for one, _near in gathering.alike(incident)]


def test_a_suspicion_is_decided_once_and_by_the_team(ordinary, report, sam, ben, zed, leaves_no_trace):
    report(5)
    [one] = suspicions()
    key = one.id
    for who in (ANONYMOUS, ben, zed):
        for act in (
            lambda who=who: suspecting.dismiss(who, key),
            lambda who=who: suspecting.confirm(who, key, TITLE, NOTHING, 1, None),
            lambda who=who: suspecting.begin_watch(who, 3, 5),
        ):
            with leaves_no_trace(Forbidden):
                act()
    with leaves_no_trace(Invalid):
        suspecting.confirm(sam, key, Words("x", ""), NOTHING, None, None)
    with leaves_no_trace(NotFound):
        suspecting.dismiss(sam, 999)
    suspecting.dismiss(sam, key)
    with leaves_no_trace(Conflict):
        suspecting.confirm(sam, key, TITLE, NOTHING, 1, None)


def test_reports_after_the_end_alarm_the_team_once_for_that_end(ordinary, report, sam, drain):
    report(5)
    incident = suspecting.confirm(sam, suspicions()[0].id, TITLE, NOTHING, 1, None, public=True)
    drain()
    declaring.resolve(sam, incident, NOTHING)
    drain()
    report(3, first=5)
    assert len(told("incident-back")) == len(told("incident-suspected")) and len(suspicions()) == 1


# --- a watch --------------------------------------------------------------------------------------------------------


def test_a_watch_lowers_the_threshold_for_a_time(ordinary, report, sam, leaves_no_trace):
    with leaves_no_trace(Invalid) as refused:
        suspecting.begin_watch(sam, 1, 500)
    assert set(refused.value.fields) == {"least", "hours"}
    suspecting.begin_watch(sam, 4, 5)
    assert suspecting.end_watch(sam) and not suspecting.end_watch(sam)
    suspecting.begin_watch(sam, 4, 1)
    report(4)
    assert len(suspicions()) == 1
    clock.travel(clock.now() + timedelta(hours=1))
    assert suspecting.watch_of() is None


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_desk_shows_confirms_and_dismisses(ordinary, report, sign_in, sam, ben):
    report(5)
    key = suspicions()[0].id
    desk = sign_in(sam)
    assert "5 people report the same trouble" in desk.get("/en/desk/incidents").text
    shown = desk.get(f"/en/desk/suspicions/{key}").text
    assert "The app says login failed" in shown and "It is nothing" in shown
    bad = desk.post(
        f"/en/desk/suspicions/{key}/confirm",
        data={"title_fr": "x", "title_en": "Kept here", "category_id": "1"},
    )
    assert bad.status_code == 422 and 'value="Kept here"' in bad.text
    typed = {"title_fr": TITLE.fr, "title_en": TITLE.en, "category_id": "1"}
    made = desk.post(f"/en/desk/suspicions/{key}/confirm", data=typed, follow_redirects=True)
    assert "Known to the team alone" in made.text
    late = desk.post(f"/en/desk/suspicions/{key}/confirm", data=typed | {"title_en": "Another title here"})
    assert late.status_code == 409
    number = db.session.scalar(db.select(Incident.id))
    desk.post(f"/en/desk/incidents/{number}/announce", data={"text_en": "Known."})
    assert "The team works on it" in desk.get(f"/en/incidents/{number}").text
    desk.post(f"/en/desk/incidents/{number}/monitor", data={})
    assert "Repaired, it seems: watched" in desk.get(f"/en/incidents/{number}").text
    desk.post(f"/en/desk/suspicions/{key}/dismiss")
    for data in ({"least": "3", "hours": "5"}, {"least": "x", "hours": ""}, {"end": "1"}):
        assert desk.post("/en/desk/suspicions/watch", data=data).status_code == 303
    assert desk.get("/en/desk/suspicions/999").status_code == 404
    assert sign_in(ben).get(f"/en/desk/suspicions/{key}").status_code == 403


def test_what_was_never_announced_ends_silently(ordinary, report, sam, sign_in, client):
    report(5)
    incident = suspecting.confirm(sam, suspicions()[0].id, TITLE, NOTHING, 1, None)
    sign_in(sam).post(f"/en/desk/incidents/{incident}/drop")
    assert db.session.get(Incident, incident, populate_existing=True).state == "closed"
    assert client.get(f"/en/incidents/{incident}").status_code == 404
    assert suspecting.let_go() == 1


@pytest.mark.parametrize("verb", ["update", "resolve", "monitor", "begin_again"])
def test_only_legal_moves(verb, ordinary, sam):
    incident = declaring.confirm(sam, TITLE, NOTHING, 1, None)
    with contextlib.suppress(Conflict):
        assert not getattr(declaring, verb)(sam, incident, Words("Un mot", "A word"))
    assert db.session.get(Incident, incident, populate_existing=True).state == "confirmed"
