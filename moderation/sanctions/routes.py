"""Pages of restrictions: the statement of a decision with its appeal, the members' files of the desk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from common import limits, text
from common.errors import Conflict, Forbidden, Invalid, Refusal, TooMany
from common.i18n import _
from common.permissions import require
from common.web import actor, client_key, localized
from moderation.review import wording as review_wording
from moderation.sanctions import appealing, numbers, queries, sanctioning, statements, wording
from moderation.sanctions.forms import read_sanction
from moderation.sanctions.permissions import can_confirm, can_expel, can_measure, can_sanction, can_see_file
from moderation.sanctions.rules import SANCTION_HOURS, SanctionKind
from moderation.sanctions.strike_rules import POINTS, StrikeCause, rung_of

decisions: Blueprint = localized("decisions", __name__)


def _statement_page(token: str, trouble: Refusal | None = None, typed: str = "") -> Response:
    view = queries.statement_view(actor(), statements.by_token(token))
    body = render_template(
        "moderation/sanctions/statement.html", view=view, token=token, trouble=trouble, typed=typed, wording=wording,
        reasons=review_wording.REASONS,
    )  # fmt: skip
    response = Response(body, trouble.status if trouble else 200, mimetype="text/html")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@decisions.get("/decisions/<token>")
def show(token: str) -> Response:
    """What was decided, why, and what can be done. Whoever has the link reads it, signed in or not."""
    return _statement_page(token)


@decisions.post("/decisions/<token>/appeal")
def appeal(token: str) -> Any:
    """Contest the decision."""
    statement = statements.by_token(token)
    typed = request.form.get("text", "")
    try:
        limits.hit("appeal", client_key(), "20/hour")
        appealing.appeal(actor(), statement.id, typed)
    except (Invalid, Conflict, Forbidden, TooMany) as trouble:
        return _statement_page(token, trouble, typed)
    return redirect(url_for("decisions.show", token=token), 303)


def member_page(member_id: int, trouble: Refusal | None = None, typed: Any = None) -> Response:
    """A member's file."""
    require(can_see_file(actor()))
    found = queries.file_of(actor(), member_id)
    measures = [
        (f"{kind.value}:{hours}", wording.SANCTIONS[kind], hours)
        for kind in SANCTION_HOURS
        for hours in SANCTION_HOURS[kind]
    ]
    body = render_template(
        "moderation/sanctions/member.html", file=found, trouble=trouble, typed=typed or {}, wording=wording,
        review=review_wording, measures=measures, may_sanction=can_sanction(actor(), found.member),
        token_of=statements.token_of, causes=[(cause, POINTS[cause], wording.CAUSES[cause]) for cause in StrikeCause],
        rungs=ladder_words(found.total), may_expel=can_expel(actor(), found.member, found.member.joined_at),
        may_confirm={one.id for one in found.sanctions if can_confirm(actor(), one, found.member)},
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


def ladder_words(total: int) -> dict[str, Any]:
    """What the points of each cause would lead to, added to those that count already."""
    ladder, found = numbers.ladder(), {}
    for cause in StrikeCause:
        rung = rung_of(total + POINTS[cause], ladder)
        if rung is not None:
            found[cause.value] = (total + POINTS[cause], wording.SANCTIONS[rung.kind], rung.hours)
    return found


def sanction_member(member_id: int) -> Any:
    """Silence or suspend."""
    require(can_measure(actor()))
    try:
        draft = read_sanction(request.form)
        act = sanctioning.silence if draft.kind == SanctionKind.SILENCE else sanctioning.suspend
        act(actor(), member_id, draft.hours, draft.reason, draft.message)
    except Invalid as invalid:
        return member_page(member_id, invalid, request.form)
    flash(str(_("Done. The member is told, with the reason and the way to contest it.")))
    return redirect(url_for("desk.member", id=member_id), 303)


def lift_sanction(member_id: int, sanction_id: int) -> Any:
    """End a measure before its time."""
    require(can_measure(actor()))
    try:
        sanctioning.lift(actor(), sanction_id, request.form.get("why", ""))
    except (Invalid, Conflict) as trouble:
        return member_page(member_id, trouble, request.form)
    flash(str(_("The measure has ended.")))
    return redirect(url_for("desk.member", id=member_id), 303)


def members_page() -> str:
    """Members by name or address."""
    require(can_see_file(actor()))
    words = text.normalise(request.args.get("q", "")).strip()[:100]
    after = request.args.get("after", "")[:40]
    return render_template(
        "moderation/sanctions/members.html",
        page=queries.people(actor(), words, after),
        words=words,
        after=after,
    )
