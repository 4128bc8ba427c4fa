"""What the desk does about facts, in the same transaction. The table at the bottom says who reacts to what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.events import MemberClosed, MemberRenamed, MessageReported, ProfileChanged
from accounts.masks.queries import person_behind
from accounts.members.models import Member
from common import jobs
from common.db import db
from common.permissions import Actor
from common.unit_of_work import subscribe
from forum import events
from forum.questions.models import PendingEdit, Post
from forum.questions.rules import HelpState, PostState
from forum.solutions.rules import PAUSING
from moderation import leaving
from moderation.crm import consenting
from moderation.escalation import cases, laddering, prioritising
from moderation.events import CaseOpened, IncidentAnnounced, ItemDecided, ItemUndone, SanctionEnded
from moderation.flags import handlers as reports
from moderation.handing import passing, teams
from moderation.incidents import afterwards
from moderation.legal_notices import guides
from moderation.legal_notices import settling as legal
from moderation.legal_notices.rules import Place, Subject
from moderation.looks import looking
from moderation.officials import checking
from moderation.outbreaks import noting
from moderation.private import talking
from moderation.profile_reports import noticing
from moderation.review import queueing
from moderation.review.deciding import REVIEW_KINDS
from moderation.review.rules import FoundBy, ItemType, Reason, held_as, item_class, raised_class
from moderation.routing import applying, returning
from moderation.sanctions import statements
from moderation.sanctions.rules import Measure
from moderation.satisfaction import asking
from moderation.screening import screener
from moderation.screening.learning import learning
from moderation.targets import following
from rewards.events import CouponRevoked


def queue_held_post(fact: events.PostHeld) -> None:
    """A text that waits has an item."""
    post = db.session.get_one(Post, fact.post_id)
    signals = screener.signals_of(post.heading, post.body, fact.reasons)
    kind = held_as(post.kind in REVIEW_KINDS, fact.reasons)
    klass = raised_class(item_class(kind, urgent="danger" in signals), signals)
    queueing.open_item(
        kind,
        post.id,
        post=post,
        signals=signals,
        klass=klass,
        version=fact.version,
        found_by=(screener.finder_of(signals),),
    )


def queue_held_edit(fact: events.EditHeld) -> None:
    """An edit that waits has an item; an edit of the edit replaces it."""
    post = db.session.get_one(Post, fact.post_id)
    pending = db.session.get_one(PendingEdit, fact.post_id)
    signals = screener.signals_of(pending.title, pending.body, fact.reasons)
    klass = raised_class(item_class(ItemType.EDIT, urgent="danger" in signals), signals)
    queueing.open_item(
        ItemType.EDIT, post.id, post=post, signals=signals, klass=klass, version=fact.version,
        author_id=pending.editor_id, found_by=(screener.finder_of(signals),),
    )  # fmt: skip


def nothing_left_of_edit(fact: events.HeldEditEnded) -> None:
    """An edit that is over needs no decision."""
    queueing.cancel_edit(fact.post_id)


def sample_question(fact: events.QuestionPublished) -> None:
    """Some of what is published at once is looked at afterwards."""
    _sample(fact.question_id, fact.author_id)


def sample_answer(fact: events.AnswerPublished) -> None:
    """The same for answers."""
    _sample(fact.answer_id, fact.author_id)


def sample_comment(fact: events.CommentPublished) -> None:
    """The same for comments."""
    _sample(fact.comment_id, fact.author_id)


def _sample(post_id: int, author_id: int | None) -> None:
    if author_id is None:
        return
    wrote = Member.id == person_behind(author_id)
    author = db.session.execute(select(Member.rank, Member.role).where(wrote)).one()
    if str(author.role) != "member":
        return
    post = db.session.get_one(Post, post_id)
    category = queueing.category_of(post.thread_id)
    share = screener.sample_share(post, category, author.rank, False)
    told = screener.asks_for_a_look(post.heading, post.body)
    if share or told:
        queueing.draw_sample(post_id, share, told)
        _call_team(told, post.thread_id)


def sample_review(fact: events.ReviewPublished) -> None:
    """A review that nobody read before it was published is read now, whatever it says."""
    post = db.session.get_one(Post, fact.post_id)
    if not post.is_official and screener.is_read_afterwards(fact.author_id):
        queueing.draw_sample(fact.post_id, 1.0)


def look_for_address(fact: events.AddressSuspected) -> None:
    """A moderator looks at what may be an address of somebody who left."""
    if db.session.get_one(Post, fact.post_id).state == PostState.PUBLISHED:
        queueing.draw_sample(fact.post_id, 0.0, ("postal_address",))


def look_at_new_version(fact: events.PostEdited | events.ReviewEdited) -> None:
    """What waits about an edited text is about the new version, and a watched word in it is looked at."""
    queueing.post_was_edited(fact.post_id, fact.version)
    post = db.session.get_one(Post, fact.post_id)
    if told := screener.asks_for_a_look(post.heading, post.body):
        queueing.draw_sample(post.id, 0.0, told)
        _call_team(told, post.thread_id)


def _call_team(told: tuple[str, ...], question_id: int) -> None:
    if any(signal.startswith(teams.ROUTE) for signal in told):
        passing.follow_word(question_id)


def queue_message(fact: MessageReported) -> None:
    """A message its receiver showed to the team is an item; neither of the two decides about it."""
    queueing.open_item(
        ItemType.MESSAGE,
        fact.report_id,
        signals=("flagged",),
        found_by=(FoundBy.REPORT,),
        author_id=fact.author_id,
        excluded_id=fact.reporter_id,
    )


def look_at_profile(fact: ProfileChanged) -> None:
    """What a newcomer's profile links to, and watched words in it, are looked at by a person."""
    noticing.look(fact.member_id, fact.parts)


