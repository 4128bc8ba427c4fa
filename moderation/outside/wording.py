"""The words of outside connections."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.outside.rules import Kind, State

KINDS: dict[Kind, Sentence] = {
    Kind.ASKED: _("A question is asked"),
    Kind.ANSWERED: _("An answer is given"),
    Kind.COMMENTED: _("A comment is written"),
    Kind.SOLVED: _("A question is solved"),
    Kind.UNSOLVED: _("A question is solved no more"),
    Kind.CLOSED: _("A question is closed"),
    Kind.REOPENED: _("A question is opened again"),
    Kind.EDITED: _("A text is changed"),
    Kind.REMOVED: _("A text is taken away"),
    Kind.RESTORED: _("A text is back"),
    Kind.REVIEWED: _("A product review is published"),
    Kind.STAGE: _("A question reaches a stage of the ladder"),
    Kind.CASE_OPENED: _("A case is opened"),
    Kind.CASE_MOVED: _("A case changes its state"),
    Kind.CASE_CLOSED: _("A case is closed"),
    Kind.CASE_PRIVATE: _("A case goes on in private"),
    Kind.INCIDENT: _("An incident is announced"),
    Kind.WATCH_MATCHED: _("A watch of the team finds a text"),
    Kind.MEMBER_CLOSED: _("A member closes the account"),
    Kind.TEST: _("A test"),
}
STATES: dict[State, tuple[Sentence, str]] = {
    State.WAITING: (_("on its way"), "sun"),
    State.DELIVERED: (_("delivered"), "ok"),
    State.FAILED: (_("failed"), "bad"),
}
"""With the tone of the tag."""
