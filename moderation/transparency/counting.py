"""The figures of the reports, counted from decisions, statements, appeals and reports of members.

Sections and indicators follow the quantitative template of Implementing Regulation (EU) 2024/2835, annex I, as far as a
hosting service and online platform of one brand has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select

from accounts.signin.models import SeenMonth
from common.db import db
from common.quantiles import median
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason, Outcome
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import LegalGround, NoticeOutcome
from moderation.review.models import DecisionUndo, ReviewDecision
from moderation.sanctions.models import Appeal, Sanction, Statement, StatementEnd
from moderation.sanctions.rules import RESTRICTIONS, AppealState, End, Exemption, SanctionKind, SanctionState
from moderation.transparency.rules import CATEGORIES, Period, Row
from moderation.transparency.rules import RESTRICTIONS as WORDS

BY_HAND = (
    "orders_to_act", "orders_to_inform", "disputes", "disputes_for_member", "disputes_median_days", "disputes_followed",
    "visitors_monthly",
)  # fmt: skip
"""Figures the product cannot know: orders of authorities, disputes before out-of-court bodies, readers without an account
(the brand's own count; nobody is followed for it)."""


def span(period: Period) -> tuple[datetime, datetime]:
    """From the first moment of a period to the first one after it."""
    first = datetime.combine(period.first, time(), UTC)
    return first, datetime.combine(period.last, time(), UTC) + timedelta(days=1)


def yearly(period: Period, by_hand: Mapping[str, int]) -> list[Row]:
    """Every row of the yearly report."""
    rows = [
        Row("15(1)(a)", "Orders to act against illegal content", "total", by_hand.get("orders_to_act", 0)),
        Row("15(1)(a)", "Orders to provide information", "total", by_hand.get("orders_to_inform", 0)),
        Row("15(1)(a)", "Restrictions made on the order of an authority", "total", _ordered(period)),
        *_legal_notices(period), *_notices(period), *_own_initiative(period), *_complaints(period),
        Row("24(1)(a)", "Disputes before out-of-court bodies", "total", by_hand.get("disputes", 0)),
        Row("24(1)(a)", "Disputes before out-of-court bodies", "in favour of the member", by_hand.get("disputes_for_member", 0)),
        Row("24(1)(a)", "Disputes before out-of-court bodies", "median days", by_hand.get("disputes_median_days", 0)),
        Row("24(1)(a)", "Disputes before out-of-court bodies", "outcomes followed", by_hand.get("disputes_followed", 0)),
        *_suspensions(period), *_automation(period),
    ]  # fmt: skip
    return rows


def recipients(period: Period, by_hand: Mapping[str, int]) -> list[Row]:
    """Average monthly active recipients over a half-year (article 24(2)): members who were seen, and the brand's own count of
    readers without an account."""
    months = [
        f"{period.first.year}-{month:02d}" for month in range(period.first.month, period.last.month + 1)
    ]
    counted = dict(
        db.session.execute(
            select(SeenMonth.month, func.count()).where(SeenMonth.month.in_(months)).group_by(SeenMonth.month)
        )
        .tuples()
        .all()
    )
    members = sum(counted.get(month, 0) for month in months) / len(months)
    visitors = by_hand.get("visitors_monthly", 0)
    per_month = [Row("24(2)", "Signed-in recipients", month, counted.get(month, 0)) for month in months]
    return [
        *per_month,
        Row("24(2)", "Average monthly active recipients", "signed in", round(members)),
        Row("24(2)", "Average monthly active recipients", "without an account, the brand’s count", visitors),
        Row("24(2)", "Average monthly active recipients", "total", round(members) + visitors),
    ]


def _in(period: Period, column: Any) -> tuple[Any, Any]:
    first, after = span(period)
    return column >= first, column < after


def _ordered(period: Period) -> int:
    query = select(func.count()).where(
        *_in(period, Statement.created_at), Statement.exemption == Exemption.AUTHORITY_ORDER
    )
    return db.session.scalar(query) or 0


def _legal_notices(period: Period) -> Iterable[Row]:
    """Notices of illegal content (article 16) by ground, those of trusted flaggers among them, and what became of them."""
    n = LegalNotice
    rows = db.session.execute(
        select(
            n.ground,
            func.count(),
            func.count(n.trusted_id),
            func.count().filter(n.outcome == NoticeOutcome.RESTRICTED),
        )
        .where(*_in(period, n.received_at))
        .group_by(n.ground)
    ).all()
    found = {row[0]: row[1:] for row in rows}
    for ground in LegalGround:
        for scope, value in zip(
            ("total", "by trusted flaggers", "led to a measure"), found.get(ground, (0, 0, 0)), strict=True
        ):
            yield Row("15(1)(b)", f"Notices of illegal content: {ground.value}", scope, value)
    spans = db.session.execute(
        select(n.received_at, n.decided_at)
        .where(*_in(period, n.received_at), n.decided_at.is_not(None))
        .limit(200_000)
    ).all()
    waits = [(row.decided_at - row.received_at).total_seconds() for row in spans]
    yield Row("15(1)(b)", "Median time until a notice was decided (hours)", "total", _median_hours(waits))


def _median_hours(spans: list[float]) -> float:
    """The median of spans in seconds, as hours with one decimal."""
    return round((median(spans) or 0) / 3600, 1)


def _notices(period: Period) -> Iterable[Row]:
    """Reports of members, by reason, and what became of them."""
    f = Flag
    rows = db.session.execute(
        select(f.reason, func.count(), func.count().filter(f.outcome == Outcome.AGREED))
        .where(*_in(period, f.created_at))
        .group_by(f.reason)
    ).all()
    found = {row[0]: (row[1], row[2]) for row in rows}
    for reason in FlagReason:
        sent, followed = found.get(reason, (0, 0))
        yield Row("15(1)(b)", "Reports of members", reason.value, sent)
        yield Row("15(1)(b)", "Reports of members that led to a measure", reason.value, followed)
    spans = db.session.execute(
        select(f.created_at, f.decided_at)
        .where(*_in(period, f.created_at), f.decided_at.is_not(None))
        .limit(200_000)
    ).all()
    waits = [(row.decided_at - row.created_at).total_seconds() for row in spans]
    yield Row("15(1)(b)", "Median time until a report was decided (hours)", "total", _median_hours(waits))


def _counted(period: Period, *criteria: Any) -> list[Any]:
    """Restrictions of a period by measure, reason and machine; those that were undone within seconds are none."""
    undone = select(StatementEnd.statement_id).where(StatementEnd.how == End.UNDONE)
    only_detected = and_(Statement.automated_detection, Statement.from_notice.is_(False))
    detected = case((only_detected, 1), else_=0)
    decided = case((Statement.automated_decision, 1), else_=0)
    query = (
        select(
            Statement.measure, Statement.reason, Statement.rests_on_law, func.count().label("all"),
            func.sum(detected).label("detected"), func.sum(decided).label("decided"),
        )
        .where(
            *_in(period, Statement.created_at), Statement.measure.in_(RESTRICTIONS), Statement.id.not_in(undone), *criteria
        )
        .group_by(Statement.measure, Statement.reason, Statement.rests_on_law)
    )  # fmt: skip
    return list(db.session.execute(query))


def _own_initiative(period: Period) -> Iterable[Row]:
    """Measures by kind of restriction and by category, each with how many a machine detected and decided."""
    counted = _counted(period)
    for measure, (_field, words) in WORDS.items():
        mine = [row for row in counted if row.measure == measure]
        name = words[0] if isinstance(words, list) else words
        yield Row("15(1)(c)", f"Measures: {name}", measure.value, sum(row.all for row in mine))
        yield Row(
            "15(1)(c)",
            f"Measures detected by automated means only: {name}",
            measure.value,
            sum(row.detected for row in mine),
        )
    for category in sorted(set(CATEGORIES.values())):
        mine = [row for row in counted if CATEGORIES[row.reason] == category]
        yield Row(
            "15(1)(c)", f"Measures: STATEMENT_CATEGORY_{category}", "total", sum(row.all for row in mine)
        )
        illegal = sum(row.all for row in mine if row.rests_on_law)
        yield Row("15(1)(c)", f"Measures: STATEMENT_CATEGORY_{category}", "as illegal content", illegal)


def _complaints(period: Period) -> Iterable[Row]:
    """Appeals by what they were about, their outcome, and how long they took."""
    a = Appeal
    rows = db.session.execute(
        select(a.state, Statement.measure, a.created_at, a.decided_at)
        .join(Statement, Statement.id == a.statement_id)
        .where(*_in(period, a.created_at))
    ).all()
    yield Row("15(1)(d)", "Complaints", "total", len(rows))
    for measure in sorted({row.measure.value for row in rows}):
        yield Row(
            "15(1)(d)",
            "Complaints, by the decision contested",
            measure,
            sum(r.measure.value == measure for r in rows),
        )
    for state in AppealState:
        yield Row("15(1)(d)", "Complaints, by outcome", state.value, sum(row.state == state for row in rows))
    spans = [(row.decided_at - row.created_at).total_seconds() for row in rows if row.decided_at]
    yield Row("15(1)(d)", "Median time until a complaint was answered (hours)", "total", _median_hours(spans))


def _suspensions(period: Period) -> Iterable[Row]:
    """Measures against accounts (article 24(1)(b))."""
    s = Sanction
    rows = dict(
        db.session.execute(
            select(s.kind, func.count())
            .where(*_in(period, s.begins_at), s.state.not_in((SanctionState.PROPOSED, SanctionState.DROPPED)))
            .group_by(s.kind)
        )
        .tuples()
        .all()
    )
    for kind in SanctionKind:
        yield Row("24(1)(b)", "Measures against accounts", kind.value, rows.get(kind, 0))


def _automation(period: Period) -> Iterable[Row]:
    """How much a machine decided by itself, and how often it was wrong: hidden by reports, then restored or overturned."""
    counted = _counted(period, Statement.automated_decision.is_(True))
    made = sum(row.all for row in counted)
    wrong = db.session.scalar(
        select(func.count())
        .select_from(Statement)
        .join(StatementEnd, StatementEnd.statement_id == Statement.id)
        .where(
            *_in(period, Statement.created_at), Statement.automated_decision.is_(True),
            StatementEnd.how.in_((End.RESTORED, End.OVERTURNED)),
        )
    ) or 0  # fmt: skip
    yield Row("15(1)(e)", "Measures decided by automated means only", "total", made)
    yield Row(
        "15(1)(e)",
        "Error rate of automated decisions (%)",
        "total",
        round(100 * wrong / made, 1) if made else 0,
    )
    undone = select(DecisionUndo.decision_id)
    people = db.session.execute(
        select(func.count(), func.count(ReviewDecision.actor_id.distinct())).where(
            *_in(period, ReviewDecision.decided_at), ReviewDecision.id.not_in(undone)
        )
    ).one()
    yield Row("15(1)(c)", "Decisions made by a person", "total", people[0])
    yield Row("15(1)(c)", "People who moderated", "total", people[1])
