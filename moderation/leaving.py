"""What is kept on the desk of somebody who closed the account (retention: domain/moderation.md §B8)."""

from __future__ import annotations

from accounts.closing.erasing import Plan, carry_out, register
from accounts.events import MemberClosed
from moderation.entrusted.models import OfficialDraft
from moderation.escalation.models import AgentDesk, Case, CaseEvent, CaseNote, Ladder
from moderation.flags.models import Flag
from moderation.incidents.models import Incident, IncidentFollower, IncidentQuestion, IncidentUpdate
from moderation.notes.models import MemberNote
from moderation.private.models import PrivateTalk
from moderation.review.models import (
    DecisionUndo,
    ItemNote,
    ItemSkip,
    ReviewDecision,
    ReviewItem,
    WatchedWord,
)  # fmt: skip
from moderation.sanctions.models import Appeal, Sanction, Statement, StatementEnd

_RIGHTS = "decisions, their reasons and appeals are kept for five years, reports for one, without a name"
_WORK = "what the team did at work"

PLAN = register(
    "moderation",
    Plan(
        erased=(MemberNote.member_id, AgentDesk.member_id, IncidentFollower.member_id),
        kept={
            Statement.member_id: _RIGHTS,
            Appeal.member_id: _RIGHTS,
            Sanction.member_id: _RIGHTS,
            ReviewItem.author_id: _RIGHTS,
            Flag.flagger_id: _RIGHTS,
            CaseEvent.subject_id: _RIGHTS,
            PrivateTalk.asker_id: "a case is kept for three years after its end; what was said are private messages",
            PrivateTalk.agent_id: _WORK,
            Incident.opened_by_id: _WORK,
            IncidentUpdate.actor_id: _WORK,
            IncidentQuestion.linked_by_id: _WORK,
            MemberNote.author_id: _WORK,
            Statement.actor_id: _WORK,
            StatementEnd.actor_id: _WORK,
            Appeal.decided_by_id: _WORK,
            Sanction.actor_id: _WORK,
            Sanction.ended_by_id: _WORK,
            ReviewItem.lease_owner_id: _WORK,
            ReviewItem.excluded_id: _WORK,
            ReviewDecision.actor_id: _WORK,
            DecisionUndo.actor_id: _WORK,
            ItemSkip.moderator_id: _WORK,
            ItemNote.author_id: _WORK,
            WatchedWord.created_by_id: _WORK,
            Ladder.priority_set_by_id: _WORK,
            Case.assignee_id: _WORK,
            CaseEvent.actor_id: _WORK,
            CaseNote.author_id: _WORK,
            OfficialDraft.author_id: "a proposal belongs to its case, which is kept for three years after its end",
            OfficialDraft.decided_by_id: _WORK,
        },
    ),
)


def forget(fact: MemberClosed) -> None:
    """The team's notes about the person go, and incidents they followed; decisions stay."""
    carry_out(PLAN, fact.member_id)
