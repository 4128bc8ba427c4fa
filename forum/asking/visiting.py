"""What became of a visit to the ask page: solutions shown, opened, enough, or asked anyway.

Counted without looking over anybody's shoulder: a visit has a random mark, and the member is forgotten after a day.
"""

from __future__ import annotations

from sqlalchemy import exists, select

from accounts.masks.queries import is_of
from common import clock
from common.db import db, insert_once, update_where
from common.permissions import Actor
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.asking.incidents import Incident, join_incident
from forum.asking.models import AskVisit
from forum.asking.rules import DECIDED_AFTER, VISIT, Outcome
from forum.drafts.drafting import discard
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind
from forum.questions.writing import published_question
from forum.reactions.voting import me_too

_BATCH = 500


def note_shown(actor: Actor, visit: str, opened: bool = False) -> None:
    """Solutions were shown on this visit, or one of them was opened. Twice changes nothing."""
    if not VISIT.fullmatch(visit):
        return
    with unit_of_work():
        _begin(actor, visit)
        if opened:
            update_where(AskVisit, AskVisit.key == visit, AskVisit.opened_at.is_(None), opened_at=clock.now())


def settle(actor: Actor, visit: str, question_id: int) -> Question:
    """The solution of this question is enough: the ask ends, its draft goes. Harmless when repeated.

    Raises NotFound for a question that the actor may not read.
    """
    with unit_of_work():
        question = published_question(actor, question_id)
        _decide(actor, visit, Outcome.SETTLED, question_id)
        discard(actor, "ask")
    return question


def settle_by_reading(actor: Actor, visit: str) -> None:
    """A guide or an article of the help centre is enough: the ask ends, its draft goes."""
    with unit_of_work():
        _decide(actor, visit, Outcome.SETTLED)
        discard(actor, "ask")


def follow_instead(actor: Actor, visit: str, question_id: int) -> Question:
    """The same trouble: say so and hear of its answers, instead of asking again. Raises what ``me_too`` raises."""
    with unit_of_work():
        question = published_question(actor, question_id)
        me_too(actor, question_id, follow=True)
        _decide(actor, visit, Outcome.FOLLOWED, question_id)
        discard(actor, "ask")
    return question


def follow_incident(actor: Actor, visit: str, incident_id: int) -> Incident:
    """What is broken is known already: hear when it is over, instead of asking. Raises what joining raises."""
    with unit_of_work():
        incident = join_incident(actor, incident_id)
        _decide(actor, visit, Outcome.FOLLOWED)
        discard(actor, "ask")
    return incident


def take_up_again(actor: Actor, visit: str) -> None:
    """It was not enough after all: the visit is open again."""
    if not VISIT.fullmatch(visit):
        return
    with unit_of_work():
        decided = AskVisit.outcome.in_((Outcome.SETTLED, Outcome.FOLLOWED))
        update_where(
            AskVisit,
            AskVisit.key == visit,
            decided,
            outcome=Outcome.OPEN,
            decided_at=None,
            settled_by_id=None,
        )


def note_asked(actor: Actor, visit: str) -> None:
    """The question was asked all the same; inside the unit of work that asks it."""
    if VISIT.fullmatch(visit):
        _end(AskVisit.key == visit, outcome=Outcome.ASKED)


def decide_old_visits() -> int:
    """Visits of more than a day are decided, and whose they were is forgotten. Returns how many were."""
    before, done = clock.now() - DECIDED_AFTER, 0
    while True:
        with unit_of_work():
            query = select(AskVisit.id, AskVisit.member_id, AskVisit.shown_at, AskVisit.outcome)
            old = AskVisit.shown_at < before
            waiting = (AskVisit.outcome == Outcome.OPEN) | AskVisit.member_id.is_not(None)
            rows = db.session.execute(query.where(old, waiting).order_by(AskVisit.id).limit(_BATCH)).all()
            for row in rows:
                values: dict[str, object] = {"member_id": None}
                if row.outcome == Outcome.OPEN:
                    later = row.member_id is not None and _asked_soon_after(row.member_id, row.shown_at)
                    values |= {
                        "outcome": Outcome.ASKED_LATER if later else Outcome.LEFT, "decided_at": clock.now(),
                    }  # fmt: skip
                update_where(AskVisit, AskVisit.id == row.id, **values)
            done += len(rows)
        if len(rows) < _BATCH:
            return done


def _asked_soon_after(member_id: int, shown_at: object) -> bool:
    asked = exists().where(
        is_of(Post.author_id, member_id), Post.kind == PostKind.QUESTION, Post.created_at >= shown_at,
        Post.created_at < shown_at + DECIDED_AFTER,  # type: ignore[operator]
    )  # fmt: skip
    return bool(db.session.scalar(select(asked)))


def _begin(actor: Actor, visit: str) -> None:
    insert_once(AskVisit, key=visit, member_id=actor.member_id, shown_at=clock.now(), outcome=Outcome.OPEN)


def _decide(actor: Actor, visit: str, outcome: Outcome, question_id: int | None = None) -> None:
    if not VISIT.fullmatch(visit):
        return
    _begin(actor, visit)
    if _end(AskVisit.key == visit, outcome=outcome, settled_by_id=question_id) and question_id is not None:
        record(events.AskSettled(question_id, actor.member_id, outcome.value))


def _end(mine: object, **values: object) -> int:
    open_ = AskVisit.outcome == Outcome.OPEN
    return update_where(AskVisit, mine, open_, decided_at=clock.now(), **values)
