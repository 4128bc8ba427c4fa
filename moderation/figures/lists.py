"""The lists behind the figures: each has a source of rows and the criteria that its figure counts by, and nothing else.

A list is narrowed by what its address asks for: a class, a moderator, a reason, and hours of the community's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.questions.rules import PostKind
from moderation.audits import queries as audits
from moderation.audits.models import Audit
from moderation.audits.seeing import still_known
from moderation.figures import counting
from moderation.figures.counting import POST
from moderation.figures.rules import Narrow
from moderation.flags.models import Flag
from moderation.flags.rules import Outcome
from moderation.pauses.models import Pause
from moderation.pauses.rules import PauseKind
from moderation.review import wording
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.permissions import can_see_figures
from moderation.review.rules import ItemType
from moderation.review.showing import titles_of
from moderation.sanctions.models import Appeal
from moderation.sanctions.rules import AppealState

LIST_SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A row: an item of the queue (``decision`` is empty while it waits), a published text, or a pause of nobody named."""

    at: datetime
    what: Any = ""
    item_id: int | None = None
    klass: int | None = None
    minutes: float | None = None
    is_late: bool = False
    decision: str = ""
    more: Any = ""
    who: MemberCard | None = None
    post_id: int | None = None
    post_kind: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one sort: how they are read, and how they become lines."""

    name: str
    query: Any
    id: Any
    lines: Callable[[Sequence[Any]], list[Line]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list. ``at`` is the moment it goes by; ``criteria`` take the beginning of the period, which is that of the page where
    ``begins`` is not given; ``span`` says that other period."""

    title: Sentence
    source: Source
    at: Any
    criteria: Callable[[datetime], tuple[Any, ...]]
    begins: Callable[[], datetime] | None = None
    span: Sentence | None = None
    oldest_first: bool = False

    @property
    def of_items(self) -> bool:
        """Whether its rows are items of the queue, with a class and a decision."""
        return self.source.name == "items"


def begins(days: int) -> datetime:
    """The beginning of a period: so many days up to today, on the community's clock."""
    return i18n.day_begins(i18n.local(clock.now()).date() - timedelta(days=days - 1))


def an_hour_ago() -> datetime:
    """The beginning of the last sixty minutes."""
    return clock.now() - timedelta(hours=1)


def lines(actor: Actor, what: str, asked: Narrow, after: str | None, size: int = LIST_SIZE) -> Page[Line]:
    """The list behind a figure, a part at a time."""
    require(can_see_figures(actor))
    listed = LISTS[what]
    since = listed.begins() if listed.begins else begins(asked.days)
    query = listed.source.query.add_columns(listed.at.label("at")).where(
        *listed.criteria(since), *_narrowed(listed, asked, since)
    )
    query = keyset(query, listed.at, listed.source.id, after, size, oldest_first=listed.oldest_first)
    page = page_of(list(db.session.execute(query)), size, lambda row: (row.at, row.id))
    return Page(listed.source.lines(page.items), page.next)


def _narrowed(listed: Listed, asked: Narrow, since: datetime) -> list[Any]:
    found = []
    if asked.of_time:
        found.append(counting.in_hours(listed.at, since, asked.is_in))
    if listed.of_items and asked.klass is not None:
        found.append(counting.KLASS.in_([asked.klass]))
    if listed.of_items and asked.who is not None:
        found.append(ReviewDecision.actor_id == asked.who)
    if listed.of_items and asked.reason:
        found.append(counting.held_for(asked.reason))
    return found


# --- sources ----------------------------------------------------------------------------------------------------


def _items(rows: Sequence[Any]) -> list[Line]:
    people, now = cards(row.ReviewDecision.actor_id for row in rows if row.ReviewDecision), clock.now()
    found = []
    for row in rows:
        item, made = row.ReviewItem, row.ReviewDecision
        end = item.decided_at or now
        found.append(
            Line(
                row.at, wording.TYPES[item.kind], item.id, item.klass, _minutes(item.created_at, end), end > item.due_at,
                made.decision.value if made else "", wording.REASONS[made.reason] if made and made.reason else "",
                people[made.actor_id] if made else None,
            )
        )  # fmt: skip
    return found


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60


def _posts(rows: Sequence[Any]) -> list[Line]:
    titles = titles_of({row.thread for row in rows})
    return [
        Line(row.at, titles.get(row.thread, ""), post_id=row.id, post_kind=PostKind(row.kind).value)
        for row in rows
    ]


def _pauses(rows: Sequence[Any]) -> list[Line]:
    return [Line(row.at, _PAUSES[row.kind]) for row in rows]


def _audits(rows: Sequence[Any]) -> list[Line]:
    """Who decided what is not said."""
    return [
        Line(
            row.at, wording.TYPES[row.shown_as or ItemType.AUDIT], row.item_id,
            decision=row.decision.value, more=_("as known") if row.agreed else _("not as known"),
        )
        for row in rows
    ]  # fmt: skip


def _flags(rows: Sequence[Any]) -> list[Line]:
    """Who reported is not said."""
    return [
        Line(
            row.at, wording.FLAGS[row.reason][0], row.item_id,
            more=_("right") if row.outcome is Outcome.AGREED else _("not right"), post_id=row.post_id,
        )
        for row in rows
    ]  # fmt: skip


