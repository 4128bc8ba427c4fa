"""Exports on the page of a discount."""

from __future__ import annotations

from flask import render_template

from rewards.promotions.models import Promotion
from rewards.promotions.rules import PromotionStatus
from rewards.shop import exporting, formats
from rewards.shop.queries import CAVEATS, TARGETS, exports_of, waiting_of


def exports(promotion: Promotion) -> str:
    """The shops its codes can go to, what was exported, what should be switched off."""
    about = exporting.described(promotion)
    ended = promotion.status is PromotionStatus.ENDED
    targets = [] if ended else [one for one in TARGETS if formats.takes(one, promotion.kind)]
    unlimited = [TARGETS[one] for one in targets if not formats.keeps_limit(one, about)]
    no_basket = [TARGETS[one] for one in targets if not formats.keeps_basket(one, about)]
    return render_template(
        "rewards/shop/_exports.html", row=promotion, targets=[(one.value, TARGETS[one]) for one in targets], names=TARGETS,
        exports=exports_of(promotion.id), waiting=waiting_of(promotion.id), caveats=CAVEATS, unlimited=unlimited,
        no_basket=no_basket,
    )  # fmt: skip
