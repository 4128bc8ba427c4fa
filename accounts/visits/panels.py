"""What accounts show on every page: the bell, the avatar, the desk; for visitors the way in."""

from __future__ import annotations

import secrets
from typing import Any

from flask import render_template, request

from accounts import visits
from accounts.members.queries import MemberCard, card_of
from common.cookies import form_token
from common.freshness import Shelf
from common.i18n import language


def header_tools(*_args: Any) -> str:
    """The right end of the header."""
    here = visits.visit()
    if here is None:
        comes_back = request.method == "GET" and request.blueprint not in (
            "signin",
            "singlesignon",
            "singlesignon_back",
        )  # no secret in a link
        onward = request.full_path.rstrip("?") if comes_back else ""
        return render_template("accounts/_header_visitor.html", onward=onward)
    who = here.actor
    card = card_of(who.member_id or 0, who.display_name, here.slug, who.rank, who.role, here.points)
    place = (language(), card, here.unread_count)
    part = _tools.fetch(place, lambda: _member_tools(card, here.unread_count))
    return part.replace(_TOKEN, form_token())


_TOKEN = f"token-{secrets.token_hex(16)}"
"""Stands for the token of the sign-out form: the part is the same for every page a member opens."""
_tools = Shelf(1_000)


def _member_tools(card: MemberCard, unread_count: int) -> str:
    return render_template("accounts/_header_member.html", card=card, unread_count=unread_count, token=_TOKEN)
