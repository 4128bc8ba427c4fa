"""The shop's interface: signatures, replays, the wrong order, late news, guessing; exports as each shop documents them."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import logging
import re
import threading
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common import clock, jobs
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, NotFound
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from rewards.ledger import booking
from rewards.ledger.queries import wallet
from rewards.ledger.rules import Amounts
from rewards.promotions import claiming, keeping, offering, pooling
from rewards.promotions.amends import replacing, returning
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState, PromotionKind
from rewards.shop import exporting, keying, receiving
from rewards.shop.models import ExportedCode, Redemption, ShopEvent, ShopSecret
from rewards.shop.queries import waiting_of
from rewards.shop.rules import Cancelled, Target, Told, signature
from tests.conftest import START, actor_named

CODE = "PART-0001"


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


@pytest.fixture
def promotion_id(app):
    offer = offering.Offer(
        "parts",
        PromotionKind.AMOUNT,
        2000,
        "Pièces",
        "Parts",
        100,
        budget_minor=10_000,
        min_basket_minor=9900,
    )
    made = offering.offer_promotion(SYSTEM, offer)
    pooling.bring_codes(SYSTEM, made, [f"PART-{n:04d}" for n in range(1, 6)])
    offering.open_promotion(SYSTEM, made)
    return made


@pytest.fixture
def rich(ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 1000), "gift", "A start for the tests")
    return ben


@pytest.fixture
def given(promotion_id, rich):
    """The code PART-0001 is ben's."""
    return claiming.claim(rich, promotion_id, "a")


@pytest.fixture
def shop(client):
    """Calls the interface with a good signature, unless told otherwise."""
    secret = keying.make_secret(SYSTEM, "the shop")

    def call(path, body=None, *, secret=secret, at=None, signed=None, **more):
        data = json.dumps(body).encode() if not isinstance(body, bytes) else body
        get = body is None
        text = path.rsplit("/", 1)[1].encode() if get else data
        stamp = str(int((at or clock.now()).timestamp()))
        headers = {
            "X-Fourmi-Timestamp": stamp,
            "X-Fourmi-Signature": signed or f"v1={signature(secret, stamp, text)}",
        }
        sent = (
            {"headers": headers, **more}
            if get
            else {"data": data, "headers": headers, "content_type": "application/json"}
        )
        return client.open(f"/api/v1{path}", method="GET" if get else "POST", **sent)

    call.secret = secret
    return call


def use(**more):
    return {
        "event_id": "e-1", "code": CODE, "order_ref": "order-1", "amount_minor": 1500, "currency": "EUR",
        "occurred_at": clock.now().isoformat(), **more,
    }  # fmt: skip


def coupon(coupon_id):
    db.session.rollback()
    return db.session.get(Coupon, coupon_id, populate_existing=True)


def owed(promotion_id):
    db.session.rollback()
    return db.session.scalar(select(Promotion.liability_minor).where(Promotion.id == promotion_id))


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


# --- who speaks ----------------------------------------------------------------------------------------------------


def test_the_signature_is_what_anybody_would_compute():
    mine = hmac.new(b"secret", b'1772445600.{"a": 1}', hashlib.sha256).hexdigest()
    assert signature("secret", "1772445600", b'{"a": 1}') == mine


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another"}, {"signed": "v1="}, {"signed": "v1=" + "0" * 64}, {"signed": "é" * 20},
        {"at": START - timedelta(minutes=5, seconds=1)}, {"at": START + timedelta(minutes=5, seconds=1)},
    ],
)  # fmt: skip
def test_a_forged_or_stale_message_changes_nothing(shop, given, how):
    answer = shop("/redemptions", use(), **how)
    assert answer.status_code == 401 and answer.json["error"]["code"] == "not_signed"
    assert coupon(given).state is CouponState.ALLOCATED
    assert count(ShopEvent) == 0
    assert shop(f"/codes/{CODE}", **how).status_code == 401


