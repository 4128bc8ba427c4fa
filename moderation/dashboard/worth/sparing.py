"""Contacts the community spared the team, and what they would have cost: ranges, with what they assume (domain/escalation.md §C6).

Nobody counted these contacts. Direct ones are questions that members solved without the team; of the views of solved questions
a share between two settings spared a contact; each is worth the setting of its cost, less what the programme costs.
"""

from __future__ import annotations

from sqlalchemy import func, select

from common import settings
from common.db import db
from common.i18n import _, money, number
from moderation.dashboard.reading import OUTCOME, Dates, Scope, Sums
from moderation.dashboard.rules import MONTH, share
from moderation.dashboard.wording import Figure, Unit
from rewards.economics.costs import perks

settings.define(
    "dashboard.deflected_low_percent", 5, unit="%", low=0, high=100,
    help=_("Of the views of solved questions: the share that spares the team a contact, at the least (1 in 20)."),
)  # fmt: skip
settings.define(
    "dashboard.deflected_high_percent", 20, unit="%", low=0, high=100,
    help=_("Of the views of solved questions: the share that spares the team a contact, at the most (1 in 5)."),
)  # fmt: skip
settings.define(
    "dashboard.contact_cents", 600, unit=_("cents"), low=0, high=100_000,
    help=_("What one contact with the team costs (a call, a mail, a chat): the dashboard says with it what the community saves."),
)  # fmt: skip
settings.define(
    "dashboard.programme_month", 0, unit=_("units of currency"), low=0, high=10_000_000,
    help=_("What the community’s programme costs in a month beside discounts and gifts: the team’s time, the software. It is taken from the saving."),
)  # fmt: skip
INDUSTRY_PERCENT = 23
"""The mean share of contacts avoided that the industry reports: to hold one's own estimate against."""
_c = OUTCOME.c


def programme_cost(scope: Scope, dates: Dates, now: Sums) -> int:
    """What the programme cost in a period, in cents; of one category or language, in proportion to its questions."""
    monthly = settings.get("dashboard.programme_month") * 100
    cost = monthly * dates.span.days / MONTH + perks(dates.since, dates.until)
    if scope.category_id is None and scope.language is None:
        return round(cost)
    span = dates.span
    everything = db.session.scalar(select(func.count()).where(_c.day >= span.first, _c.day <= span.last))
    return round(cost * now.asked / everything) if everything else 0


def ends(now: Sums) -> tuple[float, float]:
    """The least and the most contacts avoided."""
    low, high = (now["spared"] + now["views"] * one / 100 for one in _shares())
    return low, high


def _shares() -> list[int]:
    """The two settings in percent, the smaller first whichever was typed where."""
    return sorted(settings.get(f"dashboard.deflected_{end}_percent") for end in ("low", "high"))


def sparing(now: Sums, cases: int, cost: int) -> list[Figure]:
    """Contacts avoided and their share, those counted one by one, and the money; ``cases`` the team opened in the period."""
    direct, views, cents = now["spared"], now["views"], settings.get("dashboard.contact_cents")
    low_share, high_share = _shares()
    low, high = ends(now)
    middle, known = (low + high) / 2, bool(direct or views)
    least, most = (share(one, one + cases) for one in (low, high))
    saved = [one * cents - cost for one in (low, middle, high)]
    return [
        Figure(
            "avoided", _("Contacts avoided, estimate"), Unit.COUNT, middle,
            _(
                "Direct: %(direct)s questions that members solved without a private talk of the asker with the team on the topic, up to 7 days later. Indirect: of %(views)s views of the solved questions so far, between %(low)s %% and %(high)s %% spared a contact (both are settings). The middle of the two ends is shown, the range beside it: nobody counted these contacts.",
                direct=number(direct), views=number(views), low=low_share, high=high_share,
            ), "avoided", span=(low, high) if known else None, listed=direct,
        ),
        Figure("avoided-direct", _("Solved by members without the team"), Unit.COUNT, direct, _("Questions that members solved and on whose topic the asker had no private talk with the team up to 7 days later."), "avoided"),
        Figure(
            "avoided-share", _("Share of contacts avoided, estimate"), Unit.SHARE, share(middle, middle + cases) if known else None,
            _("Contacts avoided, of these and the cases that the team opened in the period. The industry reports %(percent)s %% on average: far above it, look at the assumptions again.", percent=INDUSTRY_PERCENT),
            "cases-opened", span=(least or 0, most or 0) if known else None, listed=cases,
        ),
        Figure(
            "saving", _("Saving, estimate"), Unit.MONEY, saved[1] if known else None,
            _(
                "Contacts avoided times %(each)s a contact (a setting), less %(cost)s that the programme cost in the period: its monthly cost (a setting), discounts handed out and gifts; of one category or language, in proportion to its questions. Low, middle and high end of the contacts give the range; below zero the programme costs more than it spares.",
                each=money(cents), cost=money(cost),
            ), "avoided", span=(saved[0], saved[2]) if known else None, listed=direct,
        ),
    ]  # fmt: skip
