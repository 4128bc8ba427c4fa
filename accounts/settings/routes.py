"""Pages of one's own settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import visits
from accounts.members import profiles
from accounts.members.queries import by_id
from accounts.members.rules import BIO_MAX, CITY_MAX, NAME_MAX
from accounts.notifications import channels, listening, preferences
from accounts.settings import forms
from accounts.settings.words import MAIL_PACES, TEXT_SIZES, THEMES, device_name, hour_choices
from accounts.signin import moving, passwords, sessions
from accounts.signin.forms import email_of, onward, password_of
from common.errors import Invalid, TooMany
from common.i18n import LANGUAGES, _
from common.web import actor, localized

bp = localized("settings", __name__)
DONE = (
    "profile",
    "password",
    "email",
    "sent",
    "sessions",
    "alerts",
    "display",
    "language",
    "connected",
    "disconnected",
)


def members_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Visitors sign in first and come back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if actor().signed_in:
            return view(*args, **kwargs)
        here = request.full_path.rstrip("?") if request.method == "GET" else request.path
        return redirect(url_for("signin.sign_in", next=here), 303)

    return guarded


def _page(name: str, invalid: Invalid | TooMany | None = None, **shown: Any) -> Any:
    done = request.args.get("done")
    body = render_template(
        f"accounts/settings/{name}.html",
        tab=name,
        invalid=invalid,
        fields=getattr(invalid, "fields", {}),
        form=request.form if invalid else {},
        done=done if done in DONE and not invalid else None,
        **shown,
    )
    return body, invalid.status if invalid else 200


def _done(page: str, what: str) -> Response:
    return redirect(url_for(f"settings.{page}", done=what), 303)


@bp.get("/settings/")
def index() -> Response:
    """The first of the settings pages."""
    return redirect(url_for("settings.profile"), 302)


MASKED = _("We blacked out private details: a public page is no place for them.")

# --- profile -------------------------------------------------------------------------------------------------


@bp.get("/settings/profile")
@members_only
def profile() -> Any:
    """What others see of me."""
    return _profile_page("profile")


@bp.post("/settings/profile")
@members_only
def save_profile() -> Any:
    """Keep it."""
    try:
        if profiles.edit_profile(actor(), forms.read_profile(request.form)):
            flash(str(MASKED))
    except Invalid as invalid:
        return _profile_page("profile", invalid)
    return _done("profile", "profile")


@bp.get("/welcome")
@members_only
def welcome() -> Any:
    """The first page of a new member; everything on it can wait."""
    return _profile_page("welcome")


@bp.post("/welcome")
@members_only
def save_welcome() -> Any:
    """Keep what the new member told, and go on."""
    try:
        if profiles.edit_profile(actor(), forms.read_profile(request.form)):
            flash(str(MASKED))
        profiles.choose_language(actor(), request.form.get("language", actor().language))
    except Invalid as invalid:
        return _profile_page("welcome", invalid)
    return redirect(onward(request.form) or url_for("home.show"), 303)


def _profile_page(name: str, invalid: Invalid | None = None) -> Any:
    member = by_id(actor().member_id or 0)
    limits = {"name_max": NAME_MAX, "bio_max": BIO_MAX, "city_max": CITY_MAX}
    return _page(name, invalid, member=member, next=onward(request.values), **limits)


# --- account -------------------------------------------------------------------------------------------------


@bp.get("/settings/account")
@members_only
def account() -> Any:
    """Address, password, and where I am signed in."""
    return _account_page()


@bp.post("/settings/account/password")
@members_only
def change_password() -> Any:
    """A new password; this browser stays signed in, all others leave."""
    current, new = password_of(request.form, "current_password"), password_of(request.form, "new_password")
    try:
        visits.enter(passwords.change_password(actor(), current, new, visits.origin()))
    except (Invalid, TooMany) as invalid:
        return _account_page(invalid)
    return _done("account", "password")


@bp.post("/settings/account/email")
@members_only
def change_email() -> Any:
    """A new address; a link goes there first."""
    try:
        moving.ask_to_move(
            actor(),
            email_of(request.form, "new_email"),
            password_of(request.form, "email_password"),
            visits.origin(),
        )
    except (Invalid, TooMany) as invalid:
        return _account_page(invalid)
    return _done("account", "sent")


@bp.post("/settings/account/sessions/<int(max=2147483647):session_id>/end")
@members_only
def end_session(session_id: int) -> Response:
    """Sign one device out."""
    sessions.end(actor(), session_id)
    return _done("account", "sessions")


@bp.post("/settings/account/sessions/end-others")
@members_only
def end_other_sessions() -> Response:
    """Sign all other devices out."""
    here = visits.visit()
    sessions.end_others(actor(), here.session_id if here else 0)
    return _done("account", "sessions")


def _account_page(invalid: Invalid | TooMany | None = None) -> Any:
    here, member_id = visits.visit(), actor().member_id or 0
    return _page(
        "account",
        invalid,
        member=by_id(member_id),
        has_password=passwords.has_password(member_id),
        devices=sessions.of_member(member_id),
        current_id=here.session_id if here else 0,
        device_name=device_name,
    )


# --- alerts and display --------------------------------------------------------------------------------------


@bp.get("/settings/alerts")
@members_only
def alerts() -> Any:
    """What I want to be told, how, and at which hours."""
    return _alerts_page()


@bp.post("/settings/alerts")
@members_only
def save_alerts() -> Any:
    """Keep it."""
    try:
        wishes, hours = forms.read_alerts(request.form), forms.read_hours(request.form)
        preferences.choose(actor(), wishes, hours, forms.read_ways(request.form))
    except Invalid as invalid:
        return _alerts_page(invalid)
    return _done("alerts", "alerts")


def _alerts_page(invalid: Invalid | None = None) -> Any:
    member_id = actor().member_id or 0
    return _page(
        "alerts", invalid, lines=preferences.lines_of(member_id), paces=MAIL_PACES,
        hours=listening.hours_of(member_id), gone=listening.vanished_zone_of(member_id), choices=hour_choices(preferences.zones()), ways=channels.registered(),
    )  # fmt: skip


@bp.get("/settings/display")
@members_only
def display() -> Any:
    """Language, colours, size of text, shortcuts."""
    return _display_page()


@bp.post("/settings/display")
@members_only
def save_display() -> Any:
    """Keep it, and show the page in the language chosen."""
    language = request.form.get("language", "")
    try:
        profiles.choose_language(actor(), language)
        profiles.choose_display(
            actor(),
            request.form.get("theme", ""),
            request.form.get("text_size", ""),
            request.form.get("shortcuts") == "1",
        )
    except Invalid as invalid:
        return _display_page(invalid)
    return redirect(url_for("settings.display", lang=language, done="display"), 303)


def _display_page(invalid: Invalid | None = None) -> Any:
    return _page(
        "display", invalid, member_language=actor().language, themes=THEMES, sizes=TEXT_SIZES, codes=LANGUAGES
    )
