"""Pages of questions: the list, editing, history. Asking and one thread have their own rooms (forum.asking, .thread)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Conflict, Gone, NotFound, Refusal
from common.freshness import LISTS
from common.i18n import _
from common.permissions import require
from common.uploads import takes_pictures
from common.web import actor, cached_page, localized
from forum.browsing.panels import list_page
from forum.browsing.queries import categories
from forum.drafts.drafting import load_draft
from forum.files.uploading import upload_file
from forum.images.uploading import upload_image
from forum.mentions.panels import say_who_is_told
from forum.questions import permissions, queries
from forum.questions.editing import edit_post
from forum.questions.forms import EditForm, edit_from_draft, read_edit
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind
from forum.questions.tagging import tags_of
from forum.questions.withdrawing import withdraw_post
from forum.thread.panels import Trouble, with_status

questions = localized("questions", __name__)
ANY_ID = "int(min=1, max=2147483647)"
MASKED = _("We blacked out private details: a public page is no place for them.")


# --- lists ------------------------------------------------------------------------------------------------------


@questions.get("/questions/")
@cached_page(LISTS)
def index() -> Any:
    """All questions, with filters."""
    return list_page()


def with_photos(form: Any) -> Any:
    """The form with its uploaded pictures at the end of the text (the way without scripts)."""
    return replace(form, body=behind(form.body))


def behind(text: str) -> str:
    """A text with the pictures and files that came along with its form."""
    for photo in request.files.getlist("photo"):
        if photo and photo.filename:
            kept = upload_image(actor(), photo.stream, request.form.get("photo_alt", "")[:200])
            text = f"{text.rstrip()}\n\n{kept.markdown}"
    for sent in request.files.getlist("file"):
        if sent and sent.filename:
            text = f"{text.rstrip()}\n\n{upload_file(actor(), sent.filename, sent.stream).markdown}"
    return text


# --- changing ---------------------------------------------------------------------------------------------------


@questions.get(f"/posts/<{ANY_ID}:id>/edit")
def edit(id: int) -> Any:
    """The edit page of a question, an answer or a comment."""
    post = editable(id)
    draft = load_draft(actor(), f"edit:{id}")
    form = EditForm(post.body, post.version)
    if isinstance(post, Question):
        form = replace(form, title=post.title, category_id=post.category_id, tags=", ".join(tags_of(post.id)))
    if draft is not None:
        form = edit_from_draft(form, draft.title, draft.body, draft.fields)
    return edit_page(post, form, restored=draft is not None)


@questions.post(f"/posts/<{ANY_ID}:id>/edit", endpoint="save_edit")
@takes_pictures
def save_edit(id: int) -> Any:
    """Publish a new version."""
    form = read_edit(request.form)
    try:
        form = with_photos(form)
        posted = edit_post(
            actor(), id, version=form.version, body=form.body, title=form.title, category_id=form.category_id,
            tags=form.tag_names(), reason=form.reason,
        )  # fmt: skip
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return edit_page(editable(id), form, Trouble.of(refusal), conflict=isinstance(refusal, Conflict))
    if posted.held:
        flash(str(_("Your change is being reviewed. Until then the earlier text stays.")))
    elif posted.masked:
        flash(str(MASKED))
    say_who_is_told(form.body, hints=posted.hints)
    return redirect(url_for("short.answer", id=id), 303)


def editable(post_id: int) -> Post:
    """The post, when this reader may change its text, its title, its category or its topics."""
    who, post = actor(), queries.find_post(actor(), post_id)
    verdict = permissions.can_edit(who, post)
    if not verdict and isinstance(post, Question):
        verdict = permissions.can_refile(who, post) or permissions.can_tag(who, post) or verdict
    require(verdict)
    return post


def edit_page(
    post: Post, form: EditForm, trouble: Trouble | None = None, conflict: bool = False, restored: bool = False
) -> Response:
    """The edit page, filled with what was typed; after a conflict with the text as it stands now beside it."""
    who, question = actor(), queries.question_of(post)
    is_question = isinstance(post, Question)
    typed = replace(form, version=post.version) if conflict else form
    body = render_template(
        "forum/questions/edit.html", here="questions", post=post, question=question, typed=typed, refusal=trouble,
        errors=trouble.fields if trouble else {}, restored=restored, conflict=post.body if conflict else None,
        accepted=question.accepted_answer_id == post.id, pending=queries.has_pending_edit(post.id),
        may_refile=is_question and bool(permissions.can_refile(who, post)),
        may_tag=is_question and bool(permissions.can_tag(who, post)), categories=categories(),
        others=not permissions.is_own(who, post), until=permissions.editable_until(who, post), back=url_for("short.answer", id=post.id),
    )  # fmt: skip
    return with_status(body, trouble)


@questions.post(f"/posts/<{ANY_ID}:id>/withdraw")
def withdraw(id: int) -> Any:
    """Take back an own post."""
    post = queries.find_post(actor(), id)
    kind, thread_id = PostKind(post.kind), post.thread_id
    withdraw_post(actor(), id)
    flash(str(_("Your text is withdrawn.")))
    if kind == PostKind.QUESTION:
        return redirect(url_for("questions.index"), 303)
    return redirect(url_for("questions.show", id=thread_id), 303)
