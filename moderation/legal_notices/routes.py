"""Pages of legal notices: the form that is open to everybody, the page of a notice, the desk's lists."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from common import limits, text
from common.errors import Conflict, Forbidden, Invalid, Refusal, TooMany
from common.i18n import _, language
from common.permissions import require
from common.web import actor, client_key, localized
from moderation.legal_notices import proof, queries, submitting, trusting, wording
from moderation.legal_notices.forms import read_notice
from moderation.legal_notices.permissions import can_contest, can_read_notices, can_trust
from moderation.legal_notices.rules import ADDRESS_LENGTH, CONTEST, EXPLANATION, NAME, NoticeState

legal_notices: Blueprint = localized("legal_notices", __name__)


def _private(body: str, status: int = 200) -> Response:
    """A page with a secret in its address: kept by nobody, told to nobody."""
    response = Response(body, status, mimetype="text/html")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _form(trouble: Refusal | None = None) -> Response:
    name, email = submitting.account_of(actor()) if request.method == "GET" else ("", "")
    typed = request.form if request.method == "POST" else {"name": name, "email": email, "address": _asked()}
    body = render_template(
        "moderation/legal_notices/form.html", trouble=trouble, typed=typed, grounds=wording.GROUNDS,
        challenge=proof.challenge(), explanation=EXPLANATION, name_length=NAME, address_length=ADDRESS_LENGTH,
    )  # fmt: skip
    return _private(body, trouble.status if trouble else 200)


def _asked() -> str:
    """The address the form begins with: that of the text whose page led here."""
    return text.normalise(request.args.get("address", "")).strip()[:ADDRESS_LENGTH]


@legal_notices.get("/legal-notices/new")
def new() -> Response:
    """The form."""
    return _form()


@legal_notices.post("/legal-notices/new")
def send() -> Any:
    """Send a notice."""
    try:
        draft = read_notice(request.form, language(), request.host)
        sent = submitting.submit(actor(), draft, client_key())
    except (Invalid, TooMany) as trouble:
        return _form(trouble)
    if sent.waits:
        return redirect(url_for("legal_notices.sent"), 303)
    return redirect(url_for("legal_notices.track", token=proof.token_of(sent.notice_id)), 303)


@legal_notices.get("/legal-notices/sent")
def sent() -> str:
    """A link to confirm it is under way."""
    return render_template("moderation/legal_notices/sent.html")


@legal_notices.get("/legal-notices/confirm/<token>")
def confirm(token: str) -> Response:
    """The page behind the link in the mail: opening it changes nothing."""
    notice = proof.by_token(token, "confirm")
    return _private(
        render_template(
            "moderation/legal_notices/confirm.html", notice=notice, token=token, states=NoticeState
        )
    )


@legal_notices.post("/legal-notices/confirm/<token>")
def confirm_now(token: str) -> Any:
    """Confirm it."""
    notice = proof.by_token(token, "confirm")
    submitting.confirm(notice.id)
    return redirect(url_for("legal_notices.track", token=proof.token_of(notice.id)), 303)


def _page(token: str, trouble: Refusal | None = None) -> Response:
    notice = proof.by_token(token)
    body = render_template(
        "moderation/legal_notices/track.html", view=queries.view_of(notice), token=token, trouble=trouble,
        typed=request.form.get("text", ""), wording=wording, may_contest=can_contest(actor(), notice),
        contest_length=CONTEST,
    )  # fmt: skip
    return _private(body, trouble.status if trouble else 200)


@legal_notices.get("/legal-notices/<token>")
def track(token: str) -> Response:
    """Where a notice stands. Whoever has the link reads it."""
    return _page(token)


@legal_notices.post("/legal-notices/<token>/contest")
def contest(token: str) -> Any:
    """Ask for another look at the decision."""
    notice = proof.by_token(token)
    try:
        limits.hit("appeal", client_key(), "20/hour")
        submitting.contest(actor(), notice.id, request.form.get("text", ""))
    except (Invalid, Conflict, Forbidden, TooMany) as trouble:
        return _page(token, trouble)
    return redirect(url_for("legal_notices.track", token=token), 303)


# --- the desk ----------------------------------------------------------------------------------------------------


@legal_notices.get("/desk/legal-notices")
def index() -> str:
    """All notices."""
    require(can_read_notices(actor()))
    state = request.args.get("state", "")
    state = state if state in {one.value for one in NoticeState} else ""
    after = request.args.get("after", "")[:60]
    return render_template(
        "moderation/legal_notices/index.html", page=queries.listed(actor(), state, after), state=state, after=after,
        wording=wording, may_trust=can_trust(actor()),
    )  # fmt: skip


def _trusted_page(trouble: Refusal | None = None) -> Response:
    require(can_trust(actor()))
    body = render_template(
        "moderation/legal_notices/trusted.html", flaggers=trusting.listed(), trouble=trouble, typed=request.form,
        name_length=NAME,
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@legal_notices.get("/desk/trusted-flaggers")
def trusted() -> Response:
    """Whose notices come first."""
    return _trusted_page()


@legal_notices.post("/desk/trusted-flaggers")
def trust() -> Any:
    """Put a body on the list."""
    require(can_trust(actor()))
    try:
        trusting.trust(actor(), request.form.get("name", ""), request.form.get("email", ""))
    except (Invalid, Conflict) as trouble:
        return _trusted_page(trouble)
    flash(str(_("Its notices come first from now on.")))
    return redirect(url_for("legal_notices.trusted"), 303)


@legal_notices.post("/desk/trusted-flaggers/<int:id>/remove")
def distrust(id: int) -> Any:
    """Take a body off the list."""
    trusting.distrust(actor(), id)
    flash(str(_("Its notices are read like all others.")))
    return redirect(url_for("legal_notices.trusted"), 303)
