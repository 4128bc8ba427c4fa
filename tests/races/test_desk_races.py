"""The team and members at once: an offer is answered once, an incident's end finds every question, a hint is decided once."""

from __future__ import annotations

import time

from sqlalchemy import func, select

from accounts.messages.models import Message
from accounts.notifications.models import Notification
from common import jobs
from common.db import db, update_where
from common.errors import Refusal, TooMany
from common.unit_of_work import unit_of_work
from forum.pointing import pointing
from forum.pointing.models import DuplicateHint
from forum.pointing.rules import HintState
from forum.questions.answering import answer_question
from forum.questions.models import Question
from forum.reactions.following import follow_question
from forum.solutions.drift import drifts
from moderation.incidents import declaring, linking, notices
from moderation.incidents.declaring import Words
from moderation.incidents.models import Incident, IncidentFollower
from moderation.private import talking
from moderation.private.models import PrivateTalk
from moderation.private.rules import TalkState
from moderation.replies import guarding
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import CauseType
from tests.desk.conftest import MONDAY
from tests.races.conftest import people

HELLO = "Could you send me your order number?"


def unexpected(results):
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]


def count(model, *criteria):
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))


def test_an_offer_is_accepted_or_declined_once(ada, sam, case_id, question, in_threads):
    talking.offer(sam, case_id, HELLO)
    acts = (lambda: talking.accept(ada, question), lambda: talking.decline(ada, question))
    results = in_threads(8, lambda n: acts[n % 2]())
    assert not unexpected(results), unexpected(results)
    state = db.session.scalar(select(PrivateTalk.state))
    private = db.session.get(Question, question, populate_existing=True).private_at is not None
    assert (state, private, count(Message)) in ((TalkState.GOING, True, 1), (TalkState.DECLINED, False, 0))


def test_many_who_begin_begin_one_talk(sam, max_, root, case_id, question, in_threads):
    results = in_threads(9, lambda n: talking.begin((sam, max_, root)[n % 3], case_id, f"{HELLO} {n}"))
    assert not unexpected(results), unexpected(results)
    assert sum(isinstance(one, int) for one in results) == 1 and count(Message) == 1
    assert count(PrivateTalk) == 1 and list(drifts()) == []


def test_no_question_stays_under_an_incident_that_is_over(sam, mo, ada, make_question, at, in_threads):
    at(MONDAY)
    incident = declaring.declare(sam, Words("Panne générale", "All is broken"), Words(), 1, None)
    ids = [make_question(ada, title=f"Nothing works any more, number {n}") for n in range(9)]

    def act(n):
        if n == 4:
            return declaring.resolve(mo, incident, Words())
        return linking.attach(sam, incident, ids[n])

    results = in_threads(9, act)
    assert not unexpected(results), unexpected(results)
    jobs.run_due_jobs()
    rows = Question.__table__.c
    assert count(Question, rows.incident_at.is_not(None)) == 0
    assert count(Question, rows.incident_over_at.is_not(None)) == sum(one is True for one in results) - 1
    assert list(drifts()) == []


def test_ending_it_at_once_tells_each_of_those_it_concerned_once(
    sam, mo, ada, ben, make_question, at, in_threads
):
    at(MONDAY)
    incident = declaring.declare(sam, Words("Panne générale", "All is broken"), Words(), 1, None)
    ids = [make_question(ada, title=f"Nothing works any more, number {n}") for n in range(2)]
    for question_id in ids:
        linking.attach(sam, incident, question_id)
        follow_question(ben, question_id)

    def act(n):
        declaring.resolve((sam, mo)[n % 2], incident, Words())
        linking.end_all(incident)
        for question_id in (*ids, None):
            notices.tell_of_end(incident, 1, question_id)

    results = in_threads(6, act)
    assert not unexpected(results), unexpected(results)
    jobs.run_due_jobs()
    told = db.session.scalars(
        db.select(Notification.member_id).where(Notification.kind == "incident-over")
    ).all()
    assert sorted(told) == [ada.member_id, ben.member_id]


def test_an_attaching_that_only_looks_would_leave_questions_behind(
    sam, mo, ada, make_question, at, in_threads
):
    """The racy twin: it sees that the incident is open, takes its time, and attaches."""
    at(MONDAY)
    incident = declaring.declare(sam, Words("Panne générale", "All is broken"), Words(), 1, None)
    ids = [make_question(ada, title=f"Nothing works any more, number {n}") for n in range(3)]

    def act(n):
        if n == 3:
            time.sleep(0.2)
            declaring.resolve(mo, incident, Words())
            return linking.end_all(incident)
        is_open = db.session.get(Incident, incident).state == "announced"
        db.session.rollback()
        time.sleep(1)
        with unit_of_work():
            if is_open:
                update_where(Question, Question.id == ids[n], incident_at=MONDAY)
        return is_open

    in_threads(4, act)
    assert count(Question, Question.__table__.c.incident_at.is_not(None)) == 3


def test_declaring_the_same_at_once_is_one_incident(sam, mo, max_, at, app, in_threads):
    at(MONDAY)
    title = Words("Panne générale", "All is broken")
    results = in_threads(9, lambda n: declaring.declare((sam, mo, max_)[n % 3], title, Words(), 1, None))
    assert not unexpected(results) and len(set(results)) == 1 and count(Incident) == 1
    assert count(IncidentFollower) == 0


def test_of_many_hints_one_is_open_and_decided_once(
    ada, mo, cleo, members, question, make_question, in_threads
):
    original = make_question(cleo, title="Another question here")
    results = in_threads(10, lambda n: pointing.point_out(members[n], question, original))
    assert not unexpected(results), unexpected(results)
    hint = db.session.scalar(select(DuplicateHint.id))
    assert count(DuplicateHint) == 1
    acts = (lambda: pointing.confirm(mo, hint), lambda: pointing.decline(cleo, hint))
    results = in_threads(8, lambda n: acts[n % 2]())
    assert not unexpected(results), unexpected(results)
    state = db.session.scalar(select(DuplicateHint.state))
    linked = db.session.get(Question, question, populate_existing=True).duplicate_of_id
    paid = count(LedgerEntry, LedgerEntry.cause_type == CauseType.DUPLICATE)
    assert (state, linked, bool(paid)) in (
        (HintState.CONFIRMED, original, True), (HintState.DECLINED, None, False),
    )  # fmt: skip
    assert list(drifts()) == []


def test_the_same_reply_by_eight_at_the_same_moment_is_published_five_times(
    app, at, make_question, in_threads, monkeypatch
):
    """Whoever counts takes a moment before the reply is written."""
    at(MONDAY)
    staff = people(4100, 8, "agent")
    asker = people(4200, 1)[0]
    ids = [make_question(asker, title=f"Parcel number {n} did not come either") for n in range(8)]
    counted = guarding._same

    def slowly(body):
        found = counted(body)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(guarding, "_same", slowly)
    results = in_threads(
        8, lambda n: answer_question(staff[n], ids[n], body="Your parcel is on its way, it comes tomorrow.")
    )
    assert not unexpected(results), unexpected(results)
    assert sum(isinstance(one, TooMany) for one in results) == 3
