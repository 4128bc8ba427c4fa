"""Tables of legal notices and of trusted flaggers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from moderation.legal_notices.rules import LegalGround, NoticeOutcome, NoticeState, Place, Subject, Way


class TrustedFlagger(Base):
    """A body whose notices come first (article 22); a manager keeps the list. ``active_key`` is the mailbox while it
    is on the list and empty afterwards."""

    __tablename__ = "trusted_flagger"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    active_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class LegalNotice(Base):
    """Somebody says that a published text is against the law.

    ``post_id``, ``profile_id`` or ``guide_id`` says what it is about. ``same_key`` is a digest of text, ground, sender and
    words, so that a form sent twice is one notice; ``proof_key`` names the challenge that was solved, which counts once. ``origin`` is a keyed digest, never an address. ``name``,
    ``email``, ``origin`` and ``member_id`` are emptied some months after the decision: what is counted stays.
    ``flipped_at``: the decision was overturned on appeal. ``confirmed_at``: the mailbox was proven by a click.
    """

    __tablename__ = "legal_notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    post_version: Mapped[int | None]
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    guide_id: Mapped[int | None] = mapped_column(ForeignKey("guide.id"), index=True)
    address: Mapped[str] = mapped_column(String(500))
    ground: Mapped[LegalGround] = enum_column(LegalGround)
    explanation: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    language: Mapped[str] = mapped_column(String(8), default="fr")
    trusted_id: Mapped[int | None] = mapped_column(ForeignKey("trusted_flagger.id"))
    way: Mapped[Way] = enum_column(Way)
    origin: Mapped[str] = mapped_column(String(32), default="")
    same_key: Mapped[str] = mapped_column(String(64), unique=True)
    proof_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[NoticeState] = enum_column(NoticeState)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    received_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"), index=True)
    outcome: Mapped[NoticeOutcome | None] = enum_column(NoticeOutcome, nullable=True)
    decided_at: Mapped[datetime | None]
    flipped_at: Mapped[datetime | None]
    contested_at: Mapped[datetime | None]
    contest: Mapped[str] = mapped_column(Text, default="")
    identity_erased_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_legal_notices_post", "post_id", "state"),
        Index("ix_legal_notices_state", "state", "id"),
        CheckConstraint("(state = 'decided') = (outcome is not null)", name="outcome_when_decided"),
        CheckConstraint(
            "(case when post_id is null then 0 else 1 end) + (case when profile_id is null then 0 else 1 end)"
            " + (case when guide_id is null then 0 else 1 end) = 1",
            name="about_one",
        ),
        CheckConstraint("state = 'waiting' or received_at is not null", name="received_dated"),
    )

    @property
    def about(self) -> Place:
        """What it is about."""
        found = {kind: getattr(self, column.key) for kind, column in ABOUT.items()}
        return next(Place(kind, one) for kind, one in found.items() if one is not None)


ABOUT = {
    Subject.POST: LegalNotice.post_id,
    Subject.PROFILE: LegalNotice.profile_id,
    Subject.GUIDE: LegalNotice.guide_id,
}
"""The column that names what a notice is about."""
