"""Writing guides at the desk. What was typed comes back with every refusal, and with the preview."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import LANGUAGES, NAMES, _, language
from common.permissions import require
from common.unit_of_work import unit_of_work
from common.web import actor, localized
from forum.browsing.queries import categories
from forum.content.guides import pairing, queries, rules, writing
from forum.content.guides.forms import read_day, read_draft
from forum.content.guides.numbers import check_after
from forum.content.guides.permissions import can_keep_guides
from forum.content.guides.rules import GuideState
from forum.content.guides.writing import Draft
from forum.questions.forms import as_id

guide_desk = localized("guide_desk", __name__)

TABS = (
    ("", _("All")),
    ("due", _("To check")),
    (GuideState.DRAFT.value, _("Drafts")),
    (GuideState.PUBLISHED.value, _("Published")),
    (GuideState.WITHDRAWN.value, _("Withdrawn")),
)


@guide_desk.get("/desk/guides")
def index() -> str:
    """All guides, by state; those to be checked again."""
    require(can_keep_guides(actor()))
    tab = request.args.get("tab", "")
    tab = tab if tab in dict(TABS) else ""
    after = request.args.get("after", "")[:40]
    return render_template(
        "forum/guides/desk_index.html", tabs=TABS, tab=tab, after=after, page=queries.kept_page(tab, after),
        counts=queries.counts(),
    )  # fmt: skip


@guide_desk.get("/desk/guides/new")
def new() -> Response:
    """An empty guide; ``of`` is the one it translates, whose text it begins with."""
    require(can_keep_guides(actor()))
    source = as_id(request.args.get("of"))
    if source is None:
        return _form(None, Draft("", "", "", (), None, language()))
    page = _page(source)
    row, other = page.row, next(code for code in LANGUAGES if code != page.row.language)
    return _form(None, Draft(row.title, row.summary, page.body, row.models, page.category_id, other))


@guide_desk.post("/desk/guides/new")
def create() -> Any:
    """Keep a new guide as a draft, publish it at once, or show how it looks."""
    require(can_keep_guides(actor()))
    draft, step = read_draft(request.form), request.form.get("step", "")
    try:
        if step == "preview":
            return _form(None, draft, preview=writing.checked(draft))
        with unit_of_work():
            guide_id = writing.write_guide(actor(), draft)
            if source := as_id(request.form.get("of")):
                pairing.pair_guides(actor(), source, guide_id)
    except (Invalid, Conflict) as trouble:
        return _form(None, draft, trouble)
    return _afterwards(guide_id, step, _("The draft is kept. Only the team sees it."))


@guide_desk.get("/desk/guides/<int:id>")
def edit(id: int) -> Response:
    """A guide as it is written."""
    page = _page(id)
    return _form(page, _as_it_stands(page))


@guide_desk.post("/desk/guides/<int:id>")
def save(id: int) -> Any:
    """A new version, or how it would look."""
    page, draft, step = _page(id), read_draft(request.form), request.form.get("step", "")
    version = request.form.get("version", "")
    try:
        if step == "preview":
            return _form(page, draft, preview=writing.checked(draft))
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
        writing.rewrite_guide(actor(), page.row.id, draft, seen, request.form.get("reason", ""))
    except (Invalid, Conflict) as trouble:
        return _form(_page(id), draft, trouble)
    return _afterwards(page.row.id, step, _("The new version is kept."))


@guide_desk.post("/desk/guides/<int:id>/publish")
def publish(id: int) -> Any:
    """Let everybody read it."""
    return _afterwards(_page(id).row.id, "publish", "")


@guide_desk.post("/desk/guides/<int:id>/withdraw")
def withdraw(id: int) -> Any:
    """Take it away."""
    page = _page(id)
    try:
        writing.withdraw_guide(actor(), page.row.id, request.form.get("reason", ""))
    except Invalid as trouble:
        return _form(page, _as_it_stands(page), trouble)
    flash(str(_("The guide is withdrawn: only the team sees it now.")))
    return redirect(url_for("guide_desk.edit", id=page.row.id), 303)


@guide_desk.post("/desk/guides/<int:id>/confirm")
def confirm(id: int) -> Any:
    """It was checked and still holds."""
    page = _page(id)
    try:
        writing.confirm_guide(actor(), page.row.id, read_day(request.form, "due"))
    except Invalid as trouble:
        return _form(page, _as_it_stands(page), trouble)
    flash(str(_("Checked today: readers see it.")))
    return redirect(url_for("guide_desk.edit", id=page.row.id), 303)


@guide_desk.post("/desk/guides/<int:id>/pair")
def pair(id: int) -> Any:
    """It is the same as another one, in another language."""
    page = _page(id)
    try:
        pairing.pair_guides(actor(), page.row.id, as_id(request.form.get("other")))
    except (Invalid, Conflict) as trouble:
        return _form(page, _as_it_stands(page), trouble)
    flash(str(_("The two guides lead to each other now.")))
    return redirect(url_for("guide_desk.edit", id=page.row.id), 303)


@guide_desk.post("/desk/guides/<int:id>/part")
def part(id: int) -> Any:
    """It is no translation any more."""
    page = _page(id)
    pairing.part_guides(actor(), page.row.id)
    return redirect(url_for("guide_desk.edit", id=page.row.id), 303)


@guide_desk.get("/desk/guides/<int:id>/versions")
def versions(id: int) -> str:
    """What each version changed."""
    page = _page(id)
    return render_template(
        "forum/guides/desk_versions.html", row=page.row, steps=queries.versions_of(page.row.id)
    )


def _as_it_stands(page: queries.GuidePage) -> Draft:
    row = page.row
    return Draft(row.title, row.summary, page.body, row.models, page.category_id, row.language)


def _page(id: int) -> queries.GuidePage:
    require(can_keep_guides(actor()))
    return queries.guide_page(actor(), min(id, 2**31 - 1))


def _afterwards(guide_id: int, step: str, said: Any) -> Any:
    """Publish when that was asked, then back to the guide."""
    if step == "publish":
        writing.publish_guide(actor(), guide_id)
        said = _("The guide is published.")
    flash(str(said))
    return redirect(url_for("guide_desk.edit", id=guide_id), 303)


def _form(
    page: queries.GuidePage | None, typed: Draft, trouble: Refusal | None = None, preview: Draft | None = None
) -> Response:
    body = render_template(
        "forum/guides/desk_edit.html", page=page, row=page.row if page else None, typed=typed, trouble=trouble,
        faults=getattr(trouble, "fields", {}), preview=preview, shown=queries.shown(preview.body) if preview else None,
        category_choices=[(one.id, one.name) for one in categories()], spoken=[(code, NAMES[code]) for code in LANGUAGES], limits=rules,
        remarks=queries.remarks(page.row.id) if page else [], reason=request.form.get("reason", ""),
        version=request.form.get("version") or (page.row.version if page else ""), check_days=check_after().days,
        twins=queries.unpaired(page.row, page.category_id) if page and not page.twin else [], of=as_id(request.values.get("of")),
    )  # fmt: skip
    return Response(body, trouble.status if trouble else 200, mimetype="text/html")
