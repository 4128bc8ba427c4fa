"""Fields that a category asks for: their kinds, and what may be written in them. Pure.

Source: design/UX.md §4 page 6 (facts list), page 7 (ask).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LABEL_MAX, HINT_MAX, TEXT_MAX, MOST_CHOICES, MOST_FIELDS = 60, 160, 200, 20, 12
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,6})?")


class FieldKind(StrEnum):
    """What is typed in a field."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"


class FieldFault(StrEnum):
    """Why a value is not taken."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NO_NUMBER = "no_number"
    TOO_LARGE = "too_large"
    NO_CHOICE = "no_choice"


@dataclass(frozen=True, slots=True)
class Field:
    """A field. ``category_id`` None: every category asks it. ``limit``: characters, or the largest number.

    ``choices`` are (French, English) pairs; the French words are what is kept.
    """

    id: int
    category_id: int | None
    label_fr: str
    label_en: str
    hint_fr: str
    hint_en: str
    kind: FieldKind
    required: bool
    limit: int
    choices: tuple[tuple[str, str], ...]
    active: bool = True
    position: int = 0

    @property
    def name(self) -> str:
        """The name of the input."""
        return f"f-{self.id}"

    @property
    def as_typed(self) -> dict[str, object]:
        """The field as the desk's form shows it."""
        names = ("label_fr", "label_en", "hint_fr", "hint_en", "kind", "required", "limit")
        lines = "\n".join(f"{fr} | {en}" for fr, en in self.choices)
        return {**{name: getattr(self, name) for name in names}, "choices": lines, "position": self.position}

    def label(self, language: str) -> str:
        """The label in a language."""
        return self.label_en if language == "en" else self.label_fr

    def hint(self, language: str) -> str:
        """The hint in a language."""
        return self.hint_en if language == "en" else self.hint_fr

    def options(self, language: str) -> tuple[tuple[str, str], ...]:
        """(kept value, words) of each choice."""
        return tuple((fr, en if language == "en" else fr) for fr, en in self.choices)

    def shown(self, value: str, language: str) -> str:
        """A kept value as it is read; a choice that is offered no more is shown as it was kept."""
        return dict(self.options(language)).get(value, value) if self.kind == FieldKind.CHOICE else value


def checked(field: Field, typed: str) -> str | FieldFault:
    """A value as it is kept (empty: none), or what is wrong with it."""
    value = " ".join(typed.split())
    if not value:
        return FieldFault.MISSING if field.required else ""
    if field.kind == FieldKind.CHOICE:
        return value if value in {fr for fr, _en in field.choices} else FieldFault.NO_CHOICE
    if field.kind == FieldKind.NUMBER:
        if not (value.isascii() and _NUMBER.fullmatch(value)):
            return FieldFault.NO_NUMBER
        return FieldFault.TOO_LARGE if abs(float(value.replace(",", "."))) > field.limit else value
    return FieldFault.TOO_LONG if len(value) > field.limit else value


def asked_in(fields: Iterable[Field], category_id: int | None) -> tuple[Field, ...]:
    """The fields that a category asks: its own, and those that all ask."""
    return tuple(one for one in fields if one.active and one.category_id in (None, category_id))


def facts(fields: Mapping[int, Field], kept: Mapping[str, str], language: str) -> tuple[tuple[str, str], ...]:
    """(label, value) of what a question keeps, in the order of the fields."""
    found = [(fields[int(key)], value) for key, value in kept.items() if key.isdigit() and int(key) in fields]
    return tuple(
        (field.label(language), field.shown(str(value), language))
        for field, value in sorted(found, key=lambda pair: list(fields).index(pair[0].id))
    )


def read_choices(typed: str) -> tuple[tuple[str, str], ...]:
    """Choices as staff write them: one a line, ``French | English``; the same words twice where one is missing."""
    found: dict[str, str] = {}
    for line in typed.splitlines():
        french, _bar, english = (" ".join(part.split()) for part in line.partition("|"))
        if french or english:
            found.setdefault(french or english, english or french)
    return tuple(found.items())
