"""The pages of rising topics: the night's list, one topic, and tables to take away."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Invalid, NotFound, Refusal
from common.i18n import _, language
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.search.words import LANGUAGES
from forum.thread.panels import Trouble, with_status
from moderation.listening.permissions import can_listen
from moderation.themes import following, queries, tables, wording
from moderation.themes.rules import NOTE_MOST

blueprint = localized("themes", __name__)
_MAKERS: dict[str, Any] = {"csv": (tables.as_csv, "text/csv"), "json": (tables.as_json, "application/json")}


def _asked() -> str:
    return request.args.get("of", "") or language()


@blueprint.get("/desk/listening/topics")
def index() -> str:
    """What rises."""
    night = queries.night(actor(), _asked())
    return render_template("moderation/themes/index.html", night=night, codes=LANGUAGES, wording=wording)


@blueprint.get("/desk/listening/topics.<kind>")
def table(kind: str) -> Response:
    """The same to take away."""
    require(can_listen(actor()))
    if kind not in _MAKERS:
        raise NotFound()
    make, mimetype = _MAKERS[kind]
    night = queries.night(actor(), _asked())
    name = f"topics-{night.language}-{night.day or 'none'}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(make(night), headers=headers, mimetype=mimetype)


@blueprint.get(f"/desk/listening/topics/<{ANY_ID}:id>")
def show(id: int) -> Response:
    """One topic with examples."""
    return _show(id)


def _show(id: int, refusal: Refusal | None = None) -> Response:
    line, passages = queries.show(actor(), id)
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "moderation/themes/show.html", line=line, topic=line.topic, passages=passages, wording=wording, longest=NOTE_MOST,
        refusal=trouble, errors=trouble.fields if trouble else {}, typed=request.form if refusal else {},
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/listening/topics/<{ANY_ID}:id>")
def follow(id: int) -> Any:
    """What the team makes of it."""
    require(can_listen(actor()))
    try:
        following.follow(
            actor(), id, request.form.get("state", ""), " ".join(request.form.get("note", "").split())
        )
    except Invalid as refusal:
        return _show(id, refusal)
    flash(str(_("Noted. It stays with the topic in the nights to come.")))
    return redirect(url_for("themes.show", id=id), 303)
