"""The table of members who are answering just now."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class AnsweringClaim(Base):
    """One member is answering one question until ``until_at``. At most one row of a member, one of a question."""

    __tablename__ = "answering_claim"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), unique=True)
    claimed_at: Mapped[datetime] = mapped_column(default=clock.now)
    until_at: Mapped[datetime]
