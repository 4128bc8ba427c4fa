"""What the desk's forms of incidents send, read into what the verbs take."""

from __future__ import annotations

import re
from collections.abc import Mapping

from common.errors import Invalid
from common.i18n import _
from forum.browsing.queries import categories_by_id
from forum.products.queries import find
from forum.questions.forms import as_id
from moderation.incidents.declaring import Words
from moderation.incidents.rules import MOST_AT_ONCE

_ADDRESS = re.compile(r"/(?:questions|a)/(\d{1,10})")
_NUMBER = re.compile(r"#?(\d{1,10})")
NAMES = ("title_fr", "title_en", "text_fr", "text_en", "category_id", "product")


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to show it again."""
    return {name: form.get(name, "")[:2_000] for name in NAMES}


def words(form: Mapping[str, str]) -> Words:
    """The text in both languages."""
    return Words.of(form.get("text_fr", ""), form.get("text_en", ""))


def title(form: Mapping[str, str]) -> Words:
    """The title in both languages, each on one line."""
    return Words.of(*(" ".join(form.get(name, "").split()) for name in ("title_fr", "title_en")))


def category(form: Mapping[str, str]) -> int | None:
    """The category that was chosen, if it is one."""
    chosen = as_id(form.get("category_id"))
    return chosen if chosen in categories_by_id() else None


def product(form: Mapping[str, str]) -> int | None:
    """The product of this name: the only one found, or the one that is named exactly. Raises Invalid."""
    name = " ".join(form.get("product", "").split())[:80]
    if not name:
        return None
    found = find(name, limit=8)
    exact = [one for one in found if one.name.casefold() == name.casefold()] or found
    if len(exact) != 1:
        said = (
            _("Several products are called like this: type the whole name.")
            if exact
            else _("No product is called like this.")
        )
        raise Invalid(fields={"product": said})  # fmt: skip
    return exact[0].id


def chosen_questions(ticked: list[str], written: str) -> list[int]:
    """The questions that were ticked, and one that was given by its number or address."""
    typed_ = written.strip()[:300]
    match = _ADDRESS.search(typed_) or _NUMBER.fullmatch(typed_)
    values = [*ticked[:MOST_AT_ONCE], *([match[1]] if match else [])]
    return [one for value in values if (one := as_id(value)) is not None]
