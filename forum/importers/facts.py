"""The imported acceptances and votes as facts, in the order they happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from common.db import db
from forum.importers.booking import Fact, FactKind
from forum.importers.intake import Intake, chunks
from forum.importers.settling import acceptance
from forum.questions.models import Post, Question

_post, _question = Post.__table__, Question.__table__


def facts(intake: Intake) -> Iterator[Fact]:
    """First what no longer holds, then everything that does, oldest first."""
    yield from intake.gone
    standing = [*_acceptances(intake), *_votes(intake)]
    standing.sort(key=lambda fact: (fact.occurred_at, fact.post_id))
    yield from standing


def _acceptances(intake: Intake) -> Iterator[Fact]:
    asked, answer = aliased(_post), aliased(_post)
    for ids in chunks(sorted(intake.accepted)):
        query = (
            select(
                _question.c.id, asked.c.author_id, _question.c.accepted_at, answer.c.id, answer.c.author_id
            )
            .join(asked, asked.c.id == _question.c.id)
            .join(answer, answer.c.id == _question.c.accepted_answer_id)
            .where(_question.c.id.in_(ids), answer.c.imported_key.is_not(None))
        )
        for row in db.session.execute(query).all():
            if intake.began_at is None or row[2] is None or row[2] < intake.began_at:
                yield acceptance(row, row[3], row[4], row[2])


def _votes(intake: Intake) -> Iterator[Fact]:
    asked = aliased(_post)
    for ids in chunks(sorted(intake.seen["q"] | intake.seen["a"])):
        query = (
            select(
                _post.c.id, _post.c.question_id, _post.c.author_id, _post.c.created_at, _post.c.imported_key,
                _post.c.imported_kudos_count, asked.c.author_id.label("asker_id"),
            )
            .outerjoin(asked, asked.c.id == _post.c.question_id)
            .where(_post.c.id.in_(ids), _post.c.imported_kudos_count > 0)
        )  # fmt: skip
        for row in db.session.execute(query).all():
            yield from _votes_of(intake, row)


def _votes_of(intake: Intake, row: Any) -> Iterator[Fact]:
    key = row.imported_key.rpartition(":")[2][1:]
    dates = intake.votes.dates(key)[: row.imported_kudos_count]
    dates += [row.created_at] * (row.imported_kudos_count - len(dates))
    for number, moment in enumerate(dates, 1):
        yield Fact(
            FactKind.UPVOTE, row.id, row.question_id or row.id, row.author_id, row.asker_id,
            max(moment, row.created_at), f"imported-upvote:{row.id}:{number}",
        )  # fmt: skip
