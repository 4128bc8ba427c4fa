"""Personal data: the vectors of domain/moderation.md §B5, disguises, and what only looks like it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.screening import personal_data
from moderation.screening.personal_data import DataKind, find, is_iban, luhn, mask, without

ORDERS = (r"\bBRV-\d{4}-\d{4,6}\b",)


def kinds(text):
    return [found.kind for found in find(text, ORDERS, ("brevane.example",))]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4111111111111111", DataKind.CARD),
        ("ma carte 4111 1111 1111 1111 a été débitée", DataKind.CARD),
        ("5500-0000-0000-0004", DataKind.CARD),
        ("3782 822463 10005", DataKind.CARD),
        ("FR14 2004 1010 0505 0001 3M02 606", DataKind.IBAN),
        ("fr1420041010050500013m02606", DataKind.IBAN),
        ("DE89 3704 0044 0532 0130 00 merci", DataKind.IBAN),
        ("06 12 34 56 78", DataKind.PHONE),
        ("0612345678", DataKind.PHONE),
        ("06.12.34.56.78", DataKind.PHONE),
        ("06-12-34-56-78", DataKind.PHONE),
        ("06/12/34/56/78", DataKind.PHONE),
        ("+33 6 12 34 56 78", DataKind.PHONE),
        ("+33(0)6 12 34 56 78", DataKind.PHONE),
        ("0033 6 12 34 56 78", DataKind.PHONE),
        ("0 6 1 2 3 4 5 6 7 8 ou presque", DataKind.PHONE),
        ("+44 20 7946 0958", DataKind.PHONE),
        ("０６ １２ ３４ ５６ ７８", DataKind.PHONE),
        ("06\u200b12\u200b34\u200b56\u200b78", DataKind.PHONE),
        ("jean.dupont@free.fr", DataKind.EMAIL),
        ("écrivez à Jean.Dupont+brevane@mail.example.com.", DataKind.EMAIL),
        ("jean point dupont arobase gmail point com", DataKind.EMAIL),
        ("paul (at) orange (dot) fr", DataKind.EMAIL),
        ("paul [at] orange [dot] fr", DataKind.EMAIL),
        ("jean＠free．fr", DataKind.EMAIL),
        ("jеan@frее.fr", DataKind.EMAIL),
        ("j e-mail: a.b @ free . fr", DataKind.EMAIL),
        ("1 85 05 78 006 084 91", DataKind.SOCIAL_SECURITY),
        ("185057800608491", DataKind.SOCIAL_SECURITY),
        ("mon dossier BRV-2026-77120", DataKind.ORDER),
        ("Ma commande 2026-09-18841 n’arrive pas", DataKind.ORDER),
        ("commande n° 481220", DataKind.ORDER),
        ("tracking number: 6A12345678901", DataKind.ORDER),
    ],
)
def test_personal_data_is_found(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112", "FR14 2004 1010 0505 0001 3M02 607", "185057800608492", "support@brevane.example",
        "merci @gerard. Bonne journée", "look at amazon dot com", "le 05/03/2024 à 12:30", "0,123456789", "0.123456789",
        "n° de série 0612345678", "S/N: 0412345678", "EAN 4006381333931", "réf. 481010612", "E18 puis E24", "x@y",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_left_alone(text):
    assert kinds(text) == []


def test_checks_of_cards_and_accounts():
    assert luhn("4111111111111111") and not luhn("4111111111111112")
    assert is_iban("FR1420041010050500013M02606") and not is_iban("FR1420041010050500013M02607")


PRODUCTS = [
    "Ondéa 8",
    "Filao X3",
    "Perco Uno",
    "Clarté 55",
    "Braséo",
    "WAN28281FF",
    "KGN39VIEA",
    "SMS46KI01E",
]
TEMPLATES = [
    "Ma {p} affiche E{n:02d} depuis le {d:02d}/{m:02d}/2026, que faire ?",
    "J’ai payé {e} {c:03d},{n:02d} € chez le revendeur, livraison {n:02d},90 €.",
    "Référence de la pièce : {a:06d}-{n:02d}, disponible à {n} euros.",
    "N° de série FD{y:04d}{a:06d} sur la plaque de la {p}.",
    "Serial number 0{a:06d}{c:03d}, model {p}, bought in 20{n:02d}.",
    "Code EAN 40{a:06d}{c:03d}{q}{r}, je cherche le même filtre.",
    "1 x {p} — {e} {c:03d},00 €, 2 x filtre réf {a:06d} — 12,90 €",
    "Le programme dure 2 h {n:02d} à {t} tours, consommation 0,{a:06d} kWh.",
    "Version du logiciel 0{q}.{n:02d}.{d:02d}.{c:03d}, mise à jour du 20{n:02d}-{m:02d}-{d:02d}.",
    "Dimensions {c:03d} x {t} x {n:02d} mm, poids {n},{q} kg, modèle {p}.",
    "Error {a:06d} appears after {n} minutes at {d}:{n:02d}, then again at {m}:{d:02d}.",
    "IMEI 35{a:06d}{a:06d}{q} ne s’affiche plus sur la {p}.",
]


def corpus():
    for number in range(25):
        values = {
            "p": PRODUCTS[number % len(PRODUCTS)], "n": (number * 7) % 60, "d": number % 28 + 1, "m": number % 12 + 1,
            "e": number % 9 + 1, "c": (number * 37) % 1000, "a": (number * 104_729) % 1_000_000, "y": 9000 + number,
            "q": number % 10, "r": (number * 3) % 10, "t": 400 + 100 * (number % 10),
        }  # fmt: skip
        yield from (template.format(**values) for template in TEMPLATES)


def test_serials_prices_and_order_lines_are_not_masked():
    lines = list(corpus())
    wrong = [line for line in lines if find(line, ORDERS)]
    assert len(lines) >= 200 and len(wrong) <= len(lines) // 100, wrong


def test_masking_says_what_stood_there_in_the_author_s_language():
    text = "Appelez le 06 12 34 56 78 ou jean@free.fr"
    assert mask(text, find(text), "fr") == "Appelez le [téléphone masqué] ou [adresse e-mail masquée]"
    assert "[phone number masked]" in mask(text, find(text), "en")


pieces = st.sampled_from(
    [
        "06 12 34 56 78",
        "jean@free.fr",
        "4111 1111 1111 1111",
        "FR14 2004 1010 0505 0001 3M02 606",
        "BRV-2026-77120",
        "Bonjour",
        " ",
        "\n",
        "é",
        "​",
        "12",
        "@",
        ".",
        "+33",
    ]
)


@given(st.lists(pieces, max_size=12).map("".join), st.sampled_from(["fr", "en"]))
def test_masking_is_idempotent(text, language):
    once, kinds = without(text, language, ORDERS)
    assert without(once, language, ORDERS) == (once, ()) and bool(kinds) == (once != text)


@given(st.text(max_size=300))
def test_any_text_can_be_searched(text):
    found = find(text, ORDERS)
    assert all(0 <= item.start < item.end <= len(text) for item in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "bad",
    [
        "a" * 20_000,
        "a." * 10_000,
        "0 " * 10_000,
        "a@" * 10_000,
        "at dot " * 2_800,
        "FR76" * 5_000,
        "+1 " * 6_600,
    ],
)
def test_long_hostile_texts_take_no_time(bad):
    import time

    begun = time.perf_counter()
    personal_data.find(bad, ORDERS)
    assert time.perf_counter() - begun < 1.0
