"""How often an answer in brief appears, and how often its sources are the right ones: a set with known duplicates.

python -m bench.briefs ../shared/data/thunderbird-forum-2024H2
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

import click
from sqlalchemy import or_, select

from bench import sets
from bench.search import community
from common import settings
from common.db import db
from common.i18n import using_language
from common.permissions import ANONYMOUS
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.search.rules import Filters

SHARES = (30, 40, 50, 55, 60, 65, 70, 80, 90)
OTHERS = 400


@click.command(epilog="\b\n" + __doc__.split("\n\n", 1)[1])
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(["whoosh", "postgresql"]), default="whoosh", show_default=True)
def main(folder: Path, engine: str) -> None:
    """Briefs for the set in DIR, by the evidence asked for.

    The title of the later question of each known duplicate is searched for, and looked for while asking, itself left
    out; a brief is right when it quotes from the earlier question. Other questions tell how often a brief appears.
    """
    from forum.search.commands import rebuild_with_progress

    with community(engine), using_language("en"):
        pairs = [pair for pair in sets.of(folder).bring_in() if pair.asked]
        rebuild_with_progress()
        wanted: dict[int, set[int]] = {}
        for pair in pairs:
            wanted.setdefault(pair.asked, set()).add(pair.wanted)
        others = _others(set(wanted))
        duplicates = {pair.asked for pair in pairs if pair.kind == sets.DUPLICATE}
        quotable = sum(any(_has_vouched(one) for one in ones) for ones in wanted.values())
        click.echo(
            f"{len(wanted)} questions with a duplicate, {quotable} of which have something to quote; {len(others)} others"
        )
        for way in ("search", "asking"):
            for kind, some in (("duplicates", duplicates), ("duplicates and related", set(wanted))):
                _table(f"{way}, {kind}", way, {asked: wanted[asked] for asked in some}, others)


def _table(head: str, way: str, wanted: dict[int, set[int]], others: list[int]) -> None:
    found = {asked: _found(way, asked) for asked in [*wanted, *others]}
    reachable = sum(bool(set(found[asked][1]) & ones) for asked, ones in wanted.items())
    quotable = sum(
        bool({one for one in found[asked][1] if one in ones and _has_vouched(one)})
        for asked, ones in wanted.items()
    )
    click.echo(
        f"\n{head}: the earlier one is among the results read for {reachable} of {len(wanted)}, with something to quote for {quotable}\n"
    )
    click.echo("| evidence | briefs for others | briefs for pairs | right | ms |\n|--:|--:|--:|--:|--:|")
    for share in SHARES:
        with settings.override(search__brief_evidence=share):
            shown = {asked: _brief(*found[asked]) for asked in found}
        briefs = [asked for asked in wanted if shown[asked][0] is not None]
        right = sum(bool({q.source.id for q in shown[asked][0].quotes} & wanted[asked]) for asked in briefs)
        many = sum(shown[asked][0] is not None for asked in others)
        took = 1e3 * median(one[1] for one in shown.values())
        click.echo(
            f"| {share} % | {many} of {len(others)} | {len(briefs)} of {len(wanted)} | {right} | {took:.1f} |"
        )


def _found(way: str, asked: int) -> tuple[str, list[int]]:
    from forum.search.finding import find
    from forum.search.similar import similar_to_text

    title = (
        db.session.scalar(select(Question.__table__.c.title).where(Question.__table__.c.id == asked)) or ""
    )
    if way == "search":
        ids = [one.row.id for one in find(ANONYMOUS, title, Filters()).results]
    else:
        ids = [one.id for one in similar_to_text(title, limit=8)]
    return title, [one for one in ids if one != asked][:5]


def _brief(title: str, ids: list[int]) -> tuple[Any, float]:
    from forum.search.briefs.picking import brief
    from forum.search.finding import wanted_of

    began = time.perf_counter()
    return brief(title, wanted_of(title), ids), time.perf_counter() - began


def _others(known: set[int]) -> list[int]:
    """Questions spread over the set that are no known duplicates."""
    query = select(Post.id).where(Post.kind == PostKind.QUESTION, Post.state == PostState.PUBLISHED)
    ids = [one for one in db.session.scalars(query.order_by(Post.id)) if one not in known]
    return ids[:: max(len(ids) // OTHERS, 1)][:OTHERS]


def _has_vouched(question_id: int) -> bool:
    question = Question.__table__
    query = select(Post.id).join(question, question.c.id == Post.question_id).where(
        Post.question_id == question_id, Post.state == PostState.PUBLISHED,
        or_(Post.id == question.c.accepted_answer_id, Post.is_official, Post.endorsed_at.is_not(None)),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


if __name__ == "__main__":
    main()
