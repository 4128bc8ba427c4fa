"""The one verb of all inlets: a raw mail becomes an answer, a comment or a question, or it does not, and its writer hears
why.

The signed address says who writes to what, or asks; the sender's address must be that member's. The text goes through the same
verbs as on the page, so rights, pace, screening and reviews are the same. Mails of machines are passed over in silence,
and nothing is ever sent to an address that a mail claims: only to the member's own.
"""

from __future__ import annotations

import contextlib
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
from common.errors import Invalid, Refusal
from common.i18n import _, using_language
from common.permissions import Actor, may_write, require
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import load_draft, save_draft
from forum.images.uploading import upload_image
from forum.letterbox import envelope, rules
from forum.letterbox.addresses import still_counts
from forum.letterbox.envelope import Envelope, Unreadable
from forum.letterbox.models import IncomingMail
from forum.letterbox.places import Place, below_post, new_question, only_lacks_details, reason_of
from forum.letterbox.quotes import reply_of
from forum.letterbox.rules import AskTicket, Outcome, Ticket
from forum.limits import numbers

log = logging.getLogger("fourmi.letterbox")

EMPTY = _("We found no words of yours in it: write them above the quoted message.")
OTHER_SENDER = _(
    "It came from another address than the one of your account. Write from that one, or on the site."
)
TOO_LARGE = _("It was too large: at most 10 MB with its pictures.")
_RETURNED = 25_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail. ``made_id`` is the new post; ``reason`` is for the log and the inlet."""

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
    post_id = ticket.post_id if isinstance(ticket, Ticket) else None
    key = rules.message_key(letter.message_id, ticket, raw)
    return _take(_Mail(letter, post_id, member.id, key, way), too_large)


@dataclass(frozen=True)
class _Mail:
    """A mail of a member; ``post_id`` is what it replies to, None for a new question."""

    letter: Envelope
    post_id: int | None
    member_id: int
    key: str
    way: str

    @property
    def is_question(self) -> bool:
        """Whether it asks something new."""
        return self.post_id is None

    def comes_from(self, member: Member) -> bool:
        """Whether the sender's address is that of the member's account."""
        return email_key(self.letter.sender) == member.email_key

    def place(self, actor: Actor) -> Place:
        """Where it goes. Raises what :func:`below_post` raises."""
        words = reply_of(self.letter.words)
        if self.post_id is None:
            return new_question(actor, rules.title_of(self.letter.header("Subject")), words)
        return below_post(actor, self.post_id, words)


def _ignored(reason: str) -> Receipt:
    log.info("a mail was passed over: %s", reason)
    return Receipt(Outcome.IGNORED, reason=reason)


def _ticket(addresses: Iterable[str], base: str) -> Ticket | AskTicket | None:
    key = current_config().secret_key
    for address in addresses:
        if (ticket := rules.ticket_of(address, base, key)) is not None:
            return ticket
        asks = rules.ask_ticket_of(address, base, key)
        if asks is not None and still_counts(asks):
            return asks
    return None


def _take(given: _Mail, too_large: bool) -> Receipt:
    if (known := _known(given.key)) is not None:
        return known
    try:
        if too_large:
            raise Invalid(TOO_LARGE)
        return _publish(given)
    except Refusal as refusal:
        return _refuse(given, refusal)


def _known(key: str) -> Receipt | None:
    made = db.session.execute(select(IncomingMail.made_id).where(IncomingMail.message_key == key)).first()
    return Receipt(Outcome.REPEATED, made.made_id) if made is not None else None


def _publish(given: _Mail) -> Receipt:
    member = db.session.get_one(Member, given.member_id)
    actor = actor_of(member)
    require(may_write(actor))
    if not given.comes_from(member):
        raise Invalid(OTHER_SENDER)
    place = given.place(actor)
    body, left_out = _with_pictures(actor, place.body, given.letter)
    if not body.strip():
        raise Invalid(EMPTY)
    with unit_of_work():
        if not _note(given, Outcome.POSTED, left_out=left_out):
            return _known(given.key) or Receipt(Outcome.REPEATED)
        posted = place.post(actor, body)
        outcome = Outcome.HELD if posted.held else Outcome.POSTED
        update_where(IncomingMail, IncomingMail.message_key == given.key, made_id=posted.id, outcome=outcome)
        if (told := place.letter(left_out)) is not None:
            _tell(given, told, masked=bool(posted.masked))
    return Receipt(outcome, posted.id)


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


def _refuse(given: _Mail, refusal: Refusal) -> Receipt:
    member = db.session.get_one(Member, given.member_id)
    actor = actor_of(member)
    with using_language(member.language):
        reason = reason_of(refusal, named=given.is_question)
    place = _place_of_draft(given, member)
    with unit_of_work():
        told = _told_today(given.member_id) < rules.REFUSALS_A_DAY
        returned = (
            f"{place.kept().get('title', '')}\n\n{place.body}" if place and given.is_question and told else ""
        )
        if not _note(given, Outcome.REFUSED, reason=reason[:500], told=told, returned=returned[:_RETURNED]):
            return _known(given.key) or Receipt(Outcome.REPEATED)
        if told:
            _tell(given, _letter_about(given, refusal))
        if place is not None:
            _keep_draft(actor, place)
    return Receipt(Outcome.REFUSED, reason=reason)


def _letter_about(given: _Mail, refusal: Refusal) -> str:
    """The letter that says why; a question that only lacks what its category asks for is nearly ready."""
    if not given.is_question:
        return "reply-refused"
    return "question-unfinished" if only_lacks_details(refusal) else "question-refused"


def _tell(given: _Mail, template: str, masked: bool = False) -> None:
    mail.queue(template, key=f"reply:{given.key[:40]}", message_key=given.key, masked=masked)


def _place_of_draft(given: _Mail, member: Member) -> Place | None:
    """Where the words of a refused mail belong; None for those of somebody else, and where there are none."""
    if not given.comes_from(member):
        return None
    try:
        place = given.place(actor_of(member))
    except Refusal:
        return None
    return place if place.body else None


def _keep_draft(actor: Actor, place: Place) -> None:
    """The text waits where it would have been typed, unless something is being written there."""
    with contextlib.suppress(Refusal):
        if load_draft(actor, place.draft) is None:
            save_draft(actor, place.draft, **place.kept())


def _told_today(member_id: int) -> int:
    since = clock.now() - timedelta(hours=24)
    mine = (
        IncomingMail.member_id == member_id,
        IncomingMail.told.is_(True),
        IncomingMail.received_at > since,
    )
    return db.session.scalar(select(func.count()).select_from(IncomingMail).where(*mine)) or 0


def _note(given: _Mail, outcome: Outcome, **more: object) -> bool:
    """Write the mail down; False when it was there."""
    values = {
        "message_key": given.key, "member_id": given.member_id, "post_id": given.post_id, "way": given.way,
        "outcome": outcome, "received_at": clock.now(), **more,
    }  # fmt: skip
    return insert_once(IncomingMail, **values) is not None
