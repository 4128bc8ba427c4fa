"""What an act is worth, who earns it, and how much of it fits under the caps.

Pure: no database, no clock. Points are whole numbers in two accounts: reputation (never spent, decides ranks)
and spendable (exchanged for rewards, usable 72 hours after it was earned). Source: domain/rewards.md §A1.2, §A1.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any


class Account(StrEnum):
    """Where points stand."""

    REPUTATION = "reputation"
    SPENDABLE = "spendable"


class EntryKind(StrEnum):
    """What a line of the ledger does."""

    EARN = "earn"
    REVERSE = "reverse"
    SPEND = "spend"
    REFUND = "refund"
    EXPIRE = "expire"
    ADJUST = "adjust"
    MIGRATE = "migrate"


class CauseType(StrEnum):
    """The first word of a fact key such as ``answer-accepted:812``."""

    ACCEPTED = "answer-accepted"
    ENDORSED = "answer-endorsed"
    MISSION = "mission"
    FAST = "answer-fast"
    ASKER = "asker-accepted"
    KUDOS = "kudos"
    QUESTION_KUDOS = "question-kudos"
    ME_TOO = "me-too"
    IMPORTED_UPVOTE = "imported-upvote"
    FIRST_QUESTION = "first-question"
    FIRST_ANSWER = "first-answer"
    FIRST_ACCEPT = "first-accept"
    DUPLICATE = "duplicate-linked"
    RESCUE = "answer-rescue"
    REPORT = "report-upheld"
    TRIAL_REPORT = "trial-report"
    GUIDE = "guide-published"
    GUIDE_HELPED = "guide-helped"
    COUPON = "coupon"
    GIFT = "gift"
    LOT = "lot"
    ADJUSTMENT = "adjustment"


class Withheld(StrEnum):
    """Why a line grants less than the rule names; shown to the member in words."""

    OWN = "own"
    STAFF = "staff"
    PAIR = "pair"
    WEAK_VOTER = "weak-voter"
    POST_LIMIT = "post-limit"
    DAY_LIMIT = "day-limit"
    WEEK_LIMIT = "week-limit"
    CAP_DAY = "cap-day"
    CAP_MONTH = "cap-month"
    TOGGLES = "toggles"
    TOP_UP = "top-up"
    RESTRICTED = "restricted"
    CONCENTRATED = "fraud.V2"
    RECIPROCAL = "fraud.V3"
    SHARED_ORIGIN = "fraud.V5"


@dataclass(frozen=True, slots=True)
class Cause:
    """What happened, once: the unique key that makes a replay harmless."""

    type: CauseType
    id: str

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Points for both accounts."""

    reputation: int = 0
    spendable: int = 0

    def of(self, account: Account) -> int:
        """The part for one account."""
        return self.reputation if account is Account.REPUTATION else self.spendable

    def __bool__(self) -> bool:
        return bool(self.reputation or self.spendable)


