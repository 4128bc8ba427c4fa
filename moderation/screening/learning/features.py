"""What the model sees of a text: its words, and a few facts about it. Pure.

Words are kept as numbers, so that what was learned holds nobody's words. Source: domain/moderation.md §B5 (spam model).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import log2

from moderation.screening.folded import plain
from moderation.screening.links import linked

MOST = 400
"""Most features taken from one text: the first words of a very long one speak for it."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_MAIL = re.compile(r"\S@\S+\.\w|mask(?:ed|ee?)\]")
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){4,}")
_STEM = 5


@dataclass(frozen=True)
class Context:
    """What is known beside the words: kind of text, how much its author has published, how fast it was written."""

    kind: str = ""
    published: int = 0
    account_days: float | None = None
    seconds: float | None = None


def features(title: str | None, body: str, context: Context = Context()) -> list[str]:
    """The features of a text, each once: ``w:`` words, ``s:`` stems, ``t:`` words of the title, ``f:`` facts."""
    view = plain(body).text
    words, headed = _words(view), _words(plain(title or "").text)
    found = [f"w:{word}" for word in words] + [f"t:{word}" for word in headed]
    found += [f"s:{word[:_STEM]}" for word in words if len(word) >= _STEM]
    facts = [f"f:{fact}" for fact in _facts(title or "", body, view, words, headed, context)]
    return [*facts, *dict.fromkeys(found)][:MOST]


@lru_cache(maxsize=65_536)
def number(feature: str) -> int:
    """A feature as it is kept: 31 bits, odd for facts."""
    hashed = int.from_bytes(blake2b(feature.encode("utf-8", "replace"), digest_size=4).digest(), "big") >> 1
    return hashed | 1 if feature.startswith("f:") else hashed & ~1


def is_fact(kept: int) -> bool:
    """Whether a kept feature is a fact about the text and not a word of it."""
    return bool(kept & 1)


def shown(feature: str) -> str:
    """A feature as a moderator reads it; empty for what says nothing by itself."""
    kind, _, words = feature.partition(":")
    return words if kind in ("w", "t") else ""


def _words(view: str) -> list[str]:
    return ["0" if word.isdigit() and len(word) > 2 else word for word in _WORD.findall(view)]


def _facts(
    title: str, body: str, view: str, words: list[str], headed: list[str], context: Context
) -> list[str]:
    whole = f"{title} {body}"
    links, kind = len(linked(whole)), context.kind
    letters = [c for c in whole if c.isalpha()]
    capitals = sum(c.isupper() for c in letters) / (len(letters) or 1)
    known = _size(context.published)
    facts = [
        f"kind {kind}", f"known {kind} {known}", f"length {kind} {_size(len(words))}", f"title {_size(len(headed))}",
        f"links {kind} {_size(links)}", f"links new {known == 0} {min(3, links)}", f"capitals {int(capitals * 6)}",
        f"mails {_size(len(_MAIL.findall(view)))}", f"mail in title {bool(_MAIL.search(title))}",
        f"stops {any(c in whole for c in '.?!,;')}", f"lower {whole.strip()[:1].islower()}",
        f"asks {_size(whole.count('?'))}", f"cries {_size(whole.count('!'))}",
        f"digits {_size(sum(c.isdigit() for c in whole))}", f"numbers {_size(len(_LONG_NUMBER.findall(view)))}",
        f"money {_size(sum(c in '£$€' for c in whole))}", f"foreign {_size(sum(c > chr(0x24F) for c in whole))}",
        f"varied {int(10 * len(set(words)) / (len(words) or 1))}", f"same title {_shared(words, headed)}",
    ]  # fmt: skip
    if context.account_days is not None:
        facts.append(f"account {_size(int(context.account_days))}")
    if context.seconds is not None:
        facts.append(f"written {_size(int(len(whole) / max(1.0, context.seconds)))}")
    return facts


def _shared(words: list[str], headed: list[str]) -> int:
    return int(5 * len(set(headed) & set(words)) / (len(set(headed)) or 1))


def _size(count: int) -> int:
    """A number in steps that double: 0, 1, 2, 3 to 5, 6 to 11 …"""
    return count if count < 3 else min(3 + int(log2(count / 3)), 12)
