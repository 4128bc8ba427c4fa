"""What names a person in a text is found however it is written, and nothing else is."""

from __future__ import annotations

import pytest

from accounts.closing.rules import BLANK, Marks

GERARD = Marks(("Gérard Lemoine",), ("gerard.lemoine@example.com",))


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Bonjour, Gérard Lemoine", f"Bonjour, {BLANK}"),
        ("gerard lemoine", BLANK),
        ("GÉRARD  LEMOINE", BLANK),
        ("Gerard-Lemoine", BLANK),
        ("Merci @Gérard Lemoine pour tout", f"Merci {BLANK} pour tout"),
        ("Signé : Gérard", f"Signé : {BLANK}"),
        ("Mme LEMOINE", f"Mme {BLANK}"),
        ("écrivez à gerard.lemoine@example.com", f"écrivez à {BLANK}"),
        ("Gerard.Lemoine@Example.com", BLANK),
        ("je suis gerard.lemoine sur le forum", f"je suis {BLANK} sur le forum"),
        ("Ge\u0301rard", BLANK),
        ("les gérards et la lemoinerie", "les gérards et la lemoinerie"),
        ("Gérardmer est une ville", "Gérardmer est une ville"),
        ("le filtre et la pompe", "le filtre et la pompe"),
        ("", ""),
    ],
)
def test_a_name_is_found_in_every_spelling(written, left):
    assert GERARD.blank(written) == left


def test_a_name_of_one_word_is_masked_whole_only_and_short_ones_never():
    assert Marks(("Bricoleur",)).blank("Le bricoleur du dimanche") == f"Le {BLANK} du dimanche"
    assert Marks(("Jo",)).blank("Jo répond") == "Jo répond"
    assert Marks().blank("Jo répond") == "Jo répond"
    assert Marks(("–",), ()).blank("un – deux") == "un – deux"


def test_masking_twice_changes_nothing():
    once = GERARD.blank("Gérard Lemoine, gerard.lemoine@example.com")
    assert GERARD.blank(once) == once
