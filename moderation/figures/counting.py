"""What the figures count. A fixed number of statements, each bounded by what waits and by the period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, select

from common import clock, i18n, settings
from common.db import db, not_by_index, on_postgresql
from common.quantiles import rank
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.flags.models import Flag
from moderation.flags.rules import Outcome
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.rules import ItemState, ItemType, item_class
from moderation.sanctions.models import Appeal
from moderation.sanctions.rules import AppealState

HOUR = timedelta(hours=1)
HELD = (ItemType.POST, ItemType.EDIT, ItemType.IMAGE, ItemType.REVIEW)
READ = (*HELD, ItemType.FLAG_CASE, ItemType.SAMPLE)
POST = Post.__table__.c
RESTRICTED = ReviewDecision.reason.is_not(None)
"""The criterion: the decision took a text out of sight; only such a one has a reason (going on in private, with one, too)."""
WAITS = (ReviewItem.open_key.is_not(None), ReviewItem.kind != ItemType.AUDIT)
"""The criteria on ReviewItem: it waits, and is really one."""
WAS_HELD = ReviewItem.kind.in_(HELD)
IS_REVIEW = ReviewItem.kind == ItemType.REVIEW
_PRESSED = and_(ReviewItem.kind == ItemType.REVIEW, ReviewItem.klass == 1)
KLASS = case((_PRESSED, item_class(ItemType.REVIEW)), else_=ReviewItem.klass)
"""The class an item counts in: a product review that is served earlier because its day is nearly over keeps its own; danger
in one stays danger."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in a class now."""

    count: int = 0
    late: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """What was decided in a class: how many, the middle and the slow end of the waiting times, how many too late."""

    count: int = 0
    p50: int | None = None
    p90: int | None = None
    late: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Texts held for a reason that were decided, and how many of them were refused."""

    decided: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Worker:
    """What one moderator decided."""

    member_id: int
    count: int
    restricted: int
    seconds: int | None


def stands(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The criterion on ReviewItem: decided since then, and not taken back."""
    undone = select(ReviewDecision.item_id).join(DecisionUndo, DecisionUndo.decision_id == ReviewDecision.id)
    return (
        not_by_index(ReviewItem.state) == ItemState.DECIDED,
        ReviewItem.kind != ItemType.AUDIT,
        ReviewItem.decided_at >= since,
        ReviewItem.id.not_in(undone.where(DecisionUndo.undone_at >= since)),
    )


