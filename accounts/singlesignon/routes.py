"""The way to a provider, the way back, and the question whether two accounts are one person's.

Some addresses are without a language, because they are registered at the provider: ``/sign-in/with/NAME/back`` (OpenID
Connect), ``/arrive`` (tickets), ``/acs`` and ``/metadata`` (SAML). The first two are GET, as their standards demand, and
count only in the browser that holds the attempt; a ticket this browser did not ask for changes nothing until its bearer
says yes. ``/acs`` is posted to from elsewhere and carries no token of ours: it keeps what the provider signed, and the
browser comes back to ``/finish`` with its cookies.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from accounts import visits
from accounts.settings.routes import members_only
from accounts.signin.forms import onward
from accounts.signin.tokens import new_secret
from accounts.singlesignon import arriving, asking, connecting, failing, rules
from accounts.singlesignon.arriving import Arrival
from accounts.singlesignon.asking import Answer, Attempt
from accounts.singlesignon.failing import Failed, Why
from accounts.singlesignon.providers import Provider, label_of, provider_named
from accounts.singlesignon.queries import buttons
from accounts.singlesignon.rules import Kind
from accounts.singlesignon.saml import asking as saml
from accounts.singlesignon.saml import keeping
from common.config import current_config
from common.errors import Forbidden, NotFound, TooMany
from common.i18n import LANGUAGES, language, set_language
from common.web import actor, csrf, localized, preferred_language

log = logging.getLogger("fourmi.singlesignon")
bp = localized("singlesignon", __name__)
returns = Blueprint("singlesignon_back", __name__, url_prefix="/sign-in/with/<name>")

PRIVATE = {"Referrer-Policy": "same-origin", "Cache-Control": "private, no-store"}
ATTEMPT, TICKET, CLAIM = "attempt", "ticket", "claim"
_KEPT = {ATTEMPT: rules.ATTEMPT_KEPT, TICKET: rules.TICKET_LIFETIME, CLAIM: rules.WAITING_KEPT}


# --- what the browser keeps: one signed cookie for each of three things, apart from the session ---------------------


def _cookie(what: str) -> str:
    return f"{'__Host-' if current_config().production else ''}sso-{what}"


def _signer(what: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_config().secret_key, salt=f"single-sign-on:{what}")


def _kept(what: str) -> Any:
    sealed = request.cookies.get(_cookie(what), "")
    try:
        return _signer(what).loads(sealed, max_age=int(_KEPT[what].total_seconds())) if sealed else None
    except BadData:
        return None


def _keep(response: Any, what: str, value: Any) -> Any:
    seconds = int(_KEPT[what].total_seconds())
    response.set_cookie(
        _cookie(what), _signer(what).dumps(value), max_age=seconds, httponly=True, samesite="Lax", path="/",
        secure=current_config().production,
    )  # fmt: skip
    return response


def _drop(response: Any, *what: str) -> Any:
    for one in what:
        response.delete_cookie(_cookie(one), path="/", secure=current_config().production, httponly=True)
    return response


def _attempt() -> Attempt | None:
    kept = _kept(ATTEMPT)
    attempt = Attempt(*kept) if isinstance(kept, list) and len(kept) == 5 else None
    if attempt is not None:
        set_language(attempt.language if attempt.language in LANGUAGES else preferred_language())
    return attempt


def _failed(error: Failed | TooMany, name: str = "") -> Any:
    """The kind page. The reason goes to the log alone; what a provider sent stays in no address and no link."""
    why = error.why if isinstance(error, Failed) else Why.MANY
    reason = error.reason if isinstance(error, Failed) else error.code
    log.warning("%s: %s", name or "single sign-on", reason.encode("unicode_escape").decode()[:400])
    if request.blueprint == returns.name:
        answer: Any = redirect(url_for("singlesignon.failed", name=name, why=why.value), 303)
        answer.headers.update(PRIVATE)
    else:
        answer = _failure_page(why, name)
    return _drop(answer, ATTEMPT, TICKET)


def _failure_page(why: Why, name: str) -> Response:
    provider = next((one for one in buttons() if one.name == name), None)
    sentence = failing.sentence_of(why, label_of(name) if name else "")
    body = render_template("accounts/singlesignon/failed.html", sentence=sentence, provider=provider)
    return Response(body, failing.status_of(why), PRIVATE, mimetype="text/html")


@bp.get("/sign-in/with/<name>/failed")
def failed(name: str) -> Any:
    """What happened, and the other ways in. The refusal was the answer that led here; this page is as it should be."""
    said = request.args.get("why", "")
    page = _failure_page(Why(said) if said in set(Why) else Why.REFUSED, provider_named(name).name)
    page.status_code = 200
    return page


# --- going there ----------------------------------------------------------------------------------------------------


@bp.get("/sign-in/with/<name>")
def begin(name: str) -> Any:
    """To the provider. Nothing is stored here; the browser keeps what the answer must match."""
    provider = provider_named(name)
    attempt = Attempt(provider.name, new_secret(), onward(request.args)[:500], language())
    return _go(provider, attempt)


@bp.get("/settings/connections/<name>")
@members_only
def begin_connecting(name: str) -> Any:
    """To the provider, from the settings. Only our own page leads here."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden
    provider = provider_named(name)
    return _go(provider, Attempt(provider.name, new_secret(), "", language(), actor().member_id or 0))


