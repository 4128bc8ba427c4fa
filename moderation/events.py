"""What happens at the staff desk, as facts: frozen, ids only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ItemOpened:
    """Something waits for a moderator; ``kind`` is an item type of the review queue."""

    item_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class ItemDecided:
    """A moderator decided an item of the review queue."""

    item_id: int
    decision: str
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class ItemUndone:
    """A decision about an item was taken back within seconds; ``new_item_id`` waits instead."""

    item_id: int
    new_item_id: int


@dataclass(frozen=True, slots=True)
class ItemLate:
    """An item of the review queue has waited beyond the time of its class; ``klass`` is 0 (danger) to 5."""

    item_id: int
    klass: int


@dataclass(frozen=True, slots=True)
class PostFlagged:
    """A member reported a post; ``reason`` is a flag reason."""

    post_id: int
    flagger_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class LegalNoticeReceived:
    """Somebody says that a post, a profile or a guide (``kind``) is against the law; ``ground`` is a legal ground. Nothing tells who."""

    notice_id: int
    kind: str
    target_id: int
    ground: str


@dataclass(frozen=True, slots=True)
class LegalNoticeDecided:
    """A legal notice has its answer; ``outcome`` is a notice outcome."""

    notice_id: int
    kind: str
    target_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class MemberSilenced:
    """A member may not write in public until then."""

    member_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class MemberSuspended:
    """A member may only appeal and download data until then; all sessions have ended."""

    member_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class SanctionEnded:
    """A silence or a suspension was lifted or overturned before its time."""

    member_id: int
    sanction_id: int


@dataclass(frozen=True, slots=True)
class StageReached:
    """A question nobody answered got to the next step of its ladder; ``stage`` is a `Stage`."""

    question_id: int
    cycle: int
    stage: str


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A question was passed to the team."""

    case_id: int
    question_id: int
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class CaseTaken:
    """Somebody of the team works on a case now; ``actor_id`` is that person."""

    case_id: int
    question_id: int
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """A case stands elsewhere than before; ``before`` and ``after`` are `CaseState` values."""

    case_id: int
    question_id: int
    before: str
    after: str
    version: int


@dataclass(frozen=True, slots=True)
class CaseHandedBack:
    """The team left a question to the community again, with a reason."""

    case_id: int
    question_id: int
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class IncidentAnnounced:
    """Everybody is told that something is broken, for the first time or again."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class WatchMatched:
    """A text that became public called for a saved watch; once for each of the two. ``for_team``: the watch is shared."""

    match_id: int
    watch_id: int
    post_id: int
    for_team: bool
