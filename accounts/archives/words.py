"""How rows look on the pages of an archive: names of fields, moments, addresses."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Any

from accounts.archives.labels import LABELS
from common.i18n import Sentence, _, date_in_words, moment

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_POSTS = frozenset({"post_id", "answer_id", "comment_id", "made_id", "parent_id"})
_QUESTIONS = frozenset({"question_id", "original_id"})
LONG = frozenset(
    {"body", "message", "text", "answer", "first_days", "liked", "disliked", "summary", "returned"}
)
"""Fields that are shown as they were typed, over several lines."""

Shown = list[tuple[Sentence | str, str, str, bool]]


def shown(row: dict[str, Any], address: str, language: str) -> Shown:
    """The fields of a row that say something, as (name, value, where it leads, whether it is a text)."""
    said: Shown = []
    for name, value in row.items():
        if value is None or value == "" or value == [] or value == {}:
            continue
        leads = ""
        if name in _POSTS or name in _QUESTIONS:
            leads = f"{address}/a/{value}" if name in _POSTS else f"{address}/{language}/questions/{value}/"
        said.append((LABELS.get(name, name), _value(value), leads, name in LONG))
    return said


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, str):
        if _MOMENT.fullmatch(value):
            return moment(datetime.fromisoformat(value))
        return date_in_words(date.fromisoformat(value)) if _DAY.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict | list) else str(value)
