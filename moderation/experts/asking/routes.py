"""Being asked: one's own wishes, the slip of a mail, and for managers how the invitations are spread."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import settings
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories_by_id
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from forum.questions.writing import published_question
from moderation.experts.asking import by_hand, ending, queries, slips, wishing
from moderation.experts.asking.permissions import can_see_spread, can_wish

blueprint = localized("experts", __name__)


@blueprint.get("/settings/helping")
@members_only
def wishes() -> Any:
    """What one is asked just now, and what one wishes about it."""
    return _page()


def _page(invalid: Invalid | None = None) -> Any:
    who = actor()
    require(can_wish(who))
    member_id = who.person_id or 0
    wished = queries.wishes_of(member_id)
    body = render_template(
        "moderation/experts/wishes.html", tab="helping", invalid=invalid, fields=invalid.fields if invalid else {},
        form=request.form if invalid else {}, done=None, wishes=wished,
        away=wishing.last_day(member_id, wished.away_until),
        asked=queries.open_of(member_id), muted=queries.muted_of(member_id), rank=who.rank,
        day=settings.get("experts.a_day"), week=settings.get("experts.a_week"), names=categories_by_id(),
    )  # fmt: skip
    return body, invalid.status if invalid else 200


@blueprint.post("/settings/helping")
@members_only
def keep_wishes() -> Any:
    """Keep them."""
    form = request.form
    try:
        wishing.choose(
            actor(), form.get("wanted") == "1", form.get("at_night") == "1", form.get("away", "")[:40]
        )
    except Invalid as invalid:
        return _page(invalid)
    flash(str(_("Your wishes are kept.")))
    return redirect(url_for("experts.wishes"), 303)


@blueprint.post(f"/settings/helping/<{ANY_ID}:id>/decline")
@members_only
def decline(id: int) -> Any:
    """No to an invitation of one's own (topic=1: and to its category)."""
    if not wishing.decline(actor(), id, request.form.get("topic") == "1"):
        raise NotFound()
    flash(str(_("Thank you for saying so. Nobody is told.")))
    return redirect(url_for("experts.wishes"), 303)


@blueprint.post(f"/settings/helping/muted/<{ANY_ID}:id>/end")
@members_only
def unmute(id: int) -> Any:
    """Be asked about a category again."""
    require(can_wish(actor()))
    ending.unmute(actor().person_id or 0, id)
    return redirect(url_for("experts.wishes"), 303)


@blueprint.get("/asked/<token>", endpoint="slip")
def show_slip(token: str) -> Any:
    """The page behind the small links of a mail; looking changes nothing."""
    return _slip_page(token, request.args.get("say", ""))


@blueprint.post("/asked/<token>", endpoint="send_slip")
def send_slip(token: str) -> Any:
    """No, without signing in: say=no for this question, say=topic for its category too."""
    one, say = slips.read(token), request.form.get("say", "")
    if say in ("no", "topic"):
        ending.decline(one.id)
    if say == "topic":
        ending.mute(one.member_id, one.category_id)
    return _slip_page(token, say, done=say in ("no", "topic"))


def _slip_page(token: str, say: str, done: bool = False) -> Any:
    one = slips.read(token)
    category = categories_by_id().get(one.category_id)
    return render_template(
        "moderation/experts/slip.html", token=token, say=say, done=done, topic=category.name if category else "",
        back=url_for("short.answer", id=one.question_id),
    )  # fmt: skip


@blueprint.get("/desk/experts")
def spread() -> str:
    """How the invitations of 90 days are spread."""
    require(can_see_spread(actor()))
    return render_template(
        "moderation/experts/spread.html", spread=queries.spread(), alarm=settings.get("experts.alarm_percent")
    )


@blueprint.get(f"/desk/unanswered/<{ANY_ID}:question_id>/experts")
def for_question(question_id: int) -> Any:
    """Who may be asked about a question that waits, best first."""
    return _offers_page(question_id)


def _offers_page(question_id: int, trouble: Conflict | None = None) -> Any:
    body = render_template(
        "moderation/experts/offers.html", offers=by_hand.offers(actor(), question_id), trouble=trouble,
        asked=queries.asked_about(question_id), question=published_question(actor(), question_id),
    )  # fmt: skip
    return body, trouble.status if trouble else 200


@blueprint.post(f"/desk/unanswered/<{ANY_ID}:question_id>/experts")
def ask_one(question_id: int) -> Any:
    """Ask one of them."""
    try:
        made = by_hand.ask(actor(), question_id, as_id(request.form.get("member_id")) or 0)
    except Conflict as refusal:
        return _offers_page(question_id, refusal)
    flash(
        str(
            _("Asked: the answer comes on the question’s page.")
            if made
            else _("This member was asked already.")
        )
    )
    return redirect(url_for("experts.for_question", question_id=question_id), 303)
