"""What the ask page says about masks."""

from __future__ import annotations

from dataclasses import dataclass

from common import settings
from common.permissions import Actor
from forum.browsing.queries import CategoryCard, categories


@dataclass(frozen=True, slots=True)
class Offer:
    """What the ask page says about masks: they are offered, but for these categories."""

    without: tuple[CategoryCard, ...]


def offer(actor: Actor) -> Offer | None:
    """Whether the box stands on the ask page, and where it may not be ticked. Asks nothing more than the page does."""
    closed = tuple(one for one in categories() if not one.masks)
    if not settings.get("forum.masks") or actor.is_staff or len(closed) == len(categories()):
        return None
    return Offer(closed)
