"""How well the desk's filters sort: the model on sets that people judged, and personal data on a made-up corpus.

make bench-triage DATA=../shared/data
python -m bench.triage ../shared/data/sms-spam --folds 4
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from math import log
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import click

from bench import personal, triage_sets
from bench.triage_sets import TONE, Judged, TriageSet
from moderation.screening import personal_data
from moderation.screening.chain import Author, Lists, ScreenNumbers, Text, screen
from moderation.screening.learning.features import features, is_fact, number
from moderation.screening.learning.rules import ModelNumbers, Totals, score, weights
from moderation.screening.policy_rules import PolicyNumbers
from moderation.screening.words import WatchedRule

ORDERS = (r"\bBRV-\d{4}-\d{4,6}\b",)
SURE = ModelNumbers().hold_from
Scored = tuple[float, float, bool, bool]
"""Score, a drawn number that breaks ties, whether people found it bad, whether it belongs to the set itself."""


@dataclass
class Counts:
    """What the model learned, in memory: the same numbers as in its tables."""

    seen: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    texts: list[int] = field(default_factory=lambda: [0, 0])
    words: list[int] = field(default_factory=lambda: [0, 0])

    def learn(self, kept: Sequence[int], bad: bool) -> None:
        """Take one judged text in."""
        for one in kept:
            self.seen[one][bad] += 1
        self.texts[bad] += 1
        self.words[bad] += sum(not is_fact(one) for one in kept)

    def score(self, kept: Sequence[int]) -> float:
        """Logarithm of the odds that a text is bad."""
        totals = Totals(*self.texts, *self.words, len(self.seen) or 1)
        known = {one: tuple(self.seen[one]) for one in kept if one in self.seen}
        return score(weights(kept, known, totals), totals)  # type: ignore[arg-type]


@click.command(epilog="\b\n" + __doc__.split("\n\n", 1)[1])
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--folds", default=2, show_default=True, type=click.IntRange(2, 10), help="Parts; each is held out once."
)
@click.option(
    "--load", default=0.05, show_default=True, type=click.FloatRange(0.001, 1), help="Share that people read."
)
@click.option(
    "--lines", default=150, show_default=True, help="Sentences of each kind and language with personal data."
)
def main(folder: Path, folds: int, load: float, lines: int) -> None:
    """Precision when people read the share LOAD of the texts that the model finds worst, and how often good texts suffer.

    Every text is judged by a model that has not seen it, nor its copies. One line of JSON comes last.
    """
    sets = triage_sets.read_all(folder)
    ordinary = _ordinary(sets)
    found: dict[str, Any] = {"data": folder.resolve().name, "review_load": load, "folds": folds, "sets": {}}
    for one in sets:
        if one.kind:
            found["sets"][one.name] = measure(one, ordinary, folds, load)
    found["languages"] = _by_language(sets, found["sets"])
    found["personal_data"] = measure_personal(lines)
    found["screening_ms"] = measure_speed(ordinary)
    click.echo(table(found))
    click.echo(json.dumps(found, ensure_ascii=False))


def _ordinary(sets: list[TriageSet]) -> dict[str, list[Judged]]:
    """Texts in good order by language: those of forums and of customers, whatever set they came with."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in sets:
        if one.kind != TONE and not any(text.key.startswith("ham") for text in one.texts):
            found[one.language] += [text for text in one.texts if not text.bad]
    return {language: _every(texts, 4_000) for language, texts in found.items()}


