"""Who may work on cases. A refusal is the sentence the person reads; buttons and verbs ask the same functions."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse


def can_see_cases(actor: Actor) -> Verdict:
    """Read the board, the cases and their notes."""
    return ALLOWED if actor.is_staff else refuse(_("This desk belongs to the team."))


def can_work(actor: Actor) -> Verdict:
    """Take cases, note, ask the asker, hand back."""
    if not actor.can_answer_officially:
        return refuse(_("Cases are handled by the brand’s agents."))
    return may_write(actor)


def can_note(actor: Actor) -> Verdict:
    """Write an internal note; moderators may as well."""
    if not actor.is_staff:
        return refuse(_("This desk belongs to the team."))
    return may_write(actor)


def can_assign(actor: Actor, assignee_id: int, current_id: int | None) -> Verdict:
    """Give a case to somebody: agents pass their own or an unassigned one on, managers any."""
    if not (working := can_work(actor)):
        return working
    if actor.is_manager or current_id in (None, actor.member_id):
        return ALLOWED
    return refuse(_("A colleague works on this case. Ask a manager to pass it on."))


def can_act_on(actor: Actor, assignee_id: int | None) -> Verdict:
    """Release, pause or hand back a case: its agent, or a manager."""
    return can_assign(actor, actor.member_id or 0, assignee_id)


def can_set_priority(actor: Actor) -> Verdict:
    """Overrule the computed priority."""
    return can_work(actor)
