"""How each shop takes codes, as its own documentation describes it (docs/rewards.md names the pages).

Pure: a promotion and codes in, files out. Each file holds no more than the shop takes at once.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewards.promotions.rules import PromotionKind
from rewards.shop.rules import Target

AT_ONCE = {
    Target.SHOPIFY: 250, Target.WOOCOMMERCE: 100, Target.STRIPE: 500, Target.VOUCHERIFY: 500, Target.CSV: 100_000,
}  # fmt: skip
"""Shopify and WooCommerce refuse more in one call; the others are cut so that a program can stop and go on."""
LATER = "gid://shopify/DiscountCodeNode/PUT-THE-ID-HERE"
File = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Described:
    """What a shop must know of a promotion. Money in minor units."""

    key: str
    title: str
    kind: PromotionKind
    value: int
    currency: str
    max_discount_minor: int | None
    min_basket_minor: int | None
    once_per_customer: bool
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Code:
    """A code on its way to a shop."""

    coupon_id: int
    code: str
    expires_at: datetime | None


def fits(target: Target, code: str) -> bool:
    """Whether a shop takes codes of this shape: Stripe knows letters and digits only."""
    return code.isascii() and code.isalnum() if target is Target.STRIPE else True


def takes(target: Target, kind: PromotionKind) -> bool:
    """Whether a shop can express it: free delivery is no code at Stripe and at Voucherify."""
    return kind is not PromotionKind.FREE_SHIPPING or target not in (Target.STRIPE, Target.VOUCHERIFY)


def keeps_limit(target: Target, about: Described) -> bool:
    """Whether the shop itself stops a percentage at the most one code may take off."""
    return about.kind is not PromotionKind.PERCENT or target in (Target.VOUCHERIFY, Target.CSV)


def keeps_basket(target: Target, about: Described) -> bool:
    """Whether the export says from which basket on; at Voucherify that is a rule of its own, made there."""
    return about.min_basket_minor is None or target is not Target.VOUCHERIFY


def files(
    target: Target, about: Described, codes: list[Code], reference: str = "", begins: bool = True
) -> list[File]:
    """The files of an export: (name, content), in the order in which the shop takes them. ``reference``: the discount's
    id at Shopify. ``begins``: it is the first export, so the shop needs the discount itself too."""
    if target is Target.SHOPIFY:
        return list(_shopify(about, codes, reference, begins))
    return list(_WRITERS[target](about, codes))


def _parts(codes: list[Code], target: Target) -> Iterator[tuple[int, list[Code]]]:
    size = AT_ONCE[target]
    for number, start in enumerate(range(0, len(codes), size), start=1):
        yield number, codes[start : start + size]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


# --- Shopify: one discount, its codes added 250 at a time ---------------------------------------------------------

_BASIC = (
    "mutation discountCodeBasicCreate($basicCodeDiscount: DiscountCodeBasicInput!) {"
    " discountCodeBasicCreate(basicCodeDiscount: $basicCodeDiscount)"
    " { codeDiscountNode { id } userErrors { field code message } } }"
)
_SHIPPING = (
    "mutation discountCodeFreeShippingCreate($freeShippingCodeDiscount: DiscountCodeFreeShippingInput!) {"
    " discountCodeFreeShippingCreate(freeShippingCodeDiscount: $freeShippingCodeDiscount)"
    " { codeDiscountNode { id } userErrors { field code message } } }"
)
_ADD = (
    "mutation discountRedeemCodeBulkAdd($discountId: ID!, $codes: [DiscountRedeemCodeInput!]!) {"
    " discountRedeemCodeBulkAdd(discountId: $discountId, codes: $codes)"
    " { bulkCreation { id } userErrors { code field message } } }"
)


def _shopify(about: Described, codes: list[Code], reference: str, begins: bool) -> Iterator[File]:
    if codes and begins:
        yield "shopify-000-discount.json", _json(_shopify_discount(about, codes[0].code))
        codes = codes[1:]
    for number, part in _parts(codes, Target.SHOPIFY):
        variables = {"discountId": reference or LATER, "codes": [{"code": one.code} for one in part]}
        yield f"shopify-{number:03d}-codes.json", _json({"query": _ADD, "variables": variables})


def _shopify_discount(about: Described, first: str) -> dict[str, Any]:
    """The discount itself, which Shopify makes together with its first code."""
    said: dict[str, Any] = {
        "title": about.title, "code": first, "startsAt": _time(about.starts_at), "endsAt": _time(about.ends_at),
        "usageLimit": 1, "appliesOncePerCustomer": about.once_per_customer, "context": {"all": "ALL"},
        "combinesWith": {"orderDiscounts": False, "productDiscounts": False, "shippingDiscounts": False},
    }  # fmt: skip
    if about.min_basket_minor:
        least = {"greaterThanOrEqualToSubtotal": _major(about.min_basket_minor)}
        said["minimumRequirement"] = {"subtotal": least}
    if about.kind is PromotionKind.FREE_SHIPPING:
        shipping = {**said, "destination": {"all": True}}
        return {"query": _SHIPPING, "variables": {"freeShippingCodeDiscount": shipping}}
    amount = {"amount": _major(about.value), "appliesOnEachItem": False}
    percent = about.kind is PromotionKind.PERCENT
    value = {"percentage": about.value / 100} if percent else {"discountAmount": amount}
    said["customerGets"] = {"value": value, "items": {"all": True}}
    return {"query": _BASIC, "variables": {"basicCodeDiscount": said}}


# --- WooCommerce: one coupon for each code, a hundred in one batch -------------------------------------------------


def _woocommerce(about: Described, codes: list[Code]) -> Iterator[File]:
    for number, part in _parts(codes, Target.WOOCOMMERCE):
        yield f"woocommerce-{number:03d}.json", _json({"create": [_woo_coupon(about, one) for one in part]})


def _woo_coupon(about: Described, one: Code) -> dict[str, Any]:
    shipping = about.kind is PromotionKind.FREE_SHIPPING
    percent = about.kind is PromotionKind.PERCENT
    said: dict[str, Any] = {
        "code": one.code, "description": about.title, "discount_type": "percent" if percent else "fixed_cart",
        "amount": "0.00" if shipping else str(about.value) if percent else _major(about.value),
        "individual_use": True, "usage_limit": 1, "usage_limit_per_user": 1, "free_shipping": shipping,
        "meta_data": [{"key": "community_coupon", "value": str(one.coupon_id)}],
    }  # fmt: skip
    ends = _woo_time(one.expires_at or about.ends_at)
    if ends:
        said["date_expires_gmt"] = ends
    if about.min_basket_minor:
        said["minimum_amount"] = _major(about.min_basket_minor)
    return said


def _woo_time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else None


# --- Stripe: a coupon, and a promotion code of it for each code ----------------------------------------------------


def _stripe(about: Described, codes: list[Code]) -> Iterator[File]:
    coupon_id = f"community-{about.key}"
    coupon: dict[str, Any] = {"id": coupon_id, "name": about.title[:40], "duration": "once"}
    if about.kind is PromotionKind.PERCENT:
        coupon["percent_off"] = about.value
    else:
        coupon |= {"amount_off": about.value, "currency": about.currency.lower()}
    if about.ends_at:
        coupon["redeem_by"] = int(about.ends_at.timestamp())
    yield "stripe-000-coupon.json", _json(coupon)
    for number, part in _parts(codes, Target.STRIPE):
        said = [_stripe_code(about, coupon_id, one) for one in part]
        yield f"stripe-{number:03d}-promotion-codes.json", _json(said)


def _stripe_code(about: Described, coupon_id: str, one: Code) -> dict[str, Any]:
    said: dict[str, Any] = {
        "promotion": {"type": "coupon", "coupon": coupon_id}, "code": one.code, "max_redemptions": 1, "active": True,
        "metadata": {"coupon_id": str(one.coupon_id)},
    }  # fmt: skip
    ends = min((end for end in (one.expires_at, about.ends_at) if end), default=None)
    if ends:
        said["expires_at"] = int(ends.timestamp())
    if about.min_basket_minor:
        said["restrictions"] = {
            "minimum_amount": about.min_basket_minor, "minimum_amount_currency": about.currency.lower(),
        }  # fmt: skip
    return said


# --- Voucherify: vouchers of one category --------------------------------------------------------------------------


def _voucherify(about: Described, codes: list[Code]) -> Iterator[File]:
    for number, part in _parts(codes, Target.VOUCHERIFY):
        yield f"voucherify-{number:03d}.json", _json([_voucher(about, one) for one in part])


def _voucher(about: Described, one: Code) -> dict[str, Any]:
    if about.kind is PromotionKind.PERCENT:
        discount: dict[str, Any] = {"type": "PERCENT", "percent_off": about.value}
        if about.max_discount_minor is not None:
            discount["amount_limit"] = about.max_discount_minor
    else:
        discount = {"type": "AMOUNT", "amount_off": about.value}
    said: dict[str, Any] = {
        "code": one.code, "category": about.key, "type": "DISCOUNT_VOUCHER", "discount": discount, "active": True,
        "start_date": _time(about.starts_at), "redemption": {"quantity": 1},
        "metadata": {"coupon_id": one.coupon_id},
    }  # fmt: skip
    ends = _time(one.expires_at or about.ends_at)
    return said | ({"expiration_date": ends} if ends else {})


# --- any other shop --------------------------------------------------------------------------------------------------


def _csv(about: Described, codes: list[Code]) -> Iterator[File]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ["code", "expires_at", "kind", "value", "max_discount", "min_basket", "currency", "promotion"]
    )
    percent = about.kind is PromotionKind.PERCENT
    value = str(about.value) if percent else _major(about.value)
    limits = [
        "" if minor is None else _major(minor) for minor in (about.max_discount_minor, about.min_basket_minor)
    ]
    for one in codes:
        ends = _time(one.expires_at or about.ends_at) or ""
        writer.writerow([one.code, ends, about.kind.value, value, *limits, about.currency, about.key])
    yield f"{about.key}.csv", out.getvalue()


_WRITERS: dict[Target, Callable[[Described, list[Code]], Iterator[File]]] = {
    Target.WOOCOMMERCE: _woocommerce,
    Target.STRIPE: _stripe,
    Target.VOUCHERIFY: _voucherify,
    Target.CSV: _csv,
}
