"""The line in a member's file at the desk that makes them speak for a maker."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for

from common.errors import Invalid
from common.i18n import _
from common.web import actor, localized, redirect_back
from forum.content.reviews.brands import registering
from forum.questions.routes import ANY_ID

brand_desk = localized("brand_desk", __name__)


@brand_desk.post(f"/desk/members/<{ANY_ID}:id>/brand")
def register(id: int) -> Any:
    """Register the account of a maker, or end that."""
    try:
        if registering.register(actor(), id, request.form.get("brand", "")[:80]):
            flash(str(_("Noted. It is in the log.")))
    except Invalid as invalid:
        flash(str(next(iter(invalid.fields.values()), invalid.sentence)))
    return redirect_back(url_for("home.show"))


def in_file(member: Any) -> str:
    """The panel of the file."""
    if not registering.can_register(actor()):
        return ""
    return render_template(
        "forum/reviews/_brand_account.html", member=member, brands=registering.brands(), brand=registering.brand_of(member.id)
    )  # fmt: skip
