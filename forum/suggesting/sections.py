"""Two sections of digests: unanswered questions I could answer, and those that still wait after weeks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from accounts.digests.sections import Chosen, Entry, Reader, Section, register
from common.db import db
from common.i18n import Sentence, _, n_
from forum.browsing.queries import categories_by_id
from forum.questions.models import Post, Question
from forum.suggesting import queries
from forum.suggesting.rules import MOST, Pool, best

CANDIDATES = 3 * MOST
"""Looked up for having been read; of what is left, the best are suggested."""


COULD, WAITING = "could", "waiting"


def register_all() -> None:
    """Make the sections known; called once by the package."""
    register(
        choose,
        Section(COULD, _("Unanswered, and you could know"), entries),
        Section(WAITING, _("Still waiting for an answer"), entries),
    )


def choose(readers: Sequence[Reader]) -> dict[str, Chosen]:
    """For each of these members the questions that fit best: the same few statements for one or for hundreds."""
    known = queries.knowledge_of([reader.member_id for reader in readers])
    if not known:
        return {}
    pools = {COULD: Pool(queries.fresh_questions()), WAITING: Pool(queries.old_questions())}
    likely = {
        (key, reader.member_id): best(
            pool, known[reader.member_id], reader.member_id, reader.language,
            without=reader.earlier.get(key, ()), most=CANDIDATES,
        )
        for key, pool in pools.items()
        for reader in readers
        if reader.member_id in known
    }  # fmt: skip
    read = queries.read_by(known, {number for ids in likely.values() for number in ids})
    chosen: dict[str, Chosen] = {COULD: {}, WAITING: {}}
    for (key, member_id), ids in likely.items():
        seen = read.get(member_id, set())
        chosen[key][member_id] = [number for number in ids if number not in seen][:MOST]
    return chosen


def entries(ids: Sequence[int]) -> list[Entry]:
    """These questions as they are called now, as far as they are still public and unanswered; in their order."""
    if not ids:
        return []
    post, question = Post.__table__, Question.__table__
    query = (
        select(question.c.id, question.c.slug, question.c.title, post.c.language, question.c.category_id, question.c.me_too_count)
        .select_from(question.join(post, post.c.id == question.c.id))
        .where(question.c.id.in_(list(ids)), *queries.unanswered())
    )  # fmt: skip
    rows = {row.id: row for row in db.session.execute(query)}
    return [_entry(rows[number]) for number in ids if number in rows]


def _entry(row) -> Entry:
    category = categories_by_id().get(row.category_id)
    note: Sentence | str = category.name if category else ""
    if row.me_too_count:
        note = n_(
            "%(category)s, %(count)s member has the same problem",
            "%(category)s, %(count)s members have the same problem", row.me_too_count, category=note,
        )  # fmt: skip
    return Entry(row.title, ("questions.show", {"id": row.id, "slug": row.slug}), note, row.language)
