"""Reads of routing: the list with its teams, a text that is tried, a team's work, where one case stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from common import clock, settings
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, language
from common.permissions import Actor, require
from forum.questions.models import Question
from moderation.escalation import casework
from moderation.escalation.models import AgentDesk, Case
from moderation.escalation.priority_rules import Facts, Score, score
from moderation.escalation.rules import OPEN, UNASSIGNED, CaseState, Priority
from moderation.lexicon import versions
from moderation.lexicon.rules import words_of
from moderation.routing import lists, numbers
from moderation.routing.models import CaseDesk, RoutingRule, SupportTeam, SupportTeamMember
from moderation.routing.permissions import can_lead, can_order, can_read_rules
from moderation.routing.rules import PING_PONG, Asked, route
from moderation.routing.wording import reason

SHOWN = 100
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team in the list."""

    id: int
    name: str
    team: SupportTeam
    lead: MemberCard | None
    people: int
    open_count: int
    late_count: int
    overflow: str
    may_see: bool


def teams(actor: Actor) -> list[TeamLine]:
    """The teams that take something, with what they have open. Four statements."""
    require(can_read_rules(actor))
    rows = _rows()
    people = _counted(SupportTeamMember.team_id)
    opened = dict(
        db.session.execute(
            select(CaseDesk.team_id, func.count())
            .join(Case)
            .where(Case.state.in_(OPEN))
            .group_by(CaseDesk.team_id)
        ).all()
    )
    late = dict(
        db.session.execute(
            select(CaseDesk.team_id, func.count()).join(Case).where(Case.state.in_(OPEN), Case.due_at < clock.now())
            .group_by(CaseDesk.team_id)
        ).all()
    )  # fmt: skip
    leads, names = cards(row.lead_id for row in rows), {row.id: row.name(language()) for row in rows}
    return [
        TeamLine(
            row.id, names[row.id], row, leads[row.lead_id] if row.lead_id else None, people.get(row.id, 0),
            opened.get(row.id, 0), late.get(row.id, 0), names.get(row.overflow_id or 0, ""), bool(can_lead(actor, row.lead_id)),
        )
        for row in rows
    ]  # fmt: skip


def _rows() -> list[SupportTeam]:
    query = select(SupportTeam).where(SupportTeam.archived_at.is_(None)).order_by(SupportTeam.id)
    return list(db.session.scalars(query))


def _counted(column: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(select(column, func.count()).group_by(column))}


def names() -> list[tuple[int, str]]:
    """Teams to choose from."""
    return [(row.id, row.name(language())) for row in _rows()]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in the list; ``parts`` are its conditions as (kind, values)."""

    id: int
    name: str
    team: str
    parts: tuple[tuple[str, list[str]], ...]


def rules(actor: Actor) -> list[RuleLine]:
    """The rules in their order."""
    require(can_read_rules(actor))
    known = dict(names())
    return [
        RuleLine(
            row.id, row.name, known.get(row.team_id, ""),
            tuple((kind, getattr(row, kind)) for kind in ("categories", "products", "words", "languages") if getattr(row, kind)),
        )
        for row in lists.rules()
    ]  # fmt: skip


def rule(actor: Actor, rule_id: int) -> RoutingRule:
    """One rule for its form. Raises Forbidden, NotFound."""
    require(can_order(actor))
    row = db.session.get(RoutingRule, rule_id)
    if row is None:
        raise NotFound()
    return row


@dataclass(frozen=True, slots=True)
class Tried:
    """Where a question would go, and why."""

    team: str
    rule: str
    reasons: list[Sentence]
    score: Score


def tried(actor: Actor, text: str, category: str, product: str, code: str) -> Tried | None:
    """Where such a question would go now; nothing is written."""
    require(can_read_rules(actor))
    if not text.strip():
        return None
    weighed = score(Facts("", text[:4_000]), versions.in_force())
    asked = Asked(category, code, words_of(text[:4_000]), product, weighed.is_danger, weighed.is_legal)
    known = lists.rules()
    way = route(asked, lists.as_rules(known), lists.teams())
    name = next((row.name for row in known if row.id == way.rule_id), "")
    return Tried(
        dict(names()).get(way.team_id or 0, ""),
        name,
        [reason(why.value, value) for why, value in way.reasons],
        weighed,
    )


# --- one case -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a case stands."""

    team_id: int | None
    team: str
    rule: str
    reasons: list[Sentence]
    reroute_count: int
    is_ping_pong: bool
    triage_due_at: datetime | None
    snoozed_until: datetime | None


def stand_of(case_id: int) -> Stand | None:
    """Where a case stands and why; None before it was routed. One statement."""
    query = select(CaseDesk, SupportTeam).outerjoin(SupportTeam, SupportTeam.id == CaseDesk.team_id)
    row = db.session.execute(query.where(CaseDesk.case_id == case_id)).first()
    if row is None:
        return None
    desk, team = row
    asleep = desk.snoozed_until if desk.snoozed_until and desk.snoozed_until > clock.now() else None
    return Stand(
        desk.team_id, team.name(language()) if team else "", desk.rule_name, [reason(*one) for one in desk.reasons],
        desk.reroute_count, desk.reroute_count > PING_PONG, desk.triage_due_at, asleep,
    )  # fmt: skip


