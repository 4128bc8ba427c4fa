"""What stands in a template: variables with a word for when there is none. Pure. Source: domain/escalation.md §C3.

``{{asker}}`` or ``{{asker|there}}``. What has no value and no other word stays as it is, and is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

TITLE_MOST = 80
BODY_LEAST, BODY_MOST = 10, 8_000
VARIABLES = ("asker", "agent", "brand", "product", "category", "title", "link", "date")
_VARIABLE = re.compile(r"\{\{\s*([a-zA-Z_][a-zA-Z0-9_]{0,30})\s*(?:\|([^{}|]{0,100}))?\}\}")


def filled(body: str, values: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    """The text with what is known filled in, and what was filled in as (name, words)."""
    used: dict[str, str] = {}

    def one(match: re.Match[str]) -> str:
        name, other = match.group(1).lower(), match.group(2)
        words = values.get(name) or (other.strip() if other else "")
        if words:
            used[name] = words
            return words
        return match.group(0)

    return _VARIABLE.sub(one, body), list(used.items())


def unresolved(text: str) -> list[str]:
    """The variables that are still in a text."""
    return list(dict.fromkeys(match.group(0) for match in _VARIABLE.finditer(text)))


def unknown(body: str) -> list[str]:
    """Names no value is known for and that bring no other word: nobody could ever send them as they are."""
    wrong = [
        m.group(1)
        for m in _VARIABLE.finditer(body)
        if m.group(1).lower() not in VARIABLES and not (m.group(2) or "").strip()
    ]
    return list(dict.fromkeys(wrong))
