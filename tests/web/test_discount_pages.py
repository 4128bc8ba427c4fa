"""Discounts at the desk: who gets in, forms that keep what was typed, pools with bad rows, states, taking back."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common import jobs
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import SYSTEM
from rewards.ledger import booking
from rewards.ledger.queries import wallet
from rewards.ledger.rules import Amounts
from rewards.promotions import claiming, keeping, offering, pooling
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState, PromotionKind, PromotionStatus
from tests.conftest import START, actor_named

GOOD = {
    "key": "spare-parts", "kind": "percent", "value": "15", "max_discount_minor": "15,00", "budget": "900", "currency": "EUR",
    "title_fr": "Pièces", "title_en": "Parts", "cost_points": "150", "min_rank": "2", "per_member_limit": "1",
    "valid_days": "60", "starts_at": "2026-03-02", "ends_at": "2026-12-31", "code_source": "pool",
}  # fmt: skip


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


@pytest.fixture
def desk(sign_in, max_):
    return sign_in(max_)


@pytest.fixture
def made(desk):
    """A draft made by its form; returns its id."""
    sent = desk.post("/en/desk/discounts/new", data=GOOD)
    assert sent.status_code == 303, sent.text[:3000]
    return int(sent.location.rsplit("/", 1)[1])


def promotion(promotion_id):
    db.session.rollback()
    return db.session.get(Promotion, promotion_id, populate_existing=True)


def send(desk, promotion_id, content):
    body = content.encode() if isinstance(content, str) else content
    return desk.post(
        f"/en/desk/discounts/{promotion_id}/codes", data={"file": (io.BytesIO(body), "codes.csv")}
    )


@pytest.fixture
def rich(ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 1000), "gift", "A start for the tests")
    return ben


PATHS = ("", "/new", "/1", "/1/edit", "/1/members")
ACTS = ("new", "1/edit", "1/open", "1/pause", "1/end", "1/codes", "1/make", "1/members/1/revoke", "find")


@pytest.mark.parametrize("who", [None, "ada", "mo", "sam"])
def test_only_managers_get_in_and_nothing_changes(made, app, client, sign_in, who):
    browser = sign_in(actor_named(who), app.test_client()) if who else app.test_client()
    assert all(browser.get(f"/en/desk/discounts{path}").status_code == 403 for path in PATHS)
    assert all(browser.post(f"/en/desk/discounts/{act}", data=GOOD).status_code == 403 for act in ACTS)
    assert promotion(made).status is PromotionStatus.DRAFT


def test_a_discount_is_described_filled_opened_paused_and_ended(desk, made, max_):
    row = promotion(made)
    assert (row.value, row.max_discount_minor, row.budget_minor) == (15, 1500, 90000)
    assert (row.starts_at.isoformat(), row.ends_at.isoformat()) == (
        "2026-03-01T23:00:00+00:00",
        "2026-12-31T23:00:00+00:00",
    )
    assert "3 new codes" in send(desk, made, "code\nPART-0001\nPART-0002\nPART-0003\n").text
    for act, status in (("open", "active"), ("pause", "paused"), ("open", "active"), ("end", "ended")):
        for _click in range(2):
            assert desk.post(f"/en/desk/discounts/{made}/{act}").status_code == 303
        assert promotion(made).status == status
    again = desk.post(f"/en/desk/discounts/{made}/open")
    assert again.status_code == 409 and "has ended" in again.text
    assert send(desk, made, "PART-0009").status_code == 409
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "promotion.status")) == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", "0"), ("value", "101"), ("value", "-3"), ("value", "99999999999999999999"), ("value", "١٢"),
        ("max_discount_minor", "-1"), ("max_discount_minor", "1e9"), ("max_discount_minor", "99999999999"),
        ("budget", "9999999999999"), ("cost_points", "-5"), ("cost_points", "9999999999"), ("min_rank", "9"),
        ("per_member_limit", "0"), ("valid_days", "99999"), ("key", "Spare Parts!"), ("key", ""), ("currency", "XXX"),
        ("title_fr", ""), ("title_en", "x" * 81), ("terms_fr", "x" * 301), ("ends_at", "2026-03-01"),
        ("ends_at", "yesterday"), ("kind", "gratis"), ("code_source", "elsewhere"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_field_and_the_rest_is_kept(desk, field, value):
    answer = desk.post("/en/desk/discounts/new", data={**GOOD, "title_fr": "Pièces à garder", field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    if field != "title_fr":
        assert "Pièces à garder" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Promotion)) == 0


def test_the_form_sent_twice_makes_one_and_another_key_is_asked_for(desk, made):
    assert desk.post("/en/desk/discounts/new", data=GOOD).location.endswith(f"/{made}")
    other = desk.post("/en/desk/discounts/new", data={**GOOD, "title_en": "Something else"})
    assert other.status_code == 422 and "Another discount has this key" in other.text


def test_editing_keeps_what_members_were_promised(desk, made, rich, max_):
    pooling.make_codes(SYSTEM, made, 3)
    assert (
        desk.post(
            f"/en/desk/discounts/{made}/edit", data={**GOOD, "value": "20", "min_rank": "0"}
        ).status_code
        == 303
    )
    offering.open_promotion(SYSTEM, made)
    claiming.claim(rich, made, "a")
    for field, value in (("value", "10"), ("max_discount_minor", "10"), ("min_basket", "900")):
        refused = desk.post(
            f"/en/desk/discounts/{made}/edit", data={**GOOD, "value": "20", "min_rank": "0", field: value}
        )
        assert refused.status_code == 422 and "as it was promised" in refused.text
    poor = desk.post(
        f"/en/desk/discounts/{made}/edit", data={**GOOD, "value": "20", "min_rank": "0", "budget": "10"}
    )
    assert poor.status_code == 422 and "promised to members already" in poor.text
    fine = desk.post(
        f"/en/desk/discounts/{made}/edit",
        data={**GOOD, "value": "20", "min_rank": "0", "budget": "20", "title_en": "Better"},
    )
    assert fine.status_code == 303
    assert (promotion(made).title_en, promotion(made).budget_minor, promotion(made).key) == (
        "Better",
        2000,
        "spare-parts",
    )


def test_an_open_percentage_cannot_lose_its_largest_discount(desk, made):
    offering.open_promotion(SYSTEM, made)
    refused = desk.post(f"/en/desk/discounts/{made}/edit", data={**GOOD, "max_discount_minor": ""})
    assert refused.status_code == 422 and 'href="#max_discount_minor"' in refused.text
    assert promotion(made).max_discount_minor == 1500


POOL = (
    "\ufeffname;Code;value\n"
    "a;small-0001;1\n"
    "b;ＳＭＡＬＬ－０００２;1\n"
    "c; SMALL\u00a00003 ;1\n"
    "d;SMALL\u20110004\u200b;1\n"
    "e;SМALL-0005;1\n"  # a Cyrillic М
    "f;Small 0001;1\n"
    "\n"
    "g;abc;1\n"
    f"h;{'X' * 41};1\n"
    "i;=HYPERLINK(1);1\n"
    "j;\n"
)


def test_a_pool_is_put_right_or_refused_line_by_line_and_no_code_is_shown(desk, made):
    text = send(desk, made, POOL).text
    assert "4 new codes" in text
    for line in (6, 7, 9, 10, 11, 12):
        assert f"Line {line}:" in text
    assert "SMALL" not in text and "ABC" not in text and "HYPERLINK" not in text
    again = send(desk, made, POOL).text
    assert "0 new codes" in again and "Line 2:" in again
    assert offering.stock(made) == (4, 4)


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n\n", b"\xff\xfe\x00S", b'"' + b"A" * 200_000, b"CODE-%d\n" * 5_001],
)
def test_a_file_that_is_none_changes_nothing(desk, made, content):
    assert send(desk, made, content).status_code == 422
    assert offering.stock(made) == (0, 0)


def test_a_file_too_large_for_the_page_is_refused(app, max_, made):
    with pytest.raises(Invalid) as refused:
        pooling.bring_file(max_, made, b"x" * 1_000_001)
    assert "by command" in str(refused.value.fields["file"])


def test_no_file_at_all_is_said_kindly(desk, made):
    assert "Choose a file" in desk.post(f"/en/desk/discounts/{made}/codes").text


def test_made_codes_fill_up_and_a_double_click_makes_none_twice(desk, made):
    for _click in range(2):
        assert desk.post(f"/en/desk/discounts/{made}/make", data={"count": "30"}).status_code == 303
    assert offering.stock(made) == (30, 30)
    for count in ("0", "-4", "many", "99999999999999", ""):
        assert desk.post(f"/en/desk/discounts/{made}/make", data={"count": count}).status_code == 422


def test_taking_back_tells_the_member_returns_the_points_and_needs_a_reason(desk, made, rich):
    pooling.make_codes(SYSTEM, made, 3)
    desk.post(f"/en/desk/discounts/{made}/edit", data={**GOOD, "min_rank": "0"})
    offering.open_promotion(SYSTEM, made)
    coupon_id = claiming.claim(rich, made, "a")
    code = keeping.reveal(rich, coupon_id)
    page = desk.get(f"/en/desk/discounts/{made}/members").text
    assert "Ben" in page and code not in page
    where = f"/en/desk/discounts/{made}/members/{coupon_id}/revoke"
    assert desk.post(where, data={"reason": " "}).status_code == 422
    assert desk.post(where, data={"reason": "x" * 301}).status_code == 422
    for _click in range(2):
        assert desk.post(where, data={"reason": "Printed twice"}).status_code == 303
    assert wallet(rich.member_id).available == 1000
    assert db.session.scalar(select(func.count()).where(Notification.kind == "coupon-revoked")) == 1


def test_whose_code_this_is_is_asked_without_an_address(desk, made, rich):
    pooling.bring_codes(SYSTEM, made, ["FREE-0001"])
    desk.post(f"/en/desk/discounts/{made}/edit", data={**GOOD, "min_rank": "0"})
    offering.open_promotion(SYSTEM, made)
    code = keeping.reveal(rich, claiming.claim(rich, made, "a"))
    found = desk.post("/en/desk/discounts/find", data={"code": code.lower()})
    assert found.status_code == 200 and "Ben" in found.text and code not in found.text
    unknown = desk.post("/en/desk/discounts/find", data={"code": "NOBODY-KNOWS"})
    assert "NOBODY" not in unknown.location
    assert "not known here" in desk.get(unknown.location).text


def test_managers_are_told_once_at_each_share_of_the_budget(rich, app, max_):
    offer = offering.Offer(
        "small", PromotionKind.AMOUNT, 1000, "Petit", "Small", 10, budget_minor=10_000, per_member_limit=20
    )
    promotion_id = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, promotion_id, 40)
    offering.open_promotion(SYSTEM, promotion_id)
    told = []
    for click in range(10):
        claiming.claim(rich, promotion_id, str(click))
        mine = select(Notification.params).where(
            Notification.kind == "promotion-budget", Notification.member_id == max_.member_id
        )
        told.append([row["share"] for row in db.session.scalars(mine.order_by(Notification.id))])
    assert (told[3], told[4], told[7], told[9]) == ([], [50], [50, 80], [50, 80, 95])
    with pytest.raises(Conflict):
        claiming.claim(rich, promotion_id, "more")


def test_a_discount_ends_after_its_last_day_by_itself(rich, app, at):
    offer = offering.Offer(
        "short", PromotionKind.AMOUNT, 500, "Court", "Short", 10, ends_at=START + timedelta(days=3)
    )
    promotion_id = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, promotion_id, 2)
    offering.open_promotion(SYSTEM, promotion_id)
    kept = claiming.claim(rich, promotion_id, "a")
    at(timedelta(days=2))
    assert offering.end_due() == 0
    at(timedelta(days=2))
    with pytest.raises(Conflict):
        claiming.claim(actor_named("cleo"), promotion_id, "b")
    jobs.run_due_periodics()
    assert promotion(promotion_id).status is PromotionStatus.ENDED
    assert offering.end_due() == 0
    assert db.session.get(Coupon, kept, populate_existing=True).state is CouponState.EXPIRED
    assert offering.stock(promotion_id)[0] == 0


def test_a_price_by_rank_says_that_it_is_one(client, sign_in, app, cleo, ada):
    offer = offering.Offer("rank", PromotionKind.AMOUNT, 500, "Rang", "By rank", 0, min_rank=2)
    promotion_id = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, promotion_id, 2)
    offering.open_promotion(SYSTEM, promotion_id)
    said = "because of your community rank, decided automatically"
    sign_in(cleo)
    assert said in client.get("/en/rewards").text
    claiming.claim(cleo, promotion_id, "a")
    assert said in client.get("/en/rewards/coupons").text
    sign_in(ada)
    assert said not in client.get("/en/rewards").text
    with pytest.raises(Forbidden):
        claiming.claim(ada, promotion_id, "a")


def test_the_list_asks_as_many_questions_for_forty_as_for_four(desk, max_, count_queries):
    def fill(start, end):
        for number in range(start, end):
            offer = offering.Offer(f"n-{number}", PromotionKind.AMOUNT, 500, "N", f"Number {number}", 10)
            pooling.make_codes(SYSTEM, offering.offer_promotion(SYSTEM, offer), 1)

    def cost():
        desk.get("/en/desk/discounts")
        with count_queries() as seen:
            assert desk.get("/en/desk/discounts").status_code == 200
        return len(seen)

    fill(0, 4)
    few = cost()
    fill(4, 40)
    assert cost() <= few + 1  # the settings, read again now and then
    page = desk.get("/en/desk/discounts").text
    assert 'rel="next"' in page and "Number 39" in page and "Number 3<" not in page


def test_only_a_reason_of_the_form_is_refused_not_the_page(desk):
    assert desk.get("/en/desk/discounts/999").status_code == 404
    assert desk.get("/en/desk/discounts?state=nonsense&after=zz").status_code == 200
    with pytest.raises(Invalid):
        pooling.have_free(SYSTEM, 1, 0)


def test_a_code_to_use_never_leaves_the_page_and_all_that_are_over_can_be_reached(client, sign_in, rich, at):
    offer = offering.Offer("many", PromotionKind.AMOUNT, 500, "Neuf", "Many", 0, per_member_limit=40)
    promotion_id = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, promotion_id, 45)
    offering.open_promotion(SYSTEM, promotion_id)
    kept = claiming.claim(rich, promotion_id, "kept")
    at(timedelta(hours=1))
    for number in range(32):
        one = claiming.claim(rich, promotion_id, f"c{number}")
        keeping.revoke(SYSTEM, one, "For the test")
    sign_in(rich)
    first = client.get("/en/rewards/coupons").text
    assert f'id="coupon-{kept}"' in first and first.count("Taken back") == 30
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    assert second.count("Taken back") == 2 and f'id="coupon-{kept}"' not in second
