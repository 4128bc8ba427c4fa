"""The port through which the ask page hears that something is broken right now; filled by the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """Something the brand knows of and is putting right: what people who ask about it are told first."""

    title: str
    text: str
    since: datetime | None = None
    url: str | None = None


IncidentSource = Callable[[str, int | None, int | None], Incident | None]
"""(what is asked, category, product) → the open incident it may be about, or None."""


def nothing_is_broken(_words: str, _category_id: int | None, _product_id: int | None) -> Incident | None:
    """The answer of a forum that runs alone."""
    return None


_source: IncidentSource = nothing_is_broken


def set_incident_source(source: IncidentSource) -> None:
    """Fill the port. Called once by the application."""
    global _source
    _source = source


def open_incident(words: str, category_id: int | None, product_id: int | None) -> Incident | None:
    """The incident somebody who asks this should know of."""
    return _source(words, category_id, product_id)
