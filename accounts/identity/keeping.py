"""Keep, sealed, what the law asks for: where a text came from, and who somebody was who left. Nothing here reads it again.

Sessions hold an address while they live and are gone with it; the trail of acts holds none. So nothing is kept twice: a row
here is written for each contribution, with the address alone (no browser: the decree asks for none), and of who leaves only
the address, the public name and two dates, never the password, its hash, the profile or a text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from accounts.identity.models import KeptIdentity, KeptSource, Nature
from accounts.identity.numbers import is_kept
from accounts.members.models import Member
from common import clock
from common.db import db, insert_once
from common.secrecy import fingerprint, seal

USE = "fourmi-legal-identity"
Place = Callable[[], str]


def from_nowhere() -> str:
    """Where nothing came over the network: a job, the command line."""
    return ""


_place: list[Place] = [from_nowhere]


def set_place(place: Place) -> None:
    """Fill the port that knows the network address of what is being done now."""
    _place[:] = [place]


def key_of(kind: str, number: int) -> str:
    """By what the rows about a member or a post are found again."""
    return fingerprint(USE, f"{kind}:{number}")


def note_source(person_id: int | None, kind: str, number: int, act: str) -> None:
    """Keep where a contribution came from, inside the open unit of work; nothing where that is not known, or not kept."""
    address = _place[0]()
    if person_id is None or not address or not is_kept():
        return
    now = clock.now()
    said = {"member_id": person_id, kind: number, "act": act, "address": address, "at": _moment(now)}
    db.session.add(
        KeptSource(
            person_key=key_of("member", person_id),
            thing_key=key_of(kind, number),
            cipher=_sealed(said),
            at=now,
        )
    )


def keep_identity(member_id: int) -> None:
    """Before the person is taken out of the row: who they were. Inside the open unit of work, once."""
    member = db.session.get_one(Member, member_id, populate_existing=True)
    if not member.email or not is_kept():
        return  # came with an import and never opened the account: there was no contract
    ended = member.closed_at or clock.now()
    known = {
        Nature.IDENTITY: {"member_id": member_id, "email": member.email},
        Nature.ACCOUNT: {
            "member_id": member_id, "name": member.display_name, "joined_at": _moment(member.joined_at),
            "closed_at": _moment(ended),
        },
    }  # fmt: skip
    key = key_of("member", member_id)
    for nature, said in known.items():
        insert_once(KeptIdentity, nature=nature, person_key=key, cipher=_sealed(said), ended_at=ended)


def _sealed(said: dict[str, Any]) -> bytes:
    return seal(USE, json.dumps(said, ensure_ascii=False))


def _moment(at: Any) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
