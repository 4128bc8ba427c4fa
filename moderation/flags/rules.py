"""What a report weighs, when reports hide a post, and who is heard less. Pure. Source: domain/moderation.md §B3."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class FlagReason(StrEnum):
    """Why a member reports a post."""

    INSULT = "insult"
    ADVERTISING = "advertising"
    PERSONAL_DATA = "personal_data"
    DANGEROUS = "dangerous"
    ILLEGAL = "illegal"
    UNDISCLOSED_INTEREST = "undisclosed_interest"
    OFF_TOPIC = "off_topic"
    WRONG_CATEGORY = "wrong_category"
    AUTHENTICITY = "authenticity"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a report."""

    AGREED = "agreed"
    DISAGREED = "disagreed"
    IGNORED = "ignored"


class Came(StrEnum):
    """What a decision did to a reported text: taken away, words of it blacked out, put where it belongs, or left."""

    TAKEN = "taken"
    CHANGED = "changed"
    SORTED = "sorted"
    KEPT = "kept"


TYPE_FACTOR: dict[FlagReason, float] = {
    FlagReason.DANGEROUS: 2.0,
    FlagReason.ILLEGAL: 1.5,
    FlagReason.PERSONAL_DATA: 1.5,
    FlagReason.ADVERTISING: 1.0,
    FlagReason.INSULT: 1.0,
    FlagReason.UNDISCLOSED_INTEREST: 0.8,
    FlagReason.OFF_TOPIC: 0.5,
    FlagReason.OTHER: 0.5,
    FlagReason.WRONG_CATEGORY: 0.0,
    FlagReason.AUTHENTICITY: 0.0,
}
FAST = frozenset({FlagReason.ADVERTISING, FlagReason.PERSONAL_DATA, FlagReason.ILLEGAL})
"""Types for which one proven member is enough against a newcomer's post."""
ROUTING = frozenset({FlagReason.WRONG_CATEGORY, FlagReason.OTHER})
"""Types that ask for a text to stand elsewhere, or may in their own words: one that was put there was reported rightly."""
OF_BRANDS = frozenset({FlagReason.AUTHENTICITY})
"""A doubt of the product's supplier whether a review is genuine (Code de la consommation, L111-7-2): it calls a person and
weighs nothing, so that no supplier hides what it does not like."""
DANGER = frozenset({FlagReason.DANGEROUS, FlagReason.ILLEGAL})
"""Types that the item names as one of safety."""

URGENT = DANGER | {FlagReason.PERSONAL_DATA}
"""Types that call a person at once: danger, law, and personal data that everybody can read (domain/moderation.md §B2.2, P0)."""

OPEN_TO_ALL = URGENT
"""What a newcomer may report as well: a notice under the law is open to everyone (domain/rewards.md §A2.2, R0)."""

MAX_WEIGHT = 8.0


class MeasureKind(StrEnum):
    """What becomes of somebody whose reports are nearly always wrong: first a warning, then they weigh nothing."""

    WARNED = "warned"
    MUTED = "muted"


@dataclass(frozen=True)
class FlagNumbers:
    """Defaults of §B3."""

    hide_score: float = 8.0
    hide_clusters: int = 3
    trusted_author_rank: int = 3
    trusted_author_factor: float = 1.5
    fast_rank: int = 4
    fast_reviewed: int = 10
    fast_accuracy: float = 0.80
    rest_share: float = 0.25
    same_targets: float = 0.60
    brigade_count: int = 5
    brigade_minutes: int = 10
    brigade_strangers: float = 0.60


@dataclass(frozen=True)
class MisuseNumbers:
    """Defaults of §B3 (article 23, paragraph 2: a warning first, a published policy)."""

    reviewed: int = 10
    days: int = 60
    share: float = 0.30
    again_days: int = 90
    muted_days: int = 30


@dataclass(frozen=True)
class Standing:
    """A member's past as a flagger."""

    rank: int = 0
    agreed: int = 0
    disagreed: int = 0

    @property
    def reviewed(self) -> int:
        """Reports of this member that were decided on their merits."""
        return self.agreed + self.disagreed

    @property
    def share(self) -> float:
        """Share of reviewed reports that were right; 0 without any."""
        return self.agreed / self.reviewed if self.reviewed else 0.0


@dataclass(frozen=True)
class FlagFacts:
    """One active report and who made it. ``origin`` is an opaque mark of where it came from."""

    flagger_id: int
    reason: FlagReason
    standing: Standing
    at: datetime
    origin: str = ""
    joined_on: date | None = None
    targets: frozenset[int] = field(default_factory=frozenset)
    is_stranger: bool = False
    muted: bool = False
    referrer: str = ""


