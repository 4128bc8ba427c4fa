"""What policies show in other pages: busy times on the rules' page and where one asks, the line of the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request

from accounts.members.queries import cards
from common import rail, settings
from common.i18n import _, language
from common.web import actor
from forum.categories.models import Category
from moderation.policies.permissions import can_explain
from moderation.policies.storms import in_force
from moderation.review.permissions import can_rule


def storms_of_rules(categories: list[Category]) -> str:
    """On the page of rules: the busy times of now, and the form to begin one."""
    now = in_force()
    return render_template(
        "moderation/policies/_storms.html", storms=now, people=cards({one.begun_by_id for one in now}),
        names={one.id: one.name(language()) for one in categories}, categories=categories, may_rule=can_rule(actor()),
        most=settings.get("moderation.storm_hours"), trouble=g.get("storm_trouble"), typed=request.form,
    )  # fmt: skip


def on_ask_page(categories: Any) -> str:
    """Where one asks: in which categories everything is read first for some time, kindly."""
    now = {one.category_id: one.ends_at for one in in_force()}
    told = [(one.name, now[one.id]) for one in categories if one.id in now]
    return render_template("moderation/policies/_ask.html", told=told) if told else ""


RAIL = rail.Line("policies.why", "info", _("Who can do what"), can_explain, ("policies.why",))
