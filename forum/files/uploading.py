"""Receive a file for a text."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import IO

from common import clock, text
from common.db import insert_once
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor, may_write, require
from common.unit_of_work import unit_of_work
from forum.files import numbers
from forum.files.keeping import keep
from forum.files.models import Attachment
from forum.files.rules import MEGABYTE, BadFile, FileFault, address, checked
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is kept: its name, its address, and the Markdown that leads to it."""

    key: str
    name: str

    @property
    def markdown(self) -> str:
        """What is put into the text."""
        return f"[{self.name}]({address(self.key)})"


def upload_file(actor: Actor, name: str, data: bytes | IO[bytes]) -> Received:
    """Keep a file. No more than one byte above the limit is read of an open upload.

    Nobody but its member and moderators gets it before a published post carries it. Raises Forbidden, TooMany, and
    Invalid (``file``) with what is wrong with it.
    """
    require(may_write(actor))
    keep_pace(actor, Act.UPLOAD)
    most = numbers.most_bytes()
    received = data if isinstance(data, bytes) else data.read(most + 1)
    try:
        clean = checked(text.normalise(name), received, frozenset(numbers.kinds()), most)
    except BadFile as refusal:
        raise Invalid(_sentence(refusal.fault), fields={"file": _sentence(refusal.fault)}) from refusal
    key = secrets.token_hex(12)
    keep(key, clean.data)
    with unit_of_work():
        insert_once(
            Attachment, key=key, member_id=actor.person_id, name=clean.name, kind=clean.kind,
            byte_count=len(clean.data), created_at=clock.now(),
        )  # fmt: skip
    return Received(key, clean.name)


def _sentence(fault: FileFault) -> Sentence:
    return {
        FileFault.EMPTY: _("This file is empty. Please choose another."),
        FileFault.TOO_HEAVY: _(
            "This file is heavier than %(size)s MB. Please send a smaller one.",
            size=numbers.most_bytes() // MEGABYTE,
        ),
        FileFault.UNKNOWN_KIND: _(
            "We take files that end in: %(kinds)s. A picture is added as a picture.",
            kinds=", ".join(f".{kind}" for kind in numbers.kinds()),
        ),
        FileFault.NOT_WHAT_IT_SAYS: _(
            "This file is not what its name says, or it is damaged. Please check it."
        ),
        FileFault.ACTIVE: _(
            "This PDF holds a program, a form or other files. Print it as a plain PDF, then add that one."
        ),
    }[fault]
