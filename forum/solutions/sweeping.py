"""What time does to questions: remind an asker, let a question rest, presume it solved, close what is solved and quiet.

Each sweep walks all it concerns, and settles one question in one unit of work by a conditional update: two workers do
it once, and a worker that was down catches up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, or_, select
from sqlalchemy.orm import aliased

from accounts.masks.queries import person_of
from accounts.members.models import Member
from common import clock, settings
from common.db import db, update_where
from common.permissions import SYSTEM
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.notices import asking_back
from forum.questions.models import Post, Question
from forum.questions.rules import CloseReason, HelpState, PostKind, PostState, ReplyKind
from forum.reactions.helpfulness import members_who_said, score_of
from forum.solutions import numbers
from forum.solutions.closing import close_question
from forum.solutions.counting import recount
from forum.solutions.rules import CHECK_AFTER, CHECKED_LATE, WaitStep, checks_due, wait_step
from forum.solutions.walking import walk

WEIGHED_LATE = timedelta(days=14)
"""How long after its day a solution is still weighed by the sweep: a worker may have been down. Later a vote does it."""


def tend_waiting() -> int:
    """Remind askers who were asked for details, and let rest what they never answered; returns how many were touched.

    What the team asked for within a case has the case's own times (moderation.escalation).
    """
    now, patience = clock.now(), numbers.patience()
    request = aliased(Post)
    due = (
        select(Question.id, Question.info_post_id, Question.info_asked_at, Question.info_reminder_count)
        .join(request, request.id == Question.info_post_id)
        .where(
            Question.info_asked_at <= now - patience.first, Question.left_at.is_(None),
            Question.state == PostState.PUBLISHED, Question.help_state == HelpState.NEEDS_INFO,
            request.kind == PostKind.ANSWER,
        )
    )  # fmt: skip

    def tend(row: Any) -> bool:
        step = wait_step(row.info_asked_at, row.info_reminder_count, now, patience)
        if step is WaitStep.REMIND:
            return _remind(row)
        return step is WaitStep.REST and leave(row.id, row.info_post_id)

    return walk(due, tend)


def _remind(row: Any) -> bool:
    with unit_of_work():
        same = (Question.id == row.id, Question.info_post_id == row.info_post_id, Question.left_at.is_(None))
        seen = Question.info_reminder_count == row.info_reminder_count
        if not update_where(Question, *same, seen, info_reminder_count=row.info_reminder_count + 1):
            return False
        asking_back.remind(row.id, row.info_post_id, row.info_reminder_count + 1)
        return True


def leave(question_id: int, info_post_id: int | None = None) -> bool:
    """Wait for the asker no longer. A reply brings the question back at any time. True when that is new."""
    with unit_of_work():
        waiting = [
            Question.id == question_id,
            Question.info_asked_at.is_not(None),
            Question.left_at.is_(None),
        ]
        if info_post_id is not None:
            waiting.append(Question.info_post_id == info_post_id)
        if not update_where(Question, *waiting, left_at=clock.now()):
            return False
        asker_id = db.session.scalar(select(Post.author_id).where(Post.id == question_id))
        record(events.QuestionLeft(question_id, asker_id))
        return True


def ask_whether_solved() -> int:
    """Ask whoever has an answer and no solution, two and seven days after the first answer, then never again.

    Returns how many were asked. What was asked is kept on the question, so that it is asked once on any channel or none.
    """
    now = clock.now()
    free = or_(Member.suspended_until.is_(None), Member.suspended_until <= now)
    due = (
        select(Question.id, Question.author_id, Question.first_answer_at, Question.check_count)
        .join(Member, Member.id == person_of(Question.author_id))
        .where(
            Question.help_state == HelpState.ANSWERED, Question.state == PostState.PUBLISHED,
            Question.first_answer_at <= now - CHECK_AFTER[0],
            Question.first_answer_at > now - CHECK_AFTER[-1] - CHECKED_LATE,
            Question.check_count < case((Question.first_answer_at <= now - CHECK_AFTER[1], 2), else_=1),
            Question.proposed_answer_id.is_(None), Member.closed_at.is_(None), free,
        )
    )  # fmt: skip
    return walk(due, lambda row: _check(row, checks_due(row.first_answer_at, now)))


def _check(row: Any, number: int) -> bool:
    with unit_of_work():
        same = (Question.id == row.id, Question.first_answer_at == row.first_answer_at)
        if not update_where(Question, *same, Question.check_count == row.check_count, check_count=number):
            return False
        return asking_back.ask_whether_solved(
            row.id, row.author_id, f"{row.first_answer_at:%Y%m%d%H%M}", CHECK_AFTER[number - 1].days
        )


def presume_solved() -> int:
    """Questions that went quiet after an answer others found useful (§C1.1: 14 days and one useful vote)."""
    quiet_since = clock.now() - numbers.silence()
    return walk(_quiet(quiet_since), lambda row: _presume(row.id, quiet_since))


def _quiet(since: datetime) -> Any:
    answer = aliased(Post)
    useful = exists().where(
        answer.question_id == Question.id, answer.kind == PostKind.ANSWER, answer.state == PostState.PUBLISHED,
        answer.reply_kind == ReplyKind.ANSWER, or_(answer.kudos_count > 0, members_who_said(answer, True) > 0),
    )  # fmt: skip
    return select(Question.id).where(
        Question.help_state == HelpState.ANSWERED, Question.active_at <= since, useful,
        Question.proposed_answer_id.is_(None), Question.state == PostState.PUBLISHED,
    )  # fmt: skip


def _presume(question_id: int, quiet_since: datetime) -> bool:
    with unit_of_work():
        still = (
            Question.id == question_id, Question.help_state == HelpState.ANSWERED, Question.active_at <= quiet_since,
            Question.presumed_at.is_(None),
        )  # fmt: skip
        if not update_where(Question, *still, presumed_at=clock.now()):
            return False
        record(events.QuestionPresumedSolved(question_id))
        return True


def close_quiet() -> int:
    """Solved questions that nobody has written in for long take no more answers, where the brand wants that."""
    days = settings.get("forum.close_solved_days")
    if not days:
        return 0
    quiet = select(Question.id).where(
        Question.help_state == HelpState.SOLVED, Question.closed_at.is_(None),
        Question.active_at <= clock.now() - timedelta(days=days), Question.state == PostState.PUBLISHED,
    )  # fmt: skip
    return walk(quiet, lambda row: close_question(SYSTEM, row.id, CloseReason.QUIET))


def weigh_old_solutions() -> int:
    """Solutions that have just been accepted for long enough to be compared with what others found more useful."""
    now, after = clock.now(), numbers.pinning().after
    own, other = aliased(Post), aliased(Post)
    rival = exists().where(
        own.id == Question.accepted_answer_id, other.question_id == Question.id, other.id != own.id,
        other.kind == PostKind.ANSWER, other.state == PostState.PUBLISHED,
        score_of(other) > score_of(own),
    )  # fmt: skip
    grown = select(Question.id).where(
        Question.accepted_at <= now - after, Question.accepted_at > now - after - WEIGHED_LATE,
        Question.outscored_at.is_(None), rival,
    )  # fmt: skip
    return walk(grown, lambda row: weigh(row.id))


def weigh(question_id: int) -> bool:
    """Compare the accepted answer of a question with the others. True when its place changed."""
    with unit_of_work():
        before = _outscored_at(question_id)
        recount(question_id)
        changed = (_outscored_at(question_id) is None) != (before is None)
        if changed:
            record(events.SolutionWeighed(question_id))
        return changed


def weigh_if_accepted(question_id: int) -> None:
    """The same after a member's vote, where there is an accepted answer that may have to give way; inside a unit of work."""
    since = clock.now() - numbers.pinning().after
    old = (
        Question.id == question_id,
        Question.accepted_answer_id.is_not(None),
        Question.accepted_at <= since,
    )
    if db.session.scalar(select(Question.id).where(*old)) is not None:
        weigh(question_id)


def _outscored_at(question_id: int) -> datetime | None:
    return db.session.scalar(select(Question.outscored_at).where(Question.id == question_id))
