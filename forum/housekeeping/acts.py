"""Every act of order is noted with what undoing it needs; a whole go of many shares a batch."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from common import audit, clock, freshness
from common.db import db, insert_once, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor
from forum.housekeeping.models import TidyAct
from forum.housekeeping.rules import ActType
from forum.questions.models import Post

_DONE = {
    ActType.DUPLICATE: "question.linked_as_duplicate", ActType.MERGE: "question.merged", ActType.SPLIT: "question.split",
    ActType.MOVE: "question.moved", ActType.RETITLE: "question.retitled", ActType.RETAG: "question.retagged",
    ActType.CLOSE: "question.closed", ActType.REOPEN: "question.reopened", ActType.LOCK: "question.locked",
    ActType.UNLOCK: "question.unlocked",
}  # fmt: skip
LINE = "housekeeping"
"""Raising this version first puts acts that move posts between threads in line."""


def hold_alone(*question_ids: int) -> None:
    """Be alone with threads until the unit of work ends: no other merge or split, and nobody in the middle of
    writing in them (`writing.hold_thread`), who is waited for."""
    freshness.touch(LINE)
    posts = Post.__table__
    rows = select(posts.c.id).where(posts.c.id.in_(question_ids)).order_by(posts.c.id)
    db.session.execute(rows.with_for_update())
    db.session.expire_all()


def note_act(
    actor: Actor, kind: ActType, question_id: int, *, target_id: int | None = None, note: str = "",
    batch: str | None = None, **detail: Any,
) -> int:  # fmt: skip
    """Keep an act, inside the open unit of work; returns its id. The audit trail has it too."""
    act_id = insert_once(
        TidyAct, kind=kind, question_id=question_id, target_id=target_id, actor_id=actor.member_id, batch=batch,
        note=note, detail=detail, done_at=clock.now(),
    )  # fmt: skip
    audit.write(actor, _DONE[kind], "question", question_id, None, detail.get("reason", target_id), note)
    return act_id or 0


def take_back(actor: Actor, act: TidyAct) -> None:
    """Mark an act undone, once."""
    act_id, kind, question_id, target_id = act.id, act.kind, act.question_id, act.target_id
    alive = (TidyAct.id == act_id, TidyAct.undone_at.is_(None))
    if not update_where(TidyAct, *alive, undone_at=clock.now(), undone_by_id=actor.member_id):
        raise Conflict(_("This has been undone already."))
    audit.write(actor, f"{_DONE[ActType(kind)]}.undone", "question", question_id, target_id, None)


def load_act(act_id: int) -> TidyAct:
    """An act. Raises :class:`NotFound`."""
    act = db.session.get(TidyAct, act_id, populate_existing=True)
    if act is None:
        raise NotFound()
    return act


def last_act(question_id: int, kind: ActType) -> TidyAct | None:
    """The newest act of a kind on a question that stands."""
    mine = (TidyAct.question_id == question_id, TidyAct.kind == kind, TidyAct.undone_at.is_(None))
    return db.session.scalar(select(TidyAct).where(*mine).order_by(TidyAct.id.desc()).limit(1))
