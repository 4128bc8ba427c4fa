"""Pages of reviews: the label on every path, the notice from the settings, what nobody else may see."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from common import clock, freshness, settings
from common.db import db
from common.unit_of_work import unit_of_work
from forum.content.reviews import replying
from forum.content.reviews.brands.registering import register
from forum.content.reviews.models import Review
from forum.products.models import Product
from forum.questions import publishing
from forum.questions.models import Draft, Post
from moderation.review import deciding, leasing
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from tests.forum.test_images import png
from tests.reviews.conftest import BODY

LABEL = "Product received free"
FORM = {
    "rating": "5", "title": "A review of the page", "body": BODY, "pros": "Quiet", "cons": "Heavy", "experienced_on": "2026-02-01",
}  # fmt: skip


def text_of(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return html.unescape(response.get_data(as_text=True))


def test_a_picture_comes_with_a_review_where_there_are_no_scripts(client, sign_in, product, tested, cleo, at):
    tested(cleo)
    sign_in(cleo)
    page = text_of(client, "/en/products/ondea-8/reviews/write")
    assert 'name="photo"' in page.partition("<noscript>")[2].partition("</noscript>")[0]
    for picture, status in ((b"<svg onload=alert(1)>", 422), (png(), 303)):
        sent = {**FORM, "photo": (io.BytesIO(picture), "drum.png"), "photo_alt": "The drum"}
        page = client.post(
            "/en/products/ondea-8/reviews/write", data=sent, content_type="multipart/form-data"
        )
        assert page.status_code == status and (status == 303 or "A review of the page" in page.text)
    assert (
        db.session.scalar(select(Post).where(Post.kind == "review")).body.count("![The drum](/images/") == 1
    )


def test_a_trial_is_labelled_on_every_path_and_never_a_verified_purchase(
    client, sign_in, review, product, tested, cleo, ben, sam, drain, outbox, at
):
    tested(cleo)
    number = review(cleo).id
    replying.reply_to(sam, number, "Thank you for testing it so carefully.")
    pages = [
        "/en/products/ondea-8",
        "/en/products/ondea-8/reviews",
        f"/en/reviews/{number}",
        "/en/members/3/cleo",
    ]
    pages += [
        "/en/products/ondea-8/reviews.atom",
        "/en/products/ondea-8/reviews?sort=useful",
        "/en/products/ondea-8/reviews?rating=4",
    ]
    for who in (None, ben, cleo):
        browser = (
            client.application.test_client()
            if who is None
            else sign_in(who, client.application.test_client())
        )
        for path in pages:
            page = text_of(browser, path)
            assert LABEL in page and "Quiet and dry" in page, (path, who)
            assert "Verified purchase" not in page, (path, who)
    assert "Produit reçu gratuitement" in text_of(client, "/fr/products/ondea-8/reviews")
    assert LABEL in text_of(sign_in(cleo), "/en/notifications")
    swapped = client.post(f"/en/reviews/{number}/useful", data={"on": "1"}, headers={"X-Fragment": "1"})
    assert swapped.status_code == 403  # her own
    again = sign_in(ben).post(f"/en/reviews/{number}/useful", data={"on": "1"}, headers={"X-Fragment": "1"})
    assert LABEL in again.get_data(as_text=True) and "<article" in again.get_data(as_text=True)
    at(clock.now() + timedelta(hours=2))
    drain()
    letters = [letter.get_body(("plain",)).get_content() for letter in outbox() if "cleo" in letter["To"]]
    assert any(LABEL in letter for letter in letters)


def test_data_blocks_say_what_was_given_and_leave_it_out_of_the_average(
    client, review, product, tested, cleo, ben
):
    tested(cleo)
    review(cleo, rating=5)
    review(ben, rating=2)
    page = client.get("/en/products/ondea-8/reviews").get_data(as_text=True)
    block = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert block["aggregateRating"]["ratingValue"] == 2.0 and block["aggregateRating"]["reviewCount"] == 1
    said = {
        one["reviewRating"]["ratingValue"]: one.get("disambiguatingDescription") for one in block["review"]
    }
    assert said == {5: LABEL, 2: None}
    assert block["review"][0]["positiveNotes"]["itemListElement"][0]["name"] == "Quiet"
    feed = ElementTree.fromstring(client.get("/en/products/ondea-8/reviews.atom").get_data())
    titles = [entry.findtext("{*}title") for entry in feed.findall("{*}entry")]
    assert sum(LABEL in title for title in titles) == 1 and len(titles) == 2


def test_both_figures_and_the_histogram_are_shown(client, review, tested, cleo, ben):
    tested(cleo)
    review(cleo, rating=5)
    review(ben, rating=2)
    page = text_of(client, "/en/products/ondea-8/reviews")
    assert "Reviews given for something are not in this average. With all 2 reviews: 3.5." in page
    assert page.count('class="meter') == 5 and 'aria-label="5 stars out of 5, 1 review"' in page


def test_dates_and_the_order_in_force_are_shown(client, review, ben):
    number = review(ben).id
    page = text_of(client, "/en/products/ondea-8/reviews")
    assert "Published on 2 March 2026" in page.replace("March 2, 2026", "2 March 2026")
    assert "experience of" in page and "Verified purchase" in page
    assert re.search(r'aria-current="true">Most recent', page)
    assert "Published on" in text_of(client, f"/en/reviews/{number}")


def test_the_short_address_of_a_review_leads_to_its_page(client, review, ben):
    number = review(ben).id
    response = client.get(f"/a/{number}")
    assert response.status_code == 302 and response.location.endswith(f"/reviews/{number}")


def test_writing_by_the_form_keeps_what_was_typed_and_says_what_is_missing(client, sign_in, product, ben):
    browser = sign_in(ben)
    assert 'name="rating"' in text_of(browser, "/en/products/ondea-8/reviews/write")
    response = browser.post("/en/products/ondea-8/reviews/write", data=FORM | {"rating": "", "title": "x"})
    page = html.unescape(response.get_data(as_text=True))
    assert response.status_code == 422 and "Choose from one to five stars" in page and BODY in page
    response = browser.post("/en/products/ondea-8/reviews/write", data=FORM)
    assert response.status_code == 303
    page = text_of(browser, response.location)
    assert "A review of the page" in page
    again = browser.get("/en/products/ondea-8/reviews/write")
    assert again.status_code == 303 and again.location.endswith("/edit")
    number = db.session.query(Review).one().id
    page = text_of(browser, f"/en/reviews/{number}/edit")
    assert "Heavy" in page and 'value="5" checked' in page
    changed = browser.post(f"/en/reviews/{number}/edit", data=FORM | {"version": "1", "rating": "4"})
    assert changed.status_code == 303
    older = browser.post(f"/en/reviews/{number}/edit", data=FORM | {"version": "1", "rating": "1"})
    assert older.status_code == 409 and BODY in html.unescape(older.get_data(as_text=True))
    assert "Version 2" in text_of(client.application.test_client(), f"/en/reviews/{number}/history")


def test_who_may_not_write_reads_why(client, sign_in, product, sam, mo, zed):
    for who, why in ((sam, "team writes none"), (zed, "cannot post for the moment")):
        browser = sign_in(who, client.application.test_client())
        assert why in text_of(browser, "/en/products/ondea-8/reviews/write")
        assert browser.post("/en/products/ondea-8/reviews/write", data=FORM).status_code == 403
    visitor = client.application.test_client()
    assert visitor.get("/en/products/ondea-8/reviews/write").status_code == 303
    assert visitor.post("/en/products/ondea-8/reviews/write", data=FORM).status_code == 403
    assert visitor.get("/en/products/nothing/reviews").status_code == 404


def test_what_is_held_is_nobody_elses_anywhere(client, sign_in, review, product, ada, ben, mo):
    number = review(ada, title="Kumquats in the drum").id
    paths = [
        "/en/products/ondea-8",
        "/en/products/ondea-8/reviews",
        "/en/products/ondea-8/reviews.atom",
        "/en/members/1/ada",
        "/en/",
    ]
    for who in (None, ben):
        browser = (
            client.application.test_client()
            if who is None
            else sign_in(who, client.application.test_client())
        )
        for path in paths:
            assert "Kumquats" not in text_of(browser, path), path
        for path in (
            f"/en/reviews/{number}",
            f"/en/reviews/{number}/history",
            f"/a/{number}",
            f"/en/posts/{number}/flag",
        ):
            assert browser.get(path, follow_redirects=True).status_code in (200, 404)
            assert "Kumquats" not in browser.get(path, follow_redirects=True).get_data(as_text=True), path
    own = sign_in(ada, client.application.test_client())
    assert "Your review is being read." in text_of(own, f"/en/reviews/{number}")
    assert "Kumquats" in text_of(own, "/en/products/ondea-8/reviews")
    assert "Kumquats" in text_of(sign_in(mo, client.application.test_client()), "/en/desk/review")
    publishing.release(mo, number)
    publishing.remove(mo, number)
    assert client.application.test_client().get(f"/en/reviews/{number}").status_code == 410


def test_the_author_of_a_refused_review_finds_the_way_to_the_decision(client, sign_in, review, ada, mo):
    number = review(ada).id
    item = db.session.query(ReviewItem).one()
    token = leasing.claim(mo, item.id).token
    verdict = deciding.Verdict(Decision.REJECT, Reason.NOT_AN_EXPERIENCE)
    deciding.decide(mo, item.id, token, "v1", verdict)
    browser = sign_in(ada)
    page = text_of(browser, f"/en/reviews/{number}")
    decision = text_of(browser, re.search(r'href="(/en/decisions/[^"]+)"', page)[1])
    assert "Not a customer" in decision and "Quiet and dry" in decision


def test_pages_of_questions_do_not_know_reviews(client, sign_in, review, ben, mo, root):
    number = review(ben).id
    for who in (ben, mo, root):
        browser = sign_in(who, client.application.test_client())
        for path in (
            "questions/{}/-",
            "posts/{}/edit",
            "posts/{}/history",
            "questions/{}/print",
            "posts/{}/comments",
        ):
            assert browser.get("/en/" + path.format(number)).status_code in (404, 405), path
        for path in (
            "questions/{}/answers",
            "posts/{}/comments",
            "posts/{}/edit",
            "posts/{}/kudos",
            "posts/{}/withdraw",
        ):
            assert browser.post("/en/" + path.format(number), data={"body": BODY, "on": "1"}).status_code in (
                404,
                405,
            ), path


def test_the_notice_is_made_from_the_settings(client):
    page = text_of(client, "/en/reviews/about")
    assert "24 hours at most, whatever the rating" in page and "60 months, then taken off" in page
    assert "published within 7 days" in page and "The most recent come first." in page and LABEL in page
    with settings.override(
        reviews__publication_hours=1, reviews__retention_months=12, reviews__trusted_rank=7
    ):
        with unit_of_work():
            freshness.touch(freshness.SITE)
        page = text_of(client, "/en/reviews/about")
    assert "1 hour at most" in page and "12 months" in page and "A person reads every review" in page


def test_the_team_replies_and_takes_it_back_by_the_page(client, sign_in, review, ben, sam):
    number = review(ben).id
    browser = sign_in(sam)
    short = browser.post(f"/en/reviews/{number}/reply", data={"body": "Thanks"})
    assert short.status_code == 422 and "Thanks</textarea>" in short.get_data(as_text=True)
    done = browser.post(f"/en/reviews/{number}/reply", data={"body": "Thank you for these words about it."})
    assert done.status_code == 303 and "Thank you for these words" in text_of(
        browser, "/en/products/ondea-8/reviews"
    )
    reply_id = db.session.query(Review).one().reply_id
    assert browser.post(f"/en/reviews/{reply_id}/withdraw").status_code == 303
    assert "Thank you for these words" not in text_of(browser, "/en/products/ondea-8/reviews")


def test_the_doubt_is_offered_to_the_maker_only(client, sign_in, review, ben, cleo, ada, max_):
    number = review(ben).id
    register(max_, ada.member_id, "Brévane")
    assert "Doubt about authenticity" in text_of(
        sign_in(ada, client.application.test_client()), f"/en/posts/{number}/flag"
    )
    stranger = sign_in(cleo, client.application.test_client())
    assert "Doubt about authenticity" not in text_of(stranger, f"/en/posts/{number}/flag")
    sent = {"reason": "authenticity", "note": "They never owned one, I know them quite well."}
    assert stranger.post(f"/en/posts/{number}/flag", data=sent).status_code == 403
    assert stranger.post(f"/en/posts/{number}/flag", data={"reason": "insult"}).status_code == 303


def test_managers_register_makers_in_a_members_file(client, sign_in, product, max_, mo, ada):
    browser = sign_in(max_, client.application.test_client())
    assert "Account of a maker" in text_of(browser, "/en/desk/members/1")
    for brand in ("Brévane", "Nobody", ""):
        sent = {"brand": brand, "next": "/en/desk/members/1"}
        assert browser.post("/en/desk/members/1/brand", data=sent).status_code in (302, 303)
    assert (
        sign_in(mo, client.application.test_client()).post("/en/desk/members/1/brand", data={}).status_code
        == 403
    )


def test_a_private_profile_keeps_its_reviews_to_itself(client, review, ben):
    review(ben)
    assert "Quiet and dry" in text_of(client, "/en/members/2/ben")
    with unit_of_work():
        db.session.get(Member, ben.member_id).is_private = True
        freshness.touch("member:2")
    assert "Quiet and dry" not in text_of(client, "/en/members/2/ben")


@pytest.mark.parametrize(
    "query", ["?rating=9", "?rating=x", "?sort=worst", "?after=zzz", "?after=99999999999999999-1"]
)
def test_strange_addresses_show_the_list(client, review, ben, query):
    review(ben)
    assert client.get("/en/products/ondea-8/reviews" + query).status_code == 200


def test_the_list_costs_the_same_however_many_reviews_there_are(
    client, review, product, typed, ben, cleo, count_queries
):
    def cost():
        with count_queries() as seen:
            client.application.test_client().get("/en/products/ondea-8/reviews?sort=useful")
        return len(seen)

    review(ben)
    few = cost()
    review(cleo)
    assert cost() == few <= 9


def test_a_product_without_reviews_says_so(client, app):
    with unit_of_work():
        db.session.add(Product(key="B1", slug="perco", name="Perco", category_id=2, search_text="perco"))
    assert "No review yet." in text_of(client, "/en/products/perco/reviews")
    assert "No review yet." in text_of(client, "/en/products/perco")


# --- drafts -------------------------------------------------------------------------------------------------------


def drafts_of(who):
    db.session.rollback()
    return list(db.session.scalars(select(Draft.place).where(Draft.member_id == who.member_id)))


def test_a_review_is_kept_on_the_server_and_found_again_whole_until_it_is_sent(client, sign_in, product, ben):
    address = "/en/products/ondea-8/reviews/write"
    sign_in(ben)
    kept = {
        "place": f"review:{product}",
        "title": "Half a",
        "body": "It washes.",
        "fields": {"rating": "2", "cons": "Loud " * 120},
    }
    assert client.post("/en/drafts", json=kept).get_json()["saved"]
    page = text_of(client, address)
    assert f'data-place="review:{product}"' in page and "We kept what you were writing" in page
    for words in ("Half a", "It washes.", "Loud " * 119, 'name="rating" value="2" checked'):
        assert words in page
    assert client.post(address, data=FORM).status_code == 303
    assert drafts_of(ben) == []


def test_without_javascript_a_button_keeps_it_and_another_begins_afresh(client, sign_in, product, ben):
    address = "/en/products/ondea-8/reviews/write"
    sign_in(ben)
    kept = client.post(address, data=FORM | {"rating": "", "step": "keep"})
    assert kept.status_code == 303 and drafts_of(ben) == [f"review:{product}"]
    assert "A review of the page" in text_of(client, address)
    assert client.post(address, data=FORM | {"step": "discard"}).status_code == 303
    assert drafts_of(ben) == [] and "A review of the page" not in text_of(client, address)
    assert not db.session.scalar(select(func.count()).select_from(Review))


def test_a_change_is_kept_with_the_version_it_was_begun_on(client, sign_in, review, ben, ada):
    one = review(ben).id
    address = f"/en/reviews/{one}/edit"
    sign_in(ben)
    words = FORM | {"title": "Another line of mine", "version": "1"}
    assert client.post(address, data=words | {"step": "keep"}).status_code == 303
    page = text_of(client, address)
    assert "Another line of mine" in page and 'name="version" value="1"' in page
    sign_in(ada, other := client.application.test_client())
    assert other.post(address, data=words | {"step": "keep"}).status_code == 403 and drafts_of(ada) == []
    assert client.post(address, data=words).status_code == 303
    assert drafts_of(ben) == []
