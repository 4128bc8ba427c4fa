"""Replies and questions by mail in pure functions: whose address it is, what a machine wrote, what leaves no trace. Pure.

Sources: RFC 5233 (plus addresses), RFC 3834 (what automatic mails say of themselves), RFC 3464 (reports of delivery).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1_000_000
MOST_BYTES = 10 * MEGABYTE
MOST_ATTACHMENTS = 30
SMALLEST_PICTURE = 8_000
"""Pictures below this many bytes are logos of signatures."""
REFUSALS_A_DAY = 5
"""Most letters a day that tell one member why a mail was not published."""
REPLYABLE = frozenset(
    {
        "answer-accepted", "answer-commented", "answer-endorsed", "comment-followed", "details-wanted", "followed-answered",
        "help-wanted", "member-answered", "mention", "official-answer", "question-answered", "question-commented",
        "question-left", "question-solved", "resolved-check", "topic-question",
    }
)  # fmt: skip
"""The news whose letter can be replied to."""

_TICKET = re.compile(r"([1-9][0-9]{0,9})-([1-9][0-9]{0,9})-([a-z2-7]{16})")
_ASK = re.compile(r"ask-([1-9][0-9]{0,9})-([1-9][0-9]{0,9})-([a-z2-7]{16})")
_ANSWERED = re.compile(r"(?:(?:re|fwd?|tr|aw|wg|rif|sv) ?: ?)+", re.I)
_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(?:auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|r[ée]ponse automatique|absence du bureau"
    r"|message d.absence|undeliver|delivery (?:status|failure)|mail delivery|[ée]chec de (?:la )?remise|non remis)",
    re.I,
)
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|ne-?pas-?repondre)(?:[+=@.-]|$)", re.I)  # fmt: skip


class Outcome(StrEnum):
    """What became of a mail."""

    POSTED = "posted"
    HELD = "held"
    REPEATED = "repeated"
    REFUSED = "refused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may reply to what with an address."""

    member_id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class AskTicket:
    """Who may ask with an address, and the how manieth of that member it is: only the newest counts."""

    member_id: int
    number: int


def address_for(ticket: Ticket, base: str, key: str) -> str:
    """The address of a member's replies to a post, below the configured one: ``reply+12-345-…@example.com``."""
    local, _, domain = base.partition("@")
    return f"{local}+{ticket.member_id}-{ticket.post_id}-{_signature(_said(ticket), key)}@{domain}"


def ticket_of(address: str, base: str, key: str) -> Ticket | None:
    """What an address allows; None for one we did not make. Letters may have changed their case on the way."""
    if (found := _TICKET.fullmatch(_tail(address, base))) is None:
        return None
    ticket = Ticket(int(found[1]), int(found[2]))
    return ticket if hmac.compare_digest(found[3], _signature(_said(ticket), key)) else None


def ask_address_for(ticket: AskTicket, base: str, key: str) -> str:
    """The address of a member's new questions: ``reply+ask-12-1-…@example.com``."""
    local, _, domain = base.partition("@")
    return f"{local}+ask-{ticket.member_id}-{ticket.number}-{_signature(_said(ticket), key)}@{domain}"


def ask_ticket_of(address: str, base: str, key: str) -> AskTicket | None:
    """Who may ask with an address; None for one we did not make."""
    if (found := _ASK.fullmatch(_tail(address, base))) is None:
        return None
    ticket = AskTicket(int(found[1]), int(found[2]))
    return ticket if hmac.compare_digest(found[3], _signature(_said(ticket), key)) else None


def title_of(subject: str) -> str:
    """A subject without what programs put before it: « TR : », “Fwd:”, “Re:”."""
    words = " ".join(subject.split())
    return words[found.end() :] if (found := _ANSWERED.match(words)) else words


def is_forged(address: str, base: str, key: str) -> bool:
    """Whether an address pretends to be one for replies or questions and has no signature of ours."""
    if not _tail(address, base):
        return False
    return ticket_of(address, base, key) is None and ask_ticket_of(address, base, key) is None


def _tail(address: str, base: str) -> str:
    """What stands between the plus and the @ of an address below ours."""
    local, _, domain = base.lower().partition("@")
    given, _, there = address.strip().lower().rpartition("@")
    prefix, _, tail = given.partition("+")
    return tail if there == domain and prefix == local else ""


def _said(ticket: Ticket | AskTicket) -> str:
    if isinstance(ticket, AskTicket):
        return f"question by mail\n{ticket.member_id}\n{ticket.number}"
    return f"reply by mail\n{ticket.member_id}\n{ticket.post_id}"


def _signature(said: str, key: str) -> str:
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode().lower()


def is_automatic(header: Callable[[str], str], sender: str, own: str) -> bool:
    """Whether a machine wrote it: an absence note, a report of delivery, a list, or ourselves."""
    if header("Auto-Submitted").strip().lower() not in ("", "no"):
        return True
    if re.search(r"\b(?:bulk|junk|list|auto_reply)\b", header("Precedence"), re.I) or header("List-Id"):
        return True
    if any(
        header(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Loop", "Feedback-ID")
    ):
        return True
    if header("Return-Path").strip() == "<>" or header("Content-Type").lower().lstrip().startswith(
        "multipart/report"
    ):
        return True
    if not sender or sender == own.lower() or _MACHINES.match(sender):
        return True
    return _AUTOMATIC_SUBJECT.match(header("Subject")) is not None


def message_key(message_id: str, ticket: Ticket | AskTicket, raw: bytes) -> str:
    """The name of a mail: the same one delivered twice has the same."""
    named = message_id.strip()[:998].encode() or hashlib.sha256(raw).digest()
    return hashlib.sha256(named + f"\n{ticket.member_id}".encode()).hexdigest()
