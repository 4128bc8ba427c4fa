"""Templates as their page shows them, with their uses and what customers said afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.permissions import Actor, require
from forum.browsing.queries import categories_by_id
from moderation.macros.models import Macro, MacroUse
from moderation.macros.permissions import can_change_macro, can_write_macros
from moderation.satisfaction.models import Satisfaction

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A template in the list. ``score`` is the mean of what customers said (1 to 5), of ``rated`` of them."""

    macro: Macro
    category: str
    owner: MemberCard | None
    score: float | None
    rated: int
    may_change: bool


def lines(actor: Actor) -> list[Line]:
    """The templates somebody may use, the most used first. Three statements."""
    require(can_write_macros(actor))
    mine = Macro.is_shared.is_(True) | (Macro.owner_id == actor.member_id)
    rows = list(
        db.session.scalars(
            select(Macro).where(Macro.retired_at.is_(None), mine).order_by(Macro.used_count.desc(), Macro.title, Macro.id).limit(SHOWN)
        )
    )  # fmt: skip
    rated = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            select(MacroUse.macro_id, func.avg(Satisfaction.score), func.count(Satisfaction.score))
            .join(Satisfaction, Satisfaction.case_id == MacroUse.case_id)
            .where(MacroUse.macro_id.in_([row.id for row in rows]), Satisfaction.score.is_not(None))
            .group_by(MacroUse.macro_id)
        )
    }
    people, known = cards(row.owner_id for row in rows), categories_by_id()
    return [
        Line(
            row, known[row.category_id].name if row.category_id in known else "", people[row.owner_id] if row.owner_id else None,
            float(rated[row.id][0]) if row.id in rated else None, rated.get(row.id, (0, 0))[1], bool(can_change_macro(actor, row)),
        )
        for row in rows
    ]  # fmt: skip
