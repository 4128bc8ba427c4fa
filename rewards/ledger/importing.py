"""Book the facts of an imported forum, many at a time, each at its own date.

Fills the port `forum.importers.booking`. A fact's cause is unique, so a second run books nothing; a fact that no
longer holds is undone like any other. Caps and limits are those of the day the fact happened on. Nobody is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, i18n
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from forum.importers.booking import Fact, FactKind
from forum.questions.rules import PostKind
from rewards.ledger import balances, booking, truth
from rewards.ledger.booking import Place
from rewards.ledger.limits import limits, rules
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import (
    CAPPED,
    Account,
    Amounts,
    Cause,
    CauseType,
    EntryKind,
    Limits,
    Pay,
    Rule,
    Used,
    acceptance_pay,
    asker_pay,
    available_at,
    fit,
    is_fast,
    plain_pay,
    vote_pay,
)

CHUNK = 2000
SHARE = 500
NOBODY: frozenset[int] = frozenset()


@dataclass
class _Memory:
    """What the limits need to remember through one import: filled from the lines, then kept up to date."""

    limits: Limits
    rules: dict[str, Rule]
    staff: frozenset[int]
    days: dict[tuple[int, date], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    months: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))
    votes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    pairs: dict[tuple[int, int], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    thanked: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))
    first_accepts: set[int] = field(default_factory=set)
    loaded_members: set[int] = field(default_factory=set)
    loaded_posts: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)


def book_imported(facts: Iterable[Fact]) -> set[int]:
    """Book every fact that is not booked, undo what no longer holds; then the sums are made anew.

    Opens its own units of work. Returns the members whose ledger changed.
    """
    memory = _Memory(limits(), rules(), _staff())
    for chunk in _chunks(facts):
        with unit_of_work():
            _book_chunk(chunk, memory)
    balances.rebuild(memory.touched)
    return memory.touched


def _chunks(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    stream = iter(facts)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _staff() -> frozenset[int]:
    return frozenset(db.session.scalars(select(Member.id).where(Member.role.in_(STAFF))))


def _cause(fact: Fact) -> Cause:
    """An imported acceptance has the same cause as one made here, so that the two can never pay twice."""
    if fact.kind == FactKind.ACCEPTED:
        return Cause(CauseType.ACCEPTED, str(fact.post_id))
    return Cause(CauseType.IMPORTED_UPVOTE, fact.cause.partition(":")[2])


def _book_chunk(facts: list[Fact], memory: _Memory) -> None:
    known, live = _known(facts)
    gone = [f for f in facts if not (f.holds and f.author_id) and (_cause(f).type, _cause(f).id) in live]
    back = [f for f in facts if f.holds and f.author_id and (_cause(f).type, _cause(f).id) in known - live]
    new = [
        f
        for f in facts
        if f.holds and f.author_id is not None and (_cause(f).type, _cause(f).id) not in known
    ]
    for fact in gone:
        _undo(fact, memory)
    for fact in back:
        _redo(fact, memory)
    _undo_thanks_of_nobody(facts, memory)
    if not new:
        return
    posts = {}
    ids = sorted({f.post_id for f in new})
    for start in range(0, len(ids), SHARE):
        posts.update(truth.posts(ids[start : start + SHARE]))
    _remember_members({m for f in new for m in (f.author_id, f.asker_id) if m is not None}, memory)
    _remember_posts({f.post_id for f in new}, memory)
    rows: list[dict[str, Any]] = []
    for fact in new:
        about = posts.get(fact.post_id)
        if about is None or not about.visible or about.kind == PostKind.COMMENT:
            continue
        make = _accepted if fact.kind == FactKind.ACCEPTED else _upvoted
        rows += make(fact, about, memory)
    insert_many(LedgerEntry, rows, once=True)
    memory.touched.update(row["member_id"] for row in rows)


def _known(facts: list[Fact]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Causes that have a line, and those whose last line is live."""
    by_type: dict[CauseType, list[str]] = defaultdict(list)
    for fact in facts:
        cause = _cause(fact)
        by_type[cause.type].append(cause.id)
    balance: dict[tuple[str, str], int] = defaultdict(int)
    e = LedgerEntry
    for cause_type, ids in by_type.items():
        for start in range(0, len(ids), SHARE):
            rows = db.session.execute(
                select(e.cause_type, e.cause_id, e.kind).where(
                    e.cause_type == cause_type, e.cause_id.in_(ids[start : start + SHARE])
                )
            )
            for row in rows:
                balance[row.cause_type, row.cause_id] += 1 if row.kind == EntryKind.EARN else -1
    return set(balance), {key for key, count in balance.items() if count > 0}


