"""What rewards clear away by themselves; accounts of value are kept, without a name once their member has left."""

from __future__ import annotations

from accounts.retention.sweeping import days_of, known_by
from common.i18n import _

known_by(
    "rewards.trials",
    ("trial-addresses", _("Addresses of testers, after delivery"), days_of("trials.keep_delivered_days")),
)
known_by(
    "rewards.coupons",
    ("gift-addresses", _("Addresses of gifts, after dispatch"), days_of("rewards.address_days")),
)
