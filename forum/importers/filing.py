"""Categories and topic words for imported questions."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select, update

from common.db import db, insert_many, insert_once
from common.text import slugify
from forum.categories.models import Category
from forum.importers.intake import Intake
from forum.questions.models import Post, Question, QuestionTag, Tag
from forum.questions.rules import PostState, tag_keys

IMPORTED = ("imported", "Questions reprises", "Imported questions")
"""Key and names of the category of questions that name no topic."""
_KEY_MAX, _LAST = 60, 100


def category_id_for(intake: Intake, topic: str | None) -> int:
    """The category of a question: the one asked for on the command line, else by topic, else the common one."""
    name = intake.category or topic or ""
    if name not in intake.categories:
        intake.categories[name] = _category_id(name)
    return intake.categories[name]


def _category_id(name: str) -> int:
    if name:
        key = slugify(name, _KEY_MAX)
        shown = (
            name if name != name.lower() else name.replace("-", " ").replace("_", " ").strip().capitalize()
        )
        key, french, english = key, shown[:80], shown[:80]
    else:
        key, french, english = IMPORTED
    known = db.session.scalar(select(Category.id).where(Category.key == key))
    if known is not None:
        return known
    slug = key if db.session.scalar(select(Category.id).where(Category.slug == key)) is None else f"{key}-2"
    insert_once(Category, key=key, slug=slug, name_fr=french, name_en=english, position=_LAST)
    made = db.session.scalar(select(Category.id).where(Category.key == key))
    assert made is not None
    return made


def file_under(intake: Intake, tags_of: dict[int, tuple[str, ...]]) -> None:
    """Give questions their topic words, and no others."""
    wanted = {
        question_id: tuple(key[:_KEY_MAX] for key in tag_keys(tags)) for question_id, tags in tags_of.items()
    }
    ids = _tag_ids(intake, {key for keys in wanted.values() for key in keys})
    should = {(question_id, ids[key]) for question_id, keys in wanted.items() for key in keys}
    query = select(QuestionTag.question_id, QuestionTag.tag_id).where(
        QuestionTag.question_id.in_(list(wanted))
    )
    there = {(question_id, tag_id) for question_id, tag_id in db.session.execute(query)}
    for question_id, tag_id in sorted(there - should):
        db.session.execute(
            delete(QuestionTag).where(QuestionTag.question_id == question_id, QuestionTag.tag_id == tag_id)
        )
    insert_many(
        QuestionTag,
        [{"question_id": question_id, "tag_id": tag_id} for question_id, tag_id in sorted(should - there)],
    )
    tally = intake.report["tags"]
    tally.read += len(should)
    tally.created += len(should - there)
    tally.removed += len(there - should)
    tally.skip(count=len(should & there))


def _tag_ids(intake: Intake, keys: Iterable[str]) -> dict[str, int]:
    names = sorted(set(keys))
    insert_many(Tag, [{"key": key, "label": key} for key in names], once=True)
    return dict(db.session.execute(select(Tag.key, Tag.id).where(Tag.key.in_(names))).tuples().all())


def recount() -> None:
    """How many published questions each category and each topic has; topics without any leave."""
    question, post = Question.__table__, Post.__table__
    published = (
        select(func.count())
        .select_from(question.join(post, post.c.id == question.c.id))
        .where(post.c.state == PostState.PUBLISHED)
    )
    in_category = published.where(question.c.category_id == Category.id).scalar_subquery()
    db.session.execute(update(Category).values(question_count=in_category))
    counts = dict(
        db.session.execute(
            select(QuestionTag.tag_id, func.count())
            .join(post, post.c.id == QuestionTag.question_id)
            .where(post.c.state == PostState.PUBLISHED)
            .group_by(QuestionTag.tag_id)
        )
        .tuples()
        .all()
    )
    for tag_id, count in db.session.execute(select(Tag.id, Tag.question_count)).tuples().all():
        if counts.get(tag_id, 0) != count:
            db.session.execute(
                update(Tag).where(Tag.id == tag_id).values(question_count=counts.get(tag_id, 0))
            )
