"""What the forum does about its own facts, in the same transaction. The table at the bottom says who reacts to what."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from accounts.events import EmailChanged, EmailConfirmed
from accounts.notifications import telling
from common import clock, freshness, jobs
from common.db import db, update_where
from common.unit_of_work import subscribe
from forum import events
from forum.categories.models import Category
from forum.notices import fanning, spreading
from forum.positions import marking
from forum.products.filing import count_product
from forum.products.marking import mark_text
from forum.products.owning import know_again
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind
from forum.questions.tagging import count_tags
from forum.reactions.following import make_follower
from forum.solutions.counting import recount

_Published = events.QuestionPublished | events.AnswerPublished | events.CommentPublished


def _thread_of(fact: object) -> int:
    if isinstance(fact, events.KudosGiven | events.KudosWithdrawn):
        return db.session.get_one(Post, fact.post_id).thread_id
    return fact.question_id  # type: ignore[attr-defined]


# --- counts, states, copies ---------------------------------------------------------------------------------------


def count_again(fact: object) -> None:
    """Counts, times and help state of the question."""
    recount(_thread_of(fact))


def show_anew(fact: object) -> None:
    """Pages and lists that were made before are stale."""
    freshness.touch(freshness.LISTS, f"question:{_thread_of(fact)}")


def index_again(fact: object) -> None:
    """The search index reads the question anew, outside this transaction."""
    jobs.enqueue("search.index", {"question_id": _thread_of(fact)})


def count_question_in(fact: events.QuestionPublished) -> None:
    """The category and the topics have one more question."""
    _count_question(fact.question_id, 1)


def count_question_back(fact: events.PostRestored) -> None:
    """The same when a question returns."""
    if fact.post_id == fact.question_id:
        _count_question(fact.question_id, 1)


def count_question_out(fact: events.PostRemoved) -> None:
    """One less when it goes."""
    if fact.post_id == fact.question_id:
        _count_question(fact.question_id, -1)


def _count_question(question_id: int, step: int) -> None:
    question = db.session.get_one(Question, question_id)
    category_id, product_id = question.category_id, question.product_id
    update_where(Category, Category.id == category_id, question_count=Category.question_count + step)
    count_product(product_id, step)
    count_tags(question_id, step)


# --- owners of products --------------------------------------------------------------------------------------------


def mark_owner(fact: events.QuestionPublished | events.AnswerPublished) -> None:
    """Beside the name stands that the author owns the product, where the brand's data say so."""
    mark_text(fact.question_id if isinstance(fact, events.QuestionPublished) else fact.answer_id)


def know_owner_again(fact: EmailConfirmed | EmailChanged) -> None:
    """Purchases are known by the address, once it is confirmed."""
    know_again(fact.member_id)


# --- people -------------------------------------------------------------------------------------------------------


def let_author_follow(fact: _Published) -> None:
    """Who writes in a thread hears what comes after."""
    if fact.author_id is not None:
        make_follower(fact.author_id, fact.question_id)


def begin_to_read(fact: _Published) -> None:
    """Who writes in a thread sees next time what came since."""
    if fact.author_id is not None:
        marking.begin(fact.author_id, fact.question_id, clock.now())


def tell_of_question(fact: events.QuestionPublished) -> None:
    """Mentioned members hear of a question, and whoever follows its category, topics or author."""
    spreading.tell_of_question(db.session.get_one(Post, fact.question_id))


def tell_of_answer(fact: events.AnswerPublished) -> None:
    """The asker, the followers and mentioned members hear of an answer."""
    spreading.tell_of_answer(db.session.get_one(Post, fact.answer_id))


def tell_of_comment(fact: events.CommentPublished) -> None:
    """The author of what was commented on, earlier commenters and mentioned members hear of a comment."""
    spreading.tell_of_comment(db.session.get_one(Post, fact.comment_id))


def tell_newly_mentioned(fact: events.PostEdited) -> None:
    """Who is mentioned by an edit hears of it, once."""
    spreading.tell_mentioned(db.session.get_one(Post, fact.post_id))


def tell_of_solution(fact: events.AnswerAccepted) -> None:
    """The author of the solution and the followers hear of it."""
    spreading.tell_of_solution(fact.question_id, fact.answer_id, fact.author_id, fact.actor_id)


