"""The page of figures, and the lists behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common import clock, i18n, settings
from common.db import db
from common.i18n import Sentence, _, duration, number
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from moderation.audits.queries import Accuracy, accuracy
from moderation.figures import counting
from moderation.figures.counting import Hold, Times, Waiting, Worker
from moderation.figures.rules import by_day, by_hour, local_hours, share
from moderation.pauses import pausing
from moderation.pauses.rules import PauseKind
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.numbers import sla_minutes
from moderation.review.permissions import can_see_figures
from moderation.review.rules import CLASSES, ItemState, ItemType
from moderation.sanctions.models import Appeal
from moderation.sanctions.rules import AppealState
from rewards.economics.rules import Bar, bars

LIST_SIZE = 50
NONE = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its value in words, what it is, and its list (a name of ``LISTS``, or the queue itself)."""

    name: str
    label: Sentence
    value: str
    definition: Sentence
    what: str = ""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of the queue: what waits in it and how long decisions took."""

    klass: int
    label: Sentence
    minutes: int
    waiting: Waiting
    times: Times


@dataclass(frozen=True, slots=True)
class Chart:
    """Two series side by side: bars and figures."""

    bars: list[Bar]
    labels: list[Any]
    came: list[int]
    decided: list[int]


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page."""

    figures: list[Figure]
    classes: list[ClassRow]
    holds: list[tuple[str, Hold]]
    day: Chart
    period: Chart
    workers: list[tuple[MemberCard, Worker]]
    accuracy: Accuracy


CLASS_NAMES: dict[int, Sentence] = {
    0: _("P0: danger, law, live private data"),
    1: _("P1: hidden by reports"),
    2: _("P2: held before publication"),
    3: _("P3: reports, private messages"),
    4: _("P4: appeals"),
    5: _("P5: looked at afterwards, profiles"),
}


def overview(actor: Actor, days: int) -> Overview:
    """All figures for a period. A fixed number of statements."""
    require(can_see_figures(actor))
    at, since = clock.now(), begins(days)
    now, took, minutes = counting.waiting(at), counting.times(since), sla_minutes()
    hold, reasons = counting.holds(since)
    zone, no_audit = i18n.local(at).tzinfo, ReviewItem.kind != ItemType.AUDIT
    came = local_hours(counting.hours(ReviewItem.created_at, since, no_audit), zone)  # type: ignore[arg-type]
    decided = local_hours(counting.hours(ReviewItem.decided_at, since, no_audit), zone)  # type: ignore[arg-type]
    working = counting.workers(since)
    people = cards(one.member_id for one in working)
    today, known = i18n.local(at).date(), accuracy()
    return Overview(
        _figures(at, since, now, took, hold) + _about_work(since, known),
        [
            ClassRow(k, CLASS_NAMES[k], minutes[k], now.get(k, Waiting()), took.get(k, Times()))
            for k in CLASSES
        ],
        sorted(reasons.items(), key=lambda one: -one[1].decided)[:20],
        _chart(list(range(24)), by_hour(came), by_hour(decided)),
        _chart(
            [today - timedelta(days=back) for back in range(days - 1, -1, -1)],
            by_day(came, today, days),
            by_day(decided, today, days),
        ),
        [(people[one.member_id], one) for one in working],
        known,
    )


def begins(days: int) -> datetime:
    """The beginning of a period: so many days up to today, on the community's clock."""
    return i18n.day_begins(i18n.local(clock.now()).date() - timedelta(days=days - 1))


def _chart(labels: list[Any], came: list[int], decided: list[int]) -> Chart:
    return Chart(bars([came, decided]), labels, came, decided)


def _percent(part: int, whole: int) -> str:
    made = share(part, whole)
    return NONE if made is None else f"{made} % ({number(part)} / {number(whole)})"


def _figures(
    at: datetime, since: datetime, now: dict[int, Waiting], took: dict[int, Times], hold: Hold
) -> list[Figure]:
    today = i18n.day_begins(i18n.local(at).date())
    done_today, done_hour = counting.pace(at, today, at - timedelta(hours=1))
    answered, overturned, restricted = counting.appeals(since)
    published, read = counting.settled(since)
    oldest = min((one.oldest_at for one in now.values() if one.oldest_at), default=None)
    decided, late = sum(one.count for one in took.values()), sum(one.late for one in took.values())
    return [
        Figure("waiting", _("Waiting"), number(sum(one.count for one in now.values())), _("Items nobody has decided yet."), "queue"),
        Figure("late", _("Late"), number(sum(one.late for one in now.values())), _("Items that have waited beyond the time of their class; managers are told of each."), "late"),
        Figure("oldest", _("The oldest"), duration((at - oldest).total_seconds() / 60) if oldest else NONE, _("How long the oldest item that waits has been in the queue."), "queue"),
        Figure("pace", _("Pace"), str(_("%(today)s today, %(hour)s in the last hour", today=number(done_today), hour=number(done_hour))), _("Decisions of the whole team since midnight, and in the last sixty minutes, but for what was taken back."), "decided"),
        Figure("decided", _("Decided"), number(decided), _("Items decided in the period; what was taken back within seconds is left out."), "decided"),
        Figure("in-time", _("Decided in time"), _percent(decided - late, decided), _("Share of the decided items whose decision came before the time of their class was over."), "too-late"),
        Figure("overturned", _("Overturned on appeal"), _percent(overturned, answered), _("Share of the appeals answered in the period in which somebody else overturned the decision."), "overturned"),
        Figure("contested", _("Restrictions"), number(restricted), _("Decisions that refused, removed or hid a text: each has its statement of reasons and can be contested."), "restricted"),
        Figure("hold-precision", _("Precision of holds"), _percent(hold.refused, hold.decided), _("Share of the texts held before publication that were then refused. The lower, the more was held for nothing."), "held"),
        Figure("settled", _("Settled by itself"), _percent(published - read, published), _("Share of the texts published in the period that nobody had to read: neither held, nor reported, nor drawn for a look."), "read"),
    ]  # fmt: skip


