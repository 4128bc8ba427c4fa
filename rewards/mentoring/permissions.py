"""Who asks for a mentor, who accompanies. The verbs look at the mandate itself too (`standing.mandate_in_force`)."""

from __future__ import annotations

from accounts.members import rights
from common.i18n import _
from common.permissions import Actor, Verdict, may_write, refuse
from rewards.mentoring.rules import LEAST, MOST
from rewards.ranks.rules import MENTOR

rights.opens("mentoring.ask", _("a mentor who accompanies you"), LEAST)
rights.opens("mentoring.accompany", _("accompany other members"), MENTOR)


def can_ask(actor: Actor) -> Verdict:
    """Members of rank 3 and 4."""
    if actor.works_here or not LEAST <= actor.rank <= MOST:
        return refuse(_("Mentors accompany members of rank 3 and 4."))
    return may_write(actor)


def can_mentor(actor: Actor) -> Verdict:
    """Mentors."""
    if actor.works_here or actor.rank < MENTOR:
        return refuse(_("Mentors do this, within their mandate."))
    return may_write(actor)
