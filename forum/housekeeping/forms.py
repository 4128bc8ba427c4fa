"""What is typed on the page of order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from forum.housekeeping.rules import MOST_SPLIT
from forum.questions.forms import as_id

_ADDRESS = re.compile(r"/(?:questions|a)/(\d{1,10})")
_NUMBER = re.compile(r"#?(\d{1,10})")


def read_target(form: Mapping[str, str], act: str) -> int | None:
    """The question that was ticked, or typed as a number or an address; what was typed counts more."""
    typed = form.get(f"{act}-number", "").strip()[:300]
    if not typed:
        return as_id(form.get("target"))
    found = _ADDRESS.search(typed) or _NUMBER.fullmatch(typed)
    return as_id(found[1]) if found else None


def read_posts(values: list[str]) -> list[int]:
    """The ticked texts, each once; one more than may be is kept, so that too many are noticed."""
    ids = [post_id for value in values[: MOST_SPLIT + 1] if (post_id := as_id(value)) is not None]
    return list(dict.fromkeys(ids))


def typed(form: Any) -> dict[str, str]:
    """What was typed, to show it again."""
    return {name: value[:400] for name, value in form.items() if name != "csrf_token"}
