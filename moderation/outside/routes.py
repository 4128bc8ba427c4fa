"""Outside connections at the desk: the list with the error inbox, one connection with its log, one delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from common import rail
from common.errors import Conflict, Invalid, Refusal, TooMany
from common.i18n import Sentence, _, n_
from common.permissions import Actor, require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from moderation.outside import forms, queries, steering
from moderation.outside.permissions import can_connect
from moderation.outside.rules import ADDRESS_HIGH, NAME_HIGH, State
from moderation.outside.steering import Draft
from moderation.outside.wording import KINDS, STATES

blueprint = localized("outside", __name__)
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
_KINDS = [(kind.value, words) for kind, words in KINDS.items() if kind.value != "test"]


def _manager() -> Actor:
    require(can_connect(actor()))
    return actor()


def _page(template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    body = render_template(
        f"moderation/outside/{template}.html", refusal=refusal, errors=getattr(refusal, "fields", {}), kinds=_KINDS,
        name_max=NAME_HIGH, address_max=ADDRESS_HIGH, **values,
    )  # fmt: skip
    answer = make_response(body, refusal.status if refusal else 200)
    answer.headers.update(PRIVATE)
    return answer


@blueprint.get("/desk/outside")
def index() -> Response:
    """Who is told, and what could not be told."""
    _manager()
    after = request.args.get("after")
    return _page("index", receivers=queries.receivers(), inbox=queries.inbox(after), after=after)


@blueprint.route("/desk/outside/new", methods=["GET", "POST"])
def new() -> Response:
    """A new connection; its secret is shown in this answer and never again."""
    who = _manager()
    if request.method == "GET":
        return _page("new", typed=Draft("", "", []))
    typed = forms.draft(request.form)
    try:
        made, secret = steering.make(who, typed)
    except (Invalid, Conflict) as refusal:
        return _page("new", refusal, typed=typed)
    return _show(made, secret=secret)


def _show(
    id: int, refusal: Refusal | None = None, secret: str | None = None, typed: Draft | None = None
) -> Response:
    row, after = steering.load(id), request.args.get("after")
    state = next((one for one in State if one.value == request.args.get("state")), None)
    return _page(
        "show", refusal, row=row, state=queries.state_of(row), typed=typed or forms.draft_of(row), secret=secret,
        old_until=queries.old_secret_until(row), log=queries.log(id, after, state), after=after, chosen=state,
        states=STATES.items(),
    )  # fmt: skip


@blueprint.get(f"/desk/outside/<{ANY_ID}:id>")
def show(id: int) -> Response:
    """One connection, with its log."""
    _manager()
    return _show(id)


@blueprint.post(f"/desk/outside/<{ANY_ID}:id>")
def change(id: int) -> Any:
    """Another name, address or choice."""
    who, typed = _manager(), forms.draft(request.form)
    try:
        steering.change(who, id, typed)
    except Invalid as refusal:
        return _show(id, refusal, typed=typed)
    return _back(id, _("The connection is changed."))


@blueprint.post(f"/desk/outside/<{ANY_ID}:id>/secret")
def renew(id: int) -> Response:
    """A new secret, shown in this answer."""
    return _show(id, secret=steering.renew_secret(_manager(), id))


def _done(id: int, act: Callable[[Actor], Any], said: Callable[[Any], Sentence | str]) -> Any:
    """Do it and come back; a refusal is shown on the page of the connection."""
    try:
        result = act(_manager())
    except (Conflict, TooMany) as refusal:
        return _show(id, refusal)
    return _back(id, said(result))


def _back(id: int, said: Sentence | str) -> Any:
    flash(str(said))
    return redirect(url_for("outside.show", id=id), 303)


@blueprint.post(f"/desk/outside/<{ANY_ID}:id>/switch")
def switch(id: int) -> Any:
    """Tell it, or no more."""
    on = request.form.get("on") == "1"
    said = _("It is told from now on.") if on else _("It is told nothing from now on.")
    return _done(id, lambda who: steering.switch(who, id, on), lambda _new: said)


@blueprint.post(f"/desk/outside/<{ANY_ID}:id>/test")
def test(id: int) -> Any:
    """Tell it a test."""
    said = _("The test is on its way: look at the log in a moment.")
    return _done(id, lambda who: steering.test(who, id), lambda _none: said)


@blueprint.post(f"/desk/outside/<{ANY_ID}:id>/again")
def all_again(id: int) -> Any:
    """Tell what failed again."""
    return _done(
        id, lambda who: steering.send_failed_again(who, id),
        lambda count: n_("%(count)s message is on its way again.", "%(count)s messages are on their way again.", count),
    )  # fmt: skip


@blueprint.post(f"/desk/outside/<{ANY_ID}:id>/remove")
def remove(id: int) -> Any:
    """Take it away, with its log."""
    steering.remove(_manager(), id)
    flash(str(_("The connection is taken away.")))
    return redirect(url_for("outside.index"), 303)


@blueprint.get(f"/desk/outside/deliveries/<{ANY_ID}:id>")
def delivery(id: int) -> Response:
    """One delivery: what was tried, and the message."""
    _manager()
    return _page("delivery", view=queries.delivery(id))


@blueprint.post(f"/desk/outside/deliveries/<{ANY_ID}:id>/again")
def again(id: int) -> Any:
    """Tell this one again."""
    try:
        steering.send_again(_manager(), id)
    except Conflict as refusal:
        return _page("delivery", refusal, view=queries.delivery(id))
    flash(str(_("It is on its way again.")))
    return redirect(url_for("outside.delivery", id=id), 303)


RAIL = rail.Line("outside.index", "globe", _("Outside connections"), can_connect)
