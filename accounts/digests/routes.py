"""The preview of one's own digest."""

from __future__ import annotations

from typing import Any

from flask import render_template

from accounts.digests import queries
from accounts.settings.routes import members_only
from accounts.settings.words import RHYTHMS
from common.i18n import language
from common.web import actor, localized

bp = localized("digests", __name__)


@bp.get("/notifications/digest")
@members_only
def show() -> Any:
    """My next digest as it would be now."""
    found = queries.preview(actor().member_id or 0, language())
    return render_template("accounts/digest.html", preview=found, rhythm=RHYTHMS[found.rhythm])


def link_to_preview() -> str:
    """Beside the alert settings."""
    return render_template("accounts/_digest_link.html")
