"""The table of awards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from rewards.badges.rules import BadgeKey, Tier


class BadgeAward(Base):
    """A member earned a tier of a badge, once. Revoked only for fraud or a serious breach (§A3.2)."""

    __tablename__ = "badge_award"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    badge_key: Mapped[BadgeKey] = enum_column(BadgeKey, index=True)
    tier: Mapped[Tier] = enum_column(Tier)
    instance_key: Mapped[str] = mapped_column(String(40), default="")
    awarded_at: Mapped[datetime] = mapped_column(default=clock.now)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    revoke_reason: Mapped[str | None] = mapped_column(String(300))
    __table_args__ = (UniqueConstraint("member_id", "badge_key", "tier", "instance_key"),)
