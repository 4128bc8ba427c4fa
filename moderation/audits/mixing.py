"""One item in fifty that a moderator gets is one whose answer is known (domain/moderation.md §B2.5).

It comes from a decision that an appeal upheld or that two people made alike, never the moderator's own; nothing happens to
the text, which stays where it is. Two pages of one moderator at once get one audit: a unique key on moderator and decision.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased

from common import clock, settings
from common.db import db, insert_once, update_where
from common.permissions import Actor
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.audits import numbers as _numbers  # noqa: F401 - settings
from moderation.audits.models import Audit
from moderation.audits.rules import KNOWN, SOURCES, gap, wants_refusal
from moderation.audits.seeing import still_known
from moderation.looks.models import LookCase
from moderation.looks.rules import LookKind, Opinion
from moderation.review.models import UNLEASED, DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.permissions import free_of_conflict
from moderation.review.rules import RESTRICTING, ItemState, ItemType
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.rules import AppealState

CONSIDERED = 2_000
"""The latest decisions among which two alike are looked for, and the latest second looks."""
AGAIN = 5
"""Where nothing with a known answer was found, it is looked for again after so many decisions."""


def mix_in(actor: Actor, place_id: int, among: ColumnElement[bool] | None = None) -> int | None:
    """Open an audit that stands in the queue where this item stands, if one is due; returns its item. Inside the open unit
    of work, and for its moderator alone."""
    every, me = settings.get("moderation.audit_every"), actor.member_id or 0
    if not every or (last_id := _due(me, every)) is None:
        return None
    source = _source(actor, wants_refusal(me, last_id), among)
    if source is None:
        return None
    audit_id = insert_once(Audit, moderator_id=me, source_id=source.decision_id, served_at=clock.now())
    return None if audit_id is None else _open(audit_id, source, place_id)


def drop_stale() -> int:
    """Audits nobody answered in time, or whose text is gone or changed, end without an answer. Returns how many."""
    gone = or_(ReviewItem.due_at < clock.now(), ~is_showable())
    return update_where(
        ReviewItem, ReviewItem.kind == ItemType.AUDIT, ReviewItem.open_key.is_not(None), gone,
        state=ItemState.CANCELLED, open_key=None, **UNLEASED,
    )  # fmt: skip


def is_showable() -> ColumnElement[bool]:
    """The criterion on the item of an audit: its text is there as it was, its author did not take it back, and its answer is
    still what was known."""
    about = aliased(Post.__table__)
    as_it_was = exists().where(
        about.c.id == ReviewItem.post_id, about.c.version == ReviewItem.target_version, about.c.body != "",
        about.c.state != PostState.WITHDRAWN,
    )  # fmt: skip
    return and_(as_it_was, exists().where(Audit.item_id == ReviewItem.id, still_known(Audit.source_id)))


def _due(me: int, every: int) -> int | None:
    """The moderator's last audit (0: none yet) when another is due; None while it is not, or one still waits."""
    last = db.session.execute(
        select(Audit.id, Audit.served_at, ReviewItem.open_key)
        .outerjoin(ReviewItem, ReviewItem.id == Audit.item_id)
        .where(Audit.moderator_id == me)
        .order_by(Audit.id.desc())
        .limit(1)
    ).first()
    if last is not None and last.open_key is not None:
        return None
    wanted = gap(me, last.id if last else 0, every)
    since = select(ReviewDecision.id).where(ReviewDecision.actor_id == me)
    if last is not None:
        since = since.where(ReviewDecision.decided_at > last.served_at)
    made = db.session.scalar(select(func.count()).select_from(since.limit(wanted + 1).subquery())) or 0
    if made < wanted or (made > wanted and _last_made(me) % AGAIN):
        return None
    return last.id if last else 0


def _last_made(me: int) -> int:
    """The number of the moderator's last decision, which stands for a throw of the dice."""
    return db.session.scalar(select(func.max(ReviewDecision.id)).where(ReviewDecision.actor_id == me)) or 0