def _about_work(since: datetime, known: Accuracy) -> list[Figure]:
    """How the team works: together, nobody named."""
    asked, hours = pausing.asked_for(since), settings.get("moderation.review_hours")
    reviewed, in_time = counting.reviews(since, hours)
    return [
        Figure("reviews-in-time", _("Reviews in time"), _percent(in_time, reviewed), _("Share of the product reviews that were decided within %(count)s hours; the rating makes no difference.", count=hours), "reviews"),
        Figure("audit-accuracy", _("Decided as known"), _percent(known.total.agreed, known.total.answered), _("Share of the items whose answer is known that were decided so, in thirteen weeks. They count in no other figure."), "audits"),
        Figure("soft-pauses", _("Pauses for haste"), number(asked.get(PauseKind.SOFT, 0)), _("How often somebody decided so many long texts in a moment that the queue asked to slow down.")),
        Figure("rests", _("Breaks suggested"), number(asked.get(PauseKind.REST, 0)), _("How often somebody had worked so long without a rest that a break was suggested.")),
    ]  # fmt: skip


# --- the lists behind the figures -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An item behind a figure; ``decision`` is empty while it waits."""

    item_id: int
    kind: ItemType
    klass: int
    at: datetime
    waited: str
    is_late: bool
    decision: str
    reason: str
    who: MemberCard | None


LISTS: dict[str, Sentence] = {
    "late": _("Late"),
    "decided": _("Decided"),
    "too-late": _("Decided too late"),
    "overturned": _("Overturned on appeal"),
    "restricted": _("Restrictions"),
    "held": _("Held before publication"),
    "reviews": _("Product reviews"),
    "read": _("Read by somebody"),
}


def lines(actor: Actor, what: str, days: int, after: str, klass: int | None, who: int | None) -> Page[Line]:
    """The list behind a figure, the newest first; of one class, or of one moderator."""
    require(can_see_figures(actor))
    since, waits = begins(days), what in ("late", "read")
    moment = ReviewItem.created_at if waits else ReviewItem.decided_at
    query = select(ReviewItem, ReviewDecision).outerjoin(
        ReviewDecision, ReviewDecision.item_id == ReviewItem.id
    )
    query = query.where(*_behind(what, since))
    if klass is not None:
        query = query.where(counting.KLASS.in_([klass]))
    if who is not None:
        query = query.where(ReviewDecision.actor_id == who)
    rows = list(db.session.execute(keyset(query, moment, ReviewItem.id, after, LIST_SIZE)))
    page = page_of(
        rows, LIST_SIZE, lambda row: (row[0].created_at if waits else row[0].decided_at, row[0].id)
    )
    people = cards(row[1].actor_id for row in page.items if row[1])
    return Page([_line(item, made, people, waits) for item, made in page.items], page.next)


def _behind(what: str, since: datetime) -> tuple[Any, ...]:
    if what == "late":
        not_known = ReviewItem.kind != ItemType.AUDIT
        return ReviewItem.open_key.is_not(None), ReviewItem.due_at < clock.now(), not_known
    if what == "read":
        return ReviewItem.created_at >= since, ReviewItem.kind.in_(counting.READ)
    if what == "overturned":
        mine = select(Appeal.item_id).where(
            Appeal.decided_at >= since, Appeal.state == AppealState.OVERTURNED
        )
        return ReviewItem.state == ItemState.DECIDED, ReviewItem.id.in_(mine)
    made = counting.stands(since)
    if what == "too-late":
        return *made, ReviewItem.decided_at > ReviewItem.due_at
    if what == "reviews":
        return *made, ReviewItem.kind == ItemType.REVIEW
    if what == "restricted":
        return *made, counting.RESTRICTED
    return (*made, ReviewItem.kind.in_(counting.HELD)) if what == "held" else made


def _line(item: ReviewItem, made: ReviewDecision | None, people: dict, waits: bool) -> Line:
    end = item.decided_at or clock.now()
    return Line(
        item.id, ItemType(item.kind), item.klass, item.created_at if waits else end,
        duration((end - item.created_at).total_seconds() / 60), end > item.due_at,
        made.decision.value if made else "", made.reason.value if made and made.reason else "",
        people[made.actor_id] if made else None,
    )  # fmt: skip
