"""Where campaigns and participations can go, who may take part, when something is due. Pure (domain/rewards.md §A4.1–§A4.5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

# --- campaigns --------------------------------------------------------------------------------------------------


class Campaign(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    OPEN = "open"
    SELECTING = "selecting"
    SHIPPING = "shipping"
    REPORTING = "reporting"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"


class CampaignMove(StrEnum):
    """What happens to a campaign."""

    PUBLISH = "publish"
    END_APPLICATIONS = "end_applications"
    CONFIRM = "confirm"
    ALL_SENT = "all_sent"
    REPORTS_IN = "reports_in"
    CLOSE = "close"
    CANCEL = "cancel"
    SUSPEND = "suspend"


CAMPAIGN: dict[tuple[Campaign, CampaignMove], Campaign] = {
    (Campaign.DRAFT, CampaignMove.PUBLISH): Campaign.OPEN,
    (Campaign.OPEN, CampaignMove.END_APPLICATIONS): Campaign.SELECTING,
    (Campaign.SELECTING, CampaignMove.CONFIRM): Campaign.SHIPPING,
    (Campaign.SHIPPING, CampaignMove.ALL_SENT): Campaign.REPORTING,
    (Campaign.REPORTING, CampaignMove.REPORTS_IN): Campaign.CLOSING,
    (Campaign.CLOSING, CampaignMove.CLOSE): Campaign.CLOSED,
    (Campaign.SUSPENDED, CampaignMove.CLOSE): Campaign.CLOSED,
    (Campaign.DRAFT, CampaignMove.CANCEL): Campaign.CANCELLED,
    (Campaign.OPEN, CampaignMove.CANCEL): Campaign.CANCELLED,
    (Campaign.SELECTING, CampaignMove.CANCEL): Campaign.CANCELLED,
    (Campaign.SHIPPING, CampaignMove.SUSPEND): Campaign.SUSPENDED,
    (Campaign.REPORTING, CampaignMove.SUSPEND): Campaign.SUSPENDED,
}
"""Every legal move of a campaign (§A4.1)."""


# --- participations ---------------------------------------------------------------------------------------------


class Part(StrEnum):
    """Where a member's part in a campaign stands."""

    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    WAITLISTED = "waitlisted"
    SELECTED = "selected"
    ADDRESS_PENDING = "address_pending"
    READY = "ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    REPORT_DUE = "report_due"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ADDRESS_TIMEOUT = "address_timeout"
    UNDELIVERED = "undelivered"
    DEFECTIVE = "defective"
    OVERDUE = "overdue"
    EXCUSED = "excused"
    DEFAULTED = "defaulted"


class PartMove(StrEnum):
    """What happens to a participation."""

    WITHDRAW = "withdraw"
    REJECT = "reject"
    WAITLIST = "waitlist"
    SELECT = "select"
    ASK_ADDRESS = "ask_address"
    GIVE_ADDRESS = "give_address"
    MISS_ADDRESS = "miss_address"
    DECLINE = "decline"
    SHIP = "ship"
    LOSE = "lose"
    DELIVER = "deliver"
    BREAK = "break"
    ASK_REPORT = "ask_report"
    REPORT = "report"
    ASK_MORE = "ask_more"
    ACCEPT = "accept"
    FALL_DUE = "fall_due"
    EXCUSE = "excuse"
    DEFAULT = "default"


def _to(move: PartMove, target: Part, *sources: Part) -> dict[tuple[Part, PartMove], Part]:
    return {(source, move): target for source in sources}


PART: dict[tuple[Part, PartMove], Part] = {
    **_to(PartMove.WITHDRAW, Part.WITHDRAWN, Part.APPLIED, Part.WAITLISTED),
    **_to(PartMove.REJECT, Part.REJECTED, Part.APPLIED, Part.WAITLISTED),
    **_to(PartMove.WAITLIST, Part.WAITLISTED, Part.APPLIED),
    **_to(PartMove.SELECT, Part.SELECTED, Part.APPLIED, Part.WAITLISTED),
    **_to(PartMove.ASK_ADDRESS, Part.ADDRESS_PENDING, Part.SELECTED),
    **_to(PartMove.GIVE_ADDRESS, Part.READY, Part.ADDRESS_PENDING),
    **_to(PartMove.MISS_ADDRESS, Part.ADDRESS_TIMEOUT, Part.ADDRESS_PENDING),
    **_to(PartMove.DECLINE, Part.DECLINED, Part.SELECTED, Part.ADDRESS_PENDING, Part.READY),
    **_to(PartMove.SHIP, Part.SHIPPED, Part.READY),
    **_to(PartMove.LOSE, Part.UNDELIVERED, Part.SHIPPED),
    **_to(PartMove.DELIVER, Part.DELIVERED, Part.SHIPPED),
    **_to(PartMove.BREAK, Part.DEFECTIVE, Part.DELIVERED, Part.REPORT_DUE, Part.OVERDUE),
    **_to(PartMove.ASK_REPORT, Part.REPORT_DUE, Part.DELIVERED),
    **_to(PartMove.REPORT, Part.REPORTED, Part.DELIVERED, Part.REPORT_DUE, Part.OVERDUE),
    **_to(PartMove.ASK_MORE, Part.REPORT_DUE, Part.REPORTED),
    **_to(PartMove.ACCEPT, Part.ACCEPTED, Part.REPORTED),
    **_to(PartMove.FALL_DUE, Part.OVERDUE, Part.REPORT_DUE),
    **_to(
        PartMove.EXCUSE, Part.EXCUSED,
        Part.SELECTED, Part.ADDRESS_PENDING, Part.READY, Part.SHIPPED, Part.DELIVERED, Part.REPORT_DUE, Part.OVERDUE,
    ),
    **_to(PartMove.DEFAULT, Part.DEFAULTED, Part.OVERDUE, Part.ACCEPTED),
}  # fmt: skip
"""Every legal move (§A4.2). A freed unit is filled by ``waitlisted → selected`` alone; an accepted report falls by fraud only."""

