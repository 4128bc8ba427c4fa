"""Reads of the ledger, shaped for pages: balance, statement, what an act was worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, case, cast, func, or_, select

from accounts.masks.queries import is_of
from accounts.members.models import Member
from common import clock, i18n
from common.db import db
from common.i18n import Sentence, _
from common.lists import Page, keyset, mark, page_of
from forum.questions.models import Post, Question
from forum.questions.rules import NAMED
from rewards.ledger import days
from rewards.ledger.models import Balance, DaySum, LedgerEntry
from rewards.ledger.rules import Account, Cause, CauseType, EntryKind, Withheld

_question, _post = Question.__table__, Post.__table__


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a member has: reputation, points to spend now, points that become usable later, earned this month."""

    reputation: int
    available: int
    pending: int
    month: int


def wallet(member_id: int) -> Wallet:
    """A member's sums at this moment, exact to the second, however many lines there are. One query."""
    now = clock.now()
    month = days.earned_from(i18n.local(now).date().replace(day=1)).label("month")
    row = db.session.execute(
        select(Balance.reputation, Balance.spendable, Balance.matured, days.ripened_by(now).label("ripe"), month).where(
            Balance.member_id == member_id
        )
    ).first()  # fmt: skip
    if row is None:
        return Wallet(0, 0, 0, 0)
    available = row.matured + row.ripe
    return Wallet(row.reputation, available, row.spendable - available, row.month)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One act in the statement: both accounts together."""

    id: int
    what: Sentence | str
    reputation: int
    spendable: int
    requested: int
    occurred_at: datetime
    title: str | None
    question_id: int | None
    slug: str
    note: Sentence | str | None
    is_minus: bool
    usable_at: datetime | None
    lines: tuple[int, ...] = ()
    cause: Cause | None = None
    """What it is about, where other subjects know its name: a coupon, a gift, a trial, a mission."""


WORDS: dict[str, Sentence] = {
    "answer.accepted": _("Your answer is the solution"),
    "answer.endorsed": _("Your answer is recommended by the team"),
    "mission.done": _("Mission finished"),
    "answer.upvoted": _("Thumbs-up for your answer"),
    "question.metoo": _("Somebody has the same question"),
    "asker.accepted": _("You marked a solution"),
    "dup.linked": _("You found a question that was covered already"),
    "answer.fast": _("Solution within the hour"),
    "answer.rescue": _("Solution of a question nobody answered"),
    "tip.published": _("Your guide was published"),
    "tip.upvoted": _("Your tip or your guide helped somebody"),
    "flag.upheld": _("You reported something, and you were right"),
    "trial.report_on_time": _("Report of a product trial, in time"),
    "onboard.first_question": _("Your first question"),
    "onboard.first_answer": _("Your first answer"),
    "onboard.first_accept": _("Your first solution marked"),
    "coupon.claimed": _("Discount exchanged"),
    "coupon.refunded": _("Discount given back"),
    "lot.expired": _("Points past their time"),
    "staff.adjust": _("Line written by the team"),
}
"""The words of the points table and of the statement."""

UNDONE: dict[str, Sentence] = {
    "undone": _("the act was undone"),
    "removed": _("the message was removed"),
    "made-whole": _("booked anew at its full value"),
    "migrated": _("booked anew by another table of points"),
    "kept-aside": _("kept aside while an unusual pattern is looked at"),
}

ANNULLED_VOTES = _("Votes annulled (unusual pattern)")
ANNULLED_POINTS = _("Points annulled (unusual pattern)")
"""All that is ever said to a member of what the rules against abuse found; never a threshold (§A1.4)."""
VOTES = (CauseType.KUDOS, CauseType.QUESTION_KUDOS, CauseType.ME_TOO)
_UNUSUAL = _("not counted (unusual pattern)")

WITHHELD: dict[str, Sentence] = {
    Withheld.OWN.value: _("your own question: no points"),
    Withheld.STAFF.value: _("the team earns no points"),
    Withheld.PAIR.value: _("no more points between the same two people this month"),
    Withheld.WEAK_VOTER.value: _("the member is too new for their vote to bring points"),
    Withheld.POST_LIMIT.value: _("the most for one message is reached"),
    Withheld.WEEK_LIMIT.value: _("the most for one week is reached"),
    Withheld.DAY_LIMIT.value: _("the most for one day is reached"),
    Withheld.CAP_DAY.value: _("daily cap reached"),
    Withheld.CAP_MONTH.value: _("monthly cap reached"),
    Withheld.TOGGLES.value: _("done and undone too often: no points"),
    Withheld.RESTRICTED.value: _("a measure against the account was in force: no points"),
    Withheld.TOP_UP.value: _("completes an earlier recognition"),
    Withheld.CONCENTRATED.value: _UNUSUAL,
    Withheld.RECIPROCAL.value: _UNUSUAL,
    Withheld.SHARED_ORIGIN.value: _UNUSUAL,
}


def statement(
    member_id: int, after: str | None = None, size: int = 20, criteria: Sequence[Any] = ()
) -> Page[StatementLine]:
    """A member's lines, the newest first; the two accounts of one act are one line. One or two queries.

    A question that was hidden or removed is named to its author alone.
    """
    e = LedgerEntry
    named = or_(_post.c.state.in_(NAMED), is_of(_post.c.author_id, member_id))
    query = select(
        e.id, e.account, e.kind, e.requested, e.granted, e.rule_key, e.cause_type, e.cause_id, e.cause_seq,
        e.question_id, e.created_at, e.occurred_at, e.available_at, e.note, case((named, _question.c.title)).label("title"),
        _question.c.slug,
    ).outerjoin(_question, _question.c.id == e.question_id).outerjoin(
        _post, _post.c.id == e.question_id
    ).where(e.member_id == member_id, *criteria)  # fmt: skip
    rows = list(db.session.execute(keyset(query, e.occurred_at, e.id, after, size * 2)))
    groups: list[list] = []
    for row in rows:
        if groups and _same_act(groups[-1][0], row):
            groups[-1].append(row)
        else:
            groups.append([row])
    if len(rows) > size * 2:
        groups = groups[:-1]  # its other half may stand on the next page
    page = page_of(groups, size, lambda group: (group[-1].occurred_at, group[-1].id))
    if page.next is None and len(rows) > size * 2 and groups:
        page = Page(page.items, mark(groups[-1][-1].occurred_at, groups[-1][-1].id))
    return Page([_line(group) for group in page.items], page.next)


def _same_act(a, b) -> bool:
    same = (a.cause_type, a.cause_id, a.cause_seq, a.kind) == (b.cause_type, b.cause_id, b.cause_seq, b.kind)
    return same and a.account != b.account


def _line(group: list) -> StatementLine:
    first = group[0]
    by_account = {row.account: row.granted for row in group}
    reputation, spendable = by_account.get(Account.REPUTATION, 0), by_account.get(Account.SPENDABLE, 0)
    words = WORDS.get(first.rule_key, first.rule_key)
    note: Sentence | str | None = WITHHELD.get(first.note)
    if first.rule_key.startswith("fraud."):
        words = ANNULLED_VOTES if first.cause_type in VOTES else ANNULLED_POINTS
    elif first.kind is EntryKind.REVERSE:
        words = _("%(what)s: undone", what=words)
        note = UNDONE.get(first.note)
    elif first.kind is EntryKind.ADJUST:
        note = first.note
    elif first.cause_type is CauseType.GIFT:
        words = _("Gift exchanged") if first.kind is EntryKind.SPEND else _("Gift given back")
    later = [row.available_at for row in group if row.account is Account.SPENDABLE and row.granted > 0]
    usable = later[0] if later and later[0] > clock.now() and first.kind is EntryKind.EARN else None
    return StatementLine(
        id=first.id, what=words, reputation=reputation, spendable=spendable, requested=sum(row.requested for row in group),
        occurred_at=first.occurred_at, title=first.title, question_id=first.question_id, slug=first.slug or "",
        note=note, is_minus=reputation + spendable < 0, usable_at=usable,
        lines=tuple(row.id for row in group),
        cause=Cause(first.cause_type, first.cause_id),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class News:
    """A booked line worth telling: ``key`` is the same for every time one act is undone and done again."""

    key: str
    post_id: int | None
    question_id: int | None


def news_of(entry_id: int) -> News | None:
    """What to tell about a line: recognised answers only, the rest stands in the statement. One query."""
    e = LedgerEntry
    told = (e.id == entry_id, e.rule_key.in_(("answer.accepted", "answer.endorsed")), e.restores_id.is_(None))
    row = db.session.execute(select(e.cause_type, e.cause_id, e.post_id, e.question_id).where(*told)).first()
    return News(f"points:{row.cause_type}:{row.cause_id}", row.post_id, row.question_id) if row else None


def reputation_since(member_ids: Iterable[int], day) -> dict[int, int]:
    """Reputation earned since a civil day, for rank windows. One query."""
    d = DaySum
    rows = db.session.execute(
        select(d.member_id, func.sum(d.reputation))
        .where(d.member_id.in_(list(member_ids)), d.day > day)
        .group_by(d.member_id)
    )
    return {member_id: int(total) for member_id, total in rows}


def top_since(since: datetime, size: int = 4) -> list[tuple[int, int]]:
    """Members whose answers were accepted most since a moment, but private ones: (member id, solutions). One query."""
    e, private = LedgerEntry, select(Member.id).where(Member.is_private)
    net = func.sum(cast(e.kind == EntryKind.EARN, Integer) - cast(e.kind == EntryKind.REVERSE, Integer))
    rows = db.session.execute(
        select(e.member_id, net)
        .where(
            e.cause_type == CauseType.ACCEPTED,
            e.account == Account.REPUTATION,
            e.occurred_at >= since,
            e.granted != 0,
            e.member_id.not_in(private),
        )
        .group_by(e.member_id)
        .having(net > 0)
        .order_by(net.desc(), func.sum(e.granted).desc(), e.member_id)
        .limit(size)
    )
    return [(member_id, int(count)) for member_id, count in rows]


def has_debt(member_id: int) -> bool:
    """Whether reversals took more than was there: nothing can be spent until it is earned again."""
    return (db.session.scalar(select(Balance.matured).where(Balance.member_id == member_id)) or 0) < 0
