"""Who may invite, and whom. Why somebody cannot be invited is nobody's business: one sentence for all reasons.

Sources: domain/rewards.md §A2.2 (invitations open with rank 3), domain/escalation.md (3 a day, 10 a week received).
"""

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from forum.questions.models import Question
from forum.questions.permissions import can_answer, is_own
from forum.questions.rules import HelpState

settings.define(
    "forum.invite_rank", 3, unit="rank", low=0, high=6,
    help=_("Rank from which a member may invite others to answer any question; an asker always may, to the own one."),
)  # fmt: skip
settings.define(
    "forum.invitations_a_day", 5, unit="per day", low=0, high=100,
    help=_("Invitations one member may send in 24 hours; 0 turns them off."),
)  # fmt: skip
settings.define(
    "forum.invitations_received_a_day", 3, unit="per day", low=1, high=100,
    help=_("Invitations one member receives in 24 hours at most."),
)  # fmt: skip
settings.define(
    "forum.invitations_received_a_week", 10, unit="per week", low=1, high=500,
    help=_("Invitations one member receives in 7 days at most."),
)  # fmt: skip
NOT_TO_BE_INVITED = _("This member cannot be invited to this question.")


rights.opens("forum.invite", _("invite experts to a question"), "forum.invite_rank")


def can_invite(actor: Actor, question: Question) -> Verdict:
    """Invite somebody to answer a question that has no solution yet."""
    if not (answering := can_answer(actor, question)):
        return answering
    if not settings.get("forum.invitations_a_day"):
        return refuse(_("This is switched off in this community."))
    if question.help_state == HelpState.SOLVED or question.closed_at is not None:
        return refuse(_("This question needs no more answers."))
    if is_own(actor, question) or actor.is_staff or actor.rank >= settings.get("forum.invite_rank"):
        return ALLOWED
    return refuse(
        _("Invitations to others’ questions open with rank %(rank)s.", rank=settings.get("forum.invite_rank"))
    )