def nothing_left_of_member(fact: MemberClosed) -> None:
    """What waited about the profile of somebody who left is over."""
    queueing.cancel_about_member(fact.member_id)
    legal.gone(Place(Subject.PROFILE, fact.member_id))


def follow_guide(fact: events.GuideStateChanged) -> None:
    """What waited about a guide that was withdrawn is over."""
    guides.note_state(fact.guide_id)


# --- measures ------------------------------------------------------------------------------------------------------


def look_at_rank_again(fact: SanctionEnded) -> None:
    """A measure froze the rank: what was earned by then counts now (domain/rewards.md §A2.2)."""
    jobs.enqueue("rewards.standing", {"member_id": fact.member_id})


def explain_revoked_coupon(fact: CouponRevoked) -> None:
    """A discount that is taken back is explained like every restriction (domain/moderation.md §B6)."""
    statements.state_reasons(
        Actor(member_id=fact.actor_id), Measure.COUPON_REVOKED, Reason.OTHER, cause=f"coupon:{fact.coupon_id}",
        member_id=fact.member_id, message=fact.reason,
    )  # fmt: skip


# --- the ladder (moderation/escalation) -------------------------------------------------------------------------


def start_clock(fact: events.QuestionPublished) -> None:
    """From now on somebody should answer."""
    laddering.start(fact.question_id)


def settle_clock(fact: Any) -> None:
    """Clock and case follow what the thread has come to: an answer, its going, a solution, a closing."""
    laddering.settle(fact.question_id)


def settle_both_clocks(fact: Any) -> None:
    """The same for the two threads of a merge or a split, and the lists of what waits to be reviewed."""
    for question_id in sorted((fact.question_id, fact.other_id)):
        laddering.settle(question_id)
        queueing.follow_posts(question_id)


def end_private_of_merged(fact: events.QuestionMerged) -> None:
    """What was offered, or went on, in private about the question is over: its thread is another one now."""
    talking.end_for_good(fact.question_id, fact.actor_id)


