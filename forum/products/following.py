"""A product can be followed: its followers hear of new questions about it."""

from __future__ import annotations

from collections.abc import Collection

from common.i18n import _
from forum.following.rules import TargetKind
from forum.following.targets import Source, Target, register
from forum.products.queries import by_ids
from forum.questions.models import Question


def _products(ids: Collection[int]) -> dict[int, Target]:
    return {
        card.id: Target(TargetKind.PRODUCT, card.id, card.name, ("products.show", {"slug": card.slug}), "box")
        for card in by_ids(ids).values()
    }


def _product_of(question: Question) -> list[int]:
    return [question.product_id] if question.product_id is not None else []


def register_products() -> None:
    """Make products known to those who follow. Called once by the package."""
    register(Source(TargetKind.PRODUCT, _("Products"), _products, _product_of))
