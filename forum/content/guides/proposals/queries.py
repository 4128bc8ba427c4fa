"""Reads of proposed guides: one's own, and for validators those that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.errors import NotFound
from common.permissions import Actor
from forum.content.guides.proposals.models import GuideProposal
from forum.content.guides.proposals.permissions import is_validator
from forum.content.guides.proposals.rules import SHOWN, ProposalState
from forum.content.guides.queries import Shown, shown


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in a list, and with ``shown`` as its page shows it."""

    id: int
    author_id: int
    author: MemberCard
    title: str
    summary: str
    language: str
    models: tuple[str, ...]
    state: ProposalState
    written_at: datetime
    reason: str
    guide_id: int | None
    own: bool
    shown: Shown | None = None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The criterion on GuideProposal of what this actor may read: their own; who validates, all."""
    own = GuideProposal.author_id.in_(actor.ids)
    return or_(own, GuideProposal.id.is_not(None)) if is_validator(actor) else own


def own_and_waiting(actor: Actor) -> tuple[list[ProposalRow], list[ProposalRow]]:
    """One's own, newest first, and those of others that wait, oldest first. Three queries."""
    query = select(GuideProposal).where(visible_to(actor)).limit(SHOWN)
    mine = db.session.scalars(
        query.where(GuideProposal.author_id.in_(actor.ids)).order_by(GuideProposal.id.desc())
    )
    others = (GuideProposal.author_id.not_in(actor.ids), GuideProposal.state == ProposalState.WAITING)
    waiting = db.session.scalars(query.where(*others).order_by(GuideProposal.id))
    return _rows(actor, list(mine)), _rows(actor, list(waiting))


def waiting_count(actor: Actor) -> int:
    """How many wait for this actor; 0 without a query for whom none does."""
    if not is_validator(actor):
        return 0
    waits = (GuideProposal.state == ProposalState.WAITING, GuideProposal.author_id.not_in(actor.ids))
    return db.session.scalar(select(func.count()).select_from(GuideProposal).where(*waits)) or 0


def proposal_page(actor: Actor, proposal_id: int) -> ProposalRow:
    """One proposal. Raises NotFound, also for who may not read it."""
    found = db.session.scalar(select(GuideProposal).where(GuideProposal.id == proposal_id, visible_to(actor)))
    if found is None:
        raise NotFound()
    return _rows(actor, [found], whole=True)[0]


def _rows(actor: Actor, found: list[GuideProposal], whole: bool = False) -> list[ProposalRow]:
    known = cards(one.author_id for one in found)
    return [
        ProposalRow(
            one.id, one.author_id, known[one.author_id], one.title, one.summary, one.language, tuple(one.models),
            ProposalState(one.state), one.written_at, one.reason, one.guide_id, one.author_id in actor.ids,
            shown(one.body) if whole else None,
        )
        for one in found
    ]  # fmt: skip