def end_private_of_gone(fact: events.PostRemoved | events.HiddenPostGone) -> None:
    """The same when the question itself is taken away; one that is only hidden may return, and its talk goes on."""
    if fact.post_id == fact.question_id and getattr(fact, "state", "") not in ("hidden", "held"):
        talking.end_for_good(fact.question_id, fact.actor_id, "private_gone")


def start_own_clock(fact: events.QuestionSplit) -> None:
    """A question that was split off waits from now on; one that comes a second time begins again."""
    if not laddering.start(fact.question_id):
        laddering.restart(fact.question_id, "split")


def score_again(fact: Any) -> None:
    """The question's text or its "me too" changed: so may its priority."""
    if not isinstance(fact, events.PostEdited) or fact.post_id == fact.question_id:
        prioritising.rescore(fact.question_id)


def hear_asker(fact: events.AnswerPublished | events.CommentPublished) -> None:
    """A case that waits for the asker goes on when the asker writes."""
    if fact.author_id is not None and fact.author_id == db.session.get_one(Post, fact.question_id).author_id:
        cases.asker_spoke(fact.question_id, fact.author_id)
        following.asker_wrote(fact.question_id, _post_of(fact))


def hear_team(fact: events.AnswerPublished | events.CommentPublished) -> None:
    """What the team owed is there."""
    if following.is_team(fact.author_id):
        following.team_wrote(fact.question_id, _post_of(fact))


def owe_news(fact: events.AnswerPublished | events.CommentPublished) -> None:
    """While the team works on it, news are owed again."""
    if following.is_team(fact.author_id):
        following.owe_news(fact.question_id, _post_of(fact))


def _post_of(fact: events.AnswerPublished | events.CommentPublished) -> int:
    return fact.answer_id if isinstance(fact, events.AnswerPublished) else fact.comment_id


def begin_again(fact: events.QuestionReopened) -> None:
    """A reopened question has a new cycle; an answer that stands there stops it at once."""
    laddering.restart(fact.question_id, "reopened")
    laddering.settle(fact.question_id)


def follow_state(fact: events.HelpStateChanged) -> None:
    """Clocks rest while the asker or an incident is waited for, and stop when the asker never came back."""
    rested, rests = fact.before in PAUSING, fact.after in PAUSING
    if fact.before == HelpState.STALE:
        laddering.pick_up(fact.question_id)
    if rests and not rested:
        laddering.rest(fact.question_id, f"state:{fact.after}")
    elif rested and not rests:
        laddering.resume(fact.question_id, f"state:{fact.after}")
    if fact.after == HelpState.STALE:
        laddering.leave(fact.question_id)
    asking.follow(fact.before, fact.after, fact.question_id)


def begin_after_no(fact: events.QuestionUnsettled) -> None:
    """What was answered did not help: somebody should answer anew."""
    cases.asker_unsettled(fact.question_id)


def still_broken(fact: events.QuestionUnsettled) -> None:
    """Where an incident had answered it, that is a no to "does it work again?"."""
    afterwards.asker_unsettled(fact.question_id, fact.asker_id)


def come_back(fact: events.QuestionCameBack) -> None:
    """What was handled in private is public again: a new cycle. What is settled, or was no part of an incident, is not."""
    if fact.where == "private":
        laddering.restart(fact.question_id, "back from private")
    laddering.settle(fact.question_id)


def date_official(fact: events.AnswerPublished) -> None:
    """An official answer holds until a day, and is read again then."""
    if fact.is_official:
        checking.note_published(fact.answer_id, fact.question_id)


def find_team(fact: CaseOpened) -> None:
    """A case that opens has its team by the rules."""
    applying.ensure(fact.case_id)
    passing.send_where_called(fact.case_id, fact.question_id)


def give_cases_back(fact: MemberClosed) -> None:
    """What somebody worked on goes back to the queue when their account is closed."""
    returning.forget(fact.member_id)