def stands_of(case_ids: Iterable[int]) -> dict[int, tuple[str, bool, datetime | None]]:
    """For the board: the team's name, whether it is passed round, until when it is put off. One statement."""
    ids, now = list(case_ids), clock.now()
    query = select(
        CaseDesk.case_id,
        CaseDesk.reroute_count,
        CaseDesk.snoozed_until,
        SupportTeam.name_fr,
        SupportTeam.name_en,
    )
    rows = db.session.execute(
        query.outerjoin(SupportTeam, SupportTeam.id == CaseDesk.team_id).where(CaseDesk.case_id.in_(ids))
    )
    return {
        row.case_id: (
            (row.name_en if language() == "en" else row.name_fr) or "", row.reroute_count > PING_PONG,
            row.snoozed_until if row.snoozed_until and row.snoozed_until > now else None,
        )
        for row in rows
    } if ids else {}  # fmt: skip


def of_team(case_ids: Iterable[int], team_id: str) -> set[int]:
    """Those of the cases that a team has, its id as typed in an address; none of a team that is not there."""
    chosen = int(team_id) if team_id.isascii() and team_id.isdigit() and len(team_id) < 10 else 0
    query = select(CaseDesk.case_id).where(CaseDesk.team_id == chosen, CaseDesk.case_id.in_(list(case_ids)))
    return set(db.session.scalars(query))


# --- one team -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of a team: what they may get, whether they are there, and their load."""

    member: MemberCard
    skills: list[str]
    languages: list[str]
    presence: str
    load: int
    urgent: int


@dataclass(frozen=True, slots=True)
class Held:
    """A case of the team."""

    id: int
    title: str
    language: str
    state: CaseState
    priority: Priority
    due_at: datetime | None
    is_late: bool
    agent: MemberCard | None
    reroute_count: int
    is_ping_pong: bool


@dataclass(frozen=True, slots=True)
class TeamWork:
    """A team's work now: who has what, what is late, what is passed round; figures are the team's, not a person's."""

    team: SupportTeam
    name: str
    lead: MemberCard | None
    workers: list[Worker]
    cases: list[Held]
    open_count: int
    unassigned_count: int
    late_count: int
    ping_pong_count: int
    closed_month: int
    cap: int
    urgent_cap: int


def team_work(actor: Actor, team_id: int) -> TeamWork:
    """The view of who leads a team. A fixed number of statements. Raises NotFound, Forbidden."""
    team = db.session.get(SupportTeam, team_id)
    require(can_lead(actor, team.lead_id if team else None))
    if team is None:
        raise NotFound()
    now = clock.now()
    mine = select(Case.id).join(CaseDesk).where(CaseDesk.team_id == team_id)
    figures = db.session.execute(
        select(
            func.count().filter(Case.state.in_(OPEN)),
            func.count().filter(Case.state.in_(UNASSIGNED)),
            func.count().filter(Case.state.in_(OPEN), Case.due_at < now),
            func.count().filter(Case.state.in_(OPEN), CaseDesk.reroute_count > PING_PONG),
            func.count().filter(Case.answered_at > now - MONTH),
        )
        .select_from(Case)
        .join(CaseDesk)
        .where(Case.id.in_(mine))
    ).one()
    caps = settings.get("escalation.agent_cap"), settings.get("escalation.agent_urgent_cap")
    return TeamWork(
        team, team.name(language()), cards([team.lead_id])[team.lead_id] if team.lead_id else None, _workers(team_id),
        _held(team_id, now), *figures, *caps,
    )  # fmt: skip


def _workers(team_id: int) -> list[Worker]:
    rows = db.session.execute(
        select(SupportTeamMember, AgentDesk)
        .join(Member, Member.id == SupportTeamMember.member_id)
        .outerjoin(AgentDesk, AgentDesk.member_id == SupportTeamMember.member_id)
        .where(SupportTeamMember.team_id == team_id)
        .order_by(Member.display_name, Member.id)
    ).all()
    ids = [row.SupportTeamMember.member_id for row in rows]
    people, loads = cards(ids), casework.load_of(ids)
    return [
        Worker(
            people[seat.member_id], list(seat.skills), list(seat.languages), _presence(desk),
            *loads.get(seat.member_id, (0, 0)),
        )
        for seat, desk in rows
    ]  # fmt: skip


def _presence(desk: AgentDesk | None) -> str:
    if desk is None or desk.seen_at is None:
        return "absent"
    if desk.away_at is not None:
        return "away"
    return "here" if desk.seen_at >= clock.now() - numbers.minutes("presence") else "absent"


def _held(team_id: int, now: datetime) -> list[Held]:
    rows = db.session.execute(
        select(Case, Question.title, Question.language, CaseDesk.reroute_count)
        .join(CaseDesk, CaseDesk.case_id == Case.id)
        .join(Question, Question.id == Case.question_id)
        .where(CaseDesk.team_id == team_id, Case.state.in_(OPEN))
        .order_by(Case.due_at, Case.id)
        .limit(SHOWN)
    ).all()
    people = cards(row.Case.assignee_id for row in rows)
    return [
        Held(
            row.Case.id, row.title, row.language, row.Case.state, row.Case.priority, row.Case.due_at,
            row.Case.due_at is not None and row.Case.due_at < now, people[row.Case.assignee_id] if row.Case.assignee_id else None,
            row.reroute_count, row.reroute_count > PING_PONG,
        )
        for row in rows
    ]  # fmt: skip


def seats(team_id: int) -> list[Worker]:
    """Who works in a team, for the form."""
    return _workers(team_id)
