"""What authors are told of a text they have just sent: of the members they name, and of what they may want to change."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash

from common.i18n import Sentence
from common.web import actor, wants_fragment
from forum.mentions.linking import too_many


def say_who_is_told(body: str, repeated: bool = False, hints: Iterable[Sentence] = ()) -> None:
    """A word on the next page where a text that was just sent names more members than hear of it, and the ``hints`` of
    the screener."""
    if repeated or wants_fragment():
        return
    for said in (too_many(actor(), body), *hints):
        if said:
            flash(str(said))
