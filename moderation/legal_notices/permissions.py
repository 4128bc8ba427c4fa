"""Who may do what with legal notices."""

from __future__ import annotations

from common import clock, settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import NoticeOutcome, NoticeState
from moderation.sanctions.rules import may_still_appeal


def can_read_notices(actor: Actor) -> Verdict:
    """Read the list of notices."""
    return ALLOWED if actor.can_moderate else refuse(_("Legal notices are read by moderators."))


def can_trust(actor: Actor) -> Verdict:
    """Keep the list of trusted flaggers."""
    return ALLOWED if actor.is_manager else refuse(_("Managers keep the list of trusted flaggers."))


def can_contest(actor: Actor, notice: LegalNotice) -> Verdict:
    """Ask for another look: once, within the time of an appeal, when the text, or the rest of it, was left where it is."""
    if actor.signed_in and notice.member_id is not None and actor.member_id != notice.member_id:
        return refuse(_("Only who sent this notice can contest the decision."))
    if notice.state != NoticeState.DECIDED or notice.decided_at is None:
        return refuse(_("Nothing has been decided yet."))
    if notice.contested_at is not None:
        return refuse(_("You have already asked for another look. The answer comes to your mailbox."))
    if notice.outcome not in (NoticeOutcome.KEPT, NoticeOutcome.CHANGED):
        return refuse(_("The text is not on this site any more: there is nothing left to decide."))
    if not may_still_appeal(notice.decided_at, clock.now(), settings.get("moderation.appeal_months")):
        return refuse(_("The six months to contest this decision are over. You can still turn to a court."))
    return ALLOWED
