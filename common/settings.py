"""Site settings: every number of the rules is one, typed, bounded, described, changed on a page and audited."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from common import audit, clock, freshness
from common.db import Base, db
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor
from common.unit_of_work import after_commit, unit_of_work

FRESH_SECONDS = 5.0


class SiteSetting(Base):
    """A setting that was changed from its default."""

    __tablename__ = "site_setting"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None]


@dataclass(frozen=True)
class Definition:
    """What a setting is: default, unit, range, description. Its section is the key's first word. ``guarded``: it bounds
    what managers may do alone, so that an administrator changes it. ``refuse``: why a value of the right form is none."""

    key: str
    default: Any
    unit: Sentence | str
    low: float | None
    high: float | None
    choices: tuple[str, ...] | None
    help: Sentence | str
    guarded: bool = False
    refuse: Callable[[Any], Sentence | None] | None = None

    @property
    def section(self) -> str:
        """The part before the first dot."""
        return self.key.split(".", 1)[0]


_registry: dict[str, Definition] = {}
_known: dict[str, Any] = {}
_read_at = -FRESH_SECONDS
_overrides: dict[str, Any] = {}


def define(
    key: str, default: Any, *, unit: Sentence | str = "", low: float | None = None, high: float | None = None,
    choices: tuple[str, ...] | None = None, help: Sentence | str = "", guarded: bool = False,
    refuse: Callable[[Any], Sentence | None] | None = None,
) -> None:  # fmt: skip
    """Declare a setting. ``default`` decides its type: bool, int, float, str, list or dict. ``choices``: what it may be,
    or for a list what it may hold."""
    _registry[key] = Definition(key, default, unit, low, high, choices, help, guarded, refuse)


def definitions() -> list[Definition]:
    """All settings, in order of key."""
    return [_registry[key] for key in sorted(_registry)]


def get(key: str) -> Any:
    """The value in force. Read from the database at most every few seconds in each process."""
    definition = _registry[key]
    if key in _overrides:
        return _overrides[key]
    if time.monotonic() - _read_at > FRESH_SECONDS:
        _refresh()
    return _known.get(key, definition.default)


def stored(keys: Iterable[str]) -> dict[str, Any]:
    """Values as the open transaction sees them, where a few seconds make a difference."""
    wanted = list(keys)
    query = select(SiteSetting.key, SiteSetting.value).where(SiteSetting.key.in_(wanted))
    found = {row.key: row.value["v"] for row in db.session.execute(query)} | _overrides
    return {key: found.get(key, _registry[key].default) for key in wanted}


def _refresh() -> None:
    global _known, _read_at
    _known = {
        row.key: row.value["v"] for row in db.session.execute(select(SiteSetting.key, SiteSetting.value))
    }
    _read_at = time.monotonic()


def forget() -> None:
    """Read again at the next question."""
    global _read_at, _known
    _read_at, _known = -FRESH_SECONDS, {}


def _checked(definition: Definition, value: Any) -> Any:
    kind = type(definition.default)
    try:
        if kind is bool and isinstance(value, str):
            value = value.strip().lower() in ("1", "true", "yes", "on", "oui")
        elif kind in (int, float) and not isinstance(value, bool):
            value = kind(value)
        elif kind is str:
            value = str(value).strip()
    except (TypeError, ValueError):
        raise Invalid(fields={definition.key: _("A number is expected here.")}) from None
    if not isinstance(value, kind) or (kind is float and not isfinite(value)):
        raise Invalid(fields={definition.key: _("This value has the wrong form.")})
    if (definition.low is not None and value < definition.low) or (
        definition.high is not None and value > definition.high
    ):
        raise Invalid(
            fields={
                definition.key: _(
                    "The value must lie between %(low)s and %(high)s.",
                    low=definition.low if definition.low is not None else "−∞",
                    high=definition.high if definition.high is not None else "∞",
                )
            }
        )
    chosen = value if kind is list else [value]
    if definition.choices and any(one not in definition.choices for one in chosen):
        raise Invalid(
            fields={definition.key: _("Choose one of: %(choices)s.", choices=", ".join(definition.choices))}
        )
    if definition.refuse is not None and (why := definition.refuse(value)) is not None:
        raise Invalid(fields={definition.key: why})
    if len(str(value)) > 20_000:
        raise Invalid(fields={definition.key: _("This is too long.")})
    return value


def checked(key: str, value: Any) -> Any:
    """A value as the setting would keep it. Raises :class:`Invalid` outside the type or range."""
    return _checked(_registry[key], value)


def change(actor: Actor, key: str, value: Any, reason: str) -> None:
    """Set a value; audited with old and new. Raises :class:`Invalid` outside the type or range."""
    definition = _registry.get(key)
    if definition is None:
        raise Invalid(_("There is no setting of this name."))
    if definition.guarded and not actor.is_admin:
        raise Invalid(fields={key: _("An administrator changes this: it bounds what managers may do alone.")})
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why you change this.")})
    value = _checked(definition, value)
    with unit_of_work():
        row = db.session.get(SiteSetting, key)
        before = row.value["v"] if row else definition.default
        if row is None:
            row = SiteSetting(key=key)
            db.session.add(row)
        row.value, row.changed_at, row.changed_by_id = {"v": value}, clock.now(), actor.member_id
        audit.write(actor, "setting.changed", "setting", key, before, value, reason)
        freshness.touch(freshness.SITE)  # visitors' pages tell of it, too
        after_commit(forget)


@contextmanager
def override(**values: Any) -> Iterator[None]:
    """Other values for the length of a block; dots are written as two underscores. For tests and replays."""
    chosen = {key.replace("__", "."): value for key, value in values.items()}
    before = dict(_overrides)
    _overrides.update(chosen)
    try:
        yield
    finally:
        _overrides.clear()
        _overrides.update(before)
