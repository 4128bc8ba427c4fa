"""One guide in two languages: whoever reads one is led to the other."""

from __future__ import annotations

from sqlalchemy import select

from common import audit
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.content.guides.models import Guide
from forum.content.guides.permissions import can_keep_guides
from forum.content.guides.writing import guide_of, show_anew


def pair_guides(actor: Actor, guide_id: int, other_id: int | None) -> bool:
    """Say that two guides are one in two languages. True when that is new.

    Raises NotFound, Forbidden, Invalid (``other_id``: missing, of the same language, or already another's), and
    Conflict when somebody else was first.
    """
    require(can_keep_guides(actor))
    with unit_of_work():
        guide, other = guide_of(guide_id), db.session.get(Guide, other_id) if other_id else None
        if other is None:
            raise Invalid(fields={"other": _("Choose the guide in the other language.")})
        if guide.pair_id is not None and guide.pair_id == other.pair_id:
            return False
        if guide.language == other.language:
            raise Invalid(fields={"other": _("Both guides are in the same language.")})
        if guide.pair_id is not None or other.pair_id is not None:
            raise Invalid(
                fields={"other": _("One of the two has a translation already: separate them first.")}
            )
        for one in sorted(
            (guide.id, other.id)
        ):  # in this order, so that two who do the same wait for each other
            if not update_where(Guide, Guide.id == one, Guide.pair_id.is_(None), pair_id=guide_id):
                raise Conflict()
            show_anew(one)
        audit.write(actor, "guide.paired", "guide", guide_id, after=other.id)
        return True


def part_guides(actor: Actor, guide_id: int) -> bool:
    """A guide and its translation go separate ways. True when there was one."""
    require(can_keep_guides(actor))
    with unit_of_work():
        pair_id = guide_of(guide_id).pair_id
        if pair_id is None:
            return False
        both = sorted(db.session.scalars(select(Guide.id).where(Guide.pair_id == pair_id)))
        for one in both:
            update_where(Guide, Guide.id == one, pair_id=None)
            show_anew(one)
        audit.write(actor, "guide.parted", "guide", guide_id, before=both)
        return True
