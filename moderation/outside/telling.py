"""What happens becomes events for receivers, in the same transaction: rows of ids, and a job for each receiver.

The table at the bottom says which fact is which event. Held and private texts make no fact, so they make no event.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from accounts.events import MemberClosed
from accounts.notifications import telling
from common import clock, jobs
from common.db import db, insert_new, insert_once
from common.unit_of_work import kept, subscribe
from forum import events as forum
from moderation import events
from moderation.escalation.models import Case
from moderation.escalation.rules import CaseState
from moderation.outside.models import Delivery, OutsideEvent, Receiver
from moderation.outside.rules import Kind, State

Facts = dict[str, Any]
MOST_STUCK = 500
OVER = (CaseState.CLOSED, CaseState.HANDED_BACK, CaseState.CANCELLED)


def tell(kind: Kind, facts: Facts, once: str | None = None) -> None:
    """Write the event for whoever wants it, inside the open unit of work. A paused receiver finds it in the error inbox."""
    wanting = [row for row in _switched_on() if kind.value in row.kinds]
    if wanting:
        tell_these(wanting, kind, facts, once)


def tell_these(receivers: Iterable[Any], kind: Kind, facts: Facts, once: str | None = None) -> None:
    """The same for receivers that are known (columns ``id`` and ``paused_at``)."""
    now, leaves = clock.now(), telling.earliest()  # never before a decision can no longer be taken back
    event_id = insert_once(
        OutsideEvent, uid=f"evt_{randomness.token_hex(12)}", kind=kind, facts=facts, once=once, at=now
    )
    if event_id is None:
        return
    rows = [
        {
            "receiver_id": one.id, "event_id": event_id, "round": 1, "number": 1,
            "state": State.FAILED if one.paused_at else State.WAITING,
            "next_at": None if one.paused_at else leaves, "ended_at": now if one.paused_at else None,
        }
        for one in receivers
    ]  # fmt: skip
    for row in insert_new(Delivery, rows, Delivery.id, Delivery.state):
        if row.state == State.WAITING:
            enqueue(row.id, 1, 1, leaves)


def enqueue(delivery_id: int, round: int, number: int, at: datetime, again: str = "") -> None:
    """The job of one attempt; there is never a second one for it."""
    payload = {"delivery_id": delivery_id, "round": round, "number": number}
    jobs.enqueue("outside.send", payload, f"outside:{delivery_id}:{round}:{number}{again}", at)


def stuck_ids() -> list[int]:
    """Deliveries that wait for ever: the job of their attempt failed so often that it was parked."""
    parked = [
        (one["delivery_id"], one["round"], one["number"]) for one in jobs.parked_payloads("outside.send", MOST_STUCK)
    ]  # fmt: skip
    if not parked:
        return []
    known = tuple_(Delivery.id, Delivery.round, Delivery.number).in_(parked)
    return list(db.session.scalars(select(Delivery.id).where(known, Delivery.state == State.WAITING)))


def _switched_on() -> list[Any]:
    query = select(Receiver.id, Receiver.kinds, Receiver.paused_at).where(Receiver.is_on.is_(True))
    return kept("receivers", lambda: list(db.session.execute(query).all()))


# --- which fact is which event ------------------------------------------------------------------------------------


def _of_post(kind: Kind, post: str, *more: str) -> Callable[[Any], None]:
    """An event about a text: its id, its thread's, and ``more`` of the fact."""

    def handle(fact: Any) -> None:
        facts = {"post_id": getattr(fact, post)}
        for name in ("question_id", "review_id", *more):
            if (value := getattr(fact, name, None)) is not None:
                facts[name] = value
        tell(kind, facts)

    return handle


def _of_question(kind: Kind, *more: str) -> Callable[[Any], None]:
    """An event about a question as a whole."""
    return _of_post(kind, "question_id", *more)


