"""What the desk shows in other pages: its rail, the report link of a post, why a text waits."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from common.db import db
from common.permissions import Actor
from common.web import actor
from forum.questions.rules import SENT_BACK
from moderation.review import queries, wording
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_review, can_rule
from moderation.review.rules import ItemType, key_of
from moderation.sanctions.models import Statement
from moderation.sanctions.permissions import can_answer_appeals, can_see_file, can_take_appeal
from moderation.sanctions.statements import token_of

_PAGES = {
    "dashboard.index": "dashboard",
    "dashboard.lines": "dashboard",
    "desk.members": "members",
    "desk.member": "members",
    "desk.rules": "rules",
    "desk.add_word": "rules",
    "desk.policy": "rules",
    "desk.begin_storm": "rules",
    "desk.settings": "settings",
    "desk.change_setting": "settings",
    "desk.audit": "audit",
}


def nav(*_args: Any) -> str:
    """The desk's rail."""
    who = actor()
    may = {"review": can_review(who), "rule": can_rule(who), "files": can_see_file(who)}
    may |= {"appeals": can_answer_appeals(who), "take_appeals": can_review(who) and can_take_appeal(who)}
    waiting, appeals = queries.waiting_counts(who) if may["review"] else (0, 0)
    endpoint = request.endpoint or ""
    here = "review" if endpoint.startswith("review.") else _PAGES.get(endpoint, "")
    here = (
        "appeals"
        if endpoint.startswith("appeals.")
        else "members"
        if endpoint.startswith("measures.")
        else here
    )
    if here == "review" and request.args.get("tab") == "appeals":
        here = "appeals"
    return render_template("moderation/_nav.html", may=may, waiting=waiting, appeals=appeals, open=here)


def post_actions(post: Any, reader: Actor) -> str:
    """The report link in a post's menu; for moderators, a button that opens an item."""
    if post_is_own(post, reader):
        return ""
    return render_template("moderation/flags/_action.html", post=post, moderates=reader.can_moderate)


def comment_actions(comment: Any, reader: Actor) -> str:
    """The same for a comment, as a small link."""
    if post_is_own(comment, reader):
        return ""
    return render_template("moderation/flags/_comment_action.html", post=comment)


def post_is_own(post: Any, reader: Actor) -> bool:
    """Whether the reader wrote it."""
    return post.author_id in reader.ids


def held_note(held: Any) -> str:
    """Why a text waits or was taken away, under the text itself."""
    statement, sent_back = None, ""
    if held.own and SENT_BACK in held.reasons:
        read_again = select(ReviewItem.id).where(ReviewItem.open_key == key_of(ItemType.POST, held.id))
        sent_back = "read" if db.session.scalar(read_again) is not None else "asked"
    if held.own and (sent_back or held.state in ("hidden", "rejected")):
        newest = select(Statement.id, Statement.from_notice).where(Statement.post_id == held.id)
        statement = db.session.execute(newest.order_by(Statement.id.desc()).limit(1)).first()
    reasons = (
        [wording.HOLDS[name] for name in held.reasons if name in wording.HOLDS]
        if held.state == "held"
        else []
    )
    return render_template(
        "moderation/review/_held_note.html", held=held, reasons=reasons, sent_back=sent_back, token=token_of(statement.id) if statement else "",
        reported=statement is not None and statement.from_notice, moderates=actor().can_moderate,
    )  # fmt: skip
