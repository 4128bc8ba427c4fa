"""Solutions marked in a loop (V6), and one answer pasted under many questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.rules import STAFF
from accounts.signin import origins
from common import clock, text
from common.db import db
from forum.questions.models import Post, Question
from forum.questions.rules import AcceptedHow, PostKind, PostState
from rewards.abuse import rules
from rewards.abuse.checking import ACCEPTANCE, COPY
from rewards.abuse.detecting import Finding
from rewards.abuse.numbers import thresholds
from rewards.abuse.rules import CaseState, Sign, Vote
from rewards.abuse.sources import decided_about

_answer, _asked, _question = Post.__table__.alias("answer"), Post.__table__.alias("asked"), Question.__table__
AUTHORS, ANSWERS = 100, 200
"""Authors read at once, and the newest answers of one that are compared."""
DECIDED = (CaseState.CLEARED, CaseState.CONFIRMED)


def acceptance_loops() -> Iterator[Finding]:
    """V6: one asker, one helper, three solutions in a month, from a shared place or between two new accounts."""
    limits = thresholds()
    now = clock.now()
    by_pair: dict[tuple[int, int], list[Vote]] = defaultdict(list)
    joined: dict[int, datetime] = {}
    for row in db.session.execute(_accepted(now - limits.window)):
        by_pair[row.asker_id, row.author_id].append(
            Vote(ACCEPTANCE, row.id, row.asker_id, row.author_id, row.id, row.at)
        )
        joined[row.asker_id], joined[row.author_id] = row.asker_joined, row.author_joined
    often = {pair: given for pair, given in by_pair.items() if len(given) >= limits.loop_acceptances}
    places = origins.seen_of({one for pair in often for one in pair}) if often else {}
    for (asker, author), given in sorted(often.items()):
        young = min(joined[asker], joined[author]) > now - limits.young
        shared = _meet(places.get(asker, {}), places.get(author, {}))
        if young or shared:
            figures = {"solutions": len(given), "shared": shared, "young": young}
            yield Finding(Sign.ACCEPTANCE_LOOP, frozenset((asker, author)), given, figures=figures)


def _accepted(since: datetime) -> Any:
    asker, author = aliased(Member), aliased(Member)
    return (
        select(
            _answer.c.id, _asked.c.author_id.label("asker_id"), _answer.c.author_id, _question.c.accepted_at.label("at"),
            asker.joined_at.label("asker_joined"), author.joined_at.label("author_joined"),
        )
        .select_from(_question)
        .join(_asked, _asked.c.id == _question.c.id)
        .join(_answer, _answer.c.id == _question.c.accepted_answer_id)
        .join(asker, asker.id == _asked.c.author_id)
        .join(author, author.id == _answer.c.author_id)
        .where(
            _question.c.accepted_at > since, _question.c.accepted_how.not_in((AcceptedHow.STAFF, AcceptedHow.AUTOMATIC)),
            asker.id != author.id, asker.role.not_in(STAFF), author.role.not_in(STAFF), asker.is_mask.is_(False), author.is_mask.is_(False),
            ~decided_about(Sign.ACCEPTANCE_LOOP, ACCEPTANCE, _answer.c.id, *DECIDED),
        )
        .order_by(_question.c.accepted_at, _answer.c.id)
    )  # fmt: skip


def _meet(one: dict[str, datetime], other: dict[str, datetime]) -> bool:
    """Whether two members were at one place within a day of each other."""
    return any(abs(one[place] - other[place]) <= origins.NEAR for place in one.keys() & other.keys())


def copied_answers() -> Iterator[Finding]:
    """One author, nearly the same answer under several questions. Only authors who wrote lately are read again."""
    limits = thresholds()
    now = clock.now()
    mine = (
        _answer.c.state == PostState.PUBLISHED, _answer.c.kind == PostKind.ANSWER, _answer.c.published_at > now - limits.window,
    )  # fmt: skip
    busy = (
        select(_answer.c.author_id)
        .join(Member, Member.id == _answer.c.author_id)
        .where(*mine, Member.role.not_in(STAFF))
        .group_by(_answer.c.author_id)
        .having(func.count() >= limits.copies, func.max(_answer.c.published_at) > now - timedelta(days=2))
        .order_by(_answer.c.author_id)
    )
    authors = list(db.session.scalars(busy))
    for start in range(0, len(authors), AUTHORS):
        wanted = select(
            _answer.c.id, _answer.c.author_id, _answer.c.question_id, _answer.c.body, _answer.c.published_at
        )
        wanted = wanted.where(
            *mine, _answer.c.author_id.in_(authors[start : start + AUTHORS]), ~decided_about(Sign.COPIES, COPY, _answer.c.id, *DECIDED)
        )  # fmt: skip
        by_author: dict[int, list[Any]] = defaultdict(list)
        for row in db.session.execute(wanted.order_by(_answer.c.published_at.desc(), _answer.c.id.desc())):
            if len(by_author[row.author_id]) < ANSWERS:
                by_author[row.author_id].append(row)
        for author_id, rows in sorted(by_author.items()):
            yield from _copies_of(author_id, rows[::-1])


def _copies_of(author_id: int, rows: list[Any]) -> Iterator[Finding]:
    limits = thresholds()
    by_id = {row.id: row for row in rows}
    texts = [(row.id, rules.shingles(text.plain_from_markdown(row.body), limits.copy_words)) for row in rows]
    again: list[Vote] = []
    alike = 0
    for group in rules.copies(texts, limits):
        if len({by_id[one].question_id for one in group}) < limits.copies:
            continue
        alike += len(group)
        again += [
            Vote(COPY, one, author_id, author_id, one, by_id[one].published_at) for one in group[1:]
        ]  # the first of its kind earns what it earned
    if again:
        figures = {"alike": alike, "answers": len(rows)}
        yield Finding(Sign.COPIES, frozenset((author_id,)), again, figures=figures)
