"""The table of pictures; the files lie in the data directory under their own names."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class HiddenImage(Base):
    """A picture that nobody is shown any more, whoever uploaded it and wherever it stands: by the name of its content."""

    __tablename__ = "hidden_image"
    file_key: Mapped[str] = mapped_column(String(48), primary_key=True)
    hidden_at: Mapped[datetime] = mapped_column(default=clock.now)


class ImagePost(Base):
    """A post that carries a picture, in one of its versions (`forum.images.seeing`)."""

    __tablename__ = "image_post"
    file_key: Mapped[str] = mapped_column(String(48), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, index=True)


class Image(Base):
    """A picture a member uploaded. Two members may have uploaded the same file: each has a row."""

    __tablename__ = "image"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    file_key: Mapped[str] = mapped_column(String(48), index=True)
    width: Mapped[int]
    height: Mapped[int]
    byte_count: Mapped[int] = mapped_column(default=0)
    alt: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("member_id", "file_key"),
        Index("ix_image_member", "member_id", "created_at"),
        CheckConstraint("width > 0 AND height > 0", name="size_positive"),
    )
