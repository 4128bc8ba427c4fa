"""Keys of programs. The secret is shown once and kept as a hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class ApiKey(Base):
    """A program may do what is named in ``scopes`` until the key is revoked."""

    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    scopes: Mapped[list[str]] = mapped_column(default=list)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
