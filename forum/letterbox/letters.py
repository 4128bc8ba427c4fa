"""What a letter says of replying to it, and the letters about replies that came in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.notifications.models import Notification
from accounts.notifications.replying import WayBack
from accounts.signin.sessions import actor_of
from common.config import current_config
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _, n_
from common.mail import Letter, link, renderer
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


@renderer("reply-refused")
def write_refusal(ids: dict[str, Any]) -> Letter | None:
    """Why a reply was not published."""
    return _about_reply(ids, _("Your reply was not published"), _why)


@renderer("reply-without-attachments")
def write_left_out(ids: dict[str, Any]) -> Letter | None:
    """What of a published reply found no place."""
    return _about_reply(ids, _("Your reply is there, without its attachments"), _left_out)


def _why(row: IncomingMail) -> list[Sentence | str]:
    return [
        _("Your reply by mail was not published. %(reason)s", reason=row.reason),
        _(
            "Nothing is lost: your text is among the messages you sent, and where we could we kept it as a draft."
        ),
    ]


def _left_out(row: IncomingMail) -> list[Sentence | str]:
    return [
        n_(
            "We received your reply. %(count)s attachment was left out: only pictures can be shown (PNG, JPEG, WebP, GIF).",
            "We received your reply. %(count)s attachments were left out: only pictures can be shown (PNG, JPEG, WebP, GIF).",
            row.left_out,
        )
    ]


def _about_reply(ids: dict[str, Any], subject: Sentence, say: Any) -> Letter | None:
    row = db.session.scalar(select(IncomingMail).where(IncomingMail.message_key == ids["message_key"]))
    member = db.session.get(Member, row.member_id) if row is not None else None
    if row is None or member is None or member.closed_at is not None or not member.email:
        return None
    return Letter(
        to=member.email,
        to_name=member.display_name,
        subject=subject,
        paragraphs=[_("Hello %(name)s,", name=member.display_name), *say(row)],
        button=_to_thread(row, member),
        language=member.language,
        reason=REASON,
    )


def _to_thread(row: IncomingMail, member: Member) -> tuple[Sentence, str]:
    thread_id = db.session.scalar(select(Post.question_id).where(Post.id == row.post_id)) or row.post_id
    published = select(Question.id).where(Question.id == thread_id, Question.state == PostState.PUBLISHED)
    if db.session.scalar(published) is None:
        return _("Browse the questions"), link("questions.index", member.language)
    return _("See the question"), link("questions.show", member.language, id=thread_id)
