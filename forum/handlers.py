"""What the forum does about its own facts, in the same transaction. The table at the bottom says who reacts to what."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, or_, select

from accounts.events import EmailChanged, EmailConfirmed, MemberClosed, MemberJoined
from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock, freshness, jobs
from common.db import db, update_where
from common.unit_of_work import subscribe
from forum import events, leaving
from forum.categories.models import Category
from forum.content.guides.proposals import notices as proposed
from forum.content.reviews import counting as reviews
from forum.content.terms import accepting
from forum.files import attaching
from forum.housekeeping import news
from forum.housekeeping.queries import kin_ids
from forum.invitations import notices as invited
from forum.notices import asked, fanning, spreading
from forum.pointing import notices as pointed
from forum.positions import marking
from forum.products.filing import count_product
from forum.products.marking import mark_text
from forum.products.owning import know_again
from forum.questions.models import Post, Question
from forum.questions.tagging import count_tags
from forum.reactions.following import make_follower
from forum.solutions.counting import recount
from forum.suggestions import notices as suggested

_DUPLICATES = 200
"""Pages of duplicates that are made anew at once; the others within a minute."""
_Published = events.QuestionPublished | events.AnswerPublished | events.CommentPublished


def _threads_of(fact: object) -> tuple[int, ...]:
    """The question a fact is about, and the other one where it is about two."""
    other_id = getattr(fact, "other_id", None)
    return (fact.question_id,) if other_id is None else (fact.question_id, other_id)  # type: ignore[attr-defined]


# --- counts, states, copies ---------------------------------------------------------------------------------------


def count_again(fact: object) -> None:
    """Counts, times and help state of the question."""
    for question_id in sorted(_threads_of(fact)):
        recount(question_id)


def show_anew(fact: object) -> None:
    """Pages and lists that were made before are stale, those of duplicates too, which show the solution of this one."""
    threads = _threads_of(fact)
    shown_there = select(Question.__table__.c.id).where(Question.__table__.c.duplicate_of_id.in_(threads))
    keys = (*threads, *db.session.scalars(shown_there.limit(_DUPLICATES)))
    gone = [freshness.REMOVALS] if isinstance(fact, events.PostRemoved) else []
    freshness.touch(freshness.LISTS, *gone, *(f"question:{one}" for one in keys))


def show_kin_anew(fact: object) -> None:
    """Pages that name a question which came, went, or has another title."""
    if getattr(fact, "post_id", fact.question_id) == fact.question_id:  # type: ignore[attr-defined]
        freshness.touch(*(f"question:{one}" for one in kin_ids(_threads_of(fact))))


def index_again(fact: object) -> None:
    """The search index reads the question anew, outside this transaction."""
    for question_id in _threads_of(fact):
        jobs.enqueue("search.index", {"question_id": question_id})


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


def count_merged_out(fact: events.QuestionMerged) -> None:
    """One less where a question went up in another."""
    _count_question(fact.question_id, -1)


def count_parted_in(fact: events.QuestionParted) -> None:
    """One more where it is back."""
    _count_question(fact.question_id, 1)


def count_split_in(fact: events.QuestionSplit) -> None:
    """The category has one more question; topics it has none yet."""
    _count_question(fact.question_id, 1)


def count_joined_out(fact: events.QuestionJoined) -> None:
    """One less again; its topics were taken off it."""
    less = {"question_count": Category.question_count - 1}
    update_where(Category, Category.id == fact.category_id, **less)


def recount_home(fact: events.QuestionJoined) -> None:
    """Only the thread it came from is a question still."""
    recount(fact.other_id)


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


def mark_owner_unmasked(fact: events.MaskLifted) -> None:
    """The same for what bears its author's name since now."""
    for post_id in fact.posts:
        mark_text(post_id)


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


def tell_of_also_solved(fact: events.AlsoSolved) -> None:
    """The author hears that the answer solved it too."""
    cause = f"also-solved:{fact.answer_id}"
    telling.tell(
        fact.author_id, "answer-also-solved", cause, fact.question_id, fact.answer_id, actor_id=fact.actor_id
    )


def take_back_also_solved(fact: events.AlsoSolvedWithdrawn) -> None:
    """That news goes when it is true no more."""
    telling.withdraw(fact.answer_id, kind="answer-also-solved")


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


def take_back_linking(fact: events.QuestionUnlinked) -> None:
    """The same where it was a duplicate."""
    spreading.take_back_closing(fact.question_id)


def tell_of_merge(fact: events.QuestionMerged) -> None:
    """The asker, the followers and those whose answers moved hear where the question goes on."""
    news.tell_of_merge(fact.other_id, fact.asker_id, fact.actor_id, fact.act_id)


def tell_of_split(fact: events.QuestionSplit) -> None:
    """Whose texts moved hear of it."""
    news.tell_of_split(fact.question_id, fact.author_id, fact.actor_id, fact.act_id)


def take_back_moving(fact: events.QuestionParted | events.QuestionJoined) -> None:
    """News of a merge or a split that was undone goes."""
    news.take_back(fact.act_id)


def tell_of_lock(fact: events.QuestionLocked) -> None:
    """The asker hears that the thread is locked."""
    news.tell_of_lock(fact.question_id, fact.asker_id, fact.actor_id, fact.reason)


def take_back_lock(fact: events.QuestionUnlocked) -> None:
    """News of a lock that is open goes."""
    telling.withdraw(fact.question_id, kind="question-locked")


def tell_of_refiling(fact: events.QuestionRefiled) -> None:
    """The asker hears of another title, category or topics."""
    news.tell_of_refiling(fact.question_id, fact.asker_id, fact.actor_id, fact.act_id)


