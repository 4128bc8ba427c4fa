"""Who may review a product, say that a review is useful, and answer in the brand's name. The rating is asked nowhere.

Source: domain/rewards.md §A4.6: only who had the product; never the team or the maker; changed by nobody but its author.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.content.reviews.rules import Incentive
from forum.questions.permissions import is_own
from forum.questions.rules import PostState

_CHANGEABLE = (PostState.PUBLISHED, PostState.HELD, PostState.HIDDEN)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member is to a product: bought it by the shop's own word, was given it, speaks for its maker, has written."""

    bought: bool = False
    incentive: Incentive = Incentive.NONE
    speaks_for_maker: bool = False
    own_review_id: int | None = None


def can_review(actor: Actor, standing: Standing) -> Verdict:
    """Write a review of a product."""
    if actor.works_here:
        return refuse(_("Reviews are written by customers: the brand’s team writes none."))
    if not (writing := may_write(actor)):
        return writing
    if standing.speaks_for_maker:
        return refuse(
            _("You speak for the maker of this product: you can reply to reviews of it, not write one.")
        )
    if standing.own_review_id is not None:
        return refuse(_("You have already reviewed this product: edit your review instead."))
    if not standing.bought and standing.incentive is Incentive.NONE:
        return refuse(
            _("Reviews are open to those who bought the product in the shop or tested it. Add it to your devices first: your purchase is looked up.")
        )  # fmt: skip
    return ALLOWED


def can_change(actor: Actor, review: Any) -> Verdict:
    """Edit a review: its author and nobody else."""
    if not (writing := may_write(actor)):
        return writing
    if not is_own(actor, review):
        return refuse(_("A review is changed by nobody but its author."))
    if review.state not in _CHANGEABLE:
        return refuse(_("This text can no longer be edited."))
    return ALLOWED


def can_withdraw(actor: Actor, post: Any) -> Verdict:
    """Take back an own review, or an own reply to one."""
    if actor.suspended or not actor.signed_in:
        return may_write(actor)
    if not is_own(actor, post):
        return refuse(_("You can withdraw your own texts only."))
    if post.state not in _CHANGEABLE:
        return refuse(_("This text is no longer visible: there is nothing to withdraw."))
    return ALLOWED


def can_reply(actor: Actor, review: Any, speaks_for_maker: bool, has_reply: bool) -> Verdict:
    """Answer a review in the brand's name."""
    if not (actor.can_answer_officially or speaks_for_maker):
        return refuse(_("Reviews are answered by the brand, by its team or a registered account."))
    if not (writing := may_write(actor)):
        return writing
    if review.state != PostState.PUBLISHED:
        return refuse(_("This text is not visible any more."))
    return refuse(_("This review already has a reply.")) if has_reply else ALLOWED


def can_doubt(actor: Actor, speaks_for_maker: bool) -> Verdict:
    """Report a doubt about the authenticity of a review, with reasons: the product's supplier, free of charge."""
    if actor.is_staff or speaks_for_maker:
        return ALLOWED
    return refuse(_("This report is for the maker of the product. Choose another reason."))
