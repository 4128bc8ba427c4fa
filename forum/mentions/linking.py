"""Members named with an @ in a text: whom it means, the links that stand in its HTML, and how many of them hear of it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import name_key
from common import text
from common.db import db
from common.i18n import Sentence, _, n_
from common.permissions import Actor
from forum.limits.numbers import mentions_allowed


def named_in(body: str) -> list[int]:
    """The members a text names, in order; a name nobody has is nobody's. One statement, none without an @."""
    found = _members(text.mentions(body))
    return list(dict.fromkeys(number for number, _shown in found.values()))


def render(body: str) -> str:
    """The safe HTML of a text of the forum: Markdown, and links to the profiles of the members it names."""
    return text.render(body, addresses([body]))


def addresses(bodies: Iterable[str]) -> dict[str, str]:
    """Where the names of these texts lead, one statement for all. A private profile is not linked: that a name is
    somebody's stays between the two."""
    found = _members({name for body in bodies for name in text.mentions(body)})
    return {name: f"/members/{number}" for name, (number, shown) in found.items() if shown}


def too_many(actor: Actor, body: str) -> Sentence | None:
    """What an author hears whose text names more members than are told of it."""
    told = mentions_allowed(actor.rank, actor.is_staff)
    if body.count("@") <= told or (named := len(named_in(body))) <= told:
        return None
    if not told:
        return _("Members you name are not told of this message.")
    return n_(
        "You name %(named)s members; only the first hears of it.",
        "You name %(named)s members; only the first %(count)s hear of it.", told, named=named,
    )  # fmt: skip


def _members(names: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """Who has these names, and whether the profile is open to all; closed accounts are nobody."""
    keys = {name: name_key(name) for name in names}
    if not keys:
        return {}
    query = select(Member.name_key, Member.id, Member.is_private).where(
        Member.name_key.in_(set(keys.values())), Member.closed_at.is_(None)
    )
    by_key = {row.name_key: (row.id, not row.is_private) for row in db.session.execute(query)}
    return {name: by_key[key] for name, key in keys.items() if key in by_key}
