"""Marking the solution, undoing it, proposing and recommending an answer, saying whether it is solved.

The whole page changes, so none of these answers with a part.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.i18n import Sentence, _
from common.web import actor
from forum.notices import slips
from forum.questions import queries
from forum.questions.forms import as_id
from forum.questions.replying import mark_reply
from forum.questions.routes import ANY_ID, questions
from forum.reactions.routes import wanted
from forum.solutions import numbers
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from forum.solutions.proposing import object_to_proposal, propose_solution
from forum.solutions.rules import may_reopen
from forum.solutions.settling import answers_to_choose, say_solved, say_unsolved
from forum.solutions.thanking import thank
from forum.thread.panels import Trouble, Typed
from forum.thread.routes import address_of, show_again, thread_address

OPEN_AGAIN = _("Your question is open again. Say below what still goes wrong.")
THANKS = _("Thank you. Your question is marked as solved.")


def _reason(answer_id: int | None) -> str:
    return request.form.get(f"reason-{answer_id}", "") or request.form.get("reason", "")


def _to_answer(question_id: int, answer_id: int | None) -> Any:
    anchor = f"a-{answer_id}" if answer_id else "question"
    return redirect(url_for("questions.show", id=question_id, answer=answer_id or None, _anchor=anchor), 303)


def _solution_of(question_id: int) -> Any:
    """The question as it stands before its asker chooses."""
    found = queries.question_head(question_id)
    if found is None:
        raise NotFound()
    return found[0]


def _way_back(question_id: int, before_id: int | None, replaced: bool) -> str:
    """Where the choice is undone: the solution before it, or none."""
    if before_id is None or not replaced:
        return url_for("questions.unaccept", id=question_id)
    return url_for("questions.accept", id=question_id, answer=before_id, replace=1)


@questions.post(f"/questions/<{ANY_ID}:id>/accept")
def accept(id: int) -> Any:
    """Mark an answer as the solution; ``replace`` puts it in the place of another."""
    answer_id = as_id(request.values.get("answer")) or 0
    replace = request.values.get("replace") == "1"
    before = _solution_of(id)
    accepted = accept_answer(actor(), id, answer_id, reason=_reason(answer_id), replace=replace)
    if accepted and before.accepted_answer_id != answer_id and before.author_id in actor().ids:
        flash(str(_("Solution accepted.")), f"undo {_way_back(id, before.accepted_answer_id, replace)}")
    words = request.form.get(f"thanks-{answer_id}", "")
    try:  # the solution stands, whatever becomes of the words
        thank(actor(), answer_id, words)
    except (Invalid, Conflict, TooMany, Forbidden) as refusal:
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


@questions.post(f"/posts/<{ANY_ID}:id>/kind", endpoint="reply_kind")
def reply_kind(id: int) -> Any:
    """Say that a reply is an answer, a tip, or a question back."""
    mark_reply(actor(), id, request.form.get("kind", ""))
    return redirect(address_of(queries.find_post(actor(), id)), 303)


@questions.post(f"/questions/<{ANY_ID}:id>/propose")
def propose(id: int) -> Any:
    """Propose an answer as the solution."""
    answer_id = as_id(request.values.get("answer")) or 0
    if propose_solution(actor(), id, answer_id):
        flash(str(_("Proposed. The person who asked is told, and decides.")))
    return _to_answer(id, answer_id)


@questions.post(f"/questions/<{ANY_ID}:id>/object", endpoint="object")
def object_to(id: int) -> Any:
    """A proposed answer is not the solution."""
    object_to_proposal(actor(), id, request.form.get("words", ""))
    return _to_answer(id, as_id(request.form.get("on")))


# --- is it solved? ------------------------------------------------------------------------------------------------


@questions.post(f"/questions/<{ANY_ID}:id>/solved")
def solved(id: int) -> Any:
    """The asker says that it is solved."""
    if say_solved(actor(), id, as_id(request.form.get("answer"))):
        flash(str(THANKS))
    return redirect(url_for("questions.show", id=id), 303)


@questions.post(f"/questions/<{ANY_ID}:id>/unsolved")
def unsolved(id: int) -> Any:
    """The asker says that it is still a problem."""
    if say_unsolved(actor(), id):
        flash(str(OPEN_AGAIN))
    return redirect(url_for("questions.show", id=id, _anchor="repondre"), 303)


@questions.get("/is-it-solved/<token>", endpoint="slip")
def show_slip(token: str) -> Any:
    """The page behind a mail's button: asks, and changes nothing."""
    return _slip_page(token, slips.read(token), request.args.get("say", ""))


@questions.post("/is-it-solved/<token>", endpoint="send_slip")
def send_slip(token: str) -> Any:
    """Yes or no, said in the asker's name: the signed address is the proof."""
    slip, say = slips.read(token), request.form.get("say", "")
    who = slips.asker_of(slip)
    if say == "yes":
        say_solved(who, slip.question_id, as_id(request.form.get("answer")))
    elif say == "no":
        say_unsolved(who, slip.question_id)
    return _slip_page(token, slip, say, THANKS if say == "yes" else OPEN_AGAIN if say == "no" else None)


def _slip_page(token: str, slip: slips.Slip, say: str, done: Sentence | None = None) -> Any:
    question = queries.question_head(slip.question_id)
    if question is None:
        raise NotFound()
    head = question[0]
    choices = () if head.accepted_answer_id else answers_to_choose(slip.question_id)
    body = render_template(
        "forum/questions/slip.html", here="questions", head=head, token=token, say=say, done=done, choices=choices,
        shown=[head.proposed_answer_id] if head.proposed_answer_id else [], back=thread_address(head),
        reopens=may_reopen(head.resolved_at or head.presumed_at, clock.now(), numbers.reopening()),
    )  # fmt: skip
    return body, 200, {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
