"""The pages of rewards: what a visitor, a member and somebody else get; nothing secret in an address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from accounts.members.models import Member
from common import clock
from common.db import update_where
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.mentions import queries as mentions
from forum.questions.asking import ask_question
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer
from rewards.badges.queries import badge_page
from rewards.jobs import standing
from rewards.ledger import booking
from rewards.ledger.queries import top_since
from rewards.ledger.rules import Amounts
from rewards.promotions import claiming, offering, pooling
from rewards.promotions.rules import PromotionKind
from tests.conftest import START

PAGES = (
    "/rewards",
    "/rewards/statement",
    "/rewards/coupons",
    "/ranks",
    "/badges/helper",
    "/badges/topic_expert",
)


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def keep_private(who) -> None:
    """The member's profile is private from now on."""
    with unit_of_work():
        update_where(Member, Member.id == who.member_id, is_private=True)


@pytest.fixture
def offer(app):
    """An open discount of 400 points with three codes."""
    promotion_id = offering.offer_promotion(
        SYSTEM,
        offering.Offer(
            "small",
            PromotionKind.AMOUNT,
            2000,
            "Petit électroménager",
            "Small appliances",
            400,
            "Dès 99 €",
            "From €99",
        ),
    )
    pooling.bring_codes(SYSTEM, promotion_id, ["SMALL-AAAA", "SMALL-BBBB", "SMALL-CCCC"])
    offering.open_promotion(SYSTEM, promotion_id)
    return promotion_id


@pytest.fixture
def rich(ben):
    """Ben with 500 points to spend."""
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 500), "gift", "A start for the tests")
    return ben


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_opens_for_a_member(
    page, language, client, sign_in, ada, ben, cleo, make_question, make_answer
):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    accept_answer(ada, question_id, answer_id)
    give_kudos(cleo, answer_id)
    standing([{"member_id": ben.member_id}])
    sign_in(ben)
    assert client.get(f"/{language}{page}").status_code == 200


@pytest.mark.parametrize("page", ["/rewards", "/ranks", "/badges/helper"])
def test_a_visitor_reads_how_it_works(page, client):
    assert client.get(f"/en{page}").status_code == 200


@pytest.mark.parametrize("page", ["/rewards/statement", "/rewards/coupons"])
def test_a_visitor_is_sent_to_the_centre_from_personal_pages(page, client):
    answer = client.get(f"/en{page}")
    assert answer.status_code == 303
    assert answer.location.endswith("/en/rewards")


def test_an_unknown_badge_is_not_found(client):
    assert client.get("/en/badges/nothing").status_code == 404


def test_the_table_of_ranks_is_the_same_in_both_packs(client, settings_override):
    with settings_override(ranks__pack="neutral"):
        assert "Newcomer" in client.get("/en/ranks").text
    with settings_override(ranks__pack="ants"):
        client.get("/en/ranks")


def test_an_exchange_without_a_script_confirms_reveals_and_keeps_the_code_out_of_the_address(
    client, sign_in, rich, offer
):
    sign_in(rich)
    page = client.get("/en/rewards")
    assert f"exchange={offer}" in page.text
    confirm = client.get(f"/en/rewards?exchange={offer}").text
    key = confirm.split('name="key" value="')[1].split('"')[0]
    given = client.post(f"/en/rewards/discounts/{offer}/claim", data={"key": key})
    assert given.status_code == 303
    again = client.post(f"/en/rewards/discounts/{offer}/claim", data={"key": key})
    assert again.location == given.location
    page = client.get(given.location)
    assert "Reveal the code" in page.text
    assert "SMALL-" not in page.text
    coupon_id = given.location.split("given=")[1].split("#")[0]
    shown = client.post(f"/en/rewards/coupons/{coupon_id}/reveal")
    assert "SMALL" not in shown.location
    assert "SMALL-AAAA" in client.get("/en/rewards").text
    assert "SMALL-AAAA" in client.get("/en/rewards/coupons").text


def test_a_refused_exchange_says_why_and_spends_nothing(client, sign_in, ben, offer):
    sign_in(ben)
    answer = client.post(f"/en/rewards/discounts/{offer}/claim", data={"key": "k"})
    assert answer.status_code == 409
    assert "enough points" in answer.text


