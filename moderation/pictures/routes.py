"""Hide one picture of an item, or show it again."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from common.errors import Refusal
from common.i18n import _
from common.web import actor, localized
from moderation.pictures import hiding
from moderation.review.forms import read_reason
from moderation.review.routes import page

pictures = localized("pictures", __name__)


@pictures.post("/desk/review/<int:id>/pictures/<string:file_key>/hide")
def hide(id: int, file_key: str) -> Any:
    """Hide it, with a reason that its author reads."""
    form = request.form
    try:
        hiding.hide_picture(actor(), id, file_key, read_reason(form), form.get("picture_message", ""))
    except Refusal as trouble:
        return page(id, trouble, form)
    flash(str(_("The picture is hidden, and its author is told why. The text still waits for a decision.")))
    return redirect(url_for("review.item", id=id), 303)


@pictures.post("/desk/review/<int:id>/pictures/<string:file_key>/show")
def show(id: int, file_key: str) -> Any:
    """Show it again."""
    hiding.show_picture(actor(), id, file_key)
    flash(str(_("The picture is shown again.")))
    return redirect(url_for("review.item", id=id), 303)
