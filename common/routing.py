"""What the parts of addresses may be."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter, IntegerConverter, Map

from common import i18n

LARGEST = 2_147_483_647


class NumberConverter(IntegerConverter):
    """A number that the databases can hold: a larger one names nothing here."""

    def __init__(self, map: Map, *args: Any, max: int = LARGEST, **options: Any) -> None:
        super().__init__(map, *args, max=max, **options)


class LanguageConverter(BaseConverter):
    """The first part of every address."""

    regex = "|".join(i18n.LANGUAGES)


CONVERTERS = {"lang": LanguageConverter, "int": NumberConverter}
