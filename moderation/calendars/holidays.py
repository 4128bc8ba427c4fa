"""Public holidays by country, computed; those that depend on Easter included."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

import holidays

from moderation.calendars.rules import no_holidays


@lru_cache(maxsize=16)
def named(year: int, language: str = "en") -> dict[date, str]:
    """The public holidays of metropolitan France with their names."""
    return dict(sorted(holidays.France(years=year, language="fr" if language == "fr" else "en_US").items()))


@lru_cache(maxsize=8)
def french_holidays(year: int) -> frozenset[date]:
    """Their dates."""
    return frozenset(named(year))


HOLIDAYS: dict[str, Callable[[int], Iterable[date]]] = {"FR": french_holidays, "none": no_holidays}
