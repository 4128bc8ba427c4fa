"""The settings page of one's devices."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import visits
from accounts.push import keys, sending, subscribing
from accounts.push.subscribing import Subscription
from accounts.settings.routes import bp, members_only
from accounts.settings.words import device_name
from common.errors import Invalid, TooMany
from common.web import actor


@bp.get("/settings/push")
@members_only
def push() -> Any:
    """Which devices hear news. What comes there is a column of the table of alerts."""
    return _page()


@bp.post("/settings/push")
@members_only
def push_on() -> Any:
    """This browser said yes."""
    given = Subscription(
        *(request.form.get(name, "").strip() for name in ("endpoint", "public_key", "secret"))
    )
    here = visits.visit()
    try:
        subscribing.subscribe(
            actor(), here.session_id if here else 0, given, request.headers.get("User-Agent", "")
        )
    except (Invalid, TooMany) as refusal:
        return _page(refusal)
    return redirect(url_for("settings.push", done="device"), 303)


@bp.post("/settings/push/<int(max=2147483647):device_id>/remove")
@members_only
def push_off(device_id: int) -> Response:
    """No more messages there."""
    subscribing.remove(actor(), device_id)
    return redirect(url_for("settings.push", done="no_device"), 303)


@bp.post("/settings/push/<int(max=2147483647):device_id>/test")
@members_only
def push_test(device_id: int) -> Any:
    """A word to one of them."""
    try:
        sending.ask_for_test(actor(), device_id)
    except TooMany as refusal:
        return _page(refusal)
    return redirect(url_for("settings.push", done="device_test"), 303)


def _page(refusal: Invalid | TooMany | None = None) -> Any:
    member_id = actor().member_id or 0
    body = render_template(
        "accounts/settings/push.html", tab="push", invalid=refusal, fields={}, form={},
        done=None if refusal else request.args.get("done"), devices=subscribing.of_member(member_id),
        device_name=device_name, push_key=keys.public_key(),
    )  # fmt: skip
    return body, refusal.status if refusal else 200


def alerts_link() -> str:
    """Under the table of alerts: how many devices its column is about, and the way to them."""
    count = len(subscribing.of_member(actor().member_id or 0))
    return render_template("accounts/settings/_push_link.html", count=count)
