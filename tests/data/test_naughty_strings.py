"""The big list of naughty strings through every function of ``common.text``."""

import json
import unicodedata

import pytest

from common.text import excerpt, fold, mentions, normalise, plain, render, sanitize, slugify


@pytest.fixture
def naughty_strings(data_dir):
    strings = json.loads((data_dir / "naughty-strings" / "blns.json").read_text("utf-8"))
    return [*strings, "\ud800", "a\u0000b", "e\u0301" * 300, "\u202eabc", "👩\u200d👩\u200d👧", "x" * 20_000]


def test_normalising_twice_changes_nothing(naughty_strings):
    for string in naughty_strings:
        once = normalise(string)
        assert normalise(once) == once
        assert unicodedata.is_normalized("NFC", once)


def test_normalising_drops_nothing_but_controls(naughty_strings):
    for string in naughty_strings:
        kept = [char for char in unicodedata.normalize("NFC", string) if unicodedata.category(char)[0] != "C"]
        assert [char for char in normalise(string) if unicodedata.category(char)[0] != "C"] == [
            char for char in kept if char not in "\u2028\u2029"
        ]


def test_naughty_strings_pass_through_everything(naughty_strings):
    for string in naughty_strings:
        text = normalise(string)
        for made in (render(text), sanitize(text), plain(text), excerpt(text, 80), fold(text)):
            made.encode("utf-8")
        assert slugify(text)
        assert len(mentions(text)) <= 20
