"""Tables of routing: teams, who works in them, the ordered rules, and where each case stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base
from moderation.routing.rules import NAME_MOST


class SupportTeam(Base):
    """A team of the brand that answers. Never deleted; ``archived_at`` says that it takes nothing any more.

    ``overflow_id`` helps when nobody is there; ``calendar_id`` are its hours, empty: those of the promise. One team takes what is about danger and law, one what no rule takes.
    """

    __tablename__ = "support_team"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name_fr: Mapped[str] = mapped_column(String(NAME_MOST))
    name_en: Mapped[str] = mapped_column(String(NAME_MOST))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    overflow_id: Mapped[int | None] = mapped_column(ForeignKey("support_team.id"))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("work_calendar.id"))
    is_outside: Mapped[bool] = mapped_column(default=False, server_default=false())
    takes_danger: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_fallback: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_support_team_danger", "takes_danger", unique=True, sqlite_where=text("takes_danger"), postgresql_where=text("takes_danger")),
        Index("uq_support_team_fallback", "is_fallback", unique=True, sqlite_where=text("is_fallback"), postgresql_where=text("is_fallback")),
    )  # fmt: skip

    def name(self, language: str) -> str:
        """The team's name in a language."""
        return self.name_en if language == "en" else self.name_fr


class SupportTeamMember(Base):
    """Somebody works in a team. ``skills`` are keys of categories, ``languages`` codes; empty: all of them."""

    __tablename__ = "support_team_member"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("support_team.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    skills: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    since: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("team_id", "member_id"),)


class RoutingRule(Base):
    """One line of the list: what it looks at, and the team that takes it."""

    __tablename__ = "routing_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_MOST), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("support_team.id"))
    categories: Mapped[list[str]] = mapped_column(default=list)
    products: Mapped[list[str]] = mapped_column(default=list)
    words: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class CaseDesk(Base):
    """Where a case stands: its team and why, how often it was passed on, whether its agent has opened it, until when it
    was put off. ``rule_name`` is the rule as it was called then; ``triage_due_at`` is set while nobody has said where a
    case that no rule took belongs."""

    __tablename__ = "case_desk"
    case_id: Mapped[int] = mapped_column(ForeignKey("support_case.id"), primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("support_team.id"))
    rule_name: Mapped[str] = mapped_column(String(NAME_MOST), default="")
    reasons: Mapped[list] = mapped_column(default=list)
    routed_at: Mapped[datetime] = mapped_column(default=clock.now)
    reroute_count: Mapped[int] = mapped_column(default=0)
    triage_due_at: Mapped[datetime | None]
    triage_told_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    passed_over_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    snoozed_until: Mapped[datetime | None]
    snoozed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (
        Index("ix_case_desk_team", "team_id"),
        Index("ix_case_desk_triage", "triage_due_at"),
    )
