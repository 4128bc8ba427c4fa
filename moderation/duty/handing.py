"""At the end of a half-day: leave a word to the next one, who says that they read it."""

from __future__ import annotations

from common import clock, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.duty.models import Handover
from moderation.duty.numbers import now_shift
from moderation.duty.queries import areas, state_of
from moderation.duty.rules import WORDS_MOST
from moderation.review.permissions import can_review


def hand_over(actor: Actor, category_id: int, words: str) -> int:
    """Leave a word with the figures of this moment; the same half-day again replaces it while nobody has read it.

    Returns its id. Raises Forbidden, NotFound (a category one does not look after), Invalid, Conflict (it was read).
    """
    require(can_review(actor))
    said = text.normalise(words).strip()
    if not said:
        raise Invalid(fields={"body": _("Write a word, if only that all is calm.")})
    if len(said) > WORDS_MOST:
        raise Invalid(fields={"body": _("Please keep to %(high)s characters.", high=WORDS_MOST)})
    with unit_of_work():
        if category_id not in dict(areas(actor)):
            raise NotFound()
        shift, state = now_shift(), state_of(category_id)
        key = {"category_id": category_id, "day": shift.day, "half": shift.half, "author_id": actor.member_id}
        values = {
            "body": said, "waiting": state.waiting, "late": state.late, "urgent": state.urgent, "oldest_at": state.oldest_at,
            "written_at": clock.now(),
        }  # fmt: skip
        made = insert_once(Handover, **key, **values)
        if made is not None:
            return made
        same = [getattr(Handover, name) == value for name, value in key.items()]
        if not update_where(Handover, *same, Handover.acknowledged_at.is_(None), **values):
            raise Conflict(_("Your word for this half-day was read already: tell the reader yourself."))
        return db.session.scalars(db.select(Handover.id).where(*same)).one()


def acknowledge(actor: Actor, handover_id: int) -> bool:
    """Say that one read it. False when somebody had. Raises Forbidden, NotFound, Conflict (one's own)."""
    require(can_review(actor))
    with unit_of_work():
        found = db.session.get(Handover, handover_id)
        if found is None or found.category_id not in dict(areas(actor)):
            raise NotFound()
        if found.author_id == actor.member_id:
            raise Conflict(_("This is your own word: the next one reads it."))
        unread = (Handover.id == handover_id, Handover.acknowledged_at.is_(None))
        done = update_where(
            Handover, *unread, acknowledged_by_id=actor.member_id, acknowledged_at=clock.now()
        )
        return bool(done)
