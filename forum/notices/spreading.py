"""Who is told when something happens in a thread. Nobody is told of an own act, nor twice of one."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from accounts.masks.queries import person_behind
from accounts.members.models import Member
from accounts.members.rules import STAFF
from accounts.messages.queries import who_blocked
from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock
from common.db import db
from forum.limits.numbers import mentions_allowed
from forum.mentions.linking import named_in
from forum.notices import fanning
from forum.notices.fanning import where
from forum.questions.models import Post
from forum.questions.rules import CloseReason, PostKind, PostState, ReplyKind

_EARLIER_COMMENTERS = 20


def tell_of_question(question: Post) -> None:
    """A new question: mentioned members at once, and by jobs whoever follows what it belongs to."""
    tell_mentioned(question)
    fanning.begin(question)


def tell_of_answer(answer: Post) -> None:
    """A new answer: the asker at once, mentioned members, and by jobs whoever follows the thread or its author."""
    asker_id = _asker_id(answer.thread_id)
    _tell(asker_id, _news_of(answer), answer)
    tell_mentioned(answer, without={asker_id})
    if (
        answer.reply_kind != ReplyKind.NEEDS_INFO
    ):  # a question back to the asker is no answer that others wait for
        fanning.begin_answer(answer)
        fanning.begin(answer)


def _news_of(answer: Post) -> str:
    if answer.is_official:
        return "official-answer"
    kinds = {ReplyKind.NEEDS_INFO: "details-asked", ReplyKind.TIP: "tip-given"}
    return kinds.get(ReplyKind(answer.reply_kind), "question-answered")


def tell_of_reply_kind(post_id: int) -> None:
    """A reply that asks for details after all: the asker hears what is wanted. One that does not: no reminder of it."""
    answer = db.session.get_one(Post, post_id)
    if answer.reply_kind == ReplyKind.NEEDS_INFO:
        _tell(_asker_id(answer.thread_id), "details-asked", answer, cause=f"details:{post_id}")
    else:
        for kind in ("details-asked", "details-reminder"):
            telling.withdraw(post_id, kind=kind)


def tell_of_comment(comment: Post) -> None:
    """A new comment: the author of what it hangs on, who commented there before, and mentioned members."""
    parent = db.session.get_one(Post, comment.parent_id)
    kind = "question-commented" if parent.kind == PostKind.QUESTION else "answer-commented"
    _tell(parent.author_id, kind, comment)
    tell_mentioned(comment, without={parent.author_id})
    for member_id in _earlier_commenters(comment) - {parent.author_id}:
        if not _was_told(member_id, comment.id):
            _tell(member_id, "comment-followed", comment)


def tell_mentioned(post: Post, without: set[int | None] = frozenset()) -> None:  # type: ignore[assignment]
    """Members named with an @ in a post, as many as its author's rank allows; nobody who blocked the author (a mask: :func:`fanning.tell_part`)."""
    if "@" not in post.body or post.author_id is None:
        return
    author, named = db.session.get_one(Member, post.author_id), named_in(post.body)
    deaf = {*without, *who_blocked(post.author_id, named)}
    telling.bring_back(_mentions(post.id) & Notification.member_id.in_(named))
    for member_id in named[: mentions_allowed(author.rank, author.role in STAFF)]:
        if member_id not in deaf:
            _tell(member_id, "mention", post, cause=f"mention:{post.id}")


def unsay_mentions(post_id: int, since: datetime) -> None:
    """The words that named members since then are undone: they hear of it when the words come back."""
    telling.put_away(_mentions(post_id) & (Notification.created_at >= since))


def _mentions(post_id: int) -> ColumnElement[bool]:
    return (Notification.post_id == post_id) & (Notification.kind == "mention")


def tell_of_solution(question_id: int, answer_id: int, author_id: int | None, actor_id: int | None) -> None:
    """An accepted answer: its author, and the followers by a job."""
    telling.withdraw(answer_id, kind="answer-unaccepted")
    cause = f"accepted:{answer_id}:{clock.now():%Y%m%d%H%M%S}"
    telling.tell(author_id, "answer-accepted", cause, question_id, answer_id, actor_id=actor_id)
    fanning.begin_solution(question_id, answer_id, actor_id)


def tell_of_unacceptance(
    question_id: int, answer_id: int, author_id: int | None, actor_id: int | None
) -> None:
    """A solution that is none any more: earlier news of it goes, its author hears why the mark is gone."""
    telling.withdraw(answer_id, kind="answer-accepted")
    telling.withdraw(answer_id, kind="question-solved")
    cause = f"unaccepted:{answer_id}:{clock.now():%Y%m%d%H%M%S}"
    telling.tell(author_id, "answer-unaccepted", cause, question_id, answer_id, actor_id=actor_id)


def tell_of_endorsement(
    answer_id: int, question_id: int, author_id: int | None, actor_id: int | None
) -> None:
    """The team recommends an answer."""
    cause = f"endorsed:{answer_id}:{clock.now():%Y%m%d%H%M%S}"
    telling.tell(author_id, "answer-endorsed", cause, question_id, answer_id, actor_id=actor_id)


def tell_of_kudos(post_id: int, author_id: int | None, voter_id: int) -> None:
    """A thumbs-up, told once for each pair of post and member."""
    post = db.session.get_one(Post, post_id)
    cause = kudos_cause(post_id, voter_id)
    telling.tell(author_id, "kudos-given", cause, post.thread_id, post_id, actor_id=voter_id, **where(post))


def kudos_cause(post_id: int, voter_id: int) -> str:
    """The name of the event "this member found this post useful"."""
    return f"kudos:{post_id}:{voter_id}"


def tell_of_closing(question_id: int, asker_id: int | None, actor_id: int | None, reason: str) -> None:
    """A closed question: its asker. One that only was solved and quiet is no news."""
    if reason == CloseReason.QUIET:
        return
    kind = "question-duplicate" if reason == CloseReason.DUPLICATE else "question-closed"
    cause = f"closed:{question_id}:{clock.now():%Y%m%d%H%M%S}"
    telling.tell(asker_id, kind, cause, question_id, question_id, actor_id=actor_id)


def take_back_closing(question_id: int) -> None:
    """A question that is open again: news of its closing goes."""
    for kind in ("question-closed", "question-duplicate"):
        telling.withdraw(question_id, kind=kind)


def _tell(member_id: int | None, kind: str, post: Post, cause: str = "") -> None:
    told = cause or f"post:{post.id}"
    telling.tell(member_id, kind, told, post.thread_id, post.id, actor_id=post.author_id, **where(post))


def _asker_id(question_id: int) -> int | None:
    return db.session.scalar(select(Post.author_id).where(Post.id == question_id))


def _earlier_commenters(comment: Post) -> set[int]:
    same = (
        Post.parent_id == comment.parent_id,
        Post.kind == PostKind.COMMENT,
        Post.state == PostState.PUBLISHED,
    )
    query = select(Post.author_id).where(*same, Post.id != comment.id, Post.author_id.is_not(None))
    query = query.order_by(Post.published_at.desc()).limit(_EARLIER_COMMENTERS)
    return {member_id for member_id in db.session.scalars(query) if member_id is not None} - {
        comment.author_id
    }


def _was_told(member_id: int, post_id: int) -> bool:
    query = (
        select(Notification.id)
        .where(Notification.member_id == person_behind(member_id), Notification.post_id == post_id)
        .limit(1)
    )
    return db.session.scalar(query) is not None
