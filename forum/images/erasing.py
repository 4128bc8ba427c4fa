"""The pictures of somebody who closed the account go, with their files (domain/moderation.md §B6, GDPR article 17).

In the person's own texts a word stands in their place; elsewhere the address leads to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import delete, select

from common.db import db
from common.unit_of_work import unit_of_work
from forum.images.keeping import path_of
from forum.images.models import Image

BATCH = 200
TAKEN_OUT = "[…]"
_PICTURE = re.compile(r"!\[[^\]]*\]\((?:https?://[^/\s)]+)?/images/([0-9a-f]{40}\.(?:jpg|png|webp))[^)]*\)")


def pictures_of(ids: frozenset[int]) -> frozenset[str]:
    """The pictures these ids uploaded."""
    found = frozenset(db.session.scalars(select(Image.file_key).where(Image.member_id.in_(ids))))
    db.session.rollback()
    return found


def without(keys: Collection[str], words: str) -> str:
    """A text with a mark in the place of these pictures."""
    return _PICTURE.sub(lambda found: TAKEN_OUT if found[1] in keys else found[0], words)


def erase_pictures(ids: frozenset[int]) -> int:
    """Rows and files of everything these ids uploaded, drafts' pictures too; returns how many. A file that somebody else
    has uploaded as well stays theirs. A few at a time; harmless twice."""
    total = 0
    while some := _some(ids):
        with unit_of_work():
            db.session.execute(delete(Image).where(Image.id.in_([row.id for row in some])))
            others = set(
                db.session.scalars(
                    select(Image.file_key).where(Image.file_key.in_([row.file_key for row in some]))
                )
            )
        for row in some:
            if row.file_key not in others:
                path_of(row.file_key).unlink(missing_ok=True)
        total += len(some)
    return total


def _some(ids: frozenset[int]) -> list:
    query = select(Image.id, Image.file_key).where(Image.member_id.in_(ids)).order_by(Image.id).limit(BATCH)
    rows = list(db.session.execute(query))
    db.session.rollback()
    return rows
