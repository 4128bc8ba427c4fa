"""Thumbs-up, me too, follow, "it helped": each sends the wanted state, so that a double click changes nothing."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for

from accounts.settings.routes import members_only
from accounts.visits import READER
from common import limits
from common.errors import NotFound
from common.i18n import Sentence, _
from common.web import actor, client_key, wants_fragment
from forum.questions import queries
from forum.questions.models import Post, Question
from forum.questions.permissions import can_me_too
from forum.questions.routes import ANY_ID, questions
from forum.questions.rules import PostKind
from forum.reactions import following, helping, visiting, voting
from forum.reactions.queries import givers
from forum.thread.routes import address_of, back_to_thread


def wanted() -> bool:
    """The state a toggle asks for; on when it does not say."""
    return request.form.get("on", "1") != "0"


@questions.post(f"/posts/<{ANY_ID}:id>/kudos")
def kudos(id: int) -> Any:
    """Give a thumbs-up, or take it back."""
    post = queries.find_post(actor(), id)
    thread_id, anchor = post.thread_id, "question" if post.id == post.thread_id else f"a-{post.id}"
    (voting.give_kudos if wanted() else voting.withdraw_kudos)(actor(), id)
    return back_to_thread(thread_id, anchor, None if anchor == "question" else id)


@questions.get(f"/posts/<{ANY_ID}:id>/kudos", endpoint="kudos_page")
@members_only
def kudos_page(id: int) -> Any:
    """Who gave a thumbs-up, for members who ask."""
    post = queries.find_post(actor(), id)
    if post.kind not in (PostKind.QUESTION, PostKind.ANSWER):
        raise NotFound()
    count, back, title = post.kudos_count, address_of(post), queries.question_of(post).title
    found = givers(actor(), post, request.args.get("after", "")[:40])
    return render_template(
        "forum/questions/kudos.html", here="questions", id=id, givers=found, count=count, title=title, back=back,
    )  # fmt: skip


@questions.post(f"/questions/<{ANY_ID}:id>/me-too")
def me_too(id: int) -> Any:
    """Say that one has the same problem, or take it back; visitors too."""
    if not actor().signed_in:
        return _visitor_me_too(id)
    if wanted():
        voting.me_too(actor(), id, follow="also" in request.form, browser=str(session.get(READER, "")))
    else:
        voting.withdraw_me_too(actor(), id)
    return back_to_thread(id, "question")


def _visitor_me_too(id: int) -> Any:
    limits.hit("me-too", f"{client_key()}:{id}", "6/day")
    limits.hit("me-too", client_key(), "60/day")
    if wanted():
        visiting.say(id, _browser())
    else:
        visiting.take_back(id, _browser())
    if wants_fragment():
        return back_to_thread(id, "question")
    return redirect(url_for("questions.me_too_page", id=id), 303)


@questions.get(f"/questions/<{ANY_ID}:id>/me-too", endpoint="me_too_page")
def me_too_page(id: int) -> Any:
    """The way for visitors, whose pages carry no form, and back from signing in; it asks, and changes nothing."""
    question = _question(id)
    if not actor().signed_in:
        return render_template(
            "forum/questions/me_too.html", here="questions", question=question, back=address_of(question),
            said=visiting.said(question.id, str(session.get(READER, ""))),
        )  # fmt: skip
    verdict = can_me_too(actor(), question)
    if not verdict:
        flash(str(verdict.sentence))
        return redirect(address_of(question), 303)
    return press_again(
        _("Do you have the same problem?"), question.title, address_of(question),
        url_for("questions.me_too", id=question.id), "hand", _("Me too"), also=voting.follows_too(actor()),
    )  # fmt: skip


@questions.get(f"/questions/<{ANY_ID}:id>/follow", endpoint="follow_page")
@members_only
def follow_page(id: int) -> Any:
    """The same for following a question."""
    question = _question(id)
    return press_again(
        _("Hear what comes next?"), question.title, address_of(question),
        url_for("questions.follow", id=question.id), "follow", _("Follow"),
    )  # fmt: skip


def press_again(
    heading: Sentence,
    name: Any,
    back: str,
    action: str,
    icon: str,
    words: Sentence,
    onward: str = "",
    also: bool | None = None,
) -> str:
    """The page of one button that a visitor pressed before signing in."""
    return render_template(
        "forum/questions/press.html", heading=heading, name=name, back=back, action=action, icon=icon, words=words,
        onward=onward, also=also,
    )  # fmt: skip


@questions.post(f"/questions/<{ANY_ID}:id>/follow")
def follow(id: int) -> Any:
    """Follow a question, or stop."""
    (following.follow_question if wanted() else following.unfollow_question)(actor(), id)
    return back_to_thread(id, "question")


# --- did it help? -------------------------------------------------------------------------------------------------


@questions.get(f"/posts/<{ANY_ID}:id>/helped", endpoint="helped_page")
def helped_page(id: int) -> Any:
    """Asks whether an answer helped: the way for visitors, whose pages carry no form, and for what was missing."""
    post = _answer(id)
    said, otherwise = helping.said_of(actor(), id, str(session.get(READER, "")))
    return render_template(
        "forum/questions/helped.html", here="questions", post=post, question=queries.question_of(post), said=said, otherwise=otherwise,
        wish=request.args.get("on", ""), back=address_of(post),
    )  # fmt: skip


@questions.post(f"/posts/<{ANY_ID}:id>/helped", endpoint="helped")
def helped(id: int) -> Any:
    """Yes or no, counted once for each member or visitor."""
    post, yes = _answer(id), wanted()
    thread_id, words = post.thread_id, request.form.get("words", "")
    limits.hit("answer-helped", f"{client_key()}:{id}", "6/day")
    limits.hit("answer-helped", client_key(), "60/day")
    if "otherwise" in request.form:
        said = {"1": True, "0": False}.get(request.form["otherwise"])
        if said is not None:
            helping.say_otherwise(actor(), id, said, _browser())
        return redirect(url_for("questions.helped_page", id=id), 303)
    helping.say_helped(actor(), id, yes, _browser(), words)
    if wants_fragment():
        return back_to_thread(thread_id, f"a-{id}", id)
    if yes and not actor().signed_in:
        return redirect(url_for("questions.helped_page", id=id), 303)
    if not yes and not words:
        return redirect(url_for("questions.helped_page", id=id, on="0"), 303)
    flash(
        str(_("Noted: it helped you. Thank you.") if yes else _("Noted. The team reads what did not help."))
    )
    return back_to_thread(thread_id, f"a-{id}", id)


def _question(post_id: int) -> Question:
    post = queries.find_post(actor(), post_id)
    if not isinstance(post, Question):
        raise NotFound()
    return post


def _answer(post_id: int) -> Post:
    post = queries.find_post(actor(), post_id)
    if post.kind != PostKind.ANSWER:
        raise NotFound()
    return post


def _browser() -> str:
    if READER not in session:
        session[READER] = secrets.token_urlsafe(16)
    return str(session[READER])
