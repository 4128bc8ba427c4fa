"""Point out a duplicate, and decide: confirmed, the question is linked like any other duplicate, and can be undone."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from common import clock, limits, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Forbidden, NotFound
from common.i18n import _
from common.permissions import ALLOWED, Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.housekeeping.duplicates import chosen_target, mark_duplicate
from forum.masks.wearing import under_mask
from forum.pointing.models import DuplicateHint
from forum.pointing.permissions import can_judge, can_point_out
from forum.pointing.rules import HintState
from forum.questions.models import Question
from forum.questions.permissions import member_of
from forum.questions.writing import clean_reason, published_question


def point_out(actor: Actor, question_id: int, original_id: int | None, words: str = "") -> int:
    """Say which question covers this one; returns the hint. The same by the same member again is the first one.

    Raises Invalid (duplicate_of_id), Forbidden, TooMany, and Conflict where another hint is waiting.
    """
    actor = under_mask(actor, question_id)
    member_id = member_of(actor)
    with unit_of_work():
        question = published_question(actor, question_id)
        require(can_point_out(actor, question))
        target_id = chosen_target(actor, question.id, original_id)
        said = clean_reason(words)
        mine = DuplicateHint.member_id == member_id, DuplicateHint.original_id == target_id
        known = db.session.scalar(select(DuplicateHint.id).where(*_open(question_id), *mine))
        if known is not None:
            return known
        limits.hit("pointing", member_id, f"{settings.get('forum.pointings_a_day')}/day")
        made = insert_once(
            DuplicateHint, question_id=question_id, original_id=target_id, member_id=member_id, words=said,
            state=HintState.OPEN, made_at=clock.now(),
        )  # fmt: skip
        if made is None:
            raise Conflict(_("Somebody has pointed this out already: it is being looked at."))
        return made


def confirm(actor: Actor, hint_id: int) -> bool:
    """It is so: the question is linked to the other one. True when that is new.

    Raises Conflict where the question was closed otherwise, or the hint was decided before.
    """
    with unit_of_work():
        hint = load(hint_id)
        require(can_judge(actor, hint))
        question_id, original_id = hint.question_id, hint.original_id
        if hint.state is HintState.CONFIRMED:
            return False
        _decide(actor, hint_id, HintState.CONFIRMED)
        if not mark_duplicate(actor, question_id, original_id, may=ALLOWED):
            raise Conflict(_("This question is closed already."))
        _tell(hint_id, actor.member_id)
        return True


def decline(actor: Actor, hint_id: int) -> bool:
    """They are two questions. True when that is new."""
    with unit_of_work():
        hint = load(hint_id)
        require(can_judge(actor, hint))
        if hint.state is HintState.DECLINED:
            return False
        _decide(actor, hint_id, HintState.DECLINED)
        _tell(hint_id, actor.member_id)
        return True


def withdraw_hint(actor: Actor, hint_id: int) -> bool:
    """Take an own hint back while it is open. True when it was."""
    with unit_of_work():
        if load(hint_id).member_id not in actor.ids:
            raise Forbidden(_("You can take back your own hints only."))
        return bool(_end(hint_id, HintState.WITHDRAWN, actor.member_id))


def overtake(question_id: int, actor_id: int | None) -> None:
    """The question was closed or linked by somebody else: who had pointed to the very same question was right."""
    hint = db.session.scalar(select(DuplicateHint).where(*_open(question_id)))
    if hint is None:
        return
    hint_id, original_id, member_id = hint.id, hint.original_id, hint.member_id
    target = select(Question.__table__.c.duplicate_of_id).where(Question.__table__.c.id == question_id)
    right = db.session.scalar(target) == original_id and actor_id != member_id
    if _end(hint_id, HintState.CONFIRMED if right else HintState.OVERTAKEN, actor_id) and right:
        _tell(hint_id, actor_id)


def undo(question_id: int, actor_id: int | None) -> None:
    """It is a question of its own after all: what its hint brought goes."""
    stands = (
        DuplicateHint.question_id == question_id, DuplicateHint.state == HintState.CONFIRMED,
        DuplicateHint.undone_at.is_(None),
    )  # fmt: skip
    for hint_id in list(db.session.scalars(select(DuplicateHint.id).where(*stands))):
        if update_where(DuplicateHint, DuplicateHint.id == hint_id, *stands, undone_at=clock.now()):
            _tell(hint_id, actor_id)


def load(hint_id: int) -> DuplicateHint:
    """A hint as it stands. Raises :class:`NotFound`."""
    hint = db.session.get(DuplicateHint, hint_id, populate_existing=True)
    if hint is None:
        raise NotFound()
    return hint


def _open(question_id: int) -> tuple[ColumnElement[bool], ...]:
    return DuplicateHint.question_id == question_id, DuplicateHint.state == HintState.OPEN


def _decide(actor: Actor, hint_id: int, state: HintState) -> None:
    if not _end(hint_id, state, actor.member_id):
        raise Conflict(_("This has been decided already."))


def _end(hint_id: int, state: HintState, by_id: int | None) -> int:
    alive = (DuplicateHint.id == hint_id, DuplicateHint.state == HintState.OPEN)
    return update_where(DuplicateHint, *alive, state=state, decided_at=clock.now(), decided_by_id=by_id)


def _tell(hint_id: int, actor_id: int | None) -> None:
    hint = load(hint_id)
    holds = hint.state is HintState.CONFIRMED and hint.undone_at is None
    record(events.DuplicateHintDecided(hint_id, hint.question_id, hint.member_id, actor_id, holds))
