"""Who may review what. A refusal is the sentence the moderator reads."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from accounts.members.models import Member
from accounts.members.rules import Role
from common.db import db
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from forum.content.guides.models import Guide
from forum.content.guides.proposals.models import GuideProposal
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.audits.seeing import one_s_own
from moderation.delegation import scope
from moderation.delegation.rules import Right
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import NoticeState
from moderation.profile_reports.models import ProfileReport
from moderation.review.models import ReviewItem
from moderation.review.rules import ItemType


def can_review(actor: Actor) -> Verdict:
    """Read the queue and decide: everywhere, or what one's grants open."""
    if actor.suspended and actor.works_here:
        return refuse(_("Your account is suspended."))
    if not any(scope.has(actor, right) for right in (Right.DECIDE, Right.REVIEWS, Right.APPEALS)):
        return refuse(_("The review queue is for moderators."))
    return ALLOWED


def can_take_part(actor: Actor) -> Verdict:
    """Decide about anything at all: at the desk, or as a mentor in the category of a mandate."""
    return ALLOWED if scope.is_mentor(actor) else can_review(actor)


def can_bulk(actor: Actor) -> Verdict:
    """Decide about many at once; each is still looked at by its own rights."""
    if not (reviewing := can_review(actor)):
        return reviewing
    return ALLOWED if scope.has(actor, Right.BULK) else refuse(_("You decide about one item at a time."))


def can_rule(actor: Actor) -> Verdict:
    """Change watched words, policies and settings."""
    return ALLOWED if actor.is_manager else refuse(_("Rules are changed by managers."))


def can_take_over(actor: Actor) -> Verdict:
    """Take an item out of a colleague's hands (domain/moderation.md §B2.3)."""
    return ALLOWED if actor.is_manager else refuse(_("Only managers take an item over from a colleague."))


def can_see_figures(actor: Actor) -> Verdict:
    """Read how the queue does."""
    return ALLOWED if actor.is_manager else refuse(_("The figures of moderation are for managers."))


def can_read_audit(actor: Actor) -> Verdict:
    """Read who did what at the desk."""
    return ALLOWED if actor.is_manager else refuse(_("The log is read by managers."))


def free_of_conflict(actor: Actor) -> ColumnElement[bool]:
    """The criterion on ReviewItem: within one's rights (`delegation.scope`), and not one's own text, not a thread one takes part in privately, not an appeal
    against one's own decision, not a colleague's audit (domain/moderation.md §B2.3)."""
    if actor.member_id is None:
        return true()
    me = actor.member_id
    in_private = select(func.coalesce(Post.__table__.c.question_id, Post.__table__.c.id)).where(
        Post.__table__.c.author_id == me,
        Post.__table__.c.is_official.is_(False),
        Post.__table__.c.state.in_((PostState.PUBLISHED, PostState.HELD)),
    )
    return and_(
        scope.in_scope(actor),
        one_s_own(actor),
        _profile_of_others(actor),
        _guide_of_others(actor),
        or_(ReviewItem.author_id.is_(None), ReviewItem.author_id != me),
        or_(ReviewItem.excluded_id.is_(None), ReviewItem.excluded_id != me),
        or_(ReviewItem.question_id.is_(None), ReviewItem.question_id.not_in(in_private)),
    )


def _profile_of_others(actor: Actor) -> ColumnElement[bool]:
    """A profile that one reported oneself is a colleague's; those of the team are administrators'."""
    mine = exists().where(
        ProfileReport.member_id == ReviewItem.target_id, ProfileReport.reporter_id == actor.member_id,
        ProfileReport.active_key.is_not(None),
    )  # fmt: skip
    noticed = exists().where(
        LegalNotice.profile_id == ReviewItem.target_id, LegalNotice.member_id == actor.member_id,
        LegalNotice.state == NoticeState.RECEIVED,
    )  # fmt: skip
    customer = exists().where(Member.id == ReviewItem.target_id, Member.role == Role.MEMBER)
    return or_(
        ReviewItem.kind != ItemType.PROFILE, and_(~mine, ~noticed, true() if actor.is_admin else customer)
    )


def _guide_of_others(actor: Actor) -> ColumnElement[bool]:
    """A guide is somebody else's who neither validated it, nor vouched for it last, nor sent a notice about it."""
    me, guide_id = actor.member_id, ReviewItem.target_id
    noticed = exists().where(
        LegalNotice.guide_id == guide_id,
        LegalNotice.member_id == me,
        LegalNotice.state == NoticeState.RECEIVED,
    )
    validated = exists().where(GuideProposal.guide_id == guide_id, GuideProposal.decided_by_id == me)
    vouched = exists().where(Guide.id == guide_id, Guide.checked_by_id == me)
    return or_(ReviewItem.kind != ItemType.GUIDE, and_(~noticed, ~validated, ~vouched))


def can_decide(actor: Actor, item: ReviewItem) -> Verdict:
    """Decide this very item."""
    if not (reviewing := can_take_part(actor)):
        return reviewing
    free = select(ReviewItem.id).where(ReviewItem.id == item.id, free_of_conflict(actor))
    if db.session.scalar(free) is None:
        return refuse(
            _(
                "Somebody else must decide this: you wrote it, took part in the conversation, or decided before."
            )
        )
    return ALLOWED


def is_within(actor: Actor, item: ReviewItem) -> bool:
    """Whether the item is of those this person reads at all; a conflict of interest is another question. An audit is its
    moderator's, and a manager's to read."""
    if actor.is_manager or (actor.can_moderate and item.kind != ItemType.AUDIT):
        return True
    there = select(ReviewItem.id).where(ReviewItem.id == item.id, scope.in_scope(actor), one_s_own(actor))
    return db.session.scalar(there) is not None
