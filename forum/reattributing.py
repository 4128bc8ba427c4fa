"""What somebody wrote who closed the account belongs to nobody: to the one "former member" all such texts are signed with.

There is no row for that member and no number: ``author_id`` is empty, so nothing lists what one person wrote
(domain/moderation.md §B6, invariant 58). On the way the texts are looked through for what names the person and for
private details; what may be an address is looked at by a moderator. Pictures go, with their files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import or_, select

from accounts.closing.rules import Marks
from common import jobs
from common.db import db, update_where
from common.freshness import touch
from common.permissions import SYSTEM
from common.unit_of_work import record, unit_of_work
from forum.content.reviews.models import Review
from forum.events import AddressSuspected
from forum.images.erasing import erase_pictures, pictures_of, without
from forum.privacy import guarding
from forum.questions import publishing
from forum.questions.models import PendingEdit, Post, Revision
from forum.questions.rules import PostKind
from forum.search.jobs import compact_soon
from forum.solutions.counting import recount

BATCH = 50
_ADDRESS = re.compile(
    r"\b\d{1,4}\s?(?:bis|ter)?,?\s+(?:rue|avenue|av\.?|boulevard|bd|place|chemin|allée|impasse|route|quai|cours)\b"
    r"|\b\d{1,5}\s+(?:[A-Z][\w’'-]+\s+){1,3}(?:street|road|avenue|lane|drive|close|square)\b",
    re.I,
)


def give_to_nobody(ids: frozenset[int], marks: Marks) -> None:
    """Everything these ids wrote in public, a few posts in one transaction."""
    pictures = pictures_of(ids)
    while some := _some(ids):
        with unit_of_work():
            for post_id in some:
                _look_through(post_id, marks, pictures)
            threads = _cut_loose(some)
            for thread_id in threads:
                recount(thread_id)
                jobs.enqueue("search.index", {"question_id": thread_id})
                touch(f"question:{thread_id}")
    with unit_of_work():
        compact_soon()
    _forget_editor(ids)
    _forget_mentions(marks)
    erase_pictures(ids)


def _some(ids: frozenset[int]) -> list[int]:
    found = list(
        db.session.scalars(select(Post.id).where(Post.author_id.in_(ids)).order_by(Post.id).limit(BATCH))
    )
    db.session.rollback()
    return found


def _look_through(post_id: int, marks: Marks, pictures: frozenset[str]) -> None:
    """Mask what names the person in a post and in all its versions, and take their pictures out."""
    post = db.session.get_one(Post, post_id)
    language = post.language

    def blank(words: str) -> str:
        return guarding.masked(marks.blank(without(pictures, words)), language)[0]

    if _ADDRESS.search(post.body):
        record(AddressSuspected(post_id))
    rows = db.session.execute(select(Revision.title, Revision.body).where(Revision.post_id == post_id))
    waiting = db.session.execute(
        select(PendingEdit.title, PendingEdit.body).where(PendingEdit.post_id == post_id)
    )
    texts = {
        post.heading,
        post.body,
        *(one for row in rows for one in row),
        *(one for row in waiting for one in row),
    }
    if any(blank(one) != one for one in texts if one):
        publishing.redact(SYSTEM, post_id, blank)


def _cut_loose(post_ids: Sequence[int]) -> list[int]:
    """Nobody wrote them; returns the questions whose threads they stand in."""
    rows = db.session.execute(select(Post.id, Post.question_id, Post.kind).where(Post.id.in_(post_ids))).all()
    update_where(Post, Post.id.in_(post_ids), author_id=None)
    update_where(Review, Review.__table__.c.id.in_(post_ids), place_key=None)
    found = {row.question_id or row.id for row in rows if row.question_id or row.kind == PostKind.QUESTION}
    return sorted(found)


def _forget_editor(ids: frozenset[int]) -> None:
    with unit_of_work():
        update_where(Revision, Revision.editor_id.in_(ids), editor_id=None)
        update_where(PendingEdit, PendingEdit.editor_id.in_(ids), editor_id=None)


def _forget_mentions(marks: Marks) -> None:
    """Where others wrote @ and the name: the name goes, their text stays."""
    if not marks.mentions():
        return
    naming = or_(*(Post.body.contains(one, autoescape=True) for one in marks.mentions()))
    older = or_(*(Revision.body.contains(one, autoescape=True) for one in marks.mentions()))
    ids = set(db.session.scalars(select(Post.id).where(naming)))
    ids |= set(db.session.scalars(select(Revision.post_id).where(older)))
    db.session.rollback()
    named = re.compile("|".join(rf"{re.escape(one)}(?!\w)" for one in marks.mentions()), re.I)
    for post_id in sorted(ids):
        publishing.redact(SYSTEM, post_id, lambda words: named.sub("@[…]", words))
