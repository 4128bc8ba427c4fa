"""What a moderator hands on: to a team, to a private talk, into another question; and what shows where it belongs.

Public face: ``passing`` (escalate), ``carrying`` (what a decision of the desk does beyond the text).
"""

from __future__ import annotations

from flask import Flask

from common import web
from moderation.handing import panels


def init_app(app: Flask) -> None:
    """Register what stands beside an item."""
    web.register_panel("review.side", panels.near_texts)
    web.register_panel("review.sheets", panels.sheets)
