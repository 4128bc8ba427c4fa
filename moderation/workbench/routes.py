"""At a case: say that one is there, fill in a template."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from common.permissions import require
from common.web import actor, localized
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from moderation.escalation.desk.routes import board_page
from moderation.macros import using
from moderation.macros.permissions import can_write_macros
from moderation.workbench import present
from moderation.workbench.rules import Doing

blueprint = localized("workbench", __name__)


@blueprint.post(f"/desk/escalations/<{ANY_ID}:case_id>/here")
def here(case_id: int) -> str:
    """Somebody is at this case for the next half minute; who else is comes back."""
    who = actor()
    present.note(who, case_id, Doing.WRITING if request.form.get("doing") == "writing" else Doing.VIEWING)
    return render_template("moderation/workbench/_people.html", people=present.others(who, case_id))


@blueprint.post(f"/desk/escalations/<{ANY_ID}:case_id>/template")
def template(case_id: int) -> Any:
    """Put a template's words under what was typed; nothing is sent."""
    require(can_write_macros(actor()))
    typed, macro_id = request.form.get("body", ""), as_id(request.form.get("macro_id"))
    if macro_id is None:
        return board_page(actor(), case_id, typed=typed)
    words, values = using.fill_in(actor(), case_id, macro_id)
    return board_page(actor(), case_id, typed=using.added_to(typed, words), filled=values)
