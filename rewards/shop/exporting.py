"""Codes on their way to a shop. Each goes to a shop once; what is taken back here is noted for the shop to switch off."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from common import audit, clock, settings
from common.db import affected, db, insert_many, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.promotions import offering, secrecy
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.permissions import can_offer
from rewards.promotions.rules import CouponState, PromotionStatus
from rewards.shop import formats
from rewards.shop.formats import Code, Described
from rewards.shop.models import CodeExport, ExportedCode
from rewards.shop.rules import Target

settings.define(
    "promotions.export_codes", 10_000, unit=_("codes"), low=100, high=20_000,
    help=_("Codes that one export holds; the next export holds the ones after them."),
)  # fmt: skip
_REFERENCE = re.compile(r"gid://shopify/DiscountCodeNode/\d{1,20}")
GOOD = (CouponState.AVAILABLE, CouponState.ALLOCATED)


def export_codes(actor: Actor, promotion_id: int, target: Target) -> int:
    """Note which codes go to a shop: those it does not have and that can still be used. Returns the export's id.

    Raises Conflict when there is none, when the discount has ended, or when the shop cannot express it. Sent twice, the
    second finds nothing new.
    """
    require(can_offer(actor))
    with unit_of_work():
        db.session.execute(select(Promotion.id).where(Promotion.id == promotion_id).with_for_update())
        promotion = offering.load(promotion_id)
        if promotion.status is PromotionStatus.ENDED:
            raise Conflict(_("This discount has ended."))
        if not formats.takes(target, promotion.kind):
            raise Conflict(_("This shop cannot take free delivery as a code."))
        ids = [one.coupon_id for one in _new_codes(promotion_id, target) if formats.fits(target, one.code)]
        if not ids:
            raise Conflict(_("This shop has all codes that it can take."))
        export_id = insert_once(
            CodeExport, promotion_id=promotion_id, target=target, code_count=len(ids), made_by_id=actor.member_id,
            made_at=clock.now(), reference=_known_reference(promotion_id, target),
        )  # fmt: skip
        assert export_id is not None
        insert_many(
            ExportedCode, [{"export_id": export_id, "coupon_id": one, "target": target} for one in ids]
        )
        audit.write(
            actor, "promotion.exported", "promotion", promotion_id, None,
            {"target": target.value, "export": export_id, "codes": len(ids)},
        )  # fmt: skip
        return export_id


def _new_codes(promotion_id: int, target: Target) -> list[Code]:
    there = select(ExportedCode.id).where(ExportedCode.coupon_id == Coupon.id, ExportedCode.target == target)
    wanted = (Coupon.promotion_id == promotion_id, Coupon.state.in_(GOOD), ~there.exists())
    return _codes(*wanted, most=settings.get("promotions.export_codes"))


def _known_reference(promotion_id: int, target: Target) -> str:
    """The name the shop gave the discount, as it was told for an earlier export."""
    query = select(CodeExport.reference).where(
        CodeExport.promotion_id == promotion_id, CodeExport.target == target, CodeExport.reference != ""
    )
    return db.session.scalar(query.order_by(CodeExport.id.desc()).limit(1)) or ""


def download(actor: Actor, export_id: int, reference: str = "") -> tuple[str, bytes]:
    """The files of an export, as a name and bytes: the same codes each time. Each download is written down."""
    require(can_offer(actor))
    with unit_of_work():
        export = db.session.get(CodeExport, export_id, populate_existing=True)
        if export is None:
            raise NotFound()
        target, promotion, given = export.target, offering.load(export.promotion_id), reference.strip()
        if given and not _REFERENCE.fullmatch(given):
            raise Invalid(
                fields={"reference": _("An id as Shopify shows it: gid://shopify/DiscountCodeNode/123.")}
            )
        if given:
            update_where(CodeExport, CodeExport.id == export_id, reference=given)
        about = described(promotion)
        codes = _codes(Coupon.id.in_(_of(export_id)), most=None)
        made = formats.files(target, about, codes, given or export.reference, begins=not _earlier(export))
        audit.write(actor, "promotion.export_read", "code_export", export_id)
    name = f"{target.value}-{about.key}-{export_id}"
    if len(made) == 1 and target is Target.CSV:
        return f"{name}.csv", made[0][1].encode("utf-8")
    return f"{name}.zip", _packed(made)


def _of(export_id: int) -> Any:
    return select(ExportedCode.coupon_id).where(ExportedCode.export_id == export_id)


def _earlier(export: CodeExport) -> bool:
    """Whether the shop has the discount itself from an earlier export."""
    same = (CodeExport.promotion_id == export.promotion_id, CodeExport.target == export.target)
    return (
        db.session.scalar(select(CodeExport.id).where(*same, CodeExport.id < export.id).limit(1)) is not None
    )


def described(promotion: Promotion) -> Described:
    """What a shop is told of a promotion."""
    return Described(
        key=promotion.key, title=promotion.title("fr"), kind=promotion.kind, value=promotion.value,
        currency=promotion.currency, max_discount_minor=promotion.max_discount_minor,
        min_basket_minor=promotion.min_basket_minor, once_per_customer=promotion.per_member_limit == 1 and not promotion.is_monthly,
        starts_at=promotion.starts_at, ends_at=promotion.ends_at,
    )  # fmt: skip


def _codes(*criteria: Any, most: int | None) -> list[Code]:
    rows = db.session.execute(
        select(Coupon.id, Coupon.code_cipher, Coupon.expires_at)
        .where(*criteria)
        .order_by(Coupon.id)
        .limit(most)
    )
    return [Code(row.id, secrecy.decrypt(row.code_cipher), row.expires_at) for row in rows]


def _packed(made: Iterable[tuple[str, str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in made:
            packed.writestr(name, content)
    return out.getvalue()


# --- what a shop should no longer take -----------------------------------------------------------------------------


def queue_taken_back(coupon_id: int) -> int:
    """A code is good no more (taken back, past its time, its order cancelled): the shops that have it should switch it off.
    One that was exported while nobody had it ends there with the discount, not with its owner's time."""
    mine = (ExportedCode.coupon_id == coupon_id, ExportedCode.deactivate_since.is_(None))
    return update_where(ExportedCode, *mine, deactivate_since=clock.now())


