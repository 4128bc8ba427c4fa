"""One question as a page, and what is written into it: answers and comments.

A refusal is shown on the same page with what was typed; nothing is lost.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError

from accounts.visits import reading as display
from common import clock, settings, text
from common.ahead import Wanted, asks
from common.config import current_config
from common.errors import Gone, NotFound, Refusal
from common.freshness import REMOVALS
from common.i18n import Sentence, _, language, set_language
from common.permissions import Actor
from common.uploads import takes_pictures
from common.web import (
    actor,
    cached_page,
    error_page,
    preferred_language,
    safe_target,
    wants_fragment,
    with_query,
)
from forum.asking.panels import ask_page
from forum.browsing.queries import categories_by_id
from forum.comments.queries import page_with
from forum.content.guides.writing import GUIDES
from forum.discovery import structured
from forum.discovery.numbers import patience
from forum.discovery.rules import question_is_worth_finding
from forum.housekeeping.queries import kin_of, moved_to, standing_id
from forum.housekeeping.wording import LOCKS
from forum.masks.wearing import reader_of
from forum.mentions.panels import say_who_is_told
from forum.positions.panels import news_of
from forum.questions import queries
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.forms import as_id, read_ask, read_edit, seconds_since
from forum.questions.models import Post
from forum.questions.routes import ANY_ID, behind, edit_page, editable, questions
from forum.questions.rules import CloseReason, PostKind, PostState
from forum.reactions.following import unfollow_question
from forum.solutions import numbers
from forum.solutions.rules import may_reopen
from forum.thread import viewing
from forum.thread.beside import beside
from forum.thread.own import marks_wanted, own_marks
from forum.thread.paging import AnswerSort
from forum.thread.panels import (
    HOLES,
    Around,
    Trouble,
    Typed,
    answer_box,
    held_cards,
    kind_of,
    post_card,
    shared_page,
    thread_cards,
    with_status,
)
from forum.thread.snapshot import (
    Part,
    Reading,
    Snapshot,
    Stamp,
    Thread,
    last_kept,
    snapshot,
    stamp_of,
    thread_keys,
)

short = Blueprint("short", __name__)

SORTS = (
    (AnswerSort.USEFUL, _("Most useful")),
    (AnswerSort.NEW, _("Newest")),
    (AnswerSort.OLD, _("In order of arrival")),
)
CLOSED: dict[str, Sentence] = {
    CloseReason.DUPLICATE: _("It is already covered by another question."),
    CloseReason.OFF_TOPIC: _("It is not about what this community helps with."),
    CloseReason.PRIVATE: _("It concerns one person’s file: customer service answers it in private."),
    CloseReason.OUTDATED: _("It is about something that no longer exists."),
    CloseReason.QUIET: _("It is solved, and nobody has written here for long."),
    CloseReason.HANDLED: _("It concerned one person’s file, and was settled with that person in private."),
}
FORM_TOO_OLD = _("This form was open for too long. Your text is kept below: send it again.")


def thread_address(head: Any, anchor: str | None = None, **args: Any) -> str:
    """The address of a question."""
    return url_for("questions.show", id=head.id, slug=head.slug, _anchor=anchor, **args)


# --- reading ----------------------------------------------------------------------------------------------------


@questions.get(f"/questions/<{ANY_ID}:id>/", strict_slashes=False)
@questions.get(f"/questions/<{ANY_ID}:id>/<slug>")
@asks(lambda id, slug="": _wanted(id))
@cached_page(lambda id, slug="": f"question:{id}", GUIDES, REMOVALS, seen=viewing.note_visitor)
def show(id: int, slug: str = "") -> Any:
    """A question with its answers. A wrong or missing slug leads to the right address."""
    stamp = stamp_of(id)
    kept = _kept(id, stamp)
    if onward := _onward(kept):
        return redirect(with_query(onward), 301)
    kept = readable(actor(), kept)
    if slug != kept.thread.head.slug:
        return redirect(with_query(thread_address(kept.thread.head)), 301)
    viewing.note_reader(actor(), id, kept.thread.head.author_id)
    return thread_page(kept, stamp)


def _kept(question_id: int, stamp: Stamp | None = None) -> Snapshot | None:
    """The part of the thread that the address asks for; of a posted form, the first part."""
    return snapshot(*_part(question_id), stamp)


def _part(question_id: int) -> Part:
    if not request.args:
        return question_id, AnswerSort.USEFUL, "", None
    wanted = request.args.get("sort", "") if request.method == "GET" else ""
    sort = AnswerSort(wanted) if wanted in list(AnswerSort) else AnswerSort.USEFUL
    return question_id, sort, request.args.get("after", "")[:40], as_id(request.args.get("answer"))


def _wanted(question_id: int) -> Wanted:
    """The versions of the page, and the reader's own marks on the posts it showed last."""
    last = last_kept(_part(question_id))
    marks = marks_wanted(question_id, [post.id for post in last.thread.posts]) if last else None
    return Wanted(thread_keys(question_id), marks)


