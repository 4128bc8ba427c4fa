"""Tables of product trials: campaigns, their stock, participations with every move, addresses, reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from rewards.trials.lottery import Lot
from rewards.trials.rules import Campaign, Excuse, Method, Part, PartMove, Wanted


class Trial(Base):
    """A campaign. Texts in both languages; ``questions`` and ``steps`` are lists of {"fr": …, "en": …}.

    ``seed_cipher`` is the sealed seed until the result is out, then ``seed`` shows it; ``commitment`` is its SHA-256.
    ``frozen`` are the ids of the draw once applications have ended. ``rules_hash`` names the version of the programme rules.
    ``question_id`` is the thread where members ask about the trial; the team answers in it on the questions day.
    """

    __tablename__ = "trial"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80))
    state: Mapped[Campaign] = enum_column(Campaign, default=Campaign.DRAFT)
    title_fr: Mapped[str] = mapped_column(String(100))
    title_en: Mapped[str] = mapped_column(String(100))
    summary_fr: Mapped[str] = mapped_column(String(600), default="")
    summary_en: Mapped[str] = mapped_column(String(600), default="")
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    equipment_fr: Mapped[str] = mapped_column(String(200), default="")
    equipment_en: Mapped[str] = mapped_column(String(200), default="")
    value_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    is_kept: Mapped[bool] = mapped_column(default=True)
    needs_phone: Mapped[bool] = mapped_column(default=False)
    stock: Mapped[int] = mapped_column(default=1)
    min_rank: Mapped[int] = mapped_column(default=2)
    countries: Mapped[list[str]] = mapped_column(default=list)
    method: Mapped[Method] = enum_column(Method, default=Method.MIXED)
    merit_percent: Mapped[int] = mapped_column(default=50)
    newcomers_percent: Mapped[int] = mapped_column(default=15)
    questions: Mapped[list] = mapped_column(default=list)
    steps: Mapped[list] = mapped_column(default=list)
    legal_fr: Mapped[str] = mapped_column(Text, default="")
    legal_en: Mapped[str] = mapped_column(Text, default="")
    rules_hash: Mapped[str] = mapped_column(String(64), default="")
    budget_owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    questions_day_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    answer_at: Mapped[datetime | None]
    seed_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    commitment: Mapped[str] = mapped_column(String(64), default="")
    list_hash: Mapped[str] = mapped_column(String(64), default="")
    frozen: Mapped[list] = mapped_column(default=list)
    seed: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    selected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("stock >= 0 AND stock <= 100000", name="stock_range"),
        CheckConstraint("value_minor >= 0", name="value_positive"),
        Index("ix_trial_state", "state", "ends_at"),
        Index("ix_trial_recent", "created_at", "id"),
    )

    def text(self, name: str, language: str) -> str:
        """One of its texts in a language; the other language where that was left empty."""
        other = "fr" if language == "en" else "en"
        return str(getattr(self, f"{name}_{language}") or getattr(self, f"{name}_{other}"))

    @property
    def wanted(self) -> Wanted:
        """What eligibility looks at."""
        needs = self.equipment_id is not None or bool(self.equipment_fr or self.equipment_en)
        return Wanted(self.min_rank, tuple(self.countries), needs, self.rules_hash)


class TrialStock(Base):
    """Units of a campaign and how many are held. Only a conditional update takes one, so held never passes stock."""

    __tablename__ = "trial_stock"
    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"), primary_key=True, autoincrement=False)
    stock: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    __table_args__ = (CheckConstraint("held >= 0 AND held <= stock", name="held_within_stock"),)


class TrialApplication(Base):
    """A member's part in a campaign: what was answered and declared, the place in the frozen order, and every date.

    ``answer_score`` is what the team gave the answers, without seeing who wrote them. ``merit`` is frozen with the selection.
    ``country`` and ``postcode_prefix`` are all that stays of where the product went.
    """

    __tablename__ = "trial_application"
    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    state: Mapped[Part] = enum_column(Part, default=Part.APPLIED)
    answers: Mapped[list] = mapped_column(default=list)
    adult: Mapped[bool] = mapped_column(default=False)
    equipment: Mapped[bool] = mapped_column(default=False)
    outside: Mapped[bool] = mapped_column(default=False)
    country: Mapped[str] = mapped_column(String(2), default="")
    postcode_prefix: Mapped[str] = mapped_column(String(2), default="")
    consent_hash: Mapped[str] = mapped_column(String(64), default="")
    answer_score: Mapped[int | None]
    merit: Mapped[dict | None]
    score: Mapped[int | None]
    lot: Mapped[Lot | None] = enum_column(Lot, nullable=True)
    position: Mapped[int | None]
    failing: Mapped[list] = mapped_column(default=list)
    carrier_ref: Mapped[str] = mapped_column(String(80), default="")
    applied_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    selected_at: Mapped[datetime | None]
    address_due_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    on_time: Mapped[bool | None]
    defaulted_at: Mapped[datetime | None]
    excuse: Mapped[Excuse | None] = enum_column(Excuse, nullable=True)
    excuse_text: Mapped[str] = mapped_column(String(500), default="")
    excuse_asked_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("trial_id", "member_id"),
        CheckConstraint("answer_score IS NULL OR answer_score BETWEEN 0 AND 5", name="answer_score_range"),
        Index("ix_trial_application_state", "trial_id", "state", "position"),
        Index("ix_trial_application_member", "member_id", "state"),
        Index("ix_trial_application_due", "state", "due_at"),
    )


@append_only
class TrialMove(Base):
    """Every move of a participation: what, when, by whom. No text of a member and no address."""

    __tablename__ = "trial_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("trial_application.id"), index=True)
    move: Mapped[PartMove] = enum_column(PartMove)
    state: Mapped[Part] = enum_column(Part)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)


class TrialReport(Base):
    """The private report of a tester to the programme. A bad mark fulfils the duty exactly like a good one (§A4.5)."""

    __tablename__ = "trial_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("trial_application.id"), unique=True)
    rating: Mapped[int]
    first_days: Mapped[str] = mapped_column(Text, default="")
    liked: Mapped[str] = mapped_column(Text, default="")
    disliked: Mapped[str] = mapped_column(Text, default="")
    checklist: Mapped[list] = mapped_column(default=list)
    photos: Mapped[list] = mapped_column(default=list)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    team_note: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),)


class TrialDraft(Base):
    """An application or a report that is not finished: kept on the server, the writer's alone."""

    __tablename__ = "trial_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(12))
    fields: Mapped[dict] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("member_id", "trial_id", "kind"),)
