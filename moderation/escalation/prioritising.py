"""How urgent a question is, over time: computed anew when something happens and every quarter of an hour, or overruled.

Another priority means another target from the same start (`domain/escalation.md §C1.5`).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from common import audit, clock, jobs
from common.db import affected, db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import keeping, unit_of_work
from forum.questions.models import Question
from forum.solutions.walking import walk
from moderation.escalation import casework, clocks, priority_rules
from moderation.escalation.laddering import advance, aim, load, lock
from moderation.escalation.models import Case, Ladder
from moderation.escalation.permissions import can_set_priority, can_work
from moderation.escalation.priority_rules import Score
from moderation.escalation.rules import Priority
from moderation.escalation.sla_rules import Metric, evaluate
from moderation.lexicon import versions, weighing
from moderation.routing import applying
from moderation.targets import promises

log = logging.getLogger("fourmi.escalation")

MOST_REACHED = 100_000_000
BATCH = 200


class _Weighed(NamedTuple):
    """What a score says of a question: the points that are kept with its clock, what else becomes of its clock, its priority."""

    points: dict[str, Any]
    rest: dict[str, Any]
    priority: Priority


def _weighed(ladder: Ladder, found: Score) -> _Weighed:
    is_new = bool(set(found.danger) - set(_danger_in(ladder)))
    by_hand = ladder.priority_set_by_id is not None and not is_new
    danger = found.is_danger and not by_hand
    is_danger = ladder.is_danger or danger
    points = {
        "score": found.points, "score_parts": priority_rules.kept_parts(found), "rescored_at": clock.now(),
        "lexicon_version": found.lexicon,
    }  # fmt: skip
    rest = {
        "is_danger": is_danger, "is_legal": ladder.is_legal or found.is_legal, "with_staff": ladder.with_staff or danger,
        "priority_set_by_id": ladder.priority_set_by_id if by_hand else None,
    }  # fmt: skip
    by_score = Priority.URGENT if is_danger else found.priority
    return _Weighed(points, rest, ladder.priority if by_hand else by_score)


def rescore(question_id: int) -> Priority | None:
    """Compute the priority anew; a word of danger that an edit brought reaches the team at once, whatever somebody had chosen
    before it stood there (invariant 65)."""
    with unit_of_work():
        ladder = lock(question_id)
        if ladder is None or ladder.stopped_at is not None:
            return None
        reading = clocks.reading_of(ladder, Metric.FIRST_REPLY_ANY)
        used = reading.share if reading else 0.0
        found = _weighed(ladder, weighing.score_now(question_id, used, ladder.cycle > 1, ladder))
        is_newly_danger = found.rest["is_danger"] and not ladder.is_danger
        update_where(Ladder, Ladder.question_id == question_id, **found.points, **found.rest)
        _retarget(question_id, found.priority, "score")
        if is_newly_danger:
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
    """Compute the priorities of all open questions anew (`domain/escalation.md §C2.1`); returns how many.

    Where nothing but the points changes, some hundreds are written together; all others, and any that fails, one by one.
    """
    stale = Ladder.rescored_at < clock.now() - timedelta(minutes=14)
    query = select(Question.id).join(Ladder, Ladder.question_id == Question.id)
    query = query.where(Ladder.stopped_at.is_(None), stale)
    last = done = 0
    while ids := list(db.session.scalars(query.where(Question.id > last).order_by(Question.id).limit(BATCH))):
        done, last = done + _rescore_calm(ids), ids[-1]
        jobs.give_way()
    return done + walk(query, lambda row: rescore(row.id) is not None)


def _rescore_calm(question_ids: list[int]) -> int:
    """Write the points of those of these questions for which a score changes nothing else; returns how many."""
    try:
        with keeping():
            rows = _calm(question_ids)
        db.session.rollback()
        if not rows:
            return 0
        with unit_of_work():
            return affected(db.session.connection().execute(_WRITE_POINTS, rows))
    except Exception:
        db.session.rollback()
        log.warning("questions could not be weighed together: each is by itself", exc_info=True)
        return 0


def _calm(question_ids: list[int]) -> list[dict[str, Any]]:
    ladders = list(db.session.scalars(select(Ladder).where(Ladder.question_id.in_(question_ids))))
    asked, words = weighing.asked(question_ids), versions.in_force()
    events = promises.of_many([(ladder.question_id, ladder.cycle) for ladder in ladders])
    rows = []
    for ladder in ladders:
        promise = clocks.policy_for(ladder).promise(Metric.FIRST_REPLY_ANY, ladder.factor)
        waited = events[ladder.question_id, ladder.cycle].get(promises.FIRST, ())
        reading = evaluate(promise, waited, clock.now()) if promise else None
        used = reading.share if reading else 0.0
        facts = weighing.facts_of(asked[ladder.question_id], used, ladder.cycle > 1, ladder)
        found = _weighed(ladder, priority_rules.score(facts, words))
        same = all(getattr(ladder, name) == value for name, value in found.rest.items())
        if same and found.priority is ladder.priority:
            rows.append({"of_question": ladder.question_id, "as_seen": ladder.version, **found.points})
    return rows


_WRITE_POINTS = (
    update(Ladder.__table__)
    .where(
        Ladder.__table__.c.question_id == bindparam("of_question"),
        Ladder.__table__.c.version == bindparam("as_seen"),
    )
    .values({name: bindparam(name) for name in ("score", "score_parts", "rescored_at", "lexicon_version")})
)
"""What somebody changed meanwhile is left to the next time."""
