"""Showing a message to the moderators, and what they decide."""

from __future__ import annotations

from sqlalchemy import select

from accounts.events import MessageReported
from accounts.members.permissions import own_id
from accounts.messages.models import ConversationSide, Message, MessageReport
from accounts.messages.permissions import can_judge_reports
from accounts.messages.rules import NOTE_MAX, Outcome, ReportReason
from accounts.notifications.telling import tell
from common import clock, limits, text
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import record, unit_of_work


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
        if made is not None:
            record(MessageReported(made, author, me))
        return made is not None


def settle(actor: Actor, report_id: int, removed: bool) -> None:
    """What a moderator decided, once, inside the open unit of work: the message goes or stays. Raises :class:`Conflict` when
    somebody was faster, or the decision is about one's own."""
    require(can_judge_reports(actor))
    now, found = clock.now(), db.session.get(MessageReport, report_id, populate_existing=True)
    if found is None:
        raise NotFound()
    message_id, reporter_id = found.message_id, found.reporter_id
    author_id = db.session.scalar(select(Message.author_id).where(Message.id == message_id))
    if actor.member_id is not None and actor.member_id in (author_id, reporter_id):
        raise Conflict(_("This concerns yourself: a colleague decides."))
    if not update_where(
        MessageReport, MessageReport.id == report_id, MessageReport.decided_at.is_(None), decided_at=now,
        decided_by_id=actor.member_id, outcome=Outcome.REMOVED if removed else Outcome.KEPT,
    ):  # fmt: skip
        raise Conflict(_("A colleague has just decided."))
    if removed:
        update_where(Message, Message.id == message_id, removed_at=now)


def reopen(report_id: int) -> None:
    """The decision was undone: the message is there, and the report waits, inside the open unit of work."""
    _put_back(report_id)
    update_where(
        MessageReport, MessageReport.id == report_id, outcome=None, decided_at=None, decided_by_id=None
    )


def overturn(report_id: int) -> None:
    """The decision was wrong: the message is there again, and the report was, too. Inside the open unit of work."""
    _put_back(report_id)
    update_where(MessageReport, MessageReport.id == report_id, outcome=Outcome.KEPT)


def _put_back(report_id: int) -> None:
    about = select(MessageReport.message_id).where(MessageReport.id == report_id).scalar_subquery()
    update_where(Message, Message.id == about, removed_at=None)


def tell_reporter(report_id: int) -> None:
    """Who showed the message hears what was decided. Harmless to repeat."""
    found = db.session.get(MessageReport, report_id)
    if found is not None and found.outcome is not None:
        tell(
            found.reporter_id,
            "message-judged",
            f"message-report:{report_id}",
            outcome=Outcome(found.outcome).value,
        )
