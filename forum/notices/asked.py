"""What the forum does about what is asked of askers, and of answers as solutions; for the table in ``forum/handlers.py``."""

from __future__ import annotations

from common.db import db
from forum import events
from forum.notices import asking_back, spreading
from forum.questions.models import Post, Question
from forum.questions.rules import Ending, HelpState, PostKind
from forum.solutions import proposing, sweeping
from forum.solutions.counting import recount


def _thread_of(fact: events.KudosGiven | events.KudosWithdrawn | events.PostHeld) -> int:
    return db.session.get_one(Post, fact.post_id).thread_id


def hold_state(fact: events.PostHeld) -> None:
    """A question that waits for a review says so; what waits in a thread changes nothing about it."""
    if db.session.get_one(Post, fact.post_id).kind == PostKind.QUESTION:
        recount(fact.post_id)


def weigh_solution(fact: events.KudosGiven | events.KudosWithdrawn) -> None:
    """A thumbs-up may lift an answer above the accepted one, or the accepted one above it again."""
    sweeping.weigh_if_accepted(_thread_of(fact))


def tell_of_reply_kind(fact: events.ReplyKindChanged) -> None:
    """The asker hears of a reply that now asks for details."""
    if fact.post_id != fact.question_id:
        spreading.tell_of_reply_kind(fact.post_id)


def tell_of_leaving(fact: events.QuestionLeft) -> None:
    """The asker hears that the question rests, and how to wake it."""
    question = db.session.get_one(Question, fact.question_id)
    if question.info_post_id is not None and _is_answer(question.info_post_id):
        asking_back.tell_of_leaving(fact.question_id, question.info_post_id)


def stop_reminding(fact: events.HelpStateChanged) -> None:
    """A question that waits for its asker no more sends no reminders."""
    if fact.before in (HelpState.NEEDS_INFO, HelpState.STALE) and fact.after != HelpState.STALE:
        asking_back.take_back_requests(fact.question_id)


def tell_of_proposal(fact: events.SolutionProposed) -> None:
    """The asker hears of a proposed solution."""
    asking_back.tell_of_proposal(fact.question_id, fact.answer_id, fact.actor_id)


def tell_of_ending(fact: events.ProposalEnded) -> None:
    """News of a proposal that is over goes."""
    asking_back.tell_of_ending(fact.question_id, fact.answer_id, fact.actor_id, fact.ending)


def end_proposal(fact: events.AnswerAccepted | events.QuestionDeclaredSolved) -> None:
    """A solution ends what was proposed: confirmed, accepted by itself, or overtaken by another answer."""
    proposed = db.session.get_one(Question, fact.question_id).proposed_answer_id
    actor_id = getattr(fact, "actor_id", fact.asker_id)
    if proposed is not None and proposed == getattr(fact, "answer_id", None):
        ending = Ending.CONFIRMED if actor_id is not None else Ending.AUTOMATIC
    else:
        ending = Ending.OVERTAKEN
    proposing.end(fact.question_id, ending, actor_id)


def end_proposal_of_removed(fact: events.PostRemoved) -> None:
    """An answer that is gone is proposed no more."""
    if db.session.get_one(Question, fact.question_id).proposed_answer_id == fact.post_id:
        proposing.end(fact.question_id, Ending.OVERTAKEN, fact.actor_id)


def tell_of_automatic_solution(fact: events.AnswerAccepted) -> None:
    """The asker hears of a solution that was accepted by itself."""
    asking_back.tell_of_automatic_solution(fact.question_id, fact.answer_id)


def tell_of_unsettling(fact: events.QuestionUnsettled) -> None:
    """Followers hear that help is still wanted."""
    asking_back.tell_of_unsettling(fact.question_id, fact.asker_id)


def _is_answer(post_id: int) -> bool:
    return db.session.get_one(Post, post_id).kind == PostKind.ANSWER