def _onward(kept: Snapshot | None) -> str | None:
    """Where this address leads since its question was merged, or since the answer it names was moved elsewhere."""
    head = kept.thread.head if kept else None
    if kept is None or head is None:
        return None
    if head.state == PostState.MERGED and head.merged_into_id is not None:
        return thread_address(readable(actor(), snapshot(head.merged_into_id)).thread.head)
    answer_id = as_id(request.args.get("answer"))
    if answer_id is None or answer_id in kept.thread.texts or head.state != PostState.PUBLISHED:
        return None
    place = moved_to(actor(), answer_id, head.id)
    return thread_address(place) if place else None


def readable(who: Actor, kept: Snapshot | None) -> Snapshot:
    """The same, when this reader may see it. Raises NotFound, or Gone for what was taken away for good."""
    if kept is None:
        raise NotFound()
    head = kept.thread.head
    own = head.author_id in who.ids and head.state in queries.OWN_STATES
    if head.state != PostState.PUBLISHED and not own and not who.can_moderate:
        raise queries.gone_or_unknown(head.state, head.published_at)
    return kept


def show_again(
    question_id: int, trouble: Trouble, answer: str | None = None, typed: Typed | None = None
) -> Response:
    """The page after a refusal, with its reason and what was typed."""
    stamp = stamp_of(question_id)
    return thread_page(readable(actor(), _kept(question_id, stamp)), stamp, trouble, answer, typed)


def thread_page(
    kept: Snapshot,
    stamp: Stamp,
    trouble: Trouble | None = None,
    answer: str | None = None,
    typed: Typed | None = None,
) -> Response:
    """The page of a question for whoever asks."""
    thread, head = kept.thread, kept.thread.head
    who = reader_of(actor(), thread)
    own = own_marks(who, head.id, [post.id for post in thread.posts])
    reading = Reading(who, thread, own)
    counted = as_id(request.args.get("n")) or len(thread.posts) - len(thread.answers) + thread.start
    first, older = max(1, min(counted, 100_000)), bool(thread.start or request.args.get("after"))
    published = head.state == PostState.PUBLISHED
    around, near = Around.of(head), beside(head, stamp)
    box = answer_box(reading, trouble, answer)
    alone = not published or trouble or typed or own.unpublished or own.draft or "_flashes" in session
    version = (kept.version, kept.until, request.full_path, reading.language, display())
    key = None if alone else (*version, reading.sameness(), around, near, tuple(box.values()))

    def make() -> str:
        canonical = current_config().base_url + thread_address(head)
        cards = thread_cards(kept, reading, first, typed)
        return render_template(
            "forum/questions/show.html", here="questions", thread=thread, reader=who, cards=cards, around=around,
            own_question=None if published else held_cards(who, (head.id,))[0],
            category=categories_by_id().get(head.category_id), sorts=SORTS, older=older, trouble=trouble,
            sort_arg=None if thread.sort == AnswerSort.USEFUL else thread.sort, next_number=first + len(thread.answers),
            here_path=thread_address(head), closed_because=CLOSED.get(head.closed_reason or "", ""),
            canonical=canonical, published=published, indexable=published and not request.args and _worth_finding(thread),
            described="" if who.signed_in or not published else structured.question_page(thread, canonical, _profile),
            summary=text.excerpt(str(thread.question.html), 160), holes=HOLES, shell_tools=HOLES.tools,
            shell_me=HOLES.me, kin=kin_of(head, kept.version),
            order_rights=reading.rights(thread.question).order, lock_reasons=LOCKS, news=news_of(reading), **box, **near._asdict(),
            excerpt=_excerpt(thread), asker=head.author_id in who.ids,
            reopens=may_reopen(head.resolved_at or head.presumed_at, clock.now(), numbers.reopening()),
        )  # fmt: skip

    return with_status(shared_page(key, make), trouble)


