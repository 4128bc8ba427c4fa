"""The table of proposed guides: what nobody has validated is no guide, and no list of guides can show it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.content.guides.proposals.rules import ProposalState


class GuideProposal(Base):
    """A guide as a member wrote it. ``guide_id`` is what came of it, ``reason`` why nothing did."""

    __tablename__ = "guide_proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(Text)
    models: Mapped[list[str]] = mapped_column(default=list)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[ProposalState] = enum_column(ProposalState, default=ProposalState.WAITING)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    guide_id: Mapped[int | None] = mapped_column(ForeignKey("guide.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (
        Index("ix_guide_proposal_author", "author_id", "id"),
        Index("ix_guide_proposal_state", "state", "id"),
        CheckConstraint("(state = 'accepted') = (guide_id IS NOT NULL)", name="accepted_is_a_guide"),
    )