def _lines_of(fact: Fact) -> ColumnElement[bool]:
    """The lines of a fact, with what is tied to an acceptance."""
    e = LedgerEntry
    cause = _cause(fact)
    criteria: ColumnElement[bool] = (e.cause_type == cause.type) & (e.cause_id == cause.id)
    if fact.kind == FactKind.ACCEPTED:
        tied = (CauseType.FAST, CauseType.ASKER)
        criteria = or_(criteria, e.cause_type.in_(tied) & (e.cause_id == cause.id))
    return criteria


def _undo(fact: Fact, memory: _Memory) -> None:
    """The fact no longer holds, or its author left the other site without a trace."""
    lines = booking.live_lines(_lines_of(fact))
    booking.reverse(lines, None, "undone")
    memory.touched.update(line.member_id for line in lines)


def _redo(fact: Fact, memory: _Memory) -> None:
    """It holds once more: what it had earned comes back, where the forum agrees."""
    about = truth.post(fact.post_id)
    for line in booking.last_undone_lines(_lines_of(fact)):
        if about is not None and truth.holds(line.cause.type, line.cause.id, about):
            booking.bring_back(line, None)
            memory.touched.add(line.member_id)


def _undo_thanks_of_nobody(facts: list[Fact], memory: _Memory) -> None:
    """Askers who left the other site keep nothing for having marked a solution there."""
    posts = [f.post_id for f in facts if f.kind == FactKind.ACCEPTED and f.asker_id is None]
    for start in range(0, len(posts), SHARE):
        thanks = LedgerEntry.cause_type.in_((CauseType.ASKER, CauseType.FIRST_ACCEPT))
        lines = booking.live_lines(thanks, LedgerEntry.post_id.in_(posts[start : start + SHARE]))
        booking.reverse(lines, None, "undone")
        memory.touched.update(line.member_id for line in lines)


# --- one fact ---------------------------------------------------------------------------------------------------


def _accepted(fact: Fact, about: truth.PostFacts, memory: _Memory) -> list[dict[str, Any]]:
    own = fact.author_id == fact.asker_id
    author_id, asker_id = fact.author_id, fact.asker_id
    assert author_id is not None
    table, bounds = memory.rules, memory.limits
    key = str(fact.post_id)
    since = fact.occurred_at - bounds.pair_window
    pair = memory.pairs[asker_id or 0, author_id]
    pair[:] = [moment for moment in pair if moment > since]
    pay = acceptance_pay(
        table["answer.accepted"], own=own, staff=author_id in memory.staff, limits=bounds, already=Amounts(),
        paid_in_window=len(pair) if asker_id is not None else 0,
    )  # fmt: skip
    rows = _rows(
        author_id, table["answer.accepted"], Cause(CauseType.ACCEPTED, key), pay, fact, about, memory
    )
    if pay.payable:
        pair.append(fact.occurred_at)
    if is_fast(about.asked_at, about.published_at, bounds):
        fast = plain_pay(table["answer.fast"], own=own, staff=author_id in memory.staff)
        rows += _rows(author_id, table["answer.fast"], Cause(CauseType.FAST, key), fast, fact, about, memory)
    if asker_id is not None:
        rows += _thanked(fact, about, memory, own)
    return rows


def _thanked(fact: Fact, about: truth.PostFacts, memory: _Memory, own: bool) -> list[dict[str, Any]]:
    asker_id = fact.asker_id
    assert asker_id is not None
    rule, staff = memory.rules["asker.accepted"], asker_id in memory.staff
    day = (asker_id, i18n.local(fact.occurred_at).date())
    pay = asker_pay(rule, own=own, staff=staff, paid_today=memory.thanked[day], limits=memory.limits)
    rows = _rows(asker_id, rule, Cause(CauseType.ASKER, str(fact.post_id)), pay, fact, about, memory)
    memory.thanked[day] += bool(pay.payable)
    if not own and asker_id not in memory.first_accepts:
        memory.first_accepts.add(asker_id)
        first = memory.rules["onboard.first_accept"]
        cause = Cause(CauseType.FIRST_ACCEPT, str(asker_id))
        rows += _rows(asker_id, first, cause, plain_pay(first, staff=staff), fact, about, memory)
    return rows