def test_nobody_else_sees_a_code(client, sign_in, rich, ada, sam, offer):
    coupon_id = claiming.claim(rich, offer, "k")
    for other in (ada, sam):
        sign_in(other)
        assert client.post(f"/en/rewards/coupons/{coupon_id}/reveal").status_code == 404
        assert "SMALL" not in client.get("/en/rewards/coupons").text
    assert "SMALL" not in client.get(f"/en/members/{rich.member_id}/ben").text


def test_a_visitor_cannot_exchange(client, offer):
    assert client.post(f"/en/rewards/discounts/{offer}/claim", data={"key": "k"}).status_code == 403


def test_the_statement_pages_through_every_line_once(client, sign_in, ben):
    for number in range(75):
        booking.adjust(
            SYSTEM, ben.member_id, Amounts(1, 1), f"line-{number}", f"Line number {number} of many."
        )
    sign_in(ben)
    seen, address = [], "/en/rewards/statement"
    while address:
        text = client.get(address).text
        seen += [int(part.split(" of many")[0]) for part in text.split("Line number ")[1:]]
        address = (
            text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
            if 'rel="next"' in text
            else None
        )
    assert sorted(seen) == list(range(75))


def test_the_profile_shows_path_and_badges_and_the_home_page_points(
    client, sign_in, ada, ben, make_question, make_answer, at
):
    question_id = make_question(ada)
    accept_answer(ada, question_id, make_answer(ben, question_id))
    standing([{"member_id": ben.member_id}])
    profile = client.get(f"/en/members/{ben.member_id}/ben", follow_redirects=True).text
    assert "Helping hand" in profile
    assert "Worker" in profile
    sign_in(ben)
    at(timedelta(hours=73))
    home = client.get("/en/").text
    assert "Experts of the week" in home
    assert 'href="/en/rewards"' in home


def test_a_private_profile_is_in_no_list_of_the_best(client, ada, ben, cleo, make_question, make_answer, at):
    question_id, other_id = make_question(ada), make_question(ada, title="The door stays shut for an hour")
    accept_answer(ada, question_id, make_answer(ben, question_id))
    accept_answer(ada, other_id, make_answer(cleo, other_id))
    standing([{"member_id": ben.member_id}, {"member_id": cleo.member_id}])
    at(timedelta(hours=73))
    start = clock.now() - timedelta(days=7)
    assert {ben.member_id, cleo.member_id} == {one for one, _count in top_since(start)}
    assert {"Ben", "Cleo"} == {one.card.name for one in badge_page("helper", None).latest}
    keep_private(ben)
    assert [cleo.member_id] == [one for one, _count in top_since(start)]
    assert [one.card.name for one in badge_page("helper", None).latest] == ["Cleo"]
    assert sum(tier.holders for tier in badge_page("helper", None).tiers) == 2
    assert mentions._knowing(1) == (cleo.member_id,)


def test_the_days_of_the_ranks_are_for_the_member_and_the_team(client, sign_in, newcomer, ada, mo, at, drain):
    ask_question(newcomer, title="The drum stays full", body="It stops and shows E18.", category_id=1)
    at(timedelta(days=1))
    drain()
    address = f"/en/members/{newcomer.member_id}/new"
    day = "2 March 2026"
    path = re.compile(r'<ol class="trail.*?</ol>', re.S)
    assert day not in path.search(client.get(address).text)[0]
    assert day not in path.search(sign_in(ada).get(address).text)[0]
    assert day in path.search(sign_in(mo).get(address).text)[0]
    assert day in path.search(sign_in(newcomer).get(address).text)[0]


def test_the_centre_asks_a_fixed_number_of_questions(client, sign_in, ben, count_queries, offer):
    sign_in(ben)

    def cost():
        client.get("/en/rewards")
        with count_queries() as seen:
            client.get("/en/rewards")
        return len(seen)

    few = cost()
    for number in range(40):
        booking.adjust(SYSTEM, ben.member_id, Amounts(1, 1), f"line-{number}", "A line")
    assert cost() <= few + 1
    assert few <= 32
