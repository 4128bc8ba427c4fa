"""Whether those who would be asked are those who answered: a forum's history, lived through again.

make bench-experts DATA=../shared/data/thunderbird-forum-2024H2
python -m bench.experts DIR --engine postgresql --test 0.3
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import click
from sqlalchemy import select, update

from bench import sets
from bench.search import community
from common.db import db
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.search import index
from forum.search.commands import rebuild_with_progress
from moderation.experts import choosing, counting
from moderation.experts.replaying import FIRST, Asked, Figures
from moderation.experts.rules import Part, Scored

INDEXED_EVERY = 40
"""Questions after which the index is brought up to date."""
POPULAR_DAYS = 90
ACCEPTED_WITHIN = timedelta(days=30)
"""The layout does not say when an answer was accepted: those of so many days before the cut count as not yet."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A question or an answer that appears."""

    at: datetime
    id: int
    question_id: int
    author_id: int | None
    is_question: bool
    helps: bool = False
    """It is an answer to somebody else's question."""


@click.command(epilog="\b\n" + __doc__.split("\n\n", 1)[1])
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option(
    "--test", "share", type=click.FloatRange(0.01, 0.9), default=0.3, show_default=True,
    help="Part of the questions, the last ones, for which members are suggested.",
)  # fmt: skip
def main(folder: Path, engine: str, share: float) -> None:
    """Who would be asked about each question of the set in DIR, and who replied to it.

    Everything after the moment of a question is hidden from the community when members are chosen for it. The most
    active members and the likeness of texts alone are measured beside. One line of JSON comes last.
    """
    with community("postgresql" if engine == "postgresql" else "whoosh"):
        sets.bring_in_forum(folder)
        result = measure(share)
    click.echo(table(result))
    full, popular, alike = (result[name] for name in ("full score", "most active", "BM25 only"))
    click.echo(
        json.dumps(
            {
                "hit_at_5": full["hit_at_5"],
                "most_active_hit_at_5": popular["hit_at_5"],
                "bm25_hit_at_5": alike["hit_at_5"],
                "top1pct_share": full["top1pct_share"],
                "p_at_5": full["p_at_5"],
                "mrr": full["mrr"],
                "set": folder.resolve().name,
                "engine": engine,
                "questions": result["questions"],
                "p95_ms": result["p95_ms"],
            }
        )
    )


def measure(share: float) -> dict[str, Any]:
    """Live through the last part of the history, asking who should be asked before each question's replies appear."""
    history = _history()
    asked = [one for one in history if one.is_question]
    if len(asked) < 2:
        raise click.ClickException("too few questions to learn from some and ask about others")
    cut = asked[min(int(len(asked) * (1 - share)), len(asked) - 1)].at
    repliers: dict[int, set[int]] = {}
    for one in history:
        if one.helps and one.author_id is not None:
            repliers.setdefault(one.question_id, set()).add(one.author_id)
    _hide_from(cut)
    rebuild_with_progress()
    with sets.watch("Counting", len(counting.helpers_after(0, 10**9))) as tick:
        counting.count_all(tick)
    return _live_through(
        [one for one in history if one.at >= cut], [one for one in history if one.at < cut], repliers
    )


