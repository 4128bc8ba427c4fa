"""Who may call the team to a question: who asked it, after a while. Experienced members hand over (`entrusted`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from common import clock, i18n, settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse

settings.define(
    "escalation.asker_calls_after",
    24,
    unit=_("hours"),
    low=0,
    high=24 * 30,
    help=_("Time without an answer after which the person who asked may call the team."),
)
settings.define(
    "escalation.calls_a_day",
    3,
    unit=_("questions"),
    low=0,
    high=100,
    help=_("Own questions to which somebody may call the team within a day."),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is true of a question somebody would like to call the team to."""

    asker_ids: frozenset[int]
    started_at: datetime
    is_answered: bool
    has_case: bool
    called_today: int = 0


def can_call(actor: Actor, waiting: Waiting) -> Verdict:
    """Call the team. A refusal says when, or why not."""
    if not actor.signed_in:
        return refuse(_("Sign in first."))  # nothing is written here that could be kept
    if not (writing := may_write(actor)):
        return writing
    if not waiting.asker_ids & actor.ids:
        return refuse(_("The person who asked calls the team."))
    if waiting.has_case:
        return refuse(_("The team has this question already."))
    if waiting.is_answered:
        return refuse(_("This question has an answer. Say that it is not solved, if it did not help."))
    since = waiting.started_at + timedelta(hours=settings.get("escalation.asker_calls_after"))
    if clock.now() < since:
        return refuse(
            _("You may call the team from %(when)s on: others may know the answer.", when=i18n.moment(since))
        )
    if waiting.called_today >= settings.get("escalation.calls_a_day"):
        return refuse(_("You have called the team to enough questions today. Come back tomorrow."))
    return ALLOWED
