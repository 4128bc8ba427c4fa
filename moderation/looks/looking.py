"""Look at a text: two looks that agree settle it, or one by a super-user; what is not fine goes to a moderator.

A look hides and decides nothing. It counts once for each version and person, whoever presses twice.
"""

from __future__ import annotations

from sqlalchemy import select

from common import clock, limits, settings, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.events import ItemDecided, ItemUndone
from moderation.looks import queries
from moderation.looks.models import Look, LookCase
from moderation.looks.permissions import can_look
from moderation.looks.rules import WORDS_MOST, LookKind, Opinion, outcome_of, weight_of
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.queueing import open_item
from moderation.review.rules import Decision, FoundBy, ItemType, Reason, explanation_fault
from moderation.review.wording import EXPLAIN

CLASS = 3
"""Like reports under the threshold."""


def look(
    actor: Actor,
    post_id: int,
    version: int,
    kind: LookKind,
    opinion: Opinion,
    reason: Reason | None = None,
    words: str = "",
) -> Opinion | None:
    """Say what one thinks of a version of a text; returns what is settled by it, if anything.

    Raises Forbidden, Invalid (reason), TooMany, Conflict (changed, settled, or nothing for this member any more).
    """
    require(can_look(actor, kind, queries.record_of(actor.member_id)))
    said = _checked(opinion, reason, words)
    with unit_of_work():
        as_kind = queries.kind_open_to(actor, post_id, version, kind)
        if as_kind is None:
            raise Conflict(_("This text was settled or changed meanwhile. Here is the next one."))
        limits.hit("look", actor.member_id or 0, f"{settings.get('looks.a_day')}/day")
        case_id = _case(post_id, version, as_kind)
        weight = weight_of(actor.rank)
        mine = {"case_id": case_id, "member_id": actor.member_id, "looked_at": clock.now()}
        bad = reason.value if reason is not None and opinion == Opinion.BAD else None
        if insert_once(Look, opinion=opinion, weight=weight, reason=bad, words=said, **mine) is None:
            raise Conflict(_("You have looked at this text already."))
        column = LookCase.fine if opinion == Opinion.FINE else LookCase.bad
        update_where(LookCase, LookCase.id == case_id, **{column.key: column + weight})
        return None if as_kind == LookKind.AUDIT else _settle(case_id)


def learn(fact: ItemDecided) -> None:
    """A moderator decided about what members had called bad: now it is known who was right."""
    bad = fact.decision in (Decision.REMOVE, Decision.REJECT, Decision.APPROVE_AND_MASK)
    update_where(LookCase, LookCase.item_id == fact.item_id, proved_fine=not bad)
    if bad:
        post_id = db.session.scalar(select(ReviewItem.post_id).where(ReviewItem.id == fact.item_id))
        if post_id is not None:
            settled = (
                LookCase.post_id == post_id,
                LookCase.proved_fine.is_(None),
                LookCase.outcome.is_not(None),
            )
            update_where(LookCase, *settled, proved_fine=False)


def unlearn(fact: ItemUndone) -> None:
    """It was taken back: nobody is right or wrong yet, and the item that waits instead will tell."""
    update_where(LookCase, LookCase.item_id == fact.item_id, proved_fine=None, item_id=fact.new_item_id)
    post_id = db.session.scalar(select(ReviewItem.post_id).where(ReviewItem.id == fact.item_id))
    judged = (LookCase.post_id == post_id, LookCase.proved_fine.is_(False), LookCase.kind != LookKind.AUDIT)
    if post_id is not None:
        update_where(LookCase, *judged, proved_fine=None)


def _checked(opinion: Opinion, reason: Reason | None, words: str) -> str:
    said = " ".join(text.normalise(words).split())
    if len(said) > WORDS_MOST:
        raise Invalid(fields={"words": _("Please keep to %(high)s characters.", high=WORDS_MOST)})
    if opinion == Opinion.BAD:
        if reason is None:
            raise Invalid(fields={"reason": _("Choose what is wrong.")})
        if explanation_fault(reason, said):
            raise Invalid(fields={"words": EXPLAIN})
    return said


def _case(post_id: int, version: int, kind: LookKind) -> int:
    key = {"post_id": post_id, "version": version, "kind": kind}
    more: dict = {"proved_fine": True} if kind == LookKind.AUDIT else {}
    if kind == LookKind.SAMPLE:
        newest = (
            select(ReviewDecision.id)
            .where(ReviewDecision.post_id == post_id)
            .order_by(ReviewDecision.id.desc())
        )
        more = {"decision_id": db.session.scalar(newest.limit(1))}
    made = insert_once(LookCase, **key, **more, opened_at=clock.now())
    if made is not None:
        return made
    return db.session.scalars(select(LookCase.id).filter_by(**key)).one()


def _settle(case_id: int) -> Opinion | None:
    """Once for all; the one whose look made it enough opens the item."""
    case = db.session.get_one(LookCase, case_id, populate_existing=True)
    outcome = outcome_of(case.fine, case.bad)
    still = (LookCase.id == case_id, LookCase.outcome.is_(None))
    if outcome is None or not update_where(LookCase, *still, outcome=outcome, settled_at=clock.now()):
        return None
    if outcome == Opinion.BAD:
        update_where(LookCase, LookCase.id == case_id, item_id=_to_moderators(case))
    return outcome


def _to_moderators(case: LookCase) -> int:
    post = db.session.get_one(Post, case.post_id)
    previous = db.session.get(ReviewDecision, case.decision_id) if case.decision_id else None
    return open_item(
        ItemType.SAMPLE, case.post_id, post=post, signals=("community",), found_by=(FoundBy.COMMUNITY,), klass=CLASS,
        previous_id=previous.item_id if previous else None, excluded_id=previous.actor_id if previous else None,
    )  # fmt: skip
