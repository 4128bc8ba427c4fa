"""What became of each question, made anew from what happened to it. What is excluded (removed texts, duplicates, what
was merged, questions of the team) has no row (domain/escalation.md §C6)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, i18n
from common.db import db, insert_many, insert_once, update_where
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import AnswerFacts, HelpState, PostKind, PostState, ReplyKind, is_valid_answer
from moderation.calendars import contents, keeping
from moderation.calendars import rules as calendars
from moderation.dashboard.models import OutcomeCount, QuestionOutcome
from moderation.dashboard.rules import Reply, Rung, Solver, firsts, seconds
from moderation.escalation.models import Ladder, StageRow
from moderation.escalation.rules import Stage
from rewards.ranks.rules import SUPER_USER

log = logging.getLogger("fourmi.dashboard")
AT_ONCE = 500
NAMED = 50
"""Questions that differ and are named in the log."""
_READ = 1_000
"""Characters of an answer that are read to tell help from a thank-you; the forum reads as many."""
_post, _question, _asker = Post.__table__, Question.__table__, Member.__table__.alias("asker")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a count has come: the last question it has looked at, how many count, how many differ from the forum's own
    counters of the same; ``finished`` when none is left."""

    after: int = 0
    counted: int = 0
    differing: int = 0
    finished: bool = False


def recount(active_since: datetime | None = None) -> tuple[int, int]:
    """Count questions anew, part after part: all, or those where something happened since. Returns how many count, and how
    many differ."""
    so_far = Progress()
    while not so_far.finished:
        so_far = part(so_far, active_since)
    return so_far.counted, so_far.differing


def part(so_far: Progress, active_since: datetime | None) -> Progress:
    """Count the next questions, and note the whole when it is finished. Counting a part twice changes nothing."""
    ids = _ids(so_far.after, active_since)
    if not ids:
        if active_since is None:
            _note(so_far.counted, so_far.differing)
        return replace(so_far, finished=True)
    calendar = contents.to_count_with(keeping.content_of(None))
    with unit_of_work():
        _wait_for_others()
        rows, other = _outcomes(ids, calendar)
        db.session.execute(delete(QuestionOutcome).where(QuestionOutcome.question_id.in_(ids)))
        # before the first night nobody waits: the other has counted
        insert_many(QuestionOutcome, rows, once=True)
    if other:  # looked at again: what came between two statements is no difference
        with unit_of_work():
            other = _outcomes(other, calendar)[1]
    if other and active_since is None:
        log.warning("%s questions differ from the forum's counters: %s", len(other), other[:NAMED])
    return Progress(ids[-1], so_far.counted + len(rows), so_far.differing + len(other))


def _wait_for_others() -> None:
    """The night's run and the hour's, by two workers, count the same questions one after the other."""
    db.session.execute(select(OutcomeCount.id).where(OutcomeCount.id == 1).with_for_update())


def _ids(after: int, active_since: datetime | None) -> list[int]:
    query = select(_question.c.id).where(_question.c.id > after).order_by(_question.c.id).limit(AT_ONCE)
    if active_since is not None:
        query = query.where(_question.c.active_at >= active_since)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def _note(counted: int, differing: int) -> None:
    values = {"counted_at": clock.now(), "questions": counted, "differing": differing}
    with unit_of_work():
        if insert_once(OutcomeCount, id=1, **values) is None:
            update_where(OutcomeCount, OutcomeCount.id == 1, **values)


def _outcomes(ids: list[int], calendar: calendars.Calendar) -> tuple[list[dict[str, Any]], list[int]]:
    answers, stages = _answers(ids), _stages(ids)
    rows, differing = [], list[int]()
    for asked in _questions(ids):
        row = _outcome(asked, answers[asked.id], stages[asked.id], calendar)
        rows.append(row)
        if not _agrees(asked, answers[asked.id], row):
            differing.append(asked.id)
    return rows, differing


def _questions(ids: list[int]) -> Iterable[Any]:
    q, staff = _question.c, _asker.c.role.in_(STAFF)
    return db.session.execute(
        select(
            q.id, q.category_id, _post.c.language, _post.c.author_id, _post.c.created_at, _post.c.published_at,
            q.accepted_answer_id, q.accepted_at, q.self_solved_at, q.unsolved_at, q.help_state, q.first_answer_at,
            q.resolved_at, Ladder.cycle,
        )
        .select_from(_question.join(_post, _post.c.id == q.id))
        .outerjoin(_asker, _asker.c.id == _post.c.author_id)
        .outerjoin(Ladder, Ladder.question_id == q.id)
        .where(
            q.id.in_(ids), _post.c.state == PostState.PUBLISHED, q.duplicate_of_id.is_(None),
            q.merged_into_id.is_(None), (_post.c.author_id.is_(None)) | (~staff),
        )
        .order_by(q.id)
    ).all()  # fmt: skip


