"""What every public text of the team is checked for before it is stored, wherever it is written.

It asks for no personal detail (invariant 71), is not the same text a sixth time within an hour, and does not follow a
colleague's reply (an answer, or a question back to who asked) within a minute unless that was read and confirmed
(domain/escalation.md §C3). Filled into the forum's port by app.py's screener.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from zlib import crc32

from sqlalchemy import or_, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, freshness, settings
from common.db import db
from common.errors import Conflict, Invalid, TooMany
from common.i18n import Sentence, _
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState, ReplyKind
from forum.screening import Submission
from moderation.replies.rules import ASKED_AGAIN, SAME_REPLIES, SAME_WITHIN, Detail, asks_for, folded

settings.define(
    "escalation.same_replies", SAME_REPLIES, unit=_("replies"), low=1, high=100,
    help=_("How often the team may publish the same reply within an hour; what concerns many is an incident, or merged."),
)  # fmt: skip

LINES = 64
"""The same reply, sent by many at one moment, is counted one after the other: it waits in one of so many lines."""
REPLIES = (PostKind.ANSWER, PostKind.COMMENT)
DETAILS: dict[Detail, Sentence] = {
    Detail.ORDER: _("an order or customer number"),
    Detail.EMAIL: _("an e-mail address"),
    Detail.PHONE: _("a phone number"),
    Detail.ADDRESS: _("a postal address"),
    Detail.CARD: _("bank or card details"),
}
_confirmed: ContextVar[bool] = ContextVar("reply_confirmed", default=False)


class AsksInPublic(Invalid):
    """A public text asks for what is asked in private only."""

    code = "asks_in_public"


class JustReplied(Conflict):
    """A colleague replied to the same question a moment ago: ``unread_id`` is read first."""

    code = "just_replied"

    def __init__(self, who: str, unread_id: int) -> None:
        super().__init__(
            _("%(who)s replied for the team less than a minute ago. Your text is kept: read that first, then confirm yours.", who=who)
        )  # fmt: skip
        self.unread_id = unread_id


@contextmanager
def confirmed(yes: bool) -> Iterator[None]:
    """What is sent inside was confirmed by somebody who read what is new."""
    token = _confirmed.set(yes)
    try:
        yield
    finally:
        _confirmed.reset(token)


def check(submission: Submission) -> None:
    """Refuse what the team may not publish. Raises AsksInPublic, TooMany, Conflict."""
    actor = submission.actor
    if not actor.works_here or actor.is_system or submission.kind not in REPLIES:
        return
    before = asks_for(submission.previous_body) if submission.previous_body else ()
    refuse_requests(submission.body, before)
    if submission.is_edit:
        return
    freshness.touch(f"replies:{crc32(folded(submission.body).encode()) % LINES}")
    if _same(submission.body) >= settings.get("escalation.same_replies"):
        raise TooMany(
            _("The team has published this same reply too often within the hour. Open an incident, or merge the questions."),
            retry_after=600,
        )  # fmt: skip
    if submission.kind is PostKind.ANSWER and submission.question_id and not _confirmed.get():
        newest = replied_just_now(submission.question_id, actor.member_id)
        if newest is not None and newest.id != submission.read_up_to:
            raise JustReplied(newest.display_name, newest.id)


def refuse_requests(body: str, before: tuple[Detail, ...] = ()) -> None:
    """Refuse a public text that asks for personal details. Raises AsksInPublic."""
    if found := [one for one in asks_for(body) if one not in before]:
        what = ", ".join(str(DETAILS[one]) for one in found)
        raise AsksInPublic(fields={"body": _("This asks in public for %(what)s. Ask for it in private: there only the asker reads it.", what=what)})  # fmt: skip


def replied_just_now(question_id: int, member_id: int | None) -> Any:
    """The newest reply of a colleague that is less than a minute old, with their name; None where there is none."""
    replies = or_(Post.kind == PostKind.ANSWER, Post.reply_kind == ReplyKind.NEEDS_INFO)
    query = (
        select(Post.id, Member.display_name)
        .join(Post, Post.author_id == Member.id)
        .where(
            Post.question_id == question_id, replies, Post.state == PostState.PUBLISHED,
            Post.published_at > clock.now() - ASKED_AGAIN, Post.author_id != member_id, Member.role.in_(STAFF),
        )
        .order_by(Post.id.desc())
        .limit(1)
    )  # fmt: skip
    return db.session.execute(query).first()


def _same(body: str) -> int:
    """How often the team has published this text within the hour, whatever blanks and capitals."""
    recent = (
        select(Post.body)
        .join(Member, Member.id == Post.author_id)
        .where(
            Member.role.in_(STAFF), Post.kind.in_(REPLIES), Post.state == PostState.PUBLISHED,
            Post.published_at > clock.now() - SAME_WITHIN,
        )
        .order_by(Post.published_at.desc())
        .limit(500)
    )  # fmt: skip
    wanted = folded(body)
    return sum(folded(one) == wanted for one in db.session.scalars(recent))