def test_without_any_header_or_with_a_changed_body_nothing_is_believed(shop, client, given):
    assert client.post("/api/v1/redemptions", json=use()).status_code == 401
    stamp = str(int(clock.now().timestamp()))
    signed = signature(shop.secret, stamp, json.dumps(use()).encode())
    assert shop("/redemptions", use(amount_minor=1), signed=signed).status_code == 401
    assert count(Redemption) == 0


def test_two_secrets_are_good_at_once_never_three_and_a_retired_one_is_worth_nothing(shop, given):
    second = keying.make_secret(SYSTEM, "the next one")
    with pytest.raises(Conflict):
        keying.make_secret(SYSTEM, "a third")
    assert shop(f"/codes/{CODE}").status_code == shop(f"/codes/{CODE}", secret=second).status_code == 200
    first = db.session.scalar(select(ShopSecret.id).where(ShopSecret.name == "the shop"))
    assert keying.retire_secret(SYSTEM, first)
    assert not keying.retire_secret(SYSTEM, first)
    assert shop(f"/codes/{CODE}").status_code == 401
    assert shop(f"/codes/{CODE}", secret=second).status_code == 200
    assert keying.make_secret(SYSTEM, "the one after").startswith("shs_")


def test_secrets_belong_to_managers_and_are_shown_once(client, sign_in, app, max_, mo):
    for who in (mo, actor_named("ada")):
        browser = sign_in(who, app.test_client())
        assert browser.get("/en/desk/shop").status_code == 403
        assert browser.post("/en/desk/shop/secrets", data={"name": "mine"}).status_code == 403
    desk = sign_in(max_)
    assert desk.post("/en/desk/shop/secrets", data={"name": "x"}).status_code == 422
    made = desk.post("/en/desk/shop/secrets", data={"name": "winter"})
    secret = re.search(r"shs_[\w-]+", made.text).group(0)
    assert "no-store" in made.headers["Cache-Control"]
    assert secret not in desk.get("/en/desk/shop").text
    for table in db.metadata.sorted_tables:
        assert all(secret not in repr(tuple(row)) for row in db.session.execute(table.select()))
    assert desk.post("/en/desk/shop/secrets/1/retire").status_code == 303
    assert "winter" in app.test_cli_runner().invoke(args=["shop", "secrets"]).output


# --- a code was used -----------------------------------------------------------------------------------------------


def test_a_used_code_is_booked_at_what_it_cost_and_a_replay_gets_the_first_answer(shop, given, promotion_id):
    assert owed(promotion_id) == 2000
    first = shop("/redemptions", use(code="part 0001"))
    assert first.status_code == 201
    assert first.json["redemption"] == {
        "id": "e-1", "state": "redeemed", "order_ref": "order-1", "amount_minor": 1500, "currency": "EUR",
        "occurred_at": START.isoformat(),
    }  # fmt: skip
    again = shop("/redemptions", use(code="part 0001"))
    assert (again.status_code, again.json) == (201, first.json)
    assert owed(promotion_id) == 1500
    assert coupon(given).state is CouponState.REDEEMED
    assert count(Redemption) == 1
    assert CODE.replace("-", "") not in first.text.upper()


def test_the_same_order_again_is_fine_another_order_is_not(shop, given):
    shop("/redemptions", use())
    same = shop("/redemptions", use(event_id="e-2"))
    assert same.status_code == 200 and same.json["redemption"]["id"] == "e-1"
    other = shop("/redemptions", use(event_id="e-3", order_ref="order-2"))
    assert other.status_code == 409 and other.json["error"]["code"] == "used"
    reused = shop("/redemptions", use(order_ref="order-9"))
    assert reused.status_code == 409 and reused.json["error"]["code"] == "event_reused"
    assert count(ShopEvent) == 2


