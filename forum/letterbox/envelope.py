"""A raw mail as far as a reply needs it. Whatever the bytes are, reading them ends, and ends well."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from forum.importers.reading.html_to_markdown import converted
from forum.letterbox.rules import MOST_ATTACHMENTS, SMALLEST_PICTURE

_MOST_TEXT, _MOST_HTML = 400_000, 150_000
_MOST_HEAD, _MOST_BOUNDARIES, _MOST_PARTS = 200_000, 60, 200
_CHARSETS = re.compile(r"(?:utf-(?:8|16|32)|ascii$|iso8859|cp\d|latin|koi8|mac-|gb|big5|shift|euc|iso2022)")
"""Encodings of letters; Python knows others that are slow on purpose or no encodings of letters at all."""
_FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


class Unreadable(Exception):
    """Bytes that are no mail, or one made to tire its reader."""


@dataclass(frozen=True)
class Envelope:
    """A mail: who, what, with which pictures; ``left_out`` counts the attachments that are none."""

    head: Message
    sender: str
    recipients: tuple[str, ...]
    message_id: str
    words: str
    pictures: tuple[bytes, ...]
    left_out: int

    def header(self, name: str) -> str:
        """A header as text, empty where it is missing or broken."""
        return _header(self.head, name)


def read(raw: bytes) -> Envelope:
    """Raises :class:`Unreadable`, never anything else."""
    head, _, _body = raw.partition(b"\n\n" if b"\r\n\r\n" not in raw[:_MOST_HEAD] else b"\r\n\r\n")
    if not raw.strip() or len(head) > _MOST_HEAD or raw.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        raise Unreadable("no mail, or one of too many parts")
    try:
        message = message_from_bytes(raw)
        parts = list(_leaves(message))
        words = _words(parts)
        pictures, left_out = _attachments(parts)
        return Envelope(
            head=message,
            sender=next(iter(_addresses(message, "From")), ""),
            recipients=tuple(dict.fromkeys(found for name in _FIELDS for found in _addresses(message, name))),
            message_id=_header(message, "Message-ID"),
            words=words,
            pictures=pictures,
            left_out=left_out,
        )
    except Unreadable:
        raise
    except (
        Exception,
        RecursionError,
    ) as error:  # the parser raises nearly every class there is on a hostile mail
        raise Unreadable(type(error).__name__) from error


def head_of(raw: bytes) -> Envelope:
    """The same of a mail that is too large: its head alone."""
    cut = raw[:_MOST_HEAD]
    for end in (b"\r\n\r\n", b"\n\n"):
        if end in cut:
            return read(cut.partition(end)[0] + end)
    raise Unreadable("no head")


def _leaves(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            raise Unreadable("too many parts")
        if not part.is_multipart():
            yield part


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value)[:2000])))
    except Exception:  # an unknown charset, broken base64
        text = str(value)[:2000]
    return " ".join(text.split())


def _addresses(message: Message, name: str) -> list[str]:
    values = [str(value)[:5000] for value in message.get_all(name, [])[:20]]
    return [address.strip().lower()[:320] for _name, address in getaddresses(values)[:50] if "@" in address]


def _words(parts: list[Message]) -> str:
    """The plain text; where there is none worth the name, the words of the HTML."""
    plain = [part for part in parts if part.get_content_type() == "text/plain" and not _is_attached(part)]
    text = "\n\n".join(_text(part, _MOST_TEXT) for part in plain[:5])
    if text.strip():
        return text
    for part in parts:
        if part.get_content_type() == "text/html" and not _is_attached(part):
            return converted(_text(part, _MOST_HTML)).markdown
    return ""


def _text(part: Message, most: int) -> str:
    data = part.get_payload(decode=True)
    raw = data[:most] if isinstance(data, bytes) else b""
    try:
        name = codecs.lookup(str(part.get_content_charset() or "utf-8")).name
        text = raw.decode(name if _CHARSETS.match(name) else "utf-8", "replace")
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    text = text.replace("\x00", "").replace("\r\n", "\n")
    return _unflowed(text) if str(part.get_param("format", "")).lower() == "flowed" else text


def _unflowed(text: str) -> str:
    """Lines that end in a space go on in the next (RFC 3676); a signature's two dashes and quoted lines stay."""
    return re.sub(r"(?m)^(?!-- $)(?!>)(.*\S) \n(?!>|$)", r"\1 ", text)


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _attachments(parts: list[Message]) -> tuple[tuple[bytes, ...], int]:
    pictures: list[bytes] = []
    left_out = 0
    for part in parts[: MOST_ATTACHMENTS * 2]:
        if part.get_content_maintype() == "text" and not _is_attached(part):
            continue
        data = part.get_payload(decode=True)
        if part.get_content_maintype() == "image" and isinstance(data, bytes):
            if len(data) >= SMALLEST_PICTURE or _is_attached(part):
                pictures.append(data)
        elif part.get_content_type() != "application/pgp-signature":
            left_out += 1
    return tuple(pictures[:MOST_ATTACHMENTS]), left_out + max(0, len(pictures) - MOST_ATTACHMENTS)
