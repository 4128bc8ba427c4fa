"""Who is shown a picture: whoever may read a text that carries it (``visible_to``), who brought it, and the team.

A text carries the pictures it shows that its author or its editor brought: nobody keeps a picture of somebody else in the open
by writing its address. What the team brought is shown wherever it stands, unless texts carry it that nobody may read.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, exists, select

from accounts.masks.queries import persons_behind
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import settings
from common.db import db, insert_once
from common.errors import Gone, NotFound
from common.i18n import _
from common.permissions import ANONYMOUS, Actor
from forum.images.models import Image, ImagePost
from forum.images.rules import image_keys
from forum.questions.models import Post, Revision
from forum.questions.queries import find_post

settings.define(
    "forum.image_cache_minutes", 10, unit="minutes", low=1, high=1_440,
    help=_("How long a browser or a cache in between shows a public picture without asking again whether it still may."),
)  # fmt: skip
MOST_CARRIERS = 20

Elsewhere = Callable[[Actor, str, frozenset[int]], bool]
_elsewhere: dict[str, Elsewhere] = {}


def also_shown(where: str, check: Elsewhere) -> None:
    """Fill the port: somewhere else than in a text a reader is shown pictures of these members."""
    _elsewhere[where] = check


def carry(post: Post, editor_id: int | None) -> None:
    """A text was written: it carries its pictures, inside the open unit of work. What it carried once stays with it, for
    its earlier versions."""
    keys = image_keys(post.body)
    if not keys:
        return
    brought_by = {one for one in (post.author_id, editor_id) if one is not None}
    persons = brought_by | set(persons_behind(brought_by).values())
    brought: dict[str, set[int]] = {}
    for key, member_id in db.session.execute(
        select(Image.file_key, Image.member_id).where(Image.file_key.in_(keys))
    ):
        brought.setdefault(key, set()).add(member_id)
    for key in keys:
        if key not in brought or brought[key] & persons:
            insert_once(ImagePost, file_key=key, post_id=post.id)


def drop(post_id: int, body: str) -> None:
    """A version is gone as if it had never been: pictures that no other one shows are no longer the post's."""
    if not image_keys(body):
        return
    bodies = db.session.scalars(select(Revision.body).where(Revision.post_id == post_id))
    gone = set(image_keys(body)).difference(*(image_keys(one) for one in bodies))
    of_post = (ImagePost.post_id == post_id, ImagePost.file_key.in_(gone))
    db.session.execute(delete(ImagePost).where(*of_post))


def is_public(file_key: str) -> bool:
    """Whether everybody is shown a picture: as part of a public text, or as the team's own."""
    carriers = _carriers(file_key)
    if carriers:
        return any(_reads(ANONYMOUS, post_id) is None for post_id in carriers)
    people = _brought_by(file_key)
    of_team = exists().where(Member.id.in_(people), Member.role.in_(STAFF))
    return not people or bool(db.session.scalar(select(of_team)))


def require_seen(actor: Actor, file_key: str) -> None:
    """Raises :class:`NotFound`, or :class:`Gone` where a public text was taken away, unless this actor is shown the picture."""
    people = _brought_by(file_key)
    if actor.works_here or people & {*actor.ids, actor.person_id}:
        return
    refusals = [_reads(actor, post_id) for post_id in _carriers(file_key)]
    if None in refusals or (
        actor.signed_in and any(check(actor, file_key, people) for check in _elsewhere.values())
    ):
        return
    raise next((one for one in refusals if isinstance(one, Gone)), NotFound())


def _reads(actor: Actor, post_id: int) -> NotFound | Gone | None:
    try:
        find_post(actor, post_id)
    except (NotFound, Gone) as refusal:
        return refusal
    return None


def _carriers(file_key: str) -> list[int]:
    found = select(ImagePost.post_id).where(ImagePost.file_key == file_key).order_by(ImagePost.post_id)
    return list(db.session.scalars(found.limit(MOST_CARRIERS)))


def _brought_by(file_key: str) -> frozenset[int]:
    return frozenset(db.session.scalars(select(Image.member_id).where(Image.file_key == file_key)))