def test_unknown_free_and_taken_back_codes(shop, given, max_):
    assert shop("/redemptions", use(code="NOBODY-1")).status_code == 404
    assert shop("/redemptions", use(code="PART-0005")).status_code == 404  # nobody has it yet
    keeping.revoke(max_, given, "Mistake")
    gone = shop("/redemptions", use())
    assert gone.status_code == 410 and gone.json["error"]["code"] == "expired"
    assert count(ShopEvent) == count(Redemption) == 0


def test_used_before_its_last_day_and_told_after_it_counts_within_the_budget(
    shop, given, promotion_id, rich, at
):
    at(timedelta(days=59))
    used = clock.now().isoformat()
    at(timedelta(days=2))
    keeping.expire_due()
    assert (coupon(given).state, owed(promotion_id)) == (CouponState.EXPIRED, 0)
    late = shop("/redemptions", use(event_id="late", occurred_at=clock.now().isoformat()))
    assert late.status_code == 410
    in_time = shop("/redemptions", use(occurred_at=used))
    assert in_time.status_code == 201
    assert (coupon(given).state, owed(promotion_id)) == (CouponState.REDEEMED, 1500)


def test_a_sale_told_late_is_booked_even_when_the_budget_is_full(shop, app, rich, at):
    offer = offering.Offer(
        "tight", PromotionKind.AMOUNT, 2000, "Juste", "Tight", 10, budget_minor=2000, per_member_limit=3
    )
    tight = offering.offer_promotion(SYSTEM, offer)
    pooling.bring_codes(SYSTEM, tight, ["TIGHT-0001", "TIGHT-0002"])
    offering.open_promotion(SYSTEM, tight)
    claiming.claim(rich, tight, "a")
    used = clock.now().isoformat()
    at(timedelta(days=61))
    keeping.expire_due()
    claiming.claim(rich, tight, "b")
    told = shop("/redemptions", use(code="TIGHT-0001", amount_minor=2000, occurred_at=used))
    assert told.status_code == 201
    assert owed(tight) == 2000


@pytest.mark.parametrize(
    "more",
    [
        {"amount_minor": -1}, {"amount_minor": 2**31}, {"amount_minor": True}, {"amount_minor": "15"}, {"amount_minor": 1.5},
        {"amount_minor": 10**40}, {"currency": "eur"}, {"currency": None}, {"code": ""}, {"code": 7}, {"code": "x" * 101},
        {"order_ref": ""}, {"order_ref": "<b>"}, {"event_id": None}, {"event_id": "x" * 81}, {"occurred_at": "yesterday"},
        {"occurred_at": "2026-03-02T10:00:00"}, {"occurred_at": "9999-12-31T23:59:59Z"},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_nothing_is_kept(shop, given, more):
    answer = shop("/redemptions", use(**more))
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == set(more)
    assert count(ShopEvent) == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 15_000, b'"' + b"x" * 30_000])
def test_what_is_no_object_is_refused(shop, given, body):
    assert shop("/redemptions", body).status_code == 422


def test_another_currency_or_an_impossible_moment_is_a_conflict(shop, given, at):
    at(timedelta(hours=1))
    before = (START - timedelta(hours=1)).isoformat()
    ahead = (clock.now() + timedelta(hours=1)).isoformat()
    for more in ({"currency": "USD"}, {"occurred_at": before}, {"occurred_at": ahead}):
        assert shop("/redemptions", use(**more)).status_code == 409
    assert coupon(given).state is CouponState.ALLOCATED


# --- the order was cancelled ---------------------------------------------------------------------------------------


