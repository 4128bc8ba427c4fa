"""Appeals at the desk and the member's own page of one."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.db import db
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import _
from common.permissions import require
from common.unit_of_work import unit_of_work
from common.web import actor, localized
from moderation.appeals import queries
from moderation.review import deciding, leasing
from moderation.review.forms import read_verdict
from moderation.review.models import ReviewItem
from moderation.review.rules import Taken
from moderation.review.showing import shown
from moderation.review.wording import REASONS
from moderation.sanctions import appealing, wording
from moderation.sanctions.permissions import can_answer_appeals
from moderation.sanctions.statements import token_of

appeals = localized("appeals", __name__)
ANY_ID = "int(min=1, max=2147483647)"


@appeals.get("/desk/appeals")
def index() -> str:
    """What waits, and bans that wait for a second person."""
    require(can_answer_appeals(actor()))
    after, answered = request.args.get("after", "")[:40], request.args.get("tab") == "answered"
    return render_template(
        "moderation/appeals/list.html", page=queries.waiting_appeals(after, answered), after=after, answered=answered,
        proposals=[] if answered or after else queries.proposals(),
    )  # fmt: skip


def _page(appeal_id: int, trouble: Refusal | None = None, typed: Any = None) -> Response:
    require(can_answer_appeals(actor()))
    view = queries.appeal_view(actor(), appeal_id)
    body = render_template(
        "moderation/appeals/desk.html", view=view, trouble=trouble, typed=typed or {}, reasons=REASONS, wording=wording,
        may_take=queries.may_take(actor(), view), mine=view.appeal.assigned_to_id == actor().member_id,
        token=token_of(view.statement.id),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@appeals.get(f"/desk/appeals/<{ANY_ID}:id>")
def desk(id: int) -> Response:
    """Decision and appeal side by side."""
    return _page(id)


@appeals.post(f"/desk/appeals/<{ANY_ID}:id>/take")
def take(id: int) -> Any:
    """It is mine to answer."""
    require(can_answer_appeals(actor()))
    try:
        require(queries.appeal_view(actor(), id).may_answer)
        appealing.assign(actor(), id)
    except Conflict as conflict:
        return _page(id, conflict)
    return redirect(url_for("appeals.desk", id=id), 303)


@appeals.post(f"/desk/appeals/<{ANY_ID}:id>/answer")
def answer(id: int) -> Any:
    """Uphold, reverse, or change in part."""
    require(can_answer_appeals(actor()))
    item = db.session.get(ReviewItem, queries.appeal_view(actor(), id).appeal.item_id or 0)
    if item is None:
        raise NotFound()
    try:
        with unit_of_work():
            verdict = read_verdict(request.form)
            deciding.hold_text(item.id)
            token = leasing.claim(actor(), item.id).token
            seen = shown(db.session.get_one(ReviewItem, item.id))
            deciding.decide(actor(), item.id, token, seen.stamp if seen else "", verdict, Taken.AT_ONCE)
    except (Invalid, Conflict) as trouble:
        return _page(id, trouble, request.form)
    flash(str(_("Answered. The member is told.")))
    return redirect(url_for("appeals.index"), 303)


@appeals.get(f"/appeals/<{ANY_ID}:id>")
@members_only
def mine(id: int) -> str:
    """My appeal: what I wrote, until when it is answered, and the answer."""
    appeal, statement, answer_by = queries.own_appeal(actor(), id)
    return render_template(
        "moderation/appeals/mine.html", appeal=appeal, statement=statement, answer_by=answer_by, wording=wording,
        token=token_of(statement.id), reasons=REASONS,
    )  # fmt: skip
