"""Showing a message to the moderators, and what they decide."""

from __future__ import annotations

from sqlalchemy import select

from accounts.members.permissions import own_id
from accounts.messages.models import ConversationSide, Message, MessageReport
from accounts.messages.permissions import can_judge_reports
from accounts.messages.rules import NOTE_MAX, Outcome, ReportReason
from accounts.notifications.telling import tell
from common import audit, clock, limits, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work


def report(actor: Actor, message_id: int, reason: str, note: str = "") -> bool:
    """Show a message somebody sent to me to the moderators. False when it was shown before."""
    if reason not in list(ReportReason):
        raise Invalid(fields={"reason": _("Choose what is wrong with it.")})
    words = without_cards(text.normalise(note)).strip()
    if len(words) > NOTE_MAX:
        raise Invalid(fields={"note": _("Please keep to %(high)s characters.", high=NOTE_MAX)})
    me = own_id(actor)
    with unit_of_work():
        author = db.session.scalar(
            select(Message.author_id)
            .join(ConversationSide, ConversationSide.conversation_id == Message.conversation_id)
            .where(Message.id == message_id, ConversationSide.member_id == me)
        )
        if author is None or author == me:
            raise NotFound()
        limits.hit("message-report", me, "20/day")
        made = insert_once(
            MessageReport, message_id=message_id, reporter_id=me, reason=ReportReason(reason), note=words
        )
        return made is not None


def decide(actor: Actor, report_id: int, outcome: str) -> None:
    """Remove the reported message or keep it, once; the reporter is told, the author when it is removed."""
    require(can_judge_reports(actor))
    if outcome not in list(Outcome):
        raise Invalid(fields={"outcome": _("Choose one of the two.")})
    with unit_of_work():
        found = db.session.get(MessageReport, report_id)
        if found is None:
            raise NotFound()
        message = db.session.get_one(Message, found.message_id)
        if actor.member_id in (message.author_id, found.reporter_id):
            raise Conflict(_("This concerns yourself: a colleague decides."))
        now, reporter_id = clock.now(), found.reporter_id
        message_id, author_id = message.id, message.author_id
        if not update_where(
            MessageReport, MessageReport.id == report_id, MessageReport.decided_at.is_(None),
            decided_at=now, decided_by_id=actor.member_id, outcome=Outcome(outcome),
        ):  # fmt: skip
            raise Conflict(_("A colleague has just decided."))
        audit.write(actor, "message.reported", "message", str(message_id), None, outcome, "")
        if outcome == Outcome.REMOVED:
            update_where(Message, Message.id == message_id, removed_at=now)
            tell(author_id, "message-removed", f"message-report:{report_id}")
        tell(reporter_id, "message-judged", f"message-report:{report_id}", outcome=outcome)