HOLDING = frozenset(
    {
        Part.SELECTED, Part.ADDRESS_PENDING, Part.READY, Part.SHIPPED, Part.DELIVERED, Part.REPORT_DUE, Part.REPORTED,
        Part.ACCEPTED, Part.UNDELIVERED, Part.DEFECTIVE, Part.OVERDUE, Part.EXCUSED, Part.DEFAULTED,
    }
)  # fmt: skip
"""States in which a unit is held: on its way, with the member, or gone."""
RELEASING = frozenset({PartMove.DECLINE, PartMove.MISS_ADDRESS})
"""Moves that free the unit again: it never left the house."""
UNSENT = frozenset({Part.SELECTED, Part.ADDRESS_PENDING, Part.READY})
ON_THE_WAY = UNSENT | {Part.SHIPPED}  # given, and not come yet
IN_HAND = frozenset({Part.DELIVERED, Part.REPORT_DUE, Part.OVERDUE})
"""The product is with the member and a report is owed."""
RECEIVED = IN_HAND | {Part.REPORTED, Part.ACCEPTED, Part.DEFECTIVE, Part.EXCUSED, Part.DEFAULTED}

State = TypeVar("State")
Move = TypeVar("Move")


def sources(table: Mapping[tuple[State, Move], State], move: Move) -> tuple[State, ...]:
    """The states a move may start from, for a conditional update."""
    return tuple(state for (state, made) in table if made == move)


def after(table: Mapping[tuple[State, Move], State], state: State, move: Move) -> State | None:
    """Where a move leads, or None when it is not legal."""
    return table.get((state, move))


def target(table: Mapping[tuple[State, Move], State], move: Move) -> State:
    """Where a move leads: each has one end."""
    return next(end for (_state, made), end in table.items() if made == move)


# --- who may take part ------------------------------------------------------------------------------------------


class Excuse(StrEnum):
    """Why no report is owed (§A4.5)."""

    UNDELIVERED = "undelivered"
    DEFECTIVE = "defective"
    ILLNESS = "illness"
    RECALL = "recall"


class Line(StrEnum):
    """One condition for taking part (§A4.3)."""

    RANK = "rank"
    EMAIL = "email"
    CONDUCT = "conduct"
    OVERDUE = "overdue"
    DEFAULTED = "defaulted"
    RECENT = "recent"
    YEARLY = "yearly"
    FAMILY = "family"
    VALUE = "value"
    STAFF = "staff"
    AGE = "age"
    COUNTRY = "country"
    EQUIPMENT = "equipment"
    CONSENT = "consent"


DECLARED = (Line.AGE, Line.COUNTRY, Line.EQUIPMENT, Line.CONSENT)
"""Conditions the member answers for in the application; unknown before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of §A4.3; the settings fill them."""

    recent_most: int = 2
    recent_window: timedelta = timedelta(days=90)
    yearly_most: int = 6
    year: timedelta = timedelta(days=365)
    default_out: timedelta = timedelta(days=365)
    family_gap: timedelta = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the member declares when applying. ``outside``: neither of the team nor of its household."""

    adult: bool = False
    country: str = ""
    equipment: bool = False
    outside: bool = False
    consent_hash: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a campaign asks for."""

    min_rank: int
    countries: tuple[str, ...]
    needs_equipment: bool
    rules_hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a member: when earlier products came, and those of the same ``family``; ``room_from`` is the end of a
    year in which no more value may be given (§A6). Nothing here tells what a member thought of a product (invariant 23)."""

    rank: int
    email_verified: bool
    barred_until: datetime | None = None
    barred: bool = False
    staff: bool = False
    overdue: bool = False
    defaulted_at: datetime | None = None
    received: tuple[datetime, ...] = ()
    family: tuple[datetime, ...] = ()
    owns_equipment: bool = False
    room_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One condition answered: met, not met, or not known yet (None). ``passes_at``: when it will be met by itself."""

    line: Line
    met: bool | None
    passes_at: datetime | None = None