def test_a_cancelled_order_frees_the_budget_and_gives_one_new_code(
    shop, given, promotion_id, rich, client, sign_in
):
    shop("/redemptions", use())
    for _delivery in range(2):
        answer = shop("/redemptions/e-1/cancel", {"event_id": "c-1"})
        assert answer.status_code == 200 and answer.json["redemption"]["state"] == "cancelled"
    assert (coupon(given).state, owed(promotion_id)) == (CouponState.REFUNDED, 0)
    assert db.session.scalar(select(func.count()).where(Notification.kind == "coupon-refunded")) == 1
    assert shop("/redemptions/e-1/cancel", {"event_id": "c-2"}).status_code == 200
    points = wallet(rich.member_id).available
    sign_in(rich)
    assert "Take a new code" in client.get("/en/rewards/coupons").text
    for _click in range(2):
        assert client.post(f"/en/rewards/coupons/{given}/replace").status_code == 303
    mine = db.session.scalars(
        select(Coupon).where(Coupon.member_id == rich.member_id).order_by(Coupon.id)
    ).all()
    assert [row.state for row in mine] == [CouponState.REFUNDED, CouponState.ALLOCATED]
    assert wallet(rich.member_id).available == points
    assert owed(promotion_id) == 2000
    sign_in(actor_named("ada"))
    assert client.post(f"/en/rewards/coupons/{given}/replace").status_code == 404


def test_a_replacement_is_not_replaced_again_and_points_come_back_where_no_code_is_left(
    shop, given, promotion_id, rich, max_
):
    shop("/redemptions", use())
    with pytest.raises(Conflict):
        replacing.replace(rich, given)
    shop("/redemptions/e-1/cancel", {"event_id": "c-1"})
    second = replacing.replace(rich, given)
    shop("/redemptions", use(event_id="e-2", code="PART-0002", order_ref="order-2"))
    shop("/redemptions/e-2/cancel", {"event_id": "c-2"})
    with pytest.raises(Conflict):
        replacing.replace(rich, second)


def test_points_come_back_once_where_the_discount_has_ended(shop, given, promotion_id, rich, max_):
    shop("/redemptions", use())
    shop("/redemptions/e-1/cancel", {"event_id": "c-1"})
    offering.end_promotion(max_, promotion_id)
    assert wallet(rich.member_id).available == 900
    for _click in range(2):
        assert replacing.replace(rich, given) is None
    assert wallet(rich.member_id).available == 1000


def test_a_cancellation_that_comes_first_waits_a_day_for_its_redemption(shop, given, promotion_id, at):
    early = shop("/redemptions/e-1/cancel", {"event_id": "c-1"})
    assert early.status_code == 202
    assert shop("/redemptions/e-1/cancel", {"event_id": "c-1"}).json == early.json
    at(timedelta(hours=23, minutes=59))
    told = shop("/redemptions", use(occurred_at=START.isoformat()))
    assert told.status_code == 201 and told.json["redemption"]["state"] == "cancelled"
    assert (coupon(given).state, owed(promotion_id)) == (CouponState.REFUNDED, 0)


def test_after_a_day_it_is_given_up(shop, given, at):
    shop("/redemptions/e-1/cancel", {"event_id": "c-1"})
    at(timedelta(hours=24))
    jobs.run_due_periodics()
    assert receiving.forget_parked() == 0
    assert shop("/redemptions", use(occurred_at=START.isoformat())).json["redemption"]["state"] == "redeemed"


@pytest.mark.parametrize("ended", ["both answer", "the process ends in between"])
def test_a_use_and_its_cancellation_at_one_moment_find_each_other(
    ended, shop, given, promotion_id, in_threads, monkeypatch
):
    """The use is written, not yet kept, while the cancellation looks for it: PostgreSQL shows it nothing, SQLite lets it wait."""
    written, cancelled = threading.Event(), threading.Event()
    monkeypatch.setattr(receiving.limiting, "note", lambda *_: (written.set(), cancelled.wait(0.3)))
    if ended != "both answer":
        monkeypatch.setattr(receiving, "_meet", lambda _redemption: None)

    def call(number):
        if number:
            return receiving.redeem(Told("e-1", CODE, "order-1", 1500, "EUR", START))
        written.wait(5)
        told = receiving.cancel(Cancelled("c-1", "e-1", START))
        cancelled.set()
        return told

    assert {type(one) for one in in_threads(2, call)} == {tuple}
    monkeypatch.undo()
    if ended != "both answer":
        receiving.forget_parked()
    assert (coupon(given).state, owed(promotion_id)) == (CouponState.REFUNDED, 0)


