"""Contacts the community spared the team, and what they would have cost: ranges, with what they assume (domain/escalation.md §C6).

Nobody counted these contacts. Direct ones are questions that members solved without the team; of the views of solved questions and guides
a share between two settings spared a contact, until enough readers whom an answer helped have said what they would have done
without it; each is worth the setting of its cost, less what the programme costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from common import settings
from common.db import db
from common.i18n import Sentence, _, money, number
from forum.questions.models import HelpedMark
from moderation.dashboard.reading import OUTCOME, Dates, Scope, Sums
from moderation.dashboard.rules import MONTH, share
from moderation.dashboard.wording import Figure, Unit
from moderation.experts.rules import wilson
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
SURVEYED = 200
"""With fewer answers of readers the estimate stays with its settings."""
_c, _mark = OUTCOME.c, HelpedMark.__table__.c


def programme_cost(scope: Scope, dates: Dates, now: Sums) -> int:
    """What the programme cost in a period, in cents; of one category or language, in proportion to its questions."""
    monthly = settings.get("dashboard.programme_month") * 100
    cost = monthly * dates.span.days / MONTH + perks(dates.since, dates.until)
    if scope.category_id is None and scope.language is None:
        return round(cost)
    span = dates.span
    everything = db.session.scalar(select(func.count()).where(_c.day >= span.first, _c.day <= span.last))
    return round(cost * now.asked / everything) if everything else 0


@dataclass(frozen=True, slots=True)
class Survey:
    """What readers said in a period of answers: that they helped, or not; and of whom they helped, how many said what they would
    have done without, and how many would have contacted the team."""

    helped: int
    not_helped: int
    said: int
    would: int

    @property
    def is_enough(self) -> bool:
        """Whether it counts."""
        return self.said >= SURVEYED


def survey(dates: Dates) -> Survey:
    """What they said, of all categories and languages. One statement."""
    yes, no = (func.count().filter(_mark.helped.is_(one)) for one in (True, False))
    query = select(
        yes, no, func.count(_mark.would_contact), func.count().filter(_mark.would_contact.is_(True))
    )
    return Survey(*db.session.execute(given(query, dates)).one())


def given(query: Any, dates: Dates) -> Select[Any]:
    """From what readers said in a period."""
    return query.select_from(HelpedMark.__table__).where(_mark.given_at >= dates.since, _mark.given_at < dates.until)  # fmt: skip


def sparing_views(said: Survey) -> tuple[float, float]:
    """The least and the most of the views that spare a contact: the share whom answers helped, times that which would have
    contacted the team (where it lies with 95 % certainty); with too few answers two settings, the smaller first."""
    if said.is_enough:
        helped = said.helped / (said.helped + said.not_helped)
        return helped * wilson(said.would, said.said), helped * (
            1 - wilson(said.said - said.would, said.said)
        )
    low, high = sorted(settings.get(f"dashboard.deflected_{end}_percent") / 100 for end in ("low", "high"))
    return low, high


def ends(now: Sums, said: Survey) -> tuple[float, float]:
    """The least and the most contacts avoided."""
    views = now["views"] + now["guide-views"]
    low, high = (now["spared"] + views * one for one in sparing_views(said))
    return low, high


def _assumed(said: Survey) -> Sentence:
    low, high = (number(round(100 * one, 1)) for one in sparing_views(said))
    if said.is_enough:
        return _(
            "between %(low)s %% and %(high)s %%, as readers say: the share whom answers helped, times the share of these who would have contacted the team (%(said)s answers in the period, 95 %% certain)",
            low=low, high=high, said=number(said.said),
        )  # fmt: skip
    return _(
        "between %(low)s %% and %(high)s %% (two settings, until %(least)s readers of the period have said what they would have done without the answer: %(said)s so far)",
        low=low, high=high, least=SURVEYED, said=number(said.said),
    )  # fmt: skip


def sparing(now: Sums, cases: int, cost: int, said: Survey) -> list[Figure]:
    """Contacts avoided and their share, those counted one by one, what readers say, and the money; ``cases`` the team opened in
    the period."""
    direct, cents = now["spared"], settings.get("dashboard.contact_cents")
    views, of_guides = now["views"], now["guide-views"]
    low, high = ends(now, said)
    middle, known = (low + high) / 2, bool(direct or views or of_guides)
    least, most = (share(one, one + cases) for one in (low, high))
    saved = [one * cents - cost for one in (low, middle, high)]
    return [
        Figure(
            "avoided", _("Contacts avoided, estimate"), Unit.COUNT, middle,
            _(
                "Direct: questions that members solved without a private talk of the asker with the team on the topic, up to 7 days later (%(direct)s). Indirect: of the views so far of the solved questions (%(views)s) and of the guides published in the period (%(guides)s), the share that spared a contact: %(assumed)s. The middle of the two ends is shown, the range beside it: nobody counted these contacts.",
                direct=number(direct), views=number(views), guides=number(of_guides), assumed=_assumed(said),
            ), "avoided", span=(low, high) if known else None, listed=direct,
        ),
        Figure("avoided-direct", _("Solved by members without the team"), Unit.COUNT, direct, _("Questions that members solved and on whose topic the asker had no private talk with the team up to 7 days later."), "avoided"),
        Figure("guide-views", _("Views of the guides of the period"), Unit.COUNT, of_guides, _("How often the guides that were published in the period, and still are, were opened so far."), "guides", listed=now["guides"], rises=True),
        Figure("survey", _("Helped readers who would have contacted the team"), Unit.SHARE, share(said.would, said.said), _("Whoever says that an answer helped is asked what they would have done without it: the share that would have contacted the team, among the answers given in the period, of all categories and languages. From %(least)s answers on the estimate of contacts avoided rests on it.", least=SURVEYED), "survey", of=(said.would, said.said)),
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
