"""Every hour the messages of the last weeks are weighed: new ones are read, of others the numbers are looked at again.

A text is read once for each version of it and of the list of words; what changes every day (votes, views, ranks) needs no
reading. What is out of view keeps its row and is not shown (``texts.read``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from accounts.members.models import Member
from accounts.members.rules import STAFF
from accounts.retention.sweeping import sweep
from common import clock
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from forum.questions.rules import PostKind
from moderation.escalation.models import Ladder
from moderation.hearing.models import HeardText
from moderation.hearing.rules import PERIODS, points_of
from moderation.lexicon import versions
from moderation.lexicon.rules import Lexicon
from moderation.listening import texts

KEPT = timedelta(days=max(PERIODS) + 1)
KINDS = (PostKind.QUESTION, PostKind.ANSWER, PostKind.COMMENT, PostKind.REVIEW)
PIECE = 500


def weigh(most: int | None = None) -> int:
    """Weigh what was said in the last weeks. Returns how many rows are new or other than before."""
    after: int | None = 0
    changed = 0
    while after is not None and (most is None or changed < most):
        more, after = part(after)
        changed += more
    return changed


def part(after: int) -> tuple[int, int | None]:
    """The next texts: how many rows are new or other than before, and where to go on; None at the end."""
    rows = _piece(clock.now() - KEPT, after)
    return _weigh_piece(rows, versions.in_force()), rows[-1].id if len(rows) == PIECE else None


def _piece(since: Any, after: int) -> list[Any]:
    post, question = texts.post.c, texts.question.c
    own = question.id == post.id
    shared = func.coalesce(texts.review.c.useful_count, 0) + post.kudos_count
    query = (
        texts.read(
            post.id, post.kind, post.version, post.published_at, shared.label("shared"),
            func.coalesce(question.me_too_count, 0).label("me_too"), func.coalesce(question.view_count, 0).label("views"), own.label("own"),
            func.coalesce(Member.rank, 0).label("rank"), func.coalesce(Ladder.reach, 0).label("reach"),
            HeardText.version.label("read"), HeardText.lexicon, HeardText.tone, HeardText.weight,
        )
        .outerjoin(Member, Member.id == post.author_id)
        .outerjoin(Ladder, Ladder.question_id == post.id)
        .outerjoin(HeardText, HeardText.post_id == post.id)
        .where(post.kind.in_(KINDS), post.is_official.is_(False), or_(Member.id.is_(None), Member.role.not_in(STAFF)))
        .where(post.published_at > since, post.id > after)
        .order_by(post.id)
        .limit(PIECE)
    )  # fmt: skip
    return list(db.session.execute(query))


def _weigh_piece(rows: list[Any], words: Lexicon) -> int:
    unread = [row.id for row in rows if row.read != row.version or row.lexicon != words.number]
    tones = _tones(unread, words)
    new: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    for row in rows:
        tone = tones.get(row.id, row.tone)
        if tone is None:
            continue  # out of view since it was listed
        shared, views = (row.me_too, row.views) if row.own else (row.shared, 0)
        points = points_of(shared, views, tone, row.rank, row.reach)
        if row.read is not None and row.id not in tones and points.weight == row.weight:
            continue
        (new if row.read is None else other).append(
            {
                "post_id": row.id, "said_at": row.published_at, "version": row.version, "lexicon": words.number, "tone": tone,
                "importance": points.importance, "influence": points.influence, "weight": points.weight,
            }
        )  # fmt: skip
    db.session.rollback()
    if new or other:
        with unit_of_work():
            insert_many(HeardText, new, once=True)
            if other:
                db.session.execute(update(HeardText), other)
    return len(new) + len(other)


def _tones(post_ids: Iterable[int], words: Lexicon) -> dict[int, int]:
    post = texts.post.c
    query = texts.read(post.id, post.kind, post.body_html, texts.TITLE.label("title"))
    found = {}
    for row in db.session.execute(query.where(post.id.in_(list(post_ids)))):
        title = row.title if row.kind in (PostKind.QUESTION, PostKind.REVIEW) else None
        found[row.id] = texts.tone_of(texts.words_of(row.body_html, title), words)
    return found


def forget_old() -> None:
    """What was said before the longest period goes."""
    with unit_of_work():
        sweep("heard-texts", HeardText, HeardText.said_at < clock.now() - KEPT)


def newest() -> Any:
    """When the newest message that was weighed was said."""
    return db.session.scalar(select(func.max(HeardText.said_at)))
