"""The words of routing."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.routing.rules import Why

REASONS: dict[str, Sentence] = {
    Why.DANGER: _("It is about safety: that comes before every rule."),
    Why.LAW: _("It is about law, press, fraud or personal data: that comes before every rule."),
    Why.CATEGORY: _("category: %(value)s", value=""),
    Why.PRODUCT: _("product: %(value)s", value=""),
    Why.WORDS: _("words: %(value)s", value=""),
    Why.LANGUAGE: _("language: %(value)s", value=""),
    Why.FALLBACK: _("No rule took it: triage."),
    Why.BY_HAND: _("Passed on by hand: %(value)s", value=""),
}


def reason(why: str, value: str) -> Sentence:
    """One part of the answer to "why there?"."""
    return REASONS[Why(why)].filled({"value": value})
