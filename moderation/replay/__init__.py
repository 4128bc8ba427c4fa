"""``flask replay``: a forum's history run through the real ladder, on a database that is thrown away."""

from __future__ import annotations

from flask import Flask

from moderation.replay import commands


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(commands.replay)
