"""Lock a thread and open it again. What is solved is locked by itself some days after the last word, where that is on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from common import clock, settings
from common.db import db, update_where
from common.errors import Invalid
from common.i18n import _
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.housekeeping.acts import last_act, note_act, take_back
from forum.housekeeping.models import TidyAct
from forum.housekeeping.permissions import can_reopen, can_tidy
from forum.housekeeping.rules import ActType, LockReason
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostState
from forum.questions.writing import clean_reason, visible_question

settings.define(
    "forum.lock_solved_days", 0, unit="days", low=0, high=3_650,
    help=_("A solved question is locked so many days after the last word in it (0: never). Who asked can open it again."),
)  # fmt: skip
BATCH = 500


def lock_thread(
    actor: Actor, question_id: int, reason: LockReason | str, *, note: str = "", batch: str | None = None
) -> bool:
    """Let a thread take no answer, comment or edit any more. True when that is new."""
    with unit_of_work():
        require(can_tidy(actor))
        try:
            why = LockReason(reason)
        except ValueError:
            raise Invalid(fields={"reason": _("Choose a reason.")}) from None
        words = clean_reason(note)
        asker_id = visible_question(actor, question_id).author_id
        free = (Question.id == question_id, Question.locked_at.is_(None), Question.merged_into_id.is_(None))
        if not update_where(Question, *free, locked_at=clock.now(), locked_reason=why.value):
            return False
        note_act(actor, ActType.LOCK, question_id, note=words, batch=batch, reason=why.value)
        record(events.QuestionLocked(question_id, asker_id, actor.member_id, why.value))
        return True


def unlock_thread(actor: Actor, question_id: int, *, note: str = "", batch: str | None = None) -> bool:
    """Open a locked thread again. True when it was locked."""
    with unit_of_work():
        question = visible_question(actor, question_id)
        require(can_reopen(actor, question))
        asker_id = question.author_id
        locked = (Question.id == question_id, Question.locked_at.is_not(None))
        if not update_where(Question, *locked, locked_at=None, locked_reason=None):
            return False
        if (act := last_act(question_id, ActType.LOCK)) is not None:
            take_back(actor, act)
        note_act(actor, ActType.UNLOCK, question_id, note=clean_reason(note), batch=batch)
        record(events.QuestionUnlocked(question_id, asker_id, actor.member_id))
        return True


def lock_settled() -> int:
    """Lock what was solved and has been quiet for long enough; one that its asker opened again is left alone until
    something new is said in it. Returns how many."""
    days = settings.get("forum.lock_solved_days")
    if not days:
        return 0
    quiet = clock.now() - timedelta(days=days)
    post, thread = Post.__table__.c, Question.__table__.c
    solved = (thread.help_state == HelpState.SOLVED, post.state == PostState.PUBLISHED)
    open_ = (thread.locked_at.is_(None), thread.closed_at.is_(None), thread.active_at <= quiet)
    query = (
        select(thread.id)
        .select_from(Question.__table__.join(Post.__table__, post.id == thread.id))
        .where(*solved, *open_, ~_was_opened_again())
    )
    ids = list(db.session.scalars(query.order_by(thread.active_at).limit(BATCH)))
    db.session.rollback()
    return sum(lock_thread(SYSTEM, question_id, LockReason.SETTLED) for question_id in ids)


def _was_opened_again():
    from_last_word = (TidyAct.kind == ActType.UNLOCK, TidyAct.done_at > Question.__table__.c.active_at)
    return select(TidyAct.id).where(TidyAct.question_id == Question.__table__.c.id, *from_last_word).exists()
