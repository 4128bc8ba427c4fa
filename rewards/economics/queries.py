"""The figures of the programme, and the lists behind them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import cards
from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _, money, number
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from rewards.economics import sources
from rewards.economics.permissions import can_see_costs
from rewards.economics.rules import Bar, bars, by_month, gini, months_back, per
from rewards.economics.sources import Figure, Line
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.queries import WORDS
from rewards.ledger.rules import Account, EntryKind
from rewards.promotions.models import Coupon, Promotion
from rewards.promotions.rules import CouponState

MONTHS = 12
GRANTED = (EntryKind.EARN, EntryKind.REVERSE, EntryKind.ADJUST)
USED = (EntryKind.SPEND, EntryKind.REFUND)
LISTS: dict[str, tuple[Account, tuple[EntryKind, ...]]] = {
    "issued": (Account.SPENDABLE, GRANTED),
    "reputation": (Account.REPUTATION, GRANTED),
    "spent": (Account.SPENDABLE, USED),
    "expired": (Account.SPENDABLE, (EntryKind.EXPIRE,)),
}
"""The lists of ledger lines behind figures: account and kinds of lines."""
TITLES: dict[str, Sentence] = {
    "issued": _("Points to spend that were issued"),
    "reputation": _("Reputation that was earned"),
    "spent": _("Points that were spent"),
    "expired": _("Points that expired"),
    "held": _("Members who hold points"),
    "shares": _("Who earned how much"),
    "solved": _("Questions that were solved"),
    "liability": _("Discounts and what they may cost"),
    "handed-out": _("Discounts handed out"),
}


@dataclass(frozen=True, slots=True)
class Chart:
    """Points issued and spent, month by month, as bars and as figures."""

    bars: list[Bar]
    months: list[tuple[date, int, int]]


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page."""

    figures: list[Figure]
    chart: Chart


def overview(actor: Actor, days: int) -> Overview:
    """All figures for a period. A fixed number of queries."""
    require(can_see_costs(actor))
    since = i18n.local(clock.now()).date() - timedelta(days=days)
    begins = i18n.day_begins(since)
    sums = _sums(since)
    held = db.session.execute(
        select(
            func.coalesce(func.sum(Balance.spendable).filter(Balance.spendable > 0), 0),
            func.coalesce(func.sum(Balance.matured).filter(Balance.matured > 0), 0),
            func.count().filter(Balance.spendable > 0),
            func.coalesce(func.sum(Balance.spendable).filter(Balance.spendable < 0), 0),
        )
    ).one()  # fmt: skip
    figures = [
        *_points(sums, held), *_money(begins), _shares(since), *sources.figures(begins),
    ]  # fmt: skip
    return Overview(figures, _chart())


def _sums(since: date) -> dict[tuple[Account, EntryKind], int]:
    e = LedgerEntry
    rows = db.session.execute(
        select(e.account, e.kind, func.sum(e.granted))
        .where(e.effective_day > since)
        .group_by(e.account, e.kind)
    )
    return {(account, kind): int(total or 0) for account, kind, total in rows}


def _points(sums: dict[tuple[Account, EntryKind], int], held: Any) -> list[Figure]:
    def total(what: str) -> int:
        account, kinds = LISTS[what]
        return sum(sums.get((account, kind), 0) for kind in kinds)

    return [
        Figure(
            TITLES["issued"], number(total("issued")),
            _("Points to spend earned or given by hand in this period, less what was taken back of that time."), "issued",
        ),
        Figure(TITLES["reputation"], number(total("reputation")), _("The same for reputation, which is never spent."), "reputation"),
        Figure(
            TITLES["spent"], number(-total("spent")),
            _("Points exchanged for rewards in this period, less what was given back."), "spent",
        ),
        Figure(
            TITLES["expired"], number(-total("expired")),
            _("Points that ended unused in this period, twelve months after they were earned."), "expired",
        ),
        Figure(
            _("Points held now"), number(int(held[0])),
            _(
                "All points members have at this moment; to be spent now: %(usable)s; members with points: %(members)s; debts, not counted here: %(debts)s.",
                usable=number(int(held[1])), members=number(held[2]), debts=number(-int(held[3])),
            ), "held",
        ),
    ]  # fmt: skip


