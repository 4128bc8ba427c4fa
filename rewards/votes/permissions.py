"""Who asks the mentors, who votes, who reads what came of it."""

from __future__ import annotations

from accounts.members import rights
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from rewards.ranks.rules import MENTOR

rights.opens("votes.charter", _("a vote on changes of the charter"), MENTOR)


def can_ask_mentors(actor: Actor) -> Verdict:
    """Managers, who write the drafts."""
    if actor.suspended:
        return refuse(_("Your account is suspended."))
    return ALLOWED if actor.is_manager else refuse(_("The mentors are asked by managers."))


def can_vote_on_charter(actor: Actor, holds_mandate: bool) -> Verdict:
    """Mentors whose mandate is in force, and who may write."""
    if not (writing := may_write(actor)):
        return writing
    if actor.works_here or actor.rank < MENTOR or not holds_mandate:
        return refuse(_("Changes of the charter and the terms are voted on by mentors."))
    return ALLOWED


def can_see_vote(actor: Actor, was_asked: bool) -> Verdict:
    """Managers and the mentors who were asked; what came of it only once it is over (`queries.vote`)."""
    if actor.signed_in and (was_asked or actor.is_manager):
        return ALLOWED
    return refuse(_("Changes of the charter and the terms are voted on by mentors."))
