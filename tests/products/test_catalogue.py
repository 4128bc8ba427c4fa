"""The catalogue: filled by files and programs, the same again changes nothing, what vanishes only retires."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.apikeys.keeping import make_key, recognise, revoke_key
from common import jobs
from common.db import db
from common.errors import Forbidden, Invalid
from common.permissions import SYSTEM
from forum.catalogue import importing
from forum.catalogue.rules import ImportKind
from forum.products.models import CatalogueImport, Product
from tests.conftest import all_rows

CSV = """key;name;category;brand;picture;replaced_by
A1;Ondéa 6;washing;Brévane;p-wash;A2
A2;Ondéa 8;Washing;Brévane;p-wash;
B1;Perco Uno;coffee;Brévane;p-coffee;
X1;Nowhere;garden;;;
A2;Twice;washing;;;
!;No key;washing;;;
"""


def run(text: str, **options):
    return importing.run(text, ImportKind.PRODUCTS, **options)


def product(key: str) -> Product:
    db.session.rollback()
    return db.session.scalars(select(Product).where(Product.key == key)).one()


def test_a_file_fills_the_catalogue_and_names_its_faults(app):
    report = run(CSV)
    assert (report.total, report.added, report.fault_count) == (6, 3, 3)
    assert [(line, fault) for line, _key, fault in sorted(report.faults)] == [
        (5, "category"),
        (6, "twice"),
        (7, "key"),
    ]
    assert product("A1").replaced_by_id == product("A2").id and product("A2").slug == "ondea-8"


def test_the_same_file_again_changes_nothing(app):
    run(CSV)
    before = all_rows()["product"]
    report = run(CSV, complete=True)
    assert (report.added, report.changed, report.same, report.retired) == (0, 0, 3, 0)
    assert all_rows()["product"] == before


def test_a_trial_run_writes_nothing_and_says_the_same(app):
    before = all_rows()
    report = run(CSV, dry_run=True, complete=True)
    assert (report.added, report.fault_count) == (3, 3) and all_rows() == before


def test_what_vanishes_retires_and_comes_back_at_its_address(app):
    run(CSV)
    report = run("key,name,category\nA1,Ondéa 6,washing", complete=True)
    assert report.retired == 2 and not product("A2").active
    assert run("key,name,category\nA2,Ondéa 8 Plus,washing").changed == 1
    assert product("A2").active and product("A2").slug == "ondea-8"


def test_two_products_of_one_name_have_two_addresses(app):
    run("key,name,category\nA-1,Ondéa,washing\nA.1,Ondéa,washing\na-1,Ondéa,washing\nF,Find,washing")
    slugs = list(db.session.scalars(select(Product.slug)))
    assert len(set(slugs)) == 4 and "find" not in slugs


def test_most_of_the_catalogue_never_vanishes_by_mistake(app, max_):
    run("key,name,category\n" + "\n".join(f"K{n},Product {n},washing" for n in range(30)))
    small = b"key,name,category\nK1,Product 1,washing"
    with pytest.raises(Invalid) as refusal:
        importing.take_file(max_, small, ImportKind.PRODUCTS, complete=True)
    assert "29 of 30" in str(refusal.value.fields["file"])
    importing.take_file(max_, small, ImportKind.PRODUCTS, complete=True, confirmed=True)
    jobs.run_due_jobs()
    assert db.session.scalars(select(Product.key).where(Product.active.is_(True))).all() == ["K1"]


def test_a_file_is_read_in_the_background_and_reported(app, max_, sign_in, drain):
    browser = sign_in(max_)
    from io import BytesIO

    sent = {"file": (BytesIO(CSV.encode()), "catalogue.csv"), "kind": "products", "complete": "1"}
    answer = browser.post("/en/desk/products", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303 and "Waiting" in browser.get(answer.headers["Location"]).text
    drain()
    page = browser.get(answer.headers["Location"]).text
    assert "There is no category of this name." in page and "Done" in page
    taken = db.session.scalars(select(CatalogueImport)).one()
    assert taken.content == "" and taken.result["added"] == 3


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "Choose a file"), (b"a\0b", "not a text file"), (b"x,y\n1,2", "name the columns")],
)
def test_a_file_that_cannot_be_read_is_refused_kindly(app, max_, sign_in, data, said):
    from io import BytesIO

    sent = {"file": (BytesIO(data), "x.csv"), "kind": "products"}
    answer = sign_in(max_).post("/en/desk/products", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422 and said in answer.text


def test_only_managers_see_and_feed_the_catalogue(app, ada, mo, sam, sign_in, client):
    for who in (ada, mo, sam):
        with pytest.raises(Forbidden):
            importing.take_file(who, CSV.encode(), ImportKind.PRODUCTS)
        assert sign_in(who, client.application.test_client()).get("/en/desk/products").status_code == 403


def test_the_command_line_does_the_same(app, tmp_path):
    path = tmp_path / "catalogue.csv"
    path.write_text(CSV)
    runner = app.test_cli_runner()
    trial = runner.invoke(args=["products", "import", str(path), "--dry-run"])
    assert "Would be: 3 added" in trial.output and db.session.scalar(select(Product)) is None
    done = runner.invoke(args=["products", "import", str(path)])
    assert "Done: 3 added" in done.output and "line 5 (X1): There is no category" in done.output


# --- programs -----------------------------------------------------------------------------------------------------


def bearer(*scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_key(SYSTEM, 'Web shop', scopes)}"}


def test_a_program_puts_a_product_and_retires_it(client):
    head = bearer("products")
    body = {"name": "Ondéa 8", "category": "washing", "warranty_en": "2 years"}
    first = client.put("/api/v1/products/A2", json=body, headers=head)
    assert first.status_code == 201 and first.json["added"] == 1
    assert client.put("/api/v1/products/A2", json=body, headers=head).json["same"] == 1
    assert client.delete("/api/v1/products/A2", headers=head).json["retired"] == 1
    assert client.delete("/api/v1/products/A2", headers=head).json["retired"] == 0
    assert client.delete("/api/v1/products/none", headers=head).status_code == 404


def test_a_program_sends_many_and_hears_of_each_fault(client):
    items = [
        {"key": "A1", "name": "One", "category": "washing"},
        {"key": "A1", "name": "Two", "category": "washing"},
        {"key": "?"},
    ]
    told = client.post("/api/v1/products", json={"products": items}, headers=bearer("products")).json
    assert told["added"] == 1 and [fault["code"] for fault in told["faults"]] == ["twice", "key"]


def test_strange_requests_are_refused_and_never_break(client):
    head = bearer("products")
    for body in (None, [], {"products": "x"}, {"products": [1]}, {"products": [{"key": "A"}] * 501}, 5):
        answer = client.post("/api/v1/products", json=body, headers=head)
        assert answer.status_code in (200, 422) and not db.session.scalar(select(Product))
    assert client.put("/api/v1/products/A1", data="{", headers=head).status_code == 422


def test_a_key_is_needed_and_must_be_good_for_it(client, app):
    key = make_key(SYSTEM, "Till", ("purchases",))
    cut = [key[:-1], key[1:], "", "fourmi_1_", "fourmi_x_y", f"fourmi_999_{key.rpartition('_')[2]}", "²_²_²"]
    for wrong in cut:
        answer = client.post(
            "/api/v1/purchases",
            json=[],
            headers={"Authorization": f"Bearer {wrong}".encode().decode("latin-1")},
        )
        assert answer.status_code == 403, wrong
    assert (
        client.post("/api/v1/products", json=[], headers={"Authorization": f"Bearer {key}"}).status_code
        == 403
    )
    assert recognise(key, "purchases").name == "Till"
    assert key not in str(all_rows()) and key.rpartition("_")[2] not in str(all_rows())
    assert revoke_key(SYSTEM, "Till") and not revoke_key(SYSTEM, "Till")
    with pytest.raises(Forbidden):
        recognise(key, "purchases")


def test_a_program_that_asks_too_often_is_told_when_to_come_back(client, settings_override):
    head = bearer("products")
    with settings_override(catalogue__requests_a_minute=2):
        codes = [client.post("/api/v1/products", json=[], headers=head) for _ in range(3)]
    assert codes[1].status_code == 200 and codes[2].status_code == 429 and codes[2].headers["Retry-After"]
