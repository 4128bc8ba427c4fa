"""A history is played: questions are asked and answered at their own times, and the real sweep runs in between.

The clock is moved, the functions are those of the running product (``laddering.start``, ``settle``, ``sweep``). Needs a
database of its own, filled by an importer; writes its ladders there. Sends nothing: no job is ever run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge

from sqlalchemy import func, select

from common import clock
from common.db import db, update_where
from common.quantiles import median, quantile
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.escalation import clocks, laddering
from moderation.escalation.models import Ladder, StageRow
from moderation.escalation.rules import STAGES, Priority, Stage
from moderation.escalation.sla_rules import Metric, Standing

AFTER_THE_END = timedelta(days=14)
"""How long the clock runs on after the last question, so that the last ladders come to their end."""

Tick = Callable[[int], None]


@dataclass
class StageFigures:
    """One stage: how many questions reached it, their share, and how late the clock recorded it, in seconds."""

    reached: int = 0
    share: float = 0.0
    late_median_s: float = 0.0
    late_max_s: float = 0.0


@dataclass
class Figures:
    """What a replay found. Hours are elapsed time from publication; shares are of all questions played."""

    policy: str
    every_s: int
    questions: int = 0
    answers: int = 0
    first_at: str = ""
    last_at: str = ""
    priorities: dict[str, int] = field(default_factory=dict)
    safety: int = 0
    stages: dict[str, StageFigures] = field(default_factory=dict)
    peer_before_staff: int = 0
    peer_before_staff_share: float = 0.0
    staff_told: int = 0
    staff_told_hours_median: float | None = None
    staff_told_hours_p90: float | None = None
    peer_after_staff_told: int = 0
    never_answered: int = 0
    never_due: int = 0
    reply_kept: int = 0
    reply_late: int = 0
    sweeps: int = 0
    failed: int = 0

    def as_json(self) -> dict:
        """Plain values for the last line of the command."""
        return asdict(self)


def play(every: int, policy: str, tick: Tick = lambda _count: None) -> Figures:
    """Play everything in the open database; the sweep comes every so many seconds. Leaves the clock running freely."""
    figures = Figures(policy=policy, every_s=every)
    _forget_what_came_later()
    last = None
    try:
        for at, kind, question_id in _events():
            figures.sweeps += _sweep_until(at, every)
            clock.travel(at)
            if kind is PostKind.QUESTION:
                laddering.start(question_id)
                last = at
            else:
                laddering.settle(question_id)
            figures.questions += kind is PostKind.QUESTION
            figures.answers += kind is PostKind.ANSWER
            tick(1)
        if last is not None:
            figures.sweeps += _sweep_until(last + AFTER_THE_END, every)
            clock.travel(last + AFTER_THE_END)
            _count(figures)
    finally:
        clock.reset()
    return figures


def size() -> int:
    """How many questions and answers there are to play."""
    published = (Post.state == PostState.PUBLISHED, Post.kind.in_((PostKind.QUESTION, PostKind.ANSWER)))
    return db.session.scalar(select(func.count(Post.id)).where(*published)) or 0


def _forget_what_came_later() -> None:
    """A question does not know at its start how many will read and share it; and nobody has ranks to weigh."""
    with unit_of_work():
        update_where(Question, Question.id.is_not(None), me_too_count=0, view_count=0)


def _events() -> Iterator[tuple[datetime, PostKind, int]]:
    """Questions and answers in the order they were published; an answer older than its question comes right after it."""
    questions_at = db.session.execute(
        select(Post.id, Post.published_at).where(
            Post.kind == PostKind.QUESTION,
            Post.state == PostState.PUBLISHED,
        )
    )
    asked = {question_id: at for question_id, at in questions_at if at is not None}
    given = db.session.execute(
        select(Post.question_id, Post.published_at).where(
            Post.kind == PostKind.ANSWER,
            Post.state == PostState.PUBLISHED,
            Post.question_id.in_(select(Question.id)),
        )
    ).all()
    db.session.rollback()
    questions = sorted((at, 0, question_id) for question_id, at in asked.items())
    answers = sorted(
        (max(at, asked[question_id]), 1, question_id)
        for question_id, at in given
        if at is not None and question_id in asked
    )
    for at, order, question_id in merge(questions, answers):
        yield at, PostKind.ANSWER if order else PostKind.QUESTION, question_id


def _sweep_until(until: datetime, every: int) -> int:
    """Let the clock's worker come at its times, up to a moment; times at which nothing is due are left out."""
    sweeps = 0
    while True:
        due = db.session.scalar(select(func.min(Ladder.due_at)))
        db.session.rollback()
        if due is None:
            return sweeps
        comes_at = _next_round(max(due, clock.now()) if sweeps else due, every)
        if comes_at > until:
            return sweeps
        clock.travel(comes_at)
        laddering.sweep()
        sweeps += 1


