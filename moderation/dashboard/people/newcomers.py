"""How those who joined in a period fare; who asks under a mask is the person behind it (domain/escalation.md §C6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from accounts.masks.models import Mask
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db, not_by_index
from common.i18n import _
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.reading import OUTCOME, Dates, Scope
from moderation.dashboard.rules import DAY, share
from moderation.dashboard.wording import Figure, Unit

_post, _question, _member = Post.__table__, Question.__table__, Member.__table__
_c, _m = OUTCOME.c, Member.__table__.c


def joined(scope: Scope, dates: Dates) -> tuple[ColumnElement[bool], ...]:
    """The criteria on members: who joined in the period and reads the language of the page. They have no category yet."""
    theirs = () if scope.language is None else (_m.language == scope.language,)
    return _m.joined_at >= dates.since, _m.joined_at < dates.until, _m.role.not_in(STAFF), _m.is_mask.is_(False), *theirs  # fmt: skip


def wrote(scope: Scope, *criteria: Any) -> ColumnElement[bool]:
    """That something of a member is published in the category of the page, under their name or a mask."""
    shown = [not_by_index(_post.c.state) == PostState.PUBLISHED, *criteria]
    if scope.category_id is not None:
        thread = func.coalesce(_post.c.question_id, _post.c.id)
        shown.append(exists().where(_question.c.id == thread, _question.c.category_id == scope.category_id))
    masked = exists().where(Mask.person_id == _m.id, _post.c.author_id == Mask.member_id, *shown)
    return or_(exists().where(_post.c.author_id == _m.id, *shown), and_(_m.has_masks.is_(True), masked))


def answered(scope: Scope) -> ColumnElement[bool]:
    """The same of an answer."""
    return wrote(scope, _post.c.kind == PostKind.ANSWER)


def questions(query: Any, scope: Scope, dates: Dates) -> Select[Any]:
    """From the questions of those who joined in a period, asked in it and more than a day ago."""
    span = dates.span
    return query.select_from(OUTCOME).where(
        _c.asker_id.in_(_newcomers(dates)), not_by_index(_c.day) >= span.first, not_by_index(_c.day) <= span.last,
        _c.asked_epoch <= int(clock.now().timestamp()) - DAY, *scope.criteria(),
    )  # fmt: skip


def _newcomers(dates: Dates) -> Select[Any]:
    recent = _m.joined_at >= dates.since
    masks = select(Mask.member_id).join(_member, _m.id == Mask.person_id).where(recent, _m.is_mask.is_(False))
    lifted = Mask.__table__.alias("worn")
    bare = select(_m.id).where(recent, _m.is_mask.is_(False), ~exists().where(lifted.c.member_id == _m.id))
    return bare.union_all(masks)  # type: ignore[return-value]


def newcomers(scope: Scope, dates: Dates) -> list[Figure]:
    """How newcomers fare. Two statements."""
    new, active, helping = db.session.execute(
        select(func.count(), func.count().filter(wrote(scope)), func.count().filter(answered(scope)))
        .select_from(_member).where(*joined(scope, dates))
    ).one()  # fmt: skip
    in_time, asked = db.session.execute(
        questions(select(func.count().filter(_c.first_seconds <= DAY), func.count()), scope, dates)
    ).one()
    return [
        Figure("joined", _("Members who joined"), Unit.COUNT, new, _("Accounts opened in the period, without the team’s. A language chosen above is the one they read; nobody joins in a category."), "joined"),
        Figure("newcomers-active", _("Newcomers who wrote"), Unit.SHARE, share(active, new), _("Share of those who joined in the period of whom something was published, in the category chosen."), "newcomers-active", of=(active, new), rises=True),
        Figure("newcomers-helping", _("Newcomers who answered"), Unit.SHARE, share(helping, new), _("Share of those who joined in the period who have published an answer, in the category chosen."), "newcomers-helping", of=(helping, new), rises=True),
        Figure("newcomers-answered", _("Newcomers’ questions answered within 24 hours"), Unit.SHARE, share(in_time, asked), _("Of the questions of members who joined in the period, asked at least 24 hours ago: the share with a valid answer by then."), "newcomers-answered", of=(in_time, asked), rises=True),
    ]  # fmt: skip
