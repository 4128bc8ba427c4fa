"""What the form of a watch sends, read into what the verb takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import Invalid
from common.i18n import LANGUAGES, _
from forum.questions.forms import as_id
from moderation.incidents import forms as places
from moderation.watches.rules import NAME_MOST, PHRASES_MOST, TONES, WatchMail, lines_of, wrong_phrase

LISTS = ("all_of", "any_of", "none_of")
_LONGEST = 4_000


@dataclass(frozen=True)
class Draft:
    """A watch as somebody wants it."""

    name: str
    all_of: tuple[str, ...]
    any_of: tuple[str, ...]
    none_of: tuple[str, ...]
    language: str | None
    category_id: int | None
    product_id: int | None
    tone_least: int
    for_team: bool
    mail: WatchMail


def draft(form: Mapping[str, str]) -> Draft:
    """What was typed. Raises Invalid with what is wrong, field by field."""
    errors: dict[str, Any] = {}
    name = " ".join(form.get("name", "").split())
    if not 2 <= len(name) <= NAME_MOST:
        errors["name"] = _("A name has 2 to %(most)s characters.", most=NAME_MOST)
    phrases = {one: lines_of(form.get(one, "")[:_LONGEST]) for one in LISTS}
    for key, lines in phrases.items():
        wrong = wrong_phrase(lines)
        if wrong is not None:
            errors[key] = _(
                "“%(phrase)s” cannot be looked for: up to five words, * at the end of one.", phrase=wrong[:60]
            )
        elif len(lines) > PHRASES_MOST:
            errors[key] = _("A list holds at most %(most)s phrases.", most=PHRASES_MOST)
    if not (phrases["all_of"] or phrases["any_of"]) and not errors.keys() & set(LISTS):
        errors["any_of"] = _("Say at least one word that must stand in the text.")
    try:
        product_id = places.product(form)
    except Invalid as refusal:
        product_id = None
        errors |= refusal.fields
    if errors:
        raise Invalid(fields=errors)
    language, tone = form.get("language", ""), form.get("tone_least", "")
    return Draft(
        name, phrases["all_of"], phrases["any_of"], phrases["none_of"], language if language in LANGUAGES else None,
        places.category(form), product_id, int(tone) if tone in {str(one) for one in TONES} else 0,
        form.get("who") == "team", WatchMail(form["mail"]) if form.get("mail") in set(WatchMail) else WatchMail.OFF,
    )  # fmt: skip


def state_of(form: Mapping[str, str]) -> tuple[str, str, int | None]:
    """What became of a match: its state, the note, and the match."""
    return form.get("state", ""), " ".join(form.get("note", "").split()), as_id(form.get("match"))
