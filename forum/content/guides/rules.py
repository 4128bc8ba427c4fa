"""What an official guide is: its parts, its lengths, its states, when it has to be checked again. Pure.

Sources: design/UX.md §4 page 11 (steps, models, last check, helped count), FEATURES.md §4.16 (confirmed on …).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TITLE_LEAST, TITLE_MOST = 8, 120
SUMMARY_MOST = 300
BODY_LEAST, BODY_MOST = 30, 20_000
MOST_STEPS = 40
MODELS_MOST, MODEL_LONGEST = 30, 60
REASON_MOST = 300
REMARK_MOST = 300
MOST_GUIDES = 2_000
"""Guides of one community at most: they are searched in memory."""
PAGE_SIZE = 20


class GuideState(StrEnum):
    """Who sees a guide: everybody only while it is published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class GuideMove(StrEnum):
    """What can be done to the state of a guide."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


MOVES: dict[GuideMove, tuple[GuideState, ...]] = {
    GuideMove.PUBLISH: (GuideState.DRAFT, GuideState.WITHDRAWN),
    GuideMove.WITHDRAW: (GuideState.PUBLISHED,),
}
"""From which states each move starts."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is written: a title and its Markdown."""

    title: str
    text: str


_HEADING = re.compile(r"##[ \t]+(.+?)[ \t#]*\Z")
_FENCE = re.compile(r"[ ]{0,3}(```|~~~)")


def split(body: str) -> tuple[str, tuple[Step, ...]]:
    """The introduction and the steps of a guide's Markdown: every line ``## …`` outside a code block begins a step."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1] == fence):
            fence = "" if fence else mark[1]
        heading = None if fence else _HEADING.match(line)
        if heading:
            parts.append((heading[1].strip(), []))
        else:
            parts[-1][1].append(line)
    texts = [(title, "\n".join(lines).strip()) for title, lines in parts]
    return texts[0][1], tuple(Step(title, text) for title, text in texts[1:])


def models_of(typed: str | Iterable[str]) -> tuple[str, ...]:
    """Models between commas or line ends, each once, in the order typed."""
    names = re.split(r"[,;\n]+", typed) if isinstance(typed, str) else typed
    found = dict.fromkeys(" ".join(name.split()) for name in names)
    return tuple(name for name in found if name)


def is_due(check_due_at: datetime | None, present: datetime) -> bool:
    """Whether a guide has to be looked at again."""
    return check_due_at is not None and check_due_at <= present
