"""What happened to a question, as far as the ladder depends on it and the rules do not: read from the history.

Answers, solutions, closings, "me too" and what people did with its case at their own moments. Where a moment is not
kept, the present state counts: texts taken away since are not there, ranks and texts are those of today, views are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, select

from accounts.masks.queries import person_of
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.db import db
from forum.categories.models import Category
from forum.products.models import Product
from forum.questions.models import MeToo, Post, Question
from forum.questions.rules import AnswerFacts, PostKind, PostState, ReplyKind, is_valid_answer
from moderation.escalation.casework import ESCALATED
from moderation.escalation.clocks import BODY_READ, MOST_ANSWERS, Reply, Thread, come_to
from moderation.escalation.models import Case, CaseEvent, Ladder, SlaEvent, StageRow
from moderation.escalation.rules import Priority, Stage
from moderation.escalation.sla_rules import Event, Metric, SlaType


class What(StrEnum):
    """What can happen, in the order in which things of the same moment count."""

    BEGUN = "begun"
    RESUME = "resume"
    AGAIN = "again"
    TAKEN = "taken"
    FREED = "freed"
    CALLED = "called"
    HANDED = "handed"
    PRIORITY = "priority"
    SETTLE = "settle"
    REST = "rest"
    LEFT = "left"
    ME_TOO = "me_too"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened; ``detail`` is a priority, the cause of a new cycle, or who took a case or was given it by
    somebody (nobody: the clock named them)."""

    at: datetime
    what: What
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A valid answer and when it was there."""

    at: datetime
    reply: Reply


@dataclass(frozen=True, slots=True)
class Said:
    """What a question said of itself at a moment."""

    author_id: int | None
    accepted_answer_id: int | None
    self_solved_at: datetime | None
    unsolved_at: datetime | None
    private_at: datetime | None
    duplicate_of_id: int | None
    incident_at: datetime | None
    incident_over_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """A question with its history. ``owed``: the events of next replies and news, which come of work on its case; ``cases``:
    the cycles in which there was one."""

    id: int
    asked_at: datetime
    title: str
    body: str
    category_id: int
    category: str
    product_id: int | None
    product: str
    language: str
    rank: int
    reach: int
    cleared: frozenset[str]
    has_asker: bool
    asker_left_at: datetime | None
    said: Said
    accepted_at: datetime | None
    answers: tuple[Given, ...]
    asked_before: tuple[datetime, ...]
    me_toos: tuple[tuple[datetime, datetime | None], ...]
    happenings: tuple[Happening, ...]
    owed: Mapping[tuple[int, Metric, int], tuple[Event, ...]]
    cases: frozenset[int] = frozenset()

    @property
    def began_at(self) -> datetime:
        """When its clock began: as it was noted, else with its publication."""
        return next((one.at for one in self.happenings if one.what is What.BEGUN), self.asked_at)

    def thread_at(self, now: datetime) -> Thread:
        """What it had come to by then."""

        def by(moment: datetime | None) -> datetime | None:
            return moment if moment is not None and moment <= now else None

        said, since = self.said, by(self.said.unsolved_at)
        replies = [one.reply for one in self.answers if one.at <= now and (since is None or one.at > since)]
        known = Said(
            said.author_id, said.accepted_answer_id if by(self.accepted_at) else None, by(said.self_solved_at), since,
            by(said.private_at), said.duplicate_of_id if by(said.closed_at or self.asked_at) else None,
            by(said.incident_at), by(said.incident_over_at), by(said.closed_at),
        )  # fmt: skip
        return come_to(known, replies, now)

    def team_reply_since(self, since: datetime, now: datetime) -> Reply | None:
        """The team's first answer after a moment."""
        return next((one.reply for one in self.answers if since < one.at <= now and one.reply.by_staff), None)

    def me_too_count(self, now: datetime) -> int:
        """How many members had said by then that they have the same question."""
        return sum(given <= now and (gone is None or gone > now) for given, gone in self.me_toos)


# --- reading ----------------------------------------------------------------------------------------------------------


def in_window(since: datetime, until: datetime) -> tuple[Any, ...]:
    """The criteria of the questions of a time."""
    return (
        Post.kind == PostKind.QUESTION, Post.state == PostState.PUBLISHED, Post.published_at >= since, Post.published_at <= until,
    )  # fmt: skip


def size(since: datetime, until: datetime) -> int:
    """How many questions a time has."""
    return db.session.scalar(select(func.count(Post.id)).where(*in_window(since, until))) or 0


def newest() -> datetime | None:
    """When the last question was published."""
    mine = (Post.kind == PostKind.QUESTION, Post.state == PostState.PUBLISHED)
    return db.session.scalar(select(func.max(Post.published_at)).where(*mine))


