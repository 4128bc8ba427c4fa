"""The page of order of one question, its acts, and their second thoughts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common.errors import Gone, Invalid, NotFound, Refusal
from common.i18n import _
from common.permissions import Verdict, require
from common.web import actor
from forum.browsing.queries import categories
from forum.housekeeping import queries, refiling, splitting
from forum.housekeeping.duplicates import mark_duplicate
from forum.housekeeping.forms import read_posts, read_target, typed
from forum.housekeeping.locking import lock_thread
from forum.housekeeping.merging import merge_question
from forum.housekeeping.permissions import can_tidy
from forum.housekeeping.undoing import undo_act
from forum.housekeeping.wording import ACTS, CLOSES, LOCKS
from forum.questions.forms import as_id
from forum.questions.models import Question
from forum.questions.permissions import can_change_in, can_refile
from forum.questions.queries import find_post
from forum.questions.routes import ANY_ID, questions
from forum.search.similar import similar_to, similar_to_text
from forum.solutions.closing import close_question, reopen_question
from forum.thread.panels import Trouble, with_status

CANDIDATES = 6
NO_CHANGE = _("Nothing changed: it was so already.")


@questions.get(f"/questions/<{ANY_ID}:id>/order")
def order(id: int) -> Any:
    """What this reader may put in order about a question."""
    question = _question(id)
    if question.id != id:
        return redirect(url_for("questions.order", id=question.id, done=request.args.get("done")), 302)
    return _page(question)


def _question(question_id: int) -> Question:
    post = find_post(actor(), question_id)
    if not isinstance(post, Question):
        raise NotFound()
    require(can_tidy(actor()) or _can_refile(post))
    return post


def _can_refile(question: Question) -> Verdict:
    return can_change_in(actor(), question) and can_refile(actor(), question)


def _page(question: Question, refusal: Refusal | None = None, open_: str = "") -> Response:
    trouble = _named(refusal, open_) if refusal else None
    who, find = actor(), request.args.get("find", "").strip()[:150]
    may_tidy = bool(can_tidy(who))
    near = similar_to_text(find, limit=CANDIDATES) if find else similar_to(question.id, CANDIDATES)
    acts = queries.acts_about(question.id) if may_tidy else []
    done_id, split_id = as_id(request.args.get("done")), as_id(request.args.get("split"))
    body = render_template(
        "forum/housekeeping/order.html", here="questions", question=question, acts=acts, words=ACTS, locks=LOCKS,
        may={"tidy": may_tidy, "refile": bool(_can_refile(question))}, closes=CLOSES, open=open_, refusal=trouble,
        find=find, candidates=[one for one in near if one.id != question.id] if may_tidy else (),
        offered=queries.offered_posts(question) if may_tidy else (), typed=typed(request.form),
        chosen=set(read_posts(request.form.getlist("posts"))) | ({split_id} if split_id else set()),
        categories=[(one.id, one.name) for one in categories()],
        done=next((act for act in acts if act.id == done_id), None),
    )  # fmt: skip
    return with_status(body, trouble)


def _do(question_id: int, open_: str, act: Callable[[], Any]) -> Any:
    """Do it, then show what was done with its way back; a refusal is shown on the page, with what was typed."""
    question = _question(question_id)
    try:
        changed = act()
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return _page(_question(question.id), refusal, open_)
    if not changed:
        flash(str(NO_CHANGE))
    return redirect(_done_place(question_id), 303)


def _done_place(question_id: int) -> str:
    """The page that shows the newest act: of this question, of the one it was merged into, of its new one."""
    place_id = queries.standing_id(question_id)
    newest = next(iter(queries.acts_about(place_id)), None)
    if not can_tidy(actor()) or newest is None:
        return url_for("questions.show", id=place_id)
    return url_for("questions.order", id=place_id, done=newest.id)


def _why(act: str) -> str:
    return request.form.get(f"why-{act}", "")


def _named(refusal: Refusal, act: str) -> Trouble:
    """The refusal with the names of this page's fields."""
    names = {
        "duplicate_of_id": f"{act}-number",
        "reason": f"{act}-reason" if act in ("lock", "close") else f"why-{act}",
        "title": "new_title" if act == "retitle" else "title",
    }
    trouble = Trouble.of(refusal)
    return replace(trouble, fields={names.get(name, name): said for name, said in trouble.fields.items()})


@questions.post(f"/questions/<{ANY_ID}:id>/order/duplicate")
def link_duplicate(id: int) -> Any:
    """It is already covered by another question."""
    target_id = read_target(request.form, "duplicate")
    return _do(id, "duplicate", lambda: mark_duplicate(actor(), id, target_id, note=_why("duplicate")))


@questions.post(f"/questions/<{ANY_ID}:id>/order/merge")
def merge(id: int) -> Any:
    """Everything written under it goes to another question."""
    target_id = read_target(request.form, "merge")
    return _do(id, "merge", lambda: merge_question(actor(), id, target_id, note=_why("merge")))


@questions.post(f"/questions/<{ANY_ID}:id>/order/split")
def split(id: int) -> Any:
    """Chosen texts become a question."""
    ids, title = read_posts(request.form.getlist("posts")), request.form.get("title", "")
    return _do(
        id, "split", lambda: splitting.split_question(actor(), id, ids, title=title, note=_why("split"))
    )


@questions.post(f"/questions/<{ANY_ID}:id>/order/move")
def move(id: int) -> Any:
    """Another category."""
    category_id = as_id(request.form.get("category_id")) or 0
    return _do(id, "move", lambda: refiling.move_question(actor(), id, category_id, note=_why("move")))


@questions.post(f"/questions/<{ANY_ID}:id>/order/retitle")
def retitle(id: int) -> Any:
    """Another title."""
    title = request.form.get("new_title", "")
    return _do(id, "retitle", lambda: refiling.retitle_question(actor(), id, title, note=_why("retitle")))


@questions.post(f"/questions/<{ANY_ID}:id>/order/lock")
def lock(id: int) -> Any:
    """Nothing is added any more."""
    reason = request.form.get("lock-reason", "")
    return _do(id, "lock", lambda: lock_thread(actor(), id, reason, note=_why("lock")))


@questions.post(f"/questions/<{ANY_ID}:id>/order/close")
def close(id: int) -> Any:
    """It is closed."""
    reason = request.form.get("close-reason", "")
    if reason not in CLOSES:
        return _page(_question(id), Invalid(fields={"reason": _("Choose a reason.")}), "close")
    return _do(id, "close", lambda: close_question(actor(), id, reason, note=_why("close")))


@questions.post(f"/questions/<{ANY_ID}:id>/reopen")
def reopen(id: int) -> Any:
    """Open it again: the team, or the person who asked."""
    post = find_post(actor(), id)
    if reopen_question(actor(), post.id):
        flash(str(_("This question is open again.")))
    return redirect(url_for("questions.show", id=post.id), 303)


@questions.post(f"/questions/order/<{ANY_ID}:id>/undo")
def undo_order(id: int) -> Any:
    """Second thoughts about an act."""
    place_id = queries.place_of(id)
    undo_act(actor(), id)
    flash(str(_("It is as it was before.")))
    return redirect(url_for("questions.order", id=place_id), 303)
