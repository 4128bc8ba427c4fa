"""What other pages show of the ladder: the promise and the next steps on a question, the links in the desk's rail."""

from __future__ import annotations

from typing import Any

from flask import g, render_template

from common import clock, rail
from common.i18n import _
from common.permissions import Actor
from common.web import actor
from forum.questions.rules import HelpState
from moderation.calling.permissions import Waiting, can_call
from moderation.escalation.clocks import rail_counts
from moderation.escalation.desk.outlook import Outlook, outlook
from moderation.escalation.notices import HAND_BACK_WORDS
from moderation.escalation.permissions import can_see_cases
from moderation.escalation.rules import Stage

SETTLED = frozenset(HelpState) - {HelpState.OPEN, HelpState.ANSWERED, HelpState.NEEDS_INFO}
"""States in which no promise is shown."""


def _outlook_of(head: Any) -> Outlook | None:
    """The outlook of the question on this page, read once."""
    if head.help_state in SETTLED or head.published_at is None:
        return None
    kept = g.setdefault("escalation_outlooks", {})
    if head.id not in kept:
        kept[head.id] = outlook(head.id)
    return kept[head.id]


def promise_line(head: Any) -> str:
    """The public line on a question that was passed to the team."""
    found = _outlook_of(head)
    if found is None or (found.case_state is None and found.answered_at is None):
        return ""
    return render_template("moderation/escalation/_promise.html", outlook=found, now=clock.now())


def waiting_trail(head: Any) -> str:
    """What happens next to a question without an answer."""
    found = _outlook_of(head)
    if found is None or found.answered_at is not None:
        return ""
    return render_template(
        "moderation/escalation/_trail.html", outlook=found, question_id=head.id, may_call=_may_call(head, found), steps={stage.name.lower(): found.steps[stage] for stage in found.steps},
        visible=Stage.VISIBLE in found.reached, now=clock.now(), handed_back=HAND_BACK_WORDS.get(found.handed_back),
    )  # fmt: skip


def _may_call(head: Any, found: Outlook) -> bool:
    """Whether this reader may call the team, as far as the page knows; the page behind the link says the rest."""
    asker = frozenset({head.author_id} if head.author_id is not None else ())
    waiting = Waiting(asker, found.started_at, False, found.case_state is not None)
    return bool(can_call(actor(), waiting))


def _counts() -> tuple[int, int, int]:
    """Open cases, late ones, unanswered questions: one query for both lines."""
    if "escalation_counts" not in g:
        g.escalation_counts = rail_counts()
    counts: tuple[int, int, int] = g.escalation_counts
    return counts


def _cases(_who: Actor) -> int:
    cases, late, _unanswered = _counts()
    return rail.Pressing(cases) if late else cases


class _Board(rail.Line):
    """Every page of escalations but the list of the unanswered, which has a line of its own."""

    def is_open(self) -> bool:
        return super().is_open() and not UNANSWERED.is_open()


UNANSWERED = rail.Line(
    "escalation.unanswered",
    "clock",
    _("Unanswered"),
    can_see_cases,
    ("escalation.unanswered",),
    lambda _who: _counts()[2],
)
BOARD = _Board("escalation.board", "flame", _("Escalations"), can_see_cases, count=_cases, go="e")
