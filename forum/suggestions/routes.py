"""Suggesting an edit, the suggestions that wait, and deciding about one."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from accounts.members.queries import card
from common.errors import Conflict, Gone, NotFound, Refusal
from common.i18n import _
from common.permissions import ALLOWED, refuse, require
from common.web import actor
from forum.drafts.drafting import load_draft
from forum.questions import queries
from forum.questions.forms import EditForm, edit_from_draft, read_edit
from forum.questions.models import Post, Question
from forum.questions.routes import ANY_ID, questions
from forum.revisions.queries import changes
from forum.suggestions.deciding import approve_suggestion, find_suggestion, reject_suggestion
from forum.suggestions.permissions import can_decide, can_suggest, is_reviewer
from forum.suggestions.queries import open_suggestion_of, own_suggestions, waiting
from forum.suggestions.rules import RejectReason
from forum.suggestions.suggesting import suggest_edit, withdraw_suggestion
from forum.thread.panels import Trouble, with_status
from forum.thread.routes import FORM_TOO_OLD, keeps_text

REASONS = {
    RejectReason.NO_GAIN: _("It does not make the text better."),
    RejectReason.OTHER_MEANING: _("It changes what the author meant."),
    RejectReason.MISTAKEN: _("What it says is not right."),
    RejectReason.REPLY: _("It is an answer or a comment, not an edit."),
    RejectReason.OTHER: _("Another reason"),
}


@questions.get(f"/posts/<{ANY_ID}:id>/suggest")
def suggest(id: int) -> Any:
    """The form to suggest an edit."""
    post = _suggestable(id)
    draft = load_draft(actor(), f"suggest:{id}")
    form = EditForm(post.body, post.version, post.title if isinstance(post, Question) else None)
    if draft is not None:
        form = edit_from_draft(form, draft.title, draft.body, draft.fields)
    return _form(post, form, restored=draft is not None)


@questions.post(f"/posts/<{ANY_ID}:id>/suggest", endpoint="save_suggestion")
def save(id: int) -> Any:
    """Send a suggestion."""
    form = read_edit(request.form)
    sent = {"version": form.version, "body": form.body, "title": form.title, "reason": form.reason}
    try:
        made = suggest_edit(actor(), id, **sent)  # type: ignore[arg-type]
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return _form(_suggestable(id), form, Trouble.of(refusal), conflict=isinstance(refusal, Conflict))
    flash(str(_("Thank you. Your suggestion is read before the text changes; we will tell you.")))
    return redirect(url_for("questions.suggestion", id=made), 303)


def _suggestable(post_id: int) -> Post:
    post = queries.find_post(actor(), post_id)
    require(can_suggest(actor(), post))
    return post


def _form(
    post: Post, form: EditForm, trouble: Trouble | None = None, conflict: bool = False, restored: bool = False
) -> Response:
    body = render_template(
        "forum/questions/suggest.html", here="questions", post=post, question=queries.question_of(post),
        typed=form, version=post.version if conflict else form.version, refusal=trouble, restored=restored,
        errors=trouble.fields if trouble else {}, conflict=post.body if conflict else None,
        waiting=open_suggestion_of(post.id), back=url_for("short.answer", id=post.id),
    )  # fmt: skip
    return with_status(body, trouble)


@questions.get("/suggestions", endpoint="suggestions")
def index() -> Any:
    """Suggestions that wait for the reader's decision, and the reader's own."""
    who, after = actor(), request.args.get("after", "")[:40]
    require(ALLOWED if who.signed_in else refuse(_("Sign in to see your suggestions.")))
    own = not is_reviewer(who) or request.args.get("tab") == "own"
    page = own_suggestions(who, after) if own else waiting(who, after)
    return render_template(
        "forum/questions/suggestions.html",
        here="questions",
        page=page,
        own=own,
        after=after,
        reviewer=is_reviewer(who),
    )


@questions.get(f"/suggestions/<{ANY_ID}:id>")
def suggestion(id: int) -> Any:
    """One suggestion beside the text it would change."""
    return _page(id)


def _page(id: int, trouble: Trouble | None = None) -> Response:
    found, post, question = find_suggestion(actor(), id)
    old_title = post.title if isinstance(post, Question) else None
    words = found.words.partition(":")
    body = render_template(
        "forum/questions/suggestion.html", here="questions", found=found, post=post, question=question,
        member=card(found.member_id), title=changes(old_title, found.title) if found.title != old_title else (),
        changed=changes(post.body, found.body), may_decide=bool(can_decide(actor(), found, post)),
        own=found.member_id == actor().member_id, reasons=REASONS, refusal=trouble,
        errors=trouble.fields if trouble else {}, why=REASONS.get(words[0], ""), words=words[2],  # type: ignore[call-overload]
        back=url_for("short.answer", id=post.id), typed=request.form if trouble else {},
    )  # fmt: skip
    return with_status(body, trouble)


@questions.get(f"/posts/<{ANY_ID}:id>/suggestion")
def suggestion_of(id: int) -> Any:
    """From a post to the suggestion that waits for it."""
    queries.find_post(actor(), id)
    found = open_suggestion_of(id)
    if found is None:
        raise NotFound()
    return redirect(url_for("questions.suggestion", id=found))


@questions.post(f"/suggestions/<{ANY_ID}:id>/approve")
def approve(id: int) -> Any:
    """Take a suggestion, as it is or improved."""
    sent = request.form
    try:
        published = approve_suggestion(actor(), id, body=sent.get("body"), title=sent.get("title"))
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return _page(id, Trouble.of(refusal))
    said = _("The change is published.") if published else _("The change waits for a moderator.")
    flash(str(said))
    return redirect(url_for("questions.suggestion", id=id), 303)


@questions.post(f"/suggestions/<{ANY_ID}:id>/reject")
def reject(id: int) -> Any:
    """Decline a suggestion with a reason."""
    wanted = request.form.get("why", "")
    why = RejectReason(wanted) if wanted in list(RejectReason) else RejectReason.OTHER
    try:
        reject_suggestion(actor(), id, why, request.form.get("reason", ""))
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return _page(id, Trouble.of(refusal))
    return redirect(url_for("questions.suggestion", id=id), 303)


@questions.post(f"/suggestions/<{ANY_ID}:id>/withdraw", endpoint="withdraw_suggestion")
def take_back(id: int) -> Any:
    """Take an own suggestion back."""
    withdraw_suggestion(actor(), id)
    return redirect(url_for("questions.suggestion", id=id), 303)


keeps_text(
    "questions.save_suggestion",
    lambda _why, id: _form(_suggestable(id), read_edit(request.form), Trouble(FORM_TOO_OLD, 400)),
)
