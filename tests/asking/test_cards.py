"""A card number stands nowhere in clear, wherever it was typed (domain/moderation.md §B5)."""

from __future__ import annotations

import pytest

from accounts.messages import writing
from forum.drafts.drafting import load_draft, save_draft
from forum.drafts.parking import park, parked
from tests.conftest import START, stored_text

CARD = "4111 1111 1111 1111"
TYPED = f"I paid with {CARD} and order 20011 never came."


@pytest.fixture(autouse=True)
def morning(app, at):
    at(START)


def keep_draft(ada, _cleo):
    save_draft(ada, "ask", title=CARD, body=TYPED, fields={"model": CARD})
    return load_draft(ada, "ask").body


def keep_parked(_ada, _cleo):
    return parked(park(CARD, TYPED, {"model": CARD})).body


def write_message(ada, cleo):
    writing.write_to(cleo, ada.member_id, TYPED)
    return TYPED.replace(CARD, "")


@pytest.mark.parametrize("keep", [keep_draft, keep_parked, write_message])
def test_a_card_number_is_kept_nowhere(ada, cleo, keep):
    words = keep(ada, cleo)
    assert CARD not in stored_text() and "4111" not in stored_text()
    assert "I paid with" in words and "order 20011 never came." in words
