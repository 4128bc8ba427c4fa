"""What the steps count: one query a kind, for some members, from a moment on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.models import Member
from common.db import db
from forum.pointing.models import DuplicateHint
from forum.pointing.rules import HintState
from forum.products.models import Device
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from rewards.badges.models import GuideRead
from rewards.missions.rules import StepKind

_post, _thread = Post.__table__, Question.__table__
_asked = _post.alias("asked")
Found = dict[int, int]


def counts(
    kinds: Iterable[StepKind], ids: list[int], since: datetime | None
) -> dict[int, dict[StepKind, int]]:
    """By member: how much of each kind they did since a moment (None: ever)."""
    found: dict[int, dict[StepKind, int]] = {member_id: {} for member_id in ids}
    for kind in sorted(set(kinds)):
        for member_id, count in db.session.execute(TABLE[kind](ids, since)):
            found[member_id][kind] = count
    return found


def _grouped(column: Any, ids: list[int], moment: Any, since: datetime | None, *criteria: Any) -> Any:
    query = select(column, func.count()).where(column.in_(ids), *criteria).group_by(column)
    return query if since is None else query.where(moment >= since)


def _guide(ids: list[int], _since: datetime | None) -> Any:
    return _grouped(GuideRead.member_id, ids, None, None)


def _profile(ids: list[int], _since: datetime | None) -> Any:
    return _grouped(Member.id, ids, None, None, Member.bio != "")


def _product(ids: list[int], _since: datetime | None) -> Any:
    return _grouped(Device.member_id, ids, None, None)


def _wrote(kind: PostKind) -> Callable[[list[int], datetime | None], Any]:
    def query(ids: list[int], since: datetime | None) -> Any:
        published = (_post.c.kind == kind, _post.c.state == PostState.PUBLISHED)
        return _grouped(_post.c.author_id, ids, _post.c.published_at, since, *published)

    return query


def _solved(column: Any) -> Callable[[list[int], datetime | None], Any]:
    """Solutions by somebody else than the asker, by the one who is counted: the asker, or the author."""

    def query(ids: list[int], since: datetime | None) -> Any:
        base = _grouped(
            column, ids, _thread.c.accepted_at, since, _post.c.state == PostState.PUBLISHED,
            _asked.c.state == PostState.PUBLISHED, _asked.c.author_id != _post.c.author_id,
        )  # fmt: skip
        joined = _thread.join(_post, _post.c.id == _thread.c.accepted_answer_id)
        return base.select_from(joined.join(_asked, _asked.c.id == _thread.c.id))

    return query


def _duplicate(ids: list[int], since: datetime | None) -> Any:
    h = DuplicateHint
    right = (h.state == HintState.CONFIRMED, h.undone_at.is_(None))
    return _grouped(h.member_id, ids, h.decided_at, since, *right)


TABLE: dict[StepKind, Callable[[list[int], datetime | None], Any]] = {
    StepKind.GUIDE: _guide,
    StepKind.PROFILE: _profile,
    StepKind.PRODUCT: _product,
    StepKind.QUESTION: _wrote(PostKind.QUESTION),
    StepKind.ANSWER: _wrote(PostKind.ANSWER),
    StepKind.MARK: _solved(_asked.c.author_id),
    StepKind.SOLUTION: _solved(_post.c.author_id),
    StepKind.DUPLICATE: _duplicate,
}
