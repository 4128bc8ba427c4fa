"""The states of a question in words, with the tone and the drawing each page shows them by (design/UX.md §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from common.i18n import Sentence, _
from forum.questions.rules import HelpState


@dataclass(frozen=True, slots=True)
class StateWords:
    """A label, its tone (a tag's), and an icon of the sprite. Colour is never the only sign."""

    label: Sentence
    tone: str
    icon: str


WORDS: Mapping[HelpState, StateWords] = {
    HelpState.HELD: StateWords(_("Under review"), "sun", "clock"),
    HelpState.OPEN: StateWords(_("Open"), "", "compass"),
    HelpState.ANSWERED: StateWords(_("Answered, to be confirmed"), "info", "comment"),
    HelpState.NEEDS_INFO: StateWords(_("Waiting for a detail"), "sun", "pause"),
    HelpState.LINKED: StateWords(_("Covered elsewhere"), "info", "link"),
    HelpState.PRIVATE: StateWords(_("Continued in private"), "brand", "lock"),
    HelpState.SOLVED: StateWords(_("Solved"), "ok", "check"),
    HelpState.PRESUMED_SOLVED: StateWords(_("Presumed solved"), "out", "check"),
    HelpState.STALE: StateWords(_("At rest, no news"), "", "pause"),
    HelpState.CLOSED: StateWords(_("Closed"), "", "lock"),
}

SHOWN_OTHERWISE = frozenset({HelpState.OPEN, HelpState.ANSWERED, HelpState.SOLVED})
"""States that a row of a list shows by its round sign and its number of answers."""


class StateOfHelp:
    """What a view of a question says of how far it has got; mixed into the views that hold the facts."""

    __slots__ = ()
    help_state: HelpState
    accepted_answer_id: int | None
    outscored_at: datetime | None

    @property
    def solved(self) -> bool:
        """Somebody marked a solution, or staff recommended an answer."""
        return self.help_state == HelpState.SOLVED

    @property
    def words(self) -> StateWords:
        """The state in words."""
        return WORDS[HelpState(self.help_state)]

    @property
    def pinned_answer_id(self) -> int | None:
        """The solution that stands first; None where another answer became clearly more useful."""
        return None if self.outscored_at else self.accepted_answer_id