def _upvoted(fact: Fact, about: truth.PostFacts, memory: _Memory) -> list[dict[str, Any]]:
    assert fact.author_id is not None
    answer = about.kind == PostKind.ANSWER
    rule = memory.rules["answer.upvoted" if answer else "question.metoo"]
    pay = vote_pay(
        rule, own=False, staff=fact.author_id in memory.staff, strong_voter=True, limits=memory.limits,
        paid_on_post=memory.votes[fact.post_id],
        most_per_post=memory.limits.kudos_per_answer if answer else memory.limits.me_too_per_question,
    )  # fmt: skip
    memory.votes[fact.post_id] += bool(pay.payable)
    return _rows(fact.author_id, rule, _cause(fact), pay, fact, about, memory)


def _rows(
    member_id: int, rule: Rule, cause: Cause, pay: Pay, fact: Fact, about: truth.PostFacts, memory: _Memory
) -> list[dict[str, Any]]:
    day = i18n.local(fact.occurred_at).date()
    today, month = memory.days[member_id, day], (member_id, day.replace(day=1))
    used = Used(Amounts(*today), memory.months[month])
    fitted = fit(pay, capped=rule.capped, used=used, limits=memory.limits)
    if rule.capped:
        today[0] += fitted.payable.reputation
        today[1] += fitted.payable.spendable
    memory.months[month] += fitted.payable.spendable
    place = Place(about.id, about.question_id, about.category_id)
    return [
        {
            "member_id": member_id, "account": account, "kind": EntryKind.EARN, "requested": fitted.requested.of(account),
            "granted": fitted.payable.of(account), "rule_key": rule.key, "rule_version": rule.version,
            "cause_type": cause.type, "cause_id": cause.id, "cause_seq": 1, "post_id": place.post_id,
            "question_id": place.question_id, "category_id": place.category_id, "occurred_at": fact.occurred_at,
            "effective_day": day, "available_at": available_at(account, fact.occurred_at, memory.limits),
            "created_at": clock.now(), "note": fitted.withheld.value if fitted.withheld else "",
        }
        for account in Account
        if rule.amounts.of(account)
    ]  # fmt: skip


# --- what earlier lines used ------------------------------------------------------------------------------------


def _remember_members(member_ids: set[int], memory: _Memory) -> None:
    new = sorted(member_ids - memory.loaded_members)
    memory.loaded_members.update(new)
    e = LedgerEntry
    earned = (e.kind == EntryKind.EARN, e.restores_id.is_(None))
    for start in range(0, len(new), SHARE):
        part = e.member_id.in_(new[start : start + SHARE])
        capped = func.sum(e.granted).filter(e.rule_key.in_(CAPPED))
        thanks = func.count().filter(e.rule_key == "asker.accepted", e.granted > 0)
        rows = db.session.execute(
            select(e.member_id, e.account, e.effective_day, capped, func.sum(e.granted), thanks)
            .where(part, *earned)
            .group_by(e.member_id, e.account, e.effective_day)
        )
        for member_id, account, day, in_caps, total, thanked in rows:
            memory.days[member_id, day][0 if account is Account.REPUTATION else 1] += in_caps or 0
            memory.thanked[member_id, day] += thanked
            if account is Account.SPENDABLE:
                memory.months[member_id, day.replace(day=1)] += total
        memory.first_accepts.update(
            db.session.scalars(
                select(e.member_id).where(part, e.cause_type == CauseType.FIRST_ACCEPT).distinct()
            )
        )


def _remember_posts(post_ids: set[int], memory: _Memory) -> None:
    new = sorted(post_ids - memory.loaded_posts)
    memory.loaded_posts.update(new)
    e = LedgerEntry
    for start in range(0, len(new), SHARE):
        rows = db.session.execute(
            select(e.post_id, func.count())
            .where(
                e.post_id.in_(new[start : start + SHARE]), e.rule_key.in_(("answer.upvoted", "question.metoo")),
                e.account == Account.REPUTATION, e.kind == EntryKind.EARN, e.granted > 0,
            )
            .group_by(e.post_id)
        )  # fmt: skip
        for post_id, count in rows:
            assert post_id is not None, "chosen by its id"
            memory.votes[post_id] += count
