"""The tables of invitations, and of members who want none."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class AnswerInvitation(Base):
    """A member was invited to answer a question; once, whoever invites."""

    __tablename__ = "answer_invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    inviter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    declined_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("question_id", "member_id"),
        Index("ix_answer_invitation_member", "member_id", "created_at"),
        Index("ix_answer_invitation_inviter", "inviter_id", "created_at"),
    )


class InvitationsRefused(Base):
    """A member who does not want to be invited."""

    __tablename__ = "invitations_refused"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
