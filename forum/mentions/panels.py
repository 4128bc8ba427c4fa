"""What authors are told of the members they name."""

from __future__ import annotations

from flask import flash

from common.web import actor, wants_fragment
from forum.mentions.linking import too_many


def say_who_is_told(body: str, repeated: bool = False) -> None:
    """A word on the next page where a text that was just sent names more members than hear of it."""
    said = None if repeated or wants_fragment() else too_many(actor(), body)
    if said:
        flash(str(said))
