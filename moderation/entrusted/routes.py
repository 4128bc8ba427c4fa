"""The page of what is entrusted in a thread, and what the desk does with proposals."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.errors import Conflict, Invalid, Refusal, TooMany
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.questions.writing import published_question
from moderation.entrusted import drafting, handing, hiding, queries
from moderation.entrusted.permissions import can_hand_over
from moderation.escalation.desk.forms import number
from moderation.escalation.desk.routes import board_page
from moderation.escalation.permissions import can_work
from moderation.review.rules import Reason
from moderation.review.wording import REASONS

blueprint = localized("entrusted", __name__)
SEEN = {"Cache-Control": "no-store"}


@blueprint.get(f"/questions/<{ANY_ID}:id>/team")
@members_only
def show(id: int) -> Any:
    """Hand the question over, propose the official answer, look after the thread."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Any:
    who = actor()
    question = published_question(who, id)
    require(can_hand_over(who, question))
    html = render_template(
        "moderation/entrusted/show.html", question=question, posts=queries.hideable(who, question), reasons=REASONS,
        own=queries.own_draft(who, id), trouble=refusal, fields=getattr(refusal, "fields", {}),
        typed=request.form if refusal else {}, longest=drafting.BODY_MOST, longest_words=handing.WORDS_MOST,
        longest_message=hiding.MESSAGE_MOST,
    )  # fmt: skip
    return html, refusal.status if refusal else 200, SEEN


@blueprint.post(f"/questions/<{ANY_ID}:id>/team")
@members_only
def hand_over(id: int) -> Any:
    """Hand it to the team."""
    try:
        handing.hand_over(actor(), id, request.form.get("words", ""))
    except (Invalid, Conflict, TooMany) as refusal:
        return _show(id, refusal)
    flash(str(_("The team has it now. Thank you.")))
    return redirect(url_for("questions.show", id=id), 303)


@blueprint.post(f"/questions/<{ANY_ID}:id>/team/draft")
@members_only
def draft(id: int) -> Any:
    """Propose the official answer."""
    try:
        drafting.draft(actor(), id, request.form.get("body", ""))
    except (Invalid, Conflict, TooMany) as refusal:
        return _show(id, refusal)
    flash(str(_("The team reads your proposal, and you hear what becomes of it.")))
    return redirect(url_for("questions.show", id=id), 303)


@blueprint.post(f"/questions/<{ANY_ID}:id>/team/hide/<{ANY_ID}:post_id>")
@members_only
def hide(id: int, post_id: int) -> Any:
    """Hide a post of the category of one's mandate."""
    written = request.form.get("reason", "")
    try:
        if written not in {reason.value for reason in Reason}:
            raise Invalid(fields={"reason": _("Choose what is wrong.")})
        hiding.hide(actor(), post_id, Reason(written), request.form.get("message", ""))
    except (Invalid, Conflict, TooMany) as refusal:
        return _show(id, refusal)
    flash(str(_("Hidden. The author reads why, and a moderator looks at it.")))
    if post_id == id:
        return redirect(url_for("questions.index"), 303)
    return redirect(url_for("entrusted.show", id=id), 303)


# --- the desk -----------------------------------------------------------------------------------------------------


@blueprint.post(f"/desk/drafts/<{ANY_ID}:id>")
def decide(id: int) -> Any:
    """Publish a proposal, as it is or changed, or decline it with a word."""
    who = actor()
    require(can_work(who))
    case_id = drafting.case_id_of(id)
    try:
        if request.form.get("act") == "publish":
            drafting.publish(who, id, request.form.get("body", ""), number(request.form.get("version")))
            said = _("Published as the official answer.")
        else:
            drafting.decline(who, id, request.form.get("words", ""))
            said = _("Declined; the member reads your word.")
    except (Invalid, Conflict, TooMany) as refusal:
        return board_page(who, case_id, trouble=refusal), refusal.status
    flash(str(said))
    return redirect(url_for("escalation.show", case_id=case_id, _anchor="case"), 303)
