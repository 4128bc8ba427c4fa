"""What a moderator hands on to a team, and what shows where a text belongs. It stands on the review queue, which knows
nothing of it.

Public face: ``passing`` (escalate).
"""

from __future__ import annotations

from flask import Flask

from common import web
from moderation.handing import panels
from moderation.handing import routes as _routes  # noqa: F401 - an act of the queue


def init_app(app: Flask) -> None:
    """Register what stands beside an item."""
    web.register_panel("review.side", panels.near_texts)
    web.register_panel("review.escalate", panels.escalate)
    web.register_panel("review.sheets", panels.sheets)
