"""Tables of the charter and the terms: their versions, and who accepted which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, append_only, enum_column
from forum.content.terms.rules import Document, VersionState


class TermsVersion(Base):
    """A version of a document in both languages. Published, it is never changed: ``digest`` is of what was published, and
    stands in the log of acts too. ``changes_*``: what is new in it, in plain words."""

    __tablename__ = "terms_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[Document] = enum_column(Document)
    number: Mapped[int]
    state: Mapped[VersionState] = enum_column(VersionState, default=VersionState.DRAFT)
    text_fr: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    changes_fr: Mapped[str] = mapped_column(Text, default="")
    changes_en: Mapped[str] = mapped_column(Text, default="")
    is_significant: Mapped[bool] = mapped_column(default=False)
    effective_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(String(64), default="")
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    __table_args__ = (UniqueConstraint("document", "number"),)


@append_only(but_for_retention=True)
class TermsAcceptance(Base):
    """The proof that a member accepted a version: when, and whether at sign-up or on the page of a change."""

    __tablename__ = "terms_acceptance"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    document: Mapped[Document] = enum_column(Document)
    number: Mapped[int]
    how: Mapped[str] = mapped_column(String(12))
    accepted_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("member_id", "document", "number"),
        Index("ix_terms_acceptance_version", "document", "number"),
    )