def good_again(coupon_id: int) -> int:
    """A code whose time was over is good again: it leaves the list, and a shop that has switched it off gets it with the
    next export. Returns how many shops that concerns."""
    mine = (ExportedCode.coupon_id == coupon_id, ExportedCode.deactivate_since.is_not(None))
    gone = delete(ExportedCode).where(*mine, ExportedCode.deactivated_at.is_not(None))
    again = affected(db.session.execute(gone.execution_options(synchronize_session=False)))
    return again + update_where(ExportedCode, *mine, deactivate_since=None, listed_at=None)


def queue_withdrawn(promotion_id: int) -> int:
    """A discount ended: the same for the codes nobody has."""
    void = select(Coupon.id).where(Coupon.promotion_id == promotion_id, Coupon.state == CouponState.VOID)
    mine = (ExportedCode.coupon_id.in_(void), ExportedCode.deactivate_since.is_(None))
    return update_where(ExportedCode, *mine, deactivate_since=clock.now())


def make_list(actor: Actor, promotion_id: int, target: Target) -> int:
    """Put what a shop should switch off, and stands in no list yet, into one. Returns how many codes that were; called again,
    it changes nothing. What joins later stands in the next list."""
    require(can_offer(actor))
    with unit_of_work():
        found = _waiting(promotion_id, target).where(ExportedCode.listed_at.is_(None))
        first = found.order_by(ExportedCode.coupon_id).limit(formats.AT_ONCE[Target.CSV])
        listed = update_where(
            ExportedCode,
            ExportedCode.coupon_id.in_(first),
            ExportedCode.target == target,
            listed_at=clock.now(),
        )
        if listed:
            audit.write(
                actor, "promotion.deactivations_listed", "promotion", promotion_id, None, {"codes": listed}
            )
        return listed


def to_deactivate(actor: Actor, promotion_id: int, target: Target, listed_at: datetime) -> bytes:
    """The codes of a list that a shop should switch off, as CSV. They stay in it until somebody says that it is done."""
    require(can_offer(actor))
    with unit_of_work():
        mine = _waiting(promotion_id, target).where(ExportedCode.listed_at == listed_at)
        codes = _codes(Coupon.id.in_(mine), most=None)
        audit.write(
            actor, "promotion.deactivations_read", "promotion", promotion_id, None, {"codes": len(codes)}
        )
    return "".join(f"{line}\r\n" for line in ["code", *(one.code for one in codes)]).encode()


def deactivated(actor: Actor, promotion_id: int, target: Target, listed_at: datetime) -> int:
    """The shop has switched off the codes of a list: exactly these, whatever has joined since. Returns how many that were."""
    require(can_offer(actor))
    with unit_of_work():
        mine = _waiting(promotion_id, target).where(ExportedCode.listed_at == listed_at)
        done = update_where(
            ExportedCode, ExportedCode.coupon_id.in_(mine), ExportedCode.target == target, ExportedCode.listed_at == listed_at,
            ExportedCode.deactivated_at.is_(None), deactivated_at=clock.now(),
        )  # fmt: skip
        if done:
            audit.write(actor, "promotion.deactivated", "promotion", promotion_id, None, {"codes": done})
        return done


def _waiting(promotion_id: int, target: Target) -> Any:
    return (
        select(ExportedCode.coupon_id)
        .join(Coupon, Coupon.id == ExportedCode.coupon_id)
        .where(Coupon.promotion_id == promotion_id, ExportedCode.target == target)
        .where(ExportedCode.deactivate_since.is_not(None), ExportedCode.deactivated_at.is_(None))
    )
