"""Reads of incidents: the one to tell somebody who asks, the public page, the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from accounts.members.queries import MemberCard, cards
from common import clock, i18n
from common.db import db
from common.freshness import Shelf, versions
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.asking import incidents as port
from forum.browsing.queries import categories_by_id
from forum.products.queries import product_card
from forum.questions.models import Question
from forum.questions.rules import PostState
from forum.solutions.rules import UNDECIDED
from moderation.incidents.declaring import OPEN_KEY, load
from moderation.incidents.models import Incident, IncidentFollower, IncidentQuestion, IncidentUpdate
from moderation.incidents.permissions import can_see_desk
from moderation.incidents.rules import OPEN, IncidentState, UpdateKind, concerns

MOST_OPEN = 50
CANDIDATES = 20
LINKED_SHOWN = 100
RECENT = timedelta(days=14)
A_PAGE = 30
STORY = 5
"""Lines of a story on the status page."""
_kept = Shelf(4)


# --- what somebody who asks is told -------------------------------------------------------------------------------


def open_incidents() -> Sequence[Incident]:
    """The open ones, the newest first; read once for each change."""
    return _kept.fetch(versions(OPEN_KEY), _open)[1:]


def _open() -> tuple[Any, ...]:
    query = select(Incident).where(Incident.state.in_(OPEN))
    found = list(db.session.scalars(query.order_by(Incident.id.desc()).limit(MOST_OPEN)))
    for one in found:
        db.session.expunge(one)
    return (True, *found)


def open_incident_about(_words: str, category_id: int | None, product_id: int | None) -> port.Incident | None:
    """The open incident somebody who asks this should know of: of the very product first, else of the category."""
    fitting = [
        (fit, one)
        for one in open_incidents()
        if (fit := concerns((one.category_id, one.product_id), category_id, product_id))
    ]
    if not fitting:
        return None
    return as_told(max(fitting, key=lambda pair: (pair[0], pair[1].id))[1], i18n.language())


def as_told(incident: Incident, language: str) -> port.Incident:
    """An incident in the forum's words."""
    newest = db.session.execute(
        select(IncidentUpdate.text_fr, IncidentUpdate.text_en)
        .where(IncidentUpdate.incident_id == incident.id, (IncidentUpdate.text_fr + IncidentUpdate.text_en) != "")
        .order_by(IncidentUpdate.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    words = in_language(newest.text_fr, newest.text_en, language)[0] if newest else ""
    address = f"/{language}/incidents/{incident.id}"
    return port.Incident(incident.title(language), words, incident.opened_at, address, incident.id)


def in_language(fr: str, en: str, language: str) -> tuple[str, str]:
    """A text and the language it is in: the reader's where there is one."""
    mine, other = (fr, en) if language == "fr" else (en, fr)
    return (mine, language) if mine or not other else (other, "en" if language == "fr" else "fr")


# --- pages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the story. ``language`` is that of its text."""

    kind: UpdateKind
    text: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """A question of the incident, or one that may be."""

    id: int
    title: str
    slug: str
    language: str
    me_too_count: int
    help_state: str
    at: datetime | None
    asker: MemberCard


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as its page shows it."""

    id: int
    title: str
    open: bool
    about: str
    opened_at: datetime
    resolved_at: datetime | None
    lines: tuple[Line, ...]
    question_count: int
    follower_count: int
    state: IncidentState
    cycle: int
    changed_at: datetime

    @property
    def public(self) -> bool:
        """Whether it was ever told."""
        return self.state != IncidentState.CONFIRMED and bool(self.lines)


def view(incident_id: int) -> IncidentView:
    """An incident for its page. Raises NotFound."""
    incident = load(incident_id)
    told = db.session.scalars(
        select(IncidentUpdate).where(IncidentUpdate.incident_id == incident_id).order_by(IncidentUpdate.id.desc()).limit(100)
    )  # fmt: skip
    here = i18n.language()
    lines = tuple(Line(one.kind, *in_language(one.text_fr, one.text_en, here), one.at) for one in told)
    return _view(incident, lines, *_counts([incident_id])[incident_id])


def told_lately() -> list[IncidentView]:
    """What is open, and what was over in the last two weeks, with their stories: the status page."""
    since = clock.now() - RECENT
    shown = Incident.state.in_(OPEN) | (
        Incident.state.in_((IncidentState.RESOLVED, IncidentState.CLOSED)) & (Incident.resolved_at > since)
    )
    query = (
        select(Incident).where(shown).order_by(Incident.resolved_at.is_not(None), Incident.changed_at.desc())
    )
    found = list(db.session.scalars(query.limit(MOST_OPEN)))
    ids, here = [one.id for one in found], i18n.language()
    told: dict[int, list[Line]] = {key: [] for key in ids}
    lines = (
        select(IncidentUpdate).where(IncidentUpdate.incident_id.in_(ids)).order_by(IncidentUpdate.id.desc())
    )
    for one in db.session.scalars(lines.limit(STORY * MOST_OPEN)):
        if len(told[one.incident_id]) < STORY:
            told[one.incident_id].append(Line(one.kind, *in_language(one.text_fr, one.text_en, here), one.at))
    counts = _counts(ids)
    return [_view(one, tuple(told[one.id]), *counts[one.id]) for one in found]


def _view(incident: Incident, lines: tuple[Line, ...], questions: int, followers: int) -> IncidentView:
    here = i18n.language()
    return IncidentView(
        incident.id, incident.title(here), incident.state in OPEN, _about(incident),
        incident.opened_at, incident.resolved_at, lines, questions, followers, incident.state, incident.cycle, incident.changed_at,
    )  # fmt: skip


def _about(incident: Incident) -> str:
    category = categories_by_id().get(incident.category_id or 0)
    product = product_card(incident.product_id)
    return " · ".join(one.name for one in (product, category) if one is not None)


def _counts(ids: list[int]) -> dict[int, tuple[int, int]]:
    def count(model: Any, *more: Any) -> dict[int, int]:
        query = select(model.incident_id, func.count()).where(model.incident_id.in_(ids), *more)
        return {row[0]: row[1] for row in db.session.execute(query.group_by(model.incident_id))}

    questions = count(IncidentQuestion, IncidentQuestion.ended_at.is_(None) | IncidentQuestion.was_over)
    followers = count(IncidentFollower)
    return {one: (questions.get(one, 0), followers.get(one, 0)) for one in ids}


def follows(actor: Actor, incident_id: int) -> bool:
    """Whether somebody said that it concerns them."""
    mine = (IncidentFollower.incident_id == incident_id, IncidentFollower.member_id == actor.member_id)
    return actor.signed_in and db.session.scalar(select(IncidentFollower.since).where(*mine)) is not None


def desk_page(actor: Actor, after: str = "") -> Page[IncidentView]:
    """All incidents, the newest first."""
    require(can_see_desk(actor))
    query = keyset(select(Incident), Incident.opened_at, Incident.id, after, A_PAGE)
    page = page_of(list(db.session.scalars(query)), A_PAGE, lambda one: (one.opened_at, one.id))
    counts = _counts([one.id for one in page.items])
    return Page([_view(one, (), *counts[one.id]) for one in page.items], page.next)


def linked_questions(actor: Actor, incident_id: int) -> list[Linked]:
    """The questions of an incident, the newest first."""
    require(can_see_desk(actor))
    of = IncidentQuestion
    query = questions_with(of.linked_at).join(of, of.question_id == Question.id)
    mine = (of.incident_id == incident_id, of.ended_at.is_(None))
    return rows_of(query.where(*mine).order_by(of.linked_at.desc(), Question.id.desc()).limit(LINKED_SHOWN))


def candidates(actor: Actor, incident_id: int) -> list[Linked]:
    """Recent questions of its product or category that nobody has solved: perhaps part of it."""
    require(can_see_desk(actor))
    incident = load(incident_id)
    about = (
        Question.product_id == incident.product_id
        if incident.product_id is not None
        else Question.category_id == incident.category_id
    )
    since = min(incident.opened_at, clock.now()) - RECENT
    fresh = (
        Question.published_at >= since,
        Question.help_state.in_(UNDECIDED),
        Question.incident_at.is_(None),
    )
    query = questions_with(Question.published_at).where(about, Question.state == PostState.PUBLISHED, *fresh)
    return rows_of(query.order_by(Question.published_at.desc(), Question.id.desc()).limit(CANDIDATES))


def questions_with(moment: Any) -> Select[Any]:
    """What lists of questions at the desk show; ``moment`` is the time beside each."""
    return select(
        Question.id, Question.title, Question.slug, Question.language, Question.me_too_count, Question.help_state,
        Question.author_id, moment.label("at"),
    )  # fmt: skip


def rows_of(query: Select[Any]) -> list[Linked]:
    """Such a list, with the people."""
    rows = db.session.execute(query).all()
    people = cards({row.author_id for row in rows})
    return [
        Linked(
            row.id, row.title, row.slug, row.language, row.me_too_count, str(row.help_state), row.at,
            people[row.author_id],
        )
        for row in rows
    ]  # fmt: skip


def of_question(question_id: int) -> Incident | None:
    """The incident a question belongs to, or belonged to until its end."""
    of = IncidentQuestion
    mine = (of.question_id == question_id, of.ended_at.is_(None) | of.was_over)
    query = select(Incident).join(of, of.incident_id == Incident.id).where(*mine)
    return db.session.scalar(query.order_by(of.linked_at.desc()).limit(1))
