"""A case gets its team when it opens, and may be passed to another one; its clocks go on (domain/escalation.md §C2.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from common import audit, clock, settings
from common.db import db, insert_many, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import kept, unit_of_work
from forum.questions.models import Question
from forum.solutions.walking import walk
from moderation.calendars import contents, keeping
from moderation.calendars.rules import Calendar, due_at
from moderation.escalation import casework, clocks
from moderation.escalation.models import Case, Ladder
from moderation.escalation.rules import OPEN, UNASSIGNED, WORKED_ON, CaseMove, CaseState
from moderation.routing import lists, notices, numbers
from moderation.routing.models import CaseDesk, SupportTeam, SupportTeamMember
from moderation.routing.permissions import can_reroute
from moderation.routing.rules import PING_PONG, Way, Why, route


def ensure(case_id: int) -> CaseDesk:
    """Where a case stands; routed now when it was not yet."""
    return at(case_id) or ensure_all([casework.load(case_id)])[case_id]


def ensure_all(cases: Sequence[Case]) -> dict[int, CaseDesk]:
    """The same of many cases, by case."""
    known = _at([case.id for case in cases])
    new = [case for case in cases if case.id not in known]
    if not new:
        return known
    asked, named, teams = lists.asked([case.question_id for case in new]), lists.named_rules(), lists.teams()
    rules, names = [rule for rule, _name in named], {rule.id: name for rule, name in named}
    ways = [(case, route(asked[case.question_id], rules, teams)) for case in new]
    rows = [
        {"case_id": case.id, "team_id": way.team_id, "rule_name": names.get(way.rule_id or 0, ""), "reasons": _kept(way),
         "routed_at": clock.now(),
         "triage_due_at": _triage_due(case, way.team_id) if way.team_id and _is_fallback(way) else None}
        for case, way in ways
    ]  # fmt: skip
    insert_many(CaseDesk, rows, once=True)
    return known | _at([case.id for case in new])


def _at(case_ids: Collection[int]) -> dict[int, CaseDesk]:
    query = select(CaseDesk).where(CaseDesk.case_id.in_(case_ids)).execution_options(populate_existing=True)
    return {desk.case_id: desk for desk in db.session.scalars(query)}


def at(case_id: int) -> CaseDesk | None:
    """The row of a case as the database has it now."""
    return _at([case_id]).get(case_id)


def _kept(way: Way) -> list[list[str]]:
    return [[why.value, value] for why, value in way.reasons]


def _is_fallback(way: Way) -> bool:
    return way.reasons[0][0] is Why.FALLBACK


def _triage_due(case: Case, team_id: int) -> datetime | None:
    return due_at(hours_of(case, team_id), clock.now(), numbers.minutes("triage"))


def hours_of(case: Case, team_id: int | None) -> Calendar:
    """The hours a team works: its own calendar, else the one the case was promised by."""
    own = kept(("hours", team_id), lambda: _own_hours(team_id)) if team_id else None
    return own or clocks.policy_for(db.session.get_one(Ladder, case.question_id)).calendar


def _own_hours(team_id: int | None) -> Calendar | None:
    own = db.session.scalar(select(SupportTeam.calendar_id).where(SupportTeam.id == team_id))
    return contents.to_count_with(keeping.content_of(own)) if own is not None else None


def reroute(actor: Actor, case_id: int, team_id: int, reason: str) -> None:
    """Pass an open case to another team. Its agent gives it up unless they work there too; no clock begins anew.

    The third pass and each one after it is told to the leads. Raises Forbidden, NotFound, Invalid (reason, team), Conflict.
    """
    require(can_reroute(actor))
    words = " ".join(reason.split())[:200]
    if not words:
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        casework.hold(casework.load(case_id).question_id)
        before = ensure(case_id)
        team = db.session.get(SupportTeam, team_id)
        if team is None or team.archived_at is not None:
            raise Invalid(fields={"team_id": _("Choose a team that takes cases.")})
        case = casework.load(case_id)
        if case.state not in OPEN:
            raise Conflict(_("This case is settled already. Look at what was answered."))
        still = CaseDesk.team_id.is_(None) if before.team_id is None else CaseDesk.team_id == before.team_id
        if before.team_id == team_id or not update_where(
            CaseDesk, CaseDesk.case_id == case_id, still, team_id=team_id, rule_name="", reasons=[[Why.BY_HAND.value, words]],
            routed_at=clock.now(), reroute_count=CaseDesk.reroute_count + 1, triage_due_at=None, snoozed_until=None,
        ):  # fmt: skip
            raise Conflict(_("This case is with that team already."))
        _let_go(case, team_id)
        casework.write_line(case_id, "rerouted", actor.member_id, detail=f"{team.name_en}: {words}")
        audit.write(actor, "escalation.reroute", "case", case_id, before.team_id, team_id, words)
        desk = ensure(case_id)
        if desk.reroute_count > PING_PONG:
            notices.tell_ping_pong(case, desk, _leads(team_id, before.team_id))


def send(case_id: int, team_id: int, actor_id: int | None, words: str) -> None:
    """A moderator or a watched word called a team for a case: it has it from now on. No pass is counted, no clock begins anew.
    Inside the open unit of work; harmless where the team has it."""
    if ensure(case_id).team_id == team_id:
        return
    update_where(
        CaseDesk, CaseDesk.case_id == case_id, team_id=team_id, rule_name="", reasons=[[Why.BY_HAND.value, words[:200]]],
        routed_at=clock.now(), triage_due_at=None, snoozed_until=None,
    )  # fmt: skip
    _let_go(casework.load(case_id), team_id)
    casework.write_line(case_id, "rerouted", actor_id, detail=words[:200])


def _let_go(case: Case, team_id: int) -> None:
    """An agent of another team has the case no more; while the asker is waited for they keep it."""
    if case.assignee_id is None or case.state is CaseState.WAITING_ASKER:
        return
    works_there = select(SupportTeamMember.id).where(
        SupportTeamMember.team_id == team_id, SupportTeamMember.member_id == case.assignee_id
    )
    if case.state in WORKED_ON and db.session.scalar(works_there) is None:
        casework.move(case.id, CaseMove.RELEASE, assignee_id=None, assigned_at=None, waiting_since=None)


def send_to_guard(question_id: int, cycle: int) -> None:
    """Words of danger came into a question after its case was opened: the team that takes danger has it from now on."""
    case = casework.case_of(question_id, cycle)
    guard = next((team.id for team in lists.teams() if team.takes_danger), None)
    if case is None or case.state not in OPEN or guard is None:
        return
    desk = ensure(case.id)
    if desk.team_id == guard:
        return
    update_where(
        CaseDesk, CaseDesk.case_id == case.id, team_id=guard, rule_name="", reasons=[[Why.DANGER.value, ""]],
        triage_due_at=None, routed_at=clock.now(), snoozed_until=None,
    )  # fmt: skip
    casework.write_line(case.id, "rerouted", None, detail=str(Why.DANGER.value))


def _leads(*team_ids: int | None) -> set[int]:
    query = select(SupportTeam.lead_id).where(SupportTeam.id.in_([one for one in team_ids if one]))
    return {one for one in db.session.scalars(query) if one is not None} or set(casework.lead_ids())


def tell_late_triage() -> int:
    """Cases that no rule took, and about which nobody has said anything in time: told to the lead once."""
    waiting = (
        select(Question.id, Case.id.label("case_id"))
        .join(Case, Case.question_id == Question.id)
        .join(CaseDesk, CaseDesk.case_id == Case.id)
        .where(CaseDesk.triage_due_at <= clock.now(), CaseDesk.triage_told_at.is_(None), Case.state.in_(UNASSIGNED))
    )  # fmt: skip
    return walk(waiting, lambda row: _tell_late(row.case_id))


def _tell_late(case_id: int) -> bool:
    with unit_of_work():
        fresh = (CaseDesk.case_id == case_id, CaseDesk.triage_told_at.is_(None))
        if not update_where(CaseDesk, *fresh, triage_told_at=clock.now()):
            return False
        notices.tell_triage(casework.load(case_id), _leads(ensure(case_id).team_id))
        return True


# --- later ----------------------------------------------------------------------------------------------------------------

settings.define(
    "escalation.snooze_minutes", 120, unit=_("minutes"), low=5, high=10_080,
    help=_("How long a case is put off with “Later”, unless another time is chosen."),
)  # fmt: skip
SNOOZES = (30, 120, 480, 1_440)


def snooze(actor: Actor, case_id: int, minutes: int | None = None) -> None:
    """Put a case off: it comes back by itself, and *the next* passes over it until then. No clock rests meanwhile."""
    require(can_reroute(actor))
    length = minutes if minutes in SNOOZES else settings.get("escalation.snooze_minutes")
    with unit_of_work():
        case = casework.load(case_id)
        if case.state not in OPEN:
            raise Conflict(_("This case is settled already. Look at what was answered."))
        ensure(case_id)
        until = clock.now() + timedelta(minutes=length)
        update_where(
            CaseDesk, CaseDesk.case_id == case_id, snoozed_until=until, snoozed_by_id=actor.member_id
        )
        casework.write_line(case_id, "snoozed", actor.member_id)


def wake(actor: Actor, case_id: int) -> None:
    """Take a case up again before its time."""
    require(can_reroute(actor))
    with unit_of_work():
        if at(case_id) is None:
            raise NotFound()
        update_where(CaseDesk, CaseDesk.case_id == case_id, snoozed_until=None)
