"""Marks in a text under review: what the filters noticed, shown where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from markupsafe import Markup

_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
TONES = {"watched_word": "bad", "personal_data": "", "link": ""}


def highlighted(html: str, excerpts: Iterable[tuple[str, str]]) -> Markup:
    """Safe HTML (the stored kind) with the excerpts marked where they stand in its text; tags are left alone."""
    tones: dict[str, str] = {}
    for kind, excerpt in excerpts:
        if excerpt.strip():
            tones[escape(excerpt, quote=False).replace('"', "&quot;")] = TONES.get(kind, "")
    if not tones:
        return Markup(html)  # noqa: S704 - rendered by common.text
    wanted = sorted(tones, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(words) for words in wanted[:200]))

    def mark(match: re.Match[str]) -> str:
        tone = tones[match.group()]
        return f'<mark class="{tone}">{match.group()}</mark>' if tone else f"<mark>{match.group()}</mark>"

    parts = _TAG.split(html)
    shown = "".join(part if part.startswith("<") else pattern.sub(mark, part) for part in parts)
    return Markup(shown)  # noqa: S704 - rendered by common.text; marks are added between its tags only
