"""The member's switch, and the file for managers."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, redirect, request, url_for

from accounts.settings.routes import members_only
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from moderation.crm import consenting, exporting
from moderation.outside.permissions import can_connect

blueprint = localized("crm", __name__)


@blueprint.post("/settings/data/crm")
@members_only
def choose() -> Any:
    """Agree, or no more."""
    if request.form.get("agree") == "1":
        consenting.agree(actor())
        flash(str(_("You agreed. You can take it back here at any time.")))
    else:
        consenting.withdraw(actor())
        flash(str(_("Taken back: the next export says so and holds nothing of you.")))
    return redirect(url_for("settings.data", _anchor="crm"), 303)


@blueprint.post("/desk/outside/activity")
def file() -> Response:
    """The file. A form, because each export is written down."""
    require(can_connect(actor()))
    lines = exporting.whole(actor(), "file")
    if request.form.get("format") == "json":
        content, kind, name = (
            json.dumps(lines, ensure_ascii=False, indent=1),
            "application/json",
            "activity.json",
        )
    else:
        content, kind, name = exporting.as_csv(lines), "text/csv", "activity.csv"
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)