def test_without_a_second_look_they_would_miss_each_other(shop, given, monkeypatch):
    """The broken twin, one after the other: the cancellation waits, the use did not see it."""
    receiving.cancel(Cancelled("c-1", "e-1", START))
    monkeypatch.setattr(receiving, "_settle_parked", lambda _event: None)
    receiving.redeem(Told("e-1", CODE, "order-1", 1500, "EUR", START))
    assert coupon(given).state is CouponState.REDEEMED
    monkeypatch.undo()
    receiving.forget_parked()
    assert coupon(given).state is CouponState.REFUNDED


def test_twenty_deliveries_at_once_book_one_use(shop, given, promotion_id, in_threads):
    told = Told("e-1", CODE, "order-1", 1500, "EUR", START)
    results = in_threads(20, lambda _n: receiving.redeem(told))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert {status for status, _said in results} == {201}
    assert count(Redemption) == 1 and owed(promotion_id) == 1500


# --- is it good? ---------------------------------------------------------------------------------------------------


def test_a_look_up_says_what_a_code_is_good_for_and_never_the_owner(shop, given, rich, at):
    answer = shop(f"/codes/{CODE.lower()}")
    assert answer.status_code == 200
    assert answer.json == {
        "valid": True, "promotion": "parts", "kind": "amount", "value": 2000, "currency": "EUR", "max_discount_minor": None,
        "min_basket_minor": 9900, "expires_at": (START + timedelta(days=60)).isoformat(),
    }  # fmt: skip
    assert shop("/codes/PART-0004").status_code == shop("/codes/NOBODY").status_code == 404
    shop("/redemptions", use())
    assert shop(f"/codes/{CODE}").status_code == 409
    at(timedelta(days=61))
    assert shop(f"/codes/{CODE}").status_code == 409


def test_an_expired_code_is_gone_for_the_shop(shop, given, at):
    at(timedelta(days=61))
    assert shop(f"/codes/{CODE}").status_code == 410


def test_look_ups_are_limited_and_guessing_is_told(shop, given, max_, at):
    answers = [shop(f"/codes/GUESS-{n}").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]
    told = select(Notification.params).where(
        Notification.kind == "shop-guessing", Notification.member_id == max_.member_id
    )
    rows = list(db.session.scalars(told))
    assert len(rows) == 1 and rows[0]["unknown"] >= 10


def test_honest_look_ups_alarm_nobody(shop, given):
    for number in range(12):
        shop(f"/codes/{CODE}" if number % 4 else f"/codes/TYPO-{number}")
    assert db.session.scalar(select(func.count()).where(Notification.kind == "shop-guessing")) == 0


def test_no_code_of_the_shop_is_written_anywhere_in_clear(shop, given, caplog):
    caplog.set_level(logging.DEBUG)
    shop(f"/codes/{CODE}")
    shop("/redemptions", use())
    assert CODE not in caplog.text
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(table.select()):
            assert CODE not in repr(tuple(row)) and CODE.replace("-", "") not in repr(tuple(row))


# --- exports -------------------------------------------------------------------------------------------------------


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in sorted(packed.namelist())}


def described(kind=PromotionKind.PERCENT, value=15, codes=0, **more):
    values = {
        "max_discount_minor": 1500,
        "min_basket_minor": 9900,
        "ends_at": START + timedelta(days=300),
        **more,
    }
    made = offering.offer_promotion(
        SYSTEM, offering.Offer("spare", kind, value, "Pièces", "Parts", 10, **values)
    )
    pooling.make_codes(SYSTEM, made, codes)
    return made


