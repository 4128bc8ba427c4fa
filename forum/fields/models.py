"""The fields that categories ask for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.fields.rules import FieldKind


class CategoryField(Base):
    """One field. It is retired, never deleted: questions that have a value keep showing it."""

    __tablename__ = "category_field"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    label_fr: Mapped[str] = mapped_column(String(60))
    label_en: Mapped[str] = mapped_column(String(60))
    hint_fr: Mapped[str] = mapped_column(String(160), default="")
    hint_en: Mapped[str] = mapped_column(String(160), default="")
    kind: Mapped[FieldKind] = enum_column(FieldKind)
    required: Mapped[bool] = mapped_column(default=False)
    limit: Mapped[int] = mapped_column(default=80)
    choices: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
