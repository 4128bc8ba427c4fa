"""The brand's own colours: each scheme keeps its own, and nothing but a value is ever written."""

from __future__ import annotations

from common import settings
from common.assets import brand_stylesheet


def _sheet(colours: dict) -> str:
    with settings.override(brand__colours=colours):
        return brand_stylesheet()


def test_a_colour_for_light_pages_leaves_dark_ones_alone(app):
    sheet = _sheet({"--brand": "#B00020"})
    assert "(prefers-color-scheme: light)" in sheet and ":root[data-theme=light]{--brand:#B00020;}" in sheet
    assert "dark" not in sheet


def test_dark_pages_have_their_own(app):
    sheet = _sheet({"dark": {"--brand": "#FFB4AB"}})
    assert ":root[data-theme=dark]{--brand:#FFB4AB;}" in sheet and "light" not in sheet


def test_what_the_design_keeps_in_both_is_written_for_both(app):
    assert _sheet({"--brand-deep": "#331100", "--brand-radius": "0"}) == (
        ":root{--brand-deep:#331100;--brand-radius:0;}"
    )


def test_only_hooks_and_only_values(app):
    hostile = {
        "--brand": "red;}*{display:none",
        "--ink": "#000",
        "--brand}x{": "red",
        "dark": "red",
        "--brand-x": "u(1)",
    }
    assert _sheet(hostile) == ""


def test_the_sheet_is_served_when_there_is_one(client):
    with settings.override(brand__colours={"--brand": "#B00020"}):
        assert "--brand:#B00020;" in client.get("/brand.css").text
        assert "/brand.css" in client.get("/en/?with").text
    assert "/brand.css" not in client.get("/en/?without").text