def _every(texts: list[Judged], most: int) -> list[Judged]:
    return texts[:: -(-len(texts) // most) or 1]


def measure(one: TriageSet, ordinary: dict[str, list[Judged]], folds: int, load: float) -> dict[str, Any]:
    """One set by held-out parts. The good texts are those of the set; for a set of attacks, the ordinary posts of its
    language where there are any, and then its own good ones are told apart (``own_good``, and ``all_good`` for both)."""
    known = set(one.texts)
    beside = (
        [text for text in ordinary.get(one.language, []) if text not in known] if one.kind == TONE else []
    )
    texts = [*((text, True) for text in one.texts), *((text, False) for text in beside)]
    kept = _kept([text for text, _own in texts], one.name, one.language)
    part = [_part(text.key, folds) for text, _own in texts]
    scored: list[list[Scored]] = []
    with click.progressbar(range(folds), label=f"{one.name:<24.24}", file=sys.stderr) as bar:
        for held_out in bar:
            counts = Counts()
            for (text, _own), numbers, where in zip(texts, kept, part, strict=True):
                if where != held_out:
                    counts.learn(numbers, text.bad)
            draw = random.Random(held_out)
            scored.append(
                [
                    (counts.score(numbers), draw.random(), text.bad, own)
                    for (text, own), numbers, where in zip(texts, kept, part, strict=True)
                    if where == held_out
                ]
            )
    own_good = [[row for row in rows if row[3]] for rows in scored]
    main = [[row for row in rows if row[2] or not row[3]] for rows in scored] if beside else own_good
    result = {
        "language": one.language, "model": one.kind, "texts": len(one.texts), "bad": sum(text.bad for text in one.texts),
        "ordinary": len(beside) or sum(not text.bad for text in one.texts), **_summary(main, load),
    }  # fmt: skip
    if beside:
        result |= {"own_good": _summary(own_good, load), "all_good": _summary(scored, load)}
    return result


def _summary(parts: list[list[Scored]], load: float) -> dict[str, Any]:
    """Figures at the load, and of what a model at work would hold."""
    limit = log(SURE / (1 - SURE))
    rows = [row for part in parts for row in part]
    held = [row[2] for row in rows if row[0] >= limit]
    good = sum(not row[2] for row in rows)
    return {
        **_mean([at_load(part, load) for part in parts]), "held_at_95": len(held),
        "precision_at_95": round(sum(held) / len(held), 4) if held else None,
        "false_positives_ordinary": round((len(held) - sum(held)) / good, 4) if good else 0.0,
    }  # fmt: skip


def _kept(texts: list[Judged], name: str, language: str) -> list[tuple[int, ...]]:
    with click.progressbar(texts, label=f"{name:<24.24}", file=sys.stderr) as bar:
        return [tuple(dict.fromkeys(number(one) for one in _features(text, language))) for text in bar]


def _features(text: Judged, language: str) -> list[str]:
    """As the product sees a text: what is personal is masked before."""
    title, body = (personal_data.without(words, language, ORDERS)[0] for words in (text.title, text.body))
    return features(title, body, text.context)


def _part(key: str, folds: int) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=4).digest(), "big") % folds


def at_load(scored: Sequence[Scored], load: float) -> dict[str, float]:
    """Precision, recall and lift when the worst share is read; how well all are ordered; what was possible."""
    if not scored:
        return {}
    ranked = sorted(scored, reverse=True)
    read = ranked[: max(1, round(load * len(ranked)))]
    bad = sum(row[2] for row in ranked)
    hit = sum(row[2] for row in read)
    return {
        "precision_at_load": hit / len(read), "recall_at_load": hit / (bad or 1), "best_possible": min(1.0, bad / len(read)),
        "share_bad": bad / len(ranked), "good_among_read": (len(read) - hit) / (len(ranked) - bad or 1), "auc": _auc(scored),
    }  # fmt: skip


def _auc(scored: Sequence[Scored]) -> float:
    ranked = sorted(scored)
    bad = sum(row[2] for row in ranked)
    good = len(ranked) - bad
    if not bad or not good:
        return 1.0
    places = sum(place for place, row in enumerate(ranked, 1) if row[2])
    return (places - bad * (bad + 1) / 2) / (bad * good)


def _mean(parts: list[dict[str, float]]) -> dict[str, float]:
    filled = [part for part in parts if part]
    return {name: round(mean(part[name] for part in filled), 4) for name in filled[0]} if filled else {}


def _by_language(sets: list[TriageSet], results: dict[str, Any]) -> dict[str, Any]:
    """French beside English: the mean of their sets."""
    found = {}
    for language in sorted({one.language for one in sets if one.kind}):
        own = [result for result in results.values() if result["language"] == language]
        found[language] = {
            "precision_at_load": round(mean(result["precision_at_load"] for result in own), 4),
            "false_positives_ordinary": round(mean(result["false_positives_ordinary"] for result in own), 4),
            "sets": len(own),
        }
    return found


# --- personal data, and speed ---------------------------------------------------------------------------------------------


