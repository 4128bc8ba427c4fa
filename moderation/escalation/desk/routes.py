"""Pages of the ladder's desk: the board with one case open, what the team does with it, the unanswered."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from common.errors import Conflict, Forbidden, Invalid, Refusal, TooMany
from common.i18n import _
from common.permissions import Actor, require
from common.web import actor, localized
from moderation.calendars.permissions import can_change_calendars
from moderation.escalation import cases, notices, prioritising
from moderation.escalation.desk import forms, queries
from moderation.escalation.desk.case_page import PRIORITY_NAMES, case_view
from moderation.escalation.permissions import can_act_on, can_see_cases, can_work
from moderation.experts.asking.queries import asked_counts
from moderation.routing import assigning
from moderation.routing.queries import stands_of
from moderation.workbench import present, replying
from moderation.workbench.rules import Doing

blueprint = localized("escalation", __name__)


def _agent() -> Actor:
    """Whoever reads this desk is of the team."""
    require(can_see_cases(actor()))
    return actor()


# --- the board ------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/escalations")
def board() -> str:
    """All cases in their columns."""
    assigning.note_here(_agent())
    return board_page(_agent())


@blueprint.get("/desk/escalations/<int:case_id>")
def show(case_id: int) -> str:
    """The board with one case open under it; its agent has opened it by that."""
    assigning.note_here(_agent())
    assigning.note_opened(_agent(), case_id)
    page = board_page(_agent(), case_id)
    present.note(_agent(), case_id, Doing.VIEWING)
    return page


def board_page(
    who: Actor, case_id: int | None = None, typed: str = "", trouble: Refusal | None = None, filled: Any = ()
) -> str:
    """The board, with one case open where one is named; what was typed into it and refused is kept."""
    scope, order = request.args.get("scope", "all"), request.args.get("order", "due")
    as_list = request.args.get("view") == "list"
    shown = queries.board(who, scope, order, queries.A_LIST if as_list else queries.A_COLUMN)
    case = case_view(who, case_id) if case_id is not None else None
    return render_template(
        "moderation/escalation/board.html",
        board=shown, month=queries.month(), last_month=queries.month(queries.MONTH), scope=scope, order=order, case=case,
        as_list=as_list, filled=filled,
        stands=stands_of(card.id for _column, _name, cards, _total in shown.columns for card in cards),
        typed=typed, trouble=trouble, may_work=bool(can_work(who)), priorities=PRIORITY_NAMES, reasons=notices.HAND_BACK_WORDS,
        may_act=case is not None and bool(can_act_on(who, case.card.assignee_id)), may_plan=bool(can_change_calendars(who)),
    )  # fmt: skip


@blueprint.post("/desk/escalations/next")
def take_next() -> Response:
    """Take the most pressing case of the queue."""
    case_id = cases.take_next(actor())
    if case_id is None:
        flash(str(_("Nothing waits to be taken.")))
        return redirect(url_for("escalation.board"), 303)
    return _opened(case_id)


@blueprint.post("/desk/escalations/<int:case_id>/take")
def take(case_id: int) -> Response:
    """Take a case."""
    return _done(case_id, lambda who: cases.take(who, case_id), _("The case is yours."))


@blueprint.post("/desk/escalations/<int:case_id>/assign")
def assign(case_id: int) -> Response:
    """Pass a case to a colleague."""
    member_id = forms.number(request.form.get("member_id"))
    return _done(case_id, lambda who: cases.assign(who, case_id, member_id), _("Passed on."))


@blueprint.post("/desk/escalations/<int:case_id>/release")
def release(case_id: int) -> Response:
    """Put a case back into the queue."""
    return _done(case_id, lambda who: cases.release(who, case_id), _("Back in the queue."))


@blueprint.post("/desk/escalations/<int:case_id>/note")
def note(case_id: int) -> Response:
    """Write an internal note."""
    return _done(
        case_id, lambda who: cases.note(who, case_id, request.form.get("note", "")), _("Noted."), "notes"
    )


@blueprint.post("/desk/escalations/<int:case_id>/answer")
def answer(case_id: int) -> Response | tuple[str, int]:
    """Publish the official answer."""
    form = request.form
    body, macro_id = form.get("body", ""), forms.number(form.get("macro_id")) or None
    return _written(
        case_id,
        lambda who: replying.reply(who, case_id, body, form.get("seen", ""), form.get("confirm"), macro_id),
        _("Your answer is published."),
        body,
    )


@blueprint.post("/desk/escalations/<int:case_id>/ask")
def ask(case_id: int) -> Response | tuple[str, int]:
    """Ask the asker for a detail and pause the clock."""
    form = request.form
    body = form.get("body", "")
    return _written(
        case_id,
        lambda who: replying.ask(who, case_id, body, form.get("seen", ""), form.get("confirm")),
        _("Asked. The clock rests until the reply."),
        body,
    )


@blueprint.post("/desk/escalations/<int:case_id>/wait")
def wait(case_id: int) -> Response:
    """Wait for colleagues; the promise to the asker goes on."""
    words = request.form.get("waiting_for", "")
    return _done(
        case_id, lambda who: cases.wait_internally(who, case_id, words), _("Waiting for colleagues.")
    )


@blueprint.post("/desk/escalations/<int:case_id>/resume")
def resume(case_id: int) -> Response:
    """Work on after waiting."""
    return _done(case_id, lambda who: cases.go_on(who, case_id), _("The case goes on."))


@blueprint.post("/desk/escalations/<int:case_id>/hand-back")
def hand_back(case_id: int) -> Response:
    """Leave the question to the community."""
    require(can_work(actor()))
    reason = forms.hand_back_reason(request.form.get("reason"))
    words = request.form.get("words", "")
    return _done(
        case_id, lambda who: cases.hand_back(who, case_id, reason, words), _("Handed back to the community.")
    )


@blueprint.post("/desk/escalations/<int:case_id>/danger")
def danger(case_id: int) -> Response:
    """Confirm that it is about safety, or that it only sounds like it."""
    require(can_work(actor()))
    real, reason = request.form.get("say") == "yes", request.form.get("reason", "")
    question_id = case_view(_agent(), case_id).card.question_id
    return _done(
        case_id,
        lambda who: prioritising.read_danger(who, question_id, real, reason),
        _("Noted: it is about safety.") if real else _("Noted: it is not about safety."),
    )


@blueprint.post("/desk/escalations/<int:case_id>/reach")
def reach(case_id: int) -> Response:
    """Note how many people the asker reaches."""
    require(can_work(actor()))
    count, question_id = (
        forms.number(request.form.get("reach")),
        case_view(_agent(), case_id).card.question_id,
    )
    return _done(case_id, lambda who: prioritising.note_reach(who, question_id, count, ""), _("Noted."))


@blueprint.post("/desk/escalations/<int:case_id>/priority")
def priority(case_id: int) -> Response:
    """Overrule the priority."""
    require(can_work(actor()))
    wanted, reason = forms.priority(request.form.get("priority")), request.form.get("reason", "")
    question_id = case_view(_agent(), case_id).card.question_id
    return _done(
        case_id,
        lambda who: prioritising.set_priority(who, question_id, wanted, reason),
        _("Priority changed."),
    )


def _opened(case_id: int, anchor: str = "case") -> Response:
    return redirect(url_for("escalation.show", case_id=case_id, _anchor=anchor), 303)  # type: ignore[return-value]


def _done(case_id: int, act: Any, said: Any, anchor: str = "case") -> Response:
    """Do it and come back to the case; what prevents it is said there."""
    try:
        act(actor())
    except (Conflict, Invalid) as refusal:
        said = next(iter(getattr(refusal, "fields", {}).values()), refusal.sentence)
    flash(str(said))
    return _opened(case_id, anchor)


def _written(case_id: int, act: Any, said: Any, body: str) -> Response | tuple[str, int]:
    """The same for a text: when it is refused, the page comes back with the text in its box, whatever a colleague has done
    with the case meanwhile."""
    try:
        act(actor())
    except (Conflict, Forbidden, Invalid, TooMany) as refusal:
        return board_page(_agent(), case_id, typed=body, trouble=refusal), refusal.status
    flash(str(said))
    return _opened(case_id)


# --- the unanswered -------------------------------------------------------------------------------------------------


@blueprint.get("/desk/unanswered")
def unanswered() -> str:
    """Questions nobody has answered, the one that waits longest first."""
    who, after = _agent(), request.args.get("after")
    page = queries.unanswered(who, after)
    return render_template(
        "moderation/escalation/unanswered.html", page=page, after=after, priorities=PRIORITY_NAMES,
        asked=asked_counts([one.id for one in page.items]),
    )  # fmt: skip


@blueprint.post("/desk/unanswered/<int:question_id>/escalate")
def escalate(question_id: int) -> Response:
    """Pass a question to the team before its time."""
    case_id = cases.open_by_hand(actor(), question_id)
    flash(str(_("Passed to the team.")))
    return _opened(case_id)
