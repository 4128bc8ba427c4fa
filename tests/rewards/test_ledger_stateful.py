"""Any sequence of earning, undoing, bringing back, spending and waiting keeps the books (invariants 1, 4, 7, 9, 10, 11)."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update

from accounts.members.models import Member
from common import clock, i18n
from common.db import db
from common.errors import Conflict
from common.permissions import SYSTEM, Actor
from common.unit_of_work import unit_of_work
from rewards.ledger import balances, booking, days, expiring
from rewards.ledger.booking import Place
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import CAPPED, RULES, Account, Amounts, Cause, CauseType, EntryKind, Pay
from tests.conftest import START

MEMBER = 902
WHO = Actor(member_id=MEMBER, role="member", rank=2, email_verified=True, joined_at=START)
rules_of_table = st.sampled_from(sorted(RULES))
causes = st.integers(1, 6)


class Books(RuleBasedStateMachine):
    """One member's ledger in a transaction that is thrown away at the end."""

    @initialize()
    def open(self):
        clock.travel(START)
        self.work = unit_of_work()
        self.work.__enter__()
        self.live: dict[Cause, Amounts] = {}
        self.spent: dict[str, int] = {}
        self.refunded: set[str] = set()

    def teardown(self):
        try:
            self.each_cause_is_worth_its_live_line_or_nothing()
            self.caps_hold_every_day()
        finally:
            self.throw_away()

    def throw_away(self):
        with suppress(RuntimeError):
            self.work.__exit__(RuntimeError, RuntimeError("thrown away"), None)

    def cause(self, key: str, number: int) -> Cause:
        return Cause(CauseType.KUDOS, f"{key}/{number}")

    @rule(key=rules_of_table, number=causes)
    def earn(self, key, number):
        cause, amounts = self.cause(key, number), RULES[key].amounts
        ids = booking.credit(MEMBER, RULES[key], cause, Pay(amounts, amounts), Place(), None)
        assert bool(ids) == (cause not in self.live)
        if ids:
            self.live[cause] = self.granted(ids)

    def granted(self, ids):
        rows = dict(
            db.session.execute(
                select(LedgerEntry.account, LedgerEntry.granted).where(LedgerEntry.id.in_(ids))
            ).all()
        )
        return Amounts(rows.get(Account.REPUTATION, 0), rows.get(Account.SPENDABLE, 0))

    @precondition(lambda self: self.live)
    @rule(which=st.integers(0, 20), times=st.integers(1, 3))
    def undo(self, which, times):
        cause = sorted(self.live, key=str)[which % len(self.live)]
        for _ in range(times):
            booking.reverse_cause(cause, None, "undone")
        self.live.pop(cause, None)
        assert self.sum(Account.SPENDABLE) >= self.out_by_choice(), "a debt is at most what was spent"

    @precondition(lambda self: self.live)
    @rule(which=st.integers(0, 20))
    def remove_and_restore(self, which):
        cause = sorted(self.live, key=str)[which % len(self.live)]
        booking.reverse_cause(cause, None, "removed")
        for line in booking.last_undone_lines(LedgerEntry.cause_id == cause.id):
            booking.bring_back(line, None)

    @rule(cost=st.integers(1, 120), number=st.integers(1, 8))
    def spend(self, cost, number):
        key, had = str(number), self.sum(Account.SPENDABLE, ripe=True)
        reputation = self.sum(Account.REPUTATION)
        try:
            paid = booking.spend(WHO, cost, Cause(CauseType.COUPON, key))
        except Conflict:
            assert had < cost and key not in self.spent
            return
        assert (paid is None) == (key in self.spent)
        if paid is not None:
            assert had >= cost
            self.spent[key] = cost
        assert self.sum(Account.REPUTATION) == reputation

    @rule(number=st.integers(1, 8))
    def refund(self, number):
        key = str(number)
        back = booking.refund(MEMBER, Cause(CauseType.COUPON, key), None)
        assert (back is not None) == (key in self.spent and key not in self.refunded)
        if back is not None:
            self.refunded.add(key)

    @rule(points=st.integers(-30, 60), number=st.integers(1, 4))
    def adjust(self, points, number):
        if points:
            booking.adjust(SYSTEM, MEMBER, Amounts(points, points), f"by-hand-{number}", "For the test")

    @rule(hours=st.integers(1, 90))
    def wait(self, hours):
        clock.travel(timedelta(hours=hours))

    @rule(months=st.integers(1, 7))
    def expire(self, months):
        """Time passes, and what is past it goes: the oldest first, once, never below zero."""
        clock.travel(timedelta(days=31 * months))
        before = self.sum(Account.SPENDABLE)
        expiring.expire_due()
        gone = before - self.sum(Account.SPENDABLE)
        assert 0 <= gone <= max(0, before)
        assert expiring.expire_due() == 0

    @rule()
    def erase(self):
        """The account is closed: sums are kept for what they are, without a name."""
        before = self.sum(Account.REPUTATION), self.sum(Account.SPENDABLE)
        db.session.execute(
            update(Member).where(Member.id == MEMBER).values(closed_at=clock.now(), display_name="", slug="")
        )
        assert before == (self.sum(Account.REPUTATION), self.sum(Account.SPENDABLE))

    # --- what always holds --------------------------------------------------------------------------------------

    def sum(self, account, ripe=False):
        query = select(func.coalesce(func.sum(LedgerEntry.granted), 0)).where(
            LedgerEntry.member_id == MEMBER, LedgerEntry.account == account
        )
        return db.session.scalar(query.where(LedgerEntry.available_at <= clock.now()) if ripe else query)

    @invariant()
    def balances_are_the_sums(self):
        if not hasattr(self, "work"):
            return
        balances.lock([MEMBER])
        row = db.session.execute(
            select(Balance.reputation, Balance.spendable, Balance.matured).where(Balance.member_id == MEMBER)
        ).one()
        assert row.reputation == self.sum(Account.REPUTATION)
        assert row.spendable == self.sum(Account.SPENDABLE)
        assert row.matured == self.sum(Account.SPENDABLE, ripe=True)
        assert list(days.wrong()) == []

    def out_by_choice(self):
        """All that was spent or taken by hand: what time took is nobody's debt."""
        chosen = (LedgerEntry.kind.in_((EntryKind.SPEND, EntryKind.ADJUST)), LedgerEntry.granted < 0)
        mine = (LedgerEntry.member_id == MEMBER, LedgerEntry.account == Account.SPENDABLE)
        return db.session.scalar(
            select(func.coalesce(func.sum(LedgerEntry.granted), 0)).where(*mine, *chosen)
        )

    def each_cause_is_worth_its_live_line_or_nothing(self):
        net: dict[tuple, int] = defaultdict(int)
        query = select(LedgerEntry.cause_id, LedgerEntry.account, func.sum(LedgerEntry.granted)).where(
            LedgerEntry.cause_type == CauseType.KUDOS
        )
        for cause_id, account, total in db.session.execute(
            query.group_by(LedgerEntry.cause_id, LedgerEntry.account)
        ):
            net[cause_id, account] = total
        for (cause_id, account), total in net.items():
            expected = self.live.get(Cause(CauseType.KUDOS, cause_id), Amounts())
            assert total == expected.of(account)

    def caps_hold_every_day(self):
        e = LedgerEntry
        earned = (
            e.kind == EntryKind.EARN,
            e.rule_key.in_(CAPPED),
            e.restores_id.is_(None),
            e.member_id == MEMBER,
        )
        query = (
            select(e.effective_day, e.account, func.sum(e.granted))
            .where(*earned)
            .group_by(e.effective_day, e.account)
        )
        for _day, account, total in db.session.execute(query):
            assert total <= (150 if account is Account.REPUTATION else 60)
        assert i18n.local(clock.now())


def test_any_sequence_keeps_the_books(app):
    """Thirty runs of fifty steps in the ordinary suite; ``FOURMI_LEDGER_EXAMPLES=300`` is the full size (docs/rewards.md)."""
    profile = settings(
        max_examples=int(
            os.environ.get("FOURMI_LEDGER_EXAMPLES", "12" if os.environ.get("FOURMI_BRIEF") else "30")
        ),
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(Books, settings=profile)


def test_a_ledger_that_forgets_an_undo_is_caught(app, monkeypatch):
    """The broken twin: bringing back twice what was granted."""
    honest = booking.bring_back
    monkeypatch.setattr(
        booking, "bring_back", lambda line, who, amounts=None: honest(line, who, line.granted * 2)
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=60,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
                phases=[Phase.generate],
                derandomize=True,
            ),
        )
