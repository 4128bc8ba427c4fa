"""Reads of the board and of the unanswered, shaped for their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy import case as either

from accounts.members.queries import MemberCard, cards
from common import clock, i18n, settings
from common.db import db
from common.i18n import Sentence, _
from common.lists import EPOCH, Page, mark, read_mark
from common.permissions import Actor, require
from common.quantiles import median
from forum.categories.models import Category
from forum.questions.models import Question
from forum.questions.rules import PostState
from moderation.escalation import clocks
from moderation.escalation.casework import closest_due
from moderation.escalation.models import Case, CaseNote, Ladder, SlaEvent, SlaTerms
from moderation.escalation.permissions import can_see_cases
from moderation.escalation.policies import Policy, policy_of
from moderation.escalation.rules import COLUMN_OF, OPEN, UNASSIGNED, CaseState, Column, Priority, Stage
from moderation.escalation.sla_rules import Metric, Reading, SlaType, Standing, evaluate
from moderation.routing import queries as routing
from moderation.targets import promises

A_COLUMN = 50
"""Cards a column of the board shows; the rest stands in the list."""
A_LIST = 800
A_PAGE = 30
MONTH = timedelta(days=30)


# --- the board ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Countdown:
    """A promise as the board shows it: ``band`` is fine, soon, late or wait; ``percent`` 0 to 100; ``text`` in words."""

    band: str
    percent: int
    text: Sentence


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One case on the board."""

    id: int
    number: str
    question_id: int
    title: str
    slug: str
    language: str
    state: CaseState
    column: Column
    version: int
    category: str
    category_slug: str
    me_too_count: int
    answer_count: int
    is_danger: bool
    is_legal: bool
    priority: Priority
    countdown: Countdown
    assignee: MemberCard | None
    assignee_id: int | None
    note_count: int
    chips: tuple[tuple[Sentence, str], ...]
    due_at: datetime | None
    published_at: datetime | None
    opened_at: datetime
    is_unassigned: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The columns in order with their cards and totals, and what the day's promises look like."""

    columns: tuple[tuple[Column, Sentence, tuple[CaseCard, ...], int], ...]
    late_count: int
    soon_count: int
    open_count: int
    unassigned_count: int
    mine_count: int
    categories: tuple[tuple[str, str], ...]
    teams: tuple[tuple[int, str], ...]


COLUMN_NAMES = {
    Column.TO_TAKE: _("To take"),
    Column.IN_PROGRESS: _("In progress"),
    Column.WAITING: _("Waiting for the customer"),
    Column.ANSWERED: _("Answered today"),
}


def board(actor: Actor, scope: str = "all", order: str = "due", most: int = A_COLUMN) -> Board:
    """The board of a scope: ``all``, ``mine``, ``en`` (a language), ``in:`` and a category's slug, or ``team:`` and its id.
    ``most``: cards that a column shows."""
    require(can_see_cases(actor))
    found = case_cards(_on_board(), limit=A_LIST)
    chosen = [card for card in found if _in_scope(card, scope, actor)]
    if scope.startswith("team:"):
        theirs = routing.of_team([card.id for card in chosen], scope.removeprefix("team:"))
        chosen = [card for card in chosen if card.id in theirs]
    chosen.sort(key=_by_me_too if order == "followed" else _by_due)
    columns = []
    for column in Column:
        mine = [card for card in chosen if card.column is column]
        columns.append((column, COLUMN_NAMES[column], tuple(mine[:most]), len(mine)))
    live = [card for card in found if card.state in OPEN]
    now = clock.now()
    return Board(
        columns=tuple(columns),
        late_count=sum(card.countdown.band == "late" for card in live),
        soon_count=sum(
            card.due_at is not None and now < card.due_at <= now + timedelta(hours=1) for card in live
        ),
        open_count=len(live),
        unassigned_count=sum(card.is_unassigned for card in live),
        mine_count=sum(card.assignee_id == actor.member_id for card in live),
        categories=tuple(
            sorted({(card.category_slug, card.category) for card in live}, key=lambda one: one[1])
        ),
        teams=tuple(routing.names()),
    )


def _on_board() -> ColumnElement[bool]:
    today = i18n.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    done = and_(Case.state.in_((CaseState.ANSWERED, CaseState.RESOLVED)), Case.answered_at >= today)
    return or_(Case.state.in_(OPEN), done)


def _in_scope(card: CaseCard, scope: str, actor: Actor) -> bool:
    if scope == "mine":
        return card.assignee_id == actor.member_id
    if scope in i18n.LANGUAGES:
        return card.language == scope
    if scope.startswith("in:"):
        return card.category_slug == scope[3:]
    return True


def _by_due(card: CaseCard) -> tuple:
    return (
        not (card.is_danger and card.is_unassigned),
        card.due_at or card.opened_at + timedelta(days=9999),
        card.id,
    )


def _by_me_too(card: CaseCard) -> tuple:
    return (-card.me_too_count, *_by_due(card))


