"""How sources and what becomes of topics are called."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.themes.rules import Follow, Source

STATES: dict[str, Sentence] = {
    Follow.NEW: _("New"),
    Follow.SEEN: _("Seen"),
    Follow.LOOKING: _("Being looked at"),
    Follow.DONE: _("Settled"),
}
SOURCES: dict[str, Sentence] = {
    Source.QUESTION: _("Questions"),
    Source.ANSWER: _("Answers"),
    Source.REVIEW: _("Reviews"),
    Source.SATISFACTION: _("“How was it?”"),
    Source.TRIAL: _("Reports of testers"),
}
