"""The words of reviews: labels, how something is known, orders."""

from __future__ import annotations

from common.i18n import Sentence, _, n_
from forum.content.reviews.rules import Checked, Incentive, ReviewSort

LABELS: dict[str, Sentence] = {
    Incentive.FREE_PRODUCT_TRIAL: _("Product received free"),
    Incentive.DISCOUNT: _("Discount received for this review"),
    Incentive.CONTEST: _("Written for a contest"),
    Incentive.STAFF: _("Written by the brand’s team"),
}
"""The label of each incentive; what was not given for anything has none."""

CHECKED: dict[str, Sentence] = {
    Checked.PURCHASE: _("Verified purchase"),
    Checked.TRIAL: _("Trial checked"),
    Checked.NOT: _("Purchase not checked"),
}
CHECKED_HOW: dict[str, Sentence] = {
    Checked.PURCHASE: _("The shop’s own data say that this person bought the product."),
    Checked.TRIAL: _("The trial programme handed the product to this person, free of charge."),
    Checked.NOT: _("The shop no longer confirms this purchase, or it was not bought there."),
}
SORTS: dict[str, Sentence] = {
    ReviewSort.RECENT: _("Most recent"),
    ReviewSort.USEFUL: _("Most useful"),
}


def stars(rating: int) -> Sentence:
    """A rating in words."""
    return n_("%(count)s star out of 5", "%(count)s stars out of 5", rating)
