"""Which product a question is about: chosen when it is asked, changed by whoever may file it elsewhere."""

from __future__ import annotations

from common import audit
from common.db import db, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.masks.wearing import under_mask
from forum.products.marking import mark_thread
from forum.products.models import Product
from forum.questions.models import Question
from forum.questions.permissions import can_refile, is_own
from forum.questions.rules import PostState
from forum.questions.writing import visible_question


def chosen_product(product_id: int | None) -> int | None:
    """The product somebody chose in a form, None where none was. Raises :class:`Invalid` for one that is not there."""
    if product_id is not None and db.session.get(Product, product_id) is None:
        raise Invalid(fields={"product": _("This product is not in the catalogue. Choose another, or none.")})
    return product_id


def file_under_product(actor: Actor, question_id: int, product_id: int | None) -> bool:
    """Say that a question is about this product, or about none. True when that is new.

    Counts, and the marks of verified owners in its thread, follow. Raises NotFound, Forbidden, Invalid (product),
    and Conflict when somebody else just did the same.
    """
    actor = under_mask(actor, question_id)
    with unit_of_work():
        question = visible_question(actor, question_id)
        require(can_refile(actor, question))
        new, old, published = (
            chosen_product(product_id),
            question.product_id,
            question.state == PostState.PUBLISHED,
        )
        version, own = question.version, is_own(actor, question)
        if new == old:
            return False
        there = Question.product_id.is_(None) if old is None else Question.product_id == old
        if not update_where(Question, Question.id == question_id, there, product_id=new):
            raise Conflict()
        if not own:
            audit.write(actor, "question.product", "post", question_id, old, new)
        if published:
            count_product(old, -1)
            count_product(new, 1)
            record(events.PostEdited(question_id, question_id, actor.member_id, version))
        mark_thread(question_id, new)
        return True


def count_product(product_id: int | None, step: int) -> None:
    """A question about a product came into view (+1) or left it (-1)."""
    if product_id is not None:
        update_where(Product, Product.id == product_id, question_count=Product.question_count + step)
