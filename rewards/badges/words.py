"""The words of badges: names, what they are for, what each tier asks."""

from __future__ import annotations

from common.i18n import Sentence, _, n_
from rewards.badges.rules import Badge, BadgeKey, Tier

NAMES: dict[BadgeKey, Sentence] = {
    BadgeKey.FIRST_ACCEPT: _("Good reflex"),
    BadgeKey.FIRST_FLAG: _("Sharp eye"),
    BadgeKey.PROFILE_PRODUCTS: _("Equipped"),
    BadgeKey.CHARTER: _("In the know"),
    BadgeKey.HELPER: _("Helping hand"),
    BadgeKey.APPRECIATED: _("Appreciated"),
    BadgeKey.GOOD_ANSWER: _("Fine answer"),
    BadgeKey.RESCUER: _("Rescuer"),
    BadgeKey.FAST: _("Lightning"),
    BadgeKey.FIRST_RESPONDER: _("First to welcome"),
    BadgeKey.STEADY: _("Steady"),
    BadgeKey.TOPIC_EXPERT: _("Topic expert"),
    BadgeKey.MULTI_TOPIC: _("Many talents"),
    BadgeKey.GUIDE_AUTHOR: _("Guide author"),
    BadgeKey.EVERGREEN: _("Evergreen"),
    BadgeKey.LIBRARIAN: _("Librarian"),
    BadgeKey.GUARDIAN: _("Guardian"),
    BadgeKey.REVIEWER: _("Reviewer"),
    BadgeKey.TESTER: _("Tester"),
    BadgeKey.MENTOR: _("Mentor"),
    BadgeKey.WELCOME: _("Warm welcome"),
    BadgeKey.ANNIVERSARY: _("Anniversary"),
    BadgeKey.BETA: _("Beta tester"),
    BadgeKey.EVENT: _("Event"),
    BadgeKey.FOUNDER: _("Founder"),
    BadgeKey.HONOUR: _("Honour"),
}
TIER_NAMES: dict[Tier, Sentence] = {
    Tier.BRONZE: _("bronze"),
    Tier.SILVER: _("silver"),
    Tier.GOLD: _("gold"),
}
ABOUT: dict[BadgeKey, Sentence] = {
    BadgeKey.FIRST_ACCEPT: _("You marked an answer as the solution: the next person finds it at once."),
    BadgeKey.FIRST_FLAG: _("You reported something, and a moderator agreed."),
    BadgeKey.PROFILE_PRODUCTS: _("You said what you own: questions about it find you."),
    BadgeKey.CHARTER: _("You read the guide of three minutes to its end."),
    BadgeKey.HELPER: _("Your answers became solutions."),
    BadgeKey.APPRECIATED: _("Many different people found your answers useful."),
    BadgeKey.GOOD_ANSWER: _("One answer that several people found useful. Earned anew for each such answer."),
    BadgeKey.RESCUER: _("Solutions to questions that had waited so long that help was called for."),
    BadgeKey.FAST: _("Solutions that came within the hour."),
    BadgeKey.FIRST_RESPONDER: _("First answers to people who ask for the first time."),
    BadgeKey.STEADY: _("Weeks in a row with an answer somebody found useful. One week off in eight is free."),
    BadgeKey.TOPIC_EXPERT: _(
        "Solutions in one category, for at least a quarter of your answers there. It holds for a year and is renewed by "
        "new solutions."
    ),
    BadgeKey.MULTI_TOPIC: _("Expert of several topics."),
    BadgeKey.GUIDE_AUTHOR: _("You wrote guides that the team published."),
    BadgeKey.EVERGREEN: _("Answers that people still find useful more than half a year later."),
    BadgeKey.LIBRARIAN: _(
        "You found questions that were covered already, and were right four times in five."
    ),
    BadgeKey.GUARDIAN: _("Your reports were right, three times in four or more."),
    BadgeKey.REVIEWER: _(
        "Product reviews that at least three people found useful. Nothing is paid for them."
    ),
    BadgeKey.TESTER: _("Reports of product trials that came in time, whatever they said."),
    BadgeKey.MENTOR: _("Newcomers you answered first who became contributors."),
    BadgeKey.WELCOME: _("Newcomers you answered first who said thank you."),
    BadgeKey.ANNIVERSARY: _("Years with us in which you wrote on ten days or more."),
    BadgeKey.BETA: _("You tried something before everyone else."),
    BadgeKey.EVENT: _("You took part."),
    BadgeKey.FOUNDER: _("You were there from the beginning."),
    BadgeKey.HONOUR: _("Given by a person of the team, with a word that says what for."),
}


def asks(badge: Badge, count: int) -> Sentence:
    """What a tier of a badge asks for, in words."""
    return _of_answers(badge.key, count) or _of_deeds(badge.key, count) or ABOUT[badge.key]


def _of_answers(key: BadgeKey, count: int) -> Sentence | None:
    return {
        BadgeKey.FIRST_ACCEPT: n_("%(count)s solution marked", "%(count)s solutions marked", count),
        BadgeKey.HELPER: n_("%(count)s solution", "%(count)s solutions", count),
        BadgeKey.APPRECIATED: n_("%(count)s thumbs-up", "%(count)s thumbs-up in all", count),
        BadgeKey.GOOD_ANSWER: n_(
            "%(count)s thumbs-up on one answer", "%(count)s thumbs-up on a single answer", count
        ),
        BadgeKey.RESCUER: n_("%(count)s question rescued", "%(count)s questions rescued", count),
        BadgeKey.FAST: n_("%(count)s quick solution", "%(count)s quick solutions", count),
        BadgeKey.STEADY: n_("%(count)s week", "%(count)s weeks in a row", count),
        BadgeKey.TOPIC_EXPERT: n_(
            "%(count)s solution in the topic", "%(count)s solutions in the topic", count
        ),
        BadgeKey.MULTI_TOPIC: n_("%(count)s topic", "%(count)s topics", count),
        BadgeKey.EVERGREEN: n_("%(count)s lasting answer", "%(count)s lasting answers", count),
    }.get(key)


def _of_deeds(key: BadgeKey, count: int) -> Sentence | None:
    return {
        BadgeKey.FIRST_FLAG: n_(
            "%(count)s report that was right", "%(count)s reports that were right", count
        ),
        BadgeKey.GUARDIAN: n_("%(count)s report that was right", "%(count)s reports that were right", count),
        BadgeKey.PROFILE_PRODUCTS: n_("%(count)s device of yours", "%(count)s devices of yours", count),
        BadgeKey.CHARTER: _("the guide of three minutes"),
        BadgeKey.FIRST_RESPONDER: n_("%(count)s newcomer welcomed", "%(count)s newcomers welcomed", count),
        BadgeKey.GUIDE_AUTHOR: n_("%(count)s guide", "%(count)s guides", count),
        BadgeKey.LIBRARIAN: n_("%(count)s confirmed duplicate", "%(count)s confirmed duplicates", count),
        BadgeKey.REVIEWER: n_("%(count)s useful review", "%(count)s useful reviews", count),
        BadgeKey.TESTER: n_("%(count)s report in time", "%(count)s reports in time", count),
        BadgeKey.MENTOR: n_("%(count)s newcomer grown up", "%(count)s newcomers grown up", count),
        BadgeKey.WELCOME: n_("%(count)s newcomer who thanked", "%(count)s newcomers who thanked", count),
        BadgeKey.ANNIVERSARY: n_("%(count)s year with us", "%(count)s years with us", count),
    }.get(key)
