"""What is kept in this package of somebody who closed the account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select, update

from accounts.archives.asking import let_go
from accounts.archives.models import DataArchive
from accounts.closing.erasing import Named, Plan, carry_out, register
from accounts.closing.models import Erasure
from accounts.digests.models import Digest
from accounts.events import MemberClosed
from accounts.identity.models import LegalAccess, LegalAccessEntry
from accounts.letters.models import LetterText
from accounts.masks.models import Mask
from accounts.members.models import DisplayChoice
from accounts.messages.models import (
    Conversation,
    ConversationSide,
    Message,
    MessageBlock,
    MessageChoice,
    MessageReport,
)  # fmt: skip
from accounts.notifications.models import AlertChoice, ChannelWish, Notification, Preference
from accounts.passkeys.models import Passkey
from accounts.push.models import Device
from accounts.retention.models import HoldKind, LegalHold
from accounts.secondfactor.models import RecoveryCode, SecondFactor, WaitingEntry
from accounts.signin.models import (
    Credential,
    LetterWish,
    MailToken,
    MemberOrigin,
    MemberSession,
    Registration,
    SeenMonth,
)
from accounts.singlesignon.models import Identity
from common.audit import AuditEntry
from common.db import db
from common.settings import SiteSetting

_SHARED = "the other one of the two keeps what was written to them; once both have left, its texts go"
_WORK = "what the team did at work"
_REPORTED = "what was reported, and decided about it, is kept for the rights of both"


def _talks(ids: frozenset[int]) -> Any:
    return select(Conversation.id).where(Conversation.low_id.in_(ids) | Conversation.high_id.in_(ids))


def _said_in(ids: frozenset[int]) -> Any:
    return select(Message.id).where(Message.conversation_id.in_(_talks(ids)))


def _holds_of(ids: frozenset[int]) -> Any:
    return (LegalHold.kind == HoldKind.MEMBER) & LegalHold.target_id.in_(ids)


PLAN = register(
    "accounts",
    Plan(
        erased=(
            Credential.member_id, MemberSession.member_id, MemberOrigin.member_id, SeenMonth.member_id, MailToken.member_id, LetterWish.member_id,
            Registration.member_id, DisplayChoice.member_id, Preference.member_id, ChannelWish.member_id,
            AlertChoice.member_id, Notification.member_id, Digest.member_id, Device.member_id, MessageChoice.member_id,
            MessageBlock.member_id, MessageBlock.blocked_id, ConversationSide.member_id, Identity.member_id,
            SecondFactor.member_id, RecoveryCode.member_id, WaitingEntry.member_id, Passkey.member_id,
            DataArchive.member_id,
        ),
        kept={
            Erasure.member_id: "what is still to be done; it holds no name once that is done",
            Mask.member_id: "a mask is nobody",
            Mask.person_id: "the forum forgets who it was, once it has forgotten what was done under it",
            Conversation.low_id: _SHARED,
            Conversation.high_id: _SHARED,
            ConversationSide.other_id: _SHARED,
            Message.author_id: _SHARED,
            MessageReport.reporter_id: _REPORTED,
            MessageReport.decided_by_id: _REPORTED,
            LetterText.author_id: _WORK,
            SiteSetting.changed_by_id: _WORK,
            LegalHold.placed_by_id: _WORK,
            LegalHold.ended_by_id: _WORK,
            LegalAccess.asked_by_id: _WORK,
            LegalAccess.decided_by_id: _WORK,
            LegalAccessEntry.actor_id: _WORK,
            AuditEntry.actor_id: "the log is kept for three years and cannot be changed",
        },
        scanned={
            Message.author_id: (Message.body, Message.body_html),
            MessageReport.reporter_id: (MessageReport.note,),
        },
        named=(
            Named((Message.body, Message.body_html), lambda ids: Message.conversation_id.in_(_talks(ids))),
            Named((LegalHold.reason, LegalHold.end_reason), lambda ids: _holds_of(ids)),
            Named((MessageReport.note,), lambda ids: MessageReport.message_id.in_(_said_in(ids))),
        ),
    ),
)  # fmt: skip


def forget(fact: MemberClosed) -> None:
    """Ways in, wishes, news, devices and the own side of conversations go; texts that nobody can read any more too."""
    let_go(fact.member_id)
    carry_out(PLAN, fact.member_id)
    mine = select(Conversation.id).where(
        (Conversation.low_id == fact.member_id) | (Conversation.high_id == fact.member_id),
        ~exists().where(ConversationSide.conversation_id == Conversation.id),
    )
    unread = update(Message).where(Message.conversation_id.in_(mine)).values(body="", body_html="")
    db.session.execute(unread.execution_options(synchronize_session=False))
