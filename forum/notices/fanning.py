"""Telling followers, a part at a time: every part is a job, so that 50,000 take no more memory than 500.

A part names where it begins and asks for the next one; run twice, it tells nobody twice. Each looks first whether the
post is still there to be heard of.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, select
from sqlalchemy.orm import aliased

from accounts.masks.queries import persons_behind
from accounts.messages.queries import who_blocked
from accounts.notifications import telling
from accounts.notifications.models import Notification
from common import clock, jobs
from common.db import db
from common.unit_of_work import unit_of_work
from forum.following.queries import followers_after
from forum.following.rules import TargetKind, word_of
from forum.following.targets import targets_of
from forum.questions.models import Post, Question
from forum.questions.rules import AcceptedHow, HelpState, PostKind, PostState
from forum.reactions.following import question_followers_after

PART = 500
"""Members told in one transaction."""
NEWS_FOR = timedelta(days=3)
"""What was published longer ago is no news, when it returns after a removal."""


def begin(post: Post) -> None:
    """Have the followers of all that a new post belongs to be told, inside the open unit of work."""
    targets = [[kind.value, number] for kind, number in targets_of(post)]
    if targets:
        _next("forum.tell_topics", {"post_id": post.id, "targets": targets, "after": 0, "round": _round()})


def begin_again(post: Post) -> None:
    """The same for a post that was taken away and returned: who was told before is not told twice."""
    if post.published_at is None or post.published_at < clock.now() - NEWS_FOR:
        return
    if post.kind != PostKind.COMMENT:
        begin(post)
    if post.kind == PostKind.ANSWER:
        begin_answer(post)


def tell_topics(part: dict[str, Any]) -> None:
    """The job: some hundred followers of the first target, then the next part or the next target."""
    with unit_of_work():
        post = db.session.get(Post, part["post_id"])
        if post is None or not is_public(post):
            return
        (kind, number), *others = part["targets"]
        members = followers_after(TargetKind(kind), number, part["after"], PART)
        news = "topic-question" if post.kind == PostKind.QUESTION else "member-answered"
        about = {**where(post), "topic": word_of(TargetKind(kind), number)}
        tell_part(members, news, post, f"post:{post.id}", about)
        if len(members) == PART:
            _next("forum.tell_topics", part | {"after": members[-1]})
        elif others:
            _next("forum.tell_topics", part | {"targets": others, "after": 0})


def begin_answer(answer: Post) -> None:
    """Have those who follow the thread be told of a new answer."""
    _next("forum.tell_followers", {"post_id": answer.id, "after": 0, "round": _round()})


def tell_followers(part: dict[str, Any]) -> None:
    """The job: some hundred followers of a thread hear of an answer, who have not heard of it yet."""
    with unit_of_work():
        answer = db.session.get(Post, part["post_id"])
        if answer is None or not is_public(answer):
            return
        members = question_followers_after(answer.thread_id, part.get("after", 0), PART)
        kind = "official-answer" if answer.is_official else "followed-answered"
        tell_part(members, kind, answer, f"post:{answer.id}", where(answer))
        if len(members) == PART:
            _next("forum.tell_followers", part | {"after": members[-1]})


def begin_solution(question_id: int, answer_id: int, actor_id: int | None) -> None:
    """Have those who follow the thread be told of its solution."""
    part = {"question_id": question_id, "answer_id": answer_id, "actor_id": actor_id}
    _next("forum.tell_solution", part | {"after": 0, "round": _round()})


def tell_solution(part: dict[str, Any]) -> None:
    """The job: some hundred followers hear of the solution, if it still is one."""
    with unit_of_work():
        question = db.session.get(Question, part["question_id"])
        answer = db.session.get(Post, part["answer_id"])
        if (
            question is None
            or answer is None
            or not is_public(answer)
            or question.accepted_answer_id != answer.id
        ):
            return
        members = question_followers_after(question.id, part.get("after", 0), PART)
        about = {"actor_id": part["actor_id"]} if part["actor_id"] is not None else {}
        automatic = question.accepted_how == AcceptedHow.AUTOMATIC  # then its asker hears in another way
        heard = {answer.author_id, question.author_id if automatic else None}
        news = {one: about for one in members if one not in heard}
        telling.tell_many(news, "question-solved", f"solved:{answer.id}", question.id, answer.id)
        if len(members) == PART:
            _next("forum.tell_solution", part | {"after": members[-1]})


def begin_unsettled(question_id: int, asker_id: int | None, mark: str) -> None:
    """Have those who follow the thread be told that it is still a problem."""
    part = {"post_id": question_id, "asker_id": asker_id, "mark": mark}
    _next("forum.tell_unsettled", part | {"after": 0, "round": _round()})


def tell_unsettled(part: dict[str, Any]) -> None:
    """The job: some hundred followers hear that help is still wanted, if it still is."""
    with unit_of_work():
        question = db.session.get(Question, part["post_id"])
        if question is None or not is_public(question) or question.help_state != HelpState.OPEN:
            return
        members = question_followers_after(question.id, part["after"], PART)
        about = {"actor_id": part["asker_id"]}
        news = {one: about for one in members if one != part["asker_id"]}
        cause = f"unsettled:{question.id}:{part['mark']}"
        telling.tell_many(news, "question-unsettled", cause, question.id, question.id)
        if len(members) == PART:
            _next("forum.tell_unsettled", part | {"after": members[-1]})


def tell_part(members: Iterable[int], kind: str, post: Post, cause: str, about: dict[str, Any]) -> None:
    """Tell those who have not heard of this post by another way, nor blocked its author; who wears a mask is
    blocked by nobody, or a block would tell who it is. The statements do not depend on how many they are."""
    told = set(members) - {post.author_id}
    behind = persons_behind(told)
    wanted = {behind.get(one, one) for one in told}
    wanted -= who_blocked(post.author_id, wanted)
    if not wanted:
        return
    heard = select(Notification.member_id).where(
        Notification.post_id == post.id, Notification.member_id.in_(wanted)
    )
    author = {"actor_id": post.author_id} if post.author_id is not None else {}
    news = dict.fromkeys(wanted - set(db.session.scalars(heard)), about | author)
    telling.tell_many(news, kind, cause, post.thread_id, post.id)


def is_public(post: Post) -> bool:
    """Whether a post and all it hangs on may be heard of now (`forum.questions.queries.visible_to` for everybody)."""
    return db.session.scalar(select(Post.id).where(Post.id == post.id, public_now())) is not None


def public_now() -> ColumnElement[bool]:
    """The same as a criterion on Post."""
    above = aliased(Post.__table__)
    hung_on = above.c.id.in_([Post.question_id, Post.parent_id])
    away = select(literal(1)).where(hung_on, above.c.state != PostState.PUBLISHED).exists()
    return and_(Post.state == PostState.PUBLISHED, ~away)


def where(post: Post) -> dict[str, str | int]:
    """What a link to the post needs to know: its kind and, for a comment, the answer it hangs on."""
    known: dict[str, str | int] = {"post_kind": PostKind(post.kind).value}
    if post.parent_id is not None and post.parent_id != post.thread_id:
        known["answer_id"] = post.parent_id
    return known


def _round() -> str:
    """Names one telling, so that what is told again after a removal is not taken for the first."""
    return secrets.token_hex(4)


def _next(job: str, part: dict[str, Any]) -> None:
    at = "-".join(str(value) for value in (*part.get("targets", [[""]])[0], part["after"]))
    post_id = part.get("post_id") or part.get("answer_id")
    jobs.enqueue(job, part, f"{job}:{post_id}:{part.get('round', '')}:{at}", telling.earliest())
