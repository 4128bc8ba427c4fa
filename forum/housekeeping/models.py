"""What was tidied, with what is needed to undo it, and the other names of topics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.housekeeping.rules import ActType


class TidyAct(Base):
    """One act of order on one question. ``detail`` is what undoing it needs; ``batch`` joins the acts of one go."""

    __tablename__ = "tidy_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ActType] = enum_column(ActType)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    batch: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done_at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (
        Index("ix_tidy_act_question", "question_id", "id"),
        Index("ix_tidy_act_target", "target_id", "id"),
        Index("ix_tidy_act_batch", "batch"),
    )


class TagMerge(Base):
    """A topic that went up in another one, with what undoing it needs: whose the questions, followers and names were.

    ``detail``: ``questions`` and ``followers`` that went along, those who had both (``*_of_both``), other ``names``.
    """

    __tablename__ = "tag_merge"
    id: Mapped[int] = mapped_column(primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    done_at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]


class TagAlias(Base):
    """Another name of a topic: whoever writes or asks for it gets the topic. It stays when topics are merged."""

    __tablename__ = "tag_alias"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