def checks(
    standing: Standing, wanted: Wanted, at: datetime, limits: Limits, declared: Declared | None = None
) -> list[Check]:
    """Every condition, met or not; with ``declared`` the declared ones are answered too (§A4.3)."""
    found = [
        Check(Line.RANK, standing.rank >= wanted.min_rank),
        Check(Line.EMAIL, standing.email_verified),
        Check(Line.CONDUCT, not standing.barred, standing.barred_until if standing.barred else None),
        Check(Line.OVERDUE, not standing.overdue),
        _since(Line.DEFAULTED, standing.defaulted_at, limits.default_out, at),
        _counted(Line.RECENT, standing.received, limits.recent_most, limits.recent_window, at),
        _counted(Line.YEARLY, standing.received, limits.yearly_most, limits.year, at),
        _since(Line.FAMILY, max(standing.family, default=None), limits.family_gap, at),
        _since(Line.VALUE, standing.room_from, timedelta(0), at),
    ]
    outside = None if declared is None else declared.outside
    found.append(Check(Line.STAFF, False if standing.staff else outside))
    return found + _declared(standing, wanted, declared)


def _declared(standing: Standing, wanted: Wanted, declared: Declared | None) -> list[Check]:
    known = declared is not None
    said = declared or Declared()
    equipped = standing.owns_equipment or (said.equipment if known else None)
    lines = [
        Check(Line.AGE, said.adult if known else None),
        Check(Line.COUNTRY, said.country in wanted.countries if known else None),
    ]
    if wanted.needs_equipment:
        lines.append(Check(Line.EQUIPMENT, equipped))
    return [
        *lines,
        Check(Line.CONSENT, said.consent_hash == wanted.rules_hash if known else None),
    ]


def _since(line: Line, moment: datetime | None, gap: timedelta, at: datetime) -> Check:
    free_at = None if moment is None else moment + gap
    return Check(line, True) if free_at is None or at >= free_at else Check(line, False, free_at)


def _counted(line: Line, moments: Sequence[datetime], most: int, window: timedelta, at: datetime) -> Check:
    inside = sorted(moment for moment in moments if moment > at - window)
    if len(inside) < most:
        return Check(line, True)
    return Check(line, False, inside[len(inside) - most] + window)


def failing(found: Collection[Check]) -> list[Line]:
    """The conditions that are not met. What is not known yet does not fail."""
    return [check.line for check in found if check.met is False]


# --- when something is due --------------------------------------------------------------------------------------

DAY = timedelta(days=1)
REMINDERS = (-7 * DAY, -1 * DAY, 1 * DAY, 7 * DAY)
"""When a tester is reminded, counted from the day the report is due (§A4.5)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The deadlines of §A4.5; the settings fill them."""

    address: timedelta = timedelta(hours=48)
    report: timedelta = timedelta(days=21)
    extension: timedelta = timedelta(days=14)
    overdue: timedelta = timedelta(days=1)
    default: timedelta = timedelta(days=30)
    keep_delivered: timedelta = timedelta(days=30)
    keep_shipped: timedelta = timedelta(days=90)
    after_excuse: timedelta = timedelta(days=7)


def reminder_due(due_at: datetime, at: datetime, reminders: tuple[timedelta, ...] = REMINDERS) -> int | None:
    """The newest reminder whose moment has come, as days from the due day; None before the first."""
    passed = [offset for offset in reminders if at >= due_at + offset]
    return passed[-1].days if passed else None


def due_after_refusal(due_at: datetime, asked_at: datetime, at: datetime, least: timedelta) -> datetime:
    """The day of a report whose excuse was not taken: the time it waited is given back, and ``least`` is left from now."""
    return max(due_at + (at - asked_at), at + least)


def is_on_time(reported_at: datetime, due_at: datetime, terms: Terms) -> bool:
    """A report counts as on time until the participation falls overdue. What it says plays no part."""
    return reported_at < due_at + terms.overdue


# --- what a campaign must have ----------------------------------------------------------------------------------


class Method(StrEnum):
    """How testers are chosen (§A4.4)."""

    MERIT = "merit"
    LOTTERY = "lottery"
    WEIGHTED = "weighted"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Completeness:
    """What publication looks at (§A4.1: guard of *publish*)."""

    title: str
    product: bool
    stock: int
    ends_at: datetime | None
    answer_at: datetime | None
    countries: tuple[str, ...]
    legal: str
    budget_owner: bool
    commitment: str


def faults(one: Completeness, at: datetime) -> list[str]:
    """Names of the fields that forbid publication."""
    found = [
        name for name in ("title", "product", "countries", "legal", "budget_owner") if not getattr(one, name)
    ]
    if one.stock < 1:
        found.append("stock")
    if one.ends_at is None or one.ends_at <= at:
        found.append("ends_at")
    elif one.answer_at is None or one.answer_at <= one.ends_at:
        found.append("answer_at")
    if not one.commitment:
        found.append("commitment")
    return found
