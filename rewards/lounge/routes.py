"""The pages of the lounge. Never kept by a cache, never indexed; whoever may not read gets the same answer everywhere."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.errors import Forbidden, Invalid, Refusal, TooMany
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from rewards.lounge import queries, talking
from rewards.lounge.permissions import can_read, can_tell_news, can_write
from rewards.lounge.rules import BODY_MOST, TITLE_MOST

blueprint = localized("lounge", __name__)
ANY_ID = "int(max=2147483647)"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@blueprint.get("/lounge")
@members_only
def index() -> Any:
    """What is talked about."""
    return _index()


def _index(refusal: Refusal | None = None) -> Any:
    who, after = actor(), request.args.get("after", "")[:40]
    page = queries.topics(who, after)
    html = render_template(
        "rewards/lounge/index.html", here="rewards", page=page, after=after, may_write=can_write(who),
        may_tell=can_tell_news(who), trouble=refusal, fields=getattr(refusal, "fields", {}),
        typed=request.form if refusal else {}, longest=BODY_MOST, longest_title=TITLE_MOST,
    )  # fmt: skip
    return html, refusal.status if refusal else 200, PRIVATE


@blueprint.post("/lounge")
@members_only
def begin() -> Any:
    """Begin a topic."""
    require(can_read(actor()))
    form = request.form
    try:
        made = talking.begin(
            actor(),
            form.get("title", ""),
            form.get("body", ""),
            form.get("news") == "1",
            form.get("nonce", ""),
        )
    except (Invalid, Forbidden, TooMany) as refusal:
        return _index(refusal)
    return redirect(url_for("lounge.show", id=made), 303)


@blueprint.get(f"/lounge/<{ANY_ID}:id>")
@members_only
def show(id: int) -> Any:
    """One topic."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Any:
    who, before = actor(), request.args.get("before", "")[:40]
    html = render_template(
        "rewards/lounge/show.html", here="rewards", topic=queries.topic(who, id), before=before,
        page=queries.messages(who, id, before), may_write=can_write(who), moderates=who.can_moderate, trouble=refusal,
        fields=getattr(refusal, "fields", {}), typed=request.form.get("body", "") if refusal else "", longest=BODY_MOST,
    )  # fmt: skip
    return html, refusal.status if refusal else 200, PRIVATE


@blueprint.post(f"/lounge/<{ANY_ID}:id>")
@members_only
def reply(id: int) -> Any:
    """Write in a topic."""
    require(can_read(actor()))
    try:
        made = talking.reply(actor(), id, request.form.get("body", ""), request.form.get("nonce", ""))
    except (Invalid, Forbidden, TooMany) as refusal:
        return _show(id, refusal)
    return redirect(url_for("lounge.show", id=id, _anchor=f"m-{made}"), 303)


@blueprint.post(f"/lounge/<{ANY_ID}:id>/remove/<{ANY_ID}:message_id>")
@members_only
def remove(id: int, message_id: int) -> Any:
    """Take a message away."""
    talking.remove(actor(), message_id)
    flash(str(_("The message is taken away.")))
    return redirect(url_for("lounge.show", id=id), 303)
