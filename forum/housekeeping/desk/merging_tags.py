"""What goes along when two topics become one, kept so that it can go back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from common import clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, NotFound
from common.i18n import _
from common.permissions import Actor
from forum.following.models import Following
from forum.following.rules import TargetKind
from forum.housekeeping.models import TagAlias, TagMerge
from forum.questions.models import QuestionTag

PART = 500


def carry(actor: Actor, tag_id: int, target_id: int, key: str) -> int:
    """Questions, followers and other names go to the other topic, each once, inside the open unit of work.

    Returns how many questions got the other topic.
    """
    questions = _questions_of(tag_id)
    both = questions & _questions_of(target_id)
    followers, theirs = _followers_of(tag_id), _followers_of(target_id)
    names = list(
        db.session.scalars(select(TagAlias.key).where(TagAlias.tag_id == tag_id).order_by(TagAlias.key))
    )
    detail: dict[str, Any] = {
        "questions": sorted(questions - both), "questions_of_both": sorted(both),
        "followers": sorted(followers - theirs), "followers_of_both": sorted(followers & theirs), "names": names,
    }  # fmt: skip
    _hand(QuestionTag, QuestionTag.tag_id, QuestionTag.question_id, detail["questions"], tag_id, target_id)
    _drop(QuestionTag, QuestionTag.tag_id == tag_id)
    _hand(Following, Following.target_id, Following.member_id, detail["followers"], tag_id, target_id)
    _drop(Following, _topic(tag_id))
    update_where(TagAlias, TagAlias.tag_id == tag_id, tag_id=target_id)
    insert_once(
        TagMerge, tag_id=tag_id, target_id=target_id, key=key, detail=detail, actor_id=actor.member_id,
        done_at=clock.now(),
    )  # fmt: skip
    return len(detail["questions"])


def load(merge_id: int) -> TagMerge:
    """A merge of two topics. Raises :class:`NotFound`."""
    merge = db.session.get(TagMerge, merge_id, populate_existing=True)
    if merge is None:
        raise NotFound()
    return merge


def bring_back(merge: TagMerge) -> None:
    """Undo :func:`carry`: what has the other topic no more stays without. Raises Conflict when that was done."""
    merge_id, tag_id, target_id, detail = merge.id, merge.tag_id, merge.target_id, merge.detail
    alive = (TagMerge.id == merge_id, TagMerge.undone_at.is_(None))
    if not update_where(TagMerge, *alive, undone_at=clock.now()):
        raise Conflict(_("This has been undone already."))
    _hand(QuestionTag, QuestionTag.tag_id, QuestionTag.question_id, detail["questions"], target_id, tag_id)
    _hand(Following, Following.target_id, Following.member_id, detail["followers"], target_id, tag_id)
    still = set(detail["questions_of_both"]) & _questions_of(target_id)
    _insert(QuestionTag, [{"question_id": one, "tag_id": tag_id} for one in sorted(still)])
    people = set(detail["followers_of_both"]) & _followers_of(target_id)
    topic, now = TargetKind.TAG, clock.now()
    rows = [{"kind": topic, "target_id": tag_id, "member_id": one, "since": now} for one in sorted(people)]
    _insert(Following, rows)
    for name in detail["names"]:
        update_where(TagAlias, TagAlias.key == name, TagAlias.tag_id == target_id, tag_id=tag_id)


def _questions_of(tag_id: int) -> set[int]:
    return set(db.session.scalars(select(QuestionTag.question_id).where(QuestionTag.tag_id == tag_id)))


def _followers_of(tag_id: int) -> set[int]:
    return set(db.session.scalars(select(Following.member_id).where(_topic(tag_id))))


def _topic(tag_id: int) -> Any:
    return (Following.kind == TargetKind.TAG) & (Following.target_id == tag_id)


def _hand(model: type[Any], topic: Any, whose: Any, ids: list[int], source_id: int, target_id: int) -> None:
    """Rows of one topic become rows of the other, a part at a time; who has both by now keeps both apart."""
    kind = (Following.kind == TargetKind.TAG,) if model is Following else ()
    for part in (ids[n : n + PART] for n in range(0, len(ids), PART)):
        there = set(db.session.scalars(select(whose).where(topic == target_id, whose.in_(part), *kind)))
        free = [one for one in part if one not in there]
        update_where(model, topic == source_id, whose.in_(free), *kind, **{topic.key: target_id})


def _drop(model: type[Any], criterion: Any) -> None:
    db.session.execute(delete(model).where(criterion).execution_options(synchronize_session=False))


def _insert(model: type[Any], rows: list[dict[str, Any]]) -> None:
    for part in (rows[n : n + PART] for n in range(0, len(rows), PART)):
        db.session.execute(insert(model.__table__).values(part))
