"""'I'm answering this', as a button; leaving the page takes it back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from common import limits
from common.errors import Conflict
from common.web import actor
from forum.claims.claiming import claim_answering, release_answering
from forum.questions.routes import ANY_ID, questions


@questions.post(f"/questions/<{ANY_ID}:id>/answering")
def answering(id: int) -> Any:
    """Begin (on=1) or end. A page that is left expects no answer (quiet=1)."""
    limits.hit("answering", actor().member_id or "visitor", "60/minute")
    try:
        (claim_answering if request.form.get("on") == "1" else release_answering)(actor(), id)
    except Conflict as refusal:
        flash(str(refusal.sentence))
    if request.form.get("quiet") == "1":
        return "", 204
    return redirect(url_for("questions.show", id=id, _anchor="repondre"), 303)
