"""Who proposes guides and who validates them (domain/rewards.md §A2.2: rank 3 proposes, rank 5 and the team validate)."""

from __future__ import annotations

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.content.guides.permissions import can_keep_guides

settings.define(
    "forum.guide_propose_rank", 3, unit="rank", low=0, high=6, help=_("Rank from which a member may propose a guide.")
)  # fmt: skip
settings.define(
    "forum.guide_validate_rank", 5, unit="rank", low=1, high=6,
    help=_("Rank from which a member may validate guides that others proposed."),
)  # fmt: skip
settings.define(
    "forum.guide_proposals_waiting", 3, unit="guides", low=1, high=100,
    help=_("Proposed guides of one member that may wait at once."),
)  # fmt: skip


rights.opens("forum.guide_propose", _("propose guides"), "forum.guide_propose_rank")
rights.opens("forum.guide_validate", _("validate guides"), "forum.guide_validate_rank")


def can_propose(actor: Actor) -> Verdict:
    """Propose a guide. The team writes its own at the desk."""
    if not (writing := may_write(actor)):
        return writing
    if actor.is_staff:
        return refuse(_("The team writes guides at its desk."))
    least = settings.get("forum.guide_propose_rank")
    if actor.rank >= least:
        return ALLOWED
    return refuse(_("Proposing guides opens with rank %(rank)s.", rank=least))


def is_validator(actor: Actor) -> bool:
    """Whether the actor reads and decides about what others proposed."""
    if not may_write(actor):
        return False
    return bool(can_keep_guides(actor)) or (
        not actor.is_staff and actor.rank >= settings.get("forum.guide_validate_rank")
    )


def can_validate(actor: Actor, author_id: int) -> Verdict:
    """Publish or decline a proposed guide; never one's own."""
    if author_id in actor.ids:
        return refuse(_("Somebody else reads what you proposed."))
    return ALLOWED if is_validator(actor) else refuse(_("Super-users and the team validate guides."))