NOTHING = Amounts()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. ``capped``: counts towards, and is cut by, the daily caps."""

    key: str
    amounts: Amounts
    capped: bool
    version: int = 1


def _table(*lines: tuple[str, int, int, bool]) -> dict[str, Rule]:
    return {key: Rule(key, Amounts(rep, sp), capped) for key, rep, sp, capped in lines}


RULES: dict[str, Rule] = _table(
    ("answer.accepted", 25, 25, False),
    ("answer.endorsed", 15, 15, False),
    ("answer.upvoted", 5, 2, True),
    ("question.metoo", 1, 0, True),
    ("asker.accepted", 2, 0, True),
    ("dup.linked", 2, 0, True),
    ("answer.fast", 5, 5, False),
    ("answer.rescue", 10, 10, False),
    ("flag.upheld", 2, 0, True),
    ("tip.published", 20, 20, False),
    ("tip.upvoted", 2, 1, True),
    ("trial.report_on_time", 20, 0, False),
    ("onboard.first_question", 4, 0, False),
    ("onboard.first_answer", 8, 5, False),
    ("onboard.first_accept", 4, 0, False),
)
"""The default rule table (domain/rewards.md §A1.2)."""

SPEND, REFUND, EXPIRY, ADJUST = "coupon.claimed", "coupon.refunded", "lot.expired", "staff.adjust"
CAPPED = frozenset(rule.key for rule in RULES.values() if rule.capped)
MISSION = "mission.done"
"""The rule of every mission: its points and its budget stand in the mission (``mission.*`` of §A1.2)."""
MONTHLY_EXEMPT = frozenset({ADJUST, MISSION})


def rules_with(overrides: Mapping[str, Mapping[str, Any]]) -> dict[str, Rule]:
    """The table with a brand's own amounts: ``{"answer.accepted": {"rep": 30, "sp": 20, "version": 2}}``.

    Unknown rules and impossible numbers are passed over, so that a bad setting never stops an acceptance.
    """
    table = dict(RULES)
    for key, change in overrides.items():
        if key not in table or not isinstance(change, Mapping):
            continue
        rep, sp, version = (change.get("rep"), change.get("sp"), change.get("version", 2))
        if all(
            isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 10_000 for n in (rep, sp, version)
        ):
            table[key] = replace(table[key], amounts=Amounts(rep, sp), version=version)  # type: ignore[arg-type]
    return table


@dataclass(frozen=True, slots=True)
class Limits:
    """Every number of §A1.2 and §A1.3 that bounds what is paid; the settings fill it."""

    day_reputation: int = 150
    day_spendable: int = 60
    month_spendable: int = 1000
    pair_acceptances: int = 10
    pair_kudos: int = 10
    pair_window: timedelta = timedelta(days=30)
    kudos_per_answer: int = 10
    me_too_per_question: int = 15
    asker_a_day: int = 5
    duplicates_a_day: int = 10
    reports_a_day: int = 10
    guides_a_week: int = 2
    per_tip: int = 100
    fast_within: timedelta = timedelta(minutes=60)
    voter_rank: int = 1
    voter_age: timedelta = timedelta(hours=24)
    toggles: int = 3
    toggle_window: timedelta = timedelta(hours=24)
    hold: timedelta = timedelta(hours=72)


# --- who earns --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pay:
    """What an act asks for and what its own limits leave of it, before the caps."""

    requested: Amounts
    payable: Amounts
    withheld: Withheld | None = None


def _refused(amounts: Amounts, why: Withheld) -> Pay:
    return Pay(amounts, NOTHING, why)


def acceptance_pay(
    rule: Rule, *, own: bool, staff: bool, paid_in_window: int, already: Amounts, limits: Limits
) -> Pay:
    """An asker marked the solution. ``already``: what the same answer's endorsement granted (total 25/25).

    ``paid_in_window`` counts paid acceptances by the same asker to the same author.
    """
    asked = _top_up(rule.amounts, rule.amounts, already)
    if own:
        return _refused(asked, Withheld.OWN)
    if staff:
        return _refused(asked, Withheld.STAFF)
    if paid_in_window >= limits.pair_acceptances:
        return _refused(asked, Withheld.PAIR)
    return Pay(asked, asked, Withheld.TOP_UP if asked != rule.amounts else None)


def endorsement_pay(rule: Rule, full: Amounts, *, staff: bool, already: Amounts) -> Pay:
    """Staff recommend an answer. ``full`` is what an acceptance pays: both together never pay more."""
    asked = _top_up(rule.amounts, full, already)
    if staff:
        return _refused(asked, Withheld.STAFF)
    return Pay(asked, asked, Withheld.TOP_UP if asked != rule.amounts else None)


def _top_up(amounts: Amounts, full: Amounts, already: Amounts) -> Amounts:
    return Amounts(
        max(0, min(amounts.reputation, full.reputation - already.reputation)),
        max(0, min(amounts.spendable, full.spendable - already.spendable)),
    )


def vote_pay(
    rule: Rule, *, own: bool, staff: bool, strong_voter: bool, paid_on_post: int, most_per_post: int,
    paid_by_pair: int = 0, limits: Limits,
) -> Pay:  # fmt: skip
    """A thumbs-up or a me-too: the first ones of a post pay, from members who have been here a little."""
    checks = (
        (own, Withheld.OWN),
        (staff, Withheld.STAFF),
        (not strong_voter, Withheld.WEAK_VOTER),
        (paid_on_post >= most_per_post, Withheld.POST_LIMIT),
        (paid_by_pair >= limits.pair_kudos, Withheld.PAIR),
    )
    for failed, why in checks:
        if failed:
            return _refused(rule.amounts, why)
    return Pay(rule.amounts, rule.amounts)


def asker_pay(rule: Rule, *, own: bool, staff: bool, paid_today: int, limits: Limits) -> Pay:
    """The asker closed the loop."""
    if own or staff:
        return _refused(rule.amounts, Withheld.OWN if own else Withheld.STAFF)
    if paid_today >= limits.asker_a_day:
        return _refused(rule.amounts, Withheld.DAY_LIMIT)
    return Pay(rule.amounts, rule.amounts)


def numbered_pay(rule: Rule, *, staff: bool, paid: int, most: int, why: Withheld = Withheld.DAY_LIMIT) -> Pay:
    """A duplicate that was confirmed, a report that was right, a guide: so many a day or a week."""
    if staff:
        return _refused(rule.amounts, Withheld.STAFF)
    if paid >= most:
        return _refused(rule.amounts, why)
    return Pay(rule.amounts, rule.amounts)


def while_restricted(pay: Pay) -> Pay:
    """Nothing is earned while a measure against the account is in force (domain/moderation.md §B4)."""
    return _refused(pay.requested, Withheld.RESTRICTED) if pay.payable else pay


def plain_pay(rule: Rule, *, own: bool = False, staff: bool = False) -> Pay:
    """A rule without limits of its own (fast answers, first steps)."""
    if own or staff:
        return _refused(rule.amounts, Withheld.OWN if own else Withheld.STAFF)
    return Pay(rule.amounts, rule.amounts)


def is_strong_voter(rank: int, joined_at: datetime, at: datetime, limits: Limits) -> bool:
    """Whether a vote pays its author: voter of rank R1 or more, here for a day (§A1.4 V7)."""
    return rank >= limits.voter_rank and at - joined_at >= limits.voter_age


def is_fast(asked_at: datetime | None, answered_at: datetime | None, limits: Limits) -> bool:
    """Whether an answer came within the hour."""
    if asked_at is None or answered_at is None:
        return False
    return timedelta(0) <= answered_at - asked_at <= limits.fast_within


# --- the caps ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Used:
    """What a member has earned that counts: capped points of the day, spendable points of the civil month."""

    day: Amounts = NOTHING
    month_spendable: int = 0


def fit(pay: Pay, *, capped: bool, used: Used, limits: Limits, in_month: bool = True) -> Pay:
    """Cut what is payable down to the room left. Caps are consumed in the order of booking (§A1.2)."""
    wanted, why = pay.payable, pay.withheld
    day = (used.day.reputation, used.day.spendable)
    in_day = Amounts(
        *(fit_one(wanted.of(one), one, capped, day, None, limits) for one in (_REPUTATION, _SPENDABLE))
    )
    if in_day != wanted:
        why = Withheld.CAP_DAY
    month = used.month_spendable if in_month else None
    spendable = fit_one(in_day.spendable, _SPENDABLE, False, day, month, limits)
    if spendable != in_day.spendable:
        why = why or Withheld.CAP_MONTH
    return Pay(pay.requested, Amounts(in_day.reputation, spendable), why)


def fit_one(
    asked: int, account: Account, capped: bool, day: Sequence[int], month: int | None, limits: Limits
) -> int:
    """What fits for one account: ``day`` is what of the caps is used (reputation, spendable), ``month`` of the month's
    spendable points, None where that does not count."""
    if account is _REPUTATION:
        return max(0, min(asked, limits.day_reputation - day[0])) if capped else asked
    if capped:
        asked = max(0, min(asked, limits.day_spendable - day[1]))
    return asked if month is None else max(0, min(asked, limits.month_spendable - month))


_REPUTATION, _SPENDABLE = Account.REPUTATION, Account.SPENDABLE


def after_toggles(pay: Pay, earned_in_window: int, limits: Limits) -> Pay:
    """Giving and taking back again and again stops paying (§A1.3: more than 3 toggles in 24 h)."""
    if earned_in_window >= limits.toggles:
        return _refused(pay.requested, Withheld.TOGGLES)
    return pay


# --- availability and expiry ------------------------------------------------------------------------------------


def available_at(account: Account, occurred_at: datetime, limits: Limits) -> datetime:
    """When earned points can be used: spendable ones after 72 hours, so that a fraud check has its time."""
    return occurred_at + limits.hold if account is Account.SPENDABLE else occurred_at


@dataclass(frozen=True, slots=True)
class Lot:
    """Spendable points earned together; ``left`` is what is not used yet."""

    entry_id: int
    earned_at: datetime
    left: int


def lots_left(lots: Iterable[Lot], used: int) -> list[Lot]:
    """What remains of each lot when ``used`` points were spent or expired, the oldest lot first (FIFO, §A1.3)."""
    left = []
    for lot in sorted(lots, key=lambda one: (one.earned_at, one.entry_id)):
        taken = min(lot.left, max(0, used))
        used -= taken
        if lot.left > taken:
            left.append(replace(lot, left=lot.left - taken))
    return left


def expiry_of(earned_at: datetime, months: int) -> datetime:
    """The moment a lot expires: the same day of the month so many months later, or the last one there is."""
    index = earned_at.year * 12 + earned_at.month - 1 + months
    year, month = divmod(index, 12)
    day = min(earned_at.day, _days_in(year, month + 1))
    return earned_at.replace(year=year, month=month + 1, day=day)


def _days_in(year: int, month: int) -> int:
    after = date(year + month // 12, month % 12 + 1, 1)
    return (after - timedelta(days=1)).day
