"""The lines behind a figure, a part at a time, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from accounts.members.queries import cards
from common import i18n
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.browsing.queries import categories_by_id
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from moderation.dashboard.listing.known import LISTS, Lines
from moderation.dashboard.permissions import can_see_dashboard
from moderation.dashboard.reading import Scope, dates_to_now
from moderation.review.rules import ItemType
from moderation.review.wording import TYPES
from rewards.trials.models import Trial

SIZE = 50
GONE: Sentence = _("A question that is gone")
SOMETHING: Sentence = _("A guide, an article or an incident")


@dataclass(frozen=True, slots=True)
class Line:
    """A line: where it leads (endpoint and values; nowhere where the page is not to be read), its category, its moment, and the
    seconds that its kind of list shows."""

    id: int
    title: Sentence | str
    link: tuple[str, dict[str, Any]] | None
    category: str
    at: datetime
    seconds: tuple[int | None, ...] = ()


def count(actor: Actor, what: str, scope: Scope) -> int:
    """How many lines a list has."""
    require(can_see_dashboard(actor))
    return db.session.scalar(select(func.count()).select_from(_found(what, scope).subquery())) or 0


def lines(actor: Actor, what: str, scope: Scope, after: str | None, size: int = SIZE) -> Page[Line]:
    """Its lines, the latest first. Two statements."""
    require(can_see_dashboard(actor))
    found = _found(what, scope).subquery()
    rows = list(db.session.execute(keyset(select(found), found.c.at, found.c.id, after, size)))
    page = page_of(rows, size, lambda row: (row.at, row.id))
    return Page(_SHOW[LISTS[what].lines](page.items), page.next)


def _found(what: str, scope: Scope) -> Select[Any]:
    return LISTS[what].find(scope, dates_to_now(scope))


def _questions(numbers: Sequence[int | None]) -> dict[int | None, Any]:
    """Threads by the number of their question or of a post in them."""
    post, question = Post.__table__.c, Question.__table__.c
    thread = func.coalesce(post.question_id, post.id)
    wanted = {one for one in numbers if one is not None}
    rows = db.session.execute(
        select(post.id, question.id.label("thread"), question.title, question.slug, question.category_id, post.state)
        .select_from(Post.__table__.join(Question.__table__, question.id == thread))
        .where(post.id.in_(wanted))
    )  # fmt: skip
    return {row.id: row for row in rows}


def _link(row: Any) -> tuple[str, dict[str, Any]] | None:
    if row is None or row.state != PostState.PUBLISHED:
        return None
    return "questions.show", {"id": row.thread, "slug": row.slug}


def _place(row: Any) -> str:
    known = categories_by_id().get(row.category_id if row is not None else 0)
    return str(known.name) if known else ""


def _of_questions(rows: Sequence[Any]) -> list[Line]:
    known = _questions([row.id for row in rows])
    return [
        Line(
            row.id, known[row.id].title, _link(known[row.id]), _place(known[row.id]), row.at,
            (row.first_seconds, row.solved_seconds),
        )
        for row in rows
    ]  # fmt: skip


def _of_events(rows: Sequence[Any]) -> list[Line]:
    known = _questions([row.about for row in rows])
    made = []
    for row in rows:
        thread = known.get(row.about)
        title = thread.title if thread is not None else GONE if row.about else SOMETHING
        made.append(Line(row.id, title, _link(thread), _place(thread), row.at))
    return made


def _of_cases(rows: Sequence[Any]) -> list[Line]:
    known = _questions([row.about for row in rows])
    return [
        Line(row.id, f"E-{row.id} {known[row.about].title}", ("escalation.show", {"case_id": row.id}), _place(known[row.about]), row.at)
        for row in rows
    ]  # fmt: skip


def _of_items(rows: Sequence[Any]) -> list[Line]:
    known = _questions([row.about for row in rows])
    made = []
    for row in rows:
        title = "–" if row.item_id is None else f"#R-{row.item_id} {TYPES[ItemType(row.kind)]} · P{row.klass}"
        link = None if row.item_id is None else ("review.history", {"id": row.item_id})
        made.append(Line(row.id, title, link, _place(known.get(row.about)), row.at, (row.waited,)))
    return made


def _of_members(rows: Sequence[Any]) -> list[Line]:
    people = cards(row.id for row in rows)
    return [Line(row.id, people[row.id].name, ("desk.member", {"id": row.id}), "", row.at) for row in rows]


def _of_trials(rows: Sequence[Any]) -> list[Line]:
    found = db.session.scalars(select(Trial).where(Trial.id.in_({row.trial_id for row in rows})))
    titles = {one.id: one.text("title", i18n.language()) for one in found}
    return [
        Line(row.id, titles[row.trial_id], ("trial_desk.show", {"id": row.trial_id}), "", row.at)
        for row in rows
    ]


def _of_guides(rows: Sequence[Any]) -> list[Line]:
    known = categories_by_id()
    return [
        Line(row.id, row.title, ("guides.show", {"id": row.id, "slug": row.slug}), known[row.category_id].name, row.at)
        for row in rows
    ]  # fmt: skip


_SHOW = {
    Lines.QUESTIONS: _of_questions, Lines.EVENTS: _of_events, Lines.CASES: _of_cases, Lines.ITEMS: _of_items,
    Lines.MEMBERS: _of_members, Lines.TRIALS: _of_trials, Lines.GUIDES: _of_guides,
}  # fmt: skip
HEADS: dict[Lines, tuple[Sentence, ...]] = {
    Lines.QUESTIONS: (_("Question"), _("Category"), _("Asked"), _("First reply after"), _("Solved after")),
    Lines.EVENTS: (_("Question"), _("Category"), _("When")),
    Lines.CASES: (_("Case"), _("Category"), _("When")),
    Lines.ITEMS: (_("Item"), _("Category"), _("When"), _("Waited")),
    Lines.MEMBERS: (_("Member"), "", _("Joined")),  # type: ignore[dict-item]
    Lines.GUIDES: (_("Guide"), _("Category"), _("Published")),
    Lines.TRIALS: (_("Product trial"), "", _("When")),  # type: ignore[dict-item]
}
"""The heads of the columns; members and product trials have no category."""
