"""The tables of mails that came in (what became of each, and no word of it), and of addresses at which one may ask."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, enum_column
from forum.letterbox.rules import Outcome


class IncomingMail(Base):
    """One mail to a signed address. ``message_key`` is unique: the same mail delivered twice counts once.

    ``post_id`` is what it replied to (None: it asked something new), ``made_id`` what it became; ``reason`` is the
    sentence its writer read. ``returned`` is the text of a refused question until the letter has given it back.
    """

    __tablename__ = "incoming_mail"
    __table_args__ = (Index("ix_incoming_mail_member", "member_id", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_key: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    post_id: Mapped[int | None]
    made_id: Mapped[int | None]
    way: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[Outcome] = enum_column(Outcome)
    reason: Mapped[str] = mapped_column(String(500), default="")
    left_out: Mapped[int] = mapped_column(default=0)
    told: Mapped[bool] = mapped_column(default=False)
    returned: Mapped[str] = mapped_column(Text, default="", server_default="")
    received_at: Mapped[datetime] = mapped_column(default=now)


class AskAddress(Base):
    """The how manieth address of a member for new questions counts; no row means the first one."""

    __tablename__ = "ask_address"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=now)
