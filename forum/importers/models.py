"""When which forum was brought in, with what result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class ImportRun(Base):
    """One run of an importer. ``report`` is the summary it ended with; ``finished_at`` is empty when it broke off."""

    __tablename__ = "import_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    folder: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
