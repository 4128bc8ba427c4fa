"""Begin a topic in the lounge, reply, take a message away."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select

from accounts.members.permissions import own_id
from common import audit, clock, limits, settings, text
from common.db import db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.secrecy import without_cards
from common.unit_of_work import unit_of_work
from rewards.lounge.models import LoungeMessage, LoungeTopic
from rewards.lounge.permissions import can_read, can_remove, can_tell_news, can_write
from rewards.lounge.rules import BODY_MOST, NONCE_MOST, TITLE_LEAST, TITLE_MOST


def begin(actor: Actor, title: str, body: str, is_news: bool = False, nonce: str = "") -> int:
    """A new topic with its first message; returns its id. The same form sent twice is one topic."""
    require(can_write(actor))
    if is_news:
        require(can_tell_news(actor))
    faults: dict[str, Sentence | str] = {}
    name, words = " ".join(text.normalise(title).split()), _checked(body)
    if not TITLE_LEAST <= len(name) <= TITLE_MOST:
        faults["title"] = _(
            "Say in %(low)s to %(high)s characters what it is about.", low=TITLE_LEAST, high=TITLE_MOST
        )
    if isinstance(words, Invalid):
        faults["body"] = words.fields["body"]
    if faults or isinstance(words, Invalid):
        raise Invalid(fields=faults)
    me, form, now = own_id(actor), _form(nonce), clock.now()
    with unit_of_work():
        made = insert_once(
            LoungeTopic, author_id=me, title=name, is_news=is_news, nonce=form, begun_at=now, last_at=now
        )
        if made is None:
            again = (LoungeTopic.author_id == me, LoungeTopic.nonce == form)
            return db.session.scalar(select(LoungeTopic.id).where(*again)) or 0
        _write(me, made, words, form)
    return made


def reply(actor: Actor, topic_id: int, body: str, nonce: str = "") -> int:
    """A message in a topic; returns its id. The same form sent twice is one message."""
    require(can_write(actor))
    words, me, form = _checked(body), own_id(actor), _form(nonce)
    if isinstance(words, Invalid):
        raise words
    with unit_of_work():
        if db.session.scalar(select(LoungeTopic.id).where(LoungeTopic.id == topic_id)) is None:
            raise NotFound()
        made = _write(me, topic_id, words, form)
        if made is None:
            again = (LoungeMessage.author_id == me, LoungeMessage.nonce == form)
            return db.session.scalar(select(LoungeMessage.id).where(*again)) or 0
        update_where(
            LoungeTopic,
            LoungeTopic.id == topic_id,
            last_at=clock.now(),
            reply_count=LoungeTopic.reply_count + 1,
        )
    return made


def remove(actor: Actor, message_id: int) -> bool:
    """Take a message away: its place stays, its words go. False when it was gone already."""
    require(can_read(actor))
    with unit_of_work():
        message = db.session.get(LoungeMessage, message_id)
        if message is None:
            raise NotFound()
        require(can_remove(actor, message))
        own = message.author_id == actor.member_id
        there = (LoungeMessage.id == message_id, LoungeMessage.removed_at.is_(None))
        gone = {"body": "", "body_html": "", "removed_at": clock.now(), "removed_by_id": actor.member_id}
        if not update_where(LoungeMessage, *there, **gone):
            return False
        _close_if_empty(message.topic_id, message_id)
        if not own:
            audit.write(actor, "lounge.removed", "lounge_message", message_id)
    return True


def _close_if_empty(topic_id: int, message_id: int) -> None:
    """The name of a topic goes with the message that opened it."""
    first = db.session.scalar(select(func.min(LoungeMessage.id)).where(LoungeMessage.topic_id == topic_id))
    if first == message_id:
        update_where(LoungeTopic, LoungeTopic.id == topic_id, title="")


def _write(me: int, topic_id: int, words: str, form: str) -> int | None:
    made = insert_once(
        LoungeMessage, topic_id=topic_id, author_id=me, body=words, body_html=text.render(words), nonce=form,
        written_at=clock.now(),
    )  # fmt: skip
    if made is not None:
        limits.hit("lounge", me, f"{settings.get('lounge.messages_a_day')}/day")
    return made


def _checked(body: str) -> str | Invalid:
    words = without_cards(text.normalise(body)).strip()
    if not words:
        return Invalid(fields={"body": _("Write a few words first.")})
    if len(words) > BODY_MOST:
        return Invalid(fields={"body": _("Please keep to %(high)s characters.", high=BODY_MOST)})
    return words


def _form(nonce: str) -> str:
    return nonce.strip()[:NONCE_MOST] or secrets.token_hex(12)
