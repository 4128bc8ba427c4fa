"""What the model says of a text that is being sent, and the words that made it say so."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import func, select

from common import clock
from common.db import db, insert_many
from moderation.screening.learning import numbers as model_numbers
from moderation.screening.learning.features import Context, features, number, shown
from moderation.screening.learning.models import FeatureCount, Forecast, LabelCount, ModelStage
from moderation.screening.learning.rules import Kind, Label, Stage, Totals, chance, weights

FRESH_SECONDS = 5.0
SHOWN_WORDS = 6


@dataclass(frozen=True)
class Judged:
    """How likely a text is of each kind, by the models that may look; where those stand."""

    language: str = ""
    chances: dict[Kind, float] = field(default_factory=dict)
    stages: dict[Kind, Stage] = field(default_factory=dict)

    def holds(self) -> tuple[str, ...]:
        """The kinds for which the text is held: likely enough, by a model that may hold."""
        return tuple(
            kind.value
            for kind, likely in self.chances.items()
            if self.stages[kind] == Stage.ACTIVE and _noticed(likely)
        )


@dataclass(frozen=True)
class Standing:
    """Where the models of a language stand, and what they have learned in all."""

    stages: dict[Kind, Stage]
    totals: dict[Kind, Totals]


_known: dict[str, Standing] = {}
_read_at = -FRESH_SECONDS
_lock = Lock()


def judge(
    language: str, title: str | None, body: str, context: Context, looking: bool = True
) -> tuple[Judged, tuple[int, ...]]:
    """How likely a text is junk or an attack, and its features as they are kept. One statement, when a model looks.

    Not ``looking``: only the features.
    """
    kept = tuple(dict.fromkeys(number(one) for one in features(title, body, context)))
    if not looking:
        return Judged(language), kept
    standing = standing_of(language)
    stages: dict[Kind, Stage] = {
        k: s for k, s in standing.stages.items() if s in (Stage.SHADOW, Stage.ACTIVE)
    }
    if not stages:
        return Judged(language), kept
    seen = _seen(language, kept)
    chances = {}
    for kind in stages:
        totals = standing.totals[kind]
        chances[kind] = chance(weights(kept, _of(kind, seen), totals), totals)
    return Judged(language, chances, stages), kept


def note(judged: Judged, post_id: int, held: Collection[str]) -> None:
    """Keep what was said of a text, to compare it with what a person decides."""
    rows = [
        {
            "post_id": post_id, "kind": kind, "language": judged.language, "chance": round(likely, 4),
            "noticed": _noticed(likely), "held": f"learned_{kind.value}" in held, "at": clock.now(),
        }
        for kind, likely in judged.chances.items()
    ]  # fmt: skip
    insert_many(Forecast, rows, once=True)


def explained(
    language: str, title: str | None, body: str, kinds: Iterable[Kind]
) -> dict[Kind, list[tuple[str, float]]]:
    """For each kind the words of a text that weighed most for (above 0) and against it, the heaviest first."""
    standing = standing_of(language)
    named = {number(one): one for one in reversed(features(title, body))}
    seen = _seen(language, tuple(named))
    found = {}
    for kind in kinds:
        weighed = weights(named, _of(kind, seen), standing.totals[kind])
        words = [(shown(named[kept]), weight) for kept, weight in weighed.items() if shown(named[kept])]
        strongest: dict[str, float] = {}
        for word, weight in sorted(words, key=lambda pair: -abs(pair[1])):
            strongest.setdefault(word, weight)
        found[kind] = list(strongest.items())[:SHOWN_WORDS]
    return found


def standing_of(language: str) -> Standing:
    """Where the models of a language stand (read at most every few seconds in each process)."""
    global _read_at
    with _lock:
        if time.monotonic() - _read_at > FRESH_SECONDS:
            _known.clear()
            _read_at = time.monotonic()
        if language not in _known:
            _known[language] = read_standing(language)
        return _known[language]


def read_standing(language: str) -> Standing:
    """The same, read now."""
    stages = dict.fromkeys(Kind, Stage.WAITING)
    rows = db.session.execute(
        select(ModelStage.kind, ModelStage.stage).where(ModelStage.language == language)
    )
    stages |= {Kind(row.kind): Stage(row.stage) for row in rows}
    counts = {
        Label(row.label): (row.texts, row.features)
        for row in db.session.execute(
            select(LabelCount.label, LabelCount.texts, LabelCount.features).where(
                LabelCount.language == language
            )
        )
    }
    distinct = 1
    if any(stage in (Stage.SHADOW, Stage.ACTIVE) for stage in stages.values()):
        distinct = db.session.scalar(select(func.count()).where(FeatureCount.language == language)) or 1
    ok = counts.get(Label.OK, (0, 0))
    totals = {}
    for kind in Kind:
        bad = counts.get(Label(kind.value), (0, 0))
        totals[kind] = Totals(ok[0], bad[0], ok[1], bad[1], distinct)
    return Standing(stages, totals)


def forget() -> None:
    """Read again at the next text."""
    global _read_at
    _read_at = -FRESH_SECONDS


def _noticed(likely: float) -> bool:
    return likely >= model_numbers.model_numbers().hold_from


def _seen(language: str, kept: Collection[int]) -> dict[int, tuple[int, int, int]]:
    columns = FeatureCount.number, FeatureCount.ok, FeatureCount.junk, FeatureCount.tone
    rows = db.session.execute(
        select(*columns).where(FeatureCount.language == language, FeatureCount.number.in_(kept))
    )
    return {row.number: (row.ok, row.junk, row.tone) for row in rows}


def _of(kind: Kind, seen: dict[int, tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
    at = 1 if kind == Kind.JUNK else 2
    return {kept: (counts[0], counts[at]) for kept, counts in seen.items()}