_PAUSES = {PauseKind.SOFT: _("Asked to slow down"), PauseKind.REST: _("A break was suggested")}
ITEMS = Source(
    "items",
    select(ReviewItem, ReviewDecision, ReviewItem.id.label("id")).outerjoin(
        ReviewDecision, ReviewDecision.item_id == ReviewItem.id
    ),
    ReviewItem.id, _items,
)  # fmt: skip
POSTS = Source(
    "posts", select(POST.id, POST.kind, func.coalesce(POST.question_id, POST.parent_id, POST.id).label("thread")), POST.id, _posts
)  # fmt: skip
PAUSES = Source("pauses", select(Pause.id, Pause.kind), Pause.id, _pauses)
AUDITS = Source(
    "audits",
    select(Audit.id, Audit.item_id, Audit.decision, Audit.agreed, ReviewItem.shown_as).outerjoin(
        ReviewItem, ReviewItem.id == Audit.item_id
    ),
    Audit.id, _audits,
)  # fmt: skip
FLAGS = Source(
    "flags", select(Flag.id, Flag.reason, Flag.outcome, Flag.item_id, Flag.post_id), Flag.id, _flags
)  # fmt: skip


# --- the lists --------------------------------------------------------------------------------------------------


def _waiting(title: Sentence, criteria: Callable[[datetime], tuple[Any, ...]]) -> Listed:
    return Listed(title, ITEMS, ReviewItem.created_at, criteria, span=_("now"), oldest_first=True)


def _decided(title: Sentence, more: Callable[[], tuple[Any, ...]] = tuple, **other: Any) -> Listed:
    return Listed(
        title, ITEMS, ReviewItem.decided_at, lambda since: (*counting.stands(since), *more()), **other
    )


def _appeals(title: Sentence, *criteria: Any) -> Listed:
    return Listed(
        title, ITEMS, ReviewItem.decided_at,
        lambda since: (ReviewItem.id.in_(select(Appeal.item_id).where(Appeal.decided_at >= since, *criteria)),),
    )  # fmt: skip


def _of_flags(title: Sentence, *criteria: Any) -> Listed:
    return Listed(title, FLAGS, Flag.decided_at, lambda since: (*counting.judged(since), *criteria))


def _of_authors(title: Sentence, least: int) -> Listed:
    return Listed(
        title, ITEMS, ReviewItem.decided_at,
        lambda since: (ReviewItem.id.in_(select(counting.restricted_authors(since, least).subquery().c.id)),),
    )  # fmt: skip


def _of_pauses(title: Sentence, kind: PauseKind) -> Listed:
    return Listed(title, PAUSES, Pause.begun_at, lambda since: (Pause.begun_at >= since, Pause.kind == kind))


def _of_audits(title: Sentence, *criteria: Any) -> Listed:
    return Listed(
        title, AUDITS, Audit.decided_at,
        lambda since: (Audit.decided_at >= since, still_known(Audit.source_id), *criteria),
        begins=audits.window_begins, span=_("in thirteen weeks"),
    )  # fmt: skip


_LATE = ReviewItem.decided_at > ReviewItem.due_at
LISTS: dict[str, Listed] = {
    "waiting": _waiting(_("Waiting"), lambda _since: counting.WAITS),
    "late": _waiting(_("Late"), lambda _since: (*counting.WAITS, ReviewItem.due_at < clock.now())),
    "today": _decided(_("Decided today"), begins=lambda: begins(1), span=_("today")),
    "hour": _decided(_("Decided in the last hour"), begins=an_hour_ago, span=_("in the last hour")),
    "came": Listed(_("Came in"), ITEMS, ReviewItem.created_at, counting.came),
    "decided": _decided(_("Decided")),
    "in-time": _decided(_("Decided in time"), lambda: (~_LATE,)),
    "too-late": _decided(_("Decided too late"), lambda: (_LATE,)),
    "answered": _appeals(_("Appeals answered")),
    "overturned": _appeals(_("Overturned on appeal"), Appeal.state == AppealState.OVERTURNED),
    "restricted": _decided(_("Restrictions"), lambda: (counting.RESTRICTED,)),
    "held": _decided(_("Held before publication"), lambda: (counting.WAS_HELD,)),
    "held-refused": _decided(
        _("Held and then refused"), lambda: (counting.WAS_HELD, counting.RESTRICTED)
    ),
    "flags-judged": _of_flags(_("Reports that were judged")),
    "flags-right": _of_flags(_("Reports that were right"), Flag.outcome == Outcome.AGREED),
    "offenders": _of_authors(_("Authors of restricted texts"), 1),
    "offenders-again": _of_authors(_("Authors restricted again"), 2),
    "published": Listed(_("Published"), POSTS, POST.published_at, counting.published),
    "untouched": Listed(
        _("Published and read by nobody of the team"), POSTS, POST.published_at,
        lambda since: (*counting.published(since), ~counting.was_read(since)),
    ),
    "reviews": _decided(_("Product reviews"), lambda: (counting.IS_REVIEW,)),
    "reviews-in-time": _decided(
        _("Product reviews in time"), lambda: (counting.IS_REVIEW, counting.within_review_hours())
    ),
    "audits": _of_audits(_("Items whose answer is known")),
    "audits-agreed": _of_audits(_("Decided as known"), Audit.agreed.is_(True)),
    "soft-pauses": _of_pauses(_("Pauses for haste"), PauseKind.SOFT),
    "rests": _of_pauses(_("Breaks suggested"), PauseKind.REST),
}  # fmt: skip
