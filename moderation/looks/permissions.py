"""Who looks, who reads a second time, who decides within a mandate, who greets."""

from __future__ import annotations

from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from moderation.delegation.scope import is_mentor
from moderation.looks.rules import SUPER_USER, LookKind, Record, is_trusted


def can_help(actor: Actor) -> Verdict:
    """Open the page: members from a rank on. The team has its desk."""
    if not (writing := may_write(actor)):
        return writing
    if actor.works_here:
        return refuse(_("Here members look after texts; the team has its desk."))
    least = settings.get("looks.rank")
    if actor.rank < least:
        return refuse(_("This opens with rank %(rank)s.", rank=least))
    return ALLOWED


def can_look(actor: Actor, kind: LookKind, record: Record) -> Verdict:
    """Look at texts of a kind, as long as one's looks turn out right."""
    if not (helping := can_help(actor)):
        return helping
    if kind == LookKind.SAMPLE and actor.rank < SUPER_USER:
        return refuse(_("Samples are read a second time by super-users."))
    if not is_trusted(record, settings.get("looks.least_known"), settings.get("looks.least_right")):
        return refuse(
            _(
                "Your looks pause for a while: lately moderators often decided otherwise. They go on by themselves."
            )
        )
    return ALLOWED


def can_decide_held(actor: Actor) -> Verdict:
    """Decide what waits in the category of one's mandate."""
    if not (helping := can_help(actor)):
        return helping
    return (
        ALLOWED
        if is_mentor(actor)
        else refuse(_("This is entrusted to mentors, in the category of their mandate."))
    )
