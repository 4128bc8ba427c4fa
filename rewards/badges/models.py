"""Tables of badges: awards, campaigns of the team, and who read the guide of three minutes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from rewards.badges.rules import BadgeKey, CampaignState, Criterion, Tier


class Evidence(StrEnum):
    """What an award stands on: a sum of deeds, one post, a campaign, or a citation."""

    COUNT = "count"
    POST = "post"
    CAMPAIGN = "campaign"
    CITATION = "citation"


class RevokeCause(StrEnum):
    """Why an award was taken back. ``evidence``: by itself, when what it stood on went for fraud or a serious breach."""

    EVIDENCE = "evidence"
    FRAUD = "fraud"
    BREACH = "breach"
    TWO_OF_THE_TEAM = "two_of_the_team"


class BadgeAward(Base):
    """A member earned a tier of a badge, once. Taken back only for the causes of §A3.2.

    ``instance_key`` names the post, the category, the campaign or the form it was given by. Expertise holds for a year
    from ``renewed_at`` (at first ``awarded_at``); ``lapsed_at``: a former expert since. ``citation`` is what an honour is
    given for. Taking an honour back is asked by one of the team and done by another.
    """

    __tablename__ = "badge_award"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    badge_key: Mapped[BadgeKey] = enum_column(BadgeKey, index=True)
    tier: Mapped[Tier] = enum_column(Tier)
    instance_key: Mapped[str] = mapped_column(String(40), default="")
    awarded_at: Mapped[datetime] = mapped_column(default=clock.now)
    evidence_type: Mapped[Evidence] = enum_column(Evidence, default=Evidence.COUNT, server_default="count")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("badge_campaign.id"))
    citation: Mapped[str | None] = mapped_column(String(400))
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    renewed_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    revoke_cause: Mapped[RevokeCause | None] = enum_column(RevokeCause, nullable=True)
    revoke_reason: Mapped[str | None] = mapped_column(String(300))
    revoke_asked_at: Mapped[datetime | None]
    revoke_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (
        UniqueConstraint("member_id", "badge_key", "tier", "instance_key"),
        Index("ix_badge_award_latest", "badge_key", "awarded_at", "id"),
        CheckConstraint(
            "badge_key != 'honour' OR length(citation) >= 40 OR revoked_at IS NOT NULL", name="honour_cited"
        ),
    )


class BadgeCampaign(Base):
    """A badge of the team's own: who gets it and when. Only an active one is given."""

    __tablename__ = "badge_campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    badge_key: Mapped[BadgeKey] = enum_column(BadgeKey)
    name_fr: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    about_fr: Mapped[str] = mapped_column(String(300), default="")
    about_en: Mapped[str] = mapped_column(String(300), default="")
    criterion: Mapped[Criterion] = enum_column(Criterion)
    wanted: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[CampaignState] = enum_column(CampaignState, default=CampaignState.DRAFT, index=True)
    form_key: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    activated_at: Mapped[datetime | None]
    activated_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint("wanted BETWEEN 1 AND 1000", name="wanted_range"),
    )

    def name(self, language: str) -> str:
        """The name as readers of a language see it."""
        return self.name_fr if language == "fr" else self.name_en

    def about(self, language: str) -> str:
        """The line below it."""
        return self.about_fr if language == "fr" else self.about_en


class GuideRead(Base):
    """A member read the guide of three minutes to its end."""

    __tablename__ = "house_guide_read"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(default=clock.now)
