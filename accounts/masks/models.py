"""Who is behind a mask: the one place that says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base


class Mask(Base):
    """A mask, made for one question, and the person who wears it.

    ``member_id`` is a row of ``member`` that is nobody (``Member.is_mask``): texts, votes and follows of the thread
    name it, and lead to the person only through this table. ``person_id`` is empty once the person closed the account.
    ``lifted_at``: what the mask wrote bears the person's name since.
    """

    __tablename__ = "mask"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    lifted_at: Mapped[datetime | None] = mapped_column()