def _removed(fact: Any) -> None:
    """Whose it was, who took it away and why are nobody's outside."""
    tell(Kind.REMOVED, {"post_id": fact.post_id})


def _stage(fact: events.StageReached) -> None:
    tell(Kind.STAGE, {"question_id": fact.question_id, "cycle": fact.cycle, "stage": fact.stage})


def _case_opened(fact: events.CaseOpened) -> None:
    tell(Kind.CASE_OPENED, {"case_id": fact.case_id, "question_id": fact.question_id})


def _case_moved(fact: events.CaseMoved) -> None:
    """That a new case stands in the queue is told by its opening."""
    if fact.before == CaseState.NEW:
        return
    kind = Kind.CASE_CLOSED if fact.after in OVER else Kind.CASE_MOVED
    facts = {
        "case_id": fact.case_id,
        "question_id": fact.question_id,
        "from": fact.before,
        "to": fact.after,
        "version": fact.version,
    }
    tell(kind, facts)


def _continued(fact: forum.QuestionContinuedElsewhere) -> None:
    if fact.where != "private":
        return
    newest = select(Case.id).where(Case.question_id == fact.question_id).order_by(Case.id.desc()).limit(1)
    case_id = db.session.scalar(newest)
    tell(Kind.CASE_PRIVATE, {"case_id": case_id, "question_id": fact.question_id})


def _incident(fact: events.IncidentAnnounced) -> None:
    tell(Kind.INCIDENT, {"incident_id": fact.incident_id})


def _watch_matched(fact: events.WatchMatched) -> None:
    """Which watch of the team, and the text as everybody may read it; the words that were watched for stay here, and what
    somebody watches for alone is nobody's outside."""
    if not fact.for_team:
        return
    tell(Kind.WATCH_MATCHED, {"watch_id": fact.watch_id, "match_id": fact.match_id, "post_id": fact.post_id})


def _member_closed(fact: MemberClosed) -> None:
    """Told twice by the house, once outside."""
    tell(Kind.MEMBER_CLOSED, {"member_id": fact.member_id}, once=f"member.closed:{fact.member_id}")


HANDLERS: dict[type, Callable[[Any], None]] = {
    forum.QuestionPublished: _of_question(Kind.ASKED),
    forum.AnswerPublished: _of_post(Kind.ANSWERED, "answer_id", "is_official"),
    forum.CommentPublished: _of_post(Kind.COMMENTED, "comment_id"),
    forum.AnswerAccepted: _of_post(Kind.SOLVED, "answer_id"),
    forum.QuestionDeclaredSolved: _of_question(Kind.SOLVED),
    forum.AnswerUnaccepted: _of_post(Kind.UNSOLVED, "answer_id"),
    forum.QuestionUnsettled: _of_question(Kind.UNSOLVED),
    forum.QuestionClosed: _of_question(Kind.CLOSED, "reason"),
    forum.QuestionReopened: _of_question(Kind.REOPENED),
    forum.PostEdited: _of_post(Kind.EDITED, "post_id", "version"),
    forum.ReviewEdited: _of_post(Kind.EDITED, "post_id", "version"),
    forum.PostRemoved: _removed,
    forum.ReviewRemoved: _removed,
    forum.PostRestored: _of_post(Kind.RESTORED, "post_id"),
    forum.ReviewRestored: _of_post(Kind.RESTORED, "post_id"),
    forum.ReviewPublished: _of_post(Kind.REVIEWED, "post_id"),
    forum.QuestionContinuedElsewhere: _continued,
    events.StageReached: _stage,
    events.CaseOpened: _case_opened,
    events.CaseMoved: _case_moved,
    events.IncidentAnnounced: _incident,
    events.WatchMatched: _watch_matched,
    MemberClosed: _member_closed,
}


def subscribe_all() -> None:
    """Put the table in force; called once by the package."""
    for fact, handler in HANDLERS.items():
        subscribe(fact, handler)
