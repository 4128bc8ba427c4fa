"""The keys of the desk: the help names each one that a button carries, and they are those of the design (design/UX.md §5)."""

import re

from tests.conftest import ROOT

TEMPLATES = ROOT / "templates"
DESIGN = {
    "a": "approve",
    "r": "refuse",
    "e": "edit",
    "s": "escalate",
    "l": "later",
    "n": "note",
    "c": "claim",
    "o": "open",
}


def test_the_help_is_the_map_of_all_keys_and_no_act_has_another_one():
    told = dict(re.findall(r'\("(\w)", _\("([^"]+)"\)\)', (TEMPLATES / "staff.html").read_text("utf-8")))
    assert {key: told[key.upper()].split()[0].strip(",") for key in DESIGN} == DESIGN
    used = {
        key
        for page in (TEMPLATES / "moderation").rglob("*.html")
        for key in re.findall(r'data-key="(\w)"', page.read_text("utf-8"))
    }
    assert used - {key.lower() for key in told} <= {"i"}, "I shows pictures clearly, beside its own box"


def test_a_button_shows_the_key_it_carries():
    for page in (TEMPLATES / "moderation/review", TEMPLATES / "moderation/handing"):
        for text in (one.read_text("utf-8") for one in page.glob("*.html")):
            for key, shown in re.findall(r'data-key="(\w)"[^>]*>.*?<kbd>(\w)</kbd>', text):
                assert key == shown.lower()
