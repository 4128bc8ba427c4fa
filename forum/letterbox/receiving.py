"""The one verb of all inlets: a raw mail becomes an answer or a comment, or it does not, and its writer hears why.

The signed address says who writes to what; the sender's address must be that member's. The text goes through the same
verbs as on the page, so rights, pace, screening and reviews are the same. Mails of machines are passed over in silence,
and nothing is ever sent to an address that a mail claims: only to the member's own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.queries import by_id
from accounts.members.rules import email_key
from accounts.signin.sessions import actor_of
from common import clock, mail
from common.config import current_config
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _, using_language
from common.permissions import Actor, may_write, require
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import load_draft, save_draft
from forum.images.uploading import upload_image
from forum.letterbox import envelope, rules
from forum.letterbox.envelope import Envelope, Unreadable
from forum.letterbox.models import IncomingMail
from forum.letterbox.quotes import reply_of
from forum.letterbox.rules import Outcome, Ticket
from forum.limits import numbers
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.permissions import is_own
from forum.questions.rules import COMMENT, PostKind
from forum.questions.writing import Posted, visible_post

log = logging.getLogger("fourmi.letterbox")

GONE = _("The message you replied to is no longer there.")
EMPTY = _("We found no words of yours in it: write them above the quoted message.")
OTHER_SENDER = _(
    "It came from another address than the one of your account. Write from that one, or on the site."
)
TOO_LARGE = _("It was too large: at most 10 MB with its pictures.")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail. ``made_id`` is the new answer or comment; ``reason`` is for the log and the inlet."""

    outcome: Outcome
    made_id: int | None = None
    reason: str = ""


def receive(raw: bytes, recipients: Iterable[str] = (), way: str = "http") -> Receipt:
    """Take a mail in. Every mail gets a receipt; what is raised is a database that cannot be reached, to try again."""
    base = current_config().reply_address
    if not base:
        return _ignored("replies by mail are off")
    too_large = len(raw) > rules.MOST_BYTES
    try:
        letter = envelope.head_of(raw) if too_large else envelope.read(raw)
    except Unreadable as error:
        return _ignored(f"unreadable: {error}")
    if rules.is_automatic(letter.header, letter.sender, current_config().mail_from):
        return _ignored("automatic")
    ticket = _ticket([*recipients, *letter.recipients][:60], base)
    member = by_id(ticket.member_id) if ticket else None
    if ticket is None or member is None:
        return _ignored("no address of ours")
    return _take(
        _Reply(letter, ticket, member.id, rules.message_key(letter.message_id, ticket, raw), way), too_large
    )


@dataclass(frozen=True)
class _Reply:
    letter: Envelope
    ticket: Ticket
    member_id: int
    key: str
    way: str


def _ignored(reason: str) -> Receipt:
    log.info("a mail was passed over: %s", reason)
    return Receipt(Outcome.IGNORED, reason=reason)


def _ticket(addresses: Iterable[str], base: str) -> Ticket | None:
    key = current_config().secret_key
    found = (rules.ticket_of(address, base, key) for address in addresses)
    return next((ticket for ticket in found if ticket is not None), None)


def _take(reply: _Reply, too_large: bool) -> Receipt:
    if (known := _known(reply.key)) is not None:
        return known
    try:
        if too_large:
            raise Invalid(TOO_LARGE)
        return _publish(reply)
    except Refusal as refusal:
        return _refuse(reply, refusal)


def _known(key: str) -> Receipt | None:
    made = db.session.execute(select(IncomingMail.made_id).where(IncomingMail.message_key == key)).first()
    return Receipt(Outcome.REPEATED, made.made_id) if made is not None else None


