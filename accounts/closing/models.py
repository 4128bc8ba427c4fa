"""The table of erasures that are under way, or done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class Erasure(Base):
    """What is still to be done for somebody who left. ``cipher`` holds, sealed, what texts may name them by; it is gone as
    soon as their texts were looked through (``texts_done_at``). ``votes_done_at``: nobody's votes any more."""

    __tablename__ = "erasure"
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    texts_done_at: Mapped[datetime | None]
    votes_done_at: Mapped[datetime | None]