def case_cards(criterion: Any, limit: int) -> list[CaseCard]:
    """Cases as cards, the ones due first first; a fixed number of queries whatever their number."""
    rows = db.session.execute(
        select(Case, Ladder, Question.title, Question.slug, Question.language, Question.me_too_count,
               Question.answer_count, Question.published_at, Question.accepted_answer_id, Category, SlaTerms)
        .join(Ladder, Ladder.question_id == Case.question_id)
        .join(Question, Question.id == Case.question_id)
        .join(Category, Category.id == Question.category_id)
        .join(SlaTerms, SlaTerms.id == Ladder.terms_id)
        .where(criterion)
        .order_by(*closest_due())
        .limit(limit)
    ).all()  # fmt: skip
    people = cards(row.Case.assignee_id for row in rows)
    notes = _note_counts([row.Case.id for row in rows])
    events = promises.of_many([(row.Case.question_id, row.Case.cycle) for row in rows])
    return [_card(row, people, notes, events) for row in rows]


def _card(
    row: Any, people: dict, notes: dict[int, int], events: Mapping[tuple[int, int], promises.Instances]
) -> CaseCard:
    case, ladder = row.Case, row.Ladder
    policy = policy_of(row.SlaTerms)
    reading = _reading(ladder, policy, events[case.question_id, case.cycle])
    return CaseCard(
        id=case.id, number=f"E-{case.id}", question_id=case.question_id, title=row.title, slug=row.slug,
        language=row.language, state=case.state, column=COLUMN_OF.get(case.state, Column.ANSWERED), version=case.version,
        category=row.Category.name(i18n.language()), category_slug=row.Category.slug, me_too_count=row.me_too_count,
        answer_count=row.answer_count, is_danger=ladder.is_danger, is_legal=ladder.is_legal, priority=case.priority,
        countdown=countdown(case.state, reading), assignee=people[case.assignee_id] if case.assignee_id else None,
        assignee_id=case.assignee_id, note_count=notes.get(case.id, 0), chips=_chips(case, row.accepted_answer_id),
        due_at=case.due_at, published_at=row.published_at, opened_at=case.opened_at,
        is_unassigned=case.state in UNASSIGNED,
    )  # fmt: skip


