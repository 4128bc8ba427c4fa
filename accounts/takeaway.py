"""What this package puts into the archive of a member's data."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, or_, select

from accounts.archives.models import DataArchive
from accounts.archives.parts import BATCH, Contribution, Owner, Part, Row, of_table, pieces, register
from accounts.closing.models import Erasure
from accounts.digests.models import Digest
from accounts.identity.models import LegalAccess, LegalAccessEntry
from accounts.identity.opening import sources_of
from accounts.letters.models import LetterText
from accounts.masks.models import Mask
from accounts.members.models import DisplayChoice, Member
from accounts.members.queries import cards
from accounts.messages.models import (
    Conversation,
    ConversationSide,
    Message,
    MessageBlock,
    MessageChoice,
    MessageReport,
)  # fmt: skip
from accounts.notifications.models import AlertChoice, ChannelWish, Notification, Preference
from accounts.notifications.queries import said
from accounts.passkeys.models import Passkey
from accounts.push.models import Device
from accounts.retention.models import LegalHold
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
from common.i18n import _
from common.settings import SiteSetting

_WORK = "what the team did at work is the community's, not the person's"
_SECRET = "a secret, or the fingerprint of one: it opens the account and says nothing of its owner"


def _profile(owner: Owner) -> Iterator[Row]:
    fields = (
        "email email_verified_at display_name role language bio city joined_at last_seen_at points points_available "
        "rank silenced_until suspended_until is_private"
    )
    wanted = {name: getattr(Member, name) for name in fields.split()}
    return pieces(select().where(Member.id == owner.member_id), Member, wanted)


def _messages(owner: Owner) -> Iterator[Row]:
    """What the member wrote, and what they can still read of what was written to them."""
    side = and_(
        ConversationSide.conversation_id == Message.conversation_id, ConversationSide.member_id.in_(owner.ids)
    )
    shown = and_(Message.id > ConversationSide.cleared_id, Message.removed_at.is_(None))
    mine = Message.author_id.in_(owner.ids)
    query = (
        select()
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(ConversationSide, side)
        .where(or_(Conversation.low_id.in_(owner.ids), Conversation.high_id.in_(owner.ids)), or_(mine, shown))
    )
    wanted = {
        "conversation_id": Message.conversation_id, "low": Conversation.low_id, "high": Conversation.high_id,
        "mine": mine, "sent_at": Message.sent_at, "body": Message.body, "removed_at": Message.removed_at,
    }  # fmt: skip
    names: dict[int, str] = {}
    for row in pieces(query, Message, wanted):
        low, high = row.pop("low"), row.pop("high")
        other = high if low in owner.ids else low
        if other not in names:
            names[other] = str(cards([other])[other].name)
        yield {"with": names[other]} | row | {"mine": bool(row["mine"])}


def _news(owner: Owner) -> Iterator[Row]:
    """What the member was told, in words; what was taken back is not said again."""
    last = 0
    while True:
        mine = (
            Notification.member_id == owner.member_id,
            Notification.withdrawn_at.is_(None),
            Notification.id > last,
        )
        found = list(
            db.session.scalars(select(Notification).where(*mine).order_by(Notification.id).limit(BATCH))
        )
        sentences = said(found)
        rows = [
            {
                "created_at": one.created_at, "kind": one.kind, "sentence": str(sentences.get(one.id, "")),
                "question_id": one.question_id, "post_id": one.post_id, "read_at": one.read_at, "mailed_at": one.mailed_at,
            }
            for one in found
        ]  # fmt: skip
        last = found[-1].id if found else last
        db.session.rollback()
        yield from rows
        if len(rows) < BATCH:
            return


def _own_acts(owner: Owner) -> Iterator[Row]:
    query = select().where(AuditEntry.actor_id == owner.member_id)
    wanted = {name: getattr(AuditEntry, name) for name in ("at", "act", "target_type", "target_id")}
    return pieces(query, AuditEntry, wanted)


def _sources(owner: Owner) -> Iterator[Row]:
    """What is kept apart for judicial requests, a year each; the row of the member says it all already."""
    for row in sources_of("member", owner.member_id):
        yield {"at": row["at"], "act": row["act"], "post_id": row.get("post"), "address": row["address"]}


register(
    "accounts",
    Contribution(
        parts=(
            Part("profile", _("Profile and account"), _profile, ()),
            of_table("display", _("Display"), DisplayChoice.member_id, "theme text_size shortcuts"),
            of_table("alerts", _("Alerts chosen"), Preference.member_id, "event on_site mail digest"),
            of_table("alert-channels", _("Alerts by other ways"), ChannelWish.member_id, "event channel wanted"),
            of_table("alert-hours", _("Hours of alerts"), AlertChoice.member_id, "time_zone quiet_from quiet_to digest"),
            Part("notifications", _("Notifications"), _news, (Notification.member_id,)),
            of_table("digests", _("Digests sent"), Digest.member_id, "due_at mailed_at"),
            Part(
                "messages", _("Private messages"), _messages,
                (Message.author_id, Conversation.low_id, Conversation.high_id, ConversationSide.member_id),
            ),
            of_table("message-choice", _("Who may write to you"), MessageChoice.member_id, "is_open"),
            of_table("blocks", _("Members you blocked"), MessageBlock.member_id, "blocked_id since"),
            of_table(
                "message-reports", _("Messages you reported"), MessageReport.reporter_id,
                "reason note created_at outcome decided_at",
            ),
            of_table(
                "sessions", _("Where you are signed in"), MemberSession.member_id,
                "created_at seen_at expires_at address agent",
            ),
            of_table("push-devices", _("Devices that receive messages"), Device.member_id, "agent created_at reached_at"),
            of_table("passkeys", _("Passkeys"), Passkey.member_id, "name made_at used_at"),
            of_table("second-factor", _("Second factor"), SecondFactor.member_id, "made_at confirmed_at"),
            of_table(
                "connections", _("Accounts of the brand"), Identity.member_id, "provider subject email facts begun_at used_at"
            ),
            of_table("masks", _("Questions asked under a mask"), Mask.person_id, "member_id made_at lifted_at"),
            Part("acts", _("Acts on your account"), _own_acts, (AuditEntry.actor_id,)),
            Part("contribution-sources", _("From where you sent what you wrote"), _sources, ()),
            of_table("archives", _("Archives of your data"), DataArchive.member_id, "asked_at"),
        ),
        left_out={
            Mask.member_id: "the mask itself; its questions are among the member's own",
            ConversationSide.other_id: "the other one of the two, named beside each message",
            MessageBlock.blocked_id: "who blocked the member is the other one's choice",
            Erasure.member_id: "nobody has one while they have an account",
            MessageReport.decided_by_id: _WORK,
            LetterText.author_id: _WORK,
            SiteSetting.changed_by_id: _WORK,
            LegalHold.placed_by_id: _WORK,
            LegalHold.ended_by_id: _WORK,
            LegalAccess.asked_by_id: _WORK,
            LegalAccess.decided_by_id: _WORK,
            LegalAccessEntry.actor_id: _WORK,
            Credential.member_id: _SECRET,
            RecoveryCode.member_id: _SECRET,
            WaitingEntry.member_id: _SECRET,
            MailToken.member_id: _SECRET,
            LetterWish.member_id: "a mail asked for, gone within days; the address is in the profile",
            Registration.member_id: "what the account was opened with, gone within days; the account has it all",
            SeenMonth.member_id: "months of a visit, for a number of recipients; the last visit is in the profile",
            MemberOrigin.member_id: "a keyed hash that nobody can turn back into a place",
        },
    ),
)  # fmt: skip
