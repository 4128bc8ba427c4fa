"""The mails of the outbox folder, as an administrator reads them."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from accounts.members.permissions import can_see_outbox
from common import mail
from common.errors import NotFound
from common.lists import Page
from common.permissions import Actor, require

NAME = re.compile(r"[0-9]{8}T[0-9]{6,14}-[0-9]{1,24}\.eml")
SIZE = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail that left. ``text`` is its plain part."""

    name: str
    to: str
    subject: str
    at: datetime | None
    text: str
    unsubscribe: str


def recent(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[Sent]:
    """The mails that left, newest first. Raises :class:`Forbidden` for all but administrators."""
    require(can_see_outbox(actor))
    files = [file for file in mail.kept() if NAME.fullmatch(file.name) and (not after or file.name < after)]
    shown = files[:size]
    return Page([_read(file) for file in shown], shown[-1].name if len(files) > size else None)


def one(actor: Actor, name: str) -> Sent:
    """One mail. Raises :class:`NotFound` for a name that is not in the folder."""
    require(can_see_outbox(actor))
    for file in mail.kept():
        if file.name == name:
            return _read(file)
    raise NotFound


def _read(file: Path) -> Sent:
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    return Sent(
        name=file.name,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        at=parsedate_to_datetime(str(message["Date"])) if message["Date"] else None,
        text=body.get_content() if body is not None else "",
        unsubscribe=str(message["List-Unsubscribe"] or "").strip("<>"),
    )
