"""A shop shows a product's solutions in a frame: only the shops that are named, and nothing of it can act."""

import pytest

from common.db import db
from common.unit_of_work import unit_of_work
from forum.content.embed.rules import framed_policy, origins_of
from forum.products.models import Product
from forum.questions import publishing
from forum.solutions.accepting import accept_answer


@pytest.fixture
def product(app):
    with unit_of_work():
        db.session.add(Product(key="o8", slug="ondea-8", name="Ondéa 8", category_id=1))
    return db.session.query(Product.id).scalar()


def test_it_is_off_until_a_shop_is_named(client, product):
    answer = client.get("/en/embed/products/ondea-8")
    assert answer.status_code == 404 and "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_named_shop_shows_solved_questions_and_no_others(
    client, product, ada, ben, mo, make_question, make_answer, settings_override
):
    solved = make_question(ada, title="The drum stays full of water", product_id=product)
    accept_answer(ada, solved, make_answer(ben, solved))
    make_question(ada, title="Nobody has answered this one yet", product_id=product)
    with settings_override(forum__embed_hosts=["https://shop.example", "javascript:alert(1)", "*"]):
        answer = client.get("/en/embed/products/ondea-8")
        policy, page = answer.headers["Content-Security-Policy"], answer.get_data(as_text=True)
        assert policy.endswith("frame-ancestors https://shop.example") and "script-src" not in policy
        assert "The drum stays full of water" in page and "Nobody has answered" not in page
        assert "<script" not in page and "<form" not in page and "Set-Cookie" not in answer.headers
        assert client.get("/en/embed/products/unknown").status_code == 404
        publishing.hide(mo, solved)
        assert "The drum stays full" not in client.get("/en/embed/products/ondea-8").get_data(as_text=True)


@pytest.mark.parametrize(
    "bad",
    [
        "*",
        "http://shop.example",
        "https://*.example.com",
        "https://a.example/path",
        "https://a.example; script-src *",
        "'self'",
        "",
        "https://localhost",
    ],
)
def test_only_whole_origins_count(bad):
    assert origins_of([bad]) == ()


def test_origins_are_taken_once_and_the_policy_keeps_the_rest():
    assert origins_of(["https://Shop.example/", " https://shop.example", "https://b.example:8443"]) == (
        "https://shop.example",
        "https://b.example:8443",
    )
    policy = framed_policy(
        "default-src 'none'; script-src 'self'; frame-ancestors 'none'", ("https://a.example",)
    )
    assert policy == "default-src 'none'; form-action 'none'; frame-ancestors https://a.example"
