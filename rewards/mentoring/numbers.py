"""The numbers of mentoring that the team may change."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "mentoring.pairs_most", 5, unit=_("members"), low=1, high=50,
    help=_("How many members a mentor accompanies at once, and how many offers wait for an answer."),
)  # fmt: skip
settings.define(
    "mentoring.months", 6, unit=_("months"), low=1, high=24,
    help=_("After how long a mentoring, a request or an offer ends by itself."),
)  # fmt: skip