def _money(begins: datetime) -> list[Figure]:
    owed = db.session.execute(
        select(Promotion.currency, func.sum(Promotion.liability_minor)).group_by(Promotion.currency)
    ).all()
    spent = dict(
        db.session.execute(
            select(Promotion.currency, func.sum(Coupon.liability_minor))
            .join(Promotion, Promotion.id == Coupon.promotion_id)
            .where(*handed_out(begins))
            .group_by(Promotion.currency)
        ).all()
    )
    solved = db.session.scalar(_solved(begins)) or 0
    each = [
        money(cost, currency)
        for currency, total in spent.items()
        if (cost := per(int(total or 0), solved)) is not None
    ]
    return [
        Figure(
            _("Liability"), ", ".join(money(int(total or 0), currency) for currency, total in owed) or "–",
            _("What discounts that are out may cost at worst, and what redeemed ones did cost (all time)."), "liability",
        ),
        Figure(TITLES["solved"], number(solved), _("Questions whose solution was marked in this period."), "solved"),
        Figure(
            _("Cost of a solved question"), ", ".join(each) or "–",
            _("The value of the discounts handed out in this period, divided by the questions solved in it."), "handed-out",
        ),
    ]  # fmt: skip


def handed_out(begins: datetime) -> tuple[Any, ...]:
    """Codes that were given since a moment and that are to be used, or were."""
    states = (CouponState.ALLOCATED, CouponState.REDEEMED)
    return Coupon.state.in_(states), Coupon.allocated_at >= begins


def _solved(begins: datetime) -> Any:
    post = Post.__table__
    question = Question.__table__
    return (
        select(func.count())
        .select_from(question.join(post, post.c.id == question.c.id))
        .where(question.c.accepted_at >= begins, post.c.state == PostState.PUBLISHED)
    )


def _earned(since: date) -> Any:
    e = LedgerEntry
    total = func.sum(e.granted)
    return (
        select(e.member_id, total.label("total"))
        .where(
            e.account == Account.REPUTATION,
            e.effective_day > since,
            e.kind.in_((EntryKind.EARN, EntryKind.REVERSE)),
        )
        .group_by(e.member_id)
        .having(total > 0)
    )


def _shares(since: date) -> Figure:
    found = gini(total for _member, total in db.session.execute(_earned(since)))
    return Figure(
        _("How unequal it is (Gini)"), "–" if found is None else i18n.number(round(found, 2)),
        _(
            "Reputation earned in this period, among those who earned any: 0 when all earned the same, near 1 when one member "
            "earned everything."
        ), "shares",
    )  # fmt: skip


def _chart() -> Chart:
    e = LedgerEntry
    months = months_back(i18n.local(clock.now()).date(), MONTHS)
    rows = db.session.execute(
        select(e.effective_day, e.kind, func.sum(e.granted))
        .where(e.account == Account.SPENDABLE, e.effective_day >= months[0], e.kind.in_((*GRANTED, *USED)))
        .group_by(e.effective_day, e.kind)
    )
    issued: dict[date, int] = defaultdict(int)
    spent: dict[date, int] = defaultdict(int)
    for day, kind, total in rows:
        if kind in USED:
            spent[day] -= int(total or 0)
        else:
            issued[day] += int(total or 0)
    first, second = by_month(months, issued), by_month(months, spent)
    return Chart(bars([first, second]), list(zip(months, first, second, strict=True)))


# --- the lists ----------------------------------------------------------------------------------------------------


def title_of(what: str) -> Sentence | None:
    """What a list is called; None where there is none."""
    more = sources.listing(what)
    return more.title if more else TITLES.get(what)


