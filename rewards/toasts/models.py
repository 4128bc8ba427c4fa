"""The table of what was told in passing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base


class PointsTold(Base):
    """Up to which line of the ledger a member was told, and when; ``is_off``: the member wants none of it."""

    __tablename__ = "points_told"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    is_off: Mapped[bool] = mapped_column(default=False, server_default=false())
