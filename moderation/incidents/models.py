"""Tables of incidents: what is broken, its story, the questions and the people it concerns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from moderation.escalation.sla_rules import SlaType
from moderation.incidents.rules import TEXT_HIGH, TITLE_HIGH, IncidentState, UpdateKind


class Incident(Base):
    """Something that is broken, in both languages. ``cycle`` grows when it comes back after its end; ``changed_at`` is
    when something was last said of it, ``reminded_at`` when the team was last reminded to.

    ``product_id`` is a product of the catalogue, where nothing is ever deleted.
    """

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(primary_key=True)
    title_fr: Mapped[str] = mapped_column(String(TITLE_HIGH))
    title_en: Mapped[str] = mapped_column(String(TITLE_HIGH))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    product_id: Mapped[int | None]
    state: Mapped[IncidentState] = enum_column(IncidentState, default=IncidentState.CONFIRMED)
    cycle: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    reminded_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_incident_state", "state", "id"),
        CheckConstraint("category_id IS NOT NULL OR product_id IS NOT NULL", name="about_something"),
    )

    def title(self, language: str) -> str:
        """Its title in a language."""
        return self.title_fr if language == "fr" else self.title_en


@append_only
class IncidentUpdate(Base):
    """A line of an incident's story; a text may be given in one language only."""

    __tablename__ = "incident_update"
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[UpdateKind] = enum_column(UpdateKind)
    text_fr: Mapped[str] = mapped_column(String(TEXT_HIGH), default="")
    text_en: Mapped[str] = mapped_column(String(TEXT_HIGH), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


@append_only
class IncidentPromise(Base):
    """Something that happened to the promise of news about an incident: each word of the team begins an instance, the next
    word fulfils it. ``minutes`` stands where one begins; ``recorded_at`` is later than ``at`` where the clock was late."""

    __tablename__ = "incident_promise"
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    instance: Mapped[int]
    type: Mapped[SlaType] = enum_column(SlaType)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    minutes: Mapped[int | None]
    __table_args__ = (UniqueConstraint("incident_id", "instance", "type"),)


class IncidentQuestion(Base):
    """A question that is one of an incident; ``ended_at`` when it was taken off or the incident was resolved."""

    __tablename__ = "incident_question"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, index=True)
    linked_at: Mapped[datetime] = mapped_column(default=clock.now)
    linked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ended_at: Mapped[datetime | None]
    was_over: Mapped[bool] = mapped_column(default=False)


class IncidentFollower(Base):
    """Somebody who said "this concerns me" and hears when it is over."""

    __tablename__ = "incident_follower"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)


class IncidentReply(Base):
    """What somebody whom an incident concerned said after its end: it works again, or not. One for each end."""

    __tablename__ = "incident_reply"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    works: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=clock.now)
