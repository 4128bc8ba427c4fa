"""Who follows what: for a button, for the page of one's own follows, and for telling them a part at a time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select

from common import settings
from common.db import db
from common.i18n import Sentence
from common.permissions import Actor
from forum.following import targets
from forum.following.models import Following
from forum.following.rules import TargetKind
from forum.following.targets import Target


@dataclass(frozen=True, slots=True)
class Group:
    """What a member follows of one kind."""

    heading: Sentence
    targets: tuple[Target, ...]


def is_followed(actor: Actor, kind: TargetKind, target_id: int) -> bool:
    """Whether the actor follows something. One statement, none for visitors."""
    if actor.member_id is None:
        return False
    mine = (Following.kind == kind, Following.target_id == target_id, Following.member_id == actor.member_id)
    return bool(db.session.scalar(select(exists().where(*mine))))


def followed_by(member_id: int) -> list[Group]:
    """Everything a member follows, newest first in each kind; what is gone is left out, empty kinds too."""
    query = select(Following.kind, Following.target_id).where(Following.member_id == member_id)
    query = query.order_by(Following.id.desc()).limit(settings.get("forum.follows_most"))
    places = [(TargetKind(row.kind), row.target_id) for row in db.session.execute(query)]
    found = targets.find(places)
    groups = []
    for source in targets.sources():
        shown = tuple(found[place] for place in places if place[0] is source.kind and place in found)
        if shown:
            groups.append(Group(source.heading, shown))
    return groups


def followers_after(kind: TargetKind, target_id: int, after: int, size: int) -> list[int]:
    """The next followers of a target in the order of their ids, so that 50,000 are told a part at a time."""
    query = select(Following.member_id).where(
        Following.kind == kind, Following.target_id == target_id, Following.member_id > after
    )
    return list(db.session.scalars(query.order_by(Following.member_id).limit(size)))
