"""Devices are private; a proof from the brand, and nothing else, makes a verified owner; questions know their product."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from accounts.members.models import Member
from common.db import db
from common.errors import Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.catalogue import importing, proving
from forum.catalogue.filling import Report
from forum.catalogue.rules import ImportKind, OwnerLine
from forum.products.filing import file_under_product
from forum.products.models import Device, OwnerProof, Product
from forum.products.owning import add_device, change_device, know_again, remove_device
from forum.products.rules import owner_hash
from forum.questions import publishing
from forum.questions.asking import ask_question
from forum.questions.models import Post, Question
from forum.solutions.drift import drifts
from tests.conftest import START

CATALOGUE = "key,name,category,manual\nA1,Ondéa 8,washing,https://brevane.example/on8\nB1,Perco Uno,coffee,\n"
MARK = "Verified owner"


@pytest.fixture(autouse=True)
def catalogue(app, at):
    at(START + timedelta(hours=1))
    importing.run(CATALOGUE, ImportKind.PRODUCTS)
    return {row.key: row.id for row in db.session.execute(select(Product.key, Product.id))}


@pytest.fixture
def ondea(catalogue) -> int:
    return catalogue["A1"]


def feed(name: str, withdrawn: bool = False, key: str = "A1") -> Report:
    report = Report()
    line = OwnerLine(key, owner_hash(f"{name}@example.com"), withdrawn=withdrawn)
    proving.take_proofs([(1, line)], report, "shop")
    return report


def device(who) -> Device:
    db.session.rollback()
    return db.session.scalars(select(Device).where(Device.member_id == who.member_id)).one()


def page(client, question_id: int) -> str:
    question = db.session.get(Question, question_id)
    path = f"/en/questions/{question.id}/{question.slug}"
    db.session.rollback()
    return client.get(path).text


@pytest.fixture
def about_ondea(ada, ondea):
    return ask_question(
        ada, title="The drum stays full of water", body="It stops before the end and shows E18.", category_id=1,
        product_id=ondea, language="en",
    ).id  # fmt: skip


def test_a_device_is_on_the_list_once_and_private(sign_in, ada, ben, ondea, client):
    assert add_device(ada, ondea) and not add_device(ada, ondea)
    assert not device(ada).shown and "Ada" not in client.get("/en/products/ondea-8").text
    change_device(ada, device(ada).id, model="ON8-XL", serial="S-12345", since="2024-03-01", shown=True)
    page_of_product = client.get("/en/products/ondea-8").text
    assert "Ada" in page_of_product and "S-12345" not in page_of_product and "ON8-XL" not in page_of_product
    assert "S-12345" in sign_in(ada).get("/en/settings/devices").text
    assert "S-12345" not in sign_in(ben).get("/en/settings/devices").text
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == ada.member_id).values(is_private=True))
    assert "Ada" not in client.get("/en/products/ondea-8").text


def test_a_device_is_its_owners_alone(ada, ben, ondea):
    add_device(ada, ondea)
    device_id = device(ada).id
    with pytest.raises(NotFound):
        change_device(ben, device_id, shown=True)
    assert (
        not remove_device(ben, device_id)
        and remove_device(ada, device_id)
        and not remove_device(ada, device_id)
    )
    with pytest.raises(Forbidden):
        add_device(ANONYMOUS, ondea)
    with pytest.raises(NotFound):
        add_device(ada, 999_999)


@pytest.mark.parametrize("since", ["2999-01-01", "1900-01-01", "yesterday", "²"])
def test_a_day_that_cannot_be_is_refused_and_what_was_typed_stays(sign_in, ada, ondea, since):
    add_device(ada, ondea)
    form = {"model": "ON8-<b>", "serial": "", "since": since, "shown": "1"}
    answer = sign_in(ada).post(f"/en/settings/devices/{device(ada).id}", data=form)
    assert answer.status_code == 422 and "ON8-&lt;b&gt;" in answer.text and device(ada).model_name == ""
    with pytest.raises(Invalid):
        change_device(ada, device(ada).id, model="x" * 81)


def test_proof_and_device_make_a_verified_owner_whichever_comes_first(ada, ben, ondea):
    feed("ada")
    add_device(ada, ondea)
    add_device(ben, ondea)
    feed("ben")
    assert device(ada).verified_at and device(ben).verified_at
    assert feed("ben").same == 1


def test_a_declaration_alone_is_no_proof(ada, ondea):
    add_device(ada, ondea)
    feed("ada", key="B1")
    assert device(ada).verified_at is None


def test_an_address_counts_only_when_it_is_confirmed(ada, ondea):
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == ada.member_id).values(email_verified_at=None))
    feed("ada")
    add_device(ada, ondea)
    assert device(ada).verified_at is None
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == ada.member_id).values(email_verified_at=START))
        know_again(ada.member_id)
    assert device(ada).verified_at


def test_a_purchase_by_the_number_of_a_member_is_kept_as_a_fingerprint(ada, ondea):
    add_device(ada, ondea)
    proving.take_proofs([(1, OwnerLine("A1", member_id=ada.member_id))], Report(), "shop")
    assert device(ada).verified_at
    assert db.session.scalars(select(OwnerProof)).one().owner_hash == owner_hash("ada@example.com")


def test_the_mark_stands_beside_the_name_and_goes_with_the_proof(
    client, ada, ben, about_ondea, make_answer, ondea
):
    make_answer(ben, about_ondea)
    assert MARK not in page(client, about_ondea)
    feed("ben")
    add_device(ben, ondea)
    assert page(client, about_ondea).count(MARK) == 1
    add_device(ada, ondea)
    feed("ada")
    assert page(client, about_ondea).count(MARK) == 2
    feed("ben", withdrawn=True)
    assert page(client, about_ondea).count(MARK) == 1
    remove_device(ada, device(ada).id)
    assert MARK not in page(client, about_ondea)


def test_what_is_written_later_carries_the_mark_at_once(
    client, ben, about_ondea, make_answer, make_question, ondea
):
    feed("ben")
    add_device(ben, ondea)
    make_answer(ben, about_ondea)
    assert page(client, about_ondea).count(MARK) == 1
    elsewhere = make_question(ben, title="Another trouble with something else")
    assert MARK not in page(client, elsewhere)


def test_a_question_that_moves_to_another_product_is_counted_and_marked_anew(
    client, ada, mo, ondea, catalogue, about_ondea
):
    feed("ada")
    add_device(ada, ondea)
    count = lambda key: db.session.scalar(select(Product.question_count).where(Product.key == key))  # noqa: E731
    assert count("A1") == 1 and MARK in page(client, about_ondea)
    assert file_under_product(mo, about_ondea, catalogue["B1"]) and not file_under_product(
        mo, about_ondea, catalogue["B1"]
    )
    assert (count("A1"), count("B1")) == (0, 1) and MARK not in page(client, about_ondea)
    assert file_under_product(mo, about_ondea, None) and count("B1") == 0


def test_a_stranger_does_not_file_a_question_elsewhere(ben, about_ondea, catalogue):
    with pytest.raises(Forbidden):
        file_under_product(ben, about_ondea, catalogue["B1"])
    with pytest.raises(Invalid):
        ask_question(
            ben,
            title="A title long enough",
            body="A body that is long enough.",
            category_id=1,
            product_id=99_999,
        )


def test_counts_follow_removal_and_return(mo, about_ondea, ondea):
    publishing.hide(mo, about_ondea)
    assert db.session.scalar(select(Product.question_count)) == 0
    publishing.restore(mo, about_ondea)
    assert db.session.scalar(select(Product.question_count).where(Product.id == ondea)) == 1
    assert list(drifts()) == []


def test_a_held_question_is_on_no_page_of_its_product(client, ada, mo, about_ondea):
    assert "The drum stays full" in client.get("/en/products/ondea-8").text
    publishing.hide(mo, about_ondea)
    for path in ("/en/products/ondea-8", "/en/questions/?product=ondea-8"):
        assert "The drum stays full" not in client.get(path).text


def test_pages_of_products_offer_what_they_should(client, sign_in, ada, about_ondea, ondea):
    index, shown = client.get("/en/products/").text, client.get("/fr/products/ondea-8").text
    assert "Perco Uno" in index and "Notice" in shown and "https://brevane.example/on8" in shown
    assert (
        "Ondéa 8" in client.get("/en/products/?q=ondea8").text
        and client.get("/en/products/none").status_code == 404
    )
    asked = sign_in(ada).get("/en/questions/ask?product=ondea-8").text
    assert (
        f'name="product" value="{ondea}" checked' in asked and 'name="category_id" value="1" checked' in asked
    )
    assert "Ondéa 8" in client.get("/en/products/find?q=ondea").text
    assert "remove this filter" in client.get("/en/questions/?product=ondea-8").text


def test_the_page_of_a_question_costs_no_statement_more_for_its_product(
    client, count_queries, make_question, about_ondea
):
    plain = make_question_path(make_question)
    with_product = f"/en/questions/{about_ondea}/{db.session.get(Question, about_ondea).slug}"
    db.session.rollback()
    from forum.thread import snapshot

    def cost(path):
        client.get(path)
        snapshot._shelf.clear()
        db.session.remove()
        with count_queries() as seen:
            client.get(path + "?sort=new")
        return len(seen)

    assert cost(with_product) <= cost(plain)


def make_question_path(make_question) -> str:
    from tests.conftest import actor_named

    question_id = make_question(actor_named("ben"), title="A question without a product here")
    slug = db.session.get(Question, question_id).slug
    db.session.rollback()
    return f"/en/questions/{question_id}/{slug}"


def test_the_same_device_added_by_many_at_once_is_there_once(in_threads, ada, ondea):
    assert sorted(in_threads(6, lambda _n: add_device(ada, ondea))) == [False] * 5 + [True]
    assert db.session.scalar(select(Product.owner_count).where(Product.id == ondea)) == 1


def test_a_post_has_no_mark_by_itself(app, ada, make_question):
    assert db.session.get(Post, make_question(ada)).verified_owner is False
