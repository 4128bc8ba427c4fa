"""How many members a campaign reached, and who took part (domain/escalation.md §C6, campaign impact a).

Nobody notes what a member was shown. Reached is who was here while the campaign went on, told by their last visit: that can be
said in the first days after its end only, and is kept from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db
from moderation.dashboard.models import CampaignCount
from moderation.dashboard.reading import Dates
from rewards.badges.models import BadgeAward
from rewards.missions.models import MissionStep, StepDone

MOST = 10
"""Campaigns that are shown; the latest."""
KNOWN_FOR = timedelta(days=2)
"""After its end. Later too many have come again, whose visit meanwhile nobody knows of."""
_m = Member.__table__.c


class Key(NamedTuple):
    """A mission or a campaign of badges."""

    is_mission: bool
    id: int


def participants(keys: Iterable[Key]) -> Select[Any]:
    """Who did a step of a mission, or was given the badge: ``mission``, ``number``, ``member_id``, each once."""
    keys = list(keys)
    steps = (
        select(literal(1).label("mission"), MissionStep.mission_id.label("number"), StepDone.member_id.label("member_id"))
        .join(StepDone, StepDone.step_id == MissionStep.id)
        .where(MissionStep.mission_id.in_([one.id for one in keys if one.is_mission]))
    )  # fmt: skip
    awards = select(literal(0), BadgeAward.campaign_id, BadgeAward.member_id).where(
        BadgeAward.revoked_at.is_(None), BadgeAward.campaign_id.in_([one.id for one in keys if not one.is_mission])
    )  # fmt: skip
    return select(union_all(steps, awards).subquery()).distinct()


def took_part(keys: Iterable[Key]) -> dict[Key, int]:
    """How many of each. One statement."""
    found = participants(keys).subquery().c
    rows = db.session.execute(
        select(found.mission, found.number, func.count()).group_by(found.mission, found.number)
    )
    return {Key(bool(row[0]), row[1]): row[2] for row in rows}


def shown(dates: Dates) -> Select[Any]:
    """The campaigns of a period in the order of their table."""
    c = CampaignCount
    ended = (c.ends_at >= dates.since, c.ends_at < dates.until)
    return select(c).where(*ended).order_by(c.ends_at.desc(), c.is_mission, c.campaign_id).limit(MOST)


def members_of(place: int, dates: Dates) -> Any:
    """The criterion on members: took part in the campaign at this place of the table. One statement."""
    one = db.session.scalars(shown(dates).offset(place).limit(1)).first()
    if one is None:
        return literal(False)
    found = participants([Key(one.is_mission, one.campaign_id)]).subquery()
    return _m.id.in_(select(found.c.member_id))


def reached(campaigns: Iterable[tuple[Key, datetime, datetime]]) -> dict[Key, int]:
    """Of campaigns with their beginning and end: members outside the team who joined before its end and were here since it
    began. Those that ended too long ago are left out. One statement."""
    lately = [one for one in campaigns if one[2] > clock.now() - KNOWN_FOR]
    if not lately:
        return {}
    here = [and_(_m.joined_at < ends, or_(_m.last_seen_at >= begins, _m.joined_at >= begins)) for _key, begins, ends in lately]  # fmt: skip
    counts = db.session.execute(
        select(*(func.count().filter(one) for one in here))
        .select_from(Member.__table__)
        .where(_m.role.not_in(STAFF), _m.is_mask.is_(False), _m.closed_at.is_(None))
    ).one()
    return {one[0]: count for one, count in zip(lately, counts, strict=True)}