def _profile(card: Any) -> str:
    return current_config().base_url + url_for("members.show", id=card.id, slug=card.slug)


def _worth_finding(thread: Thread) -> bool:
    head = thread.head
    return question_is_worth_finding(
        answer_count=head.answer_count, published_at=head.published_at, duplicate=head.duplicate_id is not None,
        text_length=len(text.plain(str(thread.question.html))), now=clock.now(), patience=patience(),
    )  # fmt: skip


def _excerpt(thread: Thread) -> str:
    """The beginning of the accepted answer where that does not stand right under the question."""
    length = settings.get("forum.solution_excerpt")
    return text.excerpt(str(thread.unpinned.html), length) if thread.unpinned else ""


@short.get(f"/a/<{ANY_ID}:id>", endpoint="answer")
def go_to_answer(id: int) -> Response:
    """The short address of an answer (or of any post) leads to its place in the thread."""
    set_language(preferred_language())
    post = queries.find_post(actor(), id)
    return redirect(address_of(post), 302 if post.id == id else 301)  # type: ignore[return-value]


def address_of(post: Post) -> str:
    """Where a post stands: its thread, opened so that the post is on the page."""
    kept = snapshot(post.thread_id)
    if kept is None:  # no question: a product review, which has a page of its own
        return url_for("reviews.show", id=post.thread_id)
    head, anchor = (
        kept.thread.head,
        {PostKind.QUESTION: "question", PostKind.COMMENT: f"c-{post.id}"}.get(
            PostKind(post.kind), f"a-{post.id}"
        ),
    )
    answer_id = post.id if post.kind == PostKind.ANSWER else post.parent_id
    if post.kind == PostKind.COMMENT and post.state == PostState.PUBLISHED and (page := page_with(post)):
        return url_for("questions.comments", id=answer_id, page=page, _anchor=anchor)
    on_page = {one.id for one in kept.thread.posts} | {None}
    waiting = post.state != PostState.PUBLISHED
    return thread_address(head, anchor, answer=None if waiting or answer_id in on_page else answer_id)


# --- writing ----------------------------------------------------------------------------------------------------


@questions.post(f"/questions/<{ANY_ID}:id>/answers")
@takes_pictures
def answer(id: int) -> Any:
    """Answer a question."""
    typed, id = request.form.get("body", ""), standing_id(id)
    try:
        typed = behind(typed)
        posted = answer_question(
            actor(), id, body=typed, official=request.form.get("official") == "1", kind=kind_of(request.form),
            composed_seconds=seconds_since(as_id(request.form.get("opened")), clock.now().timestamp()),
            unless_official=request.form.get("beside") != "1", read_up_to=as_id(request.form.get("read")),
        )  # fmt: skip
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        if not actor().signed_in:
            raise  # the page has no box for a visitor; the error's page gives the text back
        return show_again(id, Trouble.of(refusal), answer=typed)
    if not request.form.get("follow") and not posted.repeated and not request.form.get("official"):
        unfollow_question(actor(), id)
    say_who_is_told(typed, posted.repeated, posted.hints)
    return back_to_thread(id, f"a-{posted.id}", posted.id)


