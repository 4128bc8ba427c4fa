"""Categories: where questions are filed, and how they are published there."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, true
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base


class Category(Base):
    """A part of the community. ``policy`` decides who is read before publication (`domain/moderation.md §B1`);
    ``masks``: whether customers may ask here without their name."""

    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name_fr: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    icon: Mapped[str] = mapped_column(String(24), default="compass")
    position: Mapped[int] = mapped_column(default=0)
    question_count: Mapped[int] = mapped_column(default=0)
    policy: Mapped[str] = mapped_column(
        String(12),
        CheckConstraint("policy IN ('pre', 'trust', 'post', 'reactive')", name="policy_known"),
        default="trust",
    )
    masks: Mapped[bool] = mapped_column(default=True, server_default=true())

    def name(self, language: str) -> str:
        """The category's name in a language."""
        return self.name_en if language == "en" else self.name_fr
