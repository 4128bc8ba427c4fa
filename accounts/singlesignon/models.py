"""Tables of single sign-on: who is whom at which provider, and what was used up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accounts.singlesignon.rules import LONGEST_ID
from common.clock import now
from common.db import Base


class Identity(Base):
    """Somebody at a provider, known by issuer and subject and never by an address.

    ``member_id`` is empty while it waits for its owner to sign in here and say yes; ``claim_hash`` is what the browser
    that brought it holds meanwhile. ``facts`` (customer number, segment, entitlements) are the team's. ``given_role``
    is the role the provider gave, so that it can be taken back without touching what was given by hand.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(40))
    issuer: Mapped[str] = mapped_column(String(LONGEST_ID))
    subject: Mapped[str] = mapped_column(String(LONGEST_ID))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    claim_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told_role: Mapped[str | None] = mapped_column(String(24))
    given_role: Mapped[str | None] = mapped_column(String(24))
    begun_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime] = mapped_column(default=now)


class KeptAnswer(Base):
    """What a SAML provider signed and posted, until the browser comes back by itself a moment later; then it goes."""

    __tablename__ = "kept_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[str] = mapped_column(String(40))
    request: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(80))
    assertion: Mapped[str] = mapped_column(String(200))
    claims: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SpentTicket(Base):
    """What lets somebody in once (a ticket, an attempt) and was used; kept until it would be too old anyway."""

    __tablename__ = "spent_ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
