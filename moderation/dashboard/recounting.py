"""What became of each question, made anew from what happened to it. What is excluded (removed texts, duplicates, what
was merged, questions of the team) has no row (domain/escalation.md §C6)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from accounts.members.rules import STAFF
from common import clock, i18n
from common.db import db, insert_many, insert_once, update_where
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.questions.rules import HelpState
from forum.solutions.anew import happened
from forum.solutions.anew.happened import Happened
from moderation.calendars import contents, keeping
from moderation.calendars import rules as calendars
from moderation.dashboard.models import OutcomeCount, QuestionOutcome
from moderation.dashboard.rules import Reply, Rung, Solver, firsts, seconds
from moderation.escalation.models import Ladder, StageRow
from moderation.escalation.rules import Stage
from moderation.private.models import PrivateTalk
from moderation.satisfaction.models import Satisfaction
from rewards.ranks.rules import SUPER_USER

log = logging.getLogger("fourmi.dashboard")
AT_ONCE = 500
NAMED = 50
"""Questions that differ and are named in the log."""
TALKED_WITHIN = timedelta(days=7)
_question = Question.__table__


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
    """The rows of these questions, and those whose stored times differ."""
    found = [one for one in happened.to_questions(ids) if _counts(one.asked)]
    stages, reopened, talks = _stages(ids), _reopened(ids), _talks(one.asked.author_id for one in found)
    rows = []
    for one in found:
        number = one.asked.id
        rows.append(_outcome(one, stages[number], number in reopened, talks.get(one.asked.author_id, []), calendar))  # fmt: skip
    return rows, [one.asked.id for one in found if not one.agrees]


def _counts(asked: Any) -> bool:
    """No duplicate, not merged, and not asked by the team."""
    return asked.duplicate_of_id is None and asked.merged_into_id is None and asked.role not in STAFF


def _reopened(ids: list[int]) -> set[int]:
    """Those that began anew after they were solved: a case that goes back to the community begins anew too, unsolved."""
    rows = db.session.scalars(
        select(Ladder.question_id)
        .join(Satisfaction, (Satisfaction.question_id == Ladder.question_id) & (Satisfaction.cycle < Ladder.cycle))
        .where(Ladder.question_id.in_(ids), Ladder.cycle > 1)
    )  # fmt: skip
    return set(rows)


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


def _talks(askers: Iterable[int | None]) -> dict[int | None, list[Any]]:
    """The private talks of these askers with the team, by asker: about which question, of which category, when."""
    wanted = {one for one in askers if one is not None}
    rows = db.session.execute(
        select(PrivateTalk.asker_id, PrivateTalk.question_id, PrivateTalk.offered_at, Question.__table__.c.category_id)
        .select_from(PrivateTalk.__table__.join(Question.__table__, Question.__table__.c.id == PrivateTalk.question_id))
        .where(PrivateTalk.asker_id.in_(wanted))
    )  # fmt: skip
    found: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.asker_id].append(row)
    return found


def _outcome(
    one: Happened, stages: list[tuple[Stage, datetime]], reopened: bool, talks: list[Any], calendar: calendars.Calendar
) -> dict[str, Any]:  # fmt: skip
    asked, at = one.asked, one.asked.published_at
    replies = [Reply(row.published_at, _is_team(row)) for row in one.valid]
    first = firsts(at, replies)
    by_members, by_team = ([reply.at for reply in replies if reply.by_team is team] for team in (False, True))
    first_at = min((*by_members, *by_team), default=None)
    local, held = i18n.local(at), seconds(asked.created_at, at)
    solved_at = one.resolved_at
    return {
        "question_id": asked.id, "category_id": asked.category_id, "language": asked.language, "asked_at": at,
        "asked_epoch": int(at.timestamp()),
        "day": local.toordinal(), "cell": local.weekday() * 24 + local.hour, "held_seconds": held or None,
        "first_seconds": first.anybody, "first_by_team": first.by_team,
        "members_seconds": first.members, "team_seconds": first.team,
        "first_work_seconds": _worked(calendar, at, [first_at] if first_at else []),
        "members_work_seconds": _worked(calendar, at, by_members), "team_work_seconds": _worked(calendar, at, by_team),
        "solved_seconds": None if solved_at is None else seconds(at, solved_at),
        "solved_by": None if solved_at is None else _solver(asked, one.resolved_by),
        "presumed": asked.help_state == HelpState.PRESUMED_SOLVED, "reopened": reopened,
        "rung": None if first_at is None else _rung(stages, first_at),
        "talked": _talked(asked, solved_at, talks), "views": asked.view_count,
        "asker_id": asked.author_id, **_accepted(one),
    }  # fmt: skip


def _worked(calendar: calendars.Calendar, at: datetime, moments: list[datetime]) -> int | None:
    """Seconds of the team's hours until the first of these."""
    return int(calendars.worked(calendar, at, max(at, min(moments))).total_seconds()) if moments else None


def _accepted(one: Happened) -> dict[str, Any]:
    """Who wrote the answer that was accepted, and when that was."""
    answer = next((row for row in one.answers if row.id == one.asked.accepted_answer_id), None)
    if answer is None:
        return {"helper_id": None, "accepted_at": None}
    return {"helper_id": answer.author_id, "accepted_at": one.asked.accepted_at}


def _talked(asked: Any, solved_at: datetime | None, talks: list[Any]) -> bool:
    """Whether the asker spoke with the team about it, or about another of its category from then to a week after it was
    solved: a private talk on the topic."""
    until = (solved_at or asked.published_at) + TALKED_WITHIN
    return any(
        talk.question_id == asked.id
        or (talk.category_id == asked.category_id and asked.published_at <= talk.offered_at <= until)
        for talk in talks
    )


def _solver(asked: Any, row: Any | None) -> Solver:
    if row is None or (row.author_id is not None and row.author_id == asked.author_id):
        return Solver.ASKER
    if _is_team(row):
        return Solver.TEAM
    return Solver.EXPERT if (row.rank or 0) >= SUPER_USER else Solver.MEMBER


def _is_team(row: Any) -> bool:
    return bool(row.is_official) or row.role in STAFF


def _rung(stages: list[tuple[Stage, datetime]], first_at: datetime) -> Rung:
    reached = {stage for stage, due_at in stages if due_at <= first_at}
    if reached - {Stage.VISIBLE, Stage.SUPER_USERS, Stage.WARNING, Stage.BREACH, Stage.OVERDUE}:
        return Rung.TEAM
    if Stage.SUPER_USERS in reached:
        return Rung.SUPER_USERS
    return Rung.VISIBLE if Stage.VISIBLE in reached else Rung.EXPERTS
