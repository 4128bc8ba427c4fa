"""Members who speak for the maker of products: registered by managers, audited. They reply and doubt, and review nothing."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import audit, clock
from common.db import affected, db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import ALLOWED as YES
from common.permissions import Actor, Verdict, refuse, require
from common.unit_of_work import unit_of_work
from forum.content.reviews.models import BrandAccount
from forum.products.models import Product


def can_register(actor: Actor) -> Verdict:
    """Say who speaks for a maker."""
    return (
        YES if actor.is_manager else refuse(_("Accounts of makers are registered by the brand’s managers."))
    )


def brands() -> list[str]:
    """The makers in the catalogue."""
    query = select(Product.brand).where(Product.brand != "").group_by(Product.brand).order_by(Product.brand)
    return list(db.session.scalars(query.limit(200)))


def brand_of(member_id: int | None) -> str | None:
    """The maker a member speaks for."""
    if member_id is None:
        return None
    return db.session.scalar(select(BrandAccount.brand).where(BrandAccount.member_id == member_id))


def speaks_for(member_id: int | None, brand: str) -> bool:
    """Whether a member speaks for this maker."""
    mine = brand_of(member_id)
    return mine is not None and mine.casefold() == brand.casefold()


def speaks_for_product(member_id: int | None, product_id: int) -> bool:
    """Whether a member speaks for the maker of this product."""
    mine = brand_of(member_id)
    if mine is None:
        return False
    brand = db.session.scalar(select(Product.brand).where(Product.id == product_id))
    return brand is not None and brand != "" and mine.casefold() == brand.casefold()


def register(actor: Actor, member_id: int, brand: str) -> bool:
    """Let a member speak for a maker of the catalogue; an empty name ends it. True when that changes anything.

    Raises NotFound, Forbidden, and Invalid (brand).
    """
    require(can_register(actor))
    name = " ".join(brand.split())
    with unit_of_work():
        role = db.session.scalar(
            select(Member.role).where(Member.id == member_id, Member.closed_at.is_(None))
        )
        if role is None:
            raise NotFound()
        if name and role in STAFF:
            raise Invalid(fields={"brand": _("The team speaks for the brand already.")})
        if name and not db.session.scalar(select(func.count()).where(Product.brand == name)):
            raise Invalid(fields={"brand": _("No product of the catalogue is of this maker.")})
        before = brand_of(member_id)
        if (before or "") == name:
            return False
        _write(actor, member_id, name, before)
        audit.write(actor, "brand_account.changed", "member", member_id, before, name or None)
        return True


def _write(actor: Actor, member_id: int, name: str, before: str | None) -> None:
    mine = BrandAccount.member_id == member_id
    values = {"brand": name, "registered_by_id": actor.member_id, "registered_at": clock.now()}
    if not name:
        affected(db.session.execute(delete(BrandAccount).where(mine)))
    elif before is None:
        insert_once(BrandAccount, member_id=member_id, **values)
    else:
        update_where(BrandAccount, mine, **values)
