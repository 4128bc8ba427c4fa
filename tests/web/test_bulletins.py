"""Official notices: written by the team, shown where they concern, put away, in force from day to day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.audit import AuditEntry
from common.db import db
from common.errors import Forbidden, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.content.bulletins import forms, queries, writing
from forum.content.bulletins.models import Bulletin, BulletinPutAway
from forum.content.bulletins.rules import concerns
from forum.products.models import Product
from tests.conftest import START

FORM = {
    "category_id": "1", "products": "", "title_fr": "Rappel de la pompe P4", "title_en": "Recall of pump P4",
    "text_fr": "Débranchez l’appareil.", "text_en": "Unplug the <b>machine</b>.", "url": "/en/help",
    "begins": "", "ends": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_the_morning(app, at):
    at(START + timedelta(hours=1))


@pytest.fixture
def product(app) -> int:
    with unit_of_work():
        row = Product(
            key="P4", slug="p4", name="Pump P4", brand="B", category_id=1, search_text=" pump p4 b "
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def write(actor, **fields) -> int:
    return writing.write(actor, forms.read({**FORM, **fields}))


def test_a_notice_of_products_concerns_who_has_them_and_who_named_none():
    assert concerns((1, ()), 1, None) and concerns((1, ()), 1, 7) and not concerns((1, ()), 2, None)
    assert concerns((1, (7,)), 1, None) and concerns((1, (7,)), 2, 7) and not concerns((1, (7,)), 1, 8)


def test_a_notice_stands_above_its_list_in_both_languages_and_on_no_other(client, sam):
    write(sam)
    page = client.get("/en/categories/washing").text
    assert "Recall of pump P4" in page and "&lt;b&gt;machine" in page and 'href="/en/help"' in page
    assert "Débranchez" in client.get("/fr/categories/washing").text
    assert "Recall" not in client.get("/en/categories/coffee").text + client.get("/en/questions/").text


def test_it_stands_on_the_products_it_names_and_where_one_asks_about_them(client, sign_in, ada, sam, product):
    write(sam, products="p4")
    assert "Recall of pump P4" in client.get("/en/products/p4").text
    assert [one.product_ids for one in queries.for_question(None, product)] == [(product,)]
    assert queries.for_question(2, None) == () and queries.for_question(1, product + 1) == ()
    sign_in(ada)
    assert "Recall of pump P4" in client.get("/en/questions/ask?product=p4").text
    assert "Recall of pump P4" in client.get("/en/questions/ask?category=washing").text
    assert "Recall" not in client.get("/en/questions/ask").text
    found = client.get("/en/questions/similar?title=The pump is very loud&category_id=1").text
    assert "Recall of pump P4" in found


def test_a_member_puts_it_away_until_its_words_change_and_a_visitor_does_not(client, sign_in, ada, ben, sam):
    bulletin_id = write(sam)
    path = "/en/categories/washing"
    assert "put-away" not in client.get(path).text
    assert client.post(f"/en/notices/{bulletin_id}/put-away").status_code == 403
    sign_in(ada)
    for _again in range(2):
        answer = client.post(f"/en/notices/{bulletin_id}/put-away", data={"next": path})
        assert answer.headers["Location"] == path
    assert "Recall" not in client.get(path).text and db.session.query(BulletinPutAway).count() == 1
    assert queries.of_category(ben, 1)
    assert "Recall" in client.get("/en/questions/ask?category=washing").text, "who asks is told all the same"
    writing.change(sam, bulletin_id, forms.read({**FORM, "text_en": "Unplug it at once."}))
    assert "at once" in client.get(path).text
    assert client.post("/en/notices/999/put-away").status_code == 404


def test_it_begins_and_ends_by_the_day_and_by_hand(sam, at):
    bulletin_id = write(sam, begins="2026-03-04", ends="2026-03-05")
    shown = []
    for day in (3, 4, 5, 6):
        at(START.replace(day=day))
        shown.append(bool(queries.of_category(ANONYMOUS, 1)))
    assert shown == [False, True, True, False]
    at(START.replace(day=5))
    assert writing.end(sam, bulletin_id) and not writing.end(sam, bulletin_id)
    assert queries.of_category(ANONYMOUS, 1) == ()
    acts = [one.act for one in db.session.query(AuditEntry) if one.act.startswith("bulletin.")]
    assert acts == ["bulletin.written", "bulletin.ended"]


def test_only_the_team_writes(ada, sam):
    with pytest.raises(Forbidden):
        write(ada)
    bulletin_id = write(sam)
    assert write(sam) == bulletin_id, "sent twice, one notice"
    for act in (
        lambda: writing.end(ada, bulletin_id),
        lambda: writing.change(ada, bulletin_id, forms.read(FORM)),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        writing.end(sam, 999)
    assert db.session.query(Bulletin).count() == 1


def test_the_desk_keeps_what_was_typed_when_a_field_does_not_fit(client, sign_in, ada, sam, product):
    assert sign_in(ada).get("/en/desk/notices").status_code == 403
    sign_in(sam)
    wrong = {
        "category_id": "99", "title_fr": "x", "text_en": "y" * 601, "url": "javascript:alert(1)", "begins": "soon",
        "products": "No such thing",
    }  # fmt: skip
    answer = client.post("/en/desk/notices", data={**FORM, **wrong})
    assert answer.status_code == 422 and "Recall of pump P4" in answer.text
    for field in ("category_id", "title_fr", "text_en", "url", "begins", "products"):
        assert f'id="{field}-error"' in answer.text, field
    answer = client.post("/en/desk/notices", data={**FORM, "products": "Pump P4\n\nP4"})
    assert answer.status_code == 303
    bulletin_id = db.session.query(Bulletin).one().id
    assert "Pump P4" in client.get(f"/en/desk/notices/{bulletin_id}").text
    client.post(f"/en/desk/notices/{bulletin_id}", data={**FORM, "title_en": "Recall of all pumps"})
    assert "Recall of all pumps" in client.get("/en/categories/washing").text
    client.post(f"/en/desk/notices/{bulletin_id}/end")
    assert "Recall" not in client.get("/en/categories/washing").text


def test_a_list_pays_at_most_one_statement_for_a_notice(client, sign_in, ada, sam, count_queries):
    sign_in(ada)

    def cost() -> int:
        client.get("/en/categories/washing")
        with count_queries() as seen:
            client.get("/en/categories/washing")
        return len(seen)

    before = cost()
    write(sam)
    assert cost() <= before + 1