def lines(actor: Actor, what: str, days: int, after: str | None = None, size: int = 40) -> Page[Line]:
    """The list behind a figure, a part at a time."""
    require(can_see_costs(actor))
    since = i18n.local(clock.now()).date() - timedelta(days=days)
    more = sources.listing(what)
    if more is not None:
        return more.lines(i18n.day_begins(since), after, size)
    if what in LISTS:
        account, kinds = LISTS[what]
        e = LedgerEntry
        return entries(
            (e.account == account, e.kind.in_(kinds), e.effective_day > since, e.granted != 0), after, size
        )
    if what == "held":
        query = keyset(
            select(Balance.member_id, Balance.spendable),
            Balance.spendable,
            Balance.member_id,
            after,
            size,
            by_time=False,
        )
        return _members(db.session.execute(query.where(Balance.spendable > 0)).all(), size)
    if what == "shares":
        earned = _earned(since).subquery()
        query = keyset(
            select(earned.c.member_id, earned.c.total),
            earned.c.total,
            earned.c.member_id,
            after,
            size,
            by_time=False,
        )
        return _members(db.session.execute(query).all(), size)
    if what == "solved":
        return _solutions(i18n.day_begins(since), after, size)
    if what == "handed-out":
        return _codes(i18n.day_begins(since), after, size)
    return _discounts(after, size)


def entries(criteria: tuple[Any, ...], after: str | None, size: int) -> Page[Line]:
    """Lines of the ledger, the newest first."""
    e, question = LedgerEntry, Question.__table__
    query = select(
        e.id, e.member_id, e.rule_key, e.granted, e.occurred_at, e.question_id, question.c.slug
    ).outerjoin(question, question.c.id == e.question_id)
    query = query.where(*criteria)
    page = page_of(
        list(db.session.execute(keyset(query, e.occurred_at, e.id, after, size))),
        size,
        lambda row: (row.occurred_at, row.id),
    )
    who = cards(row.member_id for row in page.items)
    return Page(
        [
            Line(
                who[row.member_id], WORDS.get(row.rule_key, row.rule_key), number(row.granted), row.occurred_at,
                row.question_id, row.slug or "",
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


def _members(rows: Any, size: int) -> Page[Line]:
    page = page_of(list(rows), size, lambda row: (row[1], row[0]))
    who = cards(row[0] for row in page.items)
    return Page([Line(who[row[0]], "", number(row[1]), None) for row in page.items], page.next)


def _solutions(begins: datetime, after: str | None, size: int) -> Page[Line]:
    post, question = Post.__table__, Question.__table__
    answer = post.alias("answer")
    query = (
        select(question.c.id, question.c.title, question.c.slug, question.c.accepted_at, answer.c.author_id)
        .select_from(question.join(post, post.c.id == question.c.id))
        .outerjoin(answer, answer.c.id == question.c.accepted_answer_id)
        .where(question.c.accepted_at >= begins, post.c.state == PostState.PUBLISHED)
    )
    query = keyset(query, question.c.accepted_at, question.c.id, after, size)
    page = page_of(list(db.session.execute(query)), size, lambda row: (row.accepted_at, row.id))
    who = cards(row.author_id for row in page.items)
    return Page(
        [Line(who[row.author_id], row.title, "", row.accepted_at, row.id, row.slug) for row in page.items],
        page.next,
    )


def _discounts(after: str | None, size: int) -> Page[Line]:
    query = keyset(select(Promotion), Promotion.created_at, Promotion.id, after, size)
    page = page_of(list(db.session.scalars(query)), size, lambda one: (one.created_at, one.id))
    nobody = cards([])[None]
    return Page(
        [
            Line(nobody, one.title(i18n.language()), money(one.liability_minor, one.currency), one.created_at)
            for one in page.items
        ],
        page.next,
    )


def _codes(begins: datetime, after: str | None, size: int) -> Page[Line]:
    query = select(Coupon.id, Coupon.member_id, Coupon.allocated_at, Coupon.liability_minor, Promotion)
    query = query.join(Promotion, Promotion.id == Coupon.promotion_id).where(*handed_out(begins))
    rows = list(db.session.execute(keyset(query, Coupon.allocated_at, Coupon.id, after, size)))
    page = page_of(rows, size, lambda row: (row.allocated_at, row.id))
    who, language = cards(row.member_id for row in page.items), i18n.language()
    return Page(
        [
            Line(
                who[row.member_id], row.Promotion.title(language), money(row.liability_minor, row.Promotion.currency),
                row.allocated_at,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip
