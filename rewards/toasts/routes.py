"""Before a member's page: what was earned since, as one of the page's passing messages. And the switch in the settings."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash, render_template, request, session, url_for
from markupsafe import Markup

from accounts import visits
from accounts.settings.routes import members_only
from common import clock
from common.i18n import _, n_, number
from common.web import actor, localized, redirect_back, wants_fragment
from rewards.toasts import telling

blueprint = localized("toasts", __name__)
_TOLD = "told"
"""Where a session keeps when it last told something: within the minute nothing is even asked."""


def before_page() -> None:
    """Put the news among the messages of the page in hand. Costs nothing where the visit brought no news along."""
    here = visits.visit()
    if here is None or not here.has_point_news or request.method != "GET" or wants_fragment():
        return
    asked = request.accept_mimetypes
    if (asked and not asked.accept_html) or request.blueprint is None:
        return
    present = int(clock.now().timestamp())
    if present - session.get(_TOLD, 0) < telling.APART.total_seconds():
        return  # the next minute tells it together with what comes until then
    news = telling.news_for(here.actor.member_id or 0)
    if news is not None:
        flash(_words(news), "points")
        session[_TOLD] = present


def _words(news: telling.News) -> Markup:
    points = n_("+%(count)s point", "+%(count)s points", news.points)
    many = n_("for %(acts)s act", "for %(acts)s acts", news.acts, acts=number(news.acts))
    what = news.words if news.acts == 1 else many
    href = url_for("rewards.statement", _anchor=f"line-{news.entry_id}")
    return Markup('<b class="pts">{}</b> {} <a href="{}">{}</a>').format(
        points, what, href, _("See the line")
    )


@blueprint.post("/rewards/toasts")
@members_only
def choose() -> Any:
    """Be told in passing, or not."""
    telling.choose(actor(), request.form.get("wanted") == "1")
    return redirect_back(url_for("rewards.centre"))


def in_settings(*_args: Any) -> str:
    """The switch, in the settings of the profile."""
    who = actor()
    if who.member_id is None or who.is_staff:
        return ""
    return render_template("rewards/toasts/_choice.html", wanted=telling.is_wanted(who.member_id))


def init_app(app: Flask) -> None:
    """Look before each page."""
    app.before_request(before_page)
