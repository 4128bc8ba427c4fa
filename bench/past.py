"""The past of a moderation desk, written in bulk: items of every sort that were decided over a long time, what was taken back,
appeals, items whose answer was known, pauses. For measuring and for tests of the figures; same numbers, same past."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy import text as sql

from bench.filling import insert_many_core
from common import clock
from common.db import db, on_postgresql
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.audits.models import Audit
from moderation.pauses.models import Pause
from moderation.pauses.rules import PauseKind
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.rules import (
    DEFAULT_SLA_MINUTES,
    HELD_TEXTS,
    Decision,
    ItemState,
    ItemType,
    Reason,
    aged_at,
    due_at,
)
from moderation.sanctions.models import Appeal, Statement
from moderation.sanctions.rules import AppealState, Measure

SORTS = (
    (ItemType.POST, 2, 40), (ItemType.EDIT, 2, 8), (ItemType.REVIEW, 2, 10), (ItemType.IMAGE, 2, 3),
    (ItemType.FLAG_CASE, 3, 18), (ItemType.FLAG_CASE, 1, 4), (ItemType.POST, 0, 1), (ItemType.SAMPLE, 5, 10),
    (ItemType.PROFILE, 5, 3), (ItemType.MESSAGE, 3, 2),
)  # fmt: skip
"""Types of items with their class, and how many of a hundred they are."""
SIGNALS = (["first_post"], ["links"], ["new_member", "short_link"], ["watched_word"], [])
UNDONE, APPEALED, KNOWN, PAUSED = 100, 12, 50, 40
"""One in so many: of all taken back, of the refused contested, of all an item whose answer is known, of all with a pause."""


def fill_past(
    count: int, days: int, moderators: Sequence[int], posts: Sequence[tuple[int, int | None]] = ()
) -> None:
    """So many items decided over so many days by these people; about these posts (with their thread) where there are any. What an appeal was lost about is refused for good."""
    chance, now = random.Random(23), clock.now()
    with unit_of_work():
        next_id = {
            of: (db.session.scalar(select(func.max(of.id))) or 0) + 1
            for of in (ReviewItem, ReviewDecision, Statement)
        }
        rows: dict[Any, list[Any]] = defaultdict(list)
        for number in range(count):
            _one(rows, chance, number, now, days, next_id, moderators, posts)
        refused = sorted(set(rows["refused"]))
        for start in range(0, len(refused), 500):
            some = Post.__table__.c.id.in_(refused[start : start + 500])
            db.session.execute(
                Post.__table__.update().where(some).values(state=PostState.REJECTED, published_at=None)
            )
        for table in (ReviewItem, ReviewDecision, DecisionUndo, Statement, Appeal, Audit, Pause):
            insert_many_core(table, rows[table])
            if on_postgresql():
                name = table.__tablename__
                db.session.execute(
                    sql(
                        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT coalesce(max(id), 1) FROM {name}))"
                    )
                )


def _one(rows, chance, number, now, days, next_id, moderators, posts) -> None:  # type: ignore[no-untyped-def]
    kind, klass, _share = chance.choices(SORTS, [share for _kind, _klass, share in SORTS])[0]
    began = now - timedelta(minutes=chance.randrange(5, days * 1440))
    decided = min(now, began + timedelta(seconds=chance.randrange(20, DEFAULT_SLA_MINUTES[klass] * 75)))
    about = (
        (chance.choice(posts) if posts else None)
        if kind not in (ItemType.PROFILE, ItemType.MESSAGE)
        else None
    )
    who, bad = chance.choice(moderators), chance.random() < 0.3
    reason = chance.choice((Reason.ADVERTISING, Reason.INSULT, Reason.OFF_TOPIC)) if bad else None
    decision = Decision.REJECT if bad else Decision.APPROVE
    item_id = _item(rows, next_id, kind, klass, began, decided, chance.choice(SIGNALS), about)
    decision_id = _decision(
        rows, next_id, item_id, kind, decision, reason, who, decided, chance.randrange(2, 90), about
    )
    if number % UNDONE == 7:
        rows[DecisionUndo].append(
            {"decision_id": decision_id, "actor_id": who, "undone_at": decided + timedelta(seconds=5)}
        )
    elif bad and number % APPEALED == 1:
        _appeal(rows, chance, next_id, decision_id, reason, who, decided, now, about)
    elif number % KNOWN == 3:
        known = _item(rows, next_id, ItemType.AUDIT, klass, began, decided, [], about, shown_as=kind)
        rows[Audit].append(
            {
                "moderator_id": who, "source_id": decision_id, "item_id": known, "served_at": began,
                "decision": decision, "agreed": chance.random() < 0.9, "seconds": 9, "decided_at": decided,
            }
        )  # fmt: skip
    if number % PAUSED == 5:
        rows[Pause].append({"member_id": who, "kind": chance.choice(list(PauseKind)), "begun_at": decided})


def _next(next_id: dict[Any, int], of: Any) -> int:
    next_id[of] += 1
    return next_id[of] - 1


def _item(rows, next_id, kind, klass, began, decided, signals, about, shown_as=None, author_id=None) -> int:  # type: ignore[no-untyped-def]
    item_id = _next(next_id, ReviewItem)
    post_id, thread_id = about or (None, None)
    rows[ReviewItem].append(
        {
            "id": item_id, "kind": kind, "target_id": post_id or item_id, "target_version": 1, "open_key": None,
            "post_id": post_id, "question_id": thread_id, "author_id": author_id, "class": klass,
            "state": ItemState.CANCELLED if kind == ItemType.AUDIT else ItemState.DECIDED, "signals": signals,
            "score": 0.0, "language": "en", "created_at": began, "due_at": due_at(klass, began),
            "aged_at": aged_at(klass, began), "skip_count": 0, "needs_senior": False, "decided_at": decided,
            "waited_seconds": int((decided - began).total_seconds()), "shown_as": shown_as,
        }
    )  # fmt: skip
    return item_id


def _decision(rows, next_id, item_id, kind, decision, reason, who, decided, seconds, about) -> int:  # type: ignore[no-untyped-def]
    decision_id, refused = _next(next_id, ReviewDecision), reason is not None
    before = "" if about is None else "held" if kind in HELD_TEXTS else "published"
    after = "" if about is None else "rejected" if refused else "published"
    rows[ReviewDecision].append(
        {
            "id": decision_id, "item_id": item_id, "decision": decision, "reason": reason, "message": "", "actor_id": who,
            "post_id": about[0] if about else None, "stamp": "v1", "version": 1, "state_before": before, "state_after": after,
            "seconds": seconds, "decided_at": decided,
        }
    )  # fmt: skip
    return decision_id


def _appeal(rows, chance, next_id, decision_id, reason, who, decided, now: datetime, about) -> None:  # type: ignore[no-untyped-def]
    statement_id, answered = (
        _next(next_id, Statement),
        min(now, decided + timedelta(hours=chance.randrange(1, 72))),
    )
    rows[Statement].append(
        {
            "id": statement_id, "cause": f"bench:{decision_id}", "measure": Measure.REJECTED, "decision_id": decision_id,
            "reason": reason, "clause": "4.1", "rests_on_law": False, "message": "", "from_notice": False,
            "automated_detection": False, "automated_decision": False, "actor_id": who, "created_at": decided,
            "appeal_until": decided + timedelta(days=180),
        }
    )  # fmt: skip
    state = chance.choice((AppealState.UPHELD, AppealState.UPHELD, AppealState.OVERTURNED))
    item_id = _item(rows, next_id, ItemType.APPEAL, 4, decided, answered, ["appeal"], None)
    if about and state == AppealState.UPHELD:
        rows["refused"].append(about[0])
    made = Decision.OVERTURN if state == AppealState.OVERTURNED else Decision.UPHOLD
    _decision(rows, next_id, item_id, ItemType.APPEAL, made, None, who, answered, 60, None)
    rows[Appeal].append(
        {
            "statement_id": statement_id, "round": 1, "text": "I only named the shop I bought it from.", "state": state,
            "item_id": item_id, "answer": "We have read it again.", "created_at": decided, "decided_at": answered,
            "decided_by_id": who,
        }
    )  # fmt: skip
