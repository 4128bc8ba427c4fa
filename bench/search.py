"""How well similar questions are found: a set with known answers, the product's own index, plain TF-IDF beside it.

make bench-search DATA=../shared/data/thunderbird-forum-2024H2
python -m bench.search ../shared/data/travel-titles-2017 --engine whoosh
python -m bench.search ../shared/data/french-kb-service-public --engine both
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import quantiles
from typing import Any

import click
from sqlalchemy import select

from bench import sets
from bench.pages import config_for
from bench.tfidf import TfIdf
from common.db import db
from common.permissions import ANONYMOUS
from common.text import plain_from_html
from forum.questions.models import Post, Question
from forum.questions.queries import visible_to
from forum.questions.rules import PostState
from tests import postgres

FIRST = 10
ENGINES = {"whoosh": ["whoosh"], "postgresql": ["postgresql"], "both": ["whoosh", "postgresql"]}
Finder = Callable[[sets.Pair], list[int]]


class Recall:
    """How often the wanted question was among the first, by kind of link, and how long looking took."""

    def __init__(self) -> None:
        self.hits: defaultdict[str, list[bool]] = defaultdict(list)
        self.seconds: list[float] = []

    def of(self, kind: str) -> float | None:
        """The share of pairs of a kind, or ``None`` when there are none."""
        hits = self.hits[kind]
        return round(sum(hits) / len(hits), 4) if hits else None

    def milliseconds(self, percentile: int) -> float:
        """How long that share of the questions took at most."""
        return (
            round(quantiles(self.seconds, n=100)[percentile - 1] * 1e3, 1) if len(self.seconds) > 1 else 0.0
        )


@click.command(epilog="\b\n" + __doc__.split("\n\n", 1)[1])
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(list(ENGINES)), default="both", show_default=True)
@click.option(
    "--most", default=2_000, show_default=True, help="Pairs of a kind; of more, every so many is taken."
)
@click.option(
    "--part", type=click.IntRange(0, 1), help="Only one half of the pairs, by the number of the question."
)
def main(folder: Path, engine: str, most: int, part: int | None) -> None:
    """Recall at 10 of similar questions for the set in DIR.

    The later question of each known pair is asked with title and text, itself left out; the earlier one should be
    among the first ten. The links themselves are not brought in. One line of JSON for each engine comes last.
    """
    kind = sets.of(folder)
    results = []
    for name in ENGINES[engine]:
        if name == "postgresql" and postgres.binaries() is None:
            click.echo("PostgreSQL is not installed: not measured.", err=True)
            continue
        with community(name):
            pairs = _chosen(kind.bring_in(), most, part)
            results.append(_measure(name, folder.resolve().name, kind.language, pairs))
    click.echo(table(results))
    for result in results:
        click.echo(json.dumps(result))


@contextmanager
def community(engine: str) -> Iterator[None]:
    """An empty community on this engine, gone afterwards."""
    from app import create_app

    cluster: Any = postgres.cluster() if engine == "postgresql" else nullcontext(None)
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-") as home, cluster as url:
        app = create_app(config_for(Path(home), url))
        with app.app_context():
            db.create_all()
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()


def _chosen(pairs: list[sets.Pair], most: int, part: int | None) -> list[sets.Pair]:
    chosen = []
    for kind in (sets.DUPLICATE, sets.RELATED):
        of_kind = [pair for pair in pairs if pair.kind == kind and part in (None, pair.wanted % 2)]
        chosen += of_kind[:: -(-len(of_kind) // most) or 1]
    return chosen


def _measure(engine: str, name: str, language: str | None, pairs: list[sets.Pair]) -> dict[str, Any]:
    from forum.search import index
    from forum.search.commands import rebuild_with_progress
    from forum.search.similar import nearest, nearest_to

    rebuild_with_progress()
    texts = _texts()
    plain = TfIdf(texts)

    def product(pair: sets.Pair) -> list[int]:
        found = nearest_to(pair.asked, FIRST) if pair.asked else nearest(pair.title, "", language, FIRST)
        return [match.question_id for match in found]

    def baseline(pair: sets.Pair) -> list[int]:
        title, body = texts[pair.asked] if pair.asked else (pair.title, "")
        return plain.nearest(title, body, FIRST, pair.asked)

    if not index.status().well:
        raise click.ClickException(f"the index rests: {index.status().detail}")
    ours, theirs = _recall("Similar", pairs, product), _recall("TF-IDF", pairs, baseline)
    return {
        "engine": engine,
        "duplicate_recall_at_10": ours.of(sets.DUPLICATE),
        "related_recall_at_10": ours.of(sets.RELATED),
        "tfidf_duplicate_recall_at_10": theirs.of(sets.DUPLICATE),
        "tfidf_related_recall_at_10": theirs.of(sets.RELATED),
        "set": name,
        "questions": len(texts),
        "duplicates": len(ours.hits[sets.DUPLICATE]),
        "related": len(ours.hits[sets.RELATED]),
        "p50_ms": ours.milliseconds(50),
        "p95_ms": ours.milliseconds(95),
    }


def _recall(label: str, pairs: list[sets.Pair], find: Finder) -> Recall:
    recall, found = Recall(), dict[tuple[int, str], list[int]]()
    with click.progressbar(pairs, label=f"{label:<12}", file=sys.stderr) as bar:
        for pair in bar:
            asked = (pair.asked, pair.title)
            if asked not in found:
                began = time.perf_counter()
                found[asked] = find(pair)
                recall.seconds.append(time.perf_counter() - began)
            recall.hits[pair.kind].append(pair.wanted in found[asked])
    return recall


def _texts() -> dict[int, tuple[str, str]]:
    """Title and text of all questions that anybody may see."""
    query = select(Post.id, Question.__table__.c.title, Post.body_html).join(
        Question.__table__, Question.__table__.c.id == Post.id
    )
    rows = db.session.execute(query.where(Post.state == PostState.PUBLISHED, visible_to(ANONYMOUS)))
    return {row.id: (row.title, plain_from_html(row.body_html)) for row in rows}


def table(results: list[dict[str, Any]]) -> str:
    """The results side by side, in percent, as a Markdown table."""
    lines = [
        "",
        "| set | engine | pairs | found | plain TF-IDF | p50 ms | p95 ms |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for result in results:
        for kind, pairs in ((sets.DUPLICATE, "duplicates"), (sets.RELATED, "related")):
            if result[pairs]:
                lines.append(
                    f"| {result['set']}, {pairs} | {result['engine']} | {result[pairs]} "
                    f"| {result[f'{kind}_recall_at_10']:.3f} | {result[f'tfidf_{kind}_recall_at_10']:.3f} "
                    f"| {result['p50_ms']} | {result['p95_ms']} |"
                )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
