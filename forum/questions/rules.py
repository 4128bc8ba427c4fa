"""What a question, an answer and a comment are, which moves are legal, and when a question counts as helped.

Pure: no database, no clock, no current user. Times and limits are arguments.
Sources: domain/escalation.md §C1.1 (help state, valid answer), domain/moderation.md §B1, domain/rewards.md §A2.2.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class PostKind(StrEnum):
    """What a post is."""

    QUESTION = "question"
    ANSWER = "answer"
    COMMENT = "comment"
    REVIEW = "review"
    REVIEW_REPLY = "review_reply"


class PostState(StrEnum):
    """Who may see a post: everybody only when it is published. A merged question lives on in another one."""

    HELD = "held"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    REJECTED = "rejected"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


NAMED = (PostState.PUBLISHED, PostState.MERGED)
"""Questions whose title others may read where they are named: published, or living on in another one."""


class Move(StrEnum):
    """What can be done to the state of a stored post."""

    RELEASE = "release"
    REJECT = "reject"
    HIDE = "hide"
    REMOVE = "remove"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    PART = "part"
    REJOIN = "rejoin"


class CategoryPolicy(StrEnum):
    """When a category's posts are read by a moderator (domain/moderation.md §B1)."""

    PRE = "pre"
    TRUST = "trust"
    POST = "post"
    REACTIVE = "reactive"


class HelpState(StrEnum):
    """How far a question has got; derived from facts (forum.solutions.rules), never typed in."""

    HELD = "held"
    OPEN = "open"
    ANSWERED = "answered"
    NEEDS_INFO = "needs_info"
    LINKED = "linked"
    PRIVATE = "private"
    SOLVED = "solved"
    PRESUMED_SOLVED = "presumed_solved"
    STALE = "stale"
    CLOSED = "closed"


class ReplyKind(StrEnum):
    """What a reply wants to be: help, a tip that leaves the question open, or a question back to the asker."""

    ANSWER = "answer"
    TIP = "tip"
    NEEDS_INFO = "needs_info"


class AcceptedHow(StrEnum):
    """Who made an answer the solution. ``automatic``: proposed, found helpful, and nobody objected."""

    ASKER = "asker"
    STAFF = "staff"
    AUTOMATIC = "automatic"


class Ending(StrEnum):
    """What became of a proposed solution."""

    CONFIRMED = "confirmed"
    AUTOMATIC = "automatic"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    OVERTAKEN = "overtaken"


class CloseReason(StrEnum):
    """Why staff closed a question."""

    DUPLICATE = "duplicate"
    OFF_TOPIC = "off_topic"
    PRIVATE = "private"
    OUTDATED = "outdated"
    QUIET = "quiet"
    HANDLED = "handled"
    OTHER = "other"


class LinkKind(StrEnum):
    """How two questions belong together."""

    DUPLICATE = "duplicate"
    RELATED = "related"


# --- states and moves ---------------------------------------------------------------------------------------------

TRANSITIONS: dict[tuple[PostState, Move], PostState] = {
    (PostState.HELD, Move.RELEASE): PostState.PUBLISHED,
    (PostState.HELD, Move.REJECT): PostState.REJECTED,
    (PostState.HELD, Move.REMOVE): PostState.REMOVED,
    (PostState.HELD, Move.WITHDRAW): PostState.WITHDRAWN,
    (PostState.PUBLISHED, Move.HIDE): PostState.HIDDEN,
    (PostState.PUBLISHED, Move.REJECT): PostState.REJECTED,
    (PostState.PUBLISHED, Move.REMOVE): PostState.REMOVED,
    (PostState.PUBLISHED, Move.WITHDRAW): PostState.WITHDRAWN,
    (PostState.HIDDEN, Move.RESTORE): PostState.PUBLISHED,
    (PostState.HIDDEN, Move.REJECT): PostState.REJECTED,
    (PostState.HIDDEN, Move.REMOVE): PostState.REMOVED,
    (PostState.HIDDEN, Move.WITHDRAW): PostState.WITHDRAWN,
    (PostState.REJECTED, Move.RESTORE): PostState.PUBLISHED,
    (PostState.REMOVED, Move.RESTORE): PostState.PUBLISHED,
    (PostState.PUBLISHED, Move.MERGE): PostState.MERGED,
    (PostState.MERGED, Move.PART): PostState.PUBLISHED,
    (PostState.MERGED, Move.REMOVE): PostState.REMOVED,
    (PostState.REMOVED, Move.REJOIN): PostState.MERGED,
}
"""Every legal move. A pair that is not here is refused; a withdrawn post is its author's and never comes back."""


def after(state: PostState, move: Move) -> PostState | None:
    """The state a move leads to, or None when the move is not legal from there."""
    return TRANSITIONS.get((state, move))


def sources(move: Move) -> tuple[PostState, ...]:
    """The states a move may start from, for the criterion of a conditional update."""
    return tuple(state for state, made in TRANSITIONS if made == move)


# --- posts of another forum ---------------------------------------------------------------------------------------

SENT_BACK = "sent_back"
"""Among the reasons of a held or hidden post: a moderator asked its author to change it and send it again."""

HIDDEN_THERE = "hidden-in-the-other-forum"
"""The reason kept with a post that was hidden before it was imported."""


def imported_state(created_at: datetime, hidden: bool) -> dict[str, object]:
    """The state of a post that comes from another forum: published at its own date, or hidden as it was there."""
    if hidden:
        state = {"state": PostState.HIDDEN, "held_reasons": [HIDDEN_THERE], "removed_at": created_at}
    else:
        state = {"state": PostState.PUBLISHED, "held_reasons": [], "removed_at": None}
    return state | {"published_at": created_at}


