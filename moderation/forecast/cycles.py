"""What one cycle of a question came to while its history was played."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from moderation.escalation.policies import Policy
from moderation.escalation.rules import CaseState, Priority, Stage
from moderation.escalation.sla_rules import Event, Metric, Reading
from moderation.targets.choosing import Manner

PLAYED = (Metric.FIRST_REPLY_ANY, Metric.FIRST_REPLY_STAFF, Metric.RESOLUTION)


@dataclass
class Cycle:
    """What one cycle of a question came to. ``stages``: when each was due, and when the clock would have seen it.
    ``promised_at`` and ``owed_at``: when a reply, and one of the team, was due as the team was told. ``trace``: where its case
    stood from when on, and whether it was urgent."""

    number: int
    start: datetime
    policy_id: int
    policy: Policy
    manner: Manner
    priority: Priority
    end: datetime | None = None
    stages: dict[Stage, tuple[datetime, datetime]] = field(default_factory=dict)
    events: dict[Metric, list[Event]] = field(default_factory=lambda: {metric: [] for metric in PLAYED})
    readings: dict[tuple[Metric, int], Reading] = field(default_factory=dict)
    skip_cause: str | None = None
    case: CaseState | None = None
    opened_at: datetime | None = None
    promised_at: datetime | None = None
    owed_at: datetime | None = None
    team_id: int | None = None
    trace: list[tuple[datetime, CaseState, bool]] = field(default_factory=list)

    def note(self, at: datetime, priority: Priority) -> None:
        """Keep where the case stands, where it stood elsewhere before."""
        if self.case is not None:
            stands = self.case, priority is Priority.URGENT
            if not self.trace or self.trace[-1][1:] != stands:
                self.trace.append((at, *stands))
