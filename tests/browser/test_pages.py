"""Every public page in Chromium, and what holds for all pages: the content policy, budgets, print, zoom, mirror."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.looking import DESK, RULES, RUN, WIDE, look
from tests.browser.serve import PAGES
from tests.browser.weighing import SCRIPTS, table, weight, with_imports

NAMES = [
    *(name for name in PAGES if name not in DESK),
    "decision",
    "sent",
    "review item with a picture",
    "question",
    "question of its author",
    "unanswered question",
    "profile",
    "edit",
    "device and details",
    "is it solved?",
    "not this time?",
    "error",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_faultless_at_every_width_theme_and_language(name, site, seat):
    look(name, site, seat)


def test_the_content_policy_forbids_inline_code(site, visit):
    page = visit("/en/")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s); }"
    )
    assert page.evaluate("window.broken") is None
    assert any("Content Security Policy" in fault for fault in page.watch.faults)


def test_the_checker_finds_a_planted_fault(site, visit, axe_source):
    page = visit()
    page.add_init_script(axe_source)
    page.goto(site.url("/en/"))
    page.evaluate(
        "() => document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.png\"><button></button>')"
    )
    found = " ".join(page.evaluate(RUN, RULES))
    assert "image-alt" in found and "button-name" in found


def test_text_stays_readable_at_twice_its_size(site, visit):
    path, who = site.page("question")
    page = visit(path, who=who, width=640)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(WIDE) == []


def test_printing_shows_the_thread_and_no_chrome(site, visit):
    path, _who = site.page("question")
    page = visit(path)
    page.emulate_media(media="print")
    shown = "(s) => { const e = document.querySelector(s); return !!e && e.getClientRects().length > 0; }"
    assert page.evaluate(shown, "#question") and page.evaluate(shown, "article.accepted")
    assert not any(
        page.evaluate(shown, part) for part in (".site-head", ".site-foot", ".tabs-bar", ".aside", ".acts")
    )


def test_a_mirrored_page_fits_too(site, visit):
    path, _who = site.page("list")
    for width in (1280, 390):
        page = visit(path, width=width)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate(WIDE) == []


def _kilobytes(page: Any, site: Any, addresses: list[str]) -> float:
    """What the browser receives for some addresses, compressed as it asks for it."""
    sizes = page.evaluate(
        """async (addresses) => { let sum = 0; for (const a of addresses) {
          const raw = await (await fetch(a)).arrayBuffer();
          const packed = new Response(new Blob([raw]).stream().pipeThrough(new CompressionStream('gzip')));
          sum += (await packed.arrayBuffer()).byteLength; } return sum; }""",
        addresses,
    )
    return sizes / 1024


def test_styles_and_the_desks_scripts_keep_to_their_budgets(site, visit):
    """`design/UX.md §9`: styles 22 kB, the desk's scripts 28 kB with the public ones it may use, both together 60 kB."""
    from common.assets import ROOT

    page = visit("/en/")
    page.wait_for_load_state("networkidle")
    styles = page.eval_on_selector_all("link[rel=stylesheet]", "links => links.map(l => l.href)")
    base = page.get_attribute("script[type=module]", "src").rpartition("app.js")[0]
    folder = ROOT / "static" / "js"
    desk = [
        f"{base}{file.relative_to(folder)}"
        for file in folder.glob("**/*.js")
        if file.name not in ("offline.js", "push.js")
    ]
    weights = {"styles": _kilobytes(page, site, styles), "desk": _kilobytes(page, site, desk)}
    assert weights["styles"] <= 22 and weights["desk"] <= 28, json.dumps(weights)
    assert weights["styles"] + weights["desk"] <= 60


def test_the_scripts_of_a_page_are_counted_with_what_they_load():
    """`look` holds every public page to 18 kB; this is what it counts."""
    assert {"app", "first", "editor", "mention", "guard", "core", "toast"} <= with_imports({"editor"})
    assert "push" not in with_imports({"editor"}) and "push" in {name for _selector, name in table()}
    assert 1 < weight({"app"}) < 2 < weight(with_imports({"editor"})) < SCRIPTS


def test_a_thread_of_many_answers_is_light(site, visit):
    path, who = site.page("question of its author")
    page = visit("/en/", who=who)
    assert _kilobytes(page, site, [site.url(path)]) <= 30
