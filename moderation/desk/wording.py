"""The words of the desk: sections of the settings."""

from __future__ import annotations

from common.i18n import Sentence, _

SECTIONS: dict[str, Sentence] = {
    "abuse": _("Unusual votes"),
    "accounts": _("Accounts"),
    "badges": _("Badges"),
    "brand": _("Brand"),
    "catalogue": _("Catalogue of products"),
    "community": _("Community settings"),
    "dashboard": _("Dashboard"),
    "digests": _("Digests"),
    "escalation": _("Escalation"),
    "discovery": _("Search engines"),
    "forum": _("Forum"),
    "greetings": _("Greetings"),
    "helpcentre": _("Help centre"),
    "looks": _("Look after texts"),
    "messages": _("Private messages"),
    "moderation": _("Moderation"),
    "notifications": _("Notifications"),
    "outside": _("Outside connections"),
    "phone": _("On the phone"),
    "privacy": _("Personal data"),
    "promotions": _("Discounts"),
    "incidents": _("Incidents"),
    "leaderboards": _("Leaderboards"),
    "lounge": _("Expert lounge"),
    "ranks": _("Ranks"),
    "reviews": _("Product reviews"),
    "rewards": _("Rewards"),
    "search": _("Search"),
    "transparency": _("Transparency"),
    "experts": _("Experts"),
    "mentoring": _("Mentoring"),
    "terms": _("Charter and terms"),
    "themes": _("Rising topics"),
    "trials": _("Product trials"),
    "votes": _("Consulting the mentors"),
    "watches": _("Watches"),
}
"""Names of the sections, by the first word of their keys."""
