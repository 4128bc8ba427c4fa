"""How urgent a question is, over time: computed anew when something happens and every quarter of an hour, or overruled.

Another priority means another target from the same start (`domain/escalation.md §C1.5`).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from common import audit, clock
from common.db import update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Question
from forum.solutions.walking import walk
from moderation.escalation import casework, clocks, priority_rules
from moderation.escalation.laddering import advance, aim, load, lock
from moderation.escalation.models import Case, Ladder
from moderation.escalation.permissions import can_set_priority, can_work
from moderation.escalation.rules import Priority
from moderation.escalation.sla_rules import Metric
from moderation.lexicon import weighing
from moderation.routing import applying
from moderation.targets import promises

MOST_REACHED = 100_000_000


def rescore(question_id: int) -> Priority | None:
    """Compute the priority anew; a word of danger that an edit brought reaches the team at once, whatever somebody had chosen
    before it stood there (invariant 65)."""
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None or ladder.stopped_at is not None:
            return None
        reading = clocks.reading_of(ladder, Metric.FIRST_REPLY_ANY)
        used = reading.share if reading else 0.0
        found = weighing.score_now(question_id, used, ladder.cycle > 1, ladder)
        was_danger, is_new = ladder.is_danger, bool(set(found.danger) - set(_danger_in(ladder)))
        by_hand = ladder.priority_set_by_id is not None and not is_new
        danger = found.is_danger and not by_hand
        update_where(
            Ladder, Ladder.question_id == question_id, score=found.points, score_parts=priority_rules.kept_parts(found),
            rescored_at=clock.now(), lexicon_version=found.lexicon, is_danger=danger or was_danger, is_legal=found.is_legal or ladder.is_legal,
            with_staff=ladder.with_staff or danger, priority_set_by_id=ladder.priority_set_by_id if by_hand else None,
        )  # fmt: skip
        if not by_hand:
            wanted = Priority.URGENT if was_danger or danger else found.priority
            _retarget(question_id, wanted, "score")
        if danger and not was_danger:
            update_where(
                Ladder, Ladder.question_id == question_id, danger_read_at=None, danger_read_by_id=None
            )
            advance(question_id)
            applying.send_to_guard(question_id, ladder.cycle)
        return load(question_id).priority


def set_priority(actor: Actor, question_id: int, priority: Priority, reason: str) -> None:
    """Overrule the computed priority, with a reason; it stays until somebody changes it again."""
    require(can_set_priority(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None:
            raise NotFound()
        case = casework.case_of(question_id, ladder.cycle)
        before, calm = ladder.priority, priority is not Priority.URGENT
        update_where(
            Ladder, Ladder.question_id == question_id, priority_set_by_id=actor.member_id,
            is_danger=ladder.is_danger and not calm,
        )  # fmt: skip
        _retarget(question_id, priority, f"set:{actor.member_id}")
        audit.write(
            actor, "escalation.priority", "question", question_id, before.value, priority.value, reason
        )
        if case is not None:
            casework.write_line(case.id, "priority", actor.member_id, detail=reason)


def read_danger(actor: Actor, question_id: int, is_danger: bool, reason: str) -> None:
    """Say, having read it, that a question is about safety, or that its words only sound like it. Words that were found
    harmless count no more in this question; new ones do. Raises Invalid (no reason), Conflict (nothing to confirm)."""
    require(can_work(actor))
    if not is_danger and not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None:
            raise NotFound()
        if not ladder.is_danger:
            raise Conflict(_("Nothing in this question waits to be confirmed."))
        words = _danger_in(ladder)
        cleared = ladder.cleared_words if is_danger else sorted({*ladder.cleared_words, *words})
        said = "danger_confirmed" if is_danger else "danger_cleared"
        update_where(
            Ladder, Ladder.question_id == question_id, danger_read_at=clock.now(), danger_read_by_id=actor.member_id,
            cleared_words=cleared, is_danger=is_danger,
        )  # fmt: skip
        _note(actor, load(question_id), said, reason or ", ".join(words))
    rescore(question_id)


def _danger_in(ladder: Ladder) -> list[str]:
    """The words of danger that stood in the question when it was last weighed."""
    return [word for part in ladder.score_parts if part["key"] == "danger" for word in part["words"]]


def note_reach(actor: Actor, question_id: int, reach: int, reason: str) -> None:
    """Note how many people the asker speaks to elsewhere, as they say themselves: at most 4 points (§C2.1)."""
    require(can_set_priority(actor))
    if not 0 <= reach <= MOST_REACHED:
        raise Invalid(fields={"reach": _("Write how many people, 0 to %(most)s.", most=MOST_REACHED)})
    with unit_of_work():
        if lock(question_id) is None:
            raise NotFound()
        update_where(Ladder, Ladder.question_id == question_id, reach=reach)
        _note(actor, load(question_id), "reach", f"{reach} {reason}".strip())
    rescore(question_id)


def _note(actor: Actor, ladder: Ladder, kind: str, words: str) -> None:
    audit.write(actor, f"escalation.{kind}", "question", ladder.question_id, after=words[:200])
    case = casework.case_of(ladder.question_id, ladder.cycle)
    if case is not None:
        casework.write_line(case.id, kind, actor.member_id, detail=words)


def _retarget(question_id: int, priority: Priority, source: str) -> None:
    """Another target from the same start; nothing is due before this moment because of it."""
    ladder = load(question_id)
    if ladder.priority is priority:
        aim(ladder)
        return
    now = clock.now()
    update_where(Ladder, Ladder.question_id == question_id, priority=priority, retargeted_at=now)
    ladder = load(question_id)
    promises.retarget(ladder, f"{source}/{ladder.version}")
    update_where(Case, Case.question_id == question_id, Case.cycle == ladder.cycle, priority=priority)
    aim(ladder)


def rescore_open() -> int:
    """Compute the priorities of all open questions anew (`domain/escalation.md §C2.1`); returns how many."""
    stale = Ladder.rescored_at < clock.now() - timedelta(minutes=14)
    query = select(Question.id).join(Ladder, Ladder.question_id == Question.id)
    return walk(query.where(Ladder.stopped_at.is_(None), stale), lambda row: rescore(row.id) is not None)
