"""What a reader gives: the history of a forum as frozen rows, whatever files it came in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Where:
    """The place a row was read from."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be read, and why."""

    where: Where
    reason: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A row that was read and is not brought in, and why (a tag's wiki page, a vote on a deleted post)."""

    where: Where
    reason: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person. ``key`` is unique within the other forum, as all keys here."""

    where: Where
    key: str
    name: str
    joined_at: datetime
    seen_at: datetime | None = None
    bio: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """The start of a thread. ``body`` is HTML; ``ups`` and ``downs`` are ``None`` when the votes are read apart."""

    where: Where
    key: str
    author: str | None
    title: str
    body: str
    created_at: datetime
    edited_at: datetime | None = None
    active_at: datetime | None = None
    tags: tuple[str, ...] = ()
    topic: str | None = None
    language: str | None = None
    views: int = 0
    accepted: str | None = None
    closed_at: datetime | None = None
    closed_reason: str | None = None
    me_too: int = 0
    ups: int = 0
    downs: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A reply. ``body`` is HTML."""

    where: Where
    key: str
    question: str
    author: str | None
    body: str
    created_at: datetime
    edited_at: datetime | None = None
    language: str | None = None
    ups: int = 0
    downs: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A remark under a question or an answer. ``body`` is Markdown."""

    where: Where
    key: str
    parent: str
    author: str | None
    body: str
    created_at: datetime
    ups: int = 0


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A version of a post as it was; ``title`` or ``body`` is ``None`` when that part did not change."""

    where: Where
    key: str
    post: str
    author: str | None
    created_at: datetime
    title: str | None = None
    body: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Two questions belong together; the first is a duplicate of the second, or merely related."""

    where: Where
    question: str
    linked: str
    duplicate: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One vote: ``up``, ``down`` or ``accepted`` (only its date is used: who accepted is known from the question)."""

    where: Where
    post: str
    kind: str
    created_at: datetime


Row = MemberRow | QuestionRow | AnswerRow | CommentRow | RevisionRow | LinkRow | VoteRow
Read = Iterator[Row | Broken | PassedOver]
Tick = Callable[[int], None]


def no_tick(_bytes: int) -> None:
    """Nobody watches."""


class Source(Protocol):
    """A folder of files of one forum. Every method reads its file from the start and calls ``tick`` with the
    number of bytes it has got further, out of ``size(part)``."""

    kind: str
    folder: Path
    complete_history: bool

    def site(self) -> str:
        """A name that is the same for every dump of the same forum."""

    def size(self, part: str) -> int:
        """Bytes to read for a part, 0 when the file is missing."""

    def read(self, part: str, tick: Tick = no_tick) -> Read:
        """The rows of one of ``PARTS``."""


PARTS = ("members", "questions", "answers", "comments", "votes", "revisions", "links")
