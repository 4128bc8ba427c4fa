"""What single sign-on shows in other pages: buttons, the member's connections, what the team may know."""

from __future__ import annotations

from typing import Any

from flask import render_template

from accounts.singlesignon.permissions import can_see_facts
from accounts.singlesignon.providers import all_providers
from accounts.singlesignon.queries import buttons, connections_of
from common.web import actor


def ways_in(onward: str = "") -> str:
    """The buttons above the other ways in; nothing where no provider is configured."""
    return render_template("accounts/singlesignon/_ways.html", providers=buttons(), onward=onward)


def own_connections() -> str:
    """The part of the account page."""
    connections = connections_of(actor().member_id or 0, actor())
    if not connections and not all_providers():
        return ""
    known = {one.provider for one in connections}
    return render_template(
        "accounts/singlesignon/_connections.html", connections=connections,
        more=[provider for provider in buttons() if provider.name not in known],
    )  # fmt: skip


def for_the_team(member: Any) -> str:
    """On the page of a member at the desk: what the brand's accounts say of them."""
    connections = connections_of(member.id, actor()) if can_see_facts(actor()) else []
    return render_template("accounts/singlesignon/_team.html", connections=connections) if connections else ""
