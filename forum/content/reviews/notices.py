"""What authors of reviews are told: the brand's reply. The label is said there too."""

from __future__ import annotations

from typing import Any

from accounts.notifications.kinds import Kind, register
from common.i18n import Sentence, _
from forum.content.reviews.rules import Incentive
from forum.content.reviews.wording import LABELS


def _sentence(params: dict[str, Any]) -> Sentence:
    given = params.get("incentive", Incentive.NONE)
    if given in LABELS:
        return _("The brand has replied to your review (%(label)s).", label=LABELS[given])
    return _("The brand has replied to your review.")


def register_kinds() -> None:
    """Make it known; called once by the package."""
    place = "reviews.show"
    register(
        Kind(
            "review-replied", _sentence, lambda params: (place, {"id": params["review_id"]}), event="answer",
            button=_("Read the reply"),
        )
    )  # fmt: skip
