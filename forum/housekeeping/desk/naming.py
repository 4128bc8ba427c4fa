"""Topics and their names: another name for one, a better one, two that are the same. Old names lead on for ever.

A topic that was merged away keeps its row, empty: who was just choosing it meets no error, and its name leads on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select

from common import audit, clock, freshness, jobs
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import after_commit, unit_of_work
from forum.browsing import queries as browsing
from forum.housekeeping.acts import LINE
from forum.housekeeping.desk import merging_tags
from forum.housekeeping.models import TagAlias
from forum.housekeeping.permissions import can_name_tags
from forum.questions.models import Post, QuestionTag, Tag
from forum.questions.rules import TAG, PostState, tag_keys

BATCH = 500


def name_tag(actor: Actor, tag_id: int, name: str) -> bool:
    """Give a topic another name. True when that is new."""
    with unit_of_work():
        tag, key = _begin(actor, tag_id), _clean(name)
        if key == tag.key:
            return False
        _require_free(key, tag_id)
        if insert_once(TagAlias, key=key, tag_id=tag_id, created_at=clock.now()) is None:
            return False
        _settle(actor, "topic.named", tag_id, None, key, indexed=False)
        return True


def unname_tag(actor: Actor, tag_id: int, key: str) -> bool:
    """Take another name away; its address leads nowhere then. True when there was one."""
    with unit_of_work():
        _begin(actor, tag_id)
        mine = (TagAlias.key == key[:60], TagAlias.tag_id == tag_id)
        if not db.session.execute(delete(TagAlias).where(*mine)).rowcount:  # type: ignore[attr-defined]
            return False
        _settle(actor, "topic.unnamed", tag_id, key, None, indexed=False)
        return True


def rename_tag(actor: Actor, tag_id: int, name: str) -> bool:
    """Give a topic a better name; the one before leads to it. True when it changed."""
    with unit_of_work():
        tag, key = _begin(actor, tag_id), _clean(name)
        before = tag.key
        if key == before:
            return False
        _require_free(key, tag_id)
        db.session.execute(delete(TagAlias).where(TagAlias.key == key, TagAlias.tag_id == tag_id))
        if not update_where(Tag, Tag.id == tag_id, Tag.key == before, key=key, label=key):
            raise Conflict(_("A colleague has just changed this topic."))
        insert_once(TagAlias, key=before, tag_id=tag_id, created_at=clock.now())
        _settle(actor, "topic.renamed", tag_id, before, key)
        return True


def merge_tags(actor: Actor, tag_id: int, into: str) -> int:
    """Two topics are the same: questions and followers go to the other, each once, and so does every name.

    Returns how many questions got the other topic.
    """
    with unit_of_work():
        tag, wanted = _begin(actor, tag_id), _clean(into, "into")
        key = tag.key
        target = find_tag(wanted)
        if target is None:
            raise Invalid(fields={"into": _("There is no topic of this name.")})
        target_id = target.id
        if target_id == tag_id:
            raise Invalid(fields={"into": _("This is the same topic.")})
        moved = merging_tags.carry(actor, tag_id, target_id, key)
        insert_once(TagAlias, key=key, tag_id=target_id, created_at=clock.now())
        for one in sorted((tag_id, target_id)):
            recount_tag(one)
        _settle(actor, "topic.merged", tag_id, key, wanted, indexed_id=target_id)
        return moved


def unmerge_tags(actor: Actor, merge_id: int) -> int:
    """It was a topic of its own: what had come from it goes back, as far as it is there still. Returns the topic.

    Raises NotFound, and Conflict where it was undone already or its name leads elsewhere by now.
    """
    with unit_of_work():
        require(can_name_tags(actor))
        freshness.touch(LINE)
        merge = merging_tags.load(merge_id)
        tag_id, target_id, key = merge.tag_id, merge.target_id, merge.key
        lead = (TagAlias.key == key, TagAlias.tag_id == target_id)
        if not db.session.execute(delete(TagAlias).where(*lead)).rowcount:  # type: ignore[attr-defined]
            raise Conflict(_("“%(name)s” leads elsewhere by now: nothing was changed.", name=key))
        merging_tags.bring_back(merge)
        for one in sorted((tag_id, target_id)):
            recount_tag(one)
            jobs.enqueue("forum.index_topic", {"tag_id": one, "after": 0})
        _settle(actor, "topic.unmerged", tag_id, None, key, indexed=False)
        return tag_id


def find_tag(key: str) -> Tag | None:
    """The topic of this name, or of the name that leads to it."""
    other = db.session.scalar(
        select(Tag).join(TagAlias, TagAlias.tag_id == Tag.id).where(TagAlias.key == key)
    )
    return other or db.session.scalar(select(Tag).where(Tag.key == key))


def recount_tag(tag_id: int) -> None:
    """How many published questions have a topic, inside the open unit of work."""
    tagged = select(func.count()).select_from(QuestionTag).join(Post, Post.id == QuestionTag.question_id)
    shown = tagged.where(QuestionTag.tag_id == tag_id, Post.state == PostState.PUBLISHED)
    update_where(Tag, Tag.id == tag_id, question_count=shown.scalar_subquery())


def _begin(actor: Actor, tag_id: int) -> Tag:
    """One change of names at a time: they are few, and two of them could lead to each other."""
    require(can_name_tags(actor))
    freshness.touch(LINE)
    tag = db.session.get(Tag, tag_id, populate_existing=True)
    if tag is None or db.session.get(TagAlias, tag.key) is not None:
        raise NotFound()
    return tag


def _clean(name: str, field: str = "name") -> str:
    keys = tag_keys([name[:200]])
    if not keys or not TAG.low <= len(keys[0]) <= TAG.high:
        raise Invalid(
            fields={
                field: _("A topic has between %(low)s and %(high)s characters.", low=TAG.low, high=TAG.high)
            }
        )
    return keys[0]


def _require_free(key: str, tag_id: int) -> None:
    other = find_tag(key)
    if other is None or other.id == tag_id:
        return
    raise Conflict(_("“%(name)s” is a topic already: merge the two instead.", name=key))


def _settle(
    actor: Actor, act: str, tag_id: int, before: Any, after: Any, indexed: bool = True, indexed_id: int | None = None
) -> None:  # fmt: skip
    """Every page with the topic is stale, and what is indexed under it is looked at again, by a job."""
    audit.write(actor, act, "topic", tag_id, before, after)
    freshness.touch(freshness.SITE, freshness.LISTS)
    after_commit(browsing.forget)
    if indexed:
        jobs.enqueue("forum.index_topic", {"tag_id": indexed_id or tag_id, "after": 0})


@jobs.job("forum.index_topic")
def index_topic(payload: dict[str, Any]) -> None:
    """The questions of a topic are indexed again, a part at a time."""
    tag_id, after = payload["tag_id"], payload["after"]
    part = select(QuestionTag.question_id).where(
        QuestionTag.tag_id == tag_id, QuestionTag.question_id > after
    )
    ids = list(db.session.scalars(part.order_by(QuestionTag.question_id).limit(BATCH)))
    with unit_of_work():
        for question_id in ids:
            jobs.enqueue("search.index", {"question_id": question_id})
        if len(ids) == BATCH:
            jobs.enqueue("forum.index_topic", {"tag_id": tag_id, "after": ids[-1]})
