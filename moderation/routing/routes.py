"""The desk of routing: teams, ordered rules, a try, one team's work; and what is done with one case's team."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import LANGUAGES, Sentence, _, n_
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.escalation.desk.case_page import PRIORITY_NAMES
from moderation.escalation.desk.routes import board_page
from moderation.escalation.permissions import can_work
from moderation.forecast import routes as forecasts
from moderation.forecast import running
from moderation.routing import applying, queries, returning
from moderation.routing.ordering import teaming
from moderation.routing.permissions import can_order
from moderation.routing.rules import NAME_MOST

blueprint = localized("routing", __name__)


def _page(template: str, refusal: Refusal | None, **values: Any) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        f"moderation/routing/{template}", refusal=trouble, errors=trouble.fields if trouble else {}, codes=LANGUAGES,
        categories=categories(), longest=NAME_MOST, teams_to_choose=queries.names(), calendars=teaming.calendars(), **values,
    )  # fmt: skip
    return with_status(body, trouble)


# --- teams and rules --------------------------------------------------------------------------------------------------------


def _index(refusal: Refusal | None = None) -> Response:
    who, given = actor(), request.args
    tried = queries.tried(
        who,
        given.get("text", ""),
        given.get("category", ""),
        given.get("product", ""),
        given.get("language", ""),
    )
    return _page(
        "index.html", refusal, teams=queries.teams(who), rules=queries.rules(who), may=bool(can_order(who)), given=given,
        tried=tried, priorities=PRIORITY_NAMES, typed=request.form if refusal else {},
    )  # fmt: skip


@blueprint.get("/desk/routing")
def index() -> Response:
    """Teams, rules in their order, and a question to try."""
    return _index()


@blueprint.post("/desk/routing")
def found() -> Any:
    """Make a team, or the usual ones."""
    require(can_order(actor()))
    try:
        if request.form.get("act") == "usual":
            put = running.put(actor(), "teams", None, request.form)
            return _back(put, _("The usual teams and rules are there: name who works in them."))
        put = running.put(actor(), "team", None, request.form)
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    there = url_for("routing.team", id=put.made) if put.made else ""
    return forecasts.led(put, _("The team is there: say who works in it."), there)


@blueprint.get("/desk/routing/rules/new")
def new_rule() -> Response:
    """A form for a new rule."""
    require(can_order(actor()))
    return _page("rule.html", None, rule=None, typed={})


def rule_page(id: int | None, refusal: Refusal) -> Response:
    """The form of a rule that was refused, as it was typed."""
    return _page("rule.html", refusal, rule=queries.rule(actor(), id) if id else None, typed=request.form)


@blueprint.post("/desk/routing/rules/new")
def add_rule() -> Any:
    """A new rule at the end."""
    require(can_order(actor()))
    try:
        put = running.put(actor(), "rule", None, request.form)
    except (Invalid, Conflict) as refusal:
        return rule_page(None, refusal)
    return _back(put, _("The rule counts from now on, at the end of the list."))


@blueprint.get(f"/desk/routing/rules/<{ANY_ID}:id>")
def rule(id: int) -> Response:
    """One rule."""
    return _page("rule.html", None, rule=queries.rule(actor(), id), typed={})


@blueprint.post(f"/desk/routing/rules/<{ANY_ID}:id>")
def change_rule(id: int) -> Any:
    """Change a rule, move it, or take it out."""
    require(can_order(actor()))
    act = request.form.get("act", "")
    kind = {"up": "rule_order", "down": "rule_order", "drop": "rule_end"}.get(act, "rule")
    try:
        put = running.put(actor(), kind, id, request.form)
    except (Invalid, Conflict) as refusal:
        if act in ("up", "down"):
            return _index(refusal)
        return rule_page(id, refusal)
    return _back(put, _("The rules count in this order from now on."))


def _back(put: running.Put, said: Sentence) -> Any:
    return forecasts.led(put, said, url_for("routing.index"))


def _team(id: int, refusal: Refusal | None = None) -> Response:
    who = actor()
    work = queries.team_work(who, id)
    return _page(
        "team.html", refusal, work=work, may=bool(can_order(who)) and work.team.archived_at is None, typed=request.form if refusal else {},
        lead_name=teaming.member_name(work.team.lead_id), priorities=PRIORITY_NAMES,
    )  # fmt: skip


@blueprint.get(f"/desk/teams/<{ANY_ID}:id>")
def team(id: int) -> Response:
    """Who of a team has what, what is late; for its lead and managers."""
    return _team(id)


@blueprint.post(f"/desk/teams/<{ANY_ID}:id>")
def change_team(id: int) -> Any:
    """Change a team, take somebody in, let somebody go, close it."""
    require(can_order(actor()))
    form, act, put = request.form, request.form.get("act", ""), running.Put()
    try:
        if act in ("seat", "unseat"):
            put = running.put(actor(), act, id, form)
        elif act == "close":
            put = running.put(actor(), "team_end", id, form)
            return _back(put, _("The team takes nothing any more."))
        else:
            put = running.put(actor(), "team", id, form)
    except (Invalid, Conflict) as refusal:
        return _team(id, refusal)
    return forecasts.led(put, _("In force from the next case on."), url_for("routing.team", id=id))


# --- one case ---------------------------------------------------------------------------------------------------------------


def _done(case_id: int, act: Callable[[], Any], said: Sentence) -> Any:
    require(can_work(actor()))
    try:
        act()
    except (Conflict, Invalid) as refusal:
        return board_page(actor(), case_id, trouble=refusal), refusal.status
    flash(str(said))
    return redirect(url_for("escalation.show", case_id=case_id, _anchor="case"), 303)


@blueprint.post(f"/desk/escalations/<{ANY_ID}:case_id>/team")
def reroute(case_id: int) -> Any:
    """Pass a case to another team."""
    team_id, reason = as_id(request.form.get("team_id")) or 0, request.form.get("reason", "")
    return _done(
        case_id, lambda: applying.reroute(actor(), case_id, team_id, reason),
        _("Passed to that team. The promise to the asker stays what it was."),
    )  # fmt: skip


@blueprint.post(f"/desk/escalations/<{ANY_ID}:case_id>/later")
def later(case_id: int) -> Any:
    """Put a case off, or take it up again."""
    if request.form.get("act") == "now":
        return _done(case_id, lambda: applying.wake(actor(), case_id), _("The case is back."))
    minutes = as_id(request.form.get("minutes"))
    return _done(
        case_id, lambda: applying.snooze(actor(), case_id, minutes),
        _("Later: the case comes back by itself. Its promise goes on."),
    )  # fmt: skip


@blueprint.post("/desk/escalations/presence")
def presence() -> Any:
    """Say that one is away, or there again."""
    require(can_work(actor()))
    away = request.form.get("away") == "1"
    count = returning.set_away(actor(), away)
    said = n_(
        "You are away: %(count)s case is back in the queue.", "You are away: %(count)s cases are back in the queue.", count
    ) if away else _("You are there: new cases may come to you.")  # fmt: skip
    flash(str(said))
    return redirect(url_for("escalation.board"), 303)
