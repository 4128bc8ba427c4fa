"""The table of audits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.review.rules import Decision


class Audit(Base):
    """An item whose answer is known, served to one moderator: never twice the same. ``source_id`` is the decision it stands
    on, ``item_id`` the item that looks like any other. What was decided about it is written here and nowhere else."""

    __tablename__ = "review_audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("review_decision.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"), unique=True)
    served_at: Mapped[datetime] = mapped_column(default=clock.now)
    decision: Mapped[Decision | None] = enum_column(Decision, nullable=True)
    agreed: Mapped[bool | None]
    seconds: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("moderator_id", "source_id"),)
