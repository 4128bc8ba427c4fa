"""Make the stored HTML anew from the Markdown, after a change of the renderer."""

from collections.abc import Iterator

from sqlalchemy import select

from common import freshness, text
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.mentions import linking
from forum.questions.models import Post

SHARE = 200


def rerender_all(everything: bool = False) -> Iterator[int]:
    """Render all texts of an older renderer (or `everything`); gives the number done after each share.

    A text that is edited meanwhile is left alone: its edit has rendered it.
    """
    last_id, done = 0, 0
    while rows := _next(last_id, everything):
        with unit_of_work():
            people = linking.addresses(row.body for row in rows)
            for row in rows:
                values = {"body_html": text.render(row.body, people), "render_version": text.RENDER_VERSION}
                update_where(Post, Post.id == row.id, Post.version == row.version, **values)
            freshness.touch(freshness.LISTS, *(f"question:{row.question_id or row.id}" for row in rows))
        last_id, done = rows[-1].id, done + len(rows)
        yield done


def _next(after_id: int, everything: bool) -> list:
    query = select(Post.id, Post.question_id, Post.body, Post.version).where(Post.id > after_id)
    if not everything:
        query = query.where(Post.render_version < text.RENDER_VERSION)
    rows = list(db.session.execute(query.order_by(Post.id).limit(SHARE)).all())
    db.session.rollback()
    return rows
