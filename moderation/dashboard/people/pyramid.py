"""How many help a little, often, and very often, and how many of the experienced stay (domain/escalation.md §C6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock
from common.db import db, not_by_index
from common.i18n import _
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.reading import Scope
from moderation.dashboard.rules import share
from moderation.dashboard.wording import Figure, Table, Unit

WITHIN = timedelta(days=90)
STEPS = (1, 10, 100)
EXPERIENCED = 3
_post, _question, _m = Post.__table__, Question.__table__, Member.__table__.c


def answers(scope: Scope) -> Subquery:
    """Who answered in the last 180 days, how often in the last 90 (``count``) and in those before (``earlier``); by name,
    masks are nobody."""
    p, since = _post.c, clock.now() - WITHIN
    lately = func.count().filter(p.published_at >= since)
    query = select(
        p.author_id.label("author_id"), lately.label("count"), (func.count() - lately).label("earlier")
    )
    return (
        _published(query, scope)
        .where(p.published_at >= since - WITHIN)
        .group_by(not_by_index(p.author_id))
        .subquery()
    )


def experienced(made: Subquery) -> tuple[ColumnElement[bool], ...]:
    """Of those who answered: of rank 3 and above, and answered in the 90 days before the last 90."""
    return _m.rank >= EXPERIENCED, made.c.earlier > 0


def stays(made: Subquery) -> ColumnElement[bool]:
    """Of those who answered: in the last 90 days."""
    return made.c.count > 0


def _published(query: Any, scope: Scope) -> Select[Any]:
    p, state = _post.c, _post.c.state == PostState.PUBLISHED
    query = query.where(p.kind == PostKind.ANSWER, state)
    if scope.language is not None:
        query = query.where(p.language == scope.language)
    if scope.category_id is None:
        return query.select_from(_post)
    joined = _post.join(_question, _question.c.id == p.question_id)
    return query.select_from(joined).where(_question.c.category_id == scope.category_id)


def members() -> tuple[ColumnElement[bool], ...]:
    """The criteria on members: open accounts outside the team."""
    return _m.role.not_in(STAFF), _m.is_mask.is_(False), _m.closed_at.is_(None)


def pyramid(scope: Scope) -> tuple[list[Figure], Table]:
    """The steps of the pyramid, and who stayed. Two statements."""
    made = answers(scope)
    steps = [func.count().filter(made.c.count >= least) for least in STEPS]
    were_there = experienced(made)
    *counts, kept, were = db.session.execute(
        select(*steps, func.count().filter(*were_there, stays(made)), func.count().filter(*were_there))
        .select_from(made.join(Member.__table__, _m.id == made.c.author_id)).where(*members())
    ).one()  # fmt: skip
    everybody = db.session.scalar(select(func.count()).select_from(Member.__table__).where(*members())) or 0
    figures = [
        Figure(f"helpers-{least}", name, Unit.SHARE, share(count, everybody), _("Share of all open accounts outside the team that published so many answers in the last 90 days, whatever the period of the page."), f"helpers-{least}", of=(count, everybody), rises=True)
        for least, name, count in zip(STEPS, NAMES, counts, strict=True)
    ]  # fmt: skip
    figures.append(
        Figure("experienced-stay", _("Experienced members who stay"), Unit.SHARE, share(kept, were), _("Of the members of rank 3 and above who answered in the 90 days before the last 90: the share that answered in the last 90 days too."), "experienced-stay", of=(kept, were), rises=True)
    )  # fmt: skip
    table = Table(
        "pyramid", _("Who contributes"),
        _("Members by how many answers they published in the last 90 days, as a share of all open accounts outside the team."),
        (_("Members"), _("How many"), _("Proportion")), (Unit.COUNT, Unit.SHARE),
        [(name, count, share(count, everybody)) for name, count in zip(NAMES, counts, strict=True)],
        whats=tuple(f"helpers-{least}" for least in STEPS),
    )  # fmt: skip
    return figures, table


NAMES = (_("One answer or more"), _("Ten answers or more"), _("A hundred answers or more"))
