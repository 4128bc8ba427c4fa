"""Pages about decisions that concern oneself."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.errors import NotFound
from common.web import actor, localized, redirect_back
from forum.products.queries import product_card
from moderation.conduct import mending, queries
from moderation.review.wording import REASONS
from moderation.sanctions import sanctioning
from moderation.sanctions.statements import by_token

conduct = localized("conduct", __name__)
ANY_ID = "int(min=1, max=2147483647)"


@conduct.get("/settings/decisions")
@members_only
def mine() -> str:
    """All decisions about me, and my strike points."""
    after = request.args.get("after", "")[:40]
    return render_template(
        "moderation/conduct/decisions.html", page=queries.decisions_about(actor(), after), after=after, tab="decisions",
        points=queries.own_points(actor()), reasons=REASONS, invalid=None, fields={}, form={}, done=None,
    )  # fmt: skip


@conduct.post(f"/settings/decisions/<{ANY_ID}:sanction_id>/read")
@members_only
def read(sanction_id: int) -> Any:
    """I have read the warning."""
    sanctioning.acknowledge(actor(), sanction_id)
    return redirect_back(url_for("conduct.mine"))


@conduct.post("/decisions/<token>/mend")
@members_only
def mend(token: str) -> Any:
    """Take my refused text up again, in its form."""
    form = mending.mend(actor(), by_token(token).id)
    if form.kind == "ask":
        return redirect(url_for("questions.ask"), 303)
    if form.kind == "edit":
        return redirect(url_for("questions.edit", id=form.id), 303)
    if form.kind == "review":
        product = product_card(form.id)
        if product is None:
            raise NotFound()
        return redirect(url_for("reviews.write", slug=product.slug), 303)
    if form.kind == "edit-review":
        return redirect(url_for("reviews.edit", id=form.id), 303)
    return redirect(url_for("questions.show", id=form.thread_id or form.id, slug="-", _anchor="reply"), 303)


def notice(*_args: Any) -> str:
    """What every page tells a member about whom something was decided; nothing is asked for anybody else."""
    who = actor()
    if not (who.warned or who.silenced or who.suspended):
        return ""
    return render_template("moderation/conduct/_notice.html", measures=queries.in_force(who))


def settings_nav(tab: str) -> str:
    """The line of the settings."""
    return render_template("moderation/conduct/_nav.html", tab=tab)