def _go(provider: Provider, attempt: Attempt) -> Any:
    if not provider.has_button:
        return _failed(failing.refused(provider.label, "cannot be begun here"), provider.name)
    try:
        where = asking.where_to_go(provider, attempt)
    except (Failed, TooMany) as error:
        return _failed(error, provider.name)
    kept = [attempt.provider, attempt.secret, attempt.next, attempt.language, attempt.connecting]
    answer = redirect(where, 303)
    answer.headers.update(PRIVATE)
    return _keep(answer, ATTEMPT, kept)


# --- coming back ----------------------------------------------------------------------------------------------------


@returns.get("/back")
def back(name: str) -> Any:
    """The provider's answer."""
    provider, attempt = provider_named(name), _attempt()
    try:
        if provider.kind is not Kind.OPENID:
            raise failing.refused(provider.label, "speaks another way")
        arriving.count_try(visits.origin())
        return _arrived(asking.finish(provider, attempt, request.args), attempt)
    except (Failed, TooMany) as error:
        return _failed(error, name)


@returns.get("/arrive")
def arrive(name: str) -> Any:
    """A ticket of the brand's shop: at once when this browser asked for it, else after a question."""
    provider, attempt = provider_named(name), _attempt()
    raw = request.args.get("token", "")
    try:
        arriving.count_try(visits.origin())
        answer, is_asked_for = asking.take(provider, attempt, raw)
        if is_asked_for:
            return _arrived(answer, attempt)
    except (Failed, TooMany) as error:
        return _failed(error, name)
    set_language(answer.told.language or language())
    response = redirect(url_for("singlesignon.ask", name=name), 303)
    response.headers.update(PRIVATE)
    return _keep(response, TICKET, [name, raw])


@returns.post("/acs")
@csrf.exempt
def acs(name: str) -> Any:
    """The answer of a SAML provider, posted by its page: looked at, kept for a moment, and on by a link of ours."""
    provider = provider_named(name)
    try:
        arriving.count_try(visits.origin())
        kept = keeping.keep(
            provider, request.form.get("SAMLResponse", ""), request.form.get("RelayState", "")
        )
    except (Failed, TooMany) as error:
        return _failed(error, name)
    answer = redirect(url_for("singlesignon_back.finish", name=name, answer=kept), 303)
    answer.headers.update(PRIVATE)
    return answer


@returns.get("/finish")
def finish(name: str) -> Any:
    """The browser that asked is in."""
    provider, attempt = provider_named(name), _attempt()
    try:
        return _arrived(keeping.take(provider, attempt, request.args.get("answer", "")), attempt)
    except (Failed, TooMany) as error:
        return _failed(error, name)


