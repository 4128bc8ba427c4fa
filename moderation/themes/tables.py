"""Rising topics for spreadsheets and programs: figures and words, no person and no text."""

from __future__ import annotations

import csv
import io
import json

from common.i18n import _
from moderation.themes.queries import Night
from moderation.themes.wording import STATES


def as_csv(night: Night) -> str:
    """One line a topic."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = (
        _("Topic"), _("Texts"), _("Four weeks before"), _("People"), _("How surely (z)"), _("Displeasure, mean points"),
        _("Unhappy texts"), _("Follow-up"), _("Note"),
    )  # fmt: skip
    writer.writerow([str(head) for head in heads])
    for one in night.lines:
        topic = one.topic
        cells = (
            topic.shown,
            topic.texts,
            topic.before,
            topic.authors,
            topic.z,
            topic.tone,
            topic.unhappy,
            STATES[one.state],
            one.note,
        )
        writer.writerow([_plain(str(cell)) for cell in cells])
    return "\ufeff" + out.getvalue()


def _plain(cell: str) -> str:
    """No cell is a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def as_json(night: Night) -> str:
    """The same, with the weeks."""
    lines = [
        {
            "topic": one.topic.shown, "texts": one.topic.texts, "before": one.topic.before, "people": one.topic.authors, "z": one.topic.z,
            "tone": one.topic.tone, "unhappy": one.topic.unhappy, "weeks": one.topic.weeks, "state": one.state.value, "note": one.note,
        }
        for one in night.lines
    ]  # fmt: skip
    told = {"day": night.day.isoformat() if night.day else None, "language": night.language, "topics": lines}
    return json.dumps(told, ensure_ascii=False)