def came(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The criteria on ReviewItem: it came in since then."""
    return ReviewItem.created_at >= since, ReviewItem.kind != ItemType.AUDIT


def published(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The criteria on a post: everybody reads it since then."""
    return POST.state == PostState.PUBLISHED, POST.published_at >= since


def was_read(since: datetime) -> ColumnElement[bool]:
    """The criterion on a post: somebody read it for the queue."""
    mine = (ReviewItem.post_id == POST.id, ReviewItem.created_at >= since, ReviewItem.kind.in_(READ))
    return select(ReviewItem.id).where(*mine).exists()


def within_review_hours() -> ColumnElement[bool]:
    """The criterion on ReviewItem: decided within the longest time of a product review."""
    return ReviewItem.waited_seconds <= settings.get("moderation.review_hours") * 3600


def held_for(reason: str) -> ColumnElement[bool]:
    """The criterion on ReviewItem: this was noticed."""
    return cast(ReviewItem.signals, Text).contains(f'"{reason}"', autoescape=True)


def waiting(at: datetime) -> dict[int, Waiting]:
    """What waits, by class."""
    late = func.count().filter(ReviewItem.due_at < at)
    rows = db.session.execute(
        select(KLASS.label("counts_as"), func.count(), late, func.min(ReviewItem.created_at))
        .where(*WAITS)
        .group_by("counts_as")
    )
    return {row[0]: Waiting(row[1], row[2], row[3]) for row in rows}


def times(since: datetime) -> dict[int, Times]:
    """Waiting times by class: from entering the queue to the decision."""
    ranked = (
        select(
            KLASS.label("klass"), ReviewItem.waited_seconds.label("waited"),
            func.row_number().over(partition_by=KLASS, order_by=ReviewItem.waited_seconds).label("place"),
            func.count().over(partition_by=KLASS).label("among"),
            case((ReviewItem.decided_at > ReviewItem.due_at, 1), else_=0).label("late"),
        )
        .where(*stands(since), ReviewItem.waited_seconds.is_not(None))
        .subquery()
    )  # fmt: skip
    here = ranked.c

    def middle(percent: int) -> Any:
        return func.max(here.waited).filter(here.place <= rank(here.among, percent))

    rows = db.session.execute(
        select(here.klass, func.count(), middle(50), middle(90), func.sum(here.late)).group_by(here.klass)
    )
    return {row[0]: Times(*row[1:]) for row in rows}


def pace(today: datetime, hour: datetime) -> tuple[int, int]:
    """Decisions of the whole team today, and in the last hour; what was taken back is left out, as everywhere here."""
    parts = (func.count().filter(ReviewItem.decided_at >= since) for since in (today, hour))
    row = db.session.execute(select(*parts).where(*stands(min(today, hour)))).one()
    return row[0], row[1]


def hours(column: Any, since: datetime, *criteria: Any) -> dict[str, int]:
    """How many items by hour of the world clock, by when they came in or were decided."""
    found = (
        select(_hour(column).label("hour"), func.count()).where(column >= since, *criteria).group_by("hour")
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def in_hours(column: Any, since: datetime, wanted: Callable[[datetime], bool]) -> ColumnElement[bool]:
    """The criterion on a moment: in one of the hours since then that are wanted on the community's clock. The hours are those
    of :func:`hours`, so that a list holds what its figure counted."""
    start, zone = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0), i18n.local(since).tzinfo
    count = (clock.now() - start) // HOUR + 1
    every = (start + number * HOUR for number in range(count))
    return _hour(column).in_([f"{one:%Y-%m-%d %H}" for one in every if wanted(one.astimezone(zone))])


def _hour(column: Any) -> Any:
    if on_postgresql():
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24")
    return func.strftime("%Y-%m-%d %H", column)


def holds(since: datetime) -> tuple[Hold, dict[str, Hold]]:
    """Of the texts held before publication: how many were decided and how many refused; in all, and by reason."""
    signals = cast(ReviewItem.signals, Text).label("held_for")
    refused = func.count().filter(RESTRICTED)
    rows = db.session.execute(
        select(signals, func.count(), refused)
        .join(ReviewDecision, ReviewDecision.item_id == ReviewItem.id)
        .where(*stands(since), WAS_HELD)
        .group_by("held_for")
    ).all()
    reasons: dict[str, Hold] = {}
    for text, decided, wrong in rows:
        for name in str(text).strip("[]").replace('"', "").split(","):
            if name := name.strip():
                had = reasons.get(name, Hold())
                reasons[name] = Hold(had.decided + decided, had.refused + wrong)
    return Hold(sum(row[1] for row in rows), sum(row[2] for row in rows)), reasons


def settled(since: datetime) -> tuple[int, int]:
    """Texts published since then, and those of them that somebody read for the queue."""
    every = select(func.count(POST.id)).where(*published(since))
    read = (
        select(func.count(ReviewItem.post_id.distinct()))
        .join(Post.__table__, POST.id == ReviewItem.post_id)
        .where(ReviewItem.created_at >= since, ReviewItem.kind.in_(READ), *published(since))
    )
    row = db.session.execute(select(every.scalar_subquery(), read.scalar_subquery())).one()
    return row[0], row[1]


def reviews(since: datetime) -> tuple[int, int]:
    """Product reviews decided since then, and those of them in time."""
    in_time = func.count().filter(within_review_hours())
    row = db.session.execute(select(func.count(), in_time).where(*stands(since), IS_REVIEW)).one()
    return row[0], row[1]


def appeals(since: datetime) -> tuple[int, int, int]:
    """Appeals answered since then, those in which the decision was overturned, and the restrictions decided."""
    answered = select(func.count(), func.count().filter(Appeal.state == AppealState.OVERTURNED)).where(
        Appeal.decided_at >= since
    )
    restricted = (
        select(func.count())
        .select_from(ReviewItem)
        .join(ReviewDecision, ReviewDecision.item_id == ReviewItem.id)
    )
    restricted = restricted.where(*stands(since), RESTRICTED)
    row = db.session.execute(answered).one()
    return row[0], row[1], db.session.scalar(restricted) or 0


def judged(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The criteria on a report: somebody said since then whether it was right. Those that were withdrawn, or settled without a
    word on it, are none."""
    return Flag.decided_at >= since, Flag.outcome.in_((Outcome.AGREED, Outcome.DISAGREED))


def reports(since: datetime) -> tuple[int, int]:
    """Reports judged since then, and those of them that were right. One statement."""
    right = func.count().filter(Flag.outcome == Outcome.AGREED)
    row = db.session.execute(select(func.count(), right).where(*judged(since))).one()
    return row[0], row[1]


def restricted_authors(since: datetime, least: int = 1) -> Select[Any]:
    """Of every author with at least so many items restricted since then: that which came in last, and how many."""
    columns: tuple[Any, ...] = func.max(ReviewItem.id).label("id"), func.count().label("times")
    return (
        select(*columns)
        .join(ReviewDecision, ReviewDecision.item_id == ReviewItem.id)
        .where(*stands(since), RESTRICTED, ReviewItem.author_id.is_not(None))
        .group_by(ReviewItem.author_id)
        .having(func.count() >= least)
    )


def offenders(since: datetime) -> tuple[int, int]:
    """Authors of what was restricted since then, and those of them to whom it happened more than once. One statement."""
    each = restricted_authors(since).subquery().c
    row = db.session.execute(
        select(func.count(), func.count().filter(each.times > 1)).select_from(each.id.table)
    ).one()
    return row[0], row[1]


def workers(since: datetime) -> list[Worker]:
    """Who decided how much, the most first."""
    restricted = func.count().filter(RESTRICTED)
    rows = db.session.execute(
        select(ReviewDecision.actor_id, func.count(), restricted, func.avg(ReviewDecision.seconds))
        .join(ReviewItem, ReviewItem.id == ReviewDecision.item_id)
        .where(*stands(since))
        .group_by(ReviewDecision.actor_id)
        .order_by(func.count().desc(), ReviewDecision.actor_id)
        .limit(100)
    )
    return [Worker(row[0], row[1], row[2], None if row[3] is None else round(row[3])) for row in rows]