@returns.get("/metadata")
def metadata(name: str) -> Response:
    """What the provider's administrators load to know us. Nothing in it is secret."""
    provider = provider_named(name)
    if provider.kind is not Kind.SAML:
        raise NotFound
    body = saml.metadata(provider, asking.back_url(provider))
    return Response(body, mimetype="application/samlmetadata+xml")


@bp.get("/sign-in/with/<name>/ticket")
def ask(name: str) -> Any:
    """Is it you? The ticket is looked at and not used."""
    try:
        provider, answer = _ticket(name)
    except Failed as error:
        return _failed(error, name)
    page = render_template("accounts/singlesignon/ticket.html", provider=provider, told=answer.told)
    return page, 200, PRIVATE


@bp.post("/sign-in/with/<name>/ticket")
def use_ticket(name: str) -> Any:
    """Yes: the ticket is used up."""
    try:
        arriving.count_try(visits.origin())
        return _arrived(_ticket(name)[1], None)
    except (Failed, TooMany) as error:
        return _failed(error, name)


def _ticket(name: str) -> tuple[Provider, Answer]:
    provider, kept = provider_named(name), _kept(TICKET)
    if not isinstance(kept, list) or len(kept) != 2 or kept[0] != name:
        raise failing.stale(f"{name}: no ticket of this browser")
    return provider, asking.take(provider, None, str(kept[1]))[0]


def _arrived(answer: Answer, attempt: Attempt | None) -> Any:
    """In, or asked first whether the two accounts are one person's."""
    connecting_id = attempt.connecting if attempt else 0
    if connecting_id and connecting_id != actor().member_id:
        raise failing.stale("begun by another member")
    arrival = arriving.arrive(answer, visits.origin(), actor().member_id, bool(connecting_id))
    onward = _onward(arrival, attempt)
    if not arrival.claim and not visits.enter(arrival.secret):
        onward = url_for("second_factor.code", next=onward)
    response = redirect(onward, 303)
    if arrival.claim:
        _keep(response, CLAIM, arrival.claim)
    response.headers.update(PRIVATE)
    return _drop(response, ATTEMPT, TICKET)


def _onward(arrival: Arrival, attempt: Attempt | None) -> str:
    if arrival.claim:
        return url_for("singlesignon.connect")
    if arrival.is_new:
        return url_for("settings.welcome")
    if attempt and attempt.connecting:
        return url_for("settings.account")
    return (attempt.next if attempt else "") or url_for("home.show")


# --- is it you? -----------------------------------------------------------------------------------------------------


@bp.get("/sign-in/connect")
def connect() -> Any:
    """An account of the brand waits for its owner: sign in here first, then say yes."""
    row = connecting.waiting(str(_kept(CLAIM) or ""))
    if row is None:
        return _failed(failing.stale("nothing waits"))
    page = render_template(
        "accounts/singlesignon/connect.html", label=label_of(row.provider), email=row.email,
        here=url_for("singlesignon.connect"),
    )  # fmt: skip
    return page, 200, PRIVATE


@bp.post("/sign-in/connect")
@members_only
def connect_now() -> Any:
    """Yes, both are mine."""
    here = visits.visit()
    try:
        must_sign_in = connecting.connect(actor(), str(_kept(CLAIM) or ""), here.session_id if here else 0)
    except Failed as error:
        return _failed(error)
    return _drop(_settings("connected", must_sign_in), CLAIM)


@bp.post("/settings/connections/<int(max=2147483647):identity_id>/end")
@members_only
def disconnect(identity_id: int) -> Response:
    """Take a connection away."""
    return _settings("disconnected", connecting.disconnect(actor(), identity_id))


def _settings(done: str, must_sign_in: bool) -> Response:
    """Back to the account page; who has another role from now on signs in again first."""
    if must_sign_in:
        return redirect(url_for("signin.sign_in"), 303)
    return redirect(url_for("settings.account", done=done), 303)
