"""Does every stored count equal what can be counted? Found by a few large queries, put right one row at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from common import freshness
from common.db import db, update_where
from common.health import Finding, check
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.housekeeping.desk.naming import recount_tag
from forum.products.models import Device, Product
from forum.questions.models import (
    Follow,
    HelpedMark,
    Kudos,
    MeToo,
    Post,
    Question,
    QuestionTag,
    Tag,
    VisitorMeToo,
)
from forum.questions.rules import PostKind, PostState
from forum.solutions.anew.happened import wrong_times
from forum.solutions.anew.states import wrong_states
from forum.solutions.counting import recount, recount_people


@dataclass(frozen=True, slots=True)
class Drift:
    """A stored count that is wrong: of which row, what is kept, and what can be counted."""

    what: str
    row_id: int
    kept: int | str
    real: int | str


def all_drifts() -> Iterator[Drift]:
    """Every wrong count and time of the forum. The times take long: every answer is read."""
    yield from drifts()
    for name, row_id, kept, real in wrong_times():
        yield Drift(f"question.{name}", row_id, kept, real)


def drifts() -> Iterator[Drift]:
    """Every wrong count of the forum that a few statements find."""
    post, question = Post.__table__, Question.__table__
    published = post.c.state == PostState.PUBLISHED
    for name, kind in (("answer_count", PostKind.ANSWER), ("comment_count", PostKind.COMMENT)):
        real = _per(post.c.question_id, post.c.kind == kind, published)
        yield from _compare(f"question.{name}", question.c.id, question.c[name], real)
    mine = Kudos.__table__
    real = _per(mine.c.post_id, mine.c.withdrawn_at.is_(None))
    yield from _compare("post.kudos_count", post.c.id, post.c.kudos_count, real, post.c.imported_kudos_count)
    said = HelpedMark.__table__
    for name, helped in (("helped_count", True), ("not_helped_count", False)):
        real = _per(said.c.post_id, said.c.helped.is_(helped))
        yield from _compare(f"post.{name}", post.c.id, post.c[name], real)
    same = MeToo.__table__
    real = _per(same.c.question_id, same.c.withdrawn_at.is_(None))
    extra = question.c.imported_me_too_count
    yield from _compare("question.me_too_count", question.c.id, question.c.me_too_count, real, extra)
    real = _per(VisitorMeToo.__table__.c.question_id)
    yield from _compare("question.visitor_me_too_count", question.c.id, question.c.visitor_me_too_count, real)
    real = _per(Follow.__table__.c.question_id)
    yield from _compare("question.follower_count", question.c.id, question.c.follower_count, real)
    yield from _filing()
    for row_id, kept, true in wrong_states():
        yield Drift("question.help_state", row_id, kept, true)


def _filing() -> Iterator[Drift]:
    post, question, filed = Post.__table__, Question.__table__, QuestionTag.__table__
    shown = select(question.c.id, question.c.category_id).join(post, post.c.id == question.c.id)
    visible = shown.where(post.c.state == PostState.PUBLISHED).subquery()
    category, tag = Category.__table__, Tag.__table__
    in_category = select(visible.c.category_id.label("id"), func.count().label("n")).group_by(
        visible.c.category_id
    )
    yield from _compare("category.question_count", category.c.id, category.c.question_count, in_category)
    with_tag = (
        select(filed.c.tag_id.label("id"), func.count().label("n"))
        .join(visible, visible.c.id == filed.c.question_id)
        .group_by(filed.c.tag_id)
    )
    yield from _compare("tag.question_count", tag.c.id, tag.c.question_count, with_tag)
    product = Product.__table__
    about = select(question.c.product_id.label("id"), func.count().label("n"))
    about = about.join(post, post.c.id == question.c.id).where(post.c.state == PostState.PUBLISHED)
    asked = about.group_by(question.c.product_id)
    yield from _compare("product.question_count", product.c.id, product.c.question_count, asked)
    owned = _per(Device.__table__.c.product_id)
    yield from _compare("product.owner_count", product.c.id, product.c.owner_count, owned)


def repair() -> int:
    """Put every wrong count right; returns how many were. Safe while people write."""
    found = list(all_drifts())
    for drift in found:
        with unit_of_work():
            _REPAIRS[drift.what](drift.row_id)
            freshness.touch(freshness.LISTS)
    return len(found)


def _recount_question(question_id: int) -> None:
    recount(question_id)
    freshness.touch(f"question:{question_id}")


def _recount_kudos(post_id: int) -> None:
    live = (
        select(func.count()).where(Kudos.post_id == post_id, Kudos.withdrawn_at.is_(None)).scalar_subquery()
    )
    update_where(Post, Post.id == post_id, kudos_count=live + Post.imported_kudos_count)


def _recount_helped(post_id: int) -> None:
    marks = select(func.count()).where(HelpedMark.post_id == post_id)
    yes, no = marks.where(HelpedMark.helped.is_(True)), marks.where(HelpedMark.helped.is_(False))
    values = {"helped_count": yes.scalar_subquery(), "not_helped_count": no.scalar_subquery()}
    update_where(Post, Post.id == post_id, **values)


def _recount_category(category_id: int) -> None:
    inside = select(func.count()).select_from(Question)
    inside = inside.where(Question.category_id == category_id, Question.state == PostState.PUBLISHED)
    update_where(Category, Category.id == category_id, question_count=db.session.scalar(inside))


def _recount_product(product_id: int) -> None:
    about = select(func.count()).select_from(Question)
    about = about.where(Question.product_id == product_id, Question.state == PostState.PUBLISHED)
    owners = select(func.count()).select_from(Device).where(Device.product_id == product_id)
    counted = {"question_count": db.session.scalar(about), "owner_count": db.session.scalar(owners)}
    update_where(Product, Product.id == product_id, **counted)


_REPAIRS = {
    "question.answer_count": _recount_question,
    "question.comment_count": _recount_question,
    "question.help_state": _recount_question,
    "question.first_answer_at": _recount_question,
    "question.resolved_at": _recount_question,
    "question.me_too_count": recount_people,
    "question.visitor_me_too_count": recount_people,
    "question.follower_count": recount_people,
    "post.kudos_count": _recount_kudos,
    "post.helped_count": _recount_helped,
    "post.not_helped_count": _recount_helped,
    "category.question_count": _recount_category,
    "tag.question_count": recount_tag,
    "product.question_count": _recount_product,
    "product.owner_count": _recount_product,
}


def _per(column: Any, *criteria: Any) -> Any:
    """Rows per value of a column, as (id, n)."""
    return select(column.label("id"), func.count().label("n")).where(*criteria).group_by(column)


def _compare(what: str, row_id: Any, kept: Any, counted: Any, extra: Any = 0) -> Iterator[Drift]:
    real = counted.subquery()
    number = func.coalesce(real.c.n, 0) + extra
    query = select(row_id, kept, number).select_from(row_id.table.outerjoin(real, real.c.id == row_id))
    for id_, stored, true in db.session.execute(query.where(kept != number).order_by(row_id)):
        yield Drift(what, id_, stored, true)


@check("counters")
def _counters() -> Finding:
    found = list(drifts())
    if not found:
        return Finding("counters", True, "every stored count equals what can be counted")
    first = found[0]
    detail = (
        f"{len(found)} wrong, e.g. {first.what} of {first.row_id} is {first.kept} instead of {first.real}"
    )
    return Finding("counters", False, detail, "Run: flask --app app forum recount")
