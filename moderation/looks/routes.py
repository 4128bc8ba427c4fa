"""The page of trusted members: texts to look at one by one, what waits in a mandate, newcomers to greet."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import settings
from common.errors import Conflict, Invalid, NotFound, Refusal, TooMany
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from forum.suggestions import queries as suggestions
from moderation.looks import greeting, held, looking, queries
from moderation.looks.permissions import can_decide_held, can_help, can_look
from moderation.looks.rules import WORDS_MOST, LookKind, Opinion
from moderation.review import undoing
from moderation.review.rules import Decision, Reason
from moderation.review.wording import REASONS, decided

blueprint = localized("looks", __name__)
KINDS = (LookKind.FIRST, LookKind.LATE, LookKind.SAMPLE)
Choice = TypeVar("Choice", bound=StrEnum)
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


def _page(name: str, refusal: Refusal | None = None, **shown: Any) -> Any:
    who = actor()
    record = queries.record_of(who.member_id)
    open_to = tuple(kind for kind in KINDS if can_look(who, kind, record))
    counts: dict[str, int] = {kind.value: count for kind, count in queries.counts(who, open_to).items()}
    counts |= {"edits": suggestions.waiting_count(who), "newcomers": greeting.waiting_count(who)}
    if can_decide_held(who):
        counts["held"] = held.waiting_count(who)
    html = render_template(
        f"moderation/looks/{name}.html", counts=counts, tab=shown.pop("tab", name), record=record, refusal=refusal,
        fields=getattr(refusal, "fields", {}), typed=request.form if refusal else {}, reasons=REASONS, **shown,
    )  # fmt: skip
    return html, refusal.status if refusal else 200, PRIVATE


def _look(kind: LookKind, refusal: Refusal | None = None) -> Any:
    who = actor()
    require(can_help(who))
    may = can_look(who, kind, queries.record_of(who.member_id))
    return _page(
        "look", refusal, tab=kind.value, may=may, text=queries.next_text(who, kind) if may else None, longest=WORDS_MOST,
        done=queries.looked_today(who), most=settings.get("looks.a_day"),
    )  # fmt: skip


def _kind(written: str) -> LookKind:
    if written not in {kind.value for kind in KINDS}:
        raise NotFound()
    return LookKind(written)


def _one_of(choices: type[Choice], name: str, *allowed: Choice) -> Choice:
    """What was chosen. Raises :class:`Invalid` for anything else: nobody has decided by a word that says nothing."""
    for one in allowed or choices:
        if request.form.get(name) == one.value:
            return one
    raise Invalid(_("Choose one of the two."))


def _reason(written: str) -> Reason | None:
    return Reason(written) if written in {reason.value for reason in Reason} else None


@blueprint.get("/helping/looks")
@members_only
def index() -> Any:
    """The first list."""
    return _look(LookKind.FIRST)


@blueprint.get("/helping/looks/<kind>")
@members_only
def look(kind: str) -> Any:
    """The next text of a list."""
    return _look(_kind(kind))


@blueprint.post("/helping/looks/<kind>")
@members_only
def say(kind: str) -> Any:
    """Say what one thinks of it."""
    wanted, form = _kind(kind), request.form
    try:
        looking.look(
            actor(), as_id(form.get("post")) or 0, as_id(form.get("version")) or 0, wanted, _one_of(Opinion, "opinion"),
            _reason(form.get("reason", "")), form.get("words", ""),
        )  # fmt: skip
    except (Invalid, Conflict, TooMany) as refusal:
        return _look(wanted, refusal)
    flash(str(_("Thank you. The next one.")))
    return redirect(url_for("looks.look", kind=wanted.value), 303)


@blueprint.get("/helping/held")
@members_only
def waiting() -> Any:
    """What waits in the category of one's mandate."""
    return _page("held", items=held.waiting(actor()), undo=undoing.last_undoable(actor()), wording=decided)


@blueprint.post(f"/helping/held/<{ANY_ID}:id>/undo")
@members_only
def undo(id: int) -> Any:
    """Take one's own last decision back."""
    try:
        held.undo(actor(), id)
    except Conflict as refusal:
        return _page("held", refusal, items=held.waiting(actor()))
    flash(str(_("Undone: its author has not been told.")))
    return redirect(url_for("looks.waiting"), 303)


@blueprint.post(f"/helping/held/<{ANY_ID}:id>")
@members_only
def decide(id: int) -> Any:
    """Approve or refuse."""
    form = request.form
    try:
        decision = _one_of(Decision, "decision", Decision.APPROVE, Decision.REJECT, Decision.REMOVE)
        held.decide(
            actor(),
            id,
            form.get("stamp", "")[:40],
            decision,
            _reason(form.get("reason", "")),
            form.get("message", ""),
        )
    except (Invalid, Conflict, TooMany) as refusal:
        return _page("held", refusal, items=held.waiting(actor()), decided=id)
    flash(
        str(
            _("Decided. The author is told, with the reason.")
            if decision != Decision.APPROVE
            else _("Approved.")
        )
    )
    return redirect(url_for("looks.waiting"), 303)


@blueprint.get("/helping/newcomers")
@members_only
def newcomers() -> Any:
    """Who is new, and what they asked."""
    return _page("newcomers", people=greeting.newcomers(actor()))


@blueprint.post(f"/helping/newcomers/<{ANY_ID}:id>")
@members_only
def greet(id: int) -> Any:
    """Greet somebody."""
    try:
        greeting.greet(actor(), id, request.form.get("body", ""))
    except (Invalid, Conflict, TooMany) as refusal:
        return _page("newcomers", refusal, people=greeting.newcomers(actor()), greeted=id)
    flash(str(_("Greeted. Thank you.")))
    return redirect(url_for("looks.newcomers"), 303)