@questions.post(f"/posts/<{ANY_ID}:id>/comments")
def comment(id: int) -> Any:
    """Comment on a question or an answer."""
    typed = request.form.get(f"body-{id}", "") or request.form.get("body", "")
    try:
        posted = comment_on(actor(), id, body=typed)
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        if not actor().signed_in:
            raise
        return _comment_refused(id, typed, Trouble.of(refusal))
    say_who_is_told(typed, posted.repeated, posted.hints)
    if posted.held or wants_fragment():
        return back_to_thread(posted.question_id, f"c-{posted.id}", None if posted.held else id)
    return redirect(address_of(queries.find_post(actor(), posted.id)), 303)


def _comment_refused(post_id: int, typed: str, trouble: Trouble) -> Response:
    post = queries.find_post(actor(), post_id)
    said = trouble.fields.get("body", trouble.sentence)
    return show_again(post.thread_id, trouble, typed=Typed(post.parent_id or post.id, typed, said))


def back_to_thread(question_id: int, anchor: str, answer_id: int | None = None) -> Any:
    """After an act: the post it was about, as a part for a script, or the page at that post."""
    kept = snapshot(question_id)
    if kept is None:
        raise NotFound()
    if wants_fragment():
        return post_fragment(kept, answer_id or question_id)
    target = safe_target(request.form.get("next"))
    if target:
        return redirect(f"{target}#{anchor}", 303)
    on_page = {post.id for post in kept.thread.posts}
    shown = answer_id if anchor.startswith("a-") and answer_id not in on_page else None
    return redirect(thread_address(kept.thread.head, anchor, answer=shown), 303)


def post_fragment(kept: Snapshot, post_id: int) -> Any:
    """One card as it stands now."""
    thread = kept.thread
    post = next((one for one in thread.posts if one.id == post_id), None)
    if post is None:
        found = snapshot(thread.head.id, answer_id=post_id)
        kept = found or kept
        post = next((one for one in kept.thread.posts if one.id == post_id), None)
    who = reader_of(actor(), thread)
    own = own_marks(who, thread.head.id, [post_id])
    if post is None:
        waiting = held_cards(who, tuple(one for one in own.unpublished if one == post_id))
        if not waiting:
            raise NotFound()
        return waiting[0]
    return post_card(kept, post, as_id(request.form.get("number")) or 0, Reading(who, kept.thread, own))


@questions.errorhandler(CSRFError)
def form_too_old(error: CSRFError) -> Any:
    """A form whose token ran out: the page again, with what was typed."""
    keep = _KEEPING.get(request.endpoint or "")
    if keep is None or wants_fragment():
        return error_page(400, FORM_TOO_OLD, "csrf")
    if not actor().signed_in and request.endpoint != "questions.publish":
        return error_page(403, FORM_TOO_OLD, "csrf")  # the session ended too: that page gives the text back
    try:
        return keep(Trouble(FORM_TOO_OLD, 400), (request.view_args or {}).get("id"))
    except Refusal:  # the page itself is not this reader's
        return error_page(400, FORM_TOO_OLD, "csrf")


def keeps_text(endpoint: str, show_again: Any) -> None:
    """Say how a form is shown again, with what was typed, when its token ran out."""
    _KEEPING[endpoint] = show_again


_KEEPING: dict[str, Any] = {}
keeps_text("questions.answer", lambda why, id: show_again(id, why, answer=request.form.get("body", "")))
keeps_text("questions.publish", lambda why, _id: ask_page(read_ask(request.form, language()), why))
keeps_text("questions.save_edit", lambda why, id: edit_page(editable(id), read_edit(request.form), why))
keeps_text("questions.comment", lambda why, id: _comment_refused(id, request.form.get(f"body-{id}", ""), why))

__all__ = ["back_to_thread", "keeps_text", "short", "thread_address"]
