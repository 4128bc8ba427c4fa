"""Who may report what."""

from __future__ import annotations

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.questions.models import Post
from forum.questions.permissions import is_own
from moderation.flags.rules import OPEN_TO_ALL, FlagNumbers, FlagReason

rights.opens("moderation.notice", _("reports of danger, breaches of the law and personal data"), 0)
rights.opens("moderation.flag", _("reports for every reason"), "moderation.flag_rank")
rights.opens(
    "moderation.fast_hide", _("reports that hide a newcomer’s advertising at once"), FlagNumbers().fast_rank
)


def can_flag(actor: Actor, post: Post) -> Verdict:
    """Report a post to the team."""
    if not actor.signed_in:
        return refuse(_("Sign in to report something: we tell you what came of it."))
    if not (writing := may_write(actor)):
        return writing
    if is_own(actor, post):
        return refuse(_("This is your own text: you can edit or withdraw it."))
    return ALLOWED


def can_flag_for(actor: Actor, reason: FlagReason) -> Verdict:
    """Report for this reason: from rank 1 any; a newcomer what endangers, breaks the law, or tells who somebody is."""
    if reason in OPEN_TO_ALL or actor.is_staff or actor.rank >= settings.get("moderation.flag_rank"):
        return ALLOWED
    return refuse(
        _(
            "With your first published message and a day here you can report this too. Danger, the law and personal data "
            "can be reported at once."
        )
    )


def can_see_reports(actor: Actor) -> Verdict:
    """See and take back one's own reports: also while one may not write."""
    return ALLOWED if actor.signed_in else refuse(_("Sign in to see what you reported."))


def can_lift(actor: Actor) -> Verdict:
    """Count the reports of a member again before the time."""
    return ALLOWED if actor.can_moderate else refuse(_("Moderators decide whose reports are counted."))
