"""Pages of passkeys: signing in with one, and one's own."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from accounts import visits
from accounts.members.permissions import own_id
from accounts.passkeys import adding, entering, numbers, queries, rules
from accounts.passkeys.panels import BROWSER, browser
from accounts.secondfactor.proving import needs_proof
from accounts.secondfactor.queries import is_on, owes_passkey
from accounts.settings.routes import bp as settings
from accounts.settings.routes import members_only
from accounts.settings.words import device_name
from accounts.signin import passwords
from accounts.signin.forms import onward, password_of, typed
from common.errors import Conflict, Forbidden, Invalid, Refusal, TooMany
from common.web import actor, localized

bp = localized("passkeys", __name__)

PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "private, no-store"}


@bp.post("/sign-in/passkey")
def enter() -> Any:
    """In with a passkey; no code is asked for."""
    where = onward(request.form)
    try:
        secret = entering.sign_in(_answer_of(), session.get(BROWSER, ""), visits.origin())
    except (Invalid, TooMany) as refusal:
        body = render_template(
            "accounts/sign_in.html", invalid=refusal, fields={}, form={}, next=where, passkey_refused=True
        )
        return _answer(body, refusal)
    visits.enter(secret)
    return redirect(where or url_for("home.show"), 303)


@settings.get("/settings/passkeys")
@members_only
def passkeys() -> Any:
    """One's own, and adding one."""
    return _page()


@settings.post("/settings/passkeys")
@members_only
def begin_passkey() -> Any:
    """It is you: what the browser is asked stands in this answer and nowhere else."""
    proof = password_of(request.form, "proof")
    try:
        asked = adding.ask(actor(), _session_id(), proof, browser(), visits.origin())
    except (Invalid, TooMany, Conflict, Forbidden) as refusal:
        return _page(refusal)
    return _page(asked=asked)


@settings.post("/settings/passkeys/add")
@members_only
def add_passkey() -> Any:
    """What the browser made."""
    name, device = typed(request.form, "name", rules.NAME_MAX), device_name(visits.origin().agent)
    try:
        adding.add(
            actor(), _session_id(), _answer_of(), name, device, session.get(BROWSER, ""), visits.origin()
        )
    except (Invalid, TooMany, Conflict, Forbidden) as refusal:
        return _page(refusal)
    return redirect(url_for("settings.passkeys", done="passkey"), 303)


@settings.post("/settings/passkeys/<int(min=1, max=2147483647):passkey_id>/remove")
@members_only
def remove_passkey(passkey_id: int) -> Any:
    """One less."""
    try:
        adding.remove(actor(), _session_id(), passkey_id)
    except Forbidden as refusal:
        return _page(refusal)
    return redirect(url_for("settings.passkeys", done="no_passkey"), 303)


def _answer_of() -> str:
    return typed(request.form, "answer", rules.ANSWER_MAX)


def _session_id() -> int:
    here = visits.visit()
    return here.session_id if here else 0


def _page(refusal: Refusal | None = None, asked: str = "") -> Response:
    member_id = own_id(actor())
    body = render_template(
        "accounts/settings/passkeys.html", tab="passkeys", invalid=refusal, fields=getattr(refusal, "fields", {}),
        done=None if refusal else request.args.get("done"), asked=asked, keys=queries.of_member(member_id),
        can_have=queries.site() is not None, most=numbers.most(), needs_proof=needs_proof(member_id),
        has_password=passwords.has_password(member_id), has_codes=is_on(member_id),
        owes=owes_passkey(actor(), _session_id()), device=device_name(visits.origin().agent), name_max=rules.NAME_MAX,
    )  # fmt: skip
    return _answer(body, refusal)


def _answer(body: str, refusal: Refusal | None) -> Response:
    answer = Response(body, refusal.status if refusal else 200, PRIVATE, mimetype="text/html")
    if isinstance(refusal, TooMany):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer
