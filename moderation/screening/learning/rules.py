"""The model in pure rules: what a decision teaches, how likely a text is junk, and when the model may speak.

Multinomial Bayes on words, with facts about the text beside them. The words' part is divided by the root of their
number, so that a long text is no surer than its words are. Source: domain/moderation.md §B5 (spam model).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What is looked for: texts that sell or flood, and texts that attack people."""

    JUNK = "junk"
    TONE = "tone"


class Label(StrEnum):
    """What a text was, by a person's decision."""

    OK = "ok"
    JUNK = "junk"
    TONE = "tone"


class Stage(StrEnum):
    """Where a model stands: too few examples, watched without holding, holding, or switched off."""

    WAITING = "waiting"
    SHADOW = "shadow"
    ACTIVE = "active"
    OFF = "off"


@dataclass(frozen=True)
class ModelNumbers:
    """Defaults of domain/moderation.md §B5."""

    examples: int = 200
    shadow: timedelta = timedelta(days=14)
    hold_from: float = 0.95
    least_precision: float = 0.70
    least_decided: int = 10
    hasty_seconds: int = 2


_LESSONS = {
    "approve": Label.OK,
    "approve_and_mask": Label.OK,
    "restore": Label.OK,
    "no_action": Label.OK,
}
_BAD = {"advertising": Label.JUNK, "junk": Label.JUNK, "insult": Label.TONE, "hate": Label.TONE}
_RESTRICTING = frozenset({"reject", "remove"})
TAUGHT_BY = frozenset({"post", "image", "review", "flag_case", "sample"})
"""Kinds of items whose decisions teach: about a text as it was sent, and no known answer to be checked against."""


def lesson_of(
    item_kind: str, decision: str, reason: str | None, seconds: int | None, hasty: int
) -> Label | None:
    """What a final decision teaches, if anything: not audit items, nothing decided at a glance or without having it in hand
    (``seconds`` is None: one of many at once, of which a person reads some examples), no other reason."""
    if item_kind not in TAUGHT_BY or seconds is None or seconds < hasty:
        return None
    if decision in _RESTRICTING:
        return _BAD.get(reason or "")
    return _LESSONS.get(decision)


# --- how likely ---------------------------------------------------------------------------------------------------

ALPHA = 0.5
FACTS_COUNT = 0.5
"""Facts lean on each other (no links, short, no number): together they count half."""
LIMIT = 30.0


@dataclass(frozen=True)
class Totals:
    """What was learned in one language: texts and features on each side, and how many different features."""

    ok_texts: int = 0
    bad_texts: int = 0
    ok_features: int = 0
    bad_features: int = 0
    distinct: int = 1


def weights(numbers: Iterable[int], seen: Mapping[int, tuple[int, int]], totals: Totals) -> dict[int, float]:
    """How much each feature speaks for (above 0) or against it; ``seen``: in how many ok and bad texts it stood."""
    room = ALPHA * max(1, totals.distinct)
    of_words = math.log((totals.ok_features + room) / (totals.bad_features + room))
    of_facts = math.log((totals.ok_texts + 1) / (totals.bad_texts + 1))
    found, words = {}, 0
    for kept in numbers:
        ok, bad = seen.get(kept, (0, 0))
        if ok + bad < 1:
            continue
        weight = math.log((bad + ALPHA) / (ok + ALPHA))
        if kept & 1:
            found[kept] = FACTS_COUNT * (weight + of_facts)
        else:
            found[kept] = weight + of_words
            words += 1
    root = math.sqrt(words) if words else 1.0
    return {kept: weight if kept & 1 else weight / root for kept, weight in found.items()}


def score(found: Mapping[int, float], totals: Totals) -> float:
    """The sum of what speaks for and against, as a logarithm of odds. Nothing is held against a text beforehand: what
    moderators read holds more bad texts than what people send."""
    prior = min(0.0, math.log((totals.bad_texts + 1) / (totals.ok_texts + 1)))
    return max(-LIMIT, min(LIMIT, prior + sum(found.values())))


def chance(found: Mapping[int, float], totals: Totals) -> float:
    """The same as a probability."""
    return 1 / (1 + math.exp(-score(found, totals)))


# --- when it may speak --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """Of texts that were held, or would have been: how many a person has decided, and how often that was right."""

    noticed: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def decided(self) -> int:
        """How many a person has decided."""
        return self.right + self.wrong

    @property
    def precision(self) -> float | None:
        """The share that was right, of those decided."""
        return self.right / self.decided if self.decided else None


def poor(tally: Tally, numbers: ModelNumbers) -> bool:
    """Whether what was held was too often in order; a handful of decisions says nothing yet."""
    return tally.decided >= numbers.least_decided and (tally.precision or 0.0) < numbers.least_precision


def next_stage(
    stage: Stage, since: datetime, totals: Totals, tally: Tally, numbers: ModelNumbers, at: datetime
) -> Stage:
    """Where a model goes from here. ``tally``: its last seven days; in shadow, all its days there.

    What is off stays off until a person starts it again.
    """
    enough = min(totals.ok_texts, totals.bad_texts) >= numbers.examples
    if stage == Stage.OFF:
        return stage
    if not enough:
        return Stage.WAITING
    if stage == Stage.WAITING:
        return Stage.SHADOW
    if stage == Stage.SHADOW and at - since >= numbers.shadow and not poor(tally, numbers):
        return Stage.ACTIVE
    if stage == Stage.ACTIVE and poor(tally, numbers):
        return Stage.OFF
    return stage
