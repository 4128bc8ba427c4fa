"""Who may write to whom, and who reads what was reported."""

from __future__ import annotations

from accounts.messages import numbers
from accounts.messages.rules import Between, Why, refusal
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse

_SENTENCES = {
    Why.SELF: _("Nobody else would read it: write to another member."),
    Why.CLOSED: _("This member no longer receives messages."),
    Why.BLOCKED: _("This member does not receive messages from you."),
    Why.OFF: _(
        "This member does not wish to receive private messages. Ask in public: others will profit too."
    ),
}


def can_write_to(actor: Actor, between: Between) -> Verdict:
    """Whether a message is accepted. Whoever may not write in public still writes to the team: a customer keeps access to
    what was bought (domain/moderation.md §B4); suspended, in conversations that the team takes part in."""
    able = may_write(actor)
    support = between.receiver_staff and (between.answered or not actor.suspended)
    if not able and not ((actor.silenced or actor.suspended) and support):
        return able
    ranks = numbers.ranks()
    why = refusal(between, actor.rank, actor.is_staff, ranks)
    if why is None:
        return ALLOWED
    if why == Why.RANK:
        least = ranks.to_staff if between.receiver_staff else ranks.to_members
        return refuse(
            _("You can begin a conversation from rank %(rank)s. Ask in public meanwhile.", rank=least)
        )
    return refuse(_SENTENCES[why])


def can_judge_reports(actor: Actor) -> Verdict:
    """Reported messages are the moderators'."""
    return ALLOWED if actor.can_moderate else refuse(_("Reported messages are read by moderators only."))
