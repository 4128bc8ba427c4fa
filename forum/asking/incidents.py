"""The port through which the ask page hears that something is broken right now; filled by the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from common.errors import NotFound
from common.permissions import Actor


@dataclass(frozen=True, slots=True)
class Incident:
    """Something the brand knows of and is putting right: what people who ask about it are told first."""

    title: str
    text: str
    since: datetime | None = None
    url: str | None = None
    id: int = 0


IncidentSource = Callable[[str, int | None, int | None], Incident | None]
"""(what is asked, category, product) → the open incident it may be about, or None."""
IncidentJoin = Callable[[Actor, int], Incident]
"""Somebody says that an incident concerns them: they hear when it is over."""


def nothing_is_broken(_words: str, _category_id: int | None, _product_id: int | None) -> Incident | None:
    """The answer of a forum that runs alone."""
    return None


def nothing_to_join(_actor: Actor, _incident_id: int) -> Incident:
    """The same for who would follow one."""
    raise NotFound()


_source: IncidentSource = nothing_is_broken
_join: IncidentJoin = nothing_to_join


def set_incident_source(source: IncidentSource, join: IncidentJoin = nothing_to_join) -> None:
    """Fill the port. Called once by the application."""
    global _source, _join
    _source, _join = source, join


def open_incident(words: str, category_id: int | None, product_id: int | None) -> Incident | None:
    """The incident somebody who asks this should know of."""
    return _source(words, category_id, product_id)


def join_incident(actor: Actor, incident_id: int) -> Incident:
    """It concerns this member too. Raises what the package above raises: Forbidden, NotFound, Conflict."""
    return _join(actor, incident_id)
