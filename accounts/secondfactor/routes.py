"""Pages of the second factor: the code at sign-in, the settings page, and the reset at the desk."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for

from accounts import visits
from accounts.members.models import Member
from accounts.members.permissions import own_id
from accounts.members.queries import by_id
from accounts.secondfactor import admitting, picture, queries, rules, switching
from accounts.secondfactor.permissions import can_reset
from accounts.settings.routes import bp as settings
from accounts.settings.routes import members_only
from accounts.signin import passwords
from accounts.signin.forms import onward, password_of, typed
from common import settings as numbers
from common.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refusal, TooMany
from common.i18n import _
from common.permissions import require
from common.web import actor, localized, wants_fragment, wants_json

bp = localized("second_factor", __name__)

PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "private, no-store"}


def _answer(body: str | bytes, refusal: Refusal | None = None, kind: str = "text/html") -> Response:
    answer = Response(body, refusal.status if refusal else 200, PRIVATE, mimetype=kind)
    if isinstance(refusal, TooMany):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


# --- at sign-in ----------------------------------------------------------------------------------------------------


@bp.get("/sign-in/code")
def code() -> Any:
    """The page that asks for the code. Who waits for none signs in first."""
    where = onward(request.args)
    if actor().signed_in:
        return redirect(where or url_for("home.show"), 303)
    if visits.WAITING not in session:
        return redirect(url_for("signin.sign_in", next=where or None), 303)
    try:
        admitting.check_waiting(session[visits.WAITING])
    except Gone as over:
        return _begin_again(over, where)
    return _code_page(where)


@bp.post("/sign-in/code")
def code_now() -> Any:
    """The code; the session begins here."""
    where = onward(request.form)
    if actor().signed_in:
        return redirect(where or url_for("home.show"), 303)
    try:
        secret = admitting.finish(
            session.get(visits.WAITING, ""), typed(request.form, "code", rules.TYPED_MAX), visits.origin()
        )
    except (Invalid, TooMany) as refusal:
        return _code_page(where, refusal)
    except Gone as over:
        return _begin_again(over, where)
    visits.enter(secret)
    return redirect(where or url_for("home.show"), 303)


def _code_page(where: str, refusal: Invalid | TooMany | None = None) -> Response:
    fields = getattr(refusal, "fields", {})
    return _answer(
        render_template("accounts/secondfactor/code.html", next=where, invalid=refusal, fields=fields),
        refusal,
    )


def _begin_again(over: Gone, where: str) -> Response:
    session.pop(visits.WAITING, None)
    body = render_template(
        "accounts/sign_in.html", invalid=Invalid(over.sentence), fields={}, form={}, next=where
    )
    return _answer(body, over)


# --- one's own -----------------------------------------------------------------------------------------------------


@settings.get("/settings/second-factor")
@members_only
def second_factor() -> Any:
    """Whether signing in asks for a code, and setting it up."""
    return _own_page()


@settings.get("/settings/second-factor/square.svg")
@members_only
def second_factor_square() -> Response:
    """What the app's camera reads, while it is being set up; afterwards there is nothing to see."""
    secret = queries.standing_of(own_id(actor())).secret
    member = by_id(own_id(actor()))
    if secret is None or member is None:
        raise NotFound
    site, account = str(numbers.get("brand.community")), member.email or member.display_name
    return _answer(picture.square(rules.address_of(secret, site, account)), kind="image/svg+xml")


@settings.post("/settings/second-factor")
@members_only
def begin_second_factor() -> Any:
    """Begin to set it up."""
    try:
        switching.begin(actor())
    except Conflict as refusal:
        return _own_page(refusal)
    return redirect(url_for("settings.second_factor", _anchor="h-setup"), 303)


@settings.post("/settings/second-factor/forget")
@members_only
def forget_second_factor() -> Any:
    """Not now."""
    switching.forget_setup(actor())
    return redirect(url_for("settings.second_factor"), 303)


