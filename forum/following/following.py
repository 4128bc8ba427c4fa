"""Begin and stop to follow a category, a topic, a product or a member."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from common import settings
from common.db import affected, db, insert_once
from common.errors import Conflict, Forbidden, NotFound
from common.i18n import _, n_
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.following import targets
from forum.following.models import Following
from forum.following.permissions import can_follow
from forum.following.rules import TargetKind
from forum.questions.permissions import member_of

settings.define(
    "forum.follows_most", 300, unit=_("targets"), low=1, high=10_000,
    help=_("How many categories, topics, products and members one member may follow. Questions are not counted."),
)  # fmt: skip


def follow(actor: Actor, kind: TargetKind, target_id: int) -> bool:
    """Begin to follow. True when that is new; twice changes nothing."""
    require(can_follow(actor, kind, target_id))
    with unit_of_work():
        if not targets.find([(kind, target_id)]):
            raise NotFound()
        if kind is TargetKind.MEMBER and targets.is_private(target_id):
            raise Forbidden(_("This profile is private: nobody is told what its member writes."))
        most, mine = settings.get("forum.follows_most"), member_of(actor)
        written = insert_once(Following, kind=kind, target_id=target_id, member_id=mine)
        if written is not None and _count(mine) > most:
            raise Conflict(
                n_(
                    "You follow %(count)s thing already, as many as possible. Stop following another first.",
                    "You follow %(count)s things already, as many as possible. Stop following one first.",
                    most,
                )
            )
        return written is not None


def unfollow(actor: Actor, kind: TargetKind, target_id: int) -> bool:
    """Stop following, also what is gone meanwhile. True when the actor had followed."""
    require(can_follow(actor, kind, target_id))
    with unit_of_work():
        mine = (
            Following.kind == kind,
            Following.target_id == target_id,
            Following.member_id == actor.member_id,
        )
        return affected(db.session.execute(delete(Following).where(*mine))) > 0


def _count(member_id: int) -> int:
    query = select(func.count()).select_from(Following).where(Following.member_id == member_id)
    return db.session.scalar(query) or 0
