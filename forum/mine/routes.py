"""One page with three tabs, for the member alone."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common.i18n import _
from common.lists import Page
from common.permissions import Actor
from common.web import actor, localized
from forum.drafts.drafting import discard_draft
from forum.following.queries import followed_by
from forum.mine import queries
from forum.positions.queries import new_answers
from forum.questions.forms import as_id
from forum.reactions.following import unfollow_question

mine = localized("mine", __name__)
TABS = (("", _("My questions")), ("drafts", _("Drafts")), ("follows", _("What I follow")))


@mine.get("/mine")
@members_only
def show() -> Any:
    """My questions, my drafts, or what I follow."""
    wanted = request.args.get("tab", "")
    tab = wanted if wanted in dict(TABS) else ""
    after = request.args.get("after", "")[:40]
    return render_template(
        "forum/mine/show.html",
        here="me",
        tab=tab,
        tabs=TABS,
        after=after,
        **_shown(tab, actor(), after),
    )


def _shown(tab: str, who: Actor, after: str) -> dict[str, Any]:
    if tab == "drafts":
        return {"drafts": queries.my_drafts(who.member_id or 0)}
    if tab == "follows":
        page = queries.followed_questions(who.ids, after)
        return {"groups": followed_by(who.member_id or 0), "page": page, "new": _new(page)}
    page = queries.my_questions(who.ids, after)
    return {"page": page, "waiting": queries.my_waiting(who.ids), "new": _new(page)}


def _new(page: Page[Any]) -> dict[int, int]:
    return new_answers(actor(), [row.id for row in page.items])


@mine.post("/mine/drafts/discard")
@members_only
def discard() -> Any:
    """Throw one draft away."""
    discard_draft(actor(), request.form.get("place", "")[:60])
    return redirect(url_for("mine.show", tab="drafts"), 303)


@mine.post("/mine/follows/questions")
@members_only
def unfollow() -> Any:
    """Stop following one question, from the list."""
    question_id = as_id(request.form.get("id", ""))
    if question_id is not None:
        unfollow_question(actor(), question_id)
    return redirect(url_for("mine.show", tab="follows"), 303)
