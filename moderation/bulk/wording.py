"""The words of decisions about many."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.bulk.rules import BulkState, By, Choice, Outcome

FILTERS: dict[str, Sentence] = {
    By.AUTHOR: _("Same author"),
    By.TEXT: _("Same text, or nearly"),
    By.DOMAIN: _("Links to the same site"),
    By.TICKED: _("Ticked in the list"),
}

CHOICES: dict[str, Sentence] = {
    Choice.APPROVE: _("Approve all"),
    Choice.REFUSE: _("Refuse or remove all"),
}

STATES: dict[str, tuple[Sentence, str]] = {
    BulkState.PROPOSED: (_("Waits for a second person"), "sun"),
    BulkState.RUNNING: (_("Under way"), "info"),
    BulkState.DONE: (_("Done"), "ok"),
    BulkState.STOPPED: (_("Stopped"), "bad"),
    BulkState.CANCELLED: (_("Taken off"), ""),
    BulkState.EXPIRED: (_("Nobody confirmed in time"), ""),
}

OUTCOMES: dict[str, Sentence] = {
    Outcome.WAITING: _("not decided yet"),
    Outcome.DECIDED: _("decided"),
    Outcome.UNDONE: _("taken back"),
    Outcome.LEASED: _("a colleague has it in hand"),
    Outcome.CHANGED: _("the text has changed since it was chosen"),
    Outcome.SETTLED: _("it was decided, or cancelled, in the meantime"),
    Outcome.GONE: _("its author took it back"),
    Outcome.NOT_YOURS: _("somebody else must decide this one"),
    Outcome.UNFIT: _("this decision does not fit where the text stands"),
    Outcome.FAILED: _("it failed: decide this one by itself"),
}