def _next_round(moment: datetime, every: int) -> datetime:
    """The first time at or after a moment at which the worker comes."""
    seconds = -(-moment.timestamp() // every) * every
    return datetime.fromtimestamp(seconds, UTC)


# --- counting -------------------------------------------------------------------------------------------------------


def _count(figures: Figures) -> None:
    ladders = list(db.session.scalars(select(Ladder).order_by(Ladder.started_at)))
    rows = list(
        db.session.execute(
            select(StageRow.question_id, StageRow.stage, StageRow.due_at, StageRow.recorded_at)
        )
    )
    figures.first_at, figures.last_at = ladders[0].started_at.isoformat(), ladders[-1].started_at.isoformat()
    priorities = Counter(ladder.priority for ladder in ladders)
    figures.priorities = {priority.value: priorities[priority] for priority in Priority}
    figures.safety = sum(ladder.is_danger for ladder in ladders)
    figures.failed = sum(ladder.failure_count > 0 for ladder in ladders)
    for stage in STAGES:
        late = [(row.recorded_at - row.due_at).total_seconds() for row in rows if row.stage is stage]
        share = round(len(late) / len(ladders), 4)
        figures.stages[stage.value] = StageFigures(
            len(late), share, median(late) or 0.0, max(late, default=0.0)
        )
    _count_staff(
        figures, ladders, {row.question_id: row.recorded_at for row in rows if row.stage is Stage.STAFF}
    )
    _count_promises(figures, ladders)


def _count_staff(figures: Figures, ladders: list[Ladder], told: dict[int, datetime]) -> None:
    waits = sorted(
        (told[one.question_id] - one.started_at).total_seconds() / 3600
        for one in ladders
        if one.question_id in told
    )
    answered = {one.question_id for one in ladders if one.answered_at is not None}
    figures.staff_told = len(waits)
    if waits:
        figures.staff_told_hours_median = round(median(waits) or 0, 2)
        figures.staff_told_hours_p90 = round(quantile(waits, 90) or 0, 2)
    figures.peer_before_staff = sum(
        one.question_id in answered and one.question_id not in told for one in ladders
    ) + sum(
        one.answered_at is not None and told.get(one.question_id, one.answered_at) > one.answered_at
        for one in ladders
    )
    figures.peer_before_staff_share = round(figures.peer_before_staff / len(ladders), 4)
    figures.peer_after_staff_told = sum(
        one.question_id in told and one.answered_at is not None and one.answered_at >= told[one.question_id]
        for one in ladders
    )
    figures.never_answered = sum(one.question_id not in answered for one in ladders)
    figures.never_due = sum(
        one.question_id not in answered and one.question_id not in told for one in ladders
    )


def _count_promises(figures: Figures, ladders: list[Ladder]) -> None:
    """The promised first reply by anybody, as the policy counts it."""
    for ladder in ladders:
        reading = clocks.reading_of(ladder, Metric.FIRST_REPLY_ANY)
        if reading is not None and reading.standing is Standing.MET:
            figures.reply_kept += 1
        elif reading is not None and reading.standing in (Standing.MISSED, Standing.BREACHED):
            figures.reply_late += 1
