"""What campaigns brought: answers of those who took part against comparable members (domain/escalation.md §C6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select, union_all

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, i18n
from common.db import db
from common.i18n import _
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.rules import difference_in_differences, pairs
from moderation.dashboard.wording import Table, Unit
from rewards.badges.models import BadgeAward, BadgeCampaign
from rewards.missions.models import Mission, MissionStep, StepDone
from rewards.missions.rules import MissionKind

AROUND = timedelta(days=28)
MOST = 10
"""Campaigns that are shown; the latest."""


@dataclass(frozen=True, slots=True)
class _Campaign:
    is_mission: bool
    id: int
    name: str
    starts_at: datetime
    ends_at: datetime


def table(since: datetime, until: datetime) -> Table:
    """The campaigns that ended in a period and what changed. Three statements."""
    found = _ended(since, min(until, clock.now()))
    took = _took_part(found)
    before, after = _answers(found)
    rows: list[tuple[Any, ...]] = []
    for one in found:
        there = took[one.is_mission, one.id]
        compared, low, value, high = _effect(one, there, before[one], after[one])
        rows.append((one.name, len(there), compared, value, low, high))
    return Table(
        "campaigns", _("What campaigns brought"),
        _("Campaigns that ended in the period, the latest ten: by how many answers each who took part changed more than a comparable member, from the 28 days before it began to the 28 days after it ended, and where that lies with 95 % certainty. Compared are pairs of members with as many answers before, at least one; while the 28 days are not over nothing is shown."),
        (_("Campaign"), _("Took part"), _("Pairs compared"), _("Answers more"), _("At the least"), _("At the most")),
        (Unit.COUNT, Unit.COUNT, Unit.MEAN, Unit.MEAN, Unit.MEAN), rows,
    )  # fmt: skip


def _effect(
    one: _Campaign, there: set[int], before: Mapping[int, int], after: Mapping[int, int]
) -> tuple[int, float | None, float | None, float | None]:
    """How many pairs, and the low end, the value and the high end of the effect."""
    if one.ends_at > clock.now() - AROUND:
        return 0, None, None, None
    made = pairs(
        {member_id: count for member_id, count in before.items() if member_id in there},
        {member_id: count for member_id, count in before.items() if member_id not in there},
    )
    taking, others = (
        [float(after.get(pair[side], 0) - before[pair[side]]) for pair in made] for side in (0, 1)
    )
    found = difference_in_differences(taking, others)
    return len(made), *((None,) * 3 if found is None else (found.low, found.value, found.high))


def _ended(since: datetime, until: datetime) -> list[_Campaign]:
    m, b = Mission, BadgeCampaign
    ended = union_all(
        select(literal(1).label("mission"), m.id, m.title_fr.label("fr"), m.title_en.label("en"), m.starts_at, m.ends_at)
        .where(m.kind == MissionKind.CAMPAIGN, m.activated_at.is_not(None), m.ends_at >= since, m.ends_at < until),
        select(literal(0), b.id, b.name_fr, b.name_en, b.starts_at, b.ends_at)
        .where(b.activated_at.is_not(None), b.ends_at >= since, b.ends_at < until),
    ).subquery()  # fmt: skip
    c = ended.c
    rows = db.session.execute(select(ended).order_by(c.ends_at.desc(), c.mission, c.id).limit(MOST))
    return [
        _Campaign(
            bool(row.mission), row.id, (row.fr if i18n.language() == "fr" else row.en) or row.fr or row.en, row.starts_at,
            row.ends_at,
        )
        for row in rows
    ]  # fmt: skip


def _took_part(found: list[_Campaign]) -> dict[tuple[bool, int], set[int]]:
    """Who did a step of a mission, or was given the badge."""
    missions = [one.id for one in found if one.is_mission]
    badges = [one.id for one in found if not one.is_mission]
    made: dict[tuple[bool, int], set[int]] = defaultdict(set)
    if not found:
        return made
    steps = select(literal(1), MissionStep.mission_id, StepDone.member_id).join(StepDone, StepDone.step_id == MissionStep.id)  # fmt: skip
    awards = select(literal(0), BadgeAward.campaign_id, BadgeAward.member_id).where(
        BadgeAward.revoked_at.is_(None)
    )
    rows: Any = db.session.execute(
        union_all(
            steps.where(MissionStep.mission_id.in_(missions)),
            awards.where(BadgeAward.campaign_id.in_(badges)),
        )
    )
    for is_mission, number, member_id in rows:
        made[bool(is_mission), number].add(member_id)
    return made


_Counts = dict[_Campaign, dict[int, int]]


def _answers(found: list[_Campaign]) -> tuple[_Counts, _Counts]:
    """Answers of each member who is not of the team, in the 28 days before each campaign and in those after it."""
    before: _Counts = {one: {} for one in found}
    after: _Counts = {one: {} for one in found}
    if not found:
        return before, after
    p, m = Post.__table__.c, Member.__table__
    parts = []
    for place, one in enumerate(found):
        for late, begins in ((0, one.starts_at - AROUND), (1, one.ends_at)):
            parts.append(
                select(literal(place), literal(late), p.author_id, func.count())
                .select_from(Post.__table__.join(m, m.c.id == p.author_id))
                .where(
                    p.state == PostState.PUBLISHED, p.kind == PostKind.ANSWER, p.published_at >= begins,
                    p.published_at < begins + AROUND, m.c.role.not_in(STAFF), m.c.is_mask.is_(False),
                )
                .group_by(p.author_id)
            )  # fmt: skip
    for place, late, member_id, count in db.session.execute(union_all(*parts)):
        (after if late else before)[found[place]][member_id] = count
    return before, after
