"""The table of suggested edits."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.suggestions.rules import SuggestionState

_OPEN = text("state = 'open'")


class SuggestedEdit(Base):
    """A text as a member would have it, on top of ``base_version`` of a post. One is open for a post at a time.

    ``held``: the screener would hold it; such a suggestion is for moderators. ``words``: why it was rejected.
    """

    __tablename__ = "suggested_edit"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    base_version: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300), default="")
    held: Mapped[bool] = mapped_column(default=False)
    state: Mapped[SuggestionState] = enum_column(SuggestionState, default=SuggestionState.OPEN)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    words: Mapped[str] = mapped_column(String(300), default="")
    __table_args__ = (
        Index("uq_suggested_edit_open", "post_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_suggested_edit_state", "state", "id"),
        Index("ix_suggested_edit_member", "member_id", "created_at"),
        Index("ix_suggested_edit_post", "post_id"),
    )
