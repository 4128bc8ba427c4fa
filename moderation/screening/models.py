"""What the filters remember of stored texts: prints to know a copy by, and the hosts that were linked to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class TextPrint(Base):
    """A stored text without its words: digest and SimHash, and what the model saw of it until it is decided.

    Dropped after two weeks.
    """

    __tablename__ = "text_print"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, autoincrement=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    digest: Mapped[str] = mapped_column(String(32), default="")
    simhash: Mapped[int] = mapped_column(BigInteger, default=0)
    language: Mapped[str] = mapped_column(String(8), default="fr")
    numbers: Mapped[list[int]] = mapped_column(JSON, default=list)
    stored_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    __table_args__ = (
        Index("ix_text_print_author", "author_id", "stored_at"),
        Index("ix_text_print_digest", "digest", "stored_at"),
    )


class PostedHost(Base):
    """A post links to a host."""

    __tablename__ = "posted_host"
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id"), primary_key=True, autoincrement=False, index=True
    )
