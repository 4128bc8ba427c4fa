"""Bringing another forum's history here: ``flask import stackexchange DIR`` and ``flask import forum-csv DIR``.

The readers in ``reading/`` turn files into frozen rows, one by one; ``taking_in.py`` brings them into the
database in chunks; what they are worth is told to the rewards through the port in ``booking.py``.
"""

from __future__ import annotations

from flask import Flask

from forum.importers import commands, models  # noqa: F401 - registers the table


def init_app(app: Flask) -> None:
    """Register the commands."""
    commands.init_app(app)
