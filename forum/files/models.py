"""The table of files and of the posts that carry them; the bytes lie in the data directory under the key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.files.rules import FileKind


class Attachment(Base):
    """A file a member uploaded. ``key`` cannot be guessed, and opens nothing by itself."""

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[FileKind] = enum_column(FileKind)
    byte_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class AttachmentPost(Base):
    """A post that carries a file: its text leads to it, and its author, or who edited it, brought it."""

    __tablename__ = "attachment_post"
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, index=True)
