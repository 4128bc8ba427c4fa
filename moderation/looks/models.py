"""Tables of looks: a case for each version of a text, the looks at it, and who was greeted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.looks.rules import WORDS_MOST, LookKind, Opinion


class LookCase(Base):
    """A version of a text that members look at. ``outcome``: what they said together, settled once. ``proved_fine``: what a
    moderator decided before or since. ``decision_id``: the decision that is read a second time."""

    __tablename__ = "look_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LookKind] = enum_column(LookKind)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    version: Mapped[int]
    fine: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Opinion | None] = enum_column(Opinion, nullable=True)
    proved_fine: Mapped[bool | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("review_decision.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("post_id", "version", "kind"),)


class Look(Base):
    """What one member said of a case."""

    __tablename__ = "look"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("look_case.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    opinion: Mapped[Opinion] = enum_column(Opinion)
    weight: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(WORDS_MOST), default="")
    looked_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("case_id", "member_id"),
        Index("ix_look_member", "member_id", "looked_at"),
    )


class Greeting(Base):
    """A newcomer was greeted, once, by this comment."""

    __tablename__ = "greeting"
    newcomer_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    greeted_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (Index("ix_greeting_by", "by_id", "greeted_at"),)
