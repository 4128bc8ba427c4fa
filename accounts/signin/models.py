"""Tables of signing in. No secret is stored: passwords as argon2id hashes, tokens as SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accounts.members.rules import NAME_MAX
from accounts.signin.rules import Purpose
from common.clock import now
from common.db import Base, enum_column


class Credential(Base):
    """The password of a member, apart from the member so that no page ever loads it."""

    __tablename__ = "credential"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(default=now)


class SeenMonth(Base):
    """A member was here in a month (``2026-03``): for the number of active recipients the law asks for, and nothing else."""

    __tablename__ = "seen_month"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)


class MemberSession(Base):
    """One browser a member is signed in with. Ending a session deletes its row.

    ``generation`` repeats the member's at sign-in: raising the member's ends every session at once.
    """

    __tablename__ = "member_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    generation: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    proof: Mapped[str] = mapped_column(String(12), default="", server_default="")
    """A :class:`~accounts.signin.rules.Proof`."""


class MemberOrigin(Base):
    """That a member came from a network lately: a keyed hash that tells nobody which. Forgotten by a job."""

    __tablename__ = "member_origin"
    __table_args__ = (
        UniqueConstraint("member_id", "origin"),
        Index("ix_member_origin_place", "origin", "seen_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    origin: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Registration(Base):
    """An account asked for and not yet proven. The member exists only once the mailed link was used,
    so that nobody can take an address, a name or a place in the lists with a mailbox that is not theirs.

    ``claim_hash``: what the browser that signed up holds; another browser must know the password.
    """

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    display_name: Mapped[str] = mapped_column(String(NAME_MAX))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    claim_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class MailToken(Base):
    """The hash of a secret that was mailed. Minted while the mail is written, used once.

    Bound to the mailbox it was sent to (``email_key``): when the member's address changes, it dies.
    """

    __tablename__ = "mail_token"
    __table_args__ = (Index("ix_mail_token_owner", "purpose", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = enum_column(Purpose)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class LetterWish(Base):
    """Somebody asked for a link by mail. Whether the address belongs to a member is found out when the
    mail is written, never while the page answers: both answers are the same, and take the same time."""

    __tablename__ = "letter_wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = enum_column(Purpose)
    email_key: Mapped[str] = mapped_column(String(254))
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(2), default="fr")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    next_path: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
