"""The topic words of a question."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from common.db import db, insert_once, update_where
from common.errors import Invalid
from common.i18n import _
from common.permissions import Actor
from forum.housekeeping.models import TagAlias
from forum.questions.models import QuestionTag, Tag
from forum.questions.permissions import can_make_tags
from forum.questions.rules import MAX_TAGS, TAG, tag_keys


def checked_tags(actor: Actor, names: Iterable[str]) -> tuple[str, ...]:
    """Clean topic words. Raises :class:`Invalid`: too many, too long, or new ones by somebody who may not add any."""
    keys = in_force(tag_keys(names))
    if len(keys) > MAX_TAGS:
        raise Invalid(fields={"tags": _("Please choose at most %(count)s topics.", count=MAX_TAGS)})
    if any(not TAG.low <= len(key) <= TAG.high for key in keys):
        raise Invalid(
            fields={
                "tags": _("A topic has between %(low)s and %(high)s characters.", low=TAG.low, high=TAG.high)
            }
        )
    may = can_make_tags(actor)
    if not may and (new := set(keys) - _known(keys)):
        raise Invalid(
            fields={
                "tags": _("%(why)s Not known: %(words)s.", why=may.sentence, words=", ".join(sorted(new)))
            }
        )
    return keys


def in_force(keys: Iterable[str]) -> tuple[str, ...]:
    """The names in force for topic words, each once: another name of a topic stands for it."""
    asked = list(keys)
    if not asked:
        return ()
    others = select(TagAlias.key.label("name"), Tag.key).join(Tag, Tag.id == TagAlias.tag_id)
    rows = db.session.execute(others.where(TagAlias.key.in_(asked))).all()
    leads = {row.name: row.key for row in rows}
    return tuple(dict.fromkeys(leads.get(key, key) for key in asked))


def tags_of(question_id: int) -> tuple[str, ...]:
    """The topic words of a question, by alphabet."""
    rows = (
        select(Tag.key)
        .join(QuestionTag, QuestionTag.tag_id == Tag.id)
        .where(QuestionTag.question_id == question_id)
    )
    return tuple(db.session.scalars(rows.order_by(Tag.key)))


def set_tags(question_id: int, keys: tuple[str, ...], published: bool) -> bool:
    """Give a question these topics and no others, inside the open unit of work. True when something changed."""
    before = set(tags_of(question_id))
    if before == set(keys):
        return False
    for key in sorted(set(keys) - before):
        _add(question_id, key, published)
    for key in sorted(before - set(keys)):
        _drop(question_id, key, published)
    return True


def count_tags(question_id: int, step: int) -> None:
    """The question came into view (+1) or left it (-1): count that for each of its topics."""
    ids = db.session.scalars(select(QuestionTag.tag_id).where(QuestionTag.question_id == question_id))
    for tag_id in sorted(ids):
        update_where(Tag, Tag.id == tag_id, question_count=Tag.question_count + step)


def _known(keys: tuple[str, ...]) -> set[str]:
    return set(db.session.scalars(select(Tag.key).where(Tag.key.in_(keys))))


def _add(question_id: int, key: str, published: bool) -> None:
    insert_once(Tag, key=key, label=key, question_count=0)
    tag_id = db.session.scalar(select(Tag.id).where(Tag.key == key))
    added = insert_once(QuestionTag, question_id=question_id, tag_id=tag_id)
    if added is not None and published:
        update_where(Tag, Tag.id == tag_id, question_count=Tag.question_count + 1)


def _drop(question_id: int, key: str, published: bool) -> None:
    tag_id = db.session.scalar(select(Tag.id).where(Tag.key == key))
    gone = db.session.execute(
        delete(QuestionTag).where(QuestionTag.question_id == question_id, QuestionTag.tag_id == tag_id)
    )
    if gone.rowcount and published:  # type: ignore[attr-defined]
        update_where(Tag, Tag.id == tag_id, question_count=Tag.question_count - 1)
