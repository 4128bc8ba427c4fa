"""The page of the leaderboards, and the choice not to stand on them."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.web import actor, localized, redirect_back
from forum.browsing.queries import categories, category_by_slug
from rewards.leaderboards import choosing, queries
from rewards.leaderboards.building import WINDOWS

blueprint = localized("leaderboards", __name__)


@blueprint.get("/leaderboards")
def show() -> Any:
    """Who helped most in the last days."""
    who = actor()
    days = 30 if request.args.get("days") == "30" else WINDOWS[0]
    slug = request.args.get("category", "")[:80]
    chosen = category_by_slug(slug) if slug else None
    if slug and chosen is None:
        return redirect(url_for("leaderboards.show", days=days))
    mine = who.member_id if not who.is_staff else None
    return render_template(
        "rewards/leaderboards/show.html", here="experts", reader=who, days=days, windows=WINDOWS, chosen=chosen,
        categories=categories(), board=queries.board(days, chosen.id if chosen else None, mine), mine=mine,
    )  # fmt: skip


@blueprint.post("/leaderboards/choice")
@members_only
def choose() -> Any:
    """Be listed, or not."""
    choosing.choose(actor(), request.form.get("listed") == "1")
    return redirect_back(url_for("leaderboards.show"))
