"""The page of figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.members.queries import MemberCard, cards
from common import clock, i18n, settings
from common.i18n import Sentence, _, duration, number
from common.permissions import Actor, require
from moderation.audits.queries import Accuracy, accuracy
from moderation.figures import counting
from moderation.figures.counting import Hold, Times, Waiting, Worker
from moderation.figures.lists import an_hour_ago, begins
from moderation.figures.rules import by_day, by_hour, local_hours, share
from moderation.pauses import pausing
from moderation.pauses.rules import PauseKind
from moderation.review.models import ReviewItem
from moderation.review.numbers import sla_minutes
from moderation.review.permissions import can_see_figures
from moderation.review.rules import CLASSES
from rewards.economics.rules import Bar, bars

NONE = "–"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its value in words, what it is, and its lists (names of ``LISTS``) with how much stands in each."""

    name: str
    label: Sentence
    value: str
    definition: Sentence
    lists: tuple[tuple[str, int], ...]


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
    zone = i18n.local(at).tzinfo
    came = local_hours(counting.hours(ReviewItem.created_at, since, *counting.came(since)), zone)  # type: ignore[arg-type]
    decided = local_hours(counting.hours(ReviewItem.decided_at, since, *counting.stands(since)), zone)  # type: ignore[arg-type]
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


def card_of_worker(member_id: int | None) -> MemberCard | None:
    """Whose decisions a list holds; None for those of everybody."""
    return cards([member_id])[member_id] if member_id is not None else None


def _chart(labels: list[Any], came: list[int], decided: list[int]) -> Chart:
    return Chart(bars([came, decided]), labels, came, decided)


def _percent(part: int, whole: int) -> str:
    made = share(part, whole)
    return NONE if made is None else f"{made} % ({number(part)} / {number(whole)})"


def _figures(
    at: datetime, since: datetime, now: dict[int, Waiting], took: dict[int, Times], hold: Hold
) -> list[Figure]:
    done_today, done_hour = counting.pace(begins(1), an_hour_ago())
    answered, overturned, restricted = counting.appeals(since)
    published, read = counting.settled(since)
    (judged, right), (authors, again) = counting.reports(since), counting.offenders(since)
    oldest = min((one.oldest_at for one in now.values() if one.oldest_at), default=None)
    decided, too_late = sum(one.count for one in took.values()), sum(one.late for one in took.values())
    waits, late = sum(one.count for one in now.values()), sum(one.late for one in now.values())
    return [
        Figure("waiting", _("Waiting"), number(waits), _("Items nobody has decided yet."), (("waiting", waits),)),
        Figure("late", _("Late"), number(late), _("Items that have waited beyond the time of their class; managers are told of each."), (("late", late),)),
        Figure("oldest", _("The oldest"), duration((at - oldest).total_seconds() / 60) if oldest else NONE, _("How long the oldest item that waits has been in the queue."), (("waiting", waits),)),
        Figure("pace", _("Pace"), str(_("%(today)s today, %(hour)s in the last hour", today=number(done_today), hour=number(done_hour))), _("Decisions of the whole team since midnight, and in the last sixty minutes, but for what was taken back."), (("today", done_today), ("hour", done_hour))),
        Figure("decided", _("Decided"), number(decided), _("Items decided in the period; what was taken back within seconds is left out."), (("decided", decided),)),
        Figure("in-time", _("Decided in time"), _percent(decided - too_late, decided), _("Share of the decided items whose decision came before the time of their class was over."), (("in-time", decided - too_late), ("too-late", too_late))),
        Figure("overturned", _("Overturned on appeal"), _percent(overturned, answered), _("Share of the appeals answered in the period in which somebody else overturned the decision."), (("overturned", overturned), ("answered", answered))),
        Figure("contested", _("Restrictions"), number(restricted), _("Decisions that refused, removed or hid a text: each has its statement of reasons and can be contested."), (("restricted", restricted),)),
        Figure("hold-precision", _("Precision of holds"), _percent(hold.refused, hold.decided), _("Share of the texts held before publication that were then refused. The lower, the more was held for nothing."), (("held-refused", hold.refused), ("held", hold.decided))),
        Figure("flag-precision", _("Precision of reports"), _percent(right, judged), _("Share of the reports judged in the period that were right: the decision did what they asked for. Reports that were withdrawn, or settled without a word on them, are left out."), (("flags-right", right), ("flags-judged", judged))),
        Figure("repeat-offenders", _("Authors restricted again"), _percent(again, authors), _("Of the authors of whom a text was refused, removed or hidden in the period: the share to whom it happened more than once in it. The list has one item of each, the one that came in last."), (("offenders-again", again), ("offenders", authors))),
        Figure("settled", _("Settled by itself"), _percent(published - read, published), _("Share of the texts published in the period that nobody had to read: neither held, nor reported, nor drawn for a look."), (("untouched", published - read), ("published", published))),
    ]  # fmt: skip


def _about_work(since: datetime, known: Accuracy) -> list[Figure]:
    """How the team works: together, nobody named."""
    asked, hours = pausing.asked_for(since), settings.get("moderation.review_hours")
    reviewed, in_time = counting.reviews(since)
    alike, known_ones = known.total.agreed, known.total.answered
    soft, rests = asked.get(PauseKind.SOFT, 0), asked.get(PauseKind.REST, 0)
    return [
        Figure("reviews-in-time", _("Reviews in time"), _percent(in_time, reviewed), _("Share of the product reviews that were decided within %(count)s hours; the rating makes no difference.", count=hours), (("reviews-in-time", in_time), ("reviews", reviewed))),
        Figure("audit-accuracy", _("Decided as known"), _percent(alike, known_ones), _("Share of the items whose answer is known that were decided so, in thirteen weeks. They count in no other figure."), (("audits-agreed", alike), ("audits", known_ones))),
        Figure("soft-pauses", _("Pauses for haste"), number(soft), _("How often somebody decided so many long texts in a moment that the queue asked to slow down."), (("soft-pauses", soft),)),
        Figure("rests", _("Breaks suggested"), number(rests), _("How often somebody had worked so long without a rest that a break was suggested."), (("rests", rests),)),
    ]  # fmt: skip
