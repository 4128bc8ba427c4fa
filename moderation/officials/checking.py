"""An official answer gets its day when it is published; when the day comes the team reads it again (§C3: 12 months)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell
from common import audit, clock, settings
from common.db import db, insert_once, not_by_index, update_where
from common.errors import NotFound
from common.i18n import _, n_
from common.lists import EPOCH, Page, mark, read_mark
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.escalation import casework
from moderation.escalation.permissions import can_see_cases, can_work
from moderation.officials.models import OfficialCheck

settings.define(
    "escalation.official_months", 12, unit=_("months"), low=0, high=120,
    help=_("Months after which an official answer is read again by the team; 0: it holds for good."),
)  # fmt: skip
MONTH = timedelta(days=365) / 12
A_PAGE = 30
_QUESTION = Question.__table__.alias()
"""Made once: an alias of so many columns takes longer to make than its rows to read."""


def register_all() -> None:
    """Make the kind of news known; called once by the package."""
    register(
        Kind(
            "official-check",
            lambda p: n_("%(count)s official answer should be read again.", "%(count)s official answers should be read again.", int(p.get("answers") or 1)),
            lambda _p: ("officials.index", {}), always=True, is_content=False, button=_("Read them"),
        )
    )  # fmt: skip


def until(now: datetime) -> datetime | None:
    """Until when an answer holds that is right now."""
    months = settings.get("escalation.official_months")
    return now + months * MONTH if months else None


def note_published(answer_id: int, question_id: int) -> None:
    """An official answer is published, inside the open unit of work; again is harmless."""
    insert_once(OfficialCheck, answer_id=answer_id, question_id=question_id, due_at=until(clock.now()))


def confirm(actor: Actor, answer_id: int, for_good: bool = False) -> None:
    """Say, having read it, that an answer is still right: it holds for as long again, or for good. Raises NotFound."""
    require(can_work(actor))
    with unit_of_work():
        due = None if for_good else until(clock.now())
        made = {"due_at": due, "checked_at": clock.now(), "checked_by_id": actor.member_id, "told_at": None}
        if not update_where(OfficialCheck, OfficialCheck.answer_id == answer_id, **made):
            raise NotFound()
        audit.write(actor, "official.checked", "post", answer_id, after=due)


def tell_due() -> int:
    """Tell the team once about the answers whose day has come; returns how many."""
    with unit_of_work():
        fresh = (*_standing(), OfficialCheck.due_at <= clock.now(), OfficialCheck.told_at.is_(None))
        ids = list(db.session.scalars(_query(OfficialCheck.answer_id).where(*fresh).limit(500)))
        if not ids:
            return 0
        update_where(OfficialCheck, OfficialCheck.answer_id.in_(ids), told_at=clock.now())
        for member_id in casework.agent_ids():
            tell(member_id, "official-check", f"official-check:{clock.now():%Y-%m-%d}", answers=len(ids))
    return len(ids)


def _query(*columns: Any) -> Any:
    """From the few checks to their answers and questions, never the other way round."""
    answer_id = not_by_index(OfficialCheck.answer_id)
    return (
        select(*columns)
        .select_from(OfficialCheck)
        .join(Post, Post.id == answer_id)
        .join(_QUESTION, _QUESTION.c.id == OfficialCheck.question_id)
        .where(_QUESTION.c.official_answer_id == answer_id)
    )


def _standing() -> tuple[Any, ...]:
    return (not_by_index(Post.state) == PostState.PUBLISHED,)


def due(actor: Actor, after: str | None = None) -> Page[dict]:
    """Official answers in view, the one whose day comes first first."""
    require(can_see_cases(actor))
    title = Question.__table__.alias()
    query = (
        select(OfficialCheck, Post.body, title.c.title, title.c.slug, Post.language)
        .select_from(OfficialCheck)
        .join(Post, Post.id == OfficialCheck.answer_id)
        .join(title, title.c.id == OfficialCheck.question_id)
        .where(
            *_standing(),
            title.c.official_answer_id == OfficialCheck.answer_id,
            OfficialCheck.due_at.is_not(None),
        )
        .order_by(OfficialCheck.due_at, OfficialCheck.answer_id)
        .limit(A_PAGE + 1)
    )
    if at := read_mark(after):
        moment = EPOCH + timedelta(microseconds=at[0])
        later = (OfficialCheck.due_at == moment) & (OfficialCheck.answer_id > at[1])
        query = query.where((OfficialCheck.due_at > moment) | later)
    rows = db.session.execute(query).all()
    now = clock.now()
    items = [
        {
            "answer_id": row.OfficialCheck.answer_id, "question_id": row.OfficialCheck.question_id, "title": row.title, "slug": row.slug,
            "language": row.language, "body": row.body, "due_at": row.OfficialCheck.due_at, "is_due": row.OfficialCheck.due_at <= now,
            "checked_at": row.OfficialCheck.checked_at,
        }
        for row in rows[:A_PAGE]
    ]  # fmt: skip
    last = rows[A_PAGE - 1].OfficialCheck if len(rows) > A_PAGE else None
    return Page(items, mark(last.due_at, last.answer_id) if last and last.due_at else None)


def due_count() -> int:
    """How many wait to be read again, for the rail."""
    waits = (*_standing(), OfficialCheck.due_at <= clock.now())
    return db.session.scalar(_query(func.count()).where(*waits)) or 0