def imported_state_change(
    state: PostState, held_reasons: list[str], created_at: datetime, hidden: bool
) -> dict[str, object]:
    """What a later import changes of an imported post's state; decisions made in this community stand."""
    was_hidden_there = list(held_reasons or ()) == [HIDDEN_THERE]
    changed = (hidden and state == PostState.PUBLISHED) or (
        was_hidden_there and not hidden and state == PostState.HIDDEN
    )
    return imported_state(created_at, hidden) if changed else {}


# --- limits of what is written ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Length:
    """Smallest and largest number of characters."""

    low: int
    high: int


TITLE = Length(10, 150)
BODY = Length(20, 20_000)
COMMENT = Length(2, 1_000)
REASON = Length(5, 200)
TAG = Length(2, 30)
MAX_TAGS = 5

_TAG = re.compile(r"[^\w+#.]+", re.UNICODE)


def body_length(kind: PostKind) -> Length:
    """The limits of a post's text by its kind."""
    return COMMENT if kind == PostKind.COMMENT else BODY


def readable(text: str) -> str:
    """The text as a reader counts it: marks of Markdown and runs of blanks left out."""
    shown = text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", re.sub(r"[*_`#>~|\\\[\]]+", "", shown)).strip()


def tag_keys(names: Iterable[str]) -> tuple[str, ...]:
    """Clean tag names: lower case, one dash between words, each once, in the order given."""
    keys: dict[str, None] = {}
    for name in names:
        key = _TAG.sub("-", unicodedata.normalize("NFC", name).strip().lower()).strip("-")
        if key:
            keys[key] = None
    return tuple(keys)


# --- a valid answer -----------------------------------------------------------------------------------------------

VALID_ANSWER_LENGTH = 15
"""An answer shorter than this is a thank-you, not help (domain/escalation.md §C1.1)."""

_SOCIAL_LENGTH = 80
_SOCIAL = re.compile(
    r"^(?:(?:merci|thank|thanks|thx|bonjour|hello|moi aussi|me too|same here|same (?:problem|issue)"
    r"|meme (?:probleme|souci|panne)|j'ai le meme|idem|pareil|up|bump|\+1)\b[ ,.!'-]*)"
)
_SOCIAL_WORDS = frozenset(
    re.findall(
        r"\S+",
        "merci beaucoup infiniment grand pour votre ta ton vos reponse reponses aide a tous toutes bien d avance thank "
        "thanks you so much a lot very for the your help answer answers reply all everyone thx bonjour hello moi aussi "
        "me too same here problem issue exactly le la les meme memes probleme souci panne j ai i have it idem pareil up "
        "bump 1 ici chez et and de du bonne journee soiree bonsoir cordialement have nice day regards this with",
    )
)
_QUESTION_LENGTH = 200


@dataclass(frozen=True)
class AnswerFacts:
    """What the help state needs to know of one answer."""

    author_id: int | None
    state: PostState
    body: str
    by_bot: bool = False
    reply: ReplyKind = ReplyKind.ANSWER


def is_social(text: str) -> bool:
    """Whether a short text only thanks, greets or says "me too"."""
    plain = _folded(readable(text))
    if len(plain) < VALID_ANSWER_LENGTH:
        return True
    if len(plain) > _SOCIAL_LENGTH or not _SOCIAL.match(plain):
        return False
    return set(re.findall(r"\w+", plain)) <= _SOCIAL_WORDS


def is_clarification(text: str) -> bool:
    """Whether a short text only asks something back: every sentence of it is a question."""
    plain = readable(text)
    if len(plain) > _QUESTION_LENGTH or not plain.endswith("?"):
        return False
    sentences = [part for part in re.split(r"(?<=[.!?…])\s+", plain) if part.strip(" .!?…")]
    return all(part.rstrip().endswith("?") for part in sentences)


def is_valid_answer(answer: AnswerFacts, asker_id: int | None) -> bool:
    """Whether an answer stops the clock: published, by somebody else than the asker and no bot, and really help.

    A tip helps on the way and a question back asks for a detail: neither is an answer. An imported answer or question without an owner counts as written by somebody else.
    """
    own = asker_id is not None and answer.author_id == asker_id
    if answer.state != PostState.PUBLISHED or own or answer.by_bot or answer.reply != ReplyKind.ANSWER:
        return False
    return not is_social(answer.body) and not is_clarification(answer.body)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


# --- edit, withdraw, vote: windows in time ------------------------------------------------------------------------


@dataclass(frozen=True)
class Windows:
    """How long after publication an author may still change a post; the settings fill it."""

    comment: timedelta = timedelta(minutes=60)
    newcomer: timedelta = timedelta(hours=24)
    member: timedelta = timedelta(days=30)
    trusted_rank: int = 2


def edit_window(kind: PostKind, rank: int, windows: Windows) -> timedelta:
    """How long a member of this rank may edit an own post of this kind."""
    if kind == PostKind.COMMENT:
        return windows.comment
    return windows.member if rank >= windows.trusted_rank else windows.newcomer


def may_still_edit(
    kind: PostKind, rank: int, published_at: datetime | None, at: datetime, windows: Windows
) -> bool:
    """Whether the edit window is open; a post that is not published yet stays open to its author."""
    return published_at is None or at <= published_at + edit_window(kind, rank, windows)
