"""The desk of watches: the list, one with what it found, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import LANGUAGES, NAMES, Sentence, _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.listening.permissions import can_listen
from moderation.watches import forms, keeping, queries, wording
from moderation.watches.rules import NAME_MOST, NOTE_MOST, MatchState

blueprint = localized("watches", __name__)


@blueprint.get("/desk/listening/watches")
def index() -> str:
    """The watches one hears of."""
    return render_template("moderation/watches/index.html", lines=queries.lines(actor()), wording=wording)


def _form(typed: Mapping[str, Any], watch_id: int | None = None, refusal: Refusal | None = None) -> Response:
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/watches/form.html", typed=typed, watch_id=watch_id, refusal=trouble, errors=trouble.fields if trouble else {},
        wording=wording, codes=[(code, NAMES[code]) for code in LANGUAGES], categories=[(str(one.id), one.name) for one in categories()], longest=NAME_MOST,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get("/desk/listening/watches/new")
def new() -> Response:
    """A form for a new watch; a rising topic may bring its words along."""
    require(can_listen(actor()))
    words = request.args.get("words", "")[:60]
    return _form({"any_of": words, "name": words, "language": request.args.get("language", "")})


@blueprint.post("/desk/listening/watches/new")
def make() -> Any:
    """Keep it."""
    require(can_listen(actor()))
    try:
        made = keeping.make(actor(), forms.draft(request.form))
    except (Invalid, Conflict) as refusal:
        return _form(request.form, None, refusal)
    return _back(made, _("The watch looks at every text that becomes public from now on."))


@blueprint.get(f"/desk/listening/watches/<{ANY_ID}:id>")
def show(id: int) -> Response:
    """A watch and what it found."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Response:
    after, state = request.args.get("after", "")[:40], request.args.get("state", "")
    watch, page = queries.show(actor(), id, after, state)
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/watches/show.html", watch=watch, page=page, after=after, state=state, states=MatchState, wording=wording,
        refusal=trouble, typed=request.form if refusal else {}, longest=NOTE_MOST,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/listening/watches/<{ANY_ID}:id>")
def follow(id: int) -> Any:
    """What became of something it found."""
    require(can_listen(actor()))
    state, note, match_id = forms.state_of(request.form)
    try:
        keeping.follow(actor(), id, match_id or 0, state, note)
    except Invalid as refusal:
        return _show(id, refusal)
    return _back(id, _("Noted."))


@blueprint.get(f"/desk/listening/watches/<{ANY_ID}:id>/edit")
def edit(id: int) -> Response:
    """Its form."""
    one = keeping.found(actor(), id)
    typed: dict[str, Any] = {key: "\n".join(getattr(one, key)) for key in forms.LISTS}
    typed |= {
        "name": one.name, "language": one.language or "", "category_id": one.category_id or "", "mail": one.mail,
        "product": queries.product_name(one.product_id), "tone_least": str(one.tone_least), "who": "team" if one.for_team else "me",
    }  # fmt: skip
    return _form(typed, id)


@blueprint.post(f"/desk/listening/watches/<{ANY_ID}:id>/edit")
def change(id: int) -> Any:
    """Another wish."""
    keeping.found(actor(), id)
    try:
        keeping.change(actor(), id, forms.draft(request.form))
    except Invalid as refusal:
        return _form(request.form, id, refusal)
    return _back(id, _("Saved. What was found before stays in the list."))


@blueprint.post(f"/desk/listening/watches/<{ANY_ID}:id>/pause")
def pause(id: int) -> Any:
    """Let it rest, or go on."""
    paused = "go_on" not in request.form
    keeping.pause(actor(), id, paused)
    return _back(id, _("The watch rests: it finds and tells nothing.") if paused else _("The watch goes on."))


@blueprint.post(f"/desk/listening/watches/<{ANY_ID}:id>/drop")
def drop(id: int) -> Any:
    """It goes."""
    keeping.drop(actor(), id)
    flash(str(_("The watch is gone, with its list.")))
    return redirect(url_for("watches.index"), 303)


def _back(id: int, said: Sentence) -> Any:
    flash(str(said))
    return redirect(url_for("watches.show", id=id), 303)
