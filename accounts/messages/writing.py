"""Writing to somebody; reading and clearing one's own side; blocking; the off switch."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete

from accounts.members.permissions import own_id
from accounts.messages import queries
from accounts.messages.models import (
    Conversation,
    ConversationSide,
    Message,
    MessageBlock,
    MessageChoice,
)
from accounts.messages.numbers import rates
from accounts.messages.permissions import can_write_to
from accounts.messages.rules import BODY_MAX, pair
from accounts.notifications.telling import mark_causes_read, tell
from common import clock, limits, settings, text
from common.db import db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work


def _anything(_actor: Actor, _words: str) -> None:
    return


_check: Callable[[Actor, str], None] = _anything


def set_check(check: Callable[[Actor, str], None]) -> None:
    """Say what refuses a message before it is sent. Called once by the application."""
    global _check
    _check = check


def write_to(actor: Actor, member_id: int, body: str, nonce: str = "") -> int:
    """Send a message; returns its id. The same form sent twice is one message.

    Raises Forbidden (who), Invalid (what), TooMany (how often), NotFound (nobody of this id).
    """
    words = _checked(body)
    _check(actor, words)
    nonce = nonce.strip()[:40] or secrets.token_hex(12)
    me = own_id(actor)
    with unit_of_work():
        between = queries.between(me, member_id)
        if between is None:
            raise NotFound()
        require(can_write_to(actor, between))
        known = queries.message_of_form(me, nonce)
        if known is not None:
            return known
        if not actor.is_staff:
            for rate in rates():
                limits.hit("message", me, rate)
        conversation_id = _conversation(actor, me, member_id)
        now = clock.now()
        message_id = insert_once(
            Message, conversation_id=conversation_id, author_id=me, body=words, body_html=text.render(words),
            nonce=nonce, sent_at=now,
        )  # fmt: skip
        if message_id is None:
            return queries.message_of_form(me, nonce) or 0
        _move_sides(conversation_id, message_id, me, now)
        tell(member_id, "message", f"message:{me}:{message_id}", actor_id=me)
        return message_id


def _checked(body: str) -> str:
    words = without_cards(text.normalise(body)).strip()
    if not words:
        raise Invalid(fields={"body": _("Write a few words first.")})
    if len(words) > BODY_MAX:
        raise Invalid(fields={"body": _("Please keep to %(high)s characters.", high=BODY_MAX)})
    return words


def _conversation(actor: Actor, me: int, member_id: int) -> int:
    known = queries.conversation_between(me, member_id)
    if known is not None:
        return known
    if not actor.is_staff:
        limits.hit("conversation", me, f"{settings.get('messages.begun_a_day')}/day")
    low, high = pair(me, member_id)
    made = insert_once(Conversation, low_id=low, high_id=high, begun_at=clock.now())
    found = made or queries.conversation_between(me, member_id)
    assert found is not None, "it was inserted by us or by somebody else"
    for one, other in ((me, member_id), (member_id, me)):
        insert_once(ConversationSide, conversation_id=found, member_id=one, other_id=other)
    return found


def _move_sides(conversation_id: int, message_id: int, me: int, now: Any) -> None:
    here = ConversationSide.conversation_id == conversation_id
    newer = ConversationSide.last_id < message_id
    update_where(ConversationSide, here, newer, last_id=message_id, last_at=now)
    mine = ConversationSide.member_id == me  # who answers has read
    update_where(ConversationSide, here, mine, ConversationSide.read_id < message_id, read_id=message_id)


def mark_read(actor: Actor, member_id: int, up_to_id: int) -> None:
    """Everything the other wrote up to this message is read. Harmless to repeat."""
    with unit_of_work():
        conversation_id = queries.conversation_between(own_id(actor), member_id)
        if conversation_id is not None:
            update_where(
                ConversationSide, ConversationSide.conversation_id == conversation_id,
                ConversationSide.member_id == actor.member_id, ConversationSide.read_id < up_to_id,
                ConversationSide.last_id >= up_to_id, read_id=up_to_id,
            )  # fmt: skip
            mark_causes_read(actor, f"message:{member_id}:")


def clear(actor: Actor, member_id: int) -> None:
    """Put a conversation out of one's own sight; the other keeps theirs, and a new message brings it back."""
    with unit_of_work():
        conversation_id = queries.conversation_between(own_id(actor), member_id)
        if conversation_id is None:
            raise NotFound()
        update_where(
            ConversationSide, ConversationSide.conversation_id == conversation_id,
            ConversationSide.member_id == actor.member_id, cleared_id=ConversationSide.last_id,
            read_id=ConversationSide.last_id,
        )  # fmt: skip


def block(actor: Actor, member_id: int) -> None:
    """Hear no more from a member. Harmless to repeat. The team cannot be blocked: it tells what must be told."""
    me = own_id(actor)
    with unit_of_work():
        between = queries.between(me, member_id)
        if between is None or between.same:
            raise NotFound()
        if between.receiver_staff:
            raise Invalid(_("The team cannot be blocked: it writes when it has to."))
        insert_once(MessageBlock, member_id=me, blocked_id=member_id)


def unblock(actor: Actor, member_id: int) -> None:
    """Hear from a member again. Harmless to repeat."""
    with unit_of_work():
        db.session.execute(
            delete(MessageBlock).where(
                MessageBlock.member_id == own_id(actor), MessageBlock.blocked_id == member_id
            )
        )


def choose(actor: Actor, is_open: bool) -> None:
    """Let others begin conversations, or not; those that are going on go on."""
    me = own_id(actor)
    with unit_of_work():
        if insert_once(MessageChoice, member_id=me, is_open=is_open) is None:
            update_where(MessageChoice, MessageChoice.member_id == me, is_open=is_open)
