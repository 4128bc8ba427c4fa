"""The table of thanks that were sent with an acceptance."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base


class Thanks(Base):
    """A comment that is a word of thanks for a solution: shown on the helper's profile while it is published."""

    __tablename__ = "thanks"
    comment_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    helper_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
