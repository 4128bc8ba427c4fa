"""Any sequence of acts in the forum, by the verbs the pages call, keeps the books: sums, days, and every cause alive."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.signin.sessions import actor_of
from common import clock
from common.db import db, insert_many
from common.errors import Conflict, Refusal
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Kudos
from forum.reactions import annulling
from forum.reactions.voting import give_kudos, me_too, withdraw_kudos, withdraw_me_too
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from rewards.ledger import booking, expiring, verifying
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.rules import Cause, CauseType, EntryKind
from tests.conftest import START, actor_named

numbers = count(8001)
which = st.integers(0, 2)


class Forum(RuleBasedStateMachine):
    """A question, three answers and whoever votes; new members each time, in a database that is thrown away."""

    question_of = answer_of = None
    steps, erased = 0, False

    @initialize()
    def begin(self):
        clock.travel(timedelta(days=40))
        self.ids = [next(numbers) for _ in range(4)]
        joined = clock.now() - timedelta(days=90)
        with unit_of_work():
            insert_many(
                Member,
                [
                    {
                        "id": n, "email": f"a{n}@example.com", "email_key": f"a{n}@example.com", "email_verified_at": joined,
                        "display_name": f"Helper {n}", "name_key": f"helper {n}", "slug": f"helper-{n}", "language": "en",
                        "joined_at": joined, "rank": 2,
                    }
                    for n in self.ids
                ],
            )  # fmt: skip
        self.question = type(self).question_of(self.who(0), title=f"Question {self.ids[0]}")
        clock.travel(timedelta(minutes=20))
        self.answers = [
            type(self).answer_of(self.who(n), self.question, body=f"Answer {n} to it.") for n in (1, 2, 3)
        ]

    def who(self, number):
        actor = actor_of(db.session.get_one(Member, self.ids[number]))
        db.session.rollback()
        return actor

    def post(self, number):
        return self.question if number == 3 else self.answers[number]

    def act(self, work, *arguments):
        """What is refused changes nothing; the invariants look after it, too."""
        with suppress(Refusal):
            work(*arguments)
        db.session.rollback()

    @rule(answer=which)
    def accept(self, answer):
        self.act(accept_answer, self.who(0), self.question, self.answers[answer])

    @rule()
    def unaccept(self):
        self.act(unaccept_answer, self.who(0), self.question)

    @rule(answer=which, undo=st.booleans())
    def recommend(self, answer, undo):
        self.act(withdraw_endorsement if undo else endorse_answer, actor_named("sam"), self.answers[answer])

    @rule(voter=st.integers(0, 3), answer=which, undo=st.booleans())
    def vote(self, voter, answer, undo):
        self.act(withdraw_kudos if undo else give_kudos, self.who(voter), self.answers[answer])

    @rule(voter=st.integers(1, 3), undo=st.booleans())
    def have_it_too(self, voter, undo):
        self.act(withdraw_me_too if undo else me_too, self.who(voter), self.question)

    @rule(answer=which, undo=st.booleans())
    def annul_or_restore_a_vote(self, answer, undo):
        """The rules against abuse reverse what a vote has paid."""
        kudos_id = db.session.scalar(select(Kudos.id).where(Kudos.post_id == self.answers[answer]).limit(1))
        if kudos_id is not None:
            with unit_of_work():
                self.act(annulling.restore_kudos if undo else annulling.annul_kudos, kudos_id)

    @rule(post=st.integers(0, 3), move=st.sampled_from(["restore", "hide", "remove"]))
    def remove_or_restore(self, post, move):
        self.act(getattr(publishing, move), actor_named("mo"), self.post(post))

    @rule(member=st.integers(0, 3), cost=st.integers(1, 12), number=st.integers(1, 2))
    def spend(self, member, cost, number):
        have = db.session.scalar(select(Balance.matured).where(Balance.member_id == self.ids[member])) or 0
        with suppress(Conflict):
            booking.spend(self.who(member), cost, Cause(CauseType.COUPON, f"{self.ids[member]}-{number}"))
        db.session.rollback()
        left = db.session.scalar(select(Balance.matured).where(Balance.member_id == self.ids[member])) or 0
        assert left >= min(0, have), "spending never makes a debt"

    @rule(member=st.integers(0, 3), number=st.integers(1, 2))
    def give_back(self, member, number):
        booking.refund(self.ids[member], Cause(CauseType.COUPON, f"{self.ids[member]}-{number}"), None)

    @rule(hours=st.integers(1, 90))
    def wait(self, hours):
        clock.travel(timedelta(hours=hours))

    @rule(months=st.integers(1, 7))
    def expire(self, months):
        clock.travel(timedelta(days=31 * months))
        expiring.expire_due()
        assert expiring.expire_due() == 0

    @precondition(lambda self: self.steps > 15 and not self.erased)
    @rule(member=st.integers(0, 3))
    def erase(self, member):
        self.erased = True
        self.act(close_account, actor_named("root"), self.ids[member])

    @invariant()
    def the_books_are_true(self):
        self.steps += 1
        db.session.rollback()
        assert list(verifying.all_faults()) == []


def test_any_sequence_of_acts_keeps_the_books(app, make_question, make_answer):
    """Three runs of forty acts in the ordinary suite; ``FOURMI_LEDGER_EXAMPLES=300`` is the full size (docs/rewards.md)."""
    clock.travel(START)
    Forum.question_of, Forum.answer_of = staticmethod(make_question), staticmethod(make_answer)
    full = int(os.environ.get("FOURMI_LEDGER_EXAMPLES", "0"))
    profile = settings(
        max_examples=full or 3, stateful_step_count=50 if full else 40, deadline=None, print_blob=True, database=None,
        suppress_health_check=list(HealthCheck), derandomize=not full,
    )  # fmt: skip
    run_state_machine_as_test(Forum, settings=profile)
    booked = set(db.session.scalars(select(LedgerEntry.kind).distinct()))
    rare = {EntryKind.SPEND, EntryKind.REFUND, EntryKind.EXPIRE}
    assert booked >= ({EntryKind.EARN, EntryKind.REVERSE} | (rare if full >= 20 else set())), (
        "acts were not refused throughout"
    )
