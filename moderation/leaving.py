"""What is kept on the desk of somebody who closed the account (retention: domain/moderation.md §B8)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.closing.erasing import Named, Plan, carry_out, register
from accounts.events import MemberClosed
from forum.content.guides.models import Guide
from forum.questions.models import Post
from moderation.audits.models import Audit
from moderation.bulk.models import Bulk
from moderation.crm.models import CrmConsent
from moderation.dashboard.models import DashboardReader, QuestionOutcome
from moderation.delegation.models import Agency, AgencySeat, Grant
from moderation.duty.models import DutyFeed, DutyShift, Handover
from moderation.entrusted.models import OfficialDraft
from moderation.escalation.models import AgentDesk, Case, CaseEvent, CaseNote, Ladder
from moderation.flags.models import Flag, FlagMeasure
from moderation.forecast.models import Forecast
from moderation.incidents.models import (
    Incident,
    IncidentFollower,
    IncidentQuestion,
    IncidentReply,
    IncidentUpdate,
)
from moderation.legal_notices.models import LegalNotice, TrustedFlagger
from moderation.lexicon.models import LexiconVersion
from moderation.looks.models import Greeting, Look
from moderation.macros.models import Macro, MacroUse
from moderation.notes.models import MemberNote
from moderation.officials.models import OfficialCheck
from moderation.outbreaks.models import Suspicion, Watch
from moderation.outdesk.models import OutsideCase
from moderation.outside.models import Attempt, Receiver
from moderation.pauses.models import Pace, Pause
from moderation.policies.models import CategoryStorm
from moderation.private.models import PrivateTalk
from moderation.profile_reports.models import ProfileReport, ProfileTaking
from moderation.review.models import (
    DecisionUndo,
    ItemNote,
    ItemSkip,
    ReviewDecision,
    ReviewItem,
    WatchedWord,
)  # fmt: skip
from moderation.routing.models import CaseDesk, RoutingRule, SupportTeam, SupportTeamMember
from moderation.sanctions import banning, statements
from moderation.sanctions.models import Appeal, RefusedEdit, Sanction, Statement, StatementEnd, Strike
from moderation.satisfaction.models import Satisfaction
from moderation.screening.models import TextPrint
from moderation.targets.models import SlaVersion
from moderation.themes.models import TopicFollow
from moderation.transparency.models import PublishedReport, StatementFile
from moderation.watches import keeping as watches
from moderation.watches.models import SavedWatch, WatchMatch
from moderation.workbench.models import CasePresence

_RIGHTS = "decisions, their reasons and appeals are kept for five years, reports for one, without a name"
_WORK = "what the team did at work"
_FIGURES = "of a question that stays, as its author does, by number: figures count it, nobody is named"


def _by(ids: frozenset[int]) -> Any:
    return select(Post.id).where(Post.author_id.in_(ids))


PLAN = register(
    "moderation",
    Plan(
        erased=(
            MemberNote.member_id,
            FlagMeasure.member_id,
            ProfileReport.member_id,
            ProfileTaking.member_id,
            AgentDesk.member_id,
            IncidentFollower.member_id,
            IncidentReply.member_id,
            Grant.member_id,
            DutyFeed.member_id,
            SupportTeamMember.member_id,
            CasePresence.member_id,
            DutyShift.member_id,
            Greeting.newcomer_id,
            TextPrint.author_id,
            Audit.moderator_id,
            Pace.member_id,
            DashboardReader.member_id,
            Pause.member_id,
        ),
        blanked={
            ReviewItem.author_id: {"author_id": None},
            SupportTeam.lead_id: {"lead_id": None},
            Satisfaction.asker_id: {"asker_id": None, "comment": ""},
            Macro.owner_id: {"owner_id": None},
            SavedWatch.owner_id: {"owner_id": None},
            LegalNotice.member_id: {"name": "", "email": "", "origin": ""},
        },
        kept={
            Statement.member_id: _RIGHTS,
            Appeal.member_id: _RIGHTS,
            Sanction.member_id: _RIGHTS,
            Strike.member_id: _RIGHTS,
            StatementFile.made_by_id: _WORK,
            CrmConsent.member_id: "a consent ends with the account; that it did is told to who had the data, for a year",
            Receiver.created_by_id: _WORK,
            PublishedReport.published_by_id: _WORK,
            Strike.actor_id: _WORK,
            Strike.ended_by_id: _WORK,
            Sanction.confirmed_by_id: _WORK,
            Appeal.assigned_to_id: _WORK,
            Flag.flagger_id: _RIGHTS,
            LegalNotice.profile_id: _RIGHTS,
            ProfileReport.reporter_id: _RIGHTS,
            ProfileReport.decided_by_id: _WORK,
            FlagMeasure.lifted_by_id: _WORK,
            CaseEvent.subject_id: _RIGHTS,
            PrivateTalk.asker_id: "a case is kept for three years after its end; what was said are private messages",
            PrivateTalk.agent_id: _WORK,
            Incident.opened_by_id: _WORK,
            Suspicion.decided_by_id: _WORK,
            Watch.begun_by_id: _WORK,
            WatchMatch.handled_by_id: _WORK,
            TopicFollow.by_id: _WORK,
            IncidentUpdate.actor_id: _WORK,
            TrustedFlagger.added_by_id: _WORK,
            CategoryStorm.begun_by_id: _WORK,
            CategoryStorm.ended_by_id: _WORK,
            TrustedFlagger.removed_by_id: _WORK,
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
            Bulk.author_id: _WORK,
            Bulk.confirmed_by_id: _WORK,
            Bulk.ended_by_id: _WORK,
            QuestionOutcome.asker_id: _FIGURES,
            QuestionOutcome.helper_id: _FIGURES,
            Forecast.begun_by_id: _WORK,
            Forecast.applied_by_id: _WORK,
            DecisionUndo.actor_id: _WORK,
            ItemSkip.moderator_id: _WORK,
            ItemNote.author_id: _WORK,
            WatchedWord.created_by_id: _WORK,
            Ladder.priority_set_by_id: _WORK,
            SlaVersion.changed_by_id: _WORK,
            Case.assignee_id: _WORK,
            Ladder.danger_read_by_id: _WORK,
            LexiconVersion.created_by_id: _WORK,
            MacroUse.member_id: _WORK,
            OfficialCheck.checked_by_id: _WORK,
            RoutingRule.changed_by_id: _WORK,
            CaseDesk.passed_over_id: _WORK,
            CaseDesk.snoozed_by_id: _WORK,
            CaseEvent.actor_id: _WORK,
            CaseNote.author_id: _WORK,
            OfficialDraft.author_id: "a proposal belongs to its case, which is kept for three years after its end",
            OfficialDraft.decided_by_id: _WORK,
            Agency.created_by_id: _WORK,
            AgencySeat.member_id: _WORK,
            Grant.granted_by_id: _WORK,
            DutyShift.planned_by_id: _WORK,
            Handover.author_id: _WORK,
            Handover.acknowledged_by_id: _WORK,
            Look.member_id: "what looks said together settled a case; nobody is named by it",
            Greeting.by_id: "nobody is greeted twice; the comment itself is a text like any other",
        },
        scanned={
            Look.member_id: (Look.words,),
            Flag.flagger_id: (Flag.note,),
            ProfileReport.reporter_id: (ProfileReport.note,),
            LegalNotice.member_id: (LegalNotice.explanation, LegalNotice.contest),
            Appeal.member_id: (Appeal.text, Appeal.answer),
            Sanction.member_id: (Sanction.message, Sanction.end_reason),
            Strike.member_id: (Strike.message,),
            OfficialDraft.author_id: (OfficialDraft.body, OfficialDraft.words),
            PrivateTalk.asker_id: (PrivateTalk.words,),
        },
        named=(
            Named((MemberNote.body,)),
            Named(
                (ItemNote.body,),
                lambda ids: ItemNote.item_id.in_(
                    select(ReviewItem.id).where(ReviewItem.post_id.in_(_by(ids)))
                ),
            ),
            Named(
                (CaseNote.body,),
                lambda ids: CaseNote.case_id.in_(select(Case.id).where(Case.question_id.in_(_by(ids)))),
            ),
            Named((PrivateTalk.words,), lambda ids: PrivateTalk.asker_id.in_(ids)),
            Named(
                (OfficialDraft.body, OfficialDraft.words), lambda ids: OfficialDraft.question_id.in_(_by(ids))
            ),
            Named((Flag.note,), lambda ids: Flag.post_id.in_(_by(ids))),
            Named((ProfileReport.note,), lambda ids: ProfileReport.member_id.in_(ids)),
            Named(
                (LegalNotice.explanation, LegalNotice.contest),
                lambda ids: (
                    LegalNotice.post_id.in_(_by(ids))
                    | LegalNotice.profile_id.in_(ids)
                    | LegalNotice.guide_id.in_(select(Guide.id).where(Guide.author_id.in_(ids)))
                ),
            ),
            Named((Appeal.text, Appeal.answer), lambda ids: Appeal.member_id.in_(ids)),
            Named((Handover.body,)),
            Named((Bulk.message,)),
            Named((Sanction.message, Sanction.end_reason), lambda ids: Sanction.member_id.in_(ids)),
            Named((Strike.message,), lambda ids: Strike.member_id.in_(ids)),
            Named((Satisfaction.comment,), lambda ids: Satisfaction.question_id.in_(_by(ids))),
            Named((Macro.body,)),
            Named((CategoryStorm.reason,)),
            Named((RefusedEdit.title, RefusedEdit.body, RefusedEdit.reason)),
            Named((Look.words,)),
            Named((Attempt.said,)),
            Named((WatchMatch.note,), lambda ids: WatchMatch.post_id.in_(_by(ids))),
            Named((TopicFollow.note,)),
            Named(
                (OutsideCase.note, OutsideCase.reference),
                lambda ids: OutsideCase.case_id.in_(select(Case.id).where(Case.question_id.in_(_by(ids)))),
            ),
        ),
    ),
)


def forget(fact: MemberClosed) -> None:
    """The team's notes about the person go, and incidents they followed; decisions stay."""
    watches.forget_owner(fact.member_id)
    carry_out(PLAN, fact.member_id)
    banning.count_from_closing(fact.member_id)
    statements.forget_edits_of(fact.member_id)