def countdown(state: CaseState, reading: Reading | None) -> Countdown:
    """The ring and the words of a promise, in working time."""
    if reading is None:
        return Countdown("wait", 0, _("no promise"))
    minutes = int(reading.worked.total_seconds() // 60)
    target = int(reading.target.total_seconds() // 60)
    if reading.standing is Standing.MET:
        return Countdown("fine", 100, _("met, %(time)s", time=i18n.duration(minutes)))
    if reading.standing is Standing.MISSED:
        return Countdown("late", 100, _("answered late, %(time)s", time=i18n.duration(minutes)))
    if reading.standing is Standing.CANCELLED or state not in OPEN:
        return Countdown("wait", 0, _("settled"))
    if state is CaseState.WAITING_ASKER:
        return Countdown("wait", 0, _("paused"))
    if reading.standing is Standing.BREACHED or minutes >= target:
        return Countdown("late", 100, _("overdue by %(time)s", time=i18n.duration(max(0, minutes - target))))
    left = _("%(time)s left", time=i18n.duration(target - minutes))
    return Countdown("soon" if reading.share >= 0.75 else "fine", round(100 * reading.share), left)


def _chips(case: Case, accepted_answer_id: int | None) -> tuple[tuple[Sentence, str], ...]:
    now = clock.now()
    if case.state in (CaseState.ANSWERED, CaseState.RESOLVED) and accepted_answer_id:
        return ((_("Solution accepted"), "ok"),)
    if case.state is CaseState.ANSWERED:
        return ((_("waits for the asker"), ""),)
    if case.state is CaseState.WAITING_INTERNAL:
        return ((_("colleagues asked"), ""),)
    if case.state is CaseState.WAITING_ASKER and case.waiting_since is not None:
        days = (now - case.waiting_since).days
        left = timedelta(hours=settings.get("escalation.remind_asker_hours")) - (now - case.waiting_since)
        if case.reminded_at is None and left <= timedelta(days=1):
            return ((_("reminded within a day"), ""),)
        if days >= 1:
            return ((_("no reply for %(time)s", time=i18n.duration(days * 1440)), "sun"),)
    return ()


def _note_counts(case_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(CaseNote.case_id, func.count().label("noted"))
        .where(CaseNote.case_id.in_(case_ids))
        .group_by(CaseNote.case_id)
    )
    return {row.case_id: row.noted for row in db.session.execute(query)} if case_ids else {}


def _reading(ladder: Ladder, policy: Policy, found: promises.Instances) -> Reading | None:
    """What the card's ring shows: what the team owes first, else how its first reply went."""
    if owed := promises.owed(ladder, policy, found):
        return owed[0]
    promise = policy.promise(Metric.FIRST_REPLY_STAFF, ladder.factor)
    kept = found.get((Metric.FIRST_REPLY_STAFF, 1), ())
    return evaluate(promise, kept, clock.now()) if promise is not None else None


# --- the figures above the board --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """Thirty days of promises: the share kept (0 to 1) and the median reply in working minutes; None without data."""

    kept: float | None
    median_minutes: int | None


def month(before: timedelta = timedelta(0)) -> Month:
    """The thirty days that ended ``before`` ago: cases whose team promise was decided then; one broken earlier
    was decided when it broke."""
    end = clock.now() - before
    counted = select(Question.id).where(
        Question.state == PostState.PUBLISHED, Question.duplicate_of_id.is_(None)
    )
    broken = SlaEvent.__table__.alias()
    earlier = exists().where(
        broken.c.question_id == SlaEvent.question_id, broken.c.cycle == SlaEvent.cycle, broken.c.metric == SlaEvent.metric,
        broken.c.type == SlaType.BREACH, broken.c.at <= end - MONTH,
    )  # fmt: skip
    window = (
        SlaEvent.metric == Metric.FIRST_REPLY_STAFF, SlaEvent.at > end - MONTH, SlaEvent.at <= end,
        SlaEvent.question_id.in_(counted),  # what is gone, merged or linked changes no figure (§C6)
    )  # fmt: skip
    flag = lambda type_: func.max(either((SlaEvent.type == type_, 1), else_=0))  # noqa: E731
    decided = (
        select(flag(SlaType.FULFIL).label("met"), flag(SlaType.BREACH).label("late"))
        .where(*window, SlaEvent.type.in_((SlaType.FULFIL, SlaType.BREACH)), ~earlier)
        .group_by(SlaEvent.question_id, SlaEvent.cycle)
        .subquery()
    )
    all_, late = db.session.execute(select(func.count(), func.sum(decided.c.late)).select_from(decided)).one()
    return Month(1 - (late or 0) / all_ if all_ else None, _median_reply(window))


def _median_reply(window: tuple) -> int | None:
    began = SlaEvent.__table__.alias()
    rows = db.session.execute(
        select(began.c.at.label("began"), SlaEvent.at.label("ended"), SlaTerms)
        .join(began, and_(began.c.question_id == SlaEvent.question_id, began.c.cycle == SlaEvent.cycle,
                          began.c.metric == SlaEvent.metric, began.c.type == SlaType.ACTIVATE))
        .join(Ladder, Ladder.question_id == SlaEvent.question_id)
        .join(SlaTerms, SlaTerms.id == Ladder.terms_id)
        .where(*window, SlaEvent.type == SlaType.FULFIL)
        .order_by(SlaEvent.id.desc())
        .limit(300)
    ).all()  # fmt: skip
    worked = [policy_of(row.SlaTerms).calendar.between(row.began, row.ended) for row in rows]
    middle = median(worked)
    return None if middle is None else round(middle.total_seconds() / 60)


# --- the unanswered -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question nobody has answered. ``day_left`` is what is left of its first 24 hours, in minutes (below 0: over)."""

    id: int
    title: str
    slug: str
    language: str
    category: str
    asked_at: datetime
    author: MemberCard
    me_too_count: int
    view_count: int
    priority: Priority
    is_danger: bool
    stage: Stage | None
    due_at: datetime | None
    day_left: int
    case_id: int | None


def unanswered(actor: Actor, after: str | None = None, size: int = A_PAGE) -> Page[Waiting]:
    """Questions without a valid answer, the one that waits longest first."""
    require(can_see_cases(actor))
    here = and_(Case.question_id == Ladder.question_id, Case.cycle == Ladder.cycle)
    query = (
        select(Ladder, Question.id, Question.title, Question.slug, Question.language, Question.author_id,
               Question.me_too_count, Question.view_count, Category, Case.id.label("case_id"))
        .join(Question, Question.id == Ladder.question_id)
        .join(Category, Category.id == Question.category_id)
        .outerjoin(Case, and_(here, Case.state.in_(OPEN)))
        .where(*clocks.without_answer(), Question.state == PostState.PUBLISHED)
        .order_by(Ladder.started_at, Ladder.question_id)
        .limit(size + 1)
    )  # fmt: skip
    if at := read_mark(after):
        began = EPOCH + timedelta(microseconds=at[0])
        query = query.where(
            or_(Ladder.started_at > began, and_(Ladder.started_at == began, Ladder.question_id > at[1]))
        )
    rows = db.session.execute(query).all()
    people = cards(row.author_id for row in rows)
    items = [_waiting(row, people) for row in rows[:size]]
    last = rows[size - 1] if len(rows) > size else None
    return Page(items, mark(last.Ladder.started_at, last.id) if last else None)


def _waiting(row: Any, people: dict) -> Waiting:
    ladder = row.Ladder
    left = ladder.started_at + timedelta(hours=24) - clock.now()
    return Waiting(
        id=row.id, title=row.title, slug=row.slug, language=row.language, category=row.Category.name(i18n.language()),
        asked_at=ladder.started_at, author=people[row.author_id], me_too_count=row.me_too_count,
        view_count=row.view_count, priority=ladder.priority, is_danger=ladder.is_danger, stage=ladder.stage,
        due_at=ladder.due_at, day_left=int(left.total_seconds() // 60), case_id=row.case_id,
    )  # fmt: skip
