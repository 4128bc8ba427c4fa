"""Listening: what the community says, for those who answer for the brand. What all its pages share stands here.

Public face: ``texts`` (what everybody may read, and how a passage of it is shown), ``permissions.can_listen``. Saved watches are
``moderation.watches``, rising topics ``moderation.themes``. Nothing here decides about a person.
"""

from __future__ import annotations

from flask import Flask

from common import rail
from moderation.listening import panels


def init_app(app: Flask) -> None:
    """Register the line in the rail."""
    rail.add("community", panels.RAIL)
