"""Look at a page as people do: in both themes and languages, wide and narrow, with the accessibility checker.

The main pages are looked at in four ways that hold both themes in both languages and every width (320 pixels is a 1280
pixel window at 400 %); the others once wide, light and English, once narrow, dark and French. With ``FOURMI_EVERY_WAY=1`` every
page is looked at in all twelve: a few minutes more, before a release. ``FOURMI_BRIEF=1`` is content with two and one.
"""

from __future__ import annotations

import os
from itertools import product
from typing import Any

from tests.browser.weighing import too_heavy

MAIN = (
    "home", "list", "question", "question of its author", "ask", "profile", "rewards", "moderation queue",
    "escalation board", "sign-in", "sign-up", "notifications", "profile settings", "search", "error",
)  # fmt: skip
DESK = (
    "sent mails", "unanswered", "case", "calendars", "a calendar", "new calendar", "policies", "a policy", "new policy",
    "ladder by category", "clock of a question", "desk", "moderation queue", "review item", "review history",
    "guides of the desk", "help centre of the desk", "writing a guide", "versions of a guide", "searches", "synonyms",
    "members of the desk", "member file", "rules", "settings of the site", "log", "escalation board", "letters", "letter",
    "reported messages", "incidents of the desk", "incident at the desk", "suspicion", "dashboard", "questions behind a figure", "catalogue", "what we ask", "where masks are worn", "settled before asking",
)  # fmt: skip
"""The pages of the team, looked at in `test_desk_pages.py` so that the two run side by side."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAIRS = (("en", "light", 1280), ("en", "dark", 320), ("fr", "dark", 1280), ("fr", "light", 390))
FEW = (("en", "light", 1280), ("fr", "dark", 320))
if os.environ.get("FOURMI_BRIEF"):
    PAIRS, FEW = FEW, FEW[1:]
EVERY = (
    tuple(product(("en", "fr"), ("light", "dark"), (1280, 390, 320)))
    if os.environ.get("FOURMI_EVERY_WAY")
    else ()
)
RUN = """async (rules) => (await axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']}))
  .violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | '))"""
WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(-4).map(e => e.tagName + '.' + e.className)"""


def look(name: str, site: Any, seat: Any) -> None:
    """No accessibility fault, nothing wider than the window, scripts within their budget, no complaint, nobody else asked."""
    path, who = site.page(name)
    page = seat(who)
    faults: list[str] = []
    at = ""
    for language, scheme, width in EVERY or (PAIRS if name in MAIN else FEW):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        if language != at:
            page.goto(site.url(path, language))
            at = language
        here = f"{name} {language} {scheme} {width}"
        faults += [f"{here} axe {fault}" for fault in page.evaluate(RUN, RULES)]
        faults += [f"{here} wider than the window: {what}" for what in page.evaluate(WIDE)]
    faults += [f"{name} {fault}" for fault in too_heavy(page)]
    faults += [f"{name} {fault}" for fault in page.watch.faults if not (name == "error" and "404" in fault)]
    assert not faults, "\n".join(faults)