def read(since: datetime, until: datetime, after: int, limit: int) -> list[Story]:
    """The next questions of a time, by id. Eight statements, however many questions."""
    rows = db.session.execute(
        select(Question, Member.rank, Member.id.label("asker_id"), Member.closed_at.label("left_at"), Category.key.label("category"),
               Product.key.label("product"), Ladder.reach, Ladder.cleared_words)
        .select_from(Question)
        .outerjoin(Member, Member.id == person_of(Question.author_id))
        .join(Category, Category.id == Question.category_id)
        .outerjoin(Product, Product.id == Question.product_id)
        .outerjoin(Ladder, Ladder.question_id == Question.id)
        .where(*in_window(since, until), Question.id > after)
        .order_by(Question.id)
        .limit(limit)
    ).all()  # fmt: skip
    ids = [row.Question.id for row in rows]
    answers, me_toos, before = _answers(ids), _me_toos(ids), _asked_before(rows)
    (done, cases), owed = _done_by_people(ids), _owed(ids)
    return [
        _story(
            row, answers.get(row.Question.id, []), tuple(me_toos.get(row.Question.id, ())), before.get(row.Question.id, ()),
            done.get(row.Question.id, []), owed.get(row.Question.id, {}), cases.get(row.Question.id, ()),
        )
        for row in rows
    ]  # fmt: skip


def _story(
    row: Any,
    given: list[Any],
    me_toos: tuple[Any, ...],
    before: tuple[datetime, ...],
    done: list[Happening],
    owed: Any,
    cases: Iterable[int],
) -> Story:
    asked = row.Question
    answers = tuple(_given(one, asked) for one in given if _counts(one, asked.author_id))
    accepted_at = asked.accepted_at or max((one.at for one in answers), default=None)
    said = Said(
        asked.author_id, asked.accepted_answer_id, asked.self_solved_at, asked.unsolved_at, asked.private_at,
        asked.duplicate_of_id, asked.incident_at, asked.incident_over_at, asked.closed_at,
    )  # fmt: skip
    moments = [
        accepted_at if asked.accepted_answer_id else None, said.self_solved_at, said.unsolved_at, said.private_at, said.incident_at,
        said.incident_over_at, said.closed_at, *(one.at for one in answers),
    ]  # fmt: skip
    happenings = [Happening(max(at, asked.published_at), What.SETTLE) for at in moments if at is not None]
    happenings += [Happening(at, What.ME_TOO) for pair in me_toos for at in pair if at is not None]
    if asked.left_at is not None:
        happenings.append(Happening(asked.left_at, What.LEFT))
    order = list(What)
    return Story(
        asked.id, asked.published_at, asked.title, asked.body, asked.category_id, row.category, asked.product_id, row.product or "",
        asked.language, row.rank or 0, row.reach or 0, frozenset(row.cleared_words or ()), row.asker_id is not None, row.left_at,
        said, accepted_at, answers, before, me_toos,
        tuple(sorted({*happenings, *done}, key=lambda one: (one.at, order.index(one.what)))),
        {key: tuple(events) for key, events in owed.items()}, frozenset(cases),
    )  # fmt: skip


def _counts(row: Any, asker_id: int | None) -> bool:
    facts = AnswerFacts(row.author_id, PostState.PUBLISHED, row.body, reply=ReplyKind(row.reply_kind))
    return bool(row.is_official) or is_valid_answer(facts, asker_id)


def _given(row: Any, asked: Question) -> Given:
    at = max(row.published_at, asked.published_at or row.published_at)
    return Given(at, Reply(row.id, row.author_id, bool(row.is_official) or row.role in STAFF))


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.question_id, []).append(row)
    return found


def _answers(ids: Sequence[int]) -> dict[int, list[Any]]:
    """Published answers that readers did not reject, oldest first, as the running clock reads them."""
    rows = db.session.execute(
        select(
            Post.question_id, Post.id, Post.author_id, Post.is_official, Post.reply_kind, Post.published_at, Member.role,
            func.substr(Post.body, 1, BODY_READ).label("body"),
        )
        .outerjoin(Member, Member.id == Post.author_id)
        .where(
            Post.question_id.in_(ids), Post.kind == PostKind.ANSWER, Post.state == PostState.PUBLISHED,
            Post.kudos_count >= Post.downvote_count,
        )
        .order_by(Post.published_at, Post.id)
    )  # fmt: skip
    return {one: found[:MOST_ANSWERS] for one, found in _grouped(rows).items()}


