"""Who is told when something happens in a thread. Nobody is told of an own act, nor twice of one."""

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import STAFF, name_key
from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock, jobs, text
from common.db import db
from common.unit_of_work import unit_of_work
from forum.limits.numbers import mentions_allowed
from forum.questions.models import Post, Question
from forum.questions.rules import CloseReason, PostKind, PostState
from forum.reactions.following import followers_of

_EARLIER_COMMENTERS = 20


def tell_of_answer(answer: Post) -> None:
    """A new answer: the asker at once, mentioned members, and the followers by a job."""
    asker_id = _asker_id(answer.thread_id)
    kind = "official-answer" if answer.is_official else "question-answered"
    _tell(asker_id, kind, answer)
    tell_mentioned(answer, without={asker_id})
    jobs.enqueue("forum.tell_followers", {"post_id": answer.id}, f"tell_followers:{answer.id}")


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
    """Members named with an @ in a post, as many as its author's rank allows."""
    if "@" not in post.body or post.author_id is None:
        return
    author = db.session.get_one(Member, post.author_id)
    keys = [name_key(name) for name in text.mentions(post.body)]
    found = select(Member.name_key, Member.id).where(Member.name_key.in_(keys), Member.closed_at.is_(None))
    by_key = {row.name_key: row.id for row in db.session.execute(found)}
    named = [by_key[key] for key in keys if key in by_key]
    for member_id in named[: mentions_allowed(author.rank, author.role in STAFF)]:
        if member_id not in without:
            _tell(member_id, "mention", post, cause=f"mention:{post.id}")


def tell_followers(answer_id: int) -> None:
    """The job: everybody who follows the thread and has not heard of this answer yet."""
    with unit_of_work():
        answer = db.session.get_one(Post, answer_id)
        if answer.state != PostState.PUBLISHED:
            return
        kind = "official-answer" if answer.is_official else "followed-answered"
        heard = set(
            db.session.scalars(select(Notification.member_id).where(Notification.post_id == answer_id))
        )
        for member_id in followers_of(answer.thread_id):
            if member_id not in heard:
                _tell(member_id, kind, answer)


def tell_of_solution(question_id: int, answer_id: int, author_id: int | None, actor_id: int | None) -> None:
    """An accepted answer: its author, and the followers by a job."""
    telling.withdraw(answer_id, kind="answer-unaccepted")
    cause = f"accepted:{answer_id}:{clock.now():%Y%m%d%H%M%S}"
    telling.tell(author_id, "answer-accepted", cause, question_id, answer_id, actor_id=actor_id)
    payload = {"question_id": question_id, "answer_id": answer_id, "actor_id": actor_id}
    jobs.enqueue("forum.tell_solution", payload, f"tell_solution:{answer_id}:{clock.now():%Y%m%d%H%M%S}")


def tell_solution(question_id: int, answer_id: int, actor_id: int | None) -> None:
    """The job: the followers hear of the solution, if it still is one."""
    with unit_of_work():
        question, answer = db.session.get_one(Question, question_id), db.session.get_one(Post, answer_id)
        if question.accepted_answer_id != answer_id or answer.state != PostState.PUBLISHED:
            return
        author_id = answer.author_id
        for member_id in followers_of(question_id):
            if member_id not in (author_id, actor_id):
                telling.tell(
                    member_id,
                    "question-solved",
                    f"solved:{answer_id}",
                    question_id,
                    answer_id,
                    actor_id=actor_id,
                )


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
    telling.tell(author_id, "kudos-given", cause, post.thread_id, post_id, actor_id=voter_id, **_where(post))


def kudos_cause(post_id: int, voter_id: int) -> str:
    """The name of the event "this member found this post useful"."""
    return f"kudos:{post_id}:{voter_id}"


def tell_of_closing(question_id: int, asker_id: int | None, actor_id: int | None, reason: str) -> None:
    """A closed question: its asker."""
    kind = "question-duplicate" if reason == CloseReason.DUPLICATE else "question-closed"
    cause = f"closed:{question_id}:{clock.now():%Y%m%d%H%M%S}"
    telling.tell(asker_id, kind, cause, question_id, question_id, actor_id=actor_id)


def take_back_closing(question_id: int) -> None:
    """A question that is open again: news of its closing goes."""
    for kind in ("question-closed", "question-duplicate"):
        telling.withdraw(question_id, kind=kind)


def _tell(member_id: int | None, kind: str, post: Post, cause: str = "") -> None:
    told = cause or f"post:{post.id}"
    telling.tell(member_id, kind, told, post.thread_id, post.id, actor_id=post.author_id, **_where(post))


def _where(post: Post) -> dict[str, str | int]:
    """What a link to the post needs to know: its kind and, for a comment, the answer it hangs on."""
    known: dict[str, str | int] = {"post_kind": PostKind(post.kind).value}
    if post.parent_id is not None and post.parent_id != post.thread_id:
        known["answer_id"] = post.parent_id
    return known


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
        .where(Notification.member_id == member_id, Notification.post_id == post_id)
        .limit(1)
    )
    return db.session.scalar(query) is not None
