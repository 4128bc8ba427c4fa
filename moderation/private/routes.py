"""Going on in private: the desk's forms on a case, and the asker's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from accounts.messages.routes import conversation_page
from accounts.settings.routes import members_only
from common.errors import Conflict, Invalid, NotFound, TooMany
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.web import actor, localized
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from moderation.escalation.desk.routes import board_page
from moderation.macros import using
from moderation.macros.permissions import can_write_macros
from moderation.private import queries, talking

blueprint = localized("private", __name__)


# --- the asker ----------------------------------------------------------------------------------------------------


@blueprint.get(f"/questions/<{ANY_ID}:id>/private")
@members_only
def offer(id: int) -> Any:
    """What the team proposes, and the two answers."""
    found = queries.offered_to(actor(), id)
    if found is None:
        raise NotFound()
    return render_template("moderation/private/offer.html", talk=found)


@blueprint.post(f"/questions/<{ANY_ID}:id>/private")
@members_only
def answer(id: int) -> Any:
    """Yes, or no."""
    if request.form.get("say") == "yes":
        agent_id = talking.accept(actor(), id)
        flash(str(_("You go on in private: here you can give what nobody else should read.")))
        return redirect(url_for("messages.show", id=agent_id), 303)
    talking.decline(actor(), id)
    flash(str(_("Your question stays public. The team answers there.")))
    return redirect(url_for("questions.show", id=id), 303)


# --- the desk -----------------------------------------------------------------------------------------------------


def _done(case_id: int, act: Callable[[Actor], Any], said: Sentence) -> Any:
    """Do it and come back to the case; a refusal is shown there with what was typed."""
    try:
        act(actor())
    except (Conflict, Invalid, TooMany) as refusal:
        return board_page(actor(), case_id, trouble=refusal), refusal.status
    flash(str(said))
    return redirect(url_for("escalation.show", case_id=case_id, _anchor="case"), 303)


@blueprint.post(f"/desk/escalations/<{ANY_ID}:case_id>/private")
def begin(case_id: int) -> Any:
    """Ask the asker, or go on at once with notice."""
    words, macro_id = request.form.get("words", ""), as_id(request.form.get("private_macro_id"))
    if request.form.get("how") == "now":
        return _done(
            case_id, lambda who: talking.begin(who, case_id, words, macro_id), _("Goes on in private.")
        )
    return _done(
        case_id, lambda who: talking.offer(who, case_id, words, macro_id), _("The asker is being asked.")
    )


@blueprint.post(f"/desk/escalations/<{ANY_ID}:case_id>/private/template")
def template(case_id: int) -> Any:
    """Put a template's words under the first message as it was typed; nothing is sent."""
    require(can_write_macros(actor()))
    if macro_id := as_id(request.form.get("private_macro_id")):
        words, values = using.fill_in(actor(), case_id, macro_id)
        g.private_words = using.added_to(request.form.get("words", ""), words), values
    return board_page(actor(), case_id)


@blueprint.post(f"/desk/private/<{ANY_ID}:member_id>/template")
def message_template(member_id: int) -> Any:
    """The same in the messages of a talk that goes on; nothing is sent."""
    require(can_write_macros(actor()))
    case_id, macro_id = queries.case_with(actor(), member_id), as_id(request.form.get("macro_id"))
    typed = request.form.get("body", "")
    if case_id is None:
        raise NotFound()
    if macro_id is None:
        return conversation_page(member_id, body=typed)
    return conversation_page(
        member_id, body=using.added_to(typed, using.fill_in(actor(), case_id, macro_id)[0])
    )


@blueprint.post(f"/desk/escalations/<{ANY_ID}:case_id>/private/end")
def end(case_id: int) -> Any:
    """Publish a summary, close without one, go back to the public thread, take over, or take the offer back."""
    how, summary = request.form.get("how", ""), request.form.get("summary", "")
    if how == "take-over":
        asker_id = talking.take_over(actor(), case_id)
        return redirect(url_for("messages.show", id=asker_id), 303)
    if how == "close":
        return _done(case_id, lambda who: talking.close(who, case_id), _("Settled in private, and closed."))
    if how == "public":
        return _done(case_id, lambda who: talking.back_to_public(who, case_id), _("Public again."))
    if how == "take-back":
        return _done(case_id, lambda who: talking.take_back(who, case_id), _("The offer is taken back."))
    return _done(
        case_id, lambda who: talking.finish(who, case_id, summary), _("The summary is published: solved.")
    )