def _me_toos(ids: Sequence[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    query = select(MeToo.question_id, MeToo.given_at, MeToo.withdrawn_at).where(MeToo.question_id.in_(ids))
    rows = db.session.execute(query.order_by(MeToo.given_at, MeToo.id))
    return {one: [(row.given_at, row.withdrawn_at) for row in found] for one, found in _grouped(rows).items()}


def _asked_before(rows: Sequence[Any]) -> dict[int, tuple[datetime, ...]]:
    """When the same author had asked in the same category before."""
    authors = {row.Question.author_id for row in rows} - {None}
    post, filed = Post.__table__, Question.__table__
    mine = db.session.execute(
        select(post.c.id, post.c.author_id, post.c.published_at, filed.c.category_id)
        .join(filed, filed.c.id == post.c.id)
        .where(post.c.author_id.in_(authors), post.c.state == PostState.PUBLISHED)
    ).all()
    by: dict[tuple[int, int], list[Any]] = {}
    for one in mine:
        by.setdefault((one.author_id, one.category_id), []).append(one)
    return {
        row.Question.id: tuple(
            one.published_at for one in by.get((row.Question.author_id, row.Question.category_id), ()) if one.id < row.Question.id
        )
        for row in rows
    }  # fmt: skip


_DONE = {
    "taken": What.TAKEN, "assigned": What.TAKEN, "released": What.FREED, "unopened": What.FREED, "returned": What.FREED,
    ESCALATED: What.HANDED,
}  # fmt: skip


def _done_by_people(ids: Sequence[int]) -> tuple[dict[int, list[Happening]], dict[int, set[int]]]:
    """What people did with the clocks and cases of these questions, and the cycles that had a case."""
    found: dict[int, list[Happening]] = {}
    worked, cases = _worked(ids)
    for question_id, happening in (*_begun_and_rested(ids), *_called(ids), *worked):
        found.setdefault(question_id, []).append(happening)
    return found, cases


def _begun_and_rested(ids: Sequence[int]) -> Iterator[tuple[int, Happening]]:
    """Where a cycle began, rested and went on, and where somebody set the priority."""
    events = db.session.execute(
        select(
            SlaEvent.question_id, SlaEvent.cycle, SlaEvent.metric, SlaEvent.type, SlaEvent.at, SlaEvent.source, SlaEvent.priority
        )
        .where(
            SlaEvent.question_id.in_(ids), SlaEvent.instance == 1,
            SlaEvent.metric.in_((Metric.FIRST_REPLY_ANY, Metric.RESOLUTION)),
        )
        .order_by(SlaEvent.id)
    )  # fmt: skip
    linked = ("linked/", "unlinked/")
    for row in events:
        if row.type is SlaType.ACTIVATE and row.metric is Metric.FIRST_REPLY_ANY:
            what = What.AGAIN if row.cycle > 1 else What.BEGUN
            yield row.question_id, Happening(row.at, what, row.source)
        elif row.type is SlaType.RETARGET and row.source.startswith("set:"):
            yield row.question_id, Happening(row.at, What.PRIORITY, Priority(row.priority).value)
        elif row.type in (SlaType.PAUSE, SlaType.RESUME) and not row.source.startswith(linked):
            what = What.REST if row.type is SlaType.PAUSE else What.RESUME
            yield row.question_id, Happening(row.at, what)


def _called(ids: Sequence[int]) -> Iterator[tuple[int, Happening]]:
    """Where somebody passed the question to the team by hand."""
    called = select(StageRow.question_id, StageRow.due_at).where(
        StageRow.question_id.in_(ids), StageRow.stage == Stage.STAFF, StageRow.cause.like("member:%")
    )
    for question_id, due in db.session.execute(called):
        yield question_id, Happening(due, What.CALLED)


def _worked(ids: Sequence[int]) -> tuple[list[tuple[int, Happening]], dict[int, set[int]]]:
    """What was done with cases, and the cycles that had one."""
    lines = (
        select(Case.question_id, Case.cycle, CaseEvent.kind, CaseEvent.at, CaseEvent.actor_id, CaseEvent.subject_id)
        .outerjoin(CaseEvent, and_(CaseEvent.case_id == Case.id, CaseEvent.kind.in_(_DONE)))
        .where(Case.question_id.in_(ids))
        .order_by(CaseEvent.id)
    )  # fmt: skip
    done: list[tuple[int, Happening]] = []
    cases: dict[int, set[int]] = {}
    for question_id, cycle, kind, at, actor_id, subject_id in db.session.execute(lines):
        cases.setdefault(question_id, set()).add(cycle)
        if kind is not None:
            done.append((question_id, Happening(at, _DONE[kind], _who(kind, actor_id, subject_id))))
    return done, cases


def _who(kind: str, actor_id: int | None, subject_id: int | None) -> str:
    """Who took a case, was given it by somebody or lost it; with a minus who gave it back of their own."""
    if kind == "released":
        return f"-{actor_id}" if actor_id is not None else ""
    by_clock = actor_id is None and _DONE[kind] is What.TAKEN
    return str(subject_id) if subject_id is not None and not by_clock else ""


def _owed(ids: Sequence[int]) -> dict[int, dict[tuple[int, Metric, int], list[Event]]]:
    rows = db.session.execute(
        select(
            SlaEvent.question_id, SlaEvent.cycle, SlaEvent.metric, SlaEvent.instance, SlaEvent.type, SlaEvent.at, SlaEvent.priority
        )
        .where(SlaEvent.question_id.in_(ids), SlaEvent.metric.in_((Metric.NEXT_REPLY, Metric.PERIODIC_UPDATE)))
        .order_by(SlaEvent.id)
    )  # fmt: skip
    found: dict[int, dict[tuple[int, Metric, int], list[Event]]] = {}
    for row in rows:
        mine = found.setdefault(row.question_id, {}).setdefault((row.cycle, row.metric, row.instance), [])
        mine.append(Event(row.type, row.at, row.priority))
    return found
