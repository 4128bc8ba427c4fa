"""The page of sent mails, for the administrator of a demonstration."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from accounts.outbox import letters
from accounts.settings.routes import members_only
from common import rail
from common.config import current_config
from common.i18n import _
from common.web import actor, localized

bp = localized("outbox", __name__)
_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "private, no-store"}


@bp.get("/desk/outbox")
@members_only
def index() -> Any:
    """The list."""
    page = letters.recent(actor(), request.args.get("after"))
    is_kept = current_config().mail_url.startswith("outbox")
    return render_template("accounts/outbox.html", page=page, is_kept=is_kept), 200, _HEADERS


@bp.get("/desk/outbox/<name>")
@members_only
def show(name: str) -> Any:
    """One mail."""
    return render_template("accounts/outbox_letter.html", letter=letters.one(actor(), name)), 200, _HEADERS


RAIL = rail.Line("outbox.index", "mail", _("Sent mails"), lambda who: who.is_admin)
