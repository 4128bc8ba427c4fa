"""A customer says what they think: one to five, a word, and whether the community solved it. Once, within the window."""

from __future__ import annotations

from sqlalchemy import select

from common import clock, text
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.privacy.guarding import masked
from moderation.satisfaction import asking
from moderation.satisfaction.models import Satisfaction
from moderation.satisfaction.rules import COMMENT_MOST, SCORES, is_open


def wanted(actor: Actor, question_id: int) -> Satisfaction:
    """What this member was asked about a question, the newest cycle first. Raises NotFound."""
    mine = (
        Satisfaction.question_id == question_id,
        Satisfaction.asker_id == actor.person_id,
        Satisfaction.asked_at.is_not(None),
    )
    row = db.session.scalar(
        select(Satisfaction)
        .where(*mine)
        .order_by(Satisfaction.cycle.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None or actor.person_id is None:
        raise NotFound()
    return row


def say(
    actor: Actor, question_id: int, score: int | None, comment: str = "", by_community: bool | None = None
) -> bool:
    """Say it. False when it was said already, which changes nothing. Raises NotFound, Invalid, Conflict (too late)."""
    words = masked(text.normalise(comment).strip(), actor.language)[0]
    if score not in SCORES:
        raise Invalid(fields={"score": _("Choose a number from 1 to 5.")})
    if len(words) > COMMENT_MOST:
        raise Invalid(fields={"comment": _("Please keep to %(high)s characters.", high=COMMENT_MOST)})
    with unit_of_work():
        row = wanted(actor, question_id)
        if row.answered_at is not None:
            return False
        if not is_open(row.asked_at, clock.now(), asking.window()):
            raise Conflict(_("This was asked too long ago. Thank you all the same."))
        cycle = row.cycle
        said = {"score": score, "comment": words, "by_community": by_community, "answered_at": clock.now()}
        done = update_where(
            Satisfaction, Satisfaction.id == row.id, Satisfaction.answered_at.is_(None), **said
        )
        asking.take_back(question_id, cycle)
    return bool(done)
