"""Work on products outside the request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from common import jobs
from common.db import db
from common.unit_of_work import unit_of_work
from forum.questions.models import Question

_BATCH = 500


@jobs.job("products.index_questions")
def index_questions(payload: dict[str, Any]) -> None:
    """A product has another name: its questions are found by it, a part at a time."""
    product_id, after = payload["product_id"], payload["after"]
    question = Question.__table__
    part = select(question.c.id).where(question.c.product_id == product_id, question.c.id > after)
    ids = list(db.session.scalars(part.order_by(question.c.id).limit(_BATCH)))
    with unit_of_work():
        for question_id in ids:
            jobs.enqueue("search.index", {"question_id": question_id})
        if len(ids) == _BATCH:
            jobs.enqueue("products.index_questions", {"product_id": product_id, "after": ids[-1]})
