"""What this package puts into the archive of a member's data: decisions about them, and what they reported.

Who reported a member, and what the team wrote for itself, is never in it (domain/moderation.md §B6).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from accounts.archives.parts import Contribution, Owner, Part, Row, in_hundreds, of_table, pieces, register
from common.db import db
from common.i18n import _
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
from moderation.outside.models import Receiver
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
from moderation.sanctions.models import Appeal, Sanction, Statement, StatementEnd, Strike
from moderation.sanctions.wording import parts_of
from moderation.satisfaction.models import Satisfaction
from moderation.screening.models import TextPrint
from moderation.targets.models import SlaVersion
from moderation.themes.models import TopicFollow
from moderation.transparency.models import PublishedReport, StatementFile
from moderation.watches.models import SavedWatch, WatchMatch
from moderation.workbench.models import CasePresence

_WORK = "what the team did at work is the community's, not the person's"


def _decisions(owner: Owner) -> Iterator[Row]:
    """Decisions about the member, in the words of their pages."""
    ended = select(StatementEnd.how).where(StatementEnd.statement_id == Statement.id).correlate(Statement)
    wanted = {
        name: getattr(Statement, name)
        for name in "id measure post_id post_version reason clause created_at".split()
    }
    wanted |= {"lasts_until": Statement.lasts_until, "appeal_until": Statement.appeal_until}
    wanted["ended"] = ended.scalar_subquery()
    mine = select().where(Statement.member_id.in_(owner.ids))
    for rows in in_hundreds(pieces(mine, Statement, wanted)):
        found = select(Statement).where(Statement.id.in_([row["id"] for row in rows]))
        words = {
            one.id: "\n".join(str(line) for part in parts_of(one).values() for line in part)
            for one in db.session.scalars(found)
        }
        db.session.rollback()
        for row in rows:
            yield row | {"message": words[row["id"]]}


register(
    "moderation",
    Contribution(
        parts=(
            Part("decisions", _("Decisions about you"), _decisions, (Statement.member_id,)),
            of_table("appeals", _("Decisions you contested"), Appeal.member_id,
                "statement_id text state answer created_at decided_at",
            ),
            of_table("measures", _("Measures against your account"), Sanction.member_id,
                "kind reason message state begins_at ends_at ended_at",
            ),
            of_table("strikes", _("Points for breaches of the rules"), Strike.member_id,
                "cause points message post_id given_at expires_at ended_at",
            ),
            of_table("reports", _("Texts you reported"), Flag.flagger_id,
                "post_id reason note created_at withdrawn_at outcome decided_at",
            ),
            of_table("profile-reports", _("Profiles you reported"), ProfileReport.reporter_id,
                "member_id reason note created_at withdrawn_at outcome decided_at",
            ),
            of_table("report-warnings", _("Warnings about reports without reason"), FlagMeasure.member_id,
                "kind reviewed agreed begun_at until lifted_at",
            ),
            of_table("legal-notices", _("Notices of illegal content you sent"), LegalNotice.member_id,
                "address ground explanation name email state received_at outcome decided_at contest contested_at",
            ),
            of_table("incidents", _("Incidents that concern you"), IncidentFollower.member_id, "incident_id since"),
            of_table("incident-replies", _("Whether it works again, as you said"), IncidentReply.member_id,
                "incident_id works at",
            ),
            of_table("private-talks", _("Questions that go on in private"), PrivateTalk.asker_id,
                "question_id words state offered_at begun_at ended_at",
            ),
            of_table("satisfaction", _("What you said about the help you got"), Satisfaction.asker_id,
                "question_id asked_at score comment by_community answered_at",
            ),
            of_table("crm-consent", _("Your consent to the customer file, and what was passed on"), CrmConsent.member_id,
                "given_at withdrawn_at exported_at exported_count",
            ),
            of_table("looks", _("Texts you looked at for everybody"), Look.member_id, "opinion reason words looked_at"),
            of_table("known-answers", _("Items of the queue whose answer was known"), Audit.moderator_id, "served_at decision agreed decided_at"),
            of_table("pauses", _("Pauses the queue suggested to you"), Pause.member_id, "kind begun_at"),
            of_table("greetings", _("Newcomers you greeted"), Greeting.by_id, "question_id comment_id greeted_at"),
            of_table("official-drafts", _("Answers you proposed to the team"), OfficialDraft.author_id,
                "question_id body state written_at decided_at words",
            ),
        ),
        left_out={
            DashboardReader.member_id: "whether a manager gets the figures of the week: shown on the dashboard",
            Pace.member_id: "how somebody works at the moment: the pauses it led to are in the archive",
            Greeting.newcomer_id: "the greeting is a comment of who wrote it",
            QuestionOutcome.asker_id: "figures of a question that is in the archive itself",
            QuestionOutcome.helper_id: "figures of an answer that is in the archive itself",
            MemberNote.member_id: "notes of the team for itself",
            ReviewItem.author_id: "the team's queue; what was decided is among the decisions",
            ReviewItem.excluded_id: "the team's queue",
            TextPrint.author_id: "numbers made of texts that are in the archive themselves, dropped after two weeks",
            ProfileReport.member_id: "who reported a member is never told; what was decided is among the decisions",
            LegalNotice.profile_id: "who sent a notice is never told; what was decided is among the decisions",
            ProfileTaking.member_id: "what was taken away of a profile stands in the decision about it",
            CaseEvent.subject_id: "the team's work on a question; invitations are among the member's own",
            **dict.fromkeys(
                (
                    Suspicion.decided_by_id, Watch.begun_by_id, Receiver.created_by_id,
                    SavedWatch.owner_id, WatchMatch.handled_by_id, TopicFollow.by_id,
                    AgentDesk.member_id, PrivateTalk.agent_id, Incident.opened_by_id, IncidentUpdate.actor_id,
                    IncidentQuestion.linked_by_id, MemberNote.author_id, Statement.actor_id, StatementEnd.actor_id,
                    Appeal.decided_by_id, Strike.actor_id, Strike.ended_by_id, Sanction.confirmed_by_id, Appeal.assigned_to_id,
                    StatementFile.made_by_id, PublishedReport.published_by_id, Sanction.actor_id, Sanction.ended_by_id, ReviewItem.lease_owner_id,
                    ReviewDecision.actor_id, Bulk.author_id, Bulk.confirmed_by_id, Bulk.ended_by_id, Forecast.begun_by_id, Forecast.applied_by_id, DecisionUndo.actor_id, ItemSkip.moderator_id, ItemNote.author_id,
                    WatchedWord.created_by_id, Ladder.priority_set_by_id, Case.assignee_id, CaseEvent.actor_id,
                    CaseNote.author_id, SlaVersion.changed_by_id, OfficialDraft.decided_by_id, Agency.created_by_id, AgencySeat.member_id,
                    Grant.member_id, Grant.granted_by_id, TrustedFlagger.added_by_id, TrustedFlagger.removed_by_id,
                    CategoryStorm.begun_by_id, CategoryStorm.ended_by_id, FlagMeasure.lifted_by_id,
                    ProfileReport.decided_by_id,
                    Grant.member_id, Grant.granted_by_id, DutyFeed.member_id, DutyShift.member_id, DutyShift.planned_by_id,
                    Handover.author_id, Handover.acknowledged_by_id,
                    Ladder.danger_read_by_id, LexiconVersion.created_by_id, RoutingRule.changed_by_id, CaseDesk.passed_over_id,
                    CaseDesk.snoozed_by_id, SupportTeam.lead_id, SupportTeamMember.member_id, CasePresence.member_id, Macro.owner_id, MacroUse.member_id,
                    OfficialCheck.checked_by_id,
                ),
                _WORK,
            ),
        },
    ),
)  # fmt: skip
