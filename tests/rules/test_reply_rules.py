"""What the team may not ask in public, what stands in a template, when a customer may answer: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.macros.rules import filled, unknown, unresolved
from moderation.replies.rules import Detail, asks_for
from moderation.satisfaction.rules import is_open, share
from moderation.workbench.rules import Seen

ASKS = [
    ("Could you send us your order number?", Detail.ORDER), ("We need your customer number to go on.", Detail.ORDER),
    ("Your order number, please.", Detail.ORDER), ("Reply with your order reference", Detail.ORDER),
    ("Send us your order number in a private message.", Detail.ORDER), ("Do not worry. Send us your order number.", Detail.ORDER),
    ("Please give your e-mail address here.", Detail.EMAIL), ("Let us know your e-mail and we will write", Detail.EMAIL),
    ("What is your phone number?", Detail.PHONE), ("May I have your telephone number?", Detail.PHONE),
    ("Can you tell us your postal address", Detail.ADDRESS), ("Send me your full address", Detail.ADDRESS),
    ("Share the last four digits of your card", Detail.CARD), ("Please provide your IBAN", Detail.CARD),
    ("Pouvez-vous nous donner votre numéro de commande ?", Detail.ORDER), ("Numéro de facture ?", Detail.ORDER),
    ("Quelle est la référence de votre commande ?", Detail.ORDER), ("Indiquez votre numéro de client ici", Detail.ORDER),
    ("Envoyez-nous votre adresse e-mail.", Detail.EMAIL), ("Précisez votre e-mail", Detail.EMAIL),
    ("Quel est votre numéro de téléphone ?", Detail.PHONE), ("Merci de nous communiquer votre adresse postale", Detail.ADDRESS),
    ("Il nous faudrait vos coordonnées", Detail.ADDRESS), ("Donnez-moi votre carte bancaire", Detail.CARD),
    ("Transmettez-nous votre RIB", Detail.CARD), ("Can I get your order #?", Detail.ORDER),
    ("Which e-mail address did you use?", Detail.EMAIL), ("Which phone number do you call from?", Detail.PHONE),
    ("Laissez votre 06 ici", Detail.PHONE), ("We need your full name and address", Detail.ADDRESS),
    ("Could you tell us where you live?", Detail.ADDRESS), ("Où habitez-vous ?", Detail.ADDRESS),
]  # fmt: skip
FINE = [
    "Never post your order number here.", "Do not share your e-mail address in public.", "Please do not send your card number.",
    "You find your order number in your account.", "Give us the serial number, please.", "We sent you an e-mail yesterday.",
    "Send us an e-mail at help@example.com", "Check the delivery address in the app.", "What is the error code?",
    "Which programme did you choose when it stopped?", "The card reader is broken, send it back.",
    "N’indiquez jamais votre numéro de commande ici.", "Ne donnez pas votre adresse en public.",
    "Évitez de poster votre e-mail.", "Votre numéro de commande figure sur la facture.",
    "Can you check that the phone number is not blocked?", "Where does the hose live?",
    "Donnez-nous le numéro de série, svp.", "Quel est le code erreur ?", "Nous avons votre numéro de commande.", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "detail"), ASKS)
def test_a_request_for_a_personal_detail_is_found(text, detail):
    assert detail in asks_for(text)
    assert detail in asks_for(f"Hello,\nthank you for writing.\n{text.upper()}")


@pytest.mark.parametrize("text", FINE)
def test_warnings_and_other_words_are_none(text):
    assert asks_for(text) == ()


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_read(text):
    assert set(asks_for(text)) <= set(Detail)
    filled(text, {}), unresolved(text), unknown(text)


def test_templates_are_filled_in_and_what_has_no_value_is_named():
    body = "Hello {{asker|there}}, about {{product}} and {{ Brand }}: {{delay|two days}} {{odd}}"
    text, used = filled(body, {"asker": "", "product": "Ondéa 8", "brand": "Le Sentier"})
    assert text == "Hello there, about Ondéa 8 and Le Sentier: two days {{odd}}"
    assert dict(used) == {"asker": "there", "product": "Ondéa 8", "brand": "Le Sentier", "delay": "two days"}
    assert unresolved(text) == ["{{odd}}"] and unknown(body) == ["odd"]


def test_what_was_seen_is_read_from_a_form_or_not_at_all():
    assert Seen.of(str(Seen(4, 2, 99))) == Seen(4, 2, 99)
    assert [Seen.of(bad) for bad in (None, "", "1.2", "1.2.x", "1.2.3.4", "1.2." + "9" * 30)] == [None] * 6


def test_a_rating_is_open_for_its_window_and_shares_need_twenty():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert is_open(now, now + timedelta(days=14), timedelta(days=14))
    assert not is_open(now, now + timedelta(days=14, seconds=1), timedelta(days=14))
    assert not is_open(None, now, timedelta(days=14))
    assert (share(19, 19), share(15, 20)) == (None, 0.75)
