"""Who may say that they are answering. It keeps nobody else from answering."""

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from forum.questions.models import Question
from forum.questions.permissions import can_answer, is_own

settings.define(
    "forum.answering_minutes", 10, unit="minutes", low=0, high=120,
    help=_("How long “I’m answering this” is shown to others; 0 turns it off."),
)  # fmt: skip
settings.define(
    "forum.answering_rank", 1, unit="rank", low=0, high=6,
    help=_("Rank from which a member may say “I’m answering this”."),
)  # fmt: skip


rights.opens("forum.claim", _("say that you are writing an answer"), "forum.answering_rank")


def can_claim(actor: Actor, question: Question) -> Verdict:
    """Tell the others that one is writing an answer."""
    if not (answering := can_answer(actor, question)):
        return answering
    if is_own(actor, question):
        return refuse(_("This is your own question."))
    if not settings.get("forum.answering_minutes"):
        return refuse(_("This is switched off in this community."))
    if actor.is_staff or actor.rank >= settings.get("forum.answering_rank"):
        return ALLOWED
    return refuse(_("This opens once a first text of yours is published. You can answer already."))
