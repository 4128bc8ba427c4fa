"""The table of messages by weight."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base


class HeardText(Base):
    """What a public text weighs for who listens, and the points it is made of. Its words and its author stay where they are.

    ``version`` and ``lexicon`` say which words of the text and which list its tone was read with.
    """

    __tablename__ = "heard_text"
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    said_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int]
    lexicon: Mapped[int]
    tone: Mapped[int]
    importance: Mapped[float]
    influence: Mapped[float]
    weight: Mapped[int]
    __table_args__ = (Index("ix_heard_text_weight", "weight", "post_id"),)