WOO = {
    "code", "amount", "discount_type", "description", "date_expires_gmt", "individual_use", "usage_limit",
    "usage_limit_per_user", "free_shipping", "minimum_amount", "meta_data",
}  # fmt: skip
STRIPE = {"promotion", "code", "max_redemptions", "active", "metadata", "expires_at", "restrictions"}
VOUCHER = {
    "code", "category", "type", "discount", "active", "start_date", "expiration_date", "redemption", "metadata",
}  # fmt: skip
SHOPIFY = {
    "title", "code", "startsAt", "endsAt", "usageLimit", "appliesOncePerCustomer", "context", "combinesWith",
    "minimumRequirement", "customerGets",
}  # fmt: skip


def test_shopify_takes_250_codes_at_a_time_under_one_discount(app, max_):
    made = described(codes=601)
    export = exporting.export_codes(max_, made, Target.SHOPIFY)
    name, content = exporting.download(max_, export)
    files = unpacked(content)
    assert name == f"shopify-spare-{export}.zip"
    assert list(files) == ["shopify-000-discount.json", *(f"shopify-{n:03d}-codes.json" for n in (1, 2, 3))]
    discount = json.loads(files.pop("shopify-000-discount.json"))["variables"]["basicCodeDiscount"]
    assert set(discount) <= SHOPIFY and discount["usageLimit"] == 1
    assert discount["customerGets"] == {"value": {"percentage": 0.15}, "items": {"all": True}}
    assert discount["minimumRequirement"] == {"subtotal": {"greaterThanOrEqualToSubtotal": "99.00"}}
    calls = [json.loads(text) for text in files.values()]
    sizes = [len(call["variables"]["codes"]) for call in calls]
    assert sizes == [250, 250, 100]
    assert all("discountRedeemCodeBulkAdd" in call["query"] for call in calls)
    codes = [one["code"] for call in calls for one in call["variables"]["codes"]] + [discount["code"]]
    assert len(set(codes)) == 601
    named = "gid://shopify/DiscountCodeNode/42"
    again = unpacked(exporting.download(max_, export, named)[1])
    assert json.loads(again["shopify-001-codes.json"])["variables"]["discountId"] == named
    pooling.make_codes(SYSTEM, made, 3)
    more = unpacked(exporting.download(max_, exporting.export_codes(max_, made, Target.SHOPIFY))[1])
    assert list(more) == ["shopify-001-codes.json"]
    assert json.loads(more["shopify-001-codes.json"])["variables"]["discountId"] == named


