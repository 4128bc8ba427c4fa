"""Pages of the charter and the terms: for everybody, for who must accept a change, and at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import clock
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _, language
from common.permissions import require
from common.web import actor, localized, redirect_back, safe_target
from forum.content.terms import accepting, numbers, queries, writing
from forum.content.terms.forms import read_day, read_draft, read_saved, read_seen
from forum.content.terms.permissions import can_publish_terms, can_write_terms
from forum.content.terms.rules import Document
from forum.content.terms.words import TITLES

terms = localized("terms", __name__)


def page_of(shown: queries.Version | None, is_old: bool = False) -> str:
    """A version as everybody reads it."""
    if shown is None:
        raise NotFound
    return render_template(
        "forum/terms/show.html", shown=shown, pieces=queries.pieces(shown, language()), title=TITLES[shown.document],
        versions=queries.published(shown.document), coming=queries.coming(shown.document), is_old=is_old, now=clock.now(),
        changes=shown.changes[language()], difference=queries.changed(shown, language()) if request.args.get("changes") else (),
    )  # fmt: skip


@terms.get("/terms", endpoint="terms")
def terms_of_use() -> str:
    """The terms of use in force."""
    return page_of(queries.in_force(Document.TERMS))


@terms.get("/terms/<document>/<int(max=9999):number>")
def version(document: str, number: int) -> str:
    """One version, in force, to come or of old."""
    shown = queries.version(queries.document_of(document), number)
    current = queries.in_force(shown.document)
    return page_of(shown, is_old=current is None or current.number != number)


@terms.get("/terms/<document>/data")
def data(document: str) -> Any:
    """What is in force, for programs."""
    shown = queries.in_force(queries.document_of(document))
    if shown is None:
        raise NotFound
    return current_app.json.response(queries.as_data(shown, language()))


@terms.get("/terms/change")
@members_only
def change() -> Any:
    """What has changed and is to be accepted."""
    return _change_page()


@terms.post("/terms/change")
@members_only
def accept() -> Any:
    """Accept it, and on to where one was going."""
    try:
        accepting.accept(actor(), read_seen(request.form))
    except Conflict as trouble:
        return _change_page(trouble)
    return redirect_back(url_for("home.show"))


def _change_page(trouble: Conflict | None = None) -> Any:
    owed = [queries.version(Document(name), number) for name, number in accepting.owed(actor()).items()]
    onward = safe_target(request.values.get("next")) or ""
    if not owed:
        return redirect(onward or url_for("home.show"), 303)
    body = render_template(
        "forum/terms/change.html", owed=owed, titles=TITLES, next=onward, trouble=trouble, code=language(),
        differences={one.document: queries.changed(one, language()) for one in owed},
    )  # fmt: skip
    return body, trouble.status if trouble else 200


# --- the desk -------------------------------------------------------------------------------------------------------


@terms.get("/desk/terms")
@members_only
def desk() -> Any:
    """Both documents, with their versions."""
    require(can_write_terms(actor()))
    shown = [(one, TITLES[one], queries.published(one), queries.draft(one)) for one in Document]
    return render_template("forum/terms/desk.html", shown=shown, now=clock.now())


@terms.get("/desk/terms/<document>")
@members_only
def desk_edit(document: str) -> Any:
    """The draft of the next version."""
    require(can_write_terms(actor()))
    return _edit_page(queries.document_of(document))


@terms.post("/desk/terms/<document>")
@members_only
def desk_save(document: str) -> Any:
    """Keep the draft."""
    require(can_write_terms(actor()))
    found = queries.document_of(document)
    try:
        writing.save(actor(), found, read_draft(request.form))
    except (Invalid, Conflict) as trouble:
        return _edit_page(found, trouble)
    flash(str(_("The draft is kept.")))
    return redirect(url_for("terms.desk_edit", document=document), 303)


@terms.post("/desk/terms/<document>/drop")
@members_only
def desk_drop(document: str) -> Any:
    """Throw the draft away."""
    require(can_write_terms(actor()))
    writing.drop(actor(), queries.document_of(document))
    return redirect(url_for("terms.desk"), 303)


@terms.post("/desk/terms/<document>/publish")
@members_only
def desk_publish(document: str) -> Any:
    """Publish the draft."""
    require(can_publish_terms(actor()))
    found = queries.document_of(document)
    try:
        when, saved = read_day(request.form), read_saved(request.form)
        number = writing.publish(actor(), found, when, saved, request.form.get("reason", ""))
    except (Invalid, Conflict) as trouble:
        return _edit_page(found, trouble)
    flash(str(_("Version %(number)s is published.", number=number)))
    return redirect(url_for("terms.desk"), 303)


def _edit_page(document: Document, trouble: Invalid | Conflict | None = None) -> Any:
    require(can_write_terms(actor()))
    draft, current = queries.draft(document), queries.in_force(document)
    typed = request.form if trouble and "text_fr" in request.form else None
    earliest = clock.now() + (
        numbers.notice() if draft is not None and draft.is_significant else timedelta(0)
    )
    body = render_template(
        "forum/terms/edit.html", document=document, title=TITLES[document], draft=draft, current=current, typed=typed,
        form=request.form if trouble else {}, trouble=trouble, fields=getattr(trouble, "fields", {}),
        may_publish=bool(can_publish_terms(actor())), earliest=(earliest + timedelta(days=1)).date().isoformat(),
        difference=queries.changed(queries.version_of(draft), language()) if draft is not None else (),
    )  # fmt: skip
    return body, trouble.status if trouble else 200
