"""The table of private talks about questions; what is said in them are private messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from accounts.messages.rules import SEALED_FOR
from common import clock
from common.db import Base, enum_column
from common.secrecy import Sealed
from moderation.private.rules import TalkState

_LIVE = text("state IN ('offered', 'going')")


class PrivateTalk(Base):
    """One talk of an agent with an asker. ``words`` is the first message, sealed as messages are; ``answer_id`` what was published at its end."""

    __tablename__ = "private_talk"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("support_case.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    words: Mapped[str] = mapped_column(Sealed(SEALED_FOR))
    state: Mapped[TalkState] = enum_column(TalkState, default=TalkState.OFFERED)
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    __table_args__ = (
        Index("uq_private_talk_live", "question_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_private_talk_question", "question_id", "id"),
    )
