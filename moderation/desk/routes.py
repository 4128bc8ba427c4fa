"""The desk's shell: its door, rules, settings, log, and the addresses of members' files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select

from common import settings, text
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.categories.models import Category
from moderation.desk import queries
from moderation.desk.forms import read_setting, read_word
from moderation.desk.wording import SECTIONS
from moderation.escalation.policies import LADDER_SETTINGS
from moderation.forecast import routes as forecasts
from moderation.forecast import running
from moderation.policies import storms
from moderation.review import wording
from moderation.review.permissions import can_read_audit, can_review, can_rule
from moderation.sanctions import routes as sanctions
from moderation.screening import watching

desk: Blueprint = localized("desk", __name__)
ADDRESSES = "/<lang:lang>/desk"


def keep_out() -> None:
    """Before any page of the desk, whoever wrote it: customers have no business here. Each page asks for its own right
    besides; a visitor is sent to sign in by the page."""
    rule = request.url_rule
    if rule is None or not rule.rule.startswith(ADDRESSES):
        return
    who = actor()
    if not who.works_here and (who.signed_in or request.method not in ("GET", "HEAD")):
        raise Forbidden(_("The desk is for the brand’s team."))


@desk.get("/desk/")
def index() -> Any:
    """The door: to the work this person has."""
    if can_review(actor()):
        return redirect(url_for("review.queue"), 302)
    if actor().can_answer_officially:
        return redirect(url_for("escalation.board"), 302)
    raise Forbidden(_("The desk is for the brand’s team."))


@desk.get("/desk/members")
def members() -> str:
    """Members by name or address."""
    return sanctions.members_page()


@desk.get("/desk/members/<int:id>")
def member(id: int) -> Response:
    """A member's file."""
    return sanctions.member_page(id)


@desk.post("/desk/members/<int:id>/sanctions")
def sanction(id: int) -> Any:
    """Silence or suspend a member."""
    return sanctions.sanction_member(id)


@desk.post("/desk/members/<int:id>/sanctions/<int:sanction_id>/lift")
def lift(id: int, sanction_id: int) -> Any:
    """End a measure."""
    return sanctions.lift_sanction(id, sanction_id)


def _rules_page(trouble: Refusal | None = None) -> Response:
    require(can_rule(actor()))
    body = render_template(
        "moderation/desk/rules.html", words=watching.words(), trouble=trouble, typed=request.form, wording=wording,
        categories=list(db.session.scalars(select(Category).order_by(Category.position, Category.id))),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@desk.get("/desk/rules")
def rules() -> Response:
    """Policies of the categories, and watched words."""
    return _rules_page()


@desk.post("/desk/rules/policies/<int:id>")
def policy(id: int) -> Any:
    """Change how a category is published."""
    try:
        watching.set_policy(
            actor(), id, request.form.get("policy", ""), text.normalise(request.form.get("reason", ""))
        )
    except Invalid as invalid:
        return _rules_page(invalid)
    flash(str(_("The policy is in force.")))
    return redirect(url_for("desk.rules"), 303)


@desk.post("/desk/rules/storms")
def begin_storm() -> Any:
    """A busy time begins: everything in a category is read first."""
    try:
        category_id, hours = (_number(request.form.get(name, "")) for name in ("category", "hours"))
        storms.begin(actor(), category_id, hours, request.form.get("reason", ""))
    except (Invalid, Conflict) as trouble:
        g.storm_trouble = trouble
        page = _rules_page()
        page.status_code = trouble.status
        return page
    flash(str(_("Everything in this category is read first until then.")))
    return redirect(url_for("desk.rules", _anchor="storms"), 303)


@desk.post("/desk/rules/storms/<int:id>/end")
def end_storm(id: int) -> Any:
    """The usual policy is in force again."""
    storms.end(actor(), id)
    flash(str(_("The usual policy is in force again.")))
    return redirect(url_for("desk.rules", _anchor="storms"), 303)


def _number(written: str) -> int:
    """A small number as it was typed, 0 for anything else."""
    written = written.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


@desk.post("/desk/rules/words")
def add_word() -> Any:
    """Watch a word."""
    try:
        word = read_word(request.form)
        watching.watch_word(
            actor(), word.pattern, word.action, word.whole_word, word.must_match, word.must_not_match,
            word.case_matters, word.value,
        )  # fmt: skip
    except (Invalid, Conflict) as trouble:
        return _rules_page(trouble)
    flash(str(_("The word is watched from now on.")))
    return redirect(url_for("desk.rules"), 303)


@desk.post("/desk/rules/words/<int:id>/remove")
def remove_word(id: int) -> Any:
    """Watch a word no longer."""
    watching.unwatch_word(actor(), id)
    flash(str(_("The word is no longer watched.")))
    return redirect(url_for("desk.rules"), 303)


def settings_page(trouble: Invalid | None = None) -> Response:
    """The settings of a section; what was typed and refused is kept."""
    require(can_rule(actor()))
    sections = queries.sections()
    names = [name for name, _views in sections]
    chosen = request.values.get("section", "")
    chosen = chosen if chosen in names else names[0]
    body = render_template(
        "moderation/desk/settings.html", names=names, chosen=chosen, views=dict(sections)[chosen], trouble=trouble,
        typed=request.form, titles=SECTIONS, on_ladder=LADDER_SETTINGS,
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")


@desk.get("/desk/settings", endpoint="settings")
def all_settings() -> Response:
    """Every number of the rules."""
    return settings_page()


@desk.post("/desk/settings", endpoint="change_setting")
def change_setting() -> Any:
    """Change one setting, with a reason."""
    require(can_rule(actor()))
    put = running.Put()
    try:
        key, value, reason = read_setting(request.form)
        if key in LADDER_SETTINGS:
            put = running.put(actor(), "setting", None, request.form)
        else:
            settings.change(actor(), key, value, reason)
    except Invalid as invalid:
        return settings_page(invalid)
    there = url_for("desk.settings", section=key.partition(".")[0], _anchor=key.replace(".", "-"))
    return forecasts.led(put, _("The setting is in force."), there)


@desk.get("/desk/audit")
def audit() -> str:
    """Who did what."""
    require(can_read_audit(actor()))
    act = text.normalise(request.args.get("act", "")).strip()[:60]
    who = request.args.get("who", "")
    after = request.args.get("after", "")[:40]
    actor_id = int(who) if who.isascii() and who.isdigit() and len(who) < 12 else None
    return render_template(
        "moderation/desk/audit.html",
        page=queries.log(act, actor_id, after),
        act=act,
        who=actor_id or "",
        after=after,
    )