def test_woocommerce_takes_a_hundred_coupons_in_a_batch_each_usable_once(app, max_):
    made = described(kind=PromotionKind.AMOUNT, value=2000, codes=205)
    files = unpacked(exporting.download(max_, exporting.export_codes(max_, made, Target.WOOCOMMERCE))[1])
    batches = [json.loads(text)["create"] for text in files.values()]
    assert [len(batch) for batch in batches] == [100, 100, 5]
    one = batches[0][0]
    assert set(one) <= WOO
    assert (one["discount_type"], one["amount"], one["minimum_amount"]) == ("fixed_cart", "20.00", "99.00")
    assert (one["usage_limit"], one["usage_limit_per_user"], one["individual_use"]) == (1, 1, True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", one["date_expires_gmt"])


def test_stripe_gets_a_coupon_and_codes_of_letters_and_digits_that_end_before_it(app, max_):
    made = described(codes=3)
    pooling.bring_codes(SYSTEM, made, ["WITH-DASH"])
    files = unpacked(exporting.download(max_, exporting.export_codes(max_, made, Target.STRIPE))[1])
    coupon_ = json.loads(files["stripe-000-coupon.json"])
    codes = json.loads(files["stripe-001-promotion-codes.json"])
    assert (coupon_["percent_off"], coupon_["duration"], len(codes)) == (15, "once", 3)
    for one in codes:
        assert set(one) <= STRIPE and one["code"].isalnum() and one["max_redemptions"] == 1
        assert one["expires_at"] <= coupon_["redeem_by"]
        assert one["promotion"] == {"type": "coupon", "coupon": coupon_["id"]}
        assert one["restrictions"] == {"minimum_amount": 9900, "minimum_amount_currency": "eur"}


def test_voucherify_gets_vouchers_of_quantity_one_with_their_limit(app, max_):
    made = described(codes=2)
    files = unpacked(exporting.download(max_, exporting.export_codes(max_, made, Target.VOUCHERIFY))[1])
    vouchers = json.loads(files["voucherify-001.json"])
    assert all(set(one) <= VOUCHER and one["redemption"] == {"quantity": 1} for one in vouchers)
    assert vouchers[0]["discount"] == {"type": "PERCENT", "percent_off": 15, "amount_limit": 1500}


def test_the_plain_file_has_codes_and_no_person(app, max_, rich):
    made = described(codes=2)
    offering.open_promotion(SYSTEM, made)
    claiming.claim(rich, made, "a")
    name, content = exporting.download(max_, exporting.export_codes(max_, made, Target.CSV))
    lines = content.decode().splitlines()
    assert name.endswith(".csv") and len(lines) == 3
    assert lines[0] == "code,expires_at,kind,value,max_discount,min_basket,currency,promotion"
    assert "ben" not in content.decode().lower()


def test_exporting_twice_sends_no_code_twice_and_is_written_down(app, max_, sign_in):
    made = described(codes=3)
    desk = sign_in(max_)
    for _click in range(2):
        assert desk.post(f"/en/desk/discounts/{made}/exports", data={"target": "csv"}).status_code == 303
    assert count(ExportedCode) == 3
    with pytest.raises(Conflict):
        exporting.export_codes(max_, made, Target.CSV)
    page = desk.get(f"/en/desk/discounts/{made}").text
    assert "3 codes" in page
    first = desk.post("/en/desk/exports/1/files")
    assert first.data == desk.post("/en/desk/exports/1/files").data
    assert (
        "attachment" in first.headers["Content-Disposition"] and "no-store" in first.headers["Cache-Control"]
    )
    acts = list(
        db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("promotion.export")))
    )
    assert sorted(acts) == ["promotion.export_read", "promotion.export_read", "promotion.exported"]
    entries = " ".join(str(e.after) + str(e.before) for e in db.session.scalars(select(AuditEntry)))
    assert first.data.decode().splitlines()[1].split(",")[0] not in entries
    assert desk.post(f"/en/desk/discounts/{made}/exports", data={"target": "amazon"}).status_code == 404
    assert desk.post("/en/desk/exports/1/files", data={"reference": "javascript:1"}).status_code == 422
    for who in ("mo", "ada"):
        with pytest.raises(Forbidden):
            exporting.export_codes(actor_named(who), made, Target.SHOPIFY)
        with pytest.raises(Forbidden):
            exporting.download(actor_named(who), 1)
    with pytest.raises(NotFound):
        exporting.download(max_, 99)


def test_free_delivery_goes_where_it_can(app, max_):
    made = described(kind=PromotionKind.FREE_SHIPPING, value=0, codes=2)
    for target in (Target.STRIPE, Target.VOUCHERIFY):
        with pytest.raises(Conflict):
            exporting.export_codes(max_, made, target)
    files = unpacked(exporting.download(max_, exporting.export_codes(max_, made, Target.SHOPIFY))[1])
    assert "freeShippingCodeDiscount" in files["shopify-000-discount.json"]
    files = unpacked(exporting.download(max_, exporting.export_codes(max_, made, Target.WOOCOMMERCE))[1])
    assert json.loads(files["woocommerce-001.json"])["create"][0]["free_shipping"] is True


