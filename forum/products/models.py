"""The brand's products, and who owns which."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class Product(Base):
    """One product of the catalogue. ``key`` is the brand's own reference; ``slug`` never changes once given.

    What vanishes from the catalogue stops being ``active``: its questions and its page stay. ``search_text`` is
    the folded name, brand and key; ``question_count`` counts published questions, ``owner_count`` devices.
    """

    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    brand: Mapped[str] = mapped_column(String(60), default="")
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    picture: Mapped[str] = mapped_column(String(200), default="")
    manual_url: Mapped[str] = mapped_column(String(400), default="")
    warranty_fr: Mapped[str] = mapped_column(String(400), default="")
    warranty_en: Mapped[str] = mapped_column(String(400), default="")
    active: Mapped[bool] = mapped_column(default=True)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    search_text: Mapped[str] = mapped_column(String(250), default="")
    question_count: Mapped[int] = mapped_column(default=0)
    owner_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        Index("ix_product_asked", "active", "question_count", "id"),
        Index("ix_product_category", "category_id", "active", "question_count"),
    )


class Device(Base):
    """A member owns a product. ``model_name`` and ``serial`` are the member's alone and are shown to nobody else.

    ``owner_hash`` is the fingerprint of the member's address, by which a proof of purchase is found. ``shown``
    puts the member on the product's page; ``verified_at`` is when the brand's own data said so.
    """

    __tablename__ = "device"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    model_name: Mapped[str] = mapped_column(String(80), default="")
    serial: Mapped[str] = mapped_column(String(80), default="")
    since: Mapped[date | None] = mapped_column(Date)
    shown: Mapped[bool] = mapped_column(default=False)
    owner_hash: Mapped[str] = mapped_column(String(64), default="")
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str] = mapped_column(String(40), default="")
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        UniqueConstraint("member_id", "product_id"),
        Index("ix_device_owner", "product_id", "owner_hash"),
        Index("ix_device_shown", "product_id", "shown", "id"),
    )


class OwnerProof(Base):
    """The brand's data say that whoever has this address bought this product. Kept as a fingerprint only."""

    __tablename__ = "owner_proof"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    owner_hash: Mapped[str] = mapped_column(String(64), index=True)
    bought_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(40), default="")
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("product_id", "owner_hash"),)


class CatalogueImport(Base):
    """A file that staff or the operator gave: what became of each of its lines. ``content`` goes when it is done."""

    __tablename__ = "catalogue_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    file_name: Mapped[str] = mapped_column(String(120), default="")
    complete: Mapped[bool] = mapped_column(default=False)
    dry_run: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8), default="fr")
    content: Mapped[str] = mapped_column(Text, default="")
    lines_total: Mapped[int] = mapped_column(default=0)
    lines_done: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    finished_at: Mapped[datetime | None]
