"""The forum's work outside the request."""

from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, delete, exists, literal, select

from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock, jobs
from common.db import db
from common.unit_of_work import unit_of_work
from forum.asking.visiting import decide_old_visits
from forum.drafts.parking import forget_parked
from forum.notices import fanning
from forum.questions.models import Draft, Question, Sending
from forum.questions.rules import HelpState, PostState

DRAFTS_KEPT = timedelta(days=90)
SENDINGS_KEPT = timedelta(days=1)
CHECK_AFTER_DAYS = (2, 7)
"""Days after the first answer when the asker is asked whether it is solved (design/UX.md §6)."""
_BATCH = 500


@jobs.job("forum.tell_topics")
def tell_topics(payload: dict[str, Any]) -> None:
    """Whoever follows a category, a topic, a product or a member hears what is new there."""
    fanning.tell_topics(payload)


@jobs.job("forum.tell_followers")
def tell_followers(payload: dict[str, Any]) -> None:
    """Followers of a thread hear of an answer."""
    fanning.tell_followers(payload)


@jobs.job("forum.tell_solution")
def tell_solution(payload: dict[str, Any]) -> None:
    """Followers of a thread hear of its solution."""
    fanning.tell_solution(payload)


@jobs.periodic("forum.ask_whether_solved", every=timedelta(hours=1))
def ask_whether_solved() -> None:
    """Askers with an answer and no solution are asked after two and after seven days, then never again."""
    for days in CHECK_AFTER_DAYS:
        for question_id, asker_id in _unsolved_for(days):
            with unit_of_work():
                telling.tell(
                    asker_id, "resolved-check", f"resolved:{question_id}:{days}", question_id, question_id
                )


def _unsolved_for(days: int) -> list[Any]:
    """Questions whose first answer is between `days` and one more day old."""
    until = clock.now() - timedelta(days=days)
    cause = literal("resolved:") + cast(Question.id, String) + literal(f":{days}")
    asked = exists().where(Notification.member_id == Question.author_id, Notification.cause == cause)
    query = select(Question.id, Question.author_id).where(
        ~asked,
        Question.help_state == HelpState.ANSWERED,
        Question.state == PostState.PUBLISHED,
        Question.first_answer_at <= until,
        Question.first_answer_at > until - timedelta(days=1),
        Question.author_id.is_not(None),
    )
    return list(db.session.execute(query.order_by(Question.id).limit(_BATCH)).all())


@jobs.periodic("forum.forget_drafts", every=timedelta(hours=6))
def forget_drafts() -> None:
    """Drafts of more than 90 days go, and fingerprints of what was sent yesterday."""
    with unit_of_work():
        db.session.execute(delete(Draft).where(Draft.updated_at < clock.now() - DRAFTS_KEPT))
        db.session.execute(delete(Sending).where(Sending.sent_at < clock.now() - SENDINGS_KEPT))
    forget_parked()


@jobs.periodic("forum.decide_asks", every=timedelta(hours=1))
def decide_asks() -> None:
    """What became of visits to the ask page a day ago; whose they were is forgotten."""
    decide_old_visits()
