"""The table of who is at a case now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base, enum_column
from moderation.workbench.rules import Doing


class CasePresence(Base):
    """Somebody looks at a case or writes in it, until then. Advice only: what is sent is checked against what was seen."""

    __tablename__ = "case_presence"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("support_case.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    doing: Mapped[Doing] = enum_column(Doing, default=Doing.VIEWING)
    until: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("case_id", "member_id"),)
