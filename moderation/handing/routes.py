"""The act that hands an item on, beside those of the queue; from a question to its private talk."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from common.errors import Refusal
from common.i18n import _
from common.unit_of_work import unit_of_work
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from moderation.handing import passing, privately
from moderation.review.routes import go_on, page, reservation, review, taken

blueprint = localized("handing", __name__)


@blueprint.post(f"/desk/questions/<{ANY_ID}:id>/private")
def ask_in_private(id: int) -> Any:
    """To the form of the question's case; a case opens where there is none."""
    case_id = privately.case_to_ask_in(actor(), id)
    return redirect(url_for("escalation.show", case_id=case_id, private=1, _anchor="private"), 303)


@review.post("/desk/review/<int:id>/escalate")
def escalate(id: int) -> Any:
    """Hand the question to a team; what must still be decided goes to senior colleagues."""
    try:
        with unit_of_work():
            form = request.form
            token, words, team = reservation(id), form.get("note", ""), form.get("team", "")
            decided = passing.escalate(actor(), id, token, words, team, taken())
    except Refusal as trouble:
        return page(id, trouble, request.form)
    said = _("#R-%(id)s: handed to the team.", id=id) if decided else _("#R-%(id)s: passed on, it still waits for a decision.", id=id)  # fmt: skip
    return go_on(said)
