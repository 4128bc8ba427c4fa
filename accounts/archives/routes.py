"""The page of one's own data: the archive, what is kept, and the way out."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, send_file, url_for

from accounts import visits
from accounts.archives import asking
from accounts.archives.keeping import path_of
from accounts.archives.parts import registered
from accounts.closing.proving import prove_oneself
from accounts.members.permissions import own_id
from accounts.settings.routes import bp, members_only
from accounts.signin import passwords
from accounts.signin.forms import password_of
from common import clock, settings
from common.errors import Invalid, NotFound, TooMany
from common.text import slugify
from common.web import actor


@bp.get("/settings/data")
@members_only
def data() -> Any:
    """What is kept, and how to take it along."""
    return _page()


@bp.post("/settings/data/archive")
@members_only
def ask_for_archive() -> Any:
    """Have the archive made."""
    try:
        form = request.form
        prove_oneself(actor(), password_of(form, "password"), form.get("email", ""), visits.origin())
        asking.ask_for_archive(actor())
    except (Invalid, TooMany) as refusal:
        return _page(refusal)
    return redirect(url_for("settings.data", done="archive"), 303)


@bp.get("/settings/data/archive")
@members_only
def fetch_archive() -> Response:
    """The file, for its member alone."""
    found = asking.finished_archive(actor())
    path = path_of(found.file_key)
    if not path.exists():
        raise NotFound
    name = f"{slugify(str(settings.get('brand.community')))}-{clock.now():%Y-%m-%d}.zip"
    response = send_file(
        path, mimetype="application/zip", as_attachment=True, download_name=name, conditional=False
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(refusal: Invalid | TooMany | None = None) -> Any:
    body = render_template(
        "accounts/settings/data.html", tab="data", invalid=refusal, fields=getattr(refusal, "fields", {}),
        done="archive" if request.args.get("done") == "archive" and not refusal else None,
        form=request.form if refusal else {}, has_password=passwords.has_password(own_id(actor())),
        archive=asking.own_archive(actor()),
        titles=[part.title for one in registered().values() for part in one.parts],
    )  # fmt: skip
    return body, refusal.status if refusal else 200
