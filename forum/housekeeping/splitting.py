"""Answers and comments of a thread become a question of their own: the first of them is the question.

The post itself becomes the question, so that its address, its thumbs-up, its versions and its points stay with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, inspect, select

from common import clock, text
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.housekeeping.acts import hold_alone, load_act, note_act, take_back
from forum.housekeeping.permissions import can_tidy
from forum.housekeeping.rules import MOST_SPLIT, ActType
from forum.products.filing import count_product
from forum.products.marking import mark_thread
from forum.questions.models import Follow, MeToo, Post, PostLink, Question, QuestionTag, Revision
from forum.questions.rules import TITLE, HelpState, PostKind, PostState, readable
from forum.questions.writing import clean_reason, visible_question
from forum.reactions.following import make_follower


def split_question(
    actor: Actor, question_id: int, post_ids: Sequence[int], *, title: str, note: str = ""
) -> int:
    """Make a question of these published answers and comments; returns its id, which is that of the first one.

    Comments go with their answer. The solution and the official answer stay. Raises Invalid (title, posts) and Conflict.
    """
    with unit_of_work():
        require(can_tidy(actor))
        name, words = _checked_title(title), clean_reason(note)
        hold_alone(question_id)
        question = visible_question(actor, question_id)
        if question.state != PostState.PUBLISHED:
            raise Conflict(_("This question is not published: nothing can be added to it for the moment."))
        first, *others = _chosen(question, post_ids)
        first_id, author_id = first.id, first.author_id
        filed = {
            "category_id": question.category_id,
            "product_id": question.product_id,
            "details": dict(question.details or {}),
        }
        places = [[post.id, post.parent_id, PostKind(post.kind).value] for post in (first, *others)]
        _take_along(question_id, first_id, [post.id for post in others])
        _make_question(actor, first_id, name, filed)
        for member_id in {post_author for post_author in _authors(first_id) if post_author is not None}:
            make_follower(member_id, first_id)
        act_id = note_act(actor, ActType.SPLIT, first_id, target_id=question_id, note=words, posts=places)
        record(events.QuestionSplit(first_id, question_id, author_id, actor.member_id, act_id))
        return first_id


def join_again(actor: Actor, act_id: int) -> bool:
    """Undo a split, as long as nobody has written or answered there since."""
    with unit_of_work():
        require(can_tidy(actor))
        act = load_act(act_id)
        question_id, home_id = act.question_id, act.target_id or 0
        hold_alone(question_id, home_id)
        act = load_act(act_id)
        places: list[list[Any]] = act.detail["posts"]
        question = visible_question(actor, question_id)
        _require_untouched(question_id, {place[0] for place in places})
        take_back(actor, act)
        category_id, product_id = question.category_id, question.product_id
        (_first, parent_id, kind), *others = places
        _unmake_question(question_id)
        count_product(product_id, -1)
        back = {"question_id": home_id, "parent_id": parent_id, "kind": PostKind(kind)}
        update_where(Post, Post.id == question_id, **back)
        update_where(Post, Post.question_id == question_id, question_id=home_id)
        for post_id, parent_id, _kind in others:
            update_where(Post, Post.id == post_id, question_id=home_id, parent_id=parent_id)
        _forget_objects(question_id)
        about = select(Question.product_id).where(Question.id == home_id)
        mark_thread(home_id, db.session.scalar(about))
        record(events.QuestionJoined(question_id, home_id, category_id, actor.member_id, act_id))
        return True


def _checked_title(title: str) -> str:
    name = " ".join(text.normalise(title).split())
    if not TITLE.low <= len(readable(name)) or len(name) > TITLE.high:
        raise Invalid(
            fields={
                "title": _(
                    "A title has between %(low)s and %(high)s characters.", low=TITLE.low, high=TITLE.high
                )
            }
        )
    return name


def _chosen(question: Question, post_ids: Sequence[int]) -> list[Post]:
    """The chosen posts, oldest first, those left out that go along with a chosen answer anyway."""
    wanted = list(dict.fromkeys(post_ids))
    if not wanted or len(wanted) > MOST_SPLIT:
        raise _wrong(_("Choose between 1 and %(most)s texts.", most=MOST_SPLIT))
    here = (Post.question_id == question.id, Post.state == PostState.PUBLISHED, Post.id.in_(wanted))
    posts = list(db.session.scalars(select(Post).where(*here).order_by(Post.published_at, Post.id)))
    if len(posts) != len(wanted):
        raise Conflict(_("Some of these texts are not in this thread any more. Please look again."))
    ids = {post.id for post in posts}
    staying = {question.accepted_answer_id, question.official_answer_id}
    if ids & staying or any(post.is_official for post in posts):
        raise _wrong(_("The solution and the official answer stay with their question."))
    roots = [post for post in posts if post.parent_id not in ids]
    if roots[0].endorsed_at is not None:
        raise _wrong(_("The first text becomes the question; this one is recommended as an answer."))
    return roots


def _take_along(question_id: int, first_id: int, other_ids: list[int]) -> None:
    ids = [first_id, *other_ids]
    update_where(Post, Post.question_id == question_id, Post.parent_id.in_(ids), question_id=first_id)
    if other_ids:
        loose = (Post.id.in_(other_ids), Post.parent_id.is_not(None))
        update_where(Post, *loose, parent_id=first_id)
        update_where(Post, Post.id.in_(other_ids), question_id=first_id)


def _make_question(actor: Actor, post_id: int, title: str, filed: dict[str, Any]) -> None:
    """Turn a post into a question, where it stands; it is filed like the one it comes from."""
    post = db.session.execute(
        select(Post.version, Post.body, Post.published_at).where(Post.id == post_id)
    ).one()
    now, version = clock.now(), post.version + 1
    values = {"kind": PostKind.QUESTION, "question_id": None, "parent_id": None, "version": version}
    update_where(Post, Post.id == post_id, **values)
    db.session.execute(
        insert(Question.__table__).values(
            id=post_id, title=title, slug=text.slugify(title), help_state=HelpState.OPEN, **filed,
            answer_count=0, comment_count=0, me_too_count=0, imported_me_too_count=0, follower_count=0, view_count=0,
            resurface_count=0, active_at=post.published_at,
        )
    )  # fmt: skip
    db.session.add(
        Revision(
            post_id=post_id, version=version, title=title, body=post.body, editor_id=actor.member_id, reason="",
            created_at=now,
        )
    )  # fmt: skip
    _forget_objects(post_id)


def _unmake_question(question_id: int) -> None:
    db.session.execute(delete(Follow).where(Follow.question_id == question_id))
    db.session.execute(delete(QuestionTag).where(QuestionTag.question_id == question_id))
    _forget_objects(question_id)
    db.session.execute(delete(Question.__table__).where(Question.__table__.c.id == question_id))


def _require_untouched(question_id: int, known: set[int]) -> None:
    """Nobody has answered, joined in, or tied another question to it."""
    written = select(Post.id).where(
        Post.question_id == question_id, Post.id.not_in(known),
        Post.parent_id.is_(None) | (Post.parent_id == question_id) & (Post.created_at > _split_at(question_id)),
    )  # fmt: skip
    said = select(MeToo.id).where(MeToo.question_id == question_id)
    tied = select(Question.__table__.c.id).where(
        (Question.duplicate_of_id == question_id) | (Question.merged_into_id == question_id)
    )
    linked = select(PostLink.id).where(PostLink.question_id == question_id)
    if any(db.session.scalar(query.limit(1)) is not None for query in (written, said, tied, linked)):
        raise Conflict(_("Others have joined in there since: merge the two questions instead."))


def _split_at(question_id: int) -> Any:
    newest = select(Revision.created_at).where(Revision.post_id == question_id)
    return newest.order_by(Revision.version.desc()).limit(1).scalar_subquery()


def _authors(question_id: int) -> list[int | None]:
    answers = (Post.question_id == question_id, Post.kind == PostKind.ANSWER)
    first = select(Post.author_id).where(
        (Post.id == question_id) | Post.id.in_(select(Post.id).where(*answers))
    )
    return list(db.session.scalars(first))


def _forget_objects(post_id: int) -> None:
    """A row that changes its kind is another object: the session must not know the old one."""
    db.session.flush()
    for known in list(db.session):
        if isinstance(known, Post) and inspect(known).identity == (post_id,):
            db.session.expunge(known)


def _wrong(sentence: Sentence) -> Invalid:
    return Invalid(fields={"posts": sentence})
