"""Who could help with a question: bounded statements gather what is known, ``rules`` weighs it.

The same function stands behind the invitations and the measure (`make bench-experts`). It reads what was counted by the
time it is called; it asks nobody and looks at no wish.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from accounts.masks.queries import person_behind
from common import settings
from common.db import db
from common.i18n import _
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.search.similar import nearest_to
from moderation.experts.counting import about_of, tags_of
from moderation.experts.models import ExpertRecord
from moderation.experts.rules import (
    UNPROVEN,
    WEIGHTS,
    About,
    Candidate,
    Done,
    Part,
    Scored,
    best_mean,
    scored,
)

MATCHES = 120
"""Questions like this one whose helpers are looked at."""
ENTRIES = 12_000
"""Entries of the index read for them: the most telling words of the question."""
ALIKE = 60
"""Helpers of such questions who are looked at, the best matches first."""
FROM_EACH = {"language": 60, "category": 30}
"""The warmest members of a topic that are looked at; of a tag or a product as many as of a category."""
_WEIGHT_HELP = {
    Part.TEXT: _("What it counts that a member answered questions like this one, when experts are chosen."),
    Part.TAGS: _("What it counts that a member answers in the category, on the tags and about the product."),
    Part.QUALITY: _("What the share of a member’s answers that were accepted in the category counts."),
    Part.RECENCY: _("What it counts that a member answered in the category lately."),
    Part.RESPONSE: _("What it counts that a member answers when invited."),
    Part.PRESENCE: _(
        "What it counts that a member is here these days and answers in the language of the question."
    ),
}
for _part, _help in _WEIGHT_HELP.items():
    settings.define(f"experts.weight_{_part}", WEIGHTS[_part], low=0.0, high=100.0, help=_help)


def weights() -> dict[Part, float]:
    """The weights in force."""
    return {part: settings.get(f"experts.weight_{part}") for part in Part}


def ranked(
    question_id: int,
    at: datetime,
    among: ColumnElement[bool] | None = None,
    responses: Mapping[int, tuple[int, int, int, int]] | None = None,
    weighed: Mapping[Part, float] | None = None,
) -> list[Scored]:
    """Members who could answer, best first, the asker left out.

    ``among`` narrows the members of ``ExpertRecord`` to some; ``responses``: member → (invited, answered, open,
    asked lately).
    """
    about, asker_id = about_question(question_id)
    if about is None:
        return []
    people = candidates(question_id, about, asker_id, among, responses or {})
    return scored(people, about, at, weights() if weighed is None else weighed)


def about_question(question_id: int) -> tuple[About | None, int | None]:
    """The topics of a question, and the person who asked it."""
    question, post = Question.__table__, Post.__table__
    query = select(question.c.category_id, question.c.product_id, post.c.language, post.c.author_id)
    row = db.session.execute(
        query.join(post, post.c.id == question.c.id).where(question.c.id == question_id)
    ).first()
    if row is None:
        return None, None
    tags = tags_of([question_id]).get(question_id, ())
    return about_of(row.language, row.category_id, row.product_id, tags), person_behind(row.author_id)


def candidates(
    question_id: int,
    about: About,
    asker_id: int | None,
    among: ColumnElement[bool] | None,
    responses: Mapping[int, tuple[int, int, int, int]],
) -> list[Candidate]:
    """Those who answered questions like it, and the warmest of its topics, with all that is known of them."""
    matches = _matches(question_id)
    alike = sorted(_allowed(matches, among), key=lambda one: (-best_mean(matches[one]), one))[:ALIKE]
    ids = _warmest(about, among).union(alike)
    done = _done(about, ids - {asker_id})
    return [
        Candidate(one, done[one], tuple(matches.get(one, ())), *responses.get(one, (0, 0, 0, 0)))
        for one in done
    ]


def _matches(question_id: int) -> dict[int, list[float]]:
    """Who replied to published questions like this one: how well each matches, less where the reply was not proven."""
    near = {match.question_id: match.score for match in nearest_to(question_id, MATCHES, ENTRIES)}
    answer, question = Post.__table__, Question.__table__
    proven = or_(question.c.accepted_answer_id == answer.c.id, answer.c.kudos_count > 0)
    query = (
        select(answer.c.author_id, answer.c.question_id, proven.label("proven"))
        .select_from(answer)
        .join(question, question.c.id == answer.c.question_id)
        .where(
            answer.c.question_id.in_(near),
            answer.c.kind == PostKind.ANSWER,
            answer.c.state == PostState.PUBLISHED,
        )
    )
    best: dict[tuple[int, int], float] = {}
    for row in db.session.execute(query) if near else ():
        if row.author_id is not None:
            key = (row.author_id, row.question_id)
            said = near[row.question_id] * (1.0 if row.proven else UNPROVEN)
            best[key] = max(best.get(key, 0.0), said)
    found: dict[int, list[float]] = defaultdict(list)
    for (member_id, _question_id), said in best.items():
        found[member_id].append(said)
    return found


def _warmest(about: About, among: ColumnElement[bool] | None) -> set[int]:
    """The first members of each topic, by an index."""
    found: set[int] = set()
    for topic in about.topics:
        query = select(ExpertRecord.member_id).where(ExpertRecord.topic == topic, *_only(among))
        limit = FROM_EACH.get(topic.split(":", 1)[0], FROM_EACH["category"])
        found |= set(db.session.scalars(query.order_by(ExpertRecord.warmth.desc()).limit(limit)))
    return found


def _allowed(member_ids: Collection[int], among: ColumnElement[bool] | None) -> set[int]:
    if among is None or not member_ids:
        return set(member_ids)
    query = select(ExpertRecord.member_id).where(ExpertRecord.member_id.in_(member_ids), among).distinct()
    return set(db.session.scalars(query))


def _only(among: ColumnElement[bool] | None) -> Sequence[ColumnElement[bool]]:
    return () if among is None else (among,)


def _done(about: About, member_ids: Iterable[int | None]) -> dict[int, dict[str, Done]]:
    """What each of these members did in the question's topics; who did nothing in its language is left out."""
    r = ExpertRecord
    query: Any = select(r.member_id, r.topic, r.warmth, r.answers, r.accepted, r.last_at)
    found: dict[int, dict[str, Done]] = defaultdict(dict)
    rows = db.session.execute(query.where(and_(r.topic.in_(about.topics), r.member_id.in_(member_ids))))
    for row in rows:
        found[row.member_id][row.topic] = Done(row.warmth, row.answers, row.accepted, row.last_at)
    return {one: done for one, done in found.items() if about.language in done}
