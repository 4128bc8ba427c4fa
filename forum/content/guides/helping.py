""" "This helped me": once per member or visitor and guide, changeable, with an optional private word."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete

from common import clock, text
from common.db import affected, db, insert_once, update_where
from common.errors import Gone, NotFound
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum.content.guides.models import Guide, GuideVerdict
from forum.content.guides.permissions import can_say_helped
from forum.content.guides.rules import REMARK_MOST, GuideState
from forum.events import GuideHelped


def say_helped(actor: Actor, guide_id: int, helped: bool, browser: str, remark: str = "") -> bool:
    """Count a yes or a no. ``browser`` is what the visitor's browser keeps; a member who said it as a visitor before
    is counted once. Returns False when it was said already."""
    require(can_say_helped(actor))
    remark = " ".join(text.normalise(remark).split())[:REMARK_MOST] if not helped else ""
    with unit_of_work():
        guide = db.session.get(Guide, guide_id)
        if guide is None or guide.state == GuideState.DRAFT:
            raise NotFound
        if guide.state != GuideState.PUBLISHED:
            raise Gone
        voter = voter_of(actor, guide_id, browser)
        if actor.signed_in:
            _forget(guide_id, voter_of(Actor(), guide_id, browser))
        row = {"helped": helped, "said_at": clock.now(), "remark": remark}
        if insert_once(GuideVerdict, guide_id=guide_id, voter=voter, **row) is not None:
            _count(guide_id, helped, 1)
            _record(actor, guide_id, helped)
            return True
        mine = (GuideVerdict.guide_id == guide_id, GuideVerdict.voter == voter)
        if update_where(GuideVerdict, *mine, GuideVerdict.helped != helped, **row):
            _count(guide_id, helped, 1)
            _count(guide_id, not helped, -1)
            _record(actor, guide_id, helped)
            return True
        if remark:
            update_where(GuideVerdict, *mine, remark=remark)
        return False


def voter_key(member_id: int) -> str:
    """A member who says it."""
    return f"member:{member_id}"


def voter_of(actor: Actor, guide_id: int, browser: str) -> str:
    """Who says it, in a form that leads nowhere else."""
    if actor.member_id is not None:
        return voter_key(actor.member_id)
    return "visitor:" + hashlib.sha256(f"guide:{guide_id}:{browser}".encode()).hexdigest()[:48]


def _record(actor: Actor, guide_id: int, helped: bool) -> None:
    if actor.member_id is not None:
        record(GuideHelped(guide_id, actor.member_id, helped))


def _forget(guide_id: int, voter: str) -> None:
    for helped in (True, False):
        mine = (GuideVerdict.guide_id == guide_id, GuideVerdict.voter == voter, GuideVerdict.helped == helped)
        if affected(db.session.execute(delete(GuideVerdict).where(*mine))):
            _count(guide_id, helped, -1)


def _count(guide_id: int, helped: bool, step: int) -> None:
    column = Guide.helped_count if helped else Guide.unhelped_count
    update_where(Guide, Guide.id == guide_id, **{column.key: column + step})
