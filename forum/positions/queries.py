"""What is new to a member in lists of questions."""

from collections.abc import Iterable

from sqlalchemy import func, or_, select

from common.db import db
from common.permissions import Actor
from forum.positions.models import ReadPosition
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState

_post, _position = Post.__table__, ReadPosition.__table__


def new_answers(actor: Actor, question_ids: Iterable[int]) -> dict[int, int]:
    """How many answers of others came into these questions since the actor read them; only where there are any.

    One statement for a list of at most a page; none for visitors.
    """
    ids = list(question_ids)
    if actor.member_id is None or not ids:
        return {}
    query = (
        select(_position.c.question_id, func.count())
        .select_from(_position.join(_post, _post.c.question_id == _position.c.question_id))
        .where(_position.c.member_id.in_(actor.ids), _position.c.question_id.in_(ids))
        .where(_post.c.kind == PostKind.ANSWER, _post.c.state == PostState.PUBLISHED)
        .where(_post.c.published_at > _position.c.seen_at)
        .where(or_(_post.c.author_id.is_(None), _post.c.author_id.not_in(actor.ids)))
        .group_by(_position.c.question_id)
    )
    return dict(db.session.execute(query).tuples().all())
