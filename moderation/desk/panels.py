"""What the desk shows in other pages: its rail, the report link of a post, why a text waits."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request, url_for
from sqlalchemy import select

from common import rail
from common.db import db
from common.i18n import _
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


def _shows_appeals() -> bool:
    return request.args.get("tab") == "appeals"


def _waiting(who: Actor) -> tuple[int, int]:
    """Items and appeals: one query for both lines."""
    if "desk_waiting" not in g:
        g.desk_waiting = queries.waiting_counts(who)
    waiting: tuple[int, int] = g.desk_waiting
    return waiting


class _Queue(rail.Line):
    """The queue, but not its tab of appeals."""

    def is_open(self) -> bool:
        return super().is_open() and not _shows_appeals()


class _TabOfAppeals(rail.Line):
    """For who answers some appeals only: the queue's tab."""

    def address(self, who: Actor) -> str | None:
        takes = can_review(who) and can_take_appeal(who) and not can_answer_appeals(who)
        return url_for(self.endpoint, tab="appeals") if takes else None

    def is_open(self) -> bool:
        return super().is_open() and _shows_appeals()


_QUEUE = _Queue(
    "review.queue", "inbox", _("Moderation"), can_review, count=lambda who: _waiting(who)[0], go="m"
)
_APPEALS = (
    rail.Line("appeals.index", "flag", _("Appeals"), can_answer_appeals, count=lambda who: _waiting(who)[1]),
    _TabOfAppeals("review.queue", "flag", _("Appeals"), can_take_appeal, count=lambda who: _waiting(who)[1]),
)
_MEMBERS = rail.Line("desk.members", "users", _("Members"), can_see_file, ("desk.member", "measures."))
_DASHBOARD = rail.Line("dashboard.index", "chart", _("Dashboard"), can_rule, go="d")
_RULES = (
    rail.Line(
        "desk.rules",
        "shield",
        _("Rules"),
        can_rule,
        ("desk.rules", "desk.add_word", "desk.policy", "desk.begin_storm"),
    ),
    rail.Line("desk.settings", "gear", _("Settings"), can_rule, ("desk.settings", "desk.change_setting")),
    rail.Line("desk.audit", "history", _("Log"), can_rule, ("desk.audit",)),
)


def nav(*_args: Any) -> str:
    """The desk's rail: what this person may open, with what waits there."""
    who = actor()
    sections = (
        (_("To do"), [_QUEUE, *rail.lines("work"), *_APPEALS, *rail.lines("unanswered")]),
        (_("Community"), [_MEMBERS, *rail.lines("community")]),
        (_("Steering"), [_DASHBOARD, *rail.lines("steering"), *_RULES, *rail.lines("end")]),
    )
    shown = [(title, [drawn for line in lines if (drawn := line.drawn(who))]) for title, lines in sections]
    return render_template("moderation/_nav.html", sections=shown)


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
