"""The numbers and texts of ranks that the team may change (domain/rewards.md §A2.2)."""

from __future__ import annotations

from common import settings
from common.i18n import _

settings.define(
    "ranks.fall_share", 90, unit="%", low=0, high=100,
    help=_("Share of a rank’s points below which annulled points lower it."),
)  # fmt: skip
settings.define(
    "ranks.grace_days", 30, unit=_("days"), low=1, high=365,
    help=_("Time to earn back what was annulled before a rank falls."),
)  # fmt: skip
settings.define(
    "ranks.review_months", 6, unit=_("months"), low=1, high=60,
    help=_("How often the team looks at what the rank of expert asks for."),
)  # fmt: skip
settings.define(
    "ranks.review_days", 30, unit=_("days"), low=1, high=365,
    help=_("Time an expert has after the notice before the team may decide to lower the rank."),
)  # fmt: skip
settings.define(
    "ranks.mandate_months", 12, unit=_("months"), low=1, high=60, help=_("How long a mandate lasts before it is renewed."),
)  # fmt: skip
settings.define(
    "ranks.renewal_points", 1000, unit=_("points"), low=0, high=1_000_000,
    help=_("Reputation within twelve months with which a mandate is renewed."),
)  # fmt: skip
settings.define(
    "ranks.charter_en",
    "I help because I like to, when I like to: there are no hours, no quotas and no pay. I stay kind, I say what I know and "
    "what I do not, I keep to myself what is shown in confidence, and I speak for myself, never for the brand. I can hand my "
    "mandate back at any time, without a reason and without losing my rank.",
    help=_("The charter of super-users in English. Whoever signed an earlier text keeps their mandate."),
)  # fmt: skip
settings.define(
    "ranks.charter_fr",
    "J’aide par plaisir, quand il me plaît : il n’y a ni horaires, ni quotas, ni rémunération. Je reste bienveillant, je dis ce "
    "que je sais et ce que je ne sais pas, je garde pour moi ce qui m’est confié, et je parle en mon nom, jamais en celui de la "
    "marque. Je peux rendre mon mandat à tout moment, sans motif et sans perdre mon rang.",
    help=_("The charter of super-users in French. Whoever signed an earlier text keeps their mandate."),
)  # fmt: skip
