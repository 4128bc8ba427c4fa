"""Who points out a duplicate, and who decides (domain/rewards.md §A2.2: rank 2 proposes, rank 4 and staff decide)."""

from __future__ import annotations

from typing import Any

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.pointing.models import DuplicateHint
from forum.questions.rules import PostState

settings.define(
    "forum.pointing_rank", 2, unit="rank", low=0, high=6,
    help=_("Rank from which a member may point out that a question is covered by another one."),
)  # fmt: skip
settings.define(
    "forum.pointing_review_rank", 4, unit="rank", low=1, high=6,
    help=_("Rank from which a member may decide about such hints."),
)  # fmt: skip
settings.define(
    "forum.pointings_a_day", 20, unit="per day", low=1, high=1_000,
    help=_("Duplicates one member may point out in 24 hours."),
)  # fmt: skip


rights.opens("forum.pointing", _("point out questions that exist already"), "forum.pointing_rank")
rights.opens(
    "forum.pointing_review", _("decide about duplicates that were pointed out"), "forum.pointing_review_rank"
)


def can_point_out(actor: Actor, question: Any) -> Verdict:
    """Say that a published, open question is covered by another one. The team links such questions itself."""
    if not (writing := may_write(actor)):
        return writing
    shut = question.closed_at is not None or question.locked_at is not None
    if question.state != PostState.PUBLISHED or shut:
        return refuse(_("This question is closed already."))
    least = settings.get("forum.pointing_rank")
    if actor.rank >= least or actor.is_staff or question.author_id in actor.ids:
        return ALLOWED
    return refuse(_("Pointing out duplicates opens with rank %(rank)s.", rank=least))


def is_judge(actor: Actor) -> bool:
    """Whether the actor decides about duplicates that others pointed out."""
    trusted = actor.is_staff or actor.rank >= settings.get("forum.pointing_review_rank")
    return bool(may_write(actor)) and trusted


def can_judge(actor: Actor, hint: DuplicateHint) -> Verdict:
    """Confirm or decline: trusted members and the team, never who pointed it out."""
    if not (writing := may_write(actor)):
        return writing
    if hint.member_id in actor.ids:
        return refuse(_("Somebody else decides about what you pointed out."))
    if is_judge(actor):
        return ALLOWED
    return refuse(_("Trusted members and the team decide about this."))
