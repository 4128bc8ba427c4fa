"""python -m tests.browser.waiting FOLDER COUNT: so many texts of a newcomer wait at the desk of the served community."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from app import create_app
from common import clock
from common.db import db
from common.unit_of_work import unit_of_work
from forum.questions.models import Comment, Question
from moderation.review.queueing import open_item
from moderation.review.rules import ItemType
from tests.conftest import IDS, test_config


def main() -> None:
    """Write them into the database the server reads."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    app = create_app(dataclasses.replace(test_config(folder)))
    with app.app_context(), unit_of_work():
        question = db.session.scalars(db.select(Question).order_by(Question.id).limit(1)).one()
        for number in range(count):
            words = f"Remark number {number} of somebody new: buy it at my shop."
            comment = Comment(
                author_id=IDS["new"], question_id=question.id, parent_id=question.id, body=words, language="en",
                body_html=f"<p>{words}</p>", state="held", held_reasons=["links"], created_at=clock.now(),
            )  # fmt: skip
            db.session.add(comment)
            db.session.flush()
            open_item(ItemType.POST, comment.id, post=comment, signals=("scripted",), klass=2)


if __name__ == "__main__":
    main()
