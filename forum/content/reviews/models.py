"""Tables of product reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.content.reviews.rules import Checked, Incentive
from forum.questions.models import Post
from forum.questions.rules import PostKind


class Review(Post):
    """What one member says of one product. Its words are the post's, with good and bad points as their last lines.

    ``place_key`` names author and product while the review is held, published or hidden: one review each. ``shown_at``
    is when it was published, while it is; lists and figures go by it. ``incentive`` is never taken off. ``masked_at``:
    the house took personal details out, which is the only change anybody but its author makes. ``reply_id``: the brand's
    answer, while there is one.
    """

    __tablename__ = "product_review"
    id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    place_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    rating: Mapped[int]
    experienced_on: Mapped[date] = mapped_column(Date)
    incentive: Mapped[Incentive] = enum_column(Incentive, default=Incentive.NONE)
    checked: Mapped[Checked] = enum_column(Checked, default=Checked.NOT)
    shown_at: Mapped[datetime | None]
    useful_count: Mapped[int] = mapped_column(default=0)
    masked_at: Mapped[datetime | None]
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))

    __mapper_args__ = {"polymorphic_identity": PostKind.REVIEW, "inherit_condition": id == Post.id}
    __table_args__ = (
        Index("ix_product_review_recent", "product_id", "shown_at", "id"),
        Index("ix_product_review_useful", "product_id", "useful_count", "id"),
        Index("ix_product_review_rating", "product_id", "rating", "shown_at", "id"),
        CheckConstraint("rating between 1 and 5", name="rating_known"),
        CheckConstraint(
            "checked != 'purchase' OR incentive = 'none'", name="no_purchase_with_incentive"
        ),
    )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """Rating and day are part of a version."""
        return {"rating": self.rating, "experienced_on": self.experienced_on.isoformat()}

    def take(self, facts: dict[str, Any] | None) -> None:
        """The same, of a new version; and that words were masked."""
        facts = facts or {}
        if "rating" in facts:
            self.rating = facts["rating"]
            self.experienced_on = date.fromisoformat(facts["experienced_on"])
        if facts.get("masked"):
            self.masked_at = clock.now()


class ReviewReply(Post):
    """The brand's answer to a review (``parent_id``)."""

    __mapper_args__ = {"polymorphic_identity": PostKind.REVIEW_REPLY}

    @property
    def thread_id(self) -> int:
        """The review it stands under."""
        return self.parent_id or self.id


class ReviewVote(Base):
    """A member found a review useful. ``annulled_at``: taken off by the house, for good."""

    __tablename__ = "review_vote"
    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("product_review.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("review_id", "member_id"), Index("ix_review_vote_given", "given_at"))


class RatingCount(Base):
    """How many published reviews of a product have this rating and this incentive."""

    __tablename__ = "review_rating_count"
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    rating: Mapped[int] = mapped_column(primary_key=True)
    incentive: Mapped[Incentive] = enum_column(Incentive, primary_key=True)
    review_count: Mapped[int] = mapped_column(default=0)


class BrandAccount(Base):
    """A member who speaks for the maker of products (``Product.brand``): may reply to their reviews and doubt them,
    and writes none."""

    __tablename__ = "brand_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    brand: Mapped[str] = mapped_column(String(60))
    registered_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    registered_at: Mapped[datetime] = mapped_column(default=clock.now)
