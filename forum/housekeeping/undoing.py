"""Second thoughts: every act of order that can be undone is, by what was kept with it."""

from __future__ import annotations

from common.errors import Conflict
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.housekeeping.acts import load_act, take_back
from forum.housekeeping.duplicates import unlink_duplicate
from forum.housekeeping.locking import lock_thread, unlock_thread
from forum.housekeeping.merging import part_question
from forum.housekeeping.models import TidyAct
from forum.housekeeping.permissions import can_tidy
from forum.housekeeping.refiling import refile_back
from forum.housekeeping.rules import ActType, LockReason
from forum.housekeeping.splitting import join_again
from forum.solutions.closing import close_question, reopen_question


def undo_act(actor: Actor, act_id: int) -> bool:
    """Undo an act. Raises Conflict where others have built on it, or somebody undid it first."""
    with unit_of_work():
        act = load_act(act_id)
        kind, question_id = ActType(act.kind), act.question_id
        if kind not in (ActType.MOVE, ActType.RETITLE, ActType.RETAG):
            require(can_tidy(actor))
        if act.undone_at is not None:
            raise Conflict(_("This has been undone already."))
        if kind == ActType.MERGE:
            return part_question(actor, act_id)
        if kind == ActType.SPLIT:
            return join_again(actor, act_id)
        if kind in (ActType.MOVE, ActType.RETITLE, ActType.RETAG):
            return refile_back(actor, act_id)
        if kind == ActType.DUPLICATE:
            return _must(unlink_duplicate(actor, question_id))
        if kind == ActType.LOCK:
            return _must(unlock_thread(actor, question_id))
        return _undo_by_opposite(actor, act, kind)


def _undo_by_opposite(actor: Actor, act: TidyAct, kind: ActType) -> bool:
    """Closing and opening undo each other; a question that was linked is linked there again."""
    question_id, target_id, reason = act.question_id, act.target_id, act.detail.get("reason")
    take_back(actor, act)
    if kind == ActType.CLOSE:
        return _must(reopen_question(actor, question_id))
    if kind == ActType.UNLOCK:
        return _must(lock_thread(actor, question_id, LockReason.SETTLED))
    return _must(close_question(actor, question_id, reason or "duplicate", duplicate_of_id=target_id))


def _must(changed: bool) -> bool:
    if not changed:
        raise Conflict(_("A colleague has just changed this question."))
    return True
