"""The table of reading positions."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class ReadPosition(Base):
    """How far a member has read a question: everything published up to ``seen_at``. One row for each pair."""

    __tablename__ = "read_position"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    seen_at: Mapped[datetime]
    read_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
