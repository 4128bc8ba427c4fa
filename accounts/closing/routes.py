"""The page on which one closes one's own account."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from accounts import visits
from accounts.closing.closing import ask_to_close
from accounts.closing.numbers import grace
from accounts.closing.permissions import can_close
from accounts.closing.proving import prove_oneself
from accounts.members.permissions import own_id
from accounts.members.queries import by_id
from accounts.settings.routes import bp, members_only
from accounts.signin import passwords
from accounts.signin.forms import password_of
from common.errors import Invalid, NotFound, TooMany
from common.web import actor


@bp.get("/settings/account/close")
@members_only
def leaving() -> Any:
    """What closing the account means."""
    return _page()


@bp.post("/settings/account/close")
@members_only
def leave() -> Any:
    """Close it."""
    try:
        _confirm()
        ask_to_close(actor(), own_id(actor()))
    except (Invalid, TooMany) as refusal:
        return _page(refusal)
    visits.leave()
    return redirect(url_for("settings.goodbye"), 303)


@bp.get("/goodbye")
def goodbye() -> Any:
    """The last page."""
    return render_template("accounts/goodbye.html", days=grace().days)


def _confirm() -> None:
    """A forgotten open session must not be enough."""
    form = request.form
    prove_oneself(actor(), password_of(form, "password"), form.get("email", ""), visits.origin())


def _page(refusal: Invalid | TooMany | None = None) -> Any:
    member = by_id(own_id(actor()))
    if member is None:
        raise NotFound
    body = render_template(
        "accounts/settings/leaving.html", tab="account", invalid=refusal, fields=getattr(refusal, "fields", {}), done=None,
        form=request.form if refusal else {}, days=grace().days, has_password=passwords.has_password(member.id), verdict=can_close(actor(), member),
    )  # fmt: skip
    return body, refusal.status if refusal else 200
