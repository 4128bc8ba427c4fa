"""Marking the solution, undoing it, recommending an answer. The whole page changes, so none answers with a part."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from common.errors import Conflict, Invalid, TooMany
from common.web import actor
from forum.questions import queries
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID, questions
from forum.reactions.routes import wanted
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from forum.solutions.thanking import thank
from forum.thread.panels import Trouble, Typed
from forum.thread.routes import address_of, show_again


def _reason(answer_id: int | None) -> str:
    return request.form.get(f"reason-{answer_id}", "") or request.form.get("reason", "")


@questions.post(f"/questions/<{ANY_ID}:id>/accept")
def accept(id: int) -> Any:
    """Mark an answer as the solution; ``replace`` puts it in the place of another."""
    answer_id = as_id(request.values.get("answer")) or 0
    replace = request.values.get("replace") == "1"
    accept_answer(actor(), id, answer_id, reason=_reason(answer_id), replace=replace)
    words = request.form.get(f"thanks-{answer_id}", "")
    try:
        thank(actor(), answer_id, words)
    except (Invalid, Conflict, TooMany) as refusal:
        said = (
            refusal.fields.get("body", refusal.sentence) if isinstance(refusal, Invalid) else refusal.sentence
        )
        return show_again(id, Trouble.of(refusal), typed=Typed(answer_id, words, said))
    return redirect(url_for("questions.show", id=id, _anchor=f"a-{answer_id}"), 303)


@questions.post(f"/questions/<{ANY_ID}:id>/unaccept")
def unaccept(id: int) -> Any:
    """The question is not solved after all."""
    answer_id = as_id(request.form.get("on"))
    unaccept_answer(actor(), id, reason=_reason(answer_id))
    return redirect(
        url_for("questions.show", id=id, _anchor=f"a-{answer_id}" if answer_id else "question"), 303
    )


@questions.post(f"/posts/<{ANY_ID}:id>/endorse")
def endorse(id: int) -> Any:
    """Recommend an answer in the brand's name, or stop."""
    (endorse_answer if wanted() else withdraw_endorsement)(actor(), id)
    return redirect(address_of(queries.find_post(actor(), id)), 303)
