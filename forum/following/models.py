"""The table of what members follow besides questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.following.rules import TargetKind


class Following(Base):
    """A member wants to hear what is new in a category, on a topic, about a product or by a member.

    ``target_id`` is a row of the table that ``kind`` names. The unique key is also the way in which followers are
    gone through, a part at a time.
    """

    __tablename__ = "following"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TargetKind] = enum_column(TargetKind)
    target_id: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("kind", "target_id", "member_id"),
        Index("ix_following_member", "member_id", "kind", "id"),
    )