@dataclass(frozen=True)
class Target:
    """What the reported post is."""

    author_rank: int = 0
    by_staff: bool = False
    is_official: bool = False
    approved_version: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the reports of a post come to."""

    score: float
    cluster_count: int
    hide: bool
    brigade: bool = False
    fast: bool = False
    urgent: bool = False
    danger: bool = False


def accuracy(agreed: int, disagreed: int) -> float:
    """How far a flagger is believed: between 0 and 2, 1 without a past."""
    return 2 * (agreed + 2) / (agreed + disagreed + 4)


def weight(standing: Standing) -> float:
    """What one report of this member weighs: rank and accuracy together, at most 8."""
    return min(MAX_WEIGHT, (1 + 0.5 * standing.rank) * accuracy(standing.agreed, standing.disagreed))


def clusters(flags: Sequence[FlagFacts], numbers: FlagNumbers = FlagNumbers()) -> list[list[FlagFacts]]:
    """Reports grouped by whether their makers are independent of each other."""
    groups: list[list[FlagFacts]] = []
    for flag in flags:
        linked = [group for group in groups if any(_linked(flag, other, numbers) for other in group)]
        merged = [flag, *(member for group in linked for member in group)]
        groups = [group for group in groups if group not in linked] + [merged]
    return groups


def _linked(one: FlagFacts, other: FlagFacts, numbers: FlagNumbers) -> bool:
    if one.flagger_id == other.flagger_id or (one.origin and one.origin == other.origin):
        return True
    if one.joined_on is not None and one.joined_on == other.joined_on:
        return True
    smaller = min(len(one.targets), len(other.targets))
    return smaller >= 3 and len(one.targets & other.targets) >= numbers.same_targets * smaller


def score(flags: Sequence[FlagFacts], numbers: FlagNumbers = FlagNumbers()) -> float:
    """The sum over clusters of the heaviest report plus a quarter of the others, each times its type."""
    total = 0.0
    for group in clusters([flag for flag in flags if not flag.muted], numbers):
        best: dict[int, float] = {}
        for flag in group:
            value = weight(flag.standing) * TYPE_FACTOR[flag.reason]
            best[flag.flagger_id] = max(best.get(flag.flagger_id, 0.0), value)
        values = sorted(best.values(), reverse=True)
        total += values[0] + numbers.rest_share * sum(values[1:])
    return total


def is_brigade(flags: Iterable[FlagFacts], numbers: FlagNumbers = FlagNumbers()) -> bool:
    """Many reports within minutes, most of them by people who never come here, or sent here from one other site."""
    ordered = sorted(flags, key=lambda flag: flag.at)
    window = timedelta(minutes=numbers.brigade_minutes)
    for first, flag in enumerate(ordered):
        near = [other for other in ordered[first:] if other.at - flag.at <= window]
        people = {other.flagger_id: other for other in near}
        if len(people) < numbers.brigade_count:
            continue
        enough = numbers.brigade_strangers * len(people)
        sites = Counter(other.referrer for other in people.values() if other.referrer)
        sent = max(sites.values(), default=0)
        if sum(other.is_stranger for other in people.values()) >= enough or sent >= enough:
            return True
    return False


ARRIVAL_MINUTES = 60


def arrival(host: str, at: datetime) -> str:
    """That another site led somebody here, as it is noted."""
    return f"{int(at.timestamp())} {host}"


def arrived_from(noted: str | None, at: datetime) -> str:
    """The site that led here within the last hour, or nothing."""
    when, _blank, host = (noted or "").partition(" ")
    if not (when.isascii() and when.isdigit()) or len(when) > 12:
        return ""
    return host if 0 <= at.timestamp() - int(when) <= ARRIVAL_MINUTES * 60 else ""


def misuse(
    reviewed: int,
    agreed: int,
    last_at: datetime | None,
    at: datetime,
    numbers: MisuseNumbers = MisuseNumbers(),
) -> MeasureKind | None:
    """What the reports of a member since the last measure call for. ``last_at``: when a warning was given, or when the
    time in which they weighed nothing ended."""
    if reviewed < numbers.reviewed or agreed >= numbers.share * reviewed:
        return None
    again = last_at is not None and at - last_at <= timedelta(days=numbers.again_days)
    return MeasureKind.MUTED if again else MeasureKind.WARNED


def judge(flags: Sequence[FlagFacts], target: Target, numbers: FlagNumbers = FlagNumbers()) -> Verdict:
    """What the active reports of a post come to: its score, and whether it is hidden until somebody decides."""
    heard = [flag for flag in flags if not flag.muted]
    total, groups = score(heard, numbers), [g for g in clusters(heard, numbers) if _counts(g)]
    urgent = any(flag.reason in URGENT for flag in heard)
    danger = any(flag.reason in DANGER for flag in heard)
    brigade = is_brigade(heard, numbers)
    immune = target.by_staff or target.is_official or target.approved_version
    if immune or brigade:
        return Verdict(total, len(groups), hide=False, brigade=brigade, urgent=urgent, danger=danger)
    threshold = numbers.hide_score
    if target.author_rank >= numbers.trusted_author_rank:
        threshold *= numbers.trusted_author_factor
    fast = target.author_rank == 0 and any(_proven(flag, numbers) for flag in heard)
    enough = total >= threshold and len(groups) >= numbers.hide_clusters
    return Verdict(total, len(groups), hide=enough or fast, fast=fast, urgent=urgent, danger=danger)


def _counts(group: list[FlagFacts]) -> bool:
    return any(TYPE_FACTOR[flag.reason] > 0 for flag in group)


def _proven(flag: FlagFacts, numbers: FlagNumbers) -> bool:
    standing = flag.standing
    return (
        flag.reason in FAST
        and standing.rank >= numbers.fast_rank
        and standing.reviewed >= numbers.fast_reviewed
        and standing.share >= numbers.fast_accuracy
    )


def outcome_of(came: Came, reason: FlagReason, brigade: bool) -> Outcome:
    """What a decision says of a report: right, wrong, or (a brigade that was wrong) nothing counted."""
    if came in (Came.TAKEN, Came.CHANGED) or (came is Came.SORTED and reason in ROUTING):
        return Outcome.AGREED
    return Outcome.IGNORED if brigade else Outcome.DISAGREED
