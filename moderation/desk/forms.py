"""Forms of the desk: settings, watched words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common import settings, text
from common.errors import Invalid
from common.i18n import _
from moderation.desk.queries import shape_of
from moderation.review.numbers import checked_patterns
from moderation.screening.words import WordAction

OF_THEIR_PAGE = frozenset({"rewards.rules", "ranks.formulas", "terms.required"})
"""Tables that have a page with editions or a preview: typed as JSON they would pass both by."""


def read_setting(form: Mapping[str, str]) -> tuple[str, Any, str]:
    """Key, value and reason of a changed setting. The registry checks type and range."""
    key = form.get("key", "")
    definition = next((one for one in settings.definitions() if one.key == key), None)
    if definition is None:
        raise Invalid(_("There is no setting of this name."))
    if key in OF_THEIR_PAGE:
        raise Invalid(
            fields={key: _("This is changed on its own page of the desk, where one sees first what it does.")}
        )
    written, shape = text.normalise(form.get("value", "")), shape_of(definition)
    value: Any = written
    if shape == "lines":
        value = [line.strip() for line in written.splitlines() if line.strip()]
    elif shape == "json":
        try:
            value = json.loads(written)
        except ValueError:
            raise Invalid(fields={key: _("This is not valid JSON.")}) from None
    elif shape == "number":
        value = written.strip().replace(",", ".")
    if key == "moderation.order_patterns":
        checked_patterns(value)
    return key, value, text.normalise(form.get("reason", ""))


@dataclass(frozen=True, slots=True)
class WordDraft:
    """A watched word as it was sent."""

    pattern: str
    action: WordAction
    whole_word: bool
    must_match: list[str]
    must_not_match: list[str]
    case_matters: bool = False
    value: str = ""


def read_word(form: Mapping[str, str]) -> WordDraft:
    """The watched word of a form."""
    try:
        action = WordAction(form.get("action", ""))
    except ValueError:
        raise Invalid(fields={"action": _("Choose what happens.")}) from None
    return WordDraft(
        form.get("pattern", ""), action, form.get("part") != "1", _lines(form.get("must_match", "")),
        _lines(form.get("must_not_match", "")), form.get("case") == "1", form.get("value", ""),
    )  # fmt: skip


def _lines(written: str) -> list[str]:
    return [line.strip()[:300] for line in text.normalise(written).splitlines() if line.strip()][:20]
