"""The inlet by IMAP: unread mails of a mailbox are taken in, one after the other, and marked as read."""

from __future__ import annotations

import contextlib
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from common.config import current_config
from common.db import db
from forum.letterbox import rules
from forum.letterbox.receiving import receive
from forum.letterbox.rules import Outcome

log = logging.getLogger("fourmi.letterbox")

TIMEOUT = 20
MOST_AT_ONCE = 50
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def fetch() -> int:
    """Take in what waits; returns how many mails. A mail that cannot be stored now stays unread."""
    taken = 0
    with _mailbox() as box:
        for number in _unread(box):
            raw = _raw(box, number)
            if raw is None:
                continue
            try:
                outcome = receive(raw, way="imap").outcome
            except Exception:
                db.session.rollback()
                log.exception("a mail could not be taken in; it is tried again")
                continue
            log.info("a mail came in: %s", Outcome(outcome).value)
            box.store(number, "+FLAGS", "(\\Seen)")
            taken += 1
    return taken


@contextlib.contextmanager
def _mailbox() -> Iterator[imaplib.IMAP4]:
    url = urlsplit(current_config().imap_url)
    context = ssl.create_default_context()
    box: imaplib.IMAP4
    if url.scheme == "imaps":
        box = imaplib.IMAP4_SSL(url.hostname or "", url.port or 993, ssl_context=context, timeout=TIMEOUT)
    else:
        box = imaplib.IMAP4(url.hostname or "", url.port or 143, timeout=TIMEOUT)
        if "STARTTLS" in box.capabilities:
            box.starttls(context)
    try:
        box.login(unquote(url.username or ""), unquote(url.password or ""))
        box.select(f'"{unquote(url.path.strip("/")) or "INBOX"}"')
        yield box
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            box.logout()


def _unread(box: imaplib.IMAP4) -> list[str]:
    _kind, found = box.search(None, "UNSEEN")
    return [number.decode() for number in (found[0] or b"").split()[:MOST_AT_ONCE]]


def _raw(box: imaplib.IMAP4, number: str) -> bytes | None:
    """The mail; of one that is too large only its beginning and one byte too many, so that it is refused."""
    _kind, told = box.fetch(number, "(RFC822.SIZE)")
    size = _SIZE.search(told[0] if told and isinstance(told[0], bytes) else b"")
    large = size is not None and int(size[1]) > rules.MOST_BYTES
    part = "(BODY.PEEK[HEADER])" if large else "(BODY.PEEK[])"
    _kind, parts = box.fetch(number, part)
    for found in parts or ():
        if isinstance(found, tuple):
            return found[1] + b" " * (rules.MOST_BYTES + 1) if large else found[1]
    return None