def test_taken_back_and_withdrawn_codes_wait_to_be_switched_off_in_the_shop(app, max_, rich, sign_in):
    made = described(codes=3)
    offering.open_promotion(SYSTEM, made)
    coupon_id = claiming.claim(rich, made, "a")
    code = keeping.reveal(rich, coupon_id)
    exporting.export_codes(max_, made, Target.CSV)
    keeping.revoke(max_, coupon_id, "Fraud")
    desk = sign_in(max_)
    assert "1 code should be switched off" in desk.get(f"/en/desk/discounts/{made}").text
    where, target = f"/en/desk/discounts/{made}/deactivations", {"target": "csv"}
    page = desk.post(where, data={**target, "act": "list"}, follow_redirects=True).text
    first = {**target, "list": re.search(r'name="list" value="([^"]+)"', page)[1]}
    assert desk.post(where, data=first).data.decode().split() == ["code", code]
    offering.end_promotion(max_, made)  # two more join after the download
    assert desk.post(where, data=first).data.decode().split() == ["code", code]
    assert desk.post(where, data={**first, "act": "done"}).status_code == 303
    assert desk.post(where, data={**first, "act": "done"}).status_code == 303
    assert desk.post(where, data=first).data.decode().split() == ["code"]
    page = desk.get(f"/en/desk/discounts/{made}").text
    assert "2 codes should be switched off" in page and 'name="list"' not in page
    assert (
        exporting.make_list(max_, made, Target.CSV) == 2 and exporting.make_list(max_, made, Target.CSV) == 0
    )
    assert [desk.post(where, data={**target, "list": bad}).status_code for bad in ("", "soon", "9" * 40)] == [
        404
    ] * 3
    with pytest.raises(Conflict):
        exporting.export_codes(max_, made, Target.STRIPE)


def listed_codes(who, promotion_id):
    """What stands in the lists of a shop, after making one of what stands in none."""
    exporting.make_list(who, promotion_id, Target.CSV)
    lists = [
        exporting.to_deactivate(who, promotion_id, shop, at) for shop, at, _count in waiting_of(promotion_id)
    ]
    return [code for one in lists for code in one.decode().split()[1:]]


def test_a_code_past_its_owners_time_or_of_a_cancelled_order_waits_to_be_switched_off_too(
    app, max_, rich, given, promotion_id, shop, at
):
    exporting.export_codes(max_, promotion_id, Target.CSV)

    def listed():
        return listed_codes(max_, promotion_id)

    at(timedelta(days=61))
    assert keeping.expire_due() == 1 and listed() == [CODE]
    with unit_of_work():
        wrong = (START + timedelta(days=50), START + timedelta(days=60))
        returning.give_time_back(SYSTEM, rich.member_id, wrong, [])
    assert coupon(given).state is CouponState.ALLOCATED and listed() == []
    used = clock.now().isoformat()
    assert shop("/redemptions", use(occurred_at=used), at=clock.now()).status_code == 201 and listed() == []
    shop("/redemptions/e-1/cancel", {"event_id": "c-1"}, at=clock.now())
    assert coupon(given).state is CouponState.REFUNDED and listed() == [CODE]


def test_a_code_that_was_switched_off_and_is_good_again_goes_to_the_shop_with_the_next_export(
    app, max_, rich, given, promotion_id, at
):
    exporting.export_codes(max_, promotion_id, Target.CSV)
    at(timedelta(days=61))
    keeping.expire_due()
    assert listed_codes(max_, promotion_id) == [CODE]
    ((target, listed_at, _count),) = waiting_of(promotion_id)
    assert exporting.deactivated(max_, promotion_id, target, listed_at - timedelta(minutes=1)) == 0
    assert exporting.deactivated(max_, promotion_id, target, listed_at) == 1
    with unit_of_work():
        wrong = (START + timedelta(days=50), START + timedelta(days=60))
        returning.give_time_back(SYSTEM, rich.member_id, wrong, [])
    _name, content = exporting.download(max_, exporting.export_codes(max_, promotion_id, Target.CSV))
    assert [line.split(",")[0] for line in content.decode().splitlines()[1:]] == [CODE]