def measure_personal(count: int = 150) -> dict[str, Any]:
    """Recall by kind and language: nothing of the value may survive masking; and false alarms on harmless lines."""
    asked: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    missed = []
    lines = list(personal.private_lines(count))
    with click.progressbar(lines, label=f"{'personal data':<24}", file=sys.stderr) as bar:
        for line in bar:
            stored = personal_data.without(line.text, line.language, ORDERS)[0]
            well = not _survives(line.value, stored)
            missed += [] if well else [line.text]
            asked[line.language, line.kind] += 1
            found[line.language, line.kind] += well
    harmless = list(personal.harmless_lines(15))
    alarms = [text for _language, text in harmless if personal_data.find(text, ORDERS)]

    def recall(wanted: Callable[[tuple[str, str]], bool]) -> float:
        keys = [key for key in asked if wanted(key)]
        return round(sum(found[key] for key in keys) / (sum(asked[key] for key in keys) or 1), 4)

    return {
        "lines": len(lines), "recall": recall(lambda _key: True), "recall_fr": recall(lambda key: key[0] == "fr"),
        "recall_en": recall(lambda key: key[0] == "en"),
        "recall_by_kind": {kind: recall(lambda key, kind=kind: key[1] == kind) for kind in sorted({key[1] for key in asked})},
        "harmless_lines": len(harmless), "false_positives": round(len(alarms) / len(harmless), 4),
        "examples_missed": missed[:3], "examples_alarmed": alarms[:3],
    }  # fmt: skip


def _survives(value: str, stored: str) -> bool:
    """Whether a telling part of a value still stands: half of its digits in a row, or its name before the at."""
    digits = "".join(c for c in value if c.isdecimal())
    left = "".join(c for c in stored if c.isdecimal())
    if len(digits) >= 6:
        return any(digits[at : at + 6] in left for at in range(len(digits) - 5))
    return value in stored


def measure_speed(ordinary: dict[str, list[Judged]], watched: int = 2_000) -> dict[str, float]:
    """Milliseconds for one ordinary text through the whole chain, with so many watched words."""
    rules = tuple(WatchedRule(f"mot{n % 97} {n}" if n % 3 else f"prix{n}*") for n in range(watched))
    lists = Lists(watched=rules, order_patterns=ORDERS, own_domains=("brevane.example",))
    texts = [text for several in ordinary.values() for text in several][:400] or [
        Judged("", False, "", "La pompe fuit.")
    ]
    took = []
    for text in texts:
        begun = time.perf_counter()
        screen(Text(text.body, text.title), Author(rank=0), "trust", lists, ScreenNumbers(), PolicyNumbers())
        features(text.title, text.body)
        took.append((time.perf_counter() - begun) * 1e3)
    cuts = quantiles(took, n=100) if len(took) > 1 else took * 99
    return {
        "watched_words": watched,
        "p50": round(cuts[49], 2),
        "p95": round(cuts[94], 2),
        "max": round(max(took), 2),
    }


def table(found: dict[str, Any]) -> str:
    """The results in percent, as a Markdown table."""
    lines = [
        "",
        "| set | language | texts | bad | precision | best possible | recall | order (AUC) | good texts held at 95 % |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, one in found["sets"].items():
        for label, part in ((name, one), (f"{name}, its own good texts", one.get("own_good"))):
            if part:
                alarms = f"{part['false_positives_ordinary']:.2%}"
                lines.append(
                    f"| {label} | {one['language']} | {one['texts']} | {one['bad']} | {part['precision_at_load']:.1%} "
                    f"| {part['best_possible']:.1%} | {part['recall_at_load']:.1%} | {part['auc']:.3f} | {alarms} |"
                )
    own = found["personal_data"]
    lines += [
        "",
        f"Personal data: recall {own['recall']:.1%} (French {own['recall_fr']:.1%}, English {own['recall_en']:.1%}) on {own['lines']} lines; "
        f"{own['false_positives']:.1%} false alarms on {own['harmless_lines']} harmless ones.",
        f"One text, {found['screening_ms']['watched_words']} watched words: {found['screening_ms']['p50']} ms, "
        f"95 of 100 within {found['screening_ms']['p95']} ms.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