def _publish(reply: _Reply) -> Receipt:
    member = db.session.get_one(Member, reply.member_id)
    actor = actor_of(member)
    require(may_write(actor))
    if email_key(reply.letter.sender) != member.email_key:
        raise Invalid(OTHER_SENDER)
    place = _place(actor, reply.ticket.post_id, reply_of(reply.letter.words))
    body, left_out = _with_pictures(actor, place.body, reply.letter)
    if not body.strip():
        raise Invalid(EMPTY)
    with unit_of_work():
        if not _note(reply, Outcome.POSTED, left_out=left_out):
            return _known(reply.key) or Receipt(Outcome.REPEATED)
        posted = place.post(actor, body)
        outcome = Outcome.HELD if posted.held else Outcome.POSTED
        update_where(IncomingMail, IncomingMail.message_key == reply.key, made_id=posted.id, outcome=outcome)
        if left_out:
            mail.queue("reply-without-attachments", key=f"reply:{reply.key[:40]}", message_key=reply.key)
    return Receipt(outcome, posted.id)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reply goes: an answer to a question of somebody else, a comment otherwise; ``draft`` is the place on the
    page where the same would be typed."""

    draft: str
    target_id: int
    is_answer: bool
    body: str

    def post(self, actor: Actor, body: str) -> Posted:
        if self.is_answer:
            return answer_question(actor, self.target_id, body=body)
        return comment_on(actor, self.target_id, body=body)


def _place(actor: Actor, post_id: int, body: str) -> _Place:
    """Raises :class:`NotFound` for what this member may not see (any more)."""
    try:
        post, question = visible_post(actor, post_id)
    except NotFound:
        raise Conflict(GONE) from None
    asked = is_own(actor, question)
    to_question = post.kind == PostKind.QUESTION
    if not asked and (to_question or len(body) > COMMENT.high):
        return _Place(f"answer:{question.id}", question.id, True, body)
    parent = post.parent_id if post.kind == PostKind.COMMENT and post.parent_id else post.id
    return _Place(f"comment:{parent}", parent, False, body)


def _with_pictures(actor: Actor, body: str, letter: Envelope) -> tuple[str, int]:
    """The text with its pictures below, and how many attachments found no place."""
    left_out, allowed = letter.left_out, numbers.images_allowed(actor.rank, actor.is_staff)
    for number, data in enumerate(letter.pictures):
        try:
            if number >= allowed:
                raise Invalid
            body = f"{body.rstrip()}\n\n{upload_image(actor, data).markdown}"
        except Invalid:
            left_out += 1
    return body, left_out


def _refuse(reply: _Reply, refusal: Refusal) -> Receipt:
    member = db.session.get_one(Member, reply.member_id)
    with using_language(member.language):
        fields = getattr(refusal, "fields", {})
        reason = " ".join(str(said) for said in fields.values()) or str(refusal.sentence)
    actor = actor_of(member)
    with unit_of_work():
        told = _told_today(reply.member_id) < rules.REFUSALS_A_DAY
        if not _note(reply, Outcome.REFUSED, reason=reason[:500], told=told):
            return _known(reply.key) or Receipt(Outcome.REPEATED)
        if told:
            mail.queue("reply-refused", key=f"reply:{reply.key[:40]}", message_key=reply.key)
        _keep_draft(actor, reply)
    return Receipt(Outcome.REFUSED, reason=reason)


def _keep_draft(actor: Actor, reply: _Reply) -> None:
    """The text waits where it would have been typed, unless something is being written there."""
    if email_key(reply.letter.sender) != db.session.get_one(Member, reply.member_id).email_key:
        return
    try:
        place = _place(actor, reply.ticket.post_id, reply_of(reply.letter.words))
        if place.body and load_draft(actor, place.draft) is None:
            save_draft(actor, place.draft, body=place.body)
    except Refusal:
        return


def _told_today(member_id: int) -> int:
    since = clock.now() - timedelta(hours=24)
    mine = (
        IncomingMail.member_id == member_id,
        IncomingMail.told.is_(True),
        IncomingMail.received_at > since,
    )
    return db.session.scalar(select(func.count()).select_from(IncomingMail).where(*mine)) or 0


def _note(reply: _Reply, outcome: Outcome, **more: object) -> bool:
    """Write the mail down; False when it was there."""
    values = {
        "message_key": reply.key, "member_id": reply.member_id, "post_id": reply.ticket.post_id, "way": reply.way,
        "outcome": outcome, "received_at": clock.now(), **more,
    }  # fmt: skip
    return insert_once(IncomingMail, **values) is not None
