"""A busy time begins, for 72 hours at most and with a reason, and ends by itself (domain/moderation.md §B1)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from common import audit, clock, settings, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from moderation.policies.models import CategoryStorm
from moderation.review.permissions import can_rule

REASON = (5, 200)


def begin(actor: Actor, category_id: int, hours: int, reason: str) -> int:
    """From now on everything in this category is read first, for so many hours. Returns its id."""
    require(can_rule(actor))
    words, faults, most = " ".join(text.normalise(reason).split()), {}, settings.get("moderation.storm_hours")
    if not 1 <= hours <= most:
        faults["hours"] = _("Choose from 1 to %(high)s hours.", high=most)
    if not REASON[0] <= len(words) <= REASON[1]:
        faults["storm-reason"] = _(
            "Say in %(low)s to %(high)s characters why.", low=REASON[0], high=REASON[1]
        )
    if faults:
        raise Invalid(fields=faults)
    with unit_of_work():
        if db.session.get(Category, category_id) is None:
            raise NotFound()
        _end_due()
        now = clock.now()
        until = now + timedelta(hours=hours)
        made = insert_once(
            CategoryStorm, category_id=category_id, active_key=category_id, reason=words, begun_at=now,
            begun_by_id=actor.member_id, ends_at=until,
        )  # fmt: skip
        if made is None:
            raise Conflict(_("Everything in this category is read first already."))
        audit.write(actor, "category.storm", "category", category_id, None, until.isoformat(), words)
    return made


def end(actor: Actor, category_id: int) -> bool:
    """The usual policy is in force again. False when it already was."""
    require(can_rule(actor))
    with unit_of_work():
        ended = update_where(
            CategoryStorm, CategoryStorm.active_key == category_id, active_key=None, ended_at=clock.now(),
            ended_by_id=actor.member_id,
        )  # fmt: skip
        if ended:
            audit.write(actor, "category.storm_ended", "category", category_id)
    return bool(ended)


def end_due() -> int:
    """Close busy times that are over; the policy itself was back at that very moment. Returns how many."""
    with unit_of_work():
        return _end_due()


def in_force() -> list[CategoryStorm]:
    """The busy times of now."""
    query = select(CategoryStorm).where(
        CategoryStorm.active_key.is_not(None), CategoryStorm.ends_at > clock.now()
    )
    return list(db.session.scalars(query.order_by(CategoryStorm.ends_at)))


def storm_of(category_id: int) -> CategoryStorm | None:
    """The busy time of a category, if it has one now."""
    return db.session.scalar(
        select(CategoryStorm).where(
            CategoryStorm.active_key == category_id, CategoryStorm.ends_at > clock.now()
        )
    )


def _end_due() -> int:
    over = (CategoryStorm.active_key.is_not(None), CategoryStorm.ends_at <= clock.now())
    rows = db.session.execute(select(CategoryStorm.id, CategoryStorm.category_id).where(*over)).all()
    for row in rows:
        mine = (CategoryStorm.id == row.id, CategoryStorm.active_key.is_not(None))
        if update_where(CategoryStorm, *mine, active_key=None, ended_at=CategoryStorm.ends_at):
            audit.write(SYSTEM, "category.storm_ended", "category", row.category_id)
    return len(rows)
