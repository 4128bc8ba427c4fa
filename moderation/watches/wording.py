"""How states, tones and ways of telling are called."""

from __future__ import annotations

from common.i18n import Sentence, _
from forum.questions.rules import PostKind
from moderation.watches.rules import MatchState, WatchMail

STATES: dict[str, Sentence] = {
    MatchState.NEW: _("New"),
    MatchState.SEEN: _("Seen"),
    MatchState.CASE: _("A case was opened"),
    MatchState.INCIDENT: _("An incident was declared"),
    MatchState.HANDLED: _("Handled"),
}
MAILS: dict[str, Sentence] = {
    WatchMail.OFF: _("On the site only"),
    WatchMail.NOW: _("By mail at once, too"),
    WatchMail.DAILY: _("By mail each morning, too"),
}
TONES: dict[int, Sentence] = {
    0: _("Any tone"),
    3: _("One word of displeasure at least"),
    6: _("Two words of displeasure at least"),
    9: _("Three words of displeasure at least"),
}
KINDS: dict[str, Sentence] = {
    PostKind.QUESTION: _("Question"),
    PostKind.ANSWER: _("Answer"),
    PostKind.COMMENT: _("Comment"),
    PostKind.REVIEW: _("Review"),
    PostKind.REVIEW_REPLY: _("Reply to a review"),
}
