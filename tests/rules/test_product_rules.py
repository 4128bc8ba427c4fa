"""What a line of a catalogue means, and how products are found by words. No database."""

from __future__ import annotations

from datetime import date

import pytest

from forum.catalogue.rules import (
    BadFile,
    Fault,
    OwnerLine,
    ProductLine,
    read_owner,
    read_product,
    rows_of,
    text_of,
)
from forum.products.rules import named_in, owner_hash, search_words, searchable

GOOD = {"key": "BR-ON8", "name": "Ondéa 8", "category": "washing"}
HASH = owner_hash("ada@example.com")


def test_a_product_is_read_with_its_words_tidied():
    line = read_product({**GOOD, "name": "  Ondéa \n 8 ", "brand": 12, "picture": "p-wash"})
    assert line == ProductLine("BR-ON8", "Ondéa 8", "washing", brand="12", picture="p-wash")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"key": ""}, Fault.KEY),
        ({"key": "a b"}, Fault.KEY),
        ({"key": "x" * 61}, Fault.KEY),
        ({"key": ["a"]}, Fault.KEY),
        ({"name": "x"}, Fault.NAME),
        ({"name": "x" * 121}, Fault.NAME),
        ({"picture": "https://elsewhere.example/a.png"}, Fault.PICTURE),
        ({"picture": "/static/../etc/passwd"}, Fault.PICTURE),
        ({"manual": "javascript:alert(1)"}, Fault.MANUAL),
        ({"warranty_fr": "x" * 401}, Fault.TOO_LONG),
        ({"replaced_by": "BR-ON8"}, Fault.REPLACED),
    ],
)
def test_a_faulty_product_is_named_by_its_fault(change, fault):
    assert read_product({**GOOD, **change}) == fault


def test_an_address_in_clear_becomes_a_fingerprint_at_once():
    assert read_owner({"product": "A1", "email": " Ada@Example.COM "}) == OwnerLine("A1", HASH)
    assert read_owner({"product": "A1", "email_sha256": HASH.upper()}) == OwnerLine("A1", HASH)
    assert read_owner(
        {"product": "A1", "member": 12, "bought_on": "2026-01-31", "withdrawn": True}
    ) == OwnerLine("A1", "", 12, date(2026, 1, 31), True)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"product": "A1"}, Fault.OWNER),
        ({"product": "A1", "email_sha256": "abc"}, Fault.OWNER),
        ({"product": "A1", "member": "²"}, Fault.OWNER),
        ({"product": "", "email_sha256": HASH}, Fault.PRODUCT),
        ({"product": "A1", "email_sha256": HASH, "bought_on": "31/01/2026"}, Fault.DATE),
    ],
)
def test_a_faulty_purchase_is_named_by_its_fault(values, fault):
    assert read_owner(values) == fault


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_files_of_every_spreadsheet_are_read(mark):
    text = text_of(
        mark.join(["Key", "name", "category"]).encode()
        + b"\r\n"
        + f'A1{mark}"Caf\u00e9{mark}1"{mark}c\r\n\r\n'.encode("cp1252")
    )
    assert list(rows_of(text, ("key", "name"))) == [
        (2, {"key": "A1", "name": f"Café{mark}1", "category": "c"})
    ]


def test_what_is_no_table_is_not_read():
    for data, needed in ((b"PK\0\3", ("key",)), (b"name;category\nx;y", ("key",))):
        with pytest.raises(BadFile):
            list(rows_of(text_of(data), needed))


def test_products_are_found_with_and_without_accents_and_gaps():
    kept = searchable("Ondéa 8", "Brévane", "BR-ON8")
    for typed in ("ondea 8", "ONDÉA8", "br on8", "bron8", "brévane"):
        assert all(word in kept for word in search_words(typed)), typed


def test_the_longest_name_in_a_sentence_wins():
    names = [(1, "Ondéa"), (2, "Ondéa 8"), (3, "Ondéa 80")]
    assert named_in("Mon ondea 8 affiche E18", names) == 2
    assert named_in("Une ondée passe", names) is None