def _live_through(
    coming: list[Happening], past: list[Happening], repliers: dict[int, set[int]]
) -> dict[str, Any]:
    ways = ("most active", "BM25 only", "full score")
    tallies, tired = {name: Figures() for name in ways}, Asked()
    popular = _Popular(past)
    replied = {one.author_id for one in past if one.helps}
    seconds: list[float] = []
    stale: set[int] = set()
    new: set[int] = set()
    waiting = 0
    with click.progressbar(coming, label="Suggesting  ", file=sys.stderr) as bar:
        for one in bar:
            _reveal(one)
            stale.add(one.question_id)
            if one.helps and one.author_id is not None:
                popular.note(one)
                new.add(one.author_id)
            if not (one.is_question and (wanted := repliers.get(one.id))):
                continue
            for member_id in sorted(new):
                counting.count(member_id)
            replied |= new
            new.clear()
            waiting += 1
            if waiting % INDEXED_EVERY == 0:
                index.index_questions(stale)
                stale.clear()
            began = time.perf_counter()
            lately = {member: (0, 0, 0, often) for member, often in tired.lately(one.at).items()}
            found = choosing.ranked(one.id, one.at, responses=lately)
            seconds.append(time.perf_counter() - began)
            db.session.rollback()
            tired.note(one.at, _ids(found)[:FIRST])
            alike = sorted((o for o in found if o.parts[Part.TEXT]), key=lambda o: -o.parts[Part.TEXT])
            tallies["full score"].note(_ids(found), wanted)
            tallies["BM25 only"].note(_ids(alike), wanted)
            tallies["most active"].note(popular.first(one.at, one.author_id), wanted)
    result: dict[str, Any] = {}
    for name, tally in tallies.items():
        tally.members = len(replied)
        result[name] = {**tally.said, "members_asked": len(tally.asked)}
    result["questions"] = tallies["full score"].questions
    result["p95_ms"] = round(quantiles(seconds, n=20)[-1] * 1e3, 1) if len(seconds) > 1 else 0.0
    return result


class _Popular:
    """Who replied most in the last months."""

    def __init__(self, past: Iterable[Happening]) -> None:
        self._replies = [(one.at, one.author_id) for one in past if one.helps]
        self._counts = Counter(member for _at, member in self._replies)
        self._gone = 0

    def note(self, one: Happening) -> None:
        """A reply appears."""
        self._replies.append((one.at, one.author_id))
        self._counts[one.author_id] += 1

    def first(self, at: datetime, asker_id: int | None) -> list[int]:
        """The most active ones at a moment."""
        while self._gone < len(self._replies) and self._replies[self._gone][0] < at - timedelta(
            days=POPULAR_DAYS
        ):
            self._counts[self._replies[self._gone][1]] -= 1
            self._gone += 1
        return [one for one, _count in self._counts.most_common(50) if one != asker_id]


def _ids(found: Iterable[Scored]) -> list[int]:
    return [one.member_id for one in found]


def _history() -> list[Happening]:
    """All published questions and answers as they appeared."""
    post = Post.__table__
    query = select(post.c.published_at, post.c.id, post.c.question_id, post.c.author_id, post.c.kind).where(
        post.c.state == PostState.PUBLISHED, post.c.kind.in_((PostKind.QUESTION, PostKind.ANSWER))
    )
    rows = db.session.execute(query).all()
    askers = {row.id: row.author_id for row in rows if row.question_id is None}
    found = [
        Happening(
            row.published_at, row.id, row.question_id or row.id, row.author_id, row.question_id is None,
            row.question_id in askers and row.author_id is not None and row.author_id != askers[row.question_id],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.at, not one.is_question, one.id))


def _hide_from(cut: datetime) -> None:
    """Hide what comes later, and everything counted since whose time is not known: readers, thanks, answers."""
    with unit_of_work():
        later = Post.published_at >= cut
        db.session.execute(update(Post).where(later).values(state=PostState.HELD))
        db.session.execute(update(Post).values(kudos_count=0, imported_kudos_count=0))
        db.session.execute(update(Question.__table__).values(view_count=0, answer_count=0))
        unknown = (Question.accepted_at.is_(None)) | (Question.accepted_at >= cut - ACCEPTED_WITHIN)
        db.session.execute(update(Question.__table__).where(unknown).values(accepted_answer_id=None))
    db.session.expire_all()


def _reveal(one: Happening) -> None:
    with unit_of_work():
        db.session.execute(update(Post).where(Post.id == one.id).values(state=PostState.PUBLISHED))


def table(result: dict[str, Any]) -> str:
    """The figures side by side, as a Markdown table."""
    lines = [
        "",
        "| suggested by | hit at 5 | P@5 | MRR | share of the top 1 % | members asked |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in ("most active", "BM25 only", "full score"):
        one = result[name]
        lines.append(
            f"| {name} | {one['hit_at_5']:.3f} | {one['p_at_5']:.3f} | {one['mrr']:.3f} "
            f"| {one['top1pct_share']:.1%} | {one['members_asked']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