def _source(actor: Actor, refusal: bool, among: ColumnElement[bool] | None) -> Any:
    """The decision the next audit stands on: the newest of the wanted sort, else of the other. The same for whoever asks at
    the same moment, so that the unique key settles it."""
    made, post, mine = ReviewDecision, Post.__table__, aliased(ReviewDecision)
    since = clock.now() - timedelta(days=settings.get("moderation.audit_days"))
    restricts = made.decision.in_(sorted(RESTRICTING))
    stands = or_(
        and_(restricts, post.c.state.in_((PostState.REJECTED, PostState.REMOVED))),
        and_(~restricts, post.c.state == PostState.PUBLISHED),
    )
    # "+ 0": looked up by the text, never through everything the moderator ever decided.
    own = exists().where(mine.post_id == made.post_id, mine.actor_id + 0 == actor.member_id)
    known = aliased(ReviewDecision)
    had = exists().where(
        Audit.moderator_id == actor.member_id, Audit.source_id == known.id, known.post_id == made.post_id
    )
    query = (
        select(ReviewItem, made.id.label("decision_id"), made.version)
        .join(made, made.item_id == ReviewItem.id)
        .join(post, post.c.id == made.post_id)
        .where(
            made.decided_at >= since, made.decision.in_(KNOWN), ReviewItem.kind.in_(SOURCES), ReviewItem.klass > 0,
            cast(ReviewItem.signals, Text).not_like('%"legal_notice"%'),
            post.c.version == made.version, post.c.body != "", stands, ~own, ~had, _is_final(actor),
            free_of_conflict(actor),
        )
    )  # fmt: skip
    if among is not None:
        query = query.where(among)
    first = case((restricts, int(refusal)), else_=int(not refusal)).desc()
    return db.session.execute(query.order_by(first, made.id.desc()).limit(1)).first()


def _is_final(actor: Actor) -> ColumnElement[bool]:
    """Upheld on appeal by somebody else than this moderator, or decided alike by two people; and never taken back.

    Each sort begins at its own few rows, never at all decisions of half a year: this is asked between two items.
    """
    made = ReviewDecision
    upheld = (
        select(Statement.decision_id)
        .join(Appeal, Appeal.statement_id == Statement.id)
        .where(Appeal.state == AppealState.UPHELD, Appeal.decided_by_id != actor.member_id)
    )
    looked = (
        select(LookCase.decision_id)
        .where(
            LookCase.kind == LookKind.SAMPLE, LookCase.outcome == Opinion.FINE, LookCase.decision_id.is_not(None)
        )
        .order_by(LookCase.id.desc())
        .limit(CONSIDERED)
        .subquery()
    )  # fmt: skip
    seen = aliased(ReviewDecision)
    found_fine = (
        select(looked.c.decision_id)
        .join(seen, seen.id == looked.c.decision_id)
        .where(seen.decision.not_in(sorted(RESTRICTING)))
    )
    return and_(made.id.in_(union_all(upheld, _alike(), found_fine)), still_known(made.id))


def _alike() -> Select[int]:
    """The latest decisions that somebody else made alike on the same version."""
    one, other = aliased(ReviewDecision), aliased(ReviewDecision)
    latest = select(func.max(ReviewDecision.id) - CONSIDERED).scalar_subquery()
    return select(one.id).where(
        one.id > latest,
        exists().where(
            other.post_id == one.post_id, other.version == one.version, other.actor_id != one.actor_id,
            other.decision.in_(KNOWN), other.decision.in_(sorted(RESTRICTING)) == one.decision.in_(sorted(RESTRICTING)),
            ~exists().where(DecisionUndo.decision_id == other.id),
        ),
    )  # fmt: skip


def _open(audit_id: int, source: Any, place_id: int) -> int:
    """It is due when the item in its place is, and came in when the newest of the queue did: its number is the next one."""
    was, version = source.ReviewItem, source.version
    place = db.session.get_one(ReviewItem, place_id)
    newest = (
        select(ReviewItem.created_at).where(ReviewItem.kind != ItemType.AUDIT).order_by(ReviewItem.id.desc())
    )
    signals = [name for name in was.signals if name not in ("escalated", "by_moderator")]
    item = ReviewItem(
        kind=ItemType.AUDIT, shown_as=ItemType(was.kind).value, target_id=audit_id, target_version=version,
        open_key=f"{ItemType.AUDIT.value}:{audit_id}", post_id=was.post_id, question_id=was.question_id,
        category_id=was.category_id, author_id=was.author_id, klass=max(place.klass, 2), signals=signals, found_by=was.found_by, score=was.score,
        language=was.language, created_at=db.session.scalars(newest.limit(1)).one(), due_at=max(place.due_at, clock.now() + _LEAST),
        aged_at=place.aged_at,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    item_id = item.id
    update_where(Audit, Audit.id == audit_id, item_id=item_id)
    return item_id


_LEAST = timedelta(hours=1)
"""What stands for a late item is not late at once: an audit that is late ends unanswered."""
