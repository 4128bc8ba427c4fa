"""What a conversation of the demonstration is made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    """An answer: who, how many minutes after the question, and what."""

    by: str
    after: int
    text: str
    kudos: tuple[str, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    accepted: bool = False
    official: bool = False


@dataclass(frozen=True)
class Thread:
    """A question and what came of it."""

    by: str
    category: str
    hours: float
    title: str
    text: str
    tags: tuple[str, ...] = ()
    me_too: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()
    language: str = "fr"
    views: int = 40
    facts: dict[str, str] = field(default_factory=dict)
