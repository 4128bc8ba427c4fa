"""Who is who: small cards of members for pages, lists and sentences, many in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, or_, select

from accounts.members.models import Member
from accounts.members.rules import STAFF, Role, email_key, initials_of, name_key, tint_of
from common.clock import now
from common.db import db
from common.i18n import Sentence, _


@dataclass(frozen=True, slots=True)
class MemberCard:
    """What the site shows of a member beside a post. ``tint`` is 1 to 6, ``rank`` 0 to 6."""

    id: int | None
    name: str | Sentence
    slug: str
    initials: str
    tint: int
    rank: int
    role: str
    is_staff: bool
    points: int
    is_mask: bool = False

    @property
    def is_former(self) -> bool:
        """Nobody's to visit: an import without an author, an account that was closed, or a mask."""
        return self.id is None


FORMER_MEMBER = MemberCard(
    id=None,
    name=_("Former member"),
    slug="",
    initials="–",
    tint=1,
    rank=0,
    role=Role.MEMBER.value,
    is_staff=False,
    points=0,
)


MASKED = replace(FORMER_MEMBER, name=_("A customer"), initials="?", tint=5, is_mask=True)
"""Whoever asked under a mask, on every page that shows an author."""


class Cards(dict[int | None, MemberCard]):
    """Cards by member id; whoever is unknown, closed or None is :data:`FORMER_MEMBER`."""

    def __missing__(self, _member_id: int | None) -> MemberCard:
        return FORMER_MEMBER

    def get(self, member_id, default=None):  # type: ignore[override]
        """The card of a member, :data:`FORMER_MEMBER` when there is none."""
        return self[member_id] if default is None else super().get(member_id, default)


_COLUMNS = (Member.id, Member.display_name, Member.slug, Member.rank, Member.role, Member.points)
_SHOWN = or_(Member.closed_at.is_(None), Member.is_mask.is_(True))


def cards(member_ids: Iterable[int | None]) -> Cards:
    """The cards of many members in one query (none for an empty list)."""
    wanted = {member_id for member_id in member_ids if member_id is not None}
    found = Cards()
    if wanted:
        rows = db.session.execute(select(*_COLUMNS, Member.is_mask).where(Member.id.in_(wanted), _SHOWN))
        found.update({row.id: MASKED if row.is_mask else card_of(*row[:-1]) for row in rows})
    return found


def card(member_id: int | None) -> MemberCard:
    """One member's card."""
    return cards([member_id])[member_id]


def card_of(member_id: int, name: str, slug: str, rank: int, role: str, points: int) -> MemberCard:
    """A card from columns a query has already loaded."""
    return MemberCard(
        id=member_id,
        name=name,
        slug=slug,
        initials=initials_of(name),
        tint=tint_of(member_id),
        rank=rank,
        role=str(role),
        is_staff=role in STAFF,
        points=points,
    )


def may_enter() -> ColumnElement[bool]:
    """The criterion of accounts somebody may sign in to: those that are open, and those that were closed by their member
    and are not erased yet; signing in opens them again (accounts.closing.returning)."""
    return or_(Member.closed_at.is_(None), Member.erase_at > now())


def by_id(member_id: int) -> Member | None:
    """An open account by its id."""
    return db.session.scalar(select(Member).where(Member.id == member_id, Member.closed_at.is_(None)))


def by_email(address: str) -> Member | None:
    """An open account by its e-mail address, whatever its case."""
    return db.session.scalar(
        select(Member).where(Member.email_key == email_key(address), Member.closed_at.is_(None))
    )


def by_names(names: Iterable[str]) -> dict[str, int]:
    """Member ids by public name, for mentions; names nobody has are left out. One query."""
    keys = {name_key(name): name for name in names}
    if not keys:
        return {}
    rows = db.session.execute(
        select(Member.name_key, Member.id).where(Member.name_key.in_(keys), Member.closed_at.is_(None))
    )
    return {keys[key]: member_id for key, member_id in rows}


def staff_ids(*roles: Role) -> list[int]:
    """Members who hold one of these roles (all staff when none is named)."""
    wanted = roles or tuple(STAFF)
    return list(
        db.session.scalars(
            select(Member.id).where(Member.role.in_(wanted), Member.closed_at.is_(None)).order_by(Member.id)
        )
    )
