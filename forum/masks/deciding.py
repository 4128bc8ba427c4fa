"""Where customers may ask without their name: decided by managers, category by category."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from common import audit, freshness
from common.db import db, update_where
from common.permissions import Actor, require
from common.unit_of_work import after_commit, unit_of_work
from forum.browsing.queries import forget
from forum.categories.models import Category
from forum.masks.permissions import can_decide_masks


def allow_masks(actor: Actor, category_ids: Collection[int]) -> int:
    """Allow it in these categories and in no other; returns how many changed. What was asked before stays as it is."""
    require(can_decide_masks(actor))
    with unit_of_work():
        before = dict(db.session.execute(select(Category.id, Category.masks)).tuples().all())
        changed = sorted(one for one, allowed in before.items() if allowed != (one in category_ids))
        for category_id in changed:
            allowed = not before[category_id]
            update_where(Category, Category.id == category_id, masks=allowed)
            audit.write(actor, "category.masks", "category", category_id, before[category_id], allowed)
        if changed:
            freshness.touch(freshness.SITE)
            after_commit(forget)
        return len(changed)
