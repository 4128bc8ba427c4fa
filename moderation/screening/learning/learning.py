"""A final decision of a person teaches the model, once; an overturned one is unlearned and learned the other way.

Nothing is learned from automatic holds, from decisions at a glance, from what was taken back, or from items whose
answer was known before (domain/moderation.md §B5, invariant 55).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from common import clock, jobs
from common.db import add_to, db, insert_once, update_where
from common.jobs import job
from common.unit_of_work import unit_of_work
from moderation.events import ItemDecided
from moderation.review import numbers as review_numbers
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemType
from moderation.review.undoing import is_undone
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.statements import first_of
from moderation.screening.learning import numbers
from moderation.screening.learning.features import is_fact
from moderation.screening.learning.models import FeatureCount, LabelCount, Lesson
from moderation.screening.learning.rules import Label, lesson_of
from moderation.screening.models import TextPrint


def when_decided(fact: ItemDecided) -> None:
    """Learn from a decision once it can no longer be undone; put right what an appeal has overturned."""
    item = db.session.get_one(ReviewItem, fact.item_id)
    if item.kind == ItemType.APPEAL:
        if fact.decision == Decision.OVERTURN:
            _when_overturned(item.target_id)
        return
    later = clock.now() + timedelta(seconds=review_numbers.lease_numbers().tell_seconds + 30)
    jobs.enqueue("screening.learn", {"item_id": fact.item_id}, f"screening.learn:{fact.item_id}", later)


def _when_overturned(appeal_id: int) -> None:
    statement_id = db.session.get_one(Appeal, appeal_id).statement_id
    decision_id = first_of(db.session.get_one(Statement, statement_id)).decision_id
    if decision_id is not None:
        key = f"screening.unlearn:{decision_id}"
        jobs.enqueue("screening.unlearn", {"decision_id": decision_id}, key)


@job("screening.learn")
def learn_from(payload: dict[str, Any]) -> None:
    """The job of a decision."""
    with unit_of_work():
        found = db.session.execute(
            select(ReviewDecision, ReviewItem.kind)
            .join(ReviewItem, ReviewItem.id == ReviewDecision.item_id)
            .where(ReviewDecision.item_id == payload["item_id"])
        ).first()
        if found is None:
            return
        decision, kind = found
        hasty = numbers.model_numbers().hasty_seconds
        reason = decision.reason.value if decision.reason else None
        label = lesson_of(str(kind), decision.decision.value, reason, decision.seconds, hasty)
        if label is not None and decision.post_id is not None and not is_undone(decision.id):
            learn(decision.post_id, decision.id, label)


def learn(post_id: int, decision_id: int, label: Label) -> bool:
    """Take a decided text in, inside the open unit of work. False when this decision, or a later one, was learned."""
    text = db.session.get(TextPrint, post_id)
    if text is None or not text.numbers:
        return False
    language, kept = text.language, list(text.numbers)
    known = _lesson(post_id)
    if known is not None:
        if known.decision_id >= decision_id:
            return False
        return _relabel(known, label, decision_id, kept)
    if insert_once(
        Lesson, post_id=post_id, decision_id=decision_id, language=language, label=label, numbers=kept,
        learned_at=clock.now(),
    ) is None:  # fmt: skip
        return False
    _count(language, label, kept, 1)
    return True


@job("screening.unlearn")
def unlearn_from(payload: dict[str, Any]) -> None:
    """The job of an appeal that was granted."""
    with unit_of_work():
        unlearn(payload["decision_id"])


def unlearn(decision_id: int) -> bool:
    """A decision was wrong: its text taught the contrary. False when it taught nothing, or this was done before."""
    known = db.session.scalar(
        select(Lesson).where(Lesson.decision_id == decision_id, Lesson.overturned.is_(False))
    )
    return known is not None and _relabel(known, Label.OK, decision_id, list(known.numbers), overturned=True)


def _lesson(post_id: int) -> Lesson | None:
    return db.session.scalar(
        select(Lesson)
        .where(Lesson.post_id == post_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _relabel(
    known: Lesson, label: Label, decision_id: int, kept: list[int], overturned: bool = False
) -> bool:
    language, before, taught, post_id = known.language, Label(known.label), list(known.numbers), known.post_id
    changed = update_where(
        Lesson, Lesson.post_id == post_id, Lesson.decision_id == known.decision_id,
        Lesson.overturned.is_(known.overturned), label=label, decision_id=decision_id, numbers=kept,
        learned_at=clock.now(), overturned=overturned,
    )  # fmt: skip
    if not changed:
        return False
    _count(language, before, taught, -1)
    _count(language, label, kept, 1)
    return True


def _count(language: str, label: Label, kept: list[int], step: int) -> None:
    for one in sorted(set(kept)):
        add_to(FeatureCount, {"language": language, "number": one}, **{label.value: step})
    words = sum(not is_fact(one) for one in set(kept))
    add_to(LabelCount, {"language": language, "label": label}, texts=step, features=words * step)
