"""What a letter says of replying to it, and the letters about replies that came in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.notifications.models import Notification
from accounts.notifications.replying import WayBack
from accounts.signin.sessions import actor_of
from common import settings
from common.config import current_config
from common.db import db
from common.errors import NotFound
from common.i18n import _
from common.mail import Letter, Words, link, renderer, words
from common.text import plain_from_markdown
from forum.letterbox import rules
from forum.letterbox.models import IncomingMail
from forum.letterbox.rules import Ticket
from forum.questions.models import Post, Question
from forum.questions.permissions import is_own
from forum.questions.rules import PostKind, PostState
from forum.questions.writing import visible_post

REASON = _("You get this message because you replied by mail.")
_SHOWN = 1_500


def way_back(member: Member, row: Notification) -> WayBack | None:
    """The signed address for a reply to this news, and the text it is about, read now: what is not published any more
    is not shown."""
    base = current_config().reply_address
    if not base or row.post_id is None or row.kind not in rules.REPLYABLE:
        return None
    actor = actor_of(member)
    try:
        post, question = visible_post(actor, row.post_id)
    except NotFound:
        return None
    if (
        post.state != PostState.PUBLISHED
        or question.state != PostState.PUBLISHED
        or question.closed_at is not None
        or question.locked_at is not None
    ):
        return None
    address = rules.address_for(Ticket(member.id, post.id), base, current_config().secret_key)
    answers = post.kind == PostKind.QUESTION and not is_own(actor, question)
    return WayBack(address, _ANSWERS if answers else _COMMENTS, "" if is_own(actor, post) else _words(post))


_ANSWERS = _("Reply to this message: your words are published as an answer.")
_COMMENTS = _("Reply to this message: your words are published below as a comment.")


def _words(post: Post) -> str:
    words = plain_from_markdown(post.body).strip()
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"


REFUSED = words(
    "reply-refused",
    _("A reply by mail that was not published"),
    _("Your reply was not published"),
    (
        _("Hello %(name)s,"),
        _("Your reply by mail was not published. %(reason)s"),
        _(
            "Nothing is lost: your text is among the messages you sent, and where we could we kept it as a draft."
        ),
    ),
    _("See the question"),
)
LEFT_OUT = words(
    "reply-without-attachments",
    _("A reply by mail whose attachments were left out"),
    _("Your reply is there, without its attachments"),
    (
        _("Hello %(name)s,"),
        _(
            "We received your reply. Attachments left out: %(count)s. Only pictures can be shown (PNG, JPEG, WebP, GIF)."
        ),
    ),
    _("See the question"),
)


@renderer("reply-refused")
def write_refusal(ids: dict[str, Any]) -> Letter | None:
    """Why a reply was not published."""
    return _about_reply(ids, REFUSED)


@renderer("reply-without-attachments")
def write_left_out(ids: dict[str, Any]) -> Letter | None:
    """What of a published reply found no place."""
    return _about_reply(ids, LEFT_OUT)


def writer_of(ids: dict[str, Any]) -> tuple[IncomingMail, Member] | None:
    """A mail that came in and who sent it; None where nobody can be told any more."""
    row = db.session.scalar(select(IncomingMail).where(IncomingMail.message_key == ids["message_key"]))
    member = db.session.get(Member, row.member_id) if row is not None else None
    if row is None or member is None or member.closed_at is not None or not member.email:
        return None
    return row, member


def _about_reply(ids: dict[str, Any], said: Words) -> Letter | None:
    if (known := writer_of(ids)) is None:
        return None
    row, member = known
    return said.letter(
        member.email or "",
        {
            "name": member.display_name,
            "reason": row.reason,
            "count": row.left_out,
            "site": settings.get("brand.community"),
            "brand": settings.get("brand.name"),
        },
        _thread_address(row, member),
        to_name=member.display_name,
        language=member.language,
        reason=REASON,
    )


def _thread_address(row: IncomingMail, member: Member) -> str:
    thread_id = db.session.scalar(select(Post.question_id).where(Post.id == row.post_id)) or row.post_id
    published = select(Question.id).where(Question.id == thread_id, Question.state == PostState.PUBLISHED)
    if db.session.scalar(published) is None:
        return link("questions.index", member.language)
    return link("questions.show", member.language, id=thread_id)
