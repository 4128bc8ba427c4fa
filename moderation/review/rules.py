"""The review queue in pure rules: types, classes, times, leases, decisions. What is read at all is in `screening.policy_rules`.

No database, no clock: times and numbers are arguments. Source: domain/moderation.md §B2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ItemType(StrEnum):
    """What waits in the queue."""

    POST = "post"
    EDIT = "edit"
    FLAG_CASE = "flag_case"
    REVIEW = "review"
    IMAGE = "image"
    PROFILE = "profile"
    MESSAGE = "message"
    GUIDE = "guide"
    SAMPLE = "sample"
    APPEAL = "appeal"
    AUDIT = "audit"


class ItemState(StrEnum):
    """Where an item stands. Only ``decided`` and ``cancelled`` are final; a second look is a new item."""

    OPEN = "open"
    LEASED = "leased"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """What a moderator can decide."""

    APPROVE = "approve"
    APPROVE_AND_MASK = "approve_and_mask"
    REJECT = "reject"
    REMOVE = "remove"
    SEND_BACK = "hide_pending_author_edit"
    RESTORE = "restore"
    NO_ACTION = "no_action"
    EDIT_TAGS = "edit_tags"
    MERGE = "merge"
    DUPLICATE = "duplicate"
    ESCALATE = "escalate"
    CONVERT_PRIVATE = "convert_private"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    AMEND = "amend"


class FoundBy(StrEnum):
    """Who drew attention to something, as the person concerned is told (domain/moderation.md §B6, article 17).

    ``TRUSTED`` stands beside ``NOTICE`` where a trusted flagger sent it (article 22). ``RULE``: nobody did; it is read because of a rule that looks at no word of it (a newcomer's text, a busy time, a sample).
    """

    MACHINE = "machine"
    REPORT = "report"
    NOTICE = "notice"
    TRUSTED = "trusted"
    MODERATOR = "moderator"
    MENTOR = "mentor"
    COMMUNITY = "community"
    RULE = "rule"


NOTIFIED = frozenset({FoundBy.REPORT, FoundBy.NOTICE, FoundBy.TRUSTED})
"""Somebody outside the team told us."""


class Reason(StrEnum):
    """The closed list of reasons to restrict something (domain/moderation.md §B2.4)."""

    ADVERTISING = "advertising"
    INSULT = "insult"
    HATE = "hate"
    DEFAMATION = "defamation"
    PERSONAL_DATA = "personal_data"
    OFF_TOPIC = "off_topic"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"
    WRONG_PLACE = "wrong_place"
    NOT_AN_EXPERIENCE = "not_an_experience"
    ABOUT_DELIVERY = "about_delivery"
    UNDISCLOSED_INTEREST = "undisclosed_interest"
    ILLEGAL_PRODUCT = "illegal_product"
    DANGEROUS_ADVICE = "dangerous_advice"
    IMPERSONATION = "impersonation"
    MINORS = "minors"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    JUNK = "junk"
    OTHER = "other"


_FIRST_REASONS = (
    Reason.ADVERTISING, Reason.INSULT, Reason.PERSONAL_DATA, Reason.OFF_TOPIC, Reason.DUPLICATE, Reason.UNREADABLE,
    Reason.WRONG_PLACE, Reason.DANGEROUS_ADVICE, Reason.JUNK,
)  # fmt: skip
REASON_ORDER = (*_FIRST_REASONS, *(reason for reason in Reason if reason not in _FIRST_REASONS))
"""As they are offered: the first nine have a key, 1 to 9."""

CLAUSES: dict[Reason, str] = {
    Reason.INSULT: "2.1",
    Reason.HATE: "2.2",
    Reason.DEFAMATION: "2.3",
    Reason.IMPERSONATION: "2.4",
    Reason.MINORS: "2.5",
    Reason.PERSONAL_DATA: "3.1",
    Reason.ADVERTISING: "4.1",
    Reason.JUNK: "4.2",
    Reason.UNDISCLOSED_INTEREST: "4.3",
    Reason.OFF_TOPIC: "5.1",
    Reason.DUPLICATE: "5.2",
    Reason.UNREADABLE: "5.3",
    Reason.WRONG_PLACE: "5.4",
    Reason.NOT_AN_EXPERIENCE: "5.5",
    Reason.ABOUT_DELIVERY: "5.6",
    Reason.DANGEROUS_ADVICE: "6.1",
    Reason.ILLEGAL_PRODUCT: "6.2",
    Reason.INTELLECTUAL_PROPERTY: "6.3",
    Reason.OTHER: "1.1",
}
"""The rule of the community charter that each reason stands on."""

ILLEGAL = frozenset({Reason.HATE, Reason.DEFAMATION, Reason.ILLEGAL_PRODUCT, Reason.MINORS})
"""Reasons that rest on the law and not on the charter alone."""

OTHER_TEXT_LENGTH = 40
"""Fewest characters of explanation when the reason is ``other``: domain/moderation.md §B2 has 30, the desk asks for forty."""


def explanation_fault(reason: Reason, text: str) -> bool:
    """Whether the reason needs more words than were given."""
    return reason == Reason.OTHER and len(text.strip()) < OTHER_TEXT_LENGTH


# --- classes and times ----------------------------------------------------------------------------------------

CLASSES = range(6)
"""P0 (danger) to P5 (samples)."""

AGEING_FROM = 2
"""The highest class that grows more pressing with time: P0 is reserved, and nothing stands between it and P1."""

AGED_SHARE = 0.75
"""From this share of its time an item is served as one class higher."""

DEFAULT_SLA_MINUTES = {0: 15, 1: 60, 2: 120, 3: 240, 4: 72 * 60, 5: 24 * 60}
"""Minutes until an item is due, by class (domain/moderation.md §B2.2)."""

_TYPE_CLASS = {
    ItemType.POST: 2,
    ItemType.EDIT: 2,
    ItemType.REVIEW: 2,
    ItemType.IMAGE: 2,
    ItemType.FLAG_CASE: 3,
    ItemType.MESSAGE: 3,
    ItemType.GUIDE: 3,
    ItemType.APPEAL: 4,
    ItemType.SAMPLE: 5,
    ItemType.PROFILE: 5,
}


def held_as(is_review: bool, reasons: Iterable[str]) -> ItemType:
    """What a held text waits as: a product review, pictures to look at, or a text to read. Its words and its rating say
    nothing about that."""
    if is_review:
        return ItemType.REVIEW
    return ItemType.IMAGE if "images" in reasons else ItemType.POST


HELD_TEXTS = (ItemType.POST, ItemType.IMAGE, ItemType.REVIEW)
"""Types of a text that waits as a whole: one of them at a time."""

WITHOUT_POST = (ItemType.PROFILE, ItemType.MESSAGE, ItemType.GUIDE)
"""Types about something that is no post."""

REPORTS = (ItemType.FLAG_CASE, *WITHOUT_POST)
"""Types that reports and notices open."""


def key_of(kind: ItemType, target_id: int) -> str:
    """What names an open item: one for a target and type, and one for a text that waits, whatever it waits as."""
    return f"{(ItemType.POST if kind in HELD_TEXTS else kind).value}:{target_id}"


def item_class(kind: ItemType, hidden: bool = False, urgent: bool = False) -> int:
    """The class of an item: P0 when life or law is in play, P1 when hidden already, else by its type."""
    if urgent:
        return 0
    if hidden:
        return 1
    return _TYPE_CLASS[kind]


def raised_class(klass: int, signals: Iterable[str]) -> int:
    """The class an item gets when watched words ask for haste (``priority:2``): so many classes higher, never P0."""
    steps = max(
        (int(name[9:]) for name in signals if name.startswith("priority:") and name[9:].isdigit()), default=0
    )
    return klass if klass <= 1 else max(1, klass - steps)


def due_at(
    klass: int, created_at: datetime, sla_minutes: Mapping[int, int] = DEFAULT_SLA_MINUTES
) -> datetime:
    """When the item must be decided."""
    return created_at + timedelta(minutes=sla_minutes[klass])


def aged_at(
    klass: int, created_at: datetime, sla_minutes: Mapping[int, int] = DEFAULT_SLA_MINUTES
) -> datetime:
    """When less than a quarter of its time is left."""
    return created_at + timedelta(minutes=sla_minutes[klass]) * AGED_SHARE


def served_class(klass: int, aged: datetime, at: datetime) -> int:
    """The class an item is served in now. P0 is reserved: ageing never leads there."""
    if klass < AGEING_FROM or at < aged:
        return klass
    return klass - 1


def queue_key(klass: int, aged: datetime, due: datetime, item_id: int, at: datetime) -> tuple:
    """The order of the queue: class (with ageing), then the earliest due, then the oldest."""
    return served_class(klass, aged, at), due, item_id


# --- leases ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeaseNumbers:
    """Defaults of domain/moderation.md §B2.3, in seconds and minutes."""

    seconds: int = 180
    longest_seconds: int = 900
    skip_minutes: int = 30
    skips_to_senior: int = 3
    undo_seconds: int = 15
    tell_seconds: int = 30
    ahead: int = 5


def lease_end(begun_at: datetime, at: datetime, numbers: LeaseNumbers) -> datetime:
    """Until when a lease lasts after a heartbeat at this moment; never beyond its longest."""
    return min(at + timedelta(seconds=numbers.seconds), begun_at + timedelta(seconds=numbers.longest_seconds))


def undo_open(decided_at: datetime, at: datetime, numbers: LeaseNumbers) -> bool:
    """Whether a decision may still be taken back."""
    return at - decided_at <= timedelta(seconds=numbers.undo_seconds)


class Taken(StrEnum):
    """How an item came into the hands of who decides it: reserved and read; at the moment of the decision; one of many."""

    RESERVED = "reserved"
    AT_ONCE = "at_once"
    AMONG_MANY = "among_many"


# --- decisions ------------------------------------------------------------------------------------------------

REFUSING = frozenset({Decision.REJECT, Decision.REMOVE})
"""Decisions that count against their author: what was sent back to be mended was not refused (domain/moderation.md §B1)."""

RESTRICTING = REFUSING | {Decision.SEND_BACK}
"""Decisions that owe the author a statement of reasons."""


def restricts(decision: Decision, reason: Reason | None) -> bool:
    """Whether a decision takes a text out of sight: going on in private does so when a reason is given with it."""
    return decision in RESTRICTING or (decision == Decision.CONVERT_PRIVATE and reason is not None)


TIDYING = frozenset({Decision.EDIT_TAGS, Decision.MERGE, Decision.DUPLICATE})
"""The text is in order, and the question is put in order with it."""

FINAL = frozenset({Decision.ESCALATE, Decision.CONVERT_PRIVATE})
"""Decisions that somebody has read at once: they are not taken back."""

NOT_UNDONE = frozenset({ItemType.APPEAL})
"""Types whose decisions are not taken back: an appeal was answered."""

OF_DESK = TIDYING | FINAL
"""Decisions of the desk alone, which no mandate of a mentor opens."""

ALLOWED: dict[ItemType, frozenset[Decision]] = {
    ItemType.POST: TIDYING | frozenset(
        {Decision.APPROVE, Decision.APPROVE_AND_MASK, Decision.REJECT, Decision.REMOVE, Decision.SEND_BACK, Decision.CONVERT_PRIVATE}
    ),
    ItemType.IMAGE: frozenset(
        {Decision.APPROVE, Decision.APPROVE_AND_MASK, Decision.REJECT, Decision.REMOVE, Decision.SEND_BACK}
    ),
    ItemType.REVIEW: frozenset(
        {Decision.APPROVE, Decision.APPROVE_AND_MASK, Decision.REJECT, Decision.REMOVE}
    ),
    ItemType.EDIT: frozenset({Decision.APPROVE, Decision.REJECT}),
    ItemType.PROFILE: frozenset({Decision.APPROVE, Decision.REMOVE}),
    ItemType.MESSAGE: frozenset({Decision.APPROVE, Decision.REMOVE}),
    ItemType.GUIDE: frozenset({Decision.APPROVE, Decision.REMOVE}),
    ItemType.FLAG_CASE: TIDYING | frozenset(
        {
            Decision.CONVERT_PRIVATE,
            Decision.APPROVE, Decision.APPROVE_AND_MASK, Decision.REJECT, Decision.REMOVE, Decision.RESTORE,
            Decision.NO_ACTION, Decision.SEND_BACK,
        }
    ),
    ItemType.SAMPLE: OF_DESK | frozenset({Decision.APPROVE, Decision.APPROVE_AND_MASK, Decision.REJECT, Decision.REMOVE, Decision.NO_ACTION, Decision.SEND_BACK}),
    ItemType.APPEAL: frozenset({Decision.UPHOLD, Decision.OVERTURN, Decision.AMEND}),
}  # fmt: skip
"""Which decisions an item of a type takes."""


OF_REVIEWS = frozenset(
    {
        Decision.APPROVE,
        Decision.APPROVE_AND_MASK,
        Decision.REJECT,
        Decision.REMOVE,
        Decision.RESTORE,
        Decision.NO_ACTION,
    }
)
"""Decisions about product reviews: their authors are not asked to write something else (invariants 43 and 44)."""


class Effect(StrEnum):
    """What a decision does to the post it is about."""

    NONE = "none"
    RELEASE = "release"
    RESTORE = "restore"
    REJECT = "reject"
    REMOVE = "remove"
    SEND_BACK = "send_back"
    RELEASE_EDIT = "release_edit"
    REJECT_EDIT = "reject_edit"
    TAKE_AWAY = "take_away"


_EFFECTS: dict[tuple[Decision, str], Effect] = {
    (Decision.APPROVE, "held"): Effect.RELEASE,
    (Decision.APPROVE, "hidden"): Effect.RESTORE,
    (Decision.APPROVE, "published"): Effect.NONE,
    (Decision.APPROVE_AND_MASK, "held"): Effect.RELEASE,
    (Decision.APPROVE_AND_MASK, "hidden"): Effect.RESTORE,
    (Decision.APPROVE_AND_MASK, "published"): Effect.NONE,
    (Decision.RESTORE, "hidden"): Effect.RESTORE,
    (Decision.NO_ACTION, "hidden"): Effect.RESTORE,
    (Decision.NO_ACTION, "published"): Effect.NONE,
    (Decision.REJECT, "held"): Effect.REJECT,
    (Decision.REJECT, "published"): Effect.REJECT,
    (Decision.REJECT, "hidden"): Effect.REJECT,
    (Decision.REMOVE, "held"): Effect.REMOVE,
    (Decision.REMOVE, "published"): Effect.REMOVE,
    (Decision.REMOVE, "hidden"): Effect.REMOVE,
    (Decision.SEND_BACK, "held"): Effect.SEND_BACK,
    (Decision.SEND_BACK, "published"): Effect.SEND_BACK,
    (Decision.SEND_BACK, "hidden"): Effect.SEND_BACK,
    (Decision.ESCALATE, "published"): Effect.NONE,
    **{(Decision.CONVERT_PRIVATE, state): Effect.SEND_BACK for state in ("held", "published", "hidden")},
    **{(decision, "held"): Effect.RELEASE for decision in TIDYING},
    **{(decision, "hidden"): Effect.RESTORE for decision in TIDYING},
    **{(decision, "published"): Effect.NONE for decision in TIDYING},
}


def effect_of(kind: ItemType, decision: Decision, post_state: str) -> Effect | None:
    """What happens to the post, or None when the decision does not fit the item or the post's state.

    An edit under review is decided whatever became of the version before, as long as that is published.
    """
    if decision not in ALLOWED.get(kind, ()):
        return None
    if kind == ItemType.EDIT:
        return Effect.RELEASE_EDIT if decision == Decision.APPROVE else Effect.REJECT_EDIT
    if kind == ItemType.APPEAL:
        return Effect.NONE
    if kind in WITHOUT_POST:
        return Effect.TAKE_AWAY if decision == Decision.REMOVE else Effect.NONE
    return _EFFECTS.get((decision, post_state))


def clears_version(decision: Decision) -> bool:
    """Whether the decision says that this very version is in order: flags cannot hide it again."""
    return decision in TIDYING | {
        Decision.APPROVE, Decision.APPROVE_AND_MASK, Decision.RESTORE, Decision.NO_ACTION, Decision.OVERTURN
    }  # fmt: skip
