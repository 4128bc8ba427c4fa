"""Who gets a case, what comes back, what is put off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common.db import db, update_where
from common.errors import Forbidden
from common.unit_of_work import unit_of_work
from forum.browsing.queries import categories
from moderation.duty.models import DutyShift
from moderation.duty.numbers import now_shift
from moderation.escalation import cases, casework, laddering
from moderation.escalation.rules import CaseState
from moderation.routing import applying, assigning, returning
from moderation.routing.models import CaseDesk
from moderation.routing.ordering import teaming
from tests.triage.conftest import MONDAY, case, lines

E5 = MONDAY + timedelta(hours=5, minutes=1)


def assigned(case_id):
    return case(case_id).state, case(case_id).assignee_id


QUEUED = (CaseState.QUEUED, None)


def test_nobody_gets_a_case_who_is_not_there_and_the_first_to_come_does(teams, open_case, at, here):
    case_id = open_case()
    at(E5)
    laddering.sweep()
    assert assigned(case_id) == QUEUED and returning.tend() == 0
    here()
    assert returning.tend() == 1
    assert assigned(case_id) == (CaseState.ASSIGNED, 5)


def test_a_crowd_that_nobody_may_get_keeps_no_other_case_waiting(
    teams, open_case, at, here, max_, monkeypatch
):
    """Nor does one that fails."""
    other = next(one for one in categories() if one.key != "washing")
    teaming.seat(max_, teams["service"], 5, [other.key], [])
    crowd = [open_case(f"My parcel number {n} never came") for n in range(3)]
    late = [open_case(f"My other parcel number {n} never came", category_id=other.id) for n in range(2)]
    at(E5)
    laddering.sweep()
    here()
    monkeypatch.setattr(returning, "BATCH", 2)
    give = returning.assign_now
    tried = []

    def failing(case_id):
        tried.append(case_id)
        return 1 / 0 if case_id == late[0] else give(case_id)

    monkeypatch.setattr(returning, "assign_now", failing)
    assert returning.name_waiting() == 1
    assert tried == late, "for those nobody may get, nothing is held"
    assert assigned(late[1]) == (CaseState.ASSIGNED, 5)
    assert [assigned(one) for one in crowd] == [QUEUED] * 3


def test_who_was_passed_a_case_is_not_the_one_idle_longest(open_case, at, sam, max_):
    case_id = open_case()
    cases.take(sam, case_id)
    at(E5)
    cases.assign(max_, case_id, max_.member_id)
    desk = db.session.get(assigning.AgentDesk, max_.member_id, populate_existing=True)
    assert desk.last_assigned_at == E5


@pytest.mark.parametrize(("skills", "languages"), [(["other"], []), ([], ["fr"])])
def test_skills_and_languages_hold(teams, open_case, at, here, max_, skills, languages):
    others = [one.key for one in categories() if one.key != "washing"]
    teaming.seat(max_, teams["service"], 5, others[:1] if skills else [], languages)
    case_id = open_case()
    at(E5)
    here()
    laddering.sweep()
    assert assigned(case_id) == QUEUED


def test_who_is_planned_for_the_category_comes_first(teams, open_case, at, here, max_):
    teaming.seat(max_, teams["service"], max_.member_id)
    case_id = open_case()
    at(E5)
    here()
    assigning.note_here(max_)
    shift = now_shift()
    with unit_of_work():
        db.session.add(DutyShift(category_id=1, day=shift.day, half=shift.half, member_id=max_.member_id))
        update_where(
            assigning.AgentDesk, assigning.AgentDesk.member_id == max_.member_id, last_assigned_at=E5
        )
    laddering.sweep()
    assert assigned(case_id) == (CaseState.ASSIGNED, max_.member_id)


def test_a_case_nobody_opened_goes_to_somebody_else_after_thirty_working_minutes(
    teams, open_case, at, here, max_
):
    case_id = open_case()
    at(E5)
    here()
    laddering.sweep()
    assert assigned(case_id) == (CaseState.ASSIGNED, 5)
    at(E5 + timedelta(minutes=29))
    assert returning.return_unopened() == 0
    at(E5 + timedelta(minutes=31))
    here()
    returning.tend()
    assert assigned(case_id) == QUEUED and lines(case_id)[-1] == "unopened"
    teaming.seat(max_, teams["service"], max_.member_id)
    assigning.note_here(max_)
    returning.tend()
    assert assigned(case_id) == (CaseState.ASSIGNED, max_.member_id)


def test_what_was_opened_stays(teams, open_case, at, here, sam):
    case_id = open_case()
    at(E5)
    here()
    laddering.sweep()
    assigning.note_opened(sam, case_id)
    at(E5 + timedelta(hours=3))
    assert returning.return_unopened() == 0
    assert assigned(case_id)[1] == 5


def test_what_one_took_oneself_is_opened(open_case, at, sam):
    case_id = open_case()
    cases.take(sam, case_id)
    at(MONDAY + timedelta(hours=8))
    assert returning.return_unopened() == 0


def test_a_night_is_no_working_time(open_case, at, here, sam, max_):
    case_id = open_case()
    at(MONDAY.replace(hour=18, minute=50))
    cases.assign(max_, case_id, sam.member_id)
    at(MONDAY + timedelta(days=1, hours=-2, minutes=-20))
    assert returning.return_unopened() == 0
    at(MONDAY + timedelta(days=1, hours=-1))
    assert returning.return_unopened() == 1


def test_who_is_away_gives_back_what_they_work_on_and_gets_nothing(teams, open_case, at, here, sam, ada):
    case_id = open_case()
    cases.take(sam, case_id)
    with pytest.raises(Forbidden):
        returning.set_away(ada, True)
    assert (returning.set_away(sam, True), returning.set_away(sam, True)) == (1, 0)
    assert assigned(case_id) == QUEUED and casework.is_away(sam.member_id)
    at(E5)
    here()
    laddering.sweep()
    assert returning.name_waiting() == 0
    returning.set_away(sam, False)
    cases.take(sam, case_id)
    assert assigned(case_id)[1] == 5


def test_what_waits_for_the_asker_stays_with_who_is_away_until_the_reply(open_case, sam, ada, at):
    from forum.questions.commenting import comment_on

    case_id = open_case()
    cases.wait_for_asker(sam, case_id, "Which programme did you choose when it stopped?")
    assert returning.set_away(sam, True) == 0
    at(E5)
    comment_on(ada, case(case_id).question_id, body="The short one, at forty degrees.")
    returning.tend()
    assert assigned(case_id) == QUEUED


@pytest.mark.parametrize("values", [{"suspended_until": MONDAY + timedelta(days=9)}, {"role": "moderator"}])
def test_cases_of_who_works_here_no_more_come_back(open_case, sam, values):
    case_id = open_case()
    cases.take(sam, case_id)
    with unit_of_work():
        update_where(Member, Member.id == sam.member_id, **values)
    assert returning.return_cases() == 1
    assert assigned(case_id) == QUEUED and lines(case_id)[-1] == "returned"


def test_cases_of_a_closed_account_come_back_at_once(open_case, sam):
    from accounts.events import MemberClosed
    from common.unit_of_work import record

    case_id = open_case()
    cases.take(sam, case_id)
    with unit_of_work():
        record(MemberClosed(sam.member_id))
    assert assigned(case_id) == QUEUED


def test_later_is_passed_over_until_its_time(teams, open_case, at, sam, ada):
    case_id = open_case()
    with pytest.raises(Forbidden):
        applying.snooze(ada, case_id)
    applying.snooze(sam, case_id, 30)
    assert cases.take_next(sam) is None
    at(MONDAY + timedelta(hours=4, minutes=32))
    assert cases.take_next(sam) == case_id
    applying.snooze(sam, case_id)
    applying.wake(sam, case_id)
    assert db.session.get(CaseDesk, case_id, populate_existing=True).snoozed_until is None
