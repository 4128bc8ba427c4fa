"""The desk's pages of letters."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from accounts.letters import editing
from accounts.letters.catalogue import sheet, sheets
from accounts.letters.permissions import can_edit_letters
from accounts.letters.rules import BODY_MAX, BUTTON_MAX, SUBJECT_MAX, Text
from accounts.members.queries import cards
from accounts.settings.routes import members_only
from common import rail
from common.errors import Conflict, Invalid, NotFound, TooMany
from common.i18n import LANGUAGES, _, language
from common.permissions import require
from common.web import actor, localized

bp = localized("letters", __name__)


@bp.get("/desk/letters")
@members_only
def index() -> str:
    """All letters, with those that were changed."""
    require(can_edit_letters(actor()))
    groups: dict[str, list[Any]] = {}
    for one in sheets():
        groups.setdefault(str(one.group), []).append(one)
    return render_template(
        "accounts/letters/index.html", groups=groups, changed=editing.changed_letters(), codes=LANGUAGES
    )


@bp.get("/desk/letters/<name>")
@members_only
def show(name: str) -> Any:
    """One letter in a language: its text, an earlier version on demand, its history."""
    require(can_edit_letters(actor()))
    code = _code()
    rows = editing.versions(name, code)
    asked = request.args.get("version", "")
    chosen = next((row for row in rows if str(row.version) == asked), None)
    typed = Text(chosen.subject, chosen.body, chosen.button) if chosen else _said(name, code)
    return _page(name, code, typed)


@bp.post("/desk/letters/<name>", endpoint="save")
@members_only
def save(name: str) -> Any:
    """Look at it, try it, put it in force, or go back to our own words."""
    require(can_edit_letters(actor()))
    form, code, step = request.form, _code(), request.form.get("step", "save")
    typed = editing.cleaned(*(form.get(field, "")[:20_000] for field in ("subject", "body", "button")))
    version = int(form["version"]) if form.get("version", "").isdecimal() and len(form["version"]) < 9 else -1
    try:
        if step == "preview":
            editing.check(name, code, typed)
            return _page(name, code, typed, preview=True)
        if step == "try":
            editing.try_text(actor(), name, code, typed, version)
            flash(str(_("The trial is on its way to your own mailbox.")))
            return _page(name, code, typed, preview=True)
        if step == "original":
            changed = editing.back_to_original(actor(), name, code, version, form.get("reason", ""))
        else:
            changed = editing.save_text(actor(), name, code, typed, version, form.get("reason", ""))
    except (Invalid, Conflict, TooMany) as trouble:
        return _page(name, code, typed, trouble=trouble)
    flash(
        str(_("The text is in force.") if changed else _("Nothing changed: this text is in force already."))
    )
    return redirect(url_for("letters.show", name=name, code=code), 303)


def _code() -> str:
    """The language of the letter, which need not be the page's."""
    code = request.values.get("code", language())
    if code not in LANGUAGES:
        raise NotFound
    return code


def _said(name: str, code: str) -> Text:
    known, now_said = sheet(name), editing.edited(name, code)
    if known is None:
        raise NotFound
    return Text(now_said.subject, now_said.body, now_said.button) if now_said else known.original(code)


def _page(name: str, code: str, typed: Text, trouble: Any = None, preview: bool = False) -> Any:
    known = sheet(name)
    if known is None:
        raise NotFound
    rows = editing.versions(name, code)
    body = render_template(
        "accounts/letters/show.html", sheet=known, code=code, codes=LANGUAGES, typed=typed, trouble=trouble,
        faults=getattr(trouble, "fields", {}), rows=rows, version=rows[0].version if rows else 0,
        in_force=editing.in_force(name, code), original=known.original(code), authors=cards(row.author_id for row in rows),
        preview=editing.sample(known, code, typed) if preview else None, reason=request.form.get("reason", ""),
        longest={"subject": SUBJECT_MAX, "body": BODY_MAX, "button": BUTTON_MAX},
    )  # fmt: skip
    return body, trouble.status if trouble else 200


RAIL = rail.Line("letters.index", "mail", _("Letters"), can_edit_letters)
