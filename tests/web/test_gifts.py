"""Gifts, donations, thank-yous by two persons, and the statement of value with its alert and its stop."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common import clock, jobs
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import SYSTEM
from rewards.addresses.models import SealedAddress
from rewards.gifts import describing, dispatching, ordering, thanking
from rewards.gifts.describing import GiftOffer
from rewards.gifts.models import Gift, GiftOrder
from rewards.gifts.rules import GiftKind, OrderState
from rewards.ledger import booking, verifying
from rewards.ledger.queries import statement, wallet
from rewards.ledger.rules import Amounts
from rewards.promotions import claiming, keeping, offering, pooling
from rewards.promotions.rules import PromotionKind
from rewards.shop import receiving
from rewards.shop.rules import Cancelled, Told
from rewards.worth import limiting
from tests.conftest import START, actor_named

HOME = "Ben Roy\n4 rue des Lilas\n69001 Lyon\nFrance"


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def gift(kind=GiftKind.GOODS, **more):
    values = {"cost_points": 100, "value_minor": 2000, "stock": 2 if kind is GiftKind.GOODS else None, **more}
    made = describing.describe(SYSTEM, GiftOffer(values.pop("key", "mug"), kind, "Tasse", "Mug", **values))
    describing.open_gift(SYSTEM, made)
    return made


@pytest.fixture
def mug(app):
    return gift()


@pytest.fixture
def rich(ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 1000), "gift", "A start for the tests")
    return ben


def order(order_id):
    db.session.rollback()
    return db.session.get(GiftOrder, order_id, populate_existing=True)


def stock(gift_id):
    db.session.rollback()
    return db.session.scalar(select(Gift.stock).where(Gift.id == gift_id))


def told(kind):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Notification.kind == kind))


# --- exchanging ----------------------------------------------------------------------------------------------------


def test_an_exchange_takes_points_and_one_of_the_stock_once_for_each_click(mug, rich):
    first = ordering.exchange(rich, mug, "a", HOME)
    assert ordering.exchange(rich, mug, "a", HOME) == first
    assert (order(first).state, stock(mug), wallet(rich.member_id).available) == (OrderState.PLACED, 1, 900)
    assert str(statement(rich.member_id).items[0].what) in ("Gift exchanged", "Cadeau échangé")
    with pytest.raises(Conflict):
        ordering.exchange(rich, mug, "b", HOME)
    assert (stock(mug), wallet(rich.member_id).available) == (1, 900)
    assert list(verifying.faults()) == []


def test_the_statement_names_what_points_were_exchanged_for(mug, rich, sign_in):
    ordering.exchange(rich, mug, "a", HOME)
    mine = sign_in(rich)
    for page in (
        mine.get("/en/rewards"),
        mine.get("/en/rewards/statement"),
        mine.get("/en/rewards/statement.csv"),
    ):
        assert "Mug" in page.text and "Gift exchanged" in page.text


@pytest.mark.parametrize("address", ["", "   ", "somewhere", "x" * 401, "a\nb"])
def test_goods_need_an_address_and_nothing_happens_without(mug, rich, address):
    with pytest.raises(Invalid) as refused:
        ordering.exchange(rich, mug, "a", address)
    assert "address" in refused.value.fields
    assert (stock(mug), wallet(rich.member_id).available) == (2, 1000)


def test_refusals_leave_no_trace(rich, ada, mo):
    dear, ranked = gift(key="dear", cost_points=5000), gift(key="ranked", min_rank=5)
    empty, later = gift(key="empty", stock=0), gift(key="later", starts_at=START + timedelta(days=1))
    perk = gift(GiftKind.PERK, key="perk", cost_points=0, value_minor=0, min_rank=2)
    for one in (dear, ranked, empty, later):
        with pytest.raises(Conflict):
            ordering.exchange(rich, one, "a", HOME)
    for one in (perk, 999):
        with pytest.raises(NotFound):
            ordering.exchange(rich, one, "a", HOME)
    with pytest.raises(Forbidden):
        ordering.exchange(mo, dear, "a", HOME)
    with pytest.raises(Invalid):
        ordering.exchange(rich, dear, "", HOME)
    assert wallet(rich.member_id).available == 1000
    assert db.session.scalar(select(func.count()).select_from(GiftOrder)) == 0


def test_a_donation_needs_no_address_and_is_no_value_of_the_member(rich):
    made = ordering.exchange(rich, gift(GiftKind.DONATION, key="repair", value_minor=100), "a")
    assert order(made).state is OrderState.DONE
    assert limiting.received(rich.member_id, "EUR") == 0


def test_twenty_members_and_three_mugs(in_threads, app):
    from tests.races.test_rewards_races import crowd

    people, made = crowd(20, points=100), gift(key="race", stock=3)
    results = in_threads(20, lambda n: ordering.exchange(people[n], made, "click", HOME))
    assert len([r for r in results if isinstance(r, int)]) == 3
    assert all(isinstance(r, (int, Conflict)) for r in results)
    assert stock(made) == 0
    assert sum(wallet(who.member_id).available for who in people) == 17 * 100


def test_a_hundred_orders_and_cancellations_at_once_never_give_more_than_there_is(in_threads, app, max_):
    from tests.races.test_rewards_races import crowd

    people, made = crowd(60, points=100), gift(key="race", stock=10)
    first = [ordering.exchange(people[n], made, "click", HOME) for n in range(10)]

    def act(n):
        if n < 50:
            return dispatching.cancel(max_, first[n % 10], "out of stock")
        return ordering.exchange(people[10 + n % 50], made, "click", HOME)

    results = in_threads(100, act)
    odd = [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)]
    assert not odd, odd[:3]
    db.session.rollback()
    placed = select(func.count()).where(GiftOrder.state == OrderState.PLACED)
    assert stock(made) >= 0 and stock(made) + db.session.scalar(placed) == 10
    ordered = sum(isinstance(one, int) and not isinstance(one, bool) for one in results)
    assert sum(wallet(who.member_id).available for who in people) == (60 - ordered) * 100
    assert list(verifying.faults()) == []


def test_the_address_is_encrypted_listed_for_managers_written_down_and_purged(mug, rich, max_, mo, at):
    made = ordering.exchange(rich, mug, "a", HOME)
    for table in db.metadata.sorted_tables:
        assert all("Lilas" not in repr(tuple(row)) for row in db.session.execute(table.select()))
    with pytest.raises(Forbidden):
        dispatching.parcels(mo)
    (parcel,) = dispatching.parcels(max_)
    assert (parcel.order_id, parcel.what, parcel.address) == (made, "mug", HOME)
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "gift.addresses_read")) == 1
    assert dispatching.sent(max_, made, "AB 123")
    assert not dispatching.sent(max_, made, "AB 123")
    assert dispatching.parcels(max_) == []
    assert told("gift-sent") == 1
    at(timedelta(days=29))
    assert dispatching.purge_addresses() == 0
    at(timedelta(days=1, hours=1))
    jobs.run_due_periodics()
    assert db.session.scalar(select(func.count()).select_from(SealedAddress)) == 0


def test_a_cancelled_order_returns_points_and_stock_once(mug, rich, max_, mo):
    made = ordering.exchange(rich, mug, "a", HOME)
    with pytest.raises(Forbidden):
        dispatching.cancel(mo, made, "Broken")
    with pytest.raises(Invalid):
        dispatching.cancel(max_, made, " ")
    assert dispatching.cancel(max_, made, "Broken in the warehouse")
    assert not dispatching.cancel(max_, made, "Broken in the warehouse")
    assert (stock(mug), wallet(rich.member_id).available, told("gift-cancelled")) == (2, 1000, 1)
    again = ordering.exchange(rich, mug, "b", HOME)
    dispatching.sent(max_, again)
    with pytest.raises(Conflict):
        dispatching.cancel(max_, again, "Too late")


# --- two persons ---------------------------------------------------------------------------------------------------


def test_a_dear_gift_is_opened_by_another_manager_than_who_described_it(max_, root):
    made = describing.describe(max_, GiftOffer("tv", GiftKind.GOODS, "Télé", "TV", value_minor=5001, stock=1))
    with pytest.raises(Conflict):
        describing.open_gift(max_, made)
    assert describing.open_gift(root, made)
    cheap = describing.describe(
        max_, GiftOffer("pen", GiftKind.GOODS, "Stylo", "Pen", value_minor=5000, stock=1)
    )
    assert describing.open_gift(max_, cheap)


def offered(gift_id, **changed):
    row = db.session.get(Gift, gift_id, populate_existing=True)
    now = {name: getattr(row, name) for name in GiftOffer.__slots__}
    return GiftOffer(**now | changed)


@pytest.mark.parametrize(
    "changed", [{"cost_points": 0}, {"stock": 900}, {"per_member_limit": 50}, {"min_rank": 0}]
)
def test_a_dear_gift_changed_after_it_was_opened_is_opened_anew_by_somebody_else(max_, root, changed):
    tv = gift(key="tv", value_minor=9000, stock=1, min_rank=3)
    assert describing.change(max_, tv, offered(tv, **changed), 1)
    assert describing.load(tv).status == "paused"
    with pytest.raises(Conflict):
        describing.open_gift(max_, tv)
    assert describing.open_gift(root, tv)
    assert describing.change(max_, tv, offered(tv, text_en="Large"), describing.load(tv).stock)
    assert describing.load(tv).status == "active"  # words cost nothing


def test_who_made_a_draft_dearer_for_the_brand_does_not_open_it(max_, root):
    tv = describing.describe(
        max_, GiftOffer("tv", GiftKind.GOODS, "Télé", "TV", cost_points=5000, value_minor=9000, stock=1)
    )
    describing.change(root, tv, offered(tv, cost_points=1), 1)
    with pytest.raises(Conflict):
        describing.open_gift(root, tv)
    assert describing.open_gift(max_, tv)


def test_a_cheap_gift_is_changed_by_one_person(max_):
    pen = gift(key="pen", value_minor=300, stock=2)
    assert describing.change(max_, pen, offered(pen, cost_points=1, stock=9), 2)
    assert describing.load(pen).status == "active"


def test_many_small_thank_yous_of_one_manager_add_up_to_a_dear_one(rich, max_, root, at):
    pen = gift(key="pen", value_minor=2000, stock=9)
    states = [
        order(thanking.thank(max_, rich.member_id, pen, "For your patience", str(n))).state for n in range(3)
    ]
    assert states == [OrderState.ADDRESS, OrderState.ADDRESS, OrderState.PROPOSED]
    assert (
        order(thanking.thank(root, rich.member_id, pen, "For your patience", "r")).state is OrderState.ADDRESS
    )
    at(START + timedelta(hours=25))
    assert (
        order(thanking.thank(max_, rich.member_id, pen, "For your patience", "n")).state is OrderState.ADDRESS
    )


def test_a_dear_thank_you_waits_for_another_manager_and_the_member_hears_nothing_before(
    rich, max_, root, client, sign_in
):
    tv = gift(key="tv", value_minor=9000, stock=1)
    made = thanking.thank(max_, rich.member_id, tv, "For a thousand answers", "k")
    assert thanking.thank(max_, rich.member_id, tv, "For a thousand answers", "k") == made
    assert (order(made).state, stock(tv), told("gift-thanks")) == (OrderState.PROPOSED, 0, 0)
    sign_in(rich)
    assert "Mug" not in client.get("/en/rewards/gifts").text
    with pytest.raises(Forbidden):
        thanking.approve(max_, made)
    with pytest.raises(NotFound):
        ordering.give_address(rich, made, HOME)
    assert thanking.approve(root, made)
    assert not thanking.approve(root, made)
    with pytest.raises(Conflict):
        thanking.refuse(root, made, "No")
    assert (order(made).state, told("gift-thanks")) == (OrderState.ADDRESS, 1)
    page = client.get("/en/rewards/gifts").text
    assert "For a thousand answers" in page
    assert client.post(f"/en/rewards/gifts/orders/{made}/address", data={"address": "x"}).status_code == 422
    assert client.post(f"/en/rewards/gifts/orders/{made}/address", data={"address": HOME}).status_code == 303
    assert order(made).state is OrderState.PLACED
    assert limiting.received(rich.member_id, "EUR") == 9000


def test_a_refused_thank_you_returns_the_stock_and_stays_secret(rich, max_, root, sam):
    pen = gift(key="pen", value_minor=300, stock=1)
    made = thanking.thank(sam, rich.member_id, pen, "For your patience", "k")
    assert order(made).state is OrderState.PROPOSED  # no manager proposed it
    assert thanking.refuse(root, made, "Not this time")
    assert (order(made).state, stock(pen), told("gift-thanks")) == (OrderState.REFUSED, 1, 0)
    assert not thanking.refuse(root, made, "Not this time")


def test_a_small_thank_you_of_a_manager_needs_nobody_else_and_no_points(rich, max_, ada, mo):
    pen = gift(key="pen", value_minor=300, stock=2)
    assert (
        order(thanking.thank(max_, rich.member_id, pen, "For your patience", "k")).state is OrderState.ADDRESS
    )
    assert wallet(rich.member_id).available == 1000
    with pytest.raises(Invalid):
        thanking.thank(max_, mo.member_id, pen, "For your patience", "l")
    with pytest.raises(Forbidden):
        thanking.thank(ada, rich.member_id, pen, "For your patience", "m")
    with pytest.raises(Invalid):
        thanking.thank(max_, rich.member_id, pen, " ", "n")


# --- value ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def codes(app):
    """A discount of 200 euros for ten points, as often as one likes."""
    offer = offering.Offer("big", PromotionKind.AMOUNT, 20_000, "Gros", "Big", 10, per_member_limit=20)
    made = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, made, 10)
    offering.open_promotion(SYSTEM, made)
    return made


def use(who, coupon_id, number, amount=20_000):
    told_ = Told(f"e-{number}", keeping.reveal(who, coupon_id), f"order-{number}", amount, "EUR", clock.now())
    receiving.redeem(told_)


def test_managers_are_told_once_at_the_alert_and_nothing_passes_the_stop(rich, codes, max_):
    for number in range(3):
        use(rich, claiming.claim(rich, codes, str(number)), number)
        assert told("value-alert") == (2 if number else 0)  # the manager and the administrator
    points = wallet(rich.member_id).available
    with pytest.raises(limiting.EnoughThisYear):
        claiming.claim(rich, codes, "more")
    with pytest.raises(limiting.EnoughThisYear):
        ordering.exchange(rich, gift(), "more", HOME)
    with pytest.raises(Conflict):
        thanking.thank(max_, rich.member_id, gift(key="other"), "For your patience", "k")
    assert wallet(rich.member_id).available == points
    ordering.exchange(rich, gift(GiftKind.DONATION, key="repair", value_minor=100), "fine")


def test_what_is_promised_counts_against_the_stop_and_a_cancelled_order_does_not(rich, codes):
    held = [claiming.claim(rich, codes, str(number)) for number in range(3)]
    with pytest.raises(limiting.EnoughThisYear):
        claiming.claim(rich, codes, "more")
    use(rich, held[0], 1, amount=5_000)
    receiving.cancel(Cancelled("c-1", "e-1", None))
    assert limiting.received(rich.member_id, "EUR") == 0
    assert claiming.claim(rich, codes, "more")


def test_a_new_year_begins_anew(rich, codes, at):
    for number in range(3):
        use(rich, claiming.claim(rich, codes, str(number)), number)
    at(timedelta(days=305))
    booking.adjust(SYSTEM, rich.member_id, Amounts(0, 100), "later", "For the test")
    assert limiting.this_year() == 2027
    assert claiming.claim(rich, codes, "january")


def test_a_stop_of_nothing_is_none(rich, codes, settings_override):
    with settings_override(rewards__value_stop=0, rewards__value_alert=0):
        for number in range(4):
            use(rich, claiming.claim(rich, codes, str(number)), number)
    assert told("value-alert") == 0


def test_the_statement_is_ones_own_as_page_and_table(rich, codes, mug, client, sign_in, ada):
    use(rich, claiming.claim(rich, codes, "a"), 1, amount=12_345)
    ordering.exchange(rich, mug, "a", HOME)
    sign_in(rich)
    page = client.get("/en/rewards/value").text
    assert "€123.45" in page and "€143.45" in page and "Mug" in page
    table = client.get("/en/rewards/value.csv")
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == ["123.45", "20.00"] and "no-store" in table.headers[
        "Cache-Control"
    ]
    assert "Nothing of value in 2025" in client.get("/en/rewards/value?year=2025").text
    assert "Value received in 2026" in client.get("/en/rewards/value?year=99999999999").text
    sign_in(ada)
    assert "€123.45" not in client.get("/en/rewards/value").text


def test_the_accountants_table_is_for_managers_and_written_down(rich, codes, sign_in, app, max_, mo):
    use(rich, claiming.claim(rich, codes, "a"), 1)
    for who in (mo, rich):
        browser = sign_in(who, app.test_client())
        assert browser.get("/en/desk/value").status_code == 403
        assert browser.get(f"/en/desk/value/{rich.member_id}").status_code == 403
        assert browser.post("/en/desk/value/table").status_code == 403
    desk = sign_in(max_)
    assert "Ben" in desk.get("/en/desk/value").text
    assert "order-1" in desk.get(f"/en/desk/value/{rich.member_id}").text
    rows = list(csv.reader(io.StringIO(desk.post("/en/desk/value/table").data.decode("utf-8-sig"))))
    assert rows[1][3:] == ["200.00", "EUR", "order-1", "Ben", str(rich.member_id)]
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "value.exported")) == 1


# --- pages ---------------------------------------------------------------------------------------------------------

FORM = {
    "key": "mug", "kind": "goods", "title_fr": "Tasse", "title_en": "Mug", "value": "20", "currency": "EUR",
    "cost_points": "100", "min_rank": "0", "stock": "2", "per_member_limit": "1",
}  # fmt: skip


def test_a_gift_goes_its_way_through_the_pages(client, sign_in, app, max_, rich):
    desk = sign_in(max_, app.test_client())
    for _click in range(2):
        assert desk.post("/en/desk/gifts/new", data=FORM).status_code == 303
    assert desk.post("/en/desk/gifts/1/open").status_code == 303
    sign_in(rich)
    assert "Exchange 100 points" in client.get("/en/rewards").text
    page = client.get("/en/rewards/gifts/1").text
    key = page.split('name="key" value="')[1].split('"')[0]
    short = client.post("/en/rewards/gifts/1/exchange", data={"key": key, "address": "too short"})
    assert short.status_code == 422 and "too short" in short.text
    for _click in range(2):
        assert (
            client.post("/en/rewards/gifts/1/exchange", data={"key": key, "address": HOME}).status_code == 303
        )
    assert "Being prepared" in client.get("/en/rewards/gifts").text
    assert "Lilas" not in desk.get("/en/desk/gifts/orders").text
    assert "Lilas" in desk.post("/en/desk/gifts/parcels").data.decode()
    assert desk.post("/en/desk/gifts/orders/1/sent", data={"tracking": "AB 1"}).status_code == 303
    assert "AB 1" in client.get("/en/rewards/gifts").text
    assert desk.post("/en/desk/gifts/1", data={**FORM, "stock": "9", "stock_seen": "2"}).status_code == 422
    assert (
        desk.post(
            "/en/desk/gifts/1", data={**FORM, "stock": "9", "stock_seen": "1", "title_en": "Cup"}
        ).status_code
        == 303
    )
    assert stock(1) == 9
    for act in ("pause", "end"):
        assert desk.post(f"/en/desk/gifts/1/{act}").status_code == 303
    assert desk.post("/en/desk/gifts/1/open").status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "car"), ("value", "-1"), ("value", "99999999"), ("value", ""), ("stock", ""), ("stock", "-1"),
        ("cost_points", "1e3"), ("min_rank", "8"), ("key", "Mug!"), ("title_en", ""), ("ends_at", "never"), ("currency", "X"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_field(sign_in, max_, field, value):
    answer = sign_in(max_).post("/en/desk/gifts/new", data={**FORM, field: value})
    assert answer.status_code == 422 and f'href="#{field}"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(Gift)) == 0


def test_the_desk_of_gifts_belongs_to_managers_and_thanks_to_the_team(sign_in, app, mug, sam, ada, max_):
    for who, may in ((ada, False), (sam, True), (max_, True)):
        browser = sign_in(who, app.test_client())
        assert browser.get("/en/desk/gifts/thank").status_code == (200 if may else 403)
    agent = sign_in(sam, app.test_client())
    for path in ("", "/new", "/1", "/orders"):
        assert agent.get(f"/en/desk/gifts{path}").status_code == 403
    for path in ("new", "1", "1/open", "orders/1/sent", "parcels"):
        assert agent.post(f"/en/desk/gifts/{path}", data=FORM).status_code == 403
    form = {"member": "Ben", "gift": str(mug), "words": "For your patience", "key": "k"}
    assert agent.post("/en/desk/gifts/thank", data={**form, "member": "Nobody at all"}).status_code == 422
    assert agent.post("/en/desk/gifts/thank", data={**form, "gift": "99"}).status_code == 422
    assert agent.post("/en/desk/gifts/thank", data=form).status_code == 303
    assert db.session.scalar(select(GiftOrder.state)) is OrderState.PROPOSED


def test_a_perk_is_shown_with_the_rank_it_comes_with(client, sign_in, cleo, ada):
    gift(GiftKind.PERK, key="line", cost_points=0, value_minor=0, min_rank=2)
    sign_in(cleo)
    page = client.get("/en/rewards").text
    assert "Yours with your rank" in page and "decided automatically" in page
    sign_in(actor_named("new"))
    assert "opens with the rank" in client.get("/en/rewards").text
