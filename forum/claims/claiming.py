"""Say that one is answering, and stop saying it. Who was first is settled by the table's unique keys."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from accounts.members.models import Member
from common import clock, settings
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.claims.models import AnsweringClaim
from forum.claims.permissions import can_claim
from forum.masks.wearing import under_mask
from forum.questions.permissions import member_of
from forum.questions.writing import published_question


def claim_answering(actor: Actor, question_id: int) -> datetime:
    """The others see that the actor is answering; returns until when. Said again, the time begins anew.

    What the actor said of another question ends. Raises NotFound, Forbidden, and Conflict where somebody else was first.
    """
    actor = under_mask(actor, question_id)
    member_id, now = member_of(actor), clock.now()
    until = now + timedelta(minutes=settings.get("forum.answering_minutes"))
    with unit_of_work():
        require(can_claim(actor, published_question(actor, question_id)))
        here = AnsweringClaim.question_id == question_id
        if update_where(AnsweringClaim, here, AnsweringClaim.member_id == member_id, until_at=until):
            return until
        over = here & (AnsweringClaim.until_at <= now)
        db.session.execute(delete(AnsweringClaim).where(over | (AnsweringClaim.member_id == member_id)))
        values = {"member_id": member_id, "claimed_at": now, "until_at": until}
        if insert_once(AnsweringClaim, question_id=question_id, **values) is None:
            raise Conflict(
                _("%(name)s is already answering. Your answer is welcome too.", name=_who(question_id))
            )
    return until


def release_answering(actor: Actor, question_id: int) -> bool:
    """Stop saying it; True when the actor had said it. Repeating changes nothing."""
    actor = under_mask(actor, question_id)
    with unit_of_work():
        return release(member_of(actor), question_id)


def release(member_id: int | None, question_id: int) -> bool:
    """The same for a verb that has just sent the answer, inside its unit of work."""
    mine = (AnsweringClaim.member_id == member_id, AnsweringClaim.question_id == question_id)
    return affected(db.session.execute(delete(AnsweringClaim).where(*mine))) > 0


def _who(question_id: int) -> str:
    query = select(Member.display_name).join(AnsweringClaim, AnsweringClaim.member_id == Member.id)
    return db.session.scalar(query.where(AnsweringClaim.question_id == question_id)) or "…"
