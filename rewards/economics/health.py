"""How healthy the programme is: what was taken back, what for fraud, which discounts are used, which budgets (domain/escalation.md §C6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import cards
from common import i18n
from common.db import db
from common.i18n import Sentence, _, money, number
from common.lists import Page, keyset, page_of
from rewards.economics.queries import entries
from rewards.economics.sources import Figure, Line, Listing, add_figure, add_listing
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, EntryKind
from rewards.missions.models import Mission
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState

_e, _m = LedgerEntry, Mission
FINAL = (CouponState.ALLOCATED, CouponState.REDEEMED, CouponState.EXPIRED)
"""Codes that were given and are to be used, were, or ended unused; those taken back or refunded are none."""


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)}\u00a0% ({number(part)} / {number(whole)})" if whole else "–"


def _of_period(since: datetime) -> tuple[Any, ...]:
    """Lines of points to spend by the day of what they were for."""
    return _e.account == Account.SPENDABLE, _e.effective_day > i18n.local(since).date()


def _taken(since: datetime) -> tuple[Any, ...]:
    """Points taken back; an expiry that is undone gives some, and is none."""
    return *_of_period(since), _e.kind == EntryKind.REVERSE, _e.granted < 0


def _frauds(since: datetime) -> tuple[Any, ...]:
    return *_taken(since), _e.rule_key.startswith("fraud.")


def _total(*criteria: Any) -> int:
    return abs(int(db.session.scalar(select(func.coalesce(func.sum(_e.granted), 0)).where(*criteria)) or 0))


def reversed_points(since: datetime) -> Figure:
    """Points taken back. One query."""
    return Figure(
        _("Points that were taken back"), number(_total(*_taken(since))),
        _("Points to spend earned in this period and taken back since: the answer was unaccepted or removed, or the points annulled. They are subtracted in those issued."),
        "reversed",
    )  # fmt: skip


def fraud_share(since: datetime) -> Figure:
    """Points annulled for abuse, of those earned. Two queries."""
    earned = _total(*_of_period(since), _e.kind == EntryKind.EARN)
    return Figure(
        _("Share of points annulled for abuse"), _percent(_total(*_frauds(since)), earned),
        _("Of the points to spend earned in this period, before anything was taken back: those annulled since by a rule against abuse or by who confirmed a case. Points that a rule never let be earned are in neither."),
        "annulled",
    )  # fmt: skip


def redemption(since: datetime) -> Figure:
    """Codes used, of those given. One query."""
    given, used = db.session.execute(
        select(func.count(), func.count().filter(Coupon.state == CouponState.REDEEMED)).where(*_given(since))
    ).one()
    return Figure(
        _("Discounts that were used"), _percent(used, given),
        _("Of the discounts handed out in this period: those used in an order. Those that may still be used count as not used; those taken back or refunded are left out."),
        "redeemable",
    )  # fmt: skip


def budgets(since: datetime) -> Figure:
    """What of the budgets of discounts is bound or spent. One query."""
    p = Promotion
    rows = db.session.execute(
        select(p.currency, func.sum(p.liability_minor), func.sum(p.budget_minor))
        .where(p.budget_minor.is_not(None))
        .group_by(p.currency)
        .order_by(p.currency)
    ).all()
    said = [_used(money(int(used), currency), money(int(budget or 0), currency), int(used), int(budget or 0)) for currency, used, budget in rows]  # fmt: skip
    return Figure(
        _("Budget of discounts used"), ", ".join(map(str, said)) or "–",
        _("What the discounts that have a budget cost already or may still cost at worst, of all their budgets (all time)."), "budgets",
    )  # fmt: skip


def mission_budgets(since: datetime) -> Figure:
    """What of the points set aside for missions was given. One query."""
    spent, budget = db.session.execute(
        select(func.coalesce(func.sum(_m.spent), 0), func.coalesce(func.sum(_m.budget), 0)).where(
            _m.budget > 0
        )
    ).one()
    return Figure(
        _("Budget of missions used"), _percent(int(spent), int(budget)),
        _("Points to spend that missions gave, of those set aside for them (all time)."), "mission-budgets",
    )  # fmt: skip


def _used(part: str, whole: str, used: int, budget: int) -> Sentence:
    percent = round(100 * used / budget) if budget else 0
    return _("%(used)s of %(budget)s (%(percent)s %%)", used=part, budget=whole, percent=percent)


def _given(since: datetime) -> tuple[Any, ...]:
    return Coupon.state.in_(FINAL), Coupon.allocated_at >= since


_STATES = {
    CouponState.ALLOCATED: _("not used yet"), CouponState.REDEEMED: _("used in an order"), CouponState.EXPIRED: _("ended unused"),
}  # fmt: skip


def _coupons(since: datetime, after: str | None, size: int) -> Page[Line]:
    query = select(Coupon.id, Coupon.member_id, Coupon.allocated_at, Coupon.state, Promotion)
    query = query.join(Promotion, Promotion.id == Coupon.promotion_id).where(*_given(since))
    rows = list(db.session.execute(keyset(query, Coupon.allocated_at, Coupon.id, after, size)))
    page = page_of(rows, size, lambda row: (row.allocated_at, row.id))
    who, language = cards(row.member_id for row in page.items), i18n.language()
    return Page(
        [Line(who[row.member_id], row.Promotion.title(language), _STATES[row.state], row.allocated_at) for row in page.items],
        page.next,
    )  # fmt: skip


def _promotions(since: datetime, after: str | None, size: int) -> Page[Line]:
    def said(one: Promotion) -> Sentence:
        used, budget = one.liability_minor, one.budget_minor or 0
        return _used(money(used, one.currency), money(budget, one.currency), used, budget)

    return _budgeted(Promotion, Promotion.budget_minor.is_not(None), said, after, size)


def _missions(since: datetime, after: str | None, size: int) -> Page[Line]:
    return _budgeted(_m, _m.budget > 0, lambda one: _used(number(one.spent), number(one.budget), one.spent, one.budget), after, size)  # fmt: skip


def _budgeted(table: Any, criterion: Any, said: Any, after: str | None, size: int) -> Page[Line]:
    query = keyset(select(table).where(criterion), table.created_at, table.id, after, size)
    page = page_of(list(db.session.scalars(query)), size, lambda one: (one.created_at, one.id))
    nobody, language = cards([])[None], i18n.language()
    return Page([Line(nobody, one.title(language), said(one), one.created_at) for one in page.items], page.next)  # fmt: skip


def register() -> None:
    """Called once by the package."""
    for make in (reversed_points, fraud_share, redemption, budgets, mission_budgets):
        add_figure(make)
    for name, title, criteria in (
        ("reversed", _("Points that were taken back"), _taken),
        ("annulled", _("Points annulled for abuse"), _frauds),
    ):
        add_listing(
            name,
            Listing(
                title, _("Points"), lambda since, after, size, of=criteria: entries(of(since), after, size)
            ),
        )  # type: ignore[misc]
    add_listing(
        "redeemable", Listing(_("Discounts handed out and whether they were used"), _("State"), _coupons)
    )
    add_listing("budgets", Listing(_("Budgets of discounts"), _("Budget"), _promotions))
    add_listing("mission-budgets", Listing(_("Budgets of missions"), _("Budget"), _missions))