def tell_of_unacceptance(fact: events.AnswerUnaccepted) -> None:
    """The author hears that it is no longer the solution."""
    spreading.tell_of_unacceptance(fact.question_id, fact.answer_id, fact.author_id, fact.actor_id)


def tell_of_endorsement(fact: events.AnswerEndorsed) -> None:
    """The author hears of the team's recommendation."""
    spreading.tell_of_endorsement(fact.answer_id, fact.question_id, fact.author_id, fact.actor_id)


def take_back_endorsement(fact: events.EndorsementWithdrawn) -> None:
    """News of a recommendation that is none any more goes."""
    telling.withdraw(fact.answer_id, kind="answer-endorsed")


def tell_of_kudos(fact: events.KudosGiven) -> None:
    """The author hears of a thumbs-up."""
    spreading.tell_of_kudos(fact.post_id, fact.author_id, fact.voter_id)


def take_back_kudos(fact: events.KudosWithdrawn) -> None:
    """News of a thumbs-up that was taken back goes."""
    telling.withdraw(cause=spreading.kudos_cause(fact.post_id, fact.voter_id), kind="kudos-given")


def tell_of_closing(fact: events.QuestionClosed) -> None:
    """The asker hears that the question was closed, and where its solution is."""
    spreading.tell_of_closing(fact.question_id, fact.asker_id, fact.actor_id, fact.reason)


def take_back_closing(fact: events.QuestionReopened) -> None:
    """News of a closing that is undone goes."""
    spreading.take_back_closing(fact.question_id)


def take_back_news(fact: events.PostRemoved) -> None:
    """Nobody is told any more of what is gone; with a question, of nothing in its thread."""
    for post_id in _posts_of(fact.post_id):
        telling.withdraw(post_id)


def bring_back_news(fact: events.PostRestored) -> None:
    """What returned may be heard of again, by who was not told before too."""
    for post_id in _posts_of(fact.post_id):
        telling.restore(post_id)
    fanning.begin_again(db.session.get_one(Post, fact.post_id))


def _posts_of(post_id: int) -> list[int]:
    post = db.session.get_one(Post, post_id)
    if post.kind != PostKind.QUESTION:
        return [post_id]
    return [post_id, *db.session.scalars(select(Post.id).where(Post.question_id == post_id))]


# --- who reacts to what -------------------------------------------------------------------------------------------

HANDLERS: dict[type, tuple[Callable[[Any], None], ...]] = {
    events.QuestionPublished: (
        count_question_in, mark_owner, let_author_follow, begin_to_read, count_again, tell_of_question, index_again, show_anew,
    ),
    events.AnswerPublished: (
        mark_owner, let_author_follow, begin_to_read, count_again, tell_of_answer, index_again, show_anew,
    ),
    events.CommentPublished: (let_author_follow, begin_to_read, count_again, tell_of_comment, index_again, show_anew),
    events.PostEdited: (count_again, tell_newly_mentioned, index_again, show_anew),
    events.PostRemoved: (count_question_out, count_again, take_back_news, index_again, show_anew),
    events.PostRestored: (count_question_back, count_again, bring_back_news, index_again, show_anew),
    events.AnswerAccepted: (count_again, tell_of_solution, index_again, show_anew),
    events.AnswerUnaccepted: (count_again, tell_of_unacceptance, index_again, show_anew),
    events.AnswerEndorsed: (count_again, tell_of_endorsement, index_again, show_anew),
    events.EndorsementWithdrawn: (count_again, take_back_endorsement, index_again, show_anew),
    events.QuestionClosed: (count_again, tell_of_closing, index_again, show_anew),
    events.QuestionReopened: (count_again, take_back_closing, index_again, show_anew),
    events.KudosGiven: (tell_of_kudos,),
    events.KudosWithdrawn: (take_back_kudos,),
    EmailConfirmed: (know_owner_again,),
    EmailChanged: (know_owner_again,),
}  # fmt: skip


def subscribe_all() -> None:
    """Put the table in force; called once by the package."""
    for fact, handlers in HANDLERS.items():
        for handler in handlers:
            subscribe(fact, handler)
