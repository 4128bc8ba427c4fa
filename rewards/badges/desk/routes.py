"""The desk's pages of badges."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from common import settings
from common.errors import Invalid, NotFound, Refusal
from common.i18n import local
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from rewards.badges import awarding, campaigns, honouring, keeping
from rewards.badges.desk import forms
from rewards.badges.desk import queries as desk
from rewards.badges.models import RevokeCause
from rewards.badges.permissions import can_honour, can_run_badges
from rewards.badges.rules import (
    CAMPAIGNS,
    CITATION_MAX,
    COUNTED,
    COUNTING,
    BadgeKey,
    CampaignState,
    Criterion,
)
from rewards.badges.words import NAMES

blueprint = localized("badges", __name__)


@blueprint.get("/desk/badges")
def index() -> Response:
    """The catalogue, campaigns, honours that may be taken back."""
    return _index()


def _index(refusal: Refusal | None = None) -> Response:
    who, trouble = actor(), Trouble.of(refusal) if refusal else None
    after = request.args.get("after", "")[:40]
    counted = request.args.get("count", "")
    key = BadgeKey(counted) if counted in COUNTED and can_run_badges(who) else None
    body = render_template(
        "rewards/badges/desk.html", rows=desk.catalogue(who), page=desk.campaigns(who, after), after=after, refusal=trouble,
        asked=desk.asked_back(who), states=desk.STATES, names=NAMES, may=bool(can_run_badges(who)), counted=key,
        would=awarding.would_award(key) if key else None, errors=trouble.fields if trouble else {},
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/badges/switch")
def switch() -> Any:
    """Give a counted badge, or give it no more. Those who have it keep it."""
    require(can_run_badges(actor()))
    key, off = request.form.get("key", ""), set(settings.get("badges.off"))
    if key not in COUNTED:
        raise NotFound()
    wanted = off - {key} if request.form.get("on") == "1" else off | {key}
    try:
        settings.change(actor(), "badges.off", sorted(wanted), request.form.get("reason", ""))
    except Invalid as refusal:
        return _index(refusal)
    return redirect(url_for("badges.index"), 303)


# --- campaigns ----------------------------------------------------------------------------------------------------


@blueprint.get("/desk/badges/campaigns/new")
def new() -> Response:
    """The form of a new campaign; for founders it is filled in."""
    require(can_run_badges(actor()))
    chosen = request.args.get("key", "")
    values = {"badge_key": chosen if chosen in CAMPAIGNS else "event", "criterion": "joined", "wanted": "1"}
    founders = desk.window_of_founders() if chosen == BadgeKey.FOUNDER else None
    if founders:
        values |= {"starts": founders[0].date().isoformat(), "ends": founders[1].date().isoformat()}
    return _form(values)


def _form(values: dict[str, str], refusal: Refusal | None = None, campaign_id: int | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/badges/campaign_form.html", values=values, refusal=trouble, errors=trouble.fields if trouble else {},
        keys=[(key.value, NAMES[key]) for key in CAMPAIGNS], criteria=[(one.value, desk.CRITERIA[one]) for one in Criterion],
        campaign_id=campaign_id, form_key=request.form.get("form_key", "")[:40] or secrets.token_hex(12),
        name_max=forms.NAME_MAX, about_max=forms.ABOUT_MAX, counting=COUNTING,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/badges/campaigns/new")
def define() -> Any:
    """Write it down as a draft."""
    require(can_run_badges(actor()))
    try:
        made = campaigns.define(actor(), forms.draft(request.form), request.form.get("form_key", "")[:40])
    except Refusal as refusal:
        return _form(forms.typed(request.form), refusal)
    return redirect(url_for("badges.campaign", id=made), 303)


@blueprint.get(f"/desk/badges/campaigns/<{ANY_ID}:id>")
def campaign(id: int) -> Response:
    """One campaign, with how many would get its badge."""
    return _campaign(id)


def _campaign(campaign_id: int, refusal: Refusal | None = None) -> Response:
    found, holders = desk.campaign(actor(), campaign_id)
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/badges/campaign.html", one=found, holders=holders, refusal=trouble, names=NAMES, criteria=desk.CRITERIA,
        states=desk.STATES, would=campaigns.would_get_it(campaign_id) if found.state != CampaignState.ENDED else 0,
        errors=trouble.fields if trouble else {}, typed=request.form.get("names", "")[:20_000], counting=COUNTING,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get(f"/desk/badges/campaigns/<{ANY_ID}:id>/change")
def edit(id: int) -> Response:
    """The form of a draft."""
    found, _holders = desk.campaign(actor(), id)
    values = {name: getattr(found, name) for name in forms.FIELDS if hasattr(found, name)}
    last = local(found.ends_at) - desk.DAY
    values |= {
        "starts": local(found.starts_at).date().isoformat(),
        "ends": last.date().isoformat(),
        "wanted": str(found.wanted),
    }
    return _form(values, campaign_id=id)


@blueprint.post(f"/desk/badges/campaigns/<{ANY_ID}:id>/change")
def change(id: int) -> Any:
    """Change a draft."""
    require(can_run_badges(actor()))
    try:
        campaigns.change(actor(), id, forms.draft(request.form))
    except NotFound:
        raise
    except Refusal as refusal:
        return _form(forms.typed(request.form), refusal, id)
    return redirect(url_for("badges.campaign", id=id), 303)


@blueprint.post(f"/desk/badges/campaigns/<{ANY_ID}:id>/activate")
def activate(id: int) -> Any:
    """Begin to give it."""
    return _act(id, lambda: campaigns.activate(actor(), id))


@blueprint.post(f"/desk/badges/campaigns/<{ANY_ID}:id>/end")
def end(id: int) -> Any:
    """Give it to nobody more."""
    return _act(id, lambda: campaigns.end(actor(), id))


@blueprint.post(f"/desk/badges/campaigns/<{ANY_ID}:id>/names")
def give_by_name(id: int) -> Any:
    """Give it to the members named."""
    return _act(id, lambda: awarding.give_named(actor(), id, request.form.get("names", "")))


def _act(campaign_id: int, act: Any) -> Any:
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        require(can_run_badges(actor()))
        return _campaign(campaign_id, refusal)
    return redirect(url_for("badges.campaign", id=campaign_id), 303)


# --- honours and what is taken back -------------------------------------------------------------------------------


@blueprint.post(f"/desk/badges/members/<{ANY_ID}:id>/honour")
def honour(id: int) -> Any:
    """Give an honour."""
    require(can_honour(actor()))
    words = request.form.get("citation", "")[: 4 * CITATION_MAX]
    try:
        made = honouring.honour(actor(), id, words, request.form.get("form_key", "") or secrets.token_hex(12))
    except NotFound:
        raise
    except Refusal as refusal:
        return _honour(id, refusal, words)
    return redirect(url_for("badges.award", id=made), 303)


@blueprint.get(f"/desk/badges/members/<{ANY_ID}:id>/honour")
def honour_form(id: int) -> Response:
    """The form of an honour."""
    require(can_honour(actor()))
    return _honour(id)


def _honour(member_id: int, refusal: Refusal | None = None, words: str = "") -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "rewards/badges/honour.html", member=honouring.candidate(member_id), refusal=trouble, typed=words,
        errors=trouble.fields if trouble else {}, form_key=request.form.get("form_key", "")[:40] or secrets.token_hex(12),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get(f"/desk/badges/awards/<{ANY_ID}:id>")
def award(id: int) -> Response:
    """One award, and what can be done about it."""
    return _award(id)


def _award(award_id: int, refusal: Refusal | None = None) -> Response:
    trouble, who = Trouble.of(refusal) if refusal else None, actor()
    body = render_template(
        "rewards/badges/award.html", one=desk.award(who, award_id), refusal=trouble, reader=who,
        errors=trouble.fields if trouble else {}, typed=request.form.get("reason", "")[:300], may=bool(can_run_badges(who)),
        causes=[(cause.value, desk.CAUSES[cause]) for cause in keeping.BY_HAND],
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/badges/awards/<{ANY_ID}:id>/revoke")
def revoke(id: int) -> Any:
    """Take a badge back for a listed cause."""
    said = request.form.get("cause", "")
    cause = RevokeCause(said) if said in list(RevokeCause) else RevokeCause.EVIDENCE
    return _about(id, lambda: keeping.revoke(actor(), id, cause, request.form.get("reason", "")))


@blueprint.post(f"/desk/badges/awards/<{ANY_ID}:id>/ask-back")
def ask_back(id: int) -> Any:
    """The first of two."""
    return _about(id, lambda: honouring.ask_back(actor(), id, request.form.get("reason", "")))


@blueprint.post(f"/desk/badges/awards/<{ANY_ID}:id>/take-back")
def take_back(id: int) -> Any:
    """The second of two."""
    return _about(id, lambda: honouring.take_back(actor(), id))


@blueprint.post(f"/desk/badges/awards/<{ANY_ID}:id>/leave")
def leave(id: int) -> Any:
    """It stays."""
    return _about(id, lambda: honouring.leave_it(actor(), id))


def _about(award_id: int, act: Any) -> Any:
    require(can_honour(actor()))
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return _award(award_id, refusal)
    return redirect(url_for("badges.award", id=award_id), 303)
