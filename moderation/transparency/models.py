"""Tables of what was handed over and what was published."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column


class ReportKind(StrEnum):
    """What is published."""

    YEARLY = "yearly"
    RECIPIENTS = "recipients"


class StatementFile(Base):
    """A file of at most a hundred statements for the Commission's database."""

    __tablename__ = "statement_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    count: Mapped[int]


class FiledStatement(Base):
    """A statement stands in one file, once."""

    __tablename__ = "filed_statement"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("statement_file.id"), index=True)


@append_only
class PublishedReport(Base):
    """A report as it was published: its figures never change afterwards. A correction is a new ``edition``; all are kept."""

    __tablename__ = "published_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReportKind] = enum_column(ReportKind)
    first_day: Mapped[date]
    last_day: Mapped[date]
    edition: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(20))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    words: Mapped[dict[str, Any]]
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (UniqueConstraint("kind", "name", "edition"),)