def _answers(ids: list[int]) -> dict[int, list[Any]]:
    p, m = _post.c, Member.__table__.c
    rows = db.session.execute(
        select(
            p.id, p.question_id, p.author_id, func.substr(p.body, 1, _READ).label("body"), p.published_at,
            p.endorsed_at, p.is_official, p.reply_kind, m.role, m.rank,
        )
        .select_from(_post.outerjoin(Member.__table__, m.id == p.author_id))
        .where(p.question_id.in_(ids), p.kind == PostKind.ANSWER, p.state == PostState.PUBLISHED)
        .order_by(p.published_at, p.id)
    )  # fmt: skip
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.question_id].append(row)
    return found


def _stages(ids: list[int]) -> dict[int, list[tuple[Stage, datetime]]]:
    rows = db.session.execute(
        select(StageRow.question_id, StageRow.stage, StageRow.due_at).where(
            StageRow.question_id.in_(ids), StageRow.cycle == 1
        )
    )
    found: dict[int, list[tuple[Stage, datetime]]] = defaultdict(list)
    for question_id, stage, due_at in rows:
        found[question_id].append((stage, due_at))
    return found


def _is_team(row: Any) -> bool:
    return bool(row.is_official) or row.role in STAFF


def _valid(asked: Any, answers: list[Any]) -> list[Any]:
    return [
        row
        for row in answers
        if is_valid_answer(
            AnswerFacts(row.author_id, PostState.PUBLISHED, row.body, reply=ReplyKind(row.reply_kind)),
            asked.author_id,
        )
    ]


def _outcome(
    asked: Any, answers: list[Any], stages: list[tuple[Stage, datetime]], calendar: calendars.Calendar
) -> dict[str, Any]:
    at = asked.published_at
    replies = [Reply(row.published_at, _is_team(row)) for row in _valid(asked, answers)]
    first = firsts(at, replies)
    first_at = min((one.at for one in replies), default=None)
    solved_at, solver = _solution(asked, answers)
    local, held = i18n.local(at), seconds(asked.created_at, at)
    work = None
    if first_at is not None:
        work = int(calendars.worked(calendar, at, max(at, first_at)).total_seconds())
    return {
        "question_id": asked.id, "category_id": asked.category_id, "language": asked.language, "asked_at": at,
        "asked_epoch": int(at.timestamp()),
        "day": local.toordinal(), "cell": local.weekday() * 24 + local.hour, "held_seconds": held or None,
        "first_seconds": first.anybody, "first_work_seconds": work, "first_by_team": first.by_team,
        "members_seconds": first.members, "team_seconds": first.team,
        "solved_seconds": None if solved_at is None else seconds(at, solved_at), "solved_by": solver,
        "presumed": asked.help_state == HelpState.PRESUMED_SOLVED, "reopened": (asked.cycle or 1) > 1,
        "rung": None if first_at is None else _rung(stages, first_at),
    }  # fmt: skip


def _solution(asked: Any, answers: list[Any]) -> tuple[datetime | None, Solver | None]:
    """When it was solved, and by whose words: an accepted answer, one the team confirmed, or the asker alone."""
    accepted = next((row for row in answers if row.id == asked.accepted_answer_id), None)
    if accepted is not None and asked.accepted_at is not None:
        return asked.accepted_at, _solver(asked, accepted)
    since = asked.unsolved_at
    ways = [
        (row.endorsed_at, _solver(asked, row))
        for row in answers
        if row.endorsed_at is not None and (since is None or row.endorsed_at > since)
    ]
    if accepted is None and asked.self_solved_at is not None:
        ways.append((asked.self_solved_at, Solver.ASKER))
    return min(ways, key=lambda one: one[0], default=(None, None))


def _solver(asked: Any, row: Any) -> Solver:
    if row.author_id is not None and row.author_id == asked.author_id:
        return Solver.ASKER
    if _is_team(row):
        return Solver.TEAM
    return Solver.EXPERT if (row.rank or 0) >= SUPER_USER else Solver.MEMBER


def _rung(stages: list[tuple[Stage, datetime]], first_at: datetime) -> Rung:
    reached = {stage for stage, due_at in stages if due_at <= first_at}
    if reached - {Stage.VISIBLE, Stage.SUPER_USERS, Stage.WARNING, Stage.BREACH, Stage.OVERDUE}:
        return Rung.TEAM
    if Stage.SUPER_USERS in reached:
        return Rung.SUPER_USERS
    return Rung.VISIBLE if Stage.VISIBLE in reached else Rung.EXPERTS


def _agrees(asked: Any, answers: list[Any], row: dict[str, Any]) -> bool:
    """Whether the forum's own counters say the same: the first valid answer, and when it was solved."""
    since = asked.unsolved_at
    valid = [one.published_at for one in _valid(asked, answers) if since is None or one.published_at > since]
    solved = None if asked.resolved_at is None else seconds(asked.published_at, asked.resolved_at)
    return min(valid, default=None) == asked.first_answer_at and solved == row["solved_seconds"]
