"""What accounts show on every page: the bell, the avatar, the desk; for visitors the way in."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from accounts import visits
from accounts.members.queries import card_of


def header_tools(*_args: Any) -> str:
    """The right end of the header."""
    here = visits.visit()
    if here is None:
        comes_back = request.method == "GET" and request.blueprint != "signin"  # no mailed secret in a link
        onward = request.full_path.rstrip("?") if comes_back else ""
        return render_template("accounts/_header_visitor.html", onward=onward)
    who = here.actor
    card = card_of(who.member_id or 0, who.display_name, here.slug, who.rank, who.role, here.points)
    return render_template("accounts/_header_member.html", card=card, unread_count=here.unread_count)
