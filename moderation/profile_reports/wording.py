"""The words of reported profiles."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.profile_reports.rules import ProfileReason

REASONS: dict[str, tuple[Sentence, Sentence]] = {
    ProfileReason.INSULT: (_("Insult or attack"), _("In the name or in the presentation.")),
    ProfileReason.ADVERTISING: (_("Advertising"), _("A shop, a service, links.")),
    ProfileReason.PERSONAL_DATA: (
        _("Private data"),
        _("A phone number, an address, the name of somebody else."),
    ),
    ProfileReason.IMPERSONATION: (
        _("Impersonation"),
        _("It speaks in the name of somebody else, or of the brand."),
    ),
    ProfileReason.OTHER: (_("Something else"), _("Tell us in a few words.")),
}
NOTICED: dict[str, Sentence] = {
    "links": _("A newcomer’s profile leads to another site."),
    "short_link": _("A shortened link hides where it leads."),
    "watched_word": _("A watched word stands in it."),
}
"""What a filter noticed in a profile, for who decides."""
PARTS: dict[str, Sentence] = {
    "name": _("Name: a neutral one takes its place until the member chooses another"),
    "bio": _("Presentation"),
    "city": _("Town"),
}
