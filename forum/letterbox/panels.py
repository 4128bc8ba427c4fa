"""What mail shows in other pages: the member's own address for questions, in the settings of alerts."""

from __future__ import annotations

from flask import render_template

from common.web import actor
from forum.letterbox.addresses import own_address


def below_alerts() -> str:
    """The address, where mails are read."""
    own = own_address(actor())
    return render_template("forum/letterbox/_address.html", own=own) if own else ""