def take_back_news(fact: events.PostRemoved) -> None:
    """Nobody is told any more of what is gone; with a question, of nothing in its thread."""
    telling.put_away(Notification.post_id.in_(_with_what_hangs_on(fact.post_id)))


def bring_back_news(fact: events.PostRestored) -> None:
    """What returned may be heard of again, by who was not told before too; not what is away for itself."""
    telling.bring_back(
        Notification.post_id.in_(_with_what_hangs_on(fact.post_id).where(fanning.public_now()))
    )
    fanning.begin_again(db.session.get_one(Post, fact.post_id))


def _with_what_hangs_on(post_id: int) -> Select[int]:
    return select(Post.id).where(
        or_(Post.id == post_id, Post.question_id == post_id, Post.parent_id == post_id)
    )


# --- who reacts to what -------------------------------------------------------------------------------------------

HANDLERS: dict[type, tuple[Callable[[Any], None], ...]] = {
    events.QuestionPublished: (
        attaching.carry, count_question_in, mark_owner, let_author_follow, begin_to_read, count_again, tell_of_question, index_again, show_anew,
        show_kin_anew,
    ),
    events.AnswerPublished: (
        attaching.carry, mark_owner, let_author_follow, begin_to_read, count_again, tell_of_answer, index_again, show_anew,
    ),
    events.CommentPublished: (let_author_follow, begin_to_read, count_again, tell_of_comment, index_again, show_anew),
    events.PostEdited: (
        attaching.carry, count_again, tell_newly_mentioned, suggested.end_suggestions, index_again, show_anew, show_kin_anew,
    ),
    events.HeldEditEnded: (suggested.tell_overtaken,),
    events.EditSuggested: (suggested.tell_author,),
    events.SuggestionDecided: (suggested.tell_suggester,),
    events.ReviewPublished: (reviews.show,),
    events.ReviewEdited: (reviews.follow_edit,),
    events.ReviewRemoved: (reviews.take_off,),
    events.ReviewRestored: (reviews.come_back,),
    events.GuideValidated: (proposed.on_validated,),
    events.GuideDeclined: (proposed.on_declined,),
    events.MemberInvited: (invited.tell_invited,),
    events.PostHeld: (asked.hold_state,),
    events.PostRemoved: (
        count_question_out, asked.end_proposal_of_removed, count_again, take_back_news, index_again, show_anew, show_kin_anew,
    ),
    events.PostRestored: (attaching.carry, count_question_back, count_again, bring_back_news, index_again, show_anew, show_kin_anew),
    events.AnswerAccepted: (
        asked.end_proposal, count_again, tell_of_solution, asked.tell_of_automatic_solution, index_again, show_anew,
    ),
    events.SolutionConfirmed: (show_anew,),
    events.AnswerUnaccepted: (count_again, tell_of_unacceptance, index_again, show_anew),
    events.AlsoSolved: (tell_of_also_solved, show_anew),
    events.AlsoSolvedWithdrawn: (take_back_also_solved, show_anew),
    events.AnswerEndorsed: (count_again, tell_of_endorsement, index_again, show_anew),
    events.EndorsementWithdrawn: (count_again, take_back_endorsement, index_again, show_anew),
    events.QuestionClosed: (count_again, pointed.overtake, tell_of_closing, index_again, show_anew, show_kin_anew),
    events.QuestionReopened: (count_again, take_back_closing, index_again, show_anew),
    events.DuplicateHintDecided: (pointed.tell_pointer,),
    events.QuestionUnlinked: (count_again, pointed.undo, take_back_linking, index_again, show_anew, show_kin_anew),
    events.QuestionMerged: (count_merged_out, count_again, pointed.overtake, tell_of_merge, index_again, show_anew, show_kin_anew),
    events.QuestionParted: (count_parted_in, count_again, take_back_moving, index_again, show_anew, show_kin_anew),
    events.QuestionSplit: (count_split_in, count_again, tell_of_split, index_again, show_anew, show_kin_anew),
    events.QuestionJoined: (count_joined_out, recount_home, take_back_moving, index_again, show_anew, show_kin_anew),
    events.QuestionLocked: (tell_of_lock, show_anew),
    events.QuestionUnlocked: (take_back_lock, show_anew),
    events.QuestionRefiled: (tell_of_refiling,),
    events.ReplyKindChanged: (count_again, asked.tell_of_reply_kind, index_again, show_anew),
    events.QuestionDeclaredSolved: (asked.end_proposal, count_again, index_again, show_anew),
    events.QuestionUnsettled: (count_again, asked.tell_of_unsettling, index_again, show_anew),
    events.QuestionLeft: (count_again, asked.tell_of_leaving, index_again, show_anew),
    events.QuestionPresumedSolved: (count_again, index_again, show_anew),
    events.QuestionContinuedElsewhere: (count_again, index_again, show_anew),
    events.QuestionCameBack: (count_again, index_again, show_anew),
    events.HelpStateChanged: (asked.stop_reminding,),
    events.SolutionProposed: (asked.tell_of_proposal, show_anew),
    events.ProposalEnded: (asked.tell_of_ending, show_anew),
    events.SolutionWeighed: (show_anew,),
    events.MaskLifted: (mark_owner_unmasked, index_again, show_anew),
    events.KudosGiven: (tell_of_kudos, asked.weigh_solution),
    events.KudosWithdrawn: (take_back_kudos, asked.weigh_solution),
    EmailConfirmed: (know_owner_again,),
    MemberClosed: (leaving.forget,),
    MemberJoined: (accepting.joined,),
    EmailChanged: (know_owner_again,),
}  # fmt: skip


def subscribe_all() -> None:
    """Put the table in force; called once by the package."""
    for fact, handlers in HANDLERS.items():
        for handler in handlers:
            subscribe(fact, handler)
