"""What members and the team read about trials: conditions, states, outcomes."""

from __future__ import annotations

from datetime import datetime

from babel import Locale

from common.i18n import Sentence, _, date_in_words, language, local, n_
from rewards.ranks.scale import rank_name
from rewards.trials.lottery import Lot
from rewards.trials.models import Trial
from rewards.trials.numbers import limits
from rewards.trials.rules import Campaign, Check, Excuse, Line, Method, Part
from rewards.trials.sending.shipping import Delivery, Outcome

CAMPAIGNS: dict[Campaign, Sentence] = {
    Campaign.DRAFT: _("draft"),
    Campaign.OPEN: _("open"),
    Campaign.SELECTING: _("choosing testers"),
    Campaign.SHIPPING: _("being sent"),
    Campaign.REPORTING: _("being tested"),
    Campaign.CLOSING: _("last reports"),
    Campaign.CLOSED: _("finished"),
    Campaign.CANCELLED: _("called off"),
    Campaign.SUSPENDED: _("recalled"),
}
PARTS: dict[Part, Sentence] = {
    Part.APPLIED: _("applied"),
    Part.WITHDRAWN: _("taken back"),
    Part.REJECTED: _("not chosen"),
    Part.WAITLISTED: _("waiting list"),
    Part.SELECTED: _("chosen"),
    Part.ADDRESS_PENDING: _("address awaited"),
    Part.READY: _("ready to leave"),
    Part.SHIPPED: _("on its way"),
    Part.DELIVERED: _("being tested"),
    Part.REPORT_DUE: _("report awaited"),
    Part.REPORTED: _("report sent"),
    Part.ACCEPTED: _("finished"),
    Part.DECLINED: _("place given back"),
    Part.ADDRESS_TIMEOUT: _("no address in time"),
    Part.UNDELIVERED: _("never arrived"),
    Part.DEFECTIVE: _("defective"),
    Part.OVERDUE: _("report late"),
    Part.EXCUSED: _("excused"),
    Part.DEFAULTED: _("report never came"),
}
METHODS: dict[Method, Sentence] = {
    Method.MIXED: _("Part by merit, part drawn, part for newcomers"),
    Method.MERIT: _("By merit"),
    Method.LOTTERY: _("Drawn by lot"),
    Method.WEIGHTED: _("Drawn by lot, up to three chances by rank"),
}
LOTS: dict[Lot, Sentence] = {
    Lot.MERIT: _("by merit"),
    Lot.LOTTERY: _("drawn"),
    Lot.NEWCOMER: _("first trial"),
}
EXCUSES: dict[Excuse, Sentence] = {
    Excuse.UNDELIVERED: _("The product never came"),
    Excuse.DEFECTIVE: _("The product is defective"),
    Excuse.ILLNESS: _("I am ill"),
    Excuse.RECALL: _("The product was recalled"),
}
DELIVERIES: dict[Delivery, Sentence] = {
    Delivery.SHIPPED: _("on its way"),
    Delivery.DELIVERED: _("delivered"),
    Delivery.UNDELIVERED: _("not delivered"),
}
OUTCOMES: dict[Outcome, Sentence] = {
    Outcome.DONE: _("taken"),
    Outcome.KNOWN: _("known already"),
    Outcome.UNKNOWN: _("no such reference in this campaign"),
    Outcome.UNREADABLE: _("not understood"),
}
COUNTRIES = ("FR", "BE", "CH", "LU", "MC", "DE", "ES", "IT", "NL", "PT", "IE", "GB", "CA", "US")
"""Where a campaign may send to."""


def country(code: str) -> str:
    """A country in the language in force."""
    return str(Locale(language()).territories.get(code, code))


def condition(line: Line, trial: Trial) -> Sentence:
    """A condition as the list names it."""
    most = limits()
    return {
        Line.RANK: _("Rank %(rank)s or higher", rank=rank_name(trial.min_rank).full),
        Line.EMAIL: _("E-mail address confirmed"),
        Line.CONDUCT: _("No measure against the account, for six months"),
        Line.OVERDUE: _("No report that is late"),
        Line.DEFAULTED: _("No report that never came, in twelve months"),
        Line.RECENT: n_(
            "At most %(count)s product in 90 days", "At most %(count)s products in 90 days", most.recent_most
        ),
        Line.YEARLY: n_(
            "At most %(count)s product in twelve months",
            "At most %(count)s products in twelve months",
            most.yearly_most,
        ),
        Line.FAMILY: _("No product of this kind in six months"),
        Line.VALUE: _("Room in the value one member may receive in a year"),
        Line.STAFF: _("Neither of the team nor living with somebody who is"),
        Line.AGE: _("18 years or older"),
        Line.COUNTRY: _("Sent to: %(countries)s", countries=countries(trial)),
        Line.EQUIPMENT: _("With: %(equipment)s", equipment=equipment(trial)),
        Line.CONSENT: _("Agreed to the rules of the trial"),
    }[line]


def line_sentence(line: Line, trial: Trial) -> Sentence:
    """Why somebody cannot apply, as a sentence."""
    return _("You cannot take part in this trial: %(condition)s.", condition=condition(line, trial))


def when(check: Check) -> Sentence | None:
    """What a condition that is not met still needs: time, or an act."""
    if check.met is None:
        return _("you say so when you apply")
    if check.met:
        return None
    if check.passes_at is not None:
        return _("from %(day)s", day=day_words(check.passes_at))
    return {
        Line.RANK: _("answers that help raise your rank"),
        Line.EMAIL: _("we sent you a message with a link"),
        Line.OVERDUE: _("send the report that is awaited, and you can apply again"),
        Line.CONDUCT: _("an appeal is possible"),
    }.get(check.line, _("not at this time"))


def day_words(moment: datetime) -> str:
    """The day of a moment on the community's clock, in words."""
    return date_in_words(local(moment).date())


def countries(trial: Trial) -> str:
    """Where a campaign sends to."""
    return ", ".join(country(one) for one in trial.countries)


def equipment(trial: Trial) -> str:
    """What a tester must have at home."""
    return trial.text("equipment", language()) or str(_("the appliance it is made for"))