def pass_to_team(fact: ItemDecided) -> None:
    """A question that a moderator escalated while it was held is published now: the team has it at last."""
    passing.hand_over_at_last(fact.item_id)


# --- incidents ----------------------------------------------------------------------------------------------------


def note_question(fact: events.QuestionPublished) -> None:
    """Whether many people ask the same is looked at outside the request (domain/escalation.md §C4)."""
    noting.enqueue(fact.question_id)


def gather_questions(fact: IncidentAnnounced) -> None:
    """Questions that are very like an incident become part of it."""
    jobs.enqueue("outbreaks.gather", {"incident_id": fact.incident_id})


# --- who reacts to what -------------------------------------------------------------------------------------------

HANDLERS: dict[type, tuple[Any, ...]] = {
    MemberRenamed: (consenting.note_name,),
    MemberClosed: (give_cases_back, nothing_left_of_member, leaving.forget, consenting.forget),
    MessageReported: (queue_message,),
    ProfileChanged: (look_at_profile,),
    events.PostHeld: (queue_held_post,),
    events.EditHeld: (queue_held_edit,),
    events.HeldEditEnded: (nothing_left_of_edit,),
    events.QuestionPublished: (sample_question, start_clock, note_question),
    events.AnswerPublished: (sample_answer, hear_asker, hear_team, settle_clock, owe_news, date_official),
    events.CommentPublished: (sample_comment, hear_asker, hear_team, owe_news),
    events.PostEdited: (look_at_new_version, score_again, settle_clock),
    events.AddressSuspected: (look_for_address,),
    events.PostRemoved: (
        end_private_of_gone,
        reports.nothing_left_to_decide,
        settle_clock,
        consenting.note_change,
    ),
    events.HiddenPostGone: (end_private_of_gone, reports.nothing_left_of_hidden),
    events.PostRestored: (settle_clock, consenting.note_change),
    events.ReviewPublished: (sample_review,),
    events.ReviewEdited: (look_at_new_version,),
    events.ReviewRemoved: (reports.nothing_left_to_decide,),
    events.AnswerAccepted: (settle_clock,),
    events.AnswerUnaccepted: (settle_clock, consenting.note_change),
    events.QuestionClosed: (settle_clock, reports.answer_of_linked),
    events.QuestionRefiled: (reports.answer_of_moved,),
    events.QuestionFiledBack: (reports.judge_nobody_of_moved,),
    events.GuideStateChanged: (follow_guide,),
    events.QuestionReopened: (begin_again,),
    events.QuestionUnlinked: (settle_clock, reports.judge_nobody_of_parted),
    events.QuestionMerged: (end_private_of_merged, reports.nothing_left_of_merged, settle_both_clocks),
    events.QuestionParted: (reports.judge_nobody_of_parted, settle_both_clocks),
    events.QuestionSplit: (start_own_clock, settle_both_clocks),
    events.QuestionJoined: (settle_both_clocks,),
    events.QuestionUnsettled: (begin_after_no, still_broken),
    events.QuestionDeclaredSolved: (settle_clock,),
    events.QuestionContinuedElsewhere: (settle_clock,),
    events.QuestionCameBack: (come_back,),
    events.ReplyKindChanged: (settle_clock,),
    events.HelpStateChanged: (follow_state,),
    events.MeTooGiven: (score_again,),
    events.MeTooWithdrawn: (score_again,),
    IncidentAnnounced: (gather_questions,),
    CaseOpened: (find_team,),
    SanctionEnded: (look_at_rank_again,),
    CouponRevoked: (explain_revoked_coupon,),
    ItemDecided: (looking.learn, learning.when_decided, pass_to_team),
    ItemUndone: (looking.unlearn,),
}


def subscribe_all() -> None:
    """Put the table in force; called once by the package."""
    for fact, handlers in HANDLERS.items():
        for handler in handlers:
            subscribe(fact, handler)