@settings.post("/settings/second-factor/confirm")
@members_only
def confirm_second_factor() -> Any:
    """The first code. The recovery codes are in this answer and nowhere else."""
    try:
        codes = switching.confirm(
            actor(), typed(request.form, "code", rules.TYPED_MAX), password_of(request.form), visits.origin(),
            _session_id(),
        )  # fmt: skip
    except (Invalid, TooMany, Conflict, Forbidden) as refusal:
        return _own_page(refusal)
    return _own_page(codes=codes)


@settings.post("/settings/second-factor/codes")
@members_only
def renew_recovery_codes() -> Any:
    """Ten new recovery codes, in this answer and nowhere else."""
    try:
        codes = switching.renew_codes(actor(), password_of(request.form, "proof"), visits.origin())
    except (Invalid, TooMany, Conflict) as refusal:
        return _own_page(refusal)
    return _own_page(codes=codes)


@settings.post("/settings/second-factor/off")
@members_only
def switch_second_factor_off() -> Any:
    """Sign in without a code again."""
    try:
        switching.switch_off(actor(), password_of(request.form, "proof"), visits.origin())
    except (Invalid, TooMany) as refusal:
        return _own_page(refusal)
    return redirect(url_for("settings.second_factor", done="second_factor_off"), 303)


def _session_id() -> int:
    here = visits.visit()
    return here.session_id if here else 0


def _own_page(refusal: Refusal | None = None, codes: list[str] | None = None) -> Response:
    member_id = own_id(actor())
    standing = queries.standing_of(member_id)
    body = render_template(
        "accounts/settings/second_factor.html", tab="second_factor", invalid=refusal, fields=getattr(refusal, "fields", {}),
        done=None if refusal else request.args.get("done"), standing=standing, codes=codes,
        secret=rules.in_groups(standing.secret) if standing.secret else None, needed=queries.is_missing(actor(), _session_id()), owes=queries.owes_passkey(actor(), _session_id()),
        has_password=passwords.has_password(member_id),
    )  # fmt: skip
    return _answer(body, refusal)


# --- the desk ------------------------------------------------------------------------------------------------------

NEEDED = _(
    "Your role reaches the desk with a second factor only. Set one up in your settings, then come back."
)


def guard_desk() -> Any:
    """Before each page of the desk: whose role must have a second factor, and has none, is led to setting it up."""
    if (
        request.url_rule is None
        or "/desk/" not in request.url_rule.rule
        or not queries.is_missing(actor(), _session_id())
    ):
        return None
    if request.method == "GET" and not wants_json() and not wants_fragment():
        return redirect(url_for("settings.second_factor"), 303)
    raise Forbidden(NEEDED)


@bp.get("/desk/members/<int(min=1, max=2147483647):id>/second-factor")
@members_only
def reset(id: int) -> Any:
    """Take it from somebody who lost it: what that means, and why."""
    return _reset_page(id)


@bp.post("/desk/members/<int(min=1, max=2147483647):id>/second-factor")
@members_only
def reset_now(id: int) -> Any:
    """Do it."""
    try:
        had = switching.reset(actor(), id, typed(request.form, "reason", switching.REASON_MAX))
    except Invalid as refusal:
        return _reset_page(id, refusal)
    flash(str(_("Done. The member is told by mail.") if had else _("This member has no second factor.")))
    return redirect(url_for("desk.member", id=id), 303)


def _reset_page(member_id: int, refusal: Invalid | None = None) -> Response:
    member = by_id(member_id)
    if member is None:
        raise NotFound
    require(can_reset(actor(), member))
    body = render_template(
        "accounts/secondfactor/reset.html", member=member, is_on=queries.has_any(member_id), invalid=refusal,
        fields=getattr(refusal, "fields", {}), form=request.form, reason_max=switching.REASON_MAX,
    )  # fmt: skip
    return _answer(body, refusal)


def in_file(member: Member) -> str:
    """In the member's file: the way to the reset, for whoever may."""
    if not can_reset(actor(), member) or not queries.has_any(member.id):
        return ""
    return render_template("accounts/secondfactor/_in_file.html", member_id=member.id)
