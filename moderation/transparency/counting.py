"""The figures of the reports, counted from decisions, statements, appeals and reports of members.

Sections and indicators follow the quantitative template of Implementing Regulation (EU) 2024/2835, annex I, as far as a
hosting service and online platform of one brand has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from accounts.signin.models import SeenMonth
from common.db import db
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import LegalGround, NoticeOutcome
from moderation.review.models import DecisionUndo, ReviewDecision
from moderation.sanctions.models import Appeal, Sanction, Statement, StatementEnd
from moderation.sanctions.rules import RESTRICTIONS, AppealState, End, Exemption, SanctionKind, SanctionState
from moderation.sanctions.statements import continues
from moderation.transparency import reported
from moderation.transparency.periods import median_hours, within
from moderation.transparency.rules import CATEGORIES, Period, Row
from moderation.transparency.rules import RESTRICTIONS as WORDS

BY_HAND = (
    "orders_to_act", "orders_to_inform", "disputes", "disputes_for_member", "disputes_median_days", "disputes_followed",
    "visitors_monthly",
)  # fmt: skip
"""Figures the product cannot know: orders of authorities, disputes before out-of-court bodies, readers without an account
(the brand's own count; nobody is followed for it)."""


def yearly(period: Period, by_hand: Mapping[str, int]) -> list[Row]:
    """Every row of the yearly report."""
    rows = [
        Row("15(1)(a)", "Orders to act against illegal content", "total", by_hand.get("orders_to_act", 0)),
        Row("15(1)(a)", "Orders to provide information", "total", by_hand.get("orders_to_inform", 0)),
        Row("15(1)(a)", "Restrictions made on the order of an authority", "total", _ordered(period)),
        *_legal_notices(period), *reported.rows(period), *_after_notices(period), *_own_initiative(period),
        *_complaints(period),
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


def _ordered(period: Period) -> int:
    query = select(func.count()).where(
        *within(period, Statement.created_at), Statement.exemption == Exemption.AUTHORITY_ORDER
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
        .where(*within(period, n.received_at))
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
        .where(
            *within(period, n.received_at),
            n.decided_at.is_not(None),
            n.contested_at.is_(None),
            n.flipped_at.is_(None),
        )
        .limit(200_000)
    ).all()
    waits = [(row.decided_at - row.received_at).total_seconds() for row in spans]
    yield Row("15(1)(b)", "Median time until a notice was decided (hours)", "total", median_hours(waits))


def _counted(period: Period, *criteria: Any) -> list[Any]:
    """Restrictions of a period by measure, reason and machine; those that were undone within seconds are none, and
    what goes on with one is not counted again."""
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
            *within(period, Statement.created_at), Statement.measure.in_(RESTRICTIONS), Statement.id.not_in(undone),
            ~continues(), *criteria
        )
        .group_by(Statement.measure, Statement.reason, Statement.rests_on_law)
    )  # fmt: skip
    return list(db.session.execute(query))


def _after_notices(period: Period) -> Iterable[Row]:
    """Measures that followed a notice or a report, by kind of restriction, and how many of them rest on the law."""
    counted = _counted(period, Statement.from_notice.is_(True))
    for measure, (_field, words) in WORDS.items():
        mine = [row for row in counted if row.measure == measure]
        name = words[0] if isinstance(words, list) else words
        indicator = f"Measures after a notice or a report: {name}"
        yield Row("15(1)(b)", indicator, measure.value, sum(row.all for row in mine))
    by_law = sum(row.all for row in counted if row.rests_on_law)
    yield Row("15(1)(b)", "Measures after a notice or a report", "on the basis of the law", by_law)
    yield Row(
        "15(1)(b)",
        "Measures after a notice or a report",
        "on the basis of the terms",
        sum(row.all for row in counted) - by_law,
    )


def _own_initiative(period: Period) -> Iterable[Row]:
    """Measures by kind of restriction and by category, each with how many a machine detected and decided; none that followed
    a notice, a report or an order."""
    ordered = Statement.exemption == Exemption.AUTHORITY_ORDER
    counted = _counted(period, Statement.from_notice.is_(False), or_(Statement.exemption.is_(None), ~ordered))
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
    """Appeals of those concerned and of who sent a notice (article 20), what they were about, their outcome, their time."""
    a = Appeal
    rows = db.session.execute(
        select(a.state, Statement.measure, a.created_at, a.decided_at)
        .join(Statement, Statement.id == a.statement_id)
        .where(*within(period, a.created_at))
    ).all()
    notifiers = _of_notifiers(period)
    yield Row("15(1)(d)", "Complaints", "total", len(rows) + len(notifiers))
    yield Row("15(1)(d)", "Complaints", "by the member concerned", len(rows))
    yield Row("15(1)(d)", "Complaints", "by who sent a notice", len(notifiers))
    for measure in sorted({row.measure.value for row in rows}):
        yield Row(
            "15(1)(d)",
            "Complaints, by the decision contested",
            measure,
            sum(r.measure.value == measure for r in rows),
        )
    for state in AppealState:
        yield Row("15(1)(d)", "Complaints, by outcome", state.value, sum(row.state == state for row in rows))
    outcomes = [row.outcome.value if row.outcome else "open" for row in notifiers]
    for outcome in (*NoticeOutcome, "open"):
        yield Row(
            "15(1)(d)",
            "Complaints by who sent a notice, by outcome",
            str(outcome),
            outcomes.count(str(outcome)),
        )
    both = [(row.created_at, row.decided_at) for row in (*rows, *notifiers)]
    spans = [(decided - began).total_seconds() for began, decided in both if decided]
    yield Row("15(1)(d)", "Median time until a complaint was answered (hours)", "total", median_hours(spans))


def _of_notifiers(period: Period) -> list[Any]:
    """Notices whose answer was contested by who sent them; the date of an answer is that of the second one, once it is there."""
    n = LegalNotice
    answered = case((n.outcome.is_not(None), n.decided_at))
    contested = select(n.outcome, n.contested_at.label("created_at"), answered.label("decided_at"))
    return list(db.session.execute(contested.where(*within(period, n.contested_at))))


def _suspensions(period: Period) -> Iterable[Row]:
    """Measures against accounts (article 24(1)(b))."""
    s = Sanction
    rows = dict(
        db.session.execute(
            select(s.kind, func.count())
            .where(
                *within(period, s.begins_at), s.state.not_in((SanctionState.PROPOSED, SanctionState.DROPPED))
            )
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
            *within(period, Statement.created_at), Statement.automated_decision.is_(True),
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
            *within(period, ReviewDecision.decided_at), ReviewDecision.id.not_in(undone)
        )
    ).one()
    yield Row("15(1)(c)", "Decisions made by a person", "total", people[0])
    yield Row("15(1)(c)", "People who moderated", "total", people[1])
