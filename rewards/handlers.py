"""Who in rewards reacts to what happens elsewhere. The table stands at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.events import EmailConfirmed, MemberClosed, MemberJoined
from accounts.masks.queries import persons_behind
from accounts.notifications.telling import tell
from common import jobs
from common.unit_of_work import subscribe
from forum import events as forum
from rewards import events, leaving
from rewards.guides import earning
from rewards.ledger import pointing, settling
from rewards.ledger.queries import news_of
from rewards.shop import exporting


def on_question_published(fact: forum.QuestionPublished) -> None:
    """A member's first question, and what their rank needs."""
    settling.settle_first_post(fact.question_id)
    _look_again(fact.author_id)


def on_answer_published(fact: forum.AnswerPublished) -> None:
    """A member's first answer, and what their rank needs."""
    settling.settle_first_post(fact.answer_id)
    _look_again(fact.author_id)


def on_comment_published(fact: forum.CommentPublished) -> None:
    """A comment is a published post too: it can open the first rank."""
    _look_again(fact.author_id)


def on_answer_recognised(
    fact: forum.AnswerAccepted
    | forum.AnswerUnaccepted
    | forum.SolutionConfirmed
    | forum.AnswerEndorsed
    | forum.EndorsementWithdrawn,
) -> None:
    """The solution or the recommendation changed."""
    settling.settle_answer(fact.answer_id, fact.actor_id)
    _look_again(fact.author_id, getattr(fact, "asker_id", None))
    if isinstance(fact, forum.AnswerAccepted | forum.AnswerUnaccepted):
        on_thread_changed(fact)


def on_thread_changed(
    fact: forum.AnswerAccepted
    | forum.AnswerUnaccepted
    | forum.QuestionMerged
    | forum.QuestionParted
    | forum.QuestionSplit
    | forum.QuestionJoined
    | forum.QuestionRefiled,
) -> None:
    """Answers stand beside a solution now, or beside none, or in another category: figures of ranks follow."""
    for question_id in {fact.question_id, getattr(fact, "other_id", fact.question_id)}:
        jobs.enqueue("rewards.figures", {"question_id": question_id})


def on_kudos(fact: forum.KudosGiven | forum.KudosWithdrawn) -> None:
    """A thumbs-up came or went."""
    settling.settle_kudos(fact.post_id, fact.voter_id)
    _look_again(fact.author_id)


def on_me_too(fact: forum.MeTooGiven | forum.MeTooWithdrawn) -> None:
    """A me-too came or went."""
    settling.settle_me_too(fact.question_id, fact.member_id)


def on_hint(fact: forum.DuplicateHintDecided) -> None:
    """A duplicate that was pointed out was confirmed, or turned out to be none."""
    pointing.settle_hint(fact.hint_id, fact.actor_id)
    _look_again(fact.member_id)


def on_post_removed(fact: forum.PostRemoved) -> None:
    """Everything the post brought anybody is undone."""
    settling.undo_post(fact.post_id, fact.actor_id)
    _look_again(fact.author_id)


def on_post_restored(fact: forum.PostRestored) -> None:
    """What the post had brought comes back."""
    settling.redo_post(fact.post_id, fact.actor_id)
    _look_again(fact.author_id)


def on_guide(fact: forum.GuideValidated | forum.GuideStateChanged) -> None:
    """A guide of a member was published, or withdrawn: points, and a badge may follow."""
    earning.settle_guide(fact.guide_id, fact.actor_id)
    _look_again(fact.author_id)


def on_guide_helped(fact: forum.GuideHelped) -> None:
    """A reader said whether a guide helped."""
    earning.settle_helped(fact.guide_id, fact.voter_id)


def on_device(fact: forum.DeviceAdded) -> None:
    """Somebody said what they own."""
    _look_again(fact.member_id)


def on_points_booked(fact: events.PointsBooked) -> None:
    """Reputation changed: the rank may. What an answer earned by being recognised is told, once."""
    if fact.account != "reputation" or fact.granted <= 0:
        return
    _look_again(fact.member_id)
    line = news_of(fact.entry_id)
    if line is not None:
        tell(
            fact.member_id,
            "points",
            line.key,
            question_id=line.question_id,
            post_id=line.post_id,
            points=fact.granted,
        )


def on_member_known(fact: MemberJoined | EmailConfirmed) -> None:
    """A confirmed address opens the first rank."""
    _look_again(fact.member_id)


def on_coupon_over(fact: events.CouponRevoked | events.CouponOver) -> None:
    """Shops that have the code should switch it off."""
    exporting.queue_taken_back(fact.coupon_id)


def on_coupon_revived(fact: events.CouponRevived) -> None:
    """Shops keep it, or get it anew."""
    exporting.good_again(fact.coupon_id)


def on_promotion_ended(fact: events.PromotionEnded) -> None:
    """The same for the codes nobody had."""
    exporting.queue_withdrawn(fact.promotion_id)


def on_trial_report(fact: events.TrialReportAccepted) -> None:
    """A report in time counts for the badge of testers."""
    _look_again(fact.member_id)


def _look_again(*member_ids: int | None) -> None:
    behind = persons_behind(member_ids)
    for member_id in member_ids:
        if member_id is not None:
            jobs.enqueue("rewards.standing", {"member_id": behind.get(member_id, member_id)})


TABLE: dict[type, Callable[[Any], None]] = {
    forum.QuestionPublished: on_question_published,
    forum.AnswerPublished: on_answer_published,
    forum.CommentPublished: on_comment_published,
    forum.AnswerAccepted: on_answer_recognised,
    forum.AnswerUnaccepted: on_answer_recognised,
    forum.SolutionConfirmed: on_answer_recognised,
    forum.AnswerEndorsed: on_answer_recognised,
    forum.EndorsementWithdrawn: on_answer_recognised,
    forum.KudosGiven: on_kudos,
    forum.KudosWithdrawn: on_kudos,
    forum.QuestionMerged: on_thread_changed,
    forum.QuestionParted: on_thread_changed,
    forum.QuestionSplit: on_thread_changed,
    forum.QuestionJoined: on_thread_changed,
    forum.QuestionRefiled: on_thread_changed,
    forum.MeTooGiven: on_me_too,
    forum.MeTooWithdrawn: on_me_too,
    forum.DuplicateHintDecided: on_hint,
    forum.DeviceAdded: on_device,
    forum.GuideValidated: on_guide,
    forum.GuideStateChanged: on_guide,
    forum.GuideHelped: on_guide_helped,
    forum.PostRemoved: on_post_removed,
    forum.PostRestored: on_post_restored,
    events.TrialReportAccepted: on_trial_report,
    MemberJoined: on_member_known,
    EmailConfirmed: on_member_known,
    MemberClosed: leaving.forget,
    events.PointsBooked: on_points_booked,
    events.CouponRevoked: on_coupon_over,
    events.CouponOver: on_coupon_over,
    events.CouponRevived: on_coupon_revived,
    events.PromotionEnded: on_promotion_ended,
}


def register() -> None:
    """Subscribe the table above."""
    for fact, handler in TABLE.items():
        subscribe(fact, handler)
