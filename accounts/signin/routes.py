"""Pages of signing in, signing up, and of mailed links. Looking at a link uses nothing up: a button does."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from accounts import visits
from accounts.members.queries import by_id
from accounts.signin import entering, forms, joining, moving, passwords, tokens
from accounts.signin.rules import Purpose
from common.errors import Conflict, Invalid, TooMany
from common.i18n import language
from common.web import actor, localized

bp = localized("signin", __name__)

CLAIM = "joining"
"""Where the cookie keeps the claim of a browser that signed up."""
ONWARD = "onward"
"""Where it keeps what the new member had come for."""


def _page(name: str, invalid: Invalid | TooMany | None = None, **shown: Any) -> Any:
    """A form again with what was typed and why it was refused, or for the first time."""
    body = render_template(
        f"accounts/{name}.html",
        invalid=invalid,
        fields=getattr(invalid, "fields", {}),
        form=request.form,
        **shown,
    )
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "private, no-store"}
    if isinstance(invalid, TooMany):
        headers["Retry-After"] = str(invalid.retry_after)
    return body, invalid.status if invalid else 200, headers


def _go_on(where: str = "") -> Response:
    return redirect(where or url_for("home.show"), 303)


def _come_in(secret: str, where: str = "") -> Response:
    """In with a session and on; or first to the page that asks for the code of a second factor."""
    if visits.enter(secret):
        return _go_on(where)
    return redirect(url_for("second_factor.code", next=where or None), 303)


def _sent(what: str) -> Response:
    return redirect(url_for("signin.sent", what=what), 303)


# --- coming in -----------------------------------------------------------------------------------------------


@bp.get("/sign-in")
def sign_in() -> Any:
    """The sign-in page. Who is signed in already goes on."""
    onward = forms.onward(request.args)
    return _go_on(onward) if actor().signed_in else _page("sign_in", next=onward)


@bp.post("/sign-in")
def sign_in_now() -> Any:
    """By password."""
    draft = forms.read_sign_in(request.form)
    try:
        entered = entering.sign_in(draft.email, draft.password, visits.origin(), language(), draft.next)
    except (Invalid, TooMany) as invalid:
        return _page("sign_in", invalid, next=draft.next)
    if entered.secret is None:
        return _sent("careful")
    return _come_in(entered.secret, draft.next)


@bp.post("/sign-in/link")
def send_link() -> Any:
    """Have a sign-in link mailed; the answer is the same for every address."""
    onward = forms.onward(request.form)
    try:
        entering.ask_for_link(
            Purpose.SIGN_IN, forms.email_of(request.form), visits.origin(), language(), onward
        )
    except (Invalid, TooMany) as invalid:
        return _page("sign_in", invalid, next=onward)
    return _sent("link")


@bp.get("/sign-in/sent")
def sent() -> Any:
    """Look at your mailbox."""
    what = request.args.get("what", "")
    known = what if what in ("link", "reset", "confirm", "careful") else "link"
    return _page("sent", what=known, may_repeat=known == "confirm" and CLAIM in session)


@bp.get("/sign-in/link/<secret>")
def enter(secret: str) -> Any:
    """The page a mailed sign-in link opens."""
    tokens.look_up(Purpose.SIGN_IN, secret)
    return _page("link", action=url_for("signin.enter_now", secret=secret), next=forms.onward(request.args))


@bp.post("/sign-in/link/<secret>")
def enter_now(secret: str) -> Response:
    """Use the sign-in link."""
    return _come_in(entering.sign_in_by_link(secret, visits.origin()), forms.onward(request.form))


@bp.post("/sign-out")
def sign_out() -> Response:
    """Out of this browser."""
    visits.leave()
    return _go_on()


# --- a new account -------------------------------------------------------------------------------------------


@bp.get("/sign-up")
def sign_up() -> Any:
    """The sign-up page."""
    onward = forms.onward(request.args)
    return _go_on(onward) if actor().signed_in else _page("sign_up", next=onward)


@bp.post("/sign-up")
def sign_up_now() -> Any:
    """Ask for an account; a mail follows, whatever the address."""
    try:
        session[CLAIM] = joining.sign_up(forms.read_sign_up(request.form, language()), visits.origin())
    except (Invalid, TooMany) as invalid:
        return _page("sign_up", invalid, next=forms.onward(request.form))
    session[ONWARD] = forms.onward(request.form)
    return _sent("confirm")


@bp.post("/sign-up/again")
def send_again() -> Response:
    """The confirmation mail once more."""
    joining.send_again(session.get(CLAIM, ""), visits.origin())
    return _sent("confirm")


@bp.get("/confirm/<secret>")
def confirm(secret: str) -> Any:
    """The page a mailed confirmation link opens."""
    return _confirm_page(secret)


@bp.post("/confirm/<secret>")
def confirm_now(secret: str) -> Any:
    """Open the account."""
    draft = forms.read_sign_up(request.form, language())
    try:
        entered = joining.confirm(
            secret, visits.origin(), session.get(CLAIM), draft.password, draft.display_name or None
        )
    except (Invalid, TooMany) as invalid:
        return _confirm_page(secret, invalid)
    except Conflict as taken:
        return _page("sign_in", Invalid(taken.sentence), next="")
    onward = session.get(ONWARD)
    visits.enter(entered)
    return redirect(url_for("settings.welcome", next=onward or None), 303)


def _confirm_page(secret: str, invalid: Invalid | TooMany | None = None) -> Any:
    registration = joining.registration_of(tokens.look_up(Purpose.CONFIRM, secret))
    return _page(
        "confirm",
        invalid,
        secret=secret,
        welcomed=registration.display_name,
        asks_password=not joining.is_claimed(registration, session.get(CLAIM)),
        asks_name="display_name" in getattr(invalid, "fields", {}),
    )


# --- a new password, a new address ---------------------------------------------------------------------------


@bp.get("/forgot")
def forgot() -> Any:
    """Ask for a new password."""
    return _page("forgot")


@bp.post("/forgot")
def forgot_now() -> Any:
    """Have a reset link mailed; the answer is the same for every address."""
    try:
        entering.ask_for_link(Purpose.RESET, forms.email_of(request.form), visits.origin(), language())
    except (Invalid, TooMany) as invalid:
        return _page("forgot", invalid)
    return _sent("reset")


@bp.get("/reset/<secret>")
def reset(secret: str) -> Any:
    """The page a mailed reset link opens."""
    return _reset_page(secret)


@bp.post("/reset/<secret>")
def reset_now(secret: str) -> Any:
    """Set the new password."""
    try:
        entered = passwords.reset_password(
            secret, forms.password_of(request.form, "new_password"), visits.origin()
        )
    except (Invalid, TooMany) as invalid:
        return _reset_page(secret, invalid)
    return _come_in(entered, url_for("settings.account", done="password"))


def _reset_page(secret: str, invalid: Invalid | TooMany | None = None) -> Any:
    member = by_id(tokens.look_up(Purpose.RESET, secret).member_id or 0)
    return _page("reset", invalid, secret=secret, email=member.email if member else "")


@bp.get("/move/<secret>")
def move(secret: str) -> Any:
    """The page the link to a new address opens."""
    return _page("move", secret=secret, email=tokens.look_up(Purpose.CHANGE_EMAIL, secret).email)


@bp.post("/move/<secret>")
def move_now(secret: str) -> Response:
    """Take the new address."""
    return _come_in(moving.move(secret, visits.origin()), url_for("settings.account", done="email"))
