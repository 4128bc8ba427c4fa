"""Questions like this one: under a question, and while somebody is asking. The solved ones come first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from accounts.members.queries import cards
from common import clock
from common.db import db
from common.freshness import Shelf
from common.i18n import Sentence, local
from common.text import excerpt, plain_from_html
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostState
from forum.search.engines.weighing import asked
from forum.search.index import backend
from forum.search.rules import Filters, Match, Resting
from forum.search.words import LANGUAGES

SHOWN = 5
_LOOKED_AT = 12
_FAR = 0.4
"""A question that matches less than this share of the best one is not shown."""
_CLOSE = 0.75
_KEPT_SECONDS = 600.0
_EXCERPT = 220
_TEXT_READ = 8_000

_kept = Shelf(size=2_000)


@dataclass(frozen=True, slots=True)
class SimilarQuestion:
    """A question that may be about the same. ``close`` is true for the nearest ones; ``excerpt`` is plain text of
    the solution (or of the official answer, or of the question), ``helper`` the name of who wrote it."""

    id: int
    slug: str
    title: str
    language: str
    solved: bool
    official: bool
    answer_count: int
    close: bool
    excerpt: str
    helper: str | Sentence


def similar_to(question_id: int, limit: int = SHOWN) -> tuple[SimilarQuestion, ...]:
    """Published questions like this one; empty while the index rests."""
    kept = _kept.get(question_id)
    if kept is None or kept[0] < time.monotonic():
        kept = _kept.put(question_id, (time.monotonic() + _KEPT_SECONDS, nearest_to(question_id, _LOOKED_AT)))
    return _shown(kept[1], limit)


def similar_to_text(
    title: str, body: str = "", language: str | None = None, limit: int = SHOWN
) -> tuple[SimilarQuestion, ...]:
    """Published questions like what somebody is typing; empty while the index rests."""
    return _shown(nearest(title, body, language, _LOOKED_AT), limit)


def forget() -> None:
    """Look everything up again (tests, after a rebuild)."""
    _kept.clear()


def nearest_to(question_id: int, limit: int, entries: int | None = None) -> tuple[Match, ...]:
    """The published questions most like this one, best first, itself left out; empty while the index rests. Fewer
    ``entries`` of the index are read sooner: the most telling words."""
    query = select(Question.__table__.c.title, Post.language, Post.published_at, Post.body_html).join(
        Post.__table__, Post.__table__.c.id == Question.__table__.c.id
    )
    row = db.session.execute(query.where(Question.__table__.c.id == question_id)).first()
    if row is None:
        return ()
    text = plain_from_html(row.body_html[:_TEXT_READ])
    return nearest(row.title, text, row.language, limit, question_id, row.published_at, entries)


def nearest(
    title: str,
    text: str,
    language: str | None,
    limit: int,
    without: int = 0,
    moment: datetime | None = None,
    entries: int | None = None,
) -> tuple[Match, ...]:
    """The published questions most like a title and a text asked at that moment (now if none is given), best first;
    empty while the index rests."""
    wanted = asked(title, text[:_TEXT_READ], language, local(moment or clock.now()).date())
    if not wanted.words:
        return ()
    wanted = replace(wanted, entries=entries)
    known = Filters(language=language if language in LANGUAGES else None)
    try:
        return backend().similar(wanted, known, limit, without).items
    except Resting:
        return ()


def _shown(matches: Sequence[Match], limit: int) -> tuple[SimilarQuestion, ...]:
    if not matches:
        return ()
    best = max(match.score for match in matches) or 1.0
    scores = {match.question_id: match.score / best for match in matches if match.score >= best * _FAR}
    rows = _rows(list(scores))
    helpers = cards({row.author_id for row in rows if row.author_id})
    solved_first = sorted(rows, key=lambda row: (row.help_state != HelpState.SOLVED, -scores[row.id]))[:limit]
    return tuple(
        SimilarQuestion(
            id=row.id, slug=row.slug, title=row.title, language=row.language,
            solved=row.help_state == HelpState.SOLVED, official=row.official_answer_id is not None,
            answer_count=row.answer_count, close=scores[row.id] >= _CLOSE,
            excerpt=excerpt(row.answer_html or row.html, _EXCERPT),
            helper=helpers.get(row.author_id).name if row.author_id else "",
        )
        for row in solved_first
    )  # fmt: skip


def _rows(ids: list[int]):  # type: ignore[no-untyped-def]
    """The questions as they stand now, with the accepted (else the official) answer; what is gone is left out."""
    question, post, answer = Question.__table__, Post.__table__, aliased(Post.__table__)
    chosen = func.coalesce(question.c.accepted_answer_id, question.c.official_answer_id)
    return db.session.execute(
        select(
            question.c.id, question.c.slug, question.c.title, post.c.language, question.c.help_state,
            question.c.official_answer_id, question.c.answer_count, func.substr(post.c.body_html, 1, 1500).label("html"),
            func.substr(answer.c.body_html, 1, 1500).label("answer_html"), answer.c.author_id,
        )
        .join(post, post.c.id == question.c.id)
        .outerjoin(answer, and_(answer.c.id == chosen, answer.c.state == PostState.PUBLISHED))
        .where(question.c.id.in_(ids), post.c.state == PostState.PUBLISHED)
    ).all()  # fmt: skip
