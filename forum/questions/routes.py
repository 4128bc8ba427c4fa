"""Pages of questions: the list, asking, what follows, editing, history. One thread has its own room (forum.thread)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common import clock
from common.errors import Conflict, Gone, NotFound, Refusal
from common.freshness import LISTS
from common.i18n import _, language
from common.permissions import may_write, require
from common.web import actor, cached_page, localized
from forum.browsing.panels import list_page
from forum.browsing.queries import categories, category_by_slug, common_tags, questions_page
from forum.browsing.rules import Filters, ListState
from forum.drafts.drafting import discard_draft, load_draft, save_draft
from forum.home.queries import first_reply_minutes
from forum.images.uploading import upload_image
from forum.products.queries import by_slug, choices
from forum.questions import permissions, queries
from forum.questions.asking import ask_question
from forum.questions.editing import edit_post
from forum.questions.forms import AskForm, EditForm, as_id, ask_from_draft, read_ask, read_edit, seconds_since
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.questions.tagging import tags_of
from forum.questions.withdrawing import withdraw_post
from forum.search.similar import similar_to_text
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


# --- asking -----------------------------------------------------------------------------------------------------


@questions.get("/questions/ask")
def ask() -> Any:
    """The ask page; a kept draft is shown again, ``title`` and ``category`` may come from a link."""
    who = actor()
    draft = load_draft(who, "ask")
    if draft is not None:
        return ask_page(ask_from_draft(draft.title, draft.body, draft.fields, language()), restored=True)
    category = category_by_slug(request.args.get("category", "")[:80])
    title = request.args.get("title", "")[:150]
    about = by_slug(request.args["product"]) if "product" in request.args else None
    category_id = category.id if category else about.category.id if about and about.category else None
    product = str(about.id) if about else ""
    return ask_page(AskForm(title=title, language=language(), category_id=category_id, product=product))


@questions.post("/questions/ask", endpoint="publish")
def publish() -> Any:
    """Publish; or check for solutions, keep the draft, or begin afresh: the page works without scripts."""
    form, step = read_ask(request.form, language()), request.form.get("step", "publish")
    try:
        form = with_photos(form)
        if step == "check":
            return ask_page(form, checked=True)
        if step in ("keep", "discard"):
            return _keep(form, step)
        posted = ask_question(
            actor(), title=form.title, body=form.whole_body(), category_id=form.category_id, tags=form.tag_names(),
            language=form.language, composed_seconds=seconds_since(form.opened, clock.now().timestamp()),
            product_id=form.product_id,
        )  # fmt: skip
    except Refusal as refusal:
        return ask_page(form, Trouble.of(refusal))
    if posted.masked:
        flash(str(MASKED))
    return redirect(url_for("questions.sent", id=posted.id), 303)


def _keep(form: AskForm, step: str) -> Any:
    if step == "discard":
        discard_draft(actor(), "ask")
    else:
        save_draft(actor(), "ask", title=form.title, body=form.body, fields=form.fields())
        flash(str(_("Your draft is kept.")))
    return redirect(url_for("questions.ask"), 303)


def with_photos(form: Any) -> Any:
    """The form with its uploaded pictures at the end of the text (the way without scripts)."""
    for photo in request.files.getlist("photo"):
        if photo and photo.filename:
            kept = upload_image(actor(), photo.stream)
            form = replace(form, body=f"{form.body.rstrip()}\n\n{kept.markdown}")
    return form


def ask_page(
    form: AskForm,
    trouble: Trouble | None = None,
    checked: bool = False,
    restored: bool = False,
    shared: str = "",
) -> Response:
    """The ask page, filled with what was typed; ``shared`` are the last words of the text, from another app."""
    who = actor()
    refused = None if may_write(who) or not who.signed_in else may_write(who).sentence
    typed = replace(form, opened=form.opened or int(clock.now().timestamp()))
    body = render_template(
        "forum/questions/ask.html", here="ask", reader=who, typed=typed, refusal=trouble,
        errors=trouble.fields if trouble else {}, signed_out=not who.signed_in, refused_because=refused,
        restored=restored, checked=checked or bool(form.title), categories=categories(), topics=common_tags(40),
        similar=similar_to_text(form.title, form.body) if form.title else (), open_first=checked,
        first_reply=first_reply_minutes(), shared=shared, choices=choices(who, form.product_id),
    )  # fmt: skip
    return with_status(body, trouble)


@questions.get(f"/questions/sent/<{ANY_ID}:id>")
def sent(id: int) -> Any:
    """What happens now: for the person who asked."""
    post = queries.find_post(actor(), id)
    if not isinstance(post, Question) or not permissions.is_own(actor(), post):
        raise NotFound()
    waiting = questions_page(Filters(state=ListState.UNANSWERED, language=post.language), size=4).items
    return render_template(
        "forum/questions/sent.html", here="questions", question=post, held=post.state == PostState.HELD,
        others=[row for row in waiting if row.id != post.id and row.author.id != post.author_id][:2],
    )  # fmt: skip


# --- changing ---------------------------------------------------------------------------------------------------


@questions.get(f"/posts/<{ANY_ID}:id>/edit")
def edit(id: int) -> Any:
    """The edit page of a question, an answer or a comment."""
    post = editable(id)
    draft = load_draft(actor(), f"edit:{id}")
    form = EditForm(
        body=draft.body if draft else post.body,
        version=as_id(str(draft.fields.get("version", ""))) or post.version if draft else post.version,
        title=(draft.title if draft and draft.title else post.title) if isinstance(post, Question) else None,
        category_id=post.category_id if isinstance(post, Question) else None,
        tags=", ".join(tags_of(post.id)) if isinstance(post, Question) else None,
    )
    return edit_page(post, form, restored=draft is not None)


@questions.post(f"/posts/<{ANY_ID}:id>/edit", endpoint="save_edit")
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
        others=not permissions.is_own(who, post), back=url_for("short.answer", id=post.id),
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
