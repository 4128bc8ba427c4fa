"""The open trial on the home page."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common import clock
from common.db import db
from common.freshness import LISTS, Shelf, versions
from common.i18n import language
from common.web import actor
from rewards.trials.pages.queries import TrialCard, for_centre, newest_open

_minute = Shelf(8)


def in_centre(*_args: Any) -> str:
    """The trials of the rewards centre: one's own that are under way, and what takes applications."""
    found = for_centre(actor())
    return render_template("rewards/trials/_centre.html", trials=found) if found else ""


def open_trial(*_args: Any) -> str | None:
    """The campaign that takes applications now; looked for at most once a minute in each language."""
    key = (str(db.engine.url), language(), int(clock.now().timestamp() // 60), versions(LISTS))
    found: tuple[TrialCard | None] = _minute.fetch(key, lambda: (newest_open(),))
    return render_template("rewards/trials/_mini.html", one=found[0]) if found[0] is not None else None
