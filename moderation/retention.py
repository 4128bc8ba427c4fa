"""The retention rules of the desk, in the order in which rows lean on each other.

Source: domain/moderation.md §B6: refused texts six months (the time to appeal), reports and network data twelve months,
appeals and tickets three years, decisions and statements five years without content.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select

from accounts.retention.holding import know
from accounts.retention.models import HoldKind
from accounts.retention.periods import Rule, register
from accounts.retention.sweeping import days_of, known_by
from common import clock
from common.db import db, update_where
from common.i18n import _
from forum.content.guides.models import Guide
from forum.questions.models import Post
from forum.questions.rules import PostState
from forum.revisions.forgetting import forget_texts
from moderation.audits.models import Audit
from moderation.bulk.models import Bulk, BulkItem
from moderation.escalation.models import Case, CaseEvent, CaseNote
from moderation.flags.models import Flag, FlagMeasure
from moderation.forecast.models import Forecast
from moderation.hearing import weighing
from moderation.legal_notices.models import LegalNotice
from moderation.outbreaks import noting
from moderation.outdesk.models import OutsideCase
from moderation.pauses.models import Pause
from moderation.private.models import PrivateTalk
from moderation.profile_reports.models import ProfileReport, ProfileTaking
from moderation.review.models import DecisionUndo, ItemNote, ItemSkip, ReviewDecision, ReviewItem
from moderation.review.rules import ItemState
from moderation.sanctions.models import (
    Appeal,
    BannedAddress,
    RefusedEdit,
    Sanction,
    Statement,
    StatementEnd,
    Strike,
)
from moderation.sanctions.rules import SanctionState
from moderation.satisfaction.models import Satisfaction
from moderation.screening import remembering
from moderation.themes import numbers as themes
from moderation.transparency import jobs as months
from moderation.transparency.models import FiledStatement
from moderation.watches.models import WatchMatch

MEMBER, POST, CASE = HoldKind.MEMBER, HoldKind.POST, HoldKind.CASE
_YEARS = 365


def _author_of(post_id: Any) -> Any:
    return select(Post.__table__.c.author_id).where(Post.__table__.c.id == post_id).scalar_subquery()


# --- texts that were refused or taken back ------------------------------------------------------------------------


def _contested() -> Any:
    """An appeal about the text waits for its answer."""
    about = (Statement.post_id == Post.id, Appeal.statement_id == Statement.id, Appeal.decided_at.is_(None))
    return exists().where(*about).correlate(Post)


def _text_of(*states: PostState) -> Any:
    def due(before: datetime) -> Any:
        return and_(Post.state.in_(states), Post.removed_at < before, Post.body != "", ~_contested())

    return due


_of_post = {MEMBER: (Post.author_id,), POST: (Post.id, Post.question_id)}
register(
    Rule(
        "refused-texts", _("Texts that were refused or removed"), "privacy.refused_days", Post,
        _text_of(PostState.REJECTED, PostState.REMOVED), _of_post, forget_texts,
    ),
    184, _("How long the words of a refused or removed text are kept; not before the time to appeal is over."), low=184,
)  # fmt: skip
register(
    Rule(
        "withdrawn-texts", _("Texts their authors took back"), "privacy.withdrawn_days", Post,
        _text_of(PostState.WITHDRAWN), _of_post, forget_texts,
    ),
    184, _("How long the words of a text are kept that its author took back."),
)  # fmt: skip

# --- reports ------------------------------------------------------------------------------------------------------

register(
    Rule(
        "reports", _("Reports of texts"), "privacy.report_days", Flag,
        lambda before: and_(Flag.created_at < before, Flag.active_key.is_(None)),
        {MEMBER: (Flag.flagger_id, _author_of(Flag.post_id)), POST: (Flag.post_id,)},
    ),
    365, _("How long a decided report is kept."),
)  # fmt: skip

# --- legal notices, reported profiles, reports without reason -------------------------------------------------------


def _forget_senders(ids: list[int]) -> None:
    """Who sent them goes; that there was a notice, about what and with which answer, stays to be counted."""
    update_where(
        LegalNotice,
        LegalNotice.id.in_(ids),
        name="",
        email="",
        origin="",
        member_id=None,
        identity_erased_at=clock.now(),
    )


_of_notice = {
    MEMBER: (
        LegalNotice.member_id, LegalNotice.profile_id, _author_of(LegalNotice.post_id),
        select(Guide.author_id).where(Guide.id == LegalNotice.guide_id).scalar_subquery(),
    ),
    POST: (LegalNotice.post_id,),
}  # fmt: skip
register(
    Rule(
        "notice-senders", _("Who sent a legal notice"), "privacy.notice_sender_days", LegalNotice,
        lambda before: and_(
            LegalNotice.decided_at < before, LegalNotice.outcome.is_not(None), LegalNotice.identity_erased_at.is_(None)
        ),
        _of_notice, _forget_senders,
    ),
    365, _("How long name and address of who sent a legal notice are kept after its decision."), low=184,
)  # fmt: skip
register(
    Rule(
        "notices", _("Legal notices"), "privacy.notice_days", LegalNotice,
        lambda before: and_(LegalNotice.decided_at < before, LegalNotice.outcome.is_not(None)), _of_notice,
    ),
    5 * _YEARS, _("How long a legal notice is kept after its decision, without its sender."), low=_YEARS,
)  # fmt: skip
register(
    Rule(
        "profile-reports", _("Reports of profiles"), "privacy.profile_report_days", ProfileReport,
        lambda before: and_(ProfileReport.created_at < before, ProfileReport.active_key.is_(None)),
        {MEMBER: (ProfileReport.reporter_id, ProfileReport.member_id)},
    ),
    365, _("How long a decided report of a profile is kept."), low=184,
)  # fmt: skip
register(
    Rule(
        "profile-takings", _("What was taken away of a profile"), "privacy.profile_taking_days", ProfileTaking,
        lambda before: ProfileTaking.taken_at < before, {MEMBER: (ProfileTaking.member_id,)},
    ),
    365, _("How long is kept what a decision took away of a profile, so that it can be given back."), low=184,
)  # fmt: skip
register(
    Rule(
        "reports-without-reason", _("Warnings about reports without reason"), "privacy.report_measure_days", FlagMeasure,
        lambda before: and_(FlagMeasure.begun_at < before, or_(FlagMeasure.until.is_(None), FlagMeasure.until < before)),
        {MEMBER: (FlagMeasure.member_id,)},
    ),
    365, _("How long a warning about reports without reason is kept."),
)  # fmt: skip

# --- appeals, measures, decisions ---------------------------------------------------------------------------------

_statement_of = select(Statement.post_id).where(Statement.id == Appeal.statement_id).scalar_subquery()
register(
    Rule(
        "appeals", _("Appeals"), "privacy.appeal_days", Appeal, lambda before: Appeal.decided_at < before,
        {MEMBER: (Appeal.member_id,), POST: (_statement_of,)},
    ),
    3 * _YEARS, _("How long an appeal is kept after its answer."),
)  # fmt: skip

_of_statement = {MEMBER: (Statement.member_id,), POST: (Statement.post_id,)}


def _old_statement(before: datetime) -> Any:
    """Told so long ago, and over: nothing it restricts lasts, nobody contests it."""
    lasts = or_(Sanction.ends_at.is_(None), Sanction.ends_at > clock.now())
    in_force = exists().where(
        Sanction.statement_id == Statement.id, Sanction.state == SanctionState.ACTIVE, lasts
    )
    contested = or_(
        exists().where(Appeal.statement_id == Statement.id),
        exists().where(ProfileTaking.statement_id == Statement.id),
    )
    over = or_(Statement.lasts_until.is_(None), Statement.lasts_until < clock.now())
    return and_(Statement.created_at < before, over, ~in_force, ~contested)


def _erase_statements(ids: list[int]) -> None:
    measures = select(Sanction.id).where(Sanction.statement_id.in_(ids))
    _gone(BannedAddress, BannedAddress.sanction_id.in_(measures))
    _gone(Sanction, Sanction.statement_id.in_(ids))
    update_where(Strike, Strike.statement_id.in_(ids), statement_id=None)
    for table in (RefusedEdit, FiledStatement):
        _gone(table, table.statement_id.in_(ids))
    _gone(StatementEnd, StatementEnd.statement_id.in_(ids))
    _gone(Statement, Statement.id.in_(ids))


register(
    Rule(
        "statements", _("Statements of reasons, with their measures"), "privacy.decision_days", Statement, _old_statement,
        _of_statement, _erase_statements, ("statement", "statement_end"),
    ),
    5 * _YEARS, _("How long decisions and their statements of reasons are kept."), low=_YEARS,
)  # fmt: skip


register(
    Rule(
        "dropped-measures", _("Measures that were proposed and not followed"), "privacy.dropped_days", Sanction,
        lambda before: and_(Sanction.state == SanctionState.DROPPED, Sanction.ended_at < before),
        {MEMBER: (Sanction.member_id,)},
    ),
    3 * _YEARS, _("How long a measure is kept that was proposed and not followed."),
)  # fmt: skip
register(
    Rule(
        "strikes", _("Strike points"), "privacy.strike_days", Strike,
        lambda before: and_(Strike.expires_at < before, ~exists().where(Sanction.strike_id == Strike.id)),
        {MEMBER: (Strike.member_id,), POST: (Strike.post_id,)},
    ),
    5 * _YEARS, _("How long strike points are kept once they are forgotten."), low=_YEARS,
)  # fmt: skip


def _old_item(before: datetime) -> Any:
    """Settled so long ago, and nothing leans on it any more."""
    settled = ReviewItem.state.in_((ItemState.DECIDED, ItemState.CANCELLED))
    told = exists().where(ReviewDecision.item_id == ReviewItem.id, Statement.decision_id == ReviewDecision.id)
    leaned_on = or_(
        exists().where(Appeal.item_id == ReviewItem.id),
        exists().where(Flag.item_id == ReviewItem.id),
        exists().where(ProfileReport.item_id == ReviewItem.id),
        exists().where(ProfileTaking.item_id == ReviewItem.id),
        exists().where(LegalNotice.item_id == ReviewItem.id),
        told,
    )
    at = or_(
        ReviewItem.decided_at < before, and_(ReviewItem.decided_at.is_(None), ReviewItem.created_at < before)
    )
    return and_(settled, at, ~leaned_on)


def _erase_items(ids: list[int]) -> None:
    decisions = list(db.session.scalars(select(ReviewDecision.id).where(ReviewDecision.item_id.in_(ids))))
    _gone(Audit, or_(Audit.source_id.in_(decisions), Audit.item_id.in_(ids)))
    _gone(DecisionUndo, or_(DecisionUndo.decision_id.in_(decisions), DecisionUndo.new_item_id.in_(ids)))
    _gone(ReviewDecision, ReviewDecision.id.in_(decisions))
    _gone(ItemNote, ItemNote.item_id.in_(ids))
    _gone(ItemSkip, ItemSkip.item_id.in_(ids))
    _gone(BulkItem, BulkItem.item_id.in_(ids))
    update_where(ReviewItem, ReviewItem.previous_id.in_(ids), previous_id=None)
    _gone(ReviewItem, ReviewItem.id.in_(ids))


_of_item = {MEMBER: (ReviewItem.author_id, _author_of(ReviewItem.post_id)), POST: (ReviewItem.post_id,)}
register(
    Rule(
        "decisions", _("Items of the review queue, with their decisions"), "privacy.item_days", ReviewItem, _old_item, _of_item,
        _erase_items, ("review_decision", "review_undo"),
    ),
    5 * _YEARS, _("How long settled items of the queue and what was decided about them are kept."), low=_YEARS,
)  # fmt: skip

register(
    Rule(
        "known-answers", _("Items of the queue whose answer was known"), "privacy.audit_days", Audit,
        lambda before: Audit.served_at < before, {MEMBER: (Audit.moderator_id,)},
    ),
    _YEARS, _("How long it is kept how a moderator decided about items whose answer was known."), low=90,
)  # fmt: skip
register(
    Rule(
        "pauses", _("Pauses of moderators"), "privacy.pause_days", Pause, lambda before: Pause.begun_at < before,
        {MEMBER: (Pause.member_id,)},
    ),
    184, _("How long it is kept that the queue suggested a pause to a moderator."), low=90,
)  # fmt: skip


def _erase_goes(ids: list[int]) -> None:
    _gone(BulkItem, BulkItem.bulk_id.in_(ids))
    _gone(Bulk, Bulk.id.in_(ids))


register(
    Rule(
        "bulk", _("Decisions about many at once"), "privacy.bulk_days", Bulk, lambda before: Bulk.ended_at < before,
        {MEMBER: (Bulk.author_id,)}, _erase_goes,
    ),
    5 * _YEARS, _("How long it is kept who decided about many at once, by what they were chosen, and what became of them."),
    low=_YEARS,
)  # fmt: skip

register(
    Rule(
        "forecasts", _("Changes of the rules that were tried on the history"), "privacy.forecast_days", Forecast,
        lambda before: Forecast.begun_at < before, {MEMBER: (Forecast.begun_by_id,)},
    ),
    _YEARS, _("How long it is kept what a change of the rules would have done."),
)  # fmt: skip

# --- tickets ------------------------------------------------------------------------------------------------------


def _old_case(before: datetime) -> Any:
    says = or_(
        exists().where(CaseNote.case_id == Case.id), exists().where(CaseEvent.case_id == Case.id),
        exists().where(PrivateTalk.case_id == Case.id, PrivateTalk.words != ""),
        exists().where(OutsideCase.case_id == Case.id, or_(OutsideCase.note != "", OutsideCase.reference != "")),
    )  # fmt: skip
    return and_(Case.ended_at < before, says)


def _erase_cases(ids: list[int]) -> None:
    """What was done and noted goes; that there was a case stays, for the figures."""
    _gone(CaseNote, CaseNote.case_id.in_(ids))
    _gone(CaseEvent, CaseEvent.case_id.in_(ids))
    update_where(PrivateTalk, PrivateTalk.case_id.in_(ids), words="")
    update_where(OutsideCase, OutsideCase.case_id.in_(ids), note="", reference="")


register(
    Rule(
        "cases", _("Cases of the team: notes and steps"), "privacy.case_days", Case, _old_case,
        {MEMBER: (_author_of(Case.question_id),), POST: (Case.question_id,), CASE: (Case.id,)},
        _erase_cases, ("support_case_event",),
    ),
    3 * _YEARS, _("How long notes and steps of a case are kept after its end."),
)  # fmt: skip


def _gone(table: type[Any], *criteria: Any) -> None:
    db.session.execute(delete(table).where(*criteria).execution_options(synchronize_session=False))


register(
    Rule(
        "satisfaction", _("What customers said about the help they got"), "privacy.satisfaction_days", Satisfaction,
        lambda before: Satisfaction.due_at < before, {MEMBER: (Satisfaction.asker_id,), POST: (Satisfaction.question_id,)},
    ),
    3 * _YEARS, _("How long it is kept what customers said about the help they got."),
)  # fmt: skip


register(
    Rule(
        "watch-matches", _("What watches of the team found"), "privacy.watch_match_days", WatchMatch,
        lambda before: WatchMatch.found_at < before, {MEMBER: (_author_of(WatchMatch.post_id),), POST: (WatchMatch.post_id,)},
    ),
    184, _("How long it is kept which public texts the team’s watches found, and what became of them."),
)  # fmt: skip


know(POST, lambda post_id: db.session.get(Post, post_id) is not None)
know(CASE, lambda case_id: db.session.get(Case, case_id) is not None)

# --- what is short-lived --------------------------------------------------------------------------------------------

known_by("review.skips", ("skips", _("Items that were left to somebody else"), timedelta(days=1)))
known_by(
    "notices.tidy",
    ("unconfirmed-notices", _("Legal notices whose sender never confirmed"), timedelta(days=7)),
)
known_by("screening.forget", ("prints", _("Prints of texts that filters compare with"), remembering.KEPT))
known_by(
    "outbreaks.forget",
    ("question-prints", _("Numbers made of questions, to notice outages with"), noting.KEPT),
)
known_by(
    "sanctions.forget",
    ("banned-addresses", _("Keyed hashes of banned addresses, once their time is over"), timedelta()),
    ("refused-edits", _("Texts of refused changes, for their author"), days_of("moderation.refused_days")),
)
known_by("transparency.forget", ("seen-months", _("Months members were here in"), months.KEPT))
known_by(
    "themes.count",
    ("rising-topics", _("Rising topics of a night: words and figures"), themes.KEPT),
    ("topic-notes", _("What the team noted of topics that rise no more"), themes.KEPT),
    ("said-weeks", _("How much was said in a week, and in what tone"), themes.WEEKS_KEPT),
    ("topic-weeks", _("The same of single topics"), themes.WEEKS_KEPT),
)
known_by(
    "hearing.weigh",
    ("heard-texts", _("What public messages of the last weeks weigh for listening"), weighing.KEPT),
)
