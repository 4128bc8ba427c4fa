"""Read what is kept. Called by the verb of judicial requests, and by the archive of the member themselves; by nothing else
(a test names both)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import select

from accounts.identity.keeping import USE, key_of
from accounts.identity.models import KeptIdentity, KeptSource
from accounts.masks.queries import person_behind
from accounts.members.models import Member
from accounts.members.queries import card
from accounts.retention.models import HoldKind
from common.db import db
from common.i18n import Sentence
from common.secrecy import Unreadable, unseal

BATCH = 500
AuthorOf = Callable[[int], int | None]
_author_of: list[AuthorOf] = []


def know_author(author_of: AuthorOf) -> None:
    """Fill the port that knows who signs a post today."""
    _author_of[:] = [author_of]


class Concerned(NamedTuple):
    """Whom a request is about: its number, and the public name of the member or of who signs the post."""

    number: int
    name: str | Sentence


def concerned(kind: HoldKind, number: int) -> Concerned:
    """What is needed to hold a request against the requisition, and no more: nothing that is kept is opened."""
    member_id = number if kind == HoldKind.MEMBER else _author_of[0](number) if _author_of else None
    return Concerned(number, card(member_id).name)


def opened(kind: HoldKind, number: int) -> dict[str, Any]:
    """What is kept about a member, or about a post and who wrote it; in clear."""
    of_member = kind == HoldKind.MEMBER
    person = person_behind(number) if of_member else None
    sources = list(sources_of("member", person or number) if of_member else sources_of("post", number))
    people = {person} if of_member else {row["member_id"] for row in sources}
    if not of_member and not people and _author_of:
        people = {person_behind(_author_of[0](number))}
    return {"people": [_person(one) for one in sorted(one for one in people if one)], "sources": sources}


def sources_of(kind: str, number: int) -> Iterator[dict[str, Any]]:
    """Where contributions came from, of a member or of a post, the oldest first."""
    column = KeptSource.person_key if kind == "member" else KeptSource.thing_key
    last = 0
    while True:
        mine = (column == key_of(kind, number), KeptSource.id > last)
        rows = db.session.execute(
            select(KeptSource.id, KeptSource.cipher).where(*mine).order_by(KeptSource.id).limit(BATCH)
        ).all()
        for row in rows:
            last = row.id
            if (said := _unsealed(row.cipher)) is not None:
                yield said
        if len(rows) < BATCH:
            return


def _person(member_id: int) -> dict[str, Any]:
    """Of somebody who is here what the account says; of who left what was kept."""
    found: dict[str, Any] = {"member_id": member_id}
    member = db.session.get(Member, member_id)
    if member is not None and member.email:
        return found | {
            "email": member.email,
            "name": member.display_name,
            "joined_at": member.joined_at.isoformat(),
        }
    mine = select(KeptIdentity.cipher).where(KeptIdentity.person_key == key_of("member", member_id))
    for cipher in db.session.scalars(mine.order_by(KeptIdentity.id)):
        found |= _unsealed(cipher) or {}
    return found


def _unsealed(cipher: bytes) -> dict[str, Any] | None:
    try:
        return json.loads(unseal(USE, cipher))
    except Unreadable:
        return None
