"""Names, addresses, slugs: what a member may be called."""

from __future__ import annotations

import time

import pytest

from accounts.members.rules import (
    NAME_MAX,
    NameFault,
    email_key,
    imported_name,
    initials_of,
    is_email,
    name_fault,
    name_key,
    slug_of,
    tidy_email,
    tidy_name,
    tint_of,
)


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Gérard A.",
        "Élise",
        "O’Neil",
        "Paul-Henri",
        "日本のひと",
        "Ольга",
        "Bob 🐜",
        "أحمد",
        "Żółw",
        "x2",
    ],
)
def test_ordinary_names_of_all_scripts_are_fine(name):
    assert name_fault(tidy_name(name)) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", NameFault.SHORT),
        ("é", NameFault.SHORT),
        ("x" * 41, NameFault.LONG),
        ("a\u200bb", NameFault.INVISIBLE),
        ("\u202egro.evil", NameFault.INVISIBLE),
        ("a\x00b", NameFault.INVISIBLE),
        ("a\ue000b", NameFault.INVISIBLE),
        ("Hangul\u3164filler", NameFault.INVISIBLE),
        ("ada@example.com", NameFault.ADDRESS),
        ("http://x.fr", NameFault.ADDRESS),
        ("1234", NameFault.NO_LETTER),
        ("🐜🐜", NameFault.NO_LETTER),
        ("Аda", NameFault.MIXED_SCRIPTS),
        ("Gοοgle", NameFault.MIXED_SCRIPTS),
        ("Z͑ͫ̓ͪ̂algo", NameFault.MARKS),
        ("admin", NameFault.RESERVED),
        ("Adm1n", NameFault.RESERVED),
        ("MODÉRATION", NameFault.RESERVED),
        ("Équipe", NameFault.RESERVED),
    ],
)
def test_what_cannot_be_a_name(name, fault):
    assert name_fault(tidy_name(name)) is fault


def test_reserved_names_are_for_the_team():
    assert name_fault("Support", reserved_allowed=True) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gérard A.", "GERARD  a"),
        ("Gérard", "Ge\u0301rard"),
        ("Ada", "Ａｄａ"),
        ("Paul", "Pau1"),
        ("Bob", "B0b"),
        ("сосо", "coco"),
        ("Æsop", "aesop"),
        ("Jean-Luc", "Jean Luc"),
        ("fi", "ﬁ"),
    ],
)
def test_names_that_look_the_same_have_one_key(one, other):
    assert name_key(tidy_name(one)) == name_key(tidy_name(other))


def test_different_names_have_different_keys():
    names = ["Ada", "Ben", "Cleo", "Sam", "Ольга", "日本", "Élise", "Denis", "Denise"]
    assert len({name_key(name) for name in names}) == len(names)


def test_a_name_is_kept_in_one_unicode_form():
    assert tidy_name("  Ge\u0301rard \t  A. ") == "Gérard A."


@pytest.mark.parametrize(
    "address", ["a@b.fr", "ada.l+x@sub.example.co.uk", "o'neil@example.com", "a@xn--bcher-kva.de"]
)
def test_addresses(address):
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "@b.fr", "a b@c.fr", "a@b.fr\nBcc: x@y.fr", "a@b.fr,c@d.fr", "a..b@c.fr", ".a@c.fr", "a@-b.fr",
     "a@b..fr", "é@b.fr", "a@b.f1-", "<a@b.fr>", "a@[127.0.0.1]", "x" * 65 + "@b.fr", "a@" + "b" * 250 + ".fr", "a@b.fr\x00"],
)  # fmt: skip
def test_what_is_no_address(address):
    assert not is_email(address)


def test_one_mailbox_has_one_key():
    assert email_key(" Ada@Example.COM ") == email_key("ada@example.com")
    assert tidy_email(" Ada@Example.COM ") == "Ada@example.com"


def test_slugs_are_plain():
    assert slug_of("Gérard A.") == "gerard-a"
    assert slug_of("日本") == "member"
    assert slug_of("../../etc") == "etc"


def test_initials_and_tints():
    assert [initials_of(n) for n in ("Gérard A.", "ada", "Jean-Luc B", "日本")] == ["GA", "A", "JB", "日"]
    assert {tint_of(i) for i in range(1, 200)} == {1, 2, 3, 4, 5, 6}


def test_imported_names_lose_only_what_cannot_be_seen():
    assert imported_name("Gérard A.", "beer:1") == "Gérard A."
    assert imported_name("a\u202eb\x00c", "beer:1") == "a b c"
    assert imported_name("\u200b", "beer:17") == "Member 17"
    assert len(imported_name("w" * 300, "beer:1")) == NAME_MAX


def test_hostile_lengths_cost_no_time():
    begun = time.perf_counter()
    for text in ("a" * 100_000, "." * 100_000, "a@" + "a." * 50_000, "é" * 100_000, "-" * 100_000):
        is_email(text), slug_of(text), name_fault(text)
    assert time.perf_counter() - begun < 1
