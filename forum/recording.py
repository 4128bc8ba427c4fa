"""What became of a post, as a fact. Reviews and their replies have facts of their own: nobody who waits for questions
hears of them."""

from __future__ import annotations

from common.unit_of_work import record
from forum import events
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState

_OF_REVIEWS = (PostKind.REVIEW, PostKind.REVIEW_REPLY)


def published(post: Post) -> None:
    """It became visible to all, for the first time."""
    if isinstance(post, Question):
        record(events.QuestionPublished(post.id, post.author_id, post.category_id))
    elif post.kind == PostKind.ANSWER:
        record(events.AnswerPublished(post.id, post.thread_id, post.author_id, post.is_official))
    elif post.kind in _OF_REVIEWS:
        record(events.ReviewPublished(post.id, post.parent_id or post.id, post.author_id))
    else:
        parent_id = post.parent_id or post.thread_id
        record(events.CommentPublished(post.id, post.thread_id, parent_id, post.author_id))


def edited(post: Post, editor_id: int | None) -> None:
    """It has a new version, and everybody sees it."""
    if post.kind in _OF_REVIEWS:
        record(events.ReviewEdited(post.id, post.parent_id or post.id, editor_id, post.version))
    else:
        record(events.PostEdited(post.id, post.thread_id, editor_id, post.version))


def removed(post: Post, actor_id: int | None, state: PostState) -> None:
    """It is visible no more."""
    if post.kind in _OF_REVIEWS:
        review_id = post.parent_id or post.id
        record(events.ReviewRemoved(post.id, review_id, post.author_id, actor_id, state.value))
    else:
        record(events.PostRemoved(post.id, post.thread_id, post.author_id, actor_id, state.value))


def restored(post: Post, actor_id: int | None) -> None:
    """It is visible again."""
    if post.kind in _OF_REVIEWS:
        record(events.ReviewRestored(post.id, post.parent_id or post.id, post.author_id, actor_id))
    else:
        record(events.PostRestored(post.id, post.thread_id, post.author_id, actor_id))
