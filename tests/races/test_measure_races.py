"""Two people at once about one member: one strike for an act, one ban, one answer to an appeal."""

import threading
import time
from functools import partial

import pytest

from accounts.members.models import Member
from common.db import db
from common.errors import Refusal
from common.permissions import ANONYMOUS
from moderation.review.rules import Reason
from moderation.sanctions import appealing, banning, sanctioning, striking
from moderation.sanctions.models import Appeal, Sanction, Statement, Strike
from moderation.sanctions.strike_rules import StrikeCause


@pytest.fixture
def at_once(app):
    """Run acts in threads of their own that start together; returns how many succeeded."""

    def run(*acts):
        gate, done = threading.Barrier(len(acts)), []

        def one(act):
            with app.app_context():
                gate.wait()
                try:
                    done.append(act() is not None)
                except Refusal:
                    done.append(False)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()
        return done

    return run


def test_the_same_form_sent_twice_is_one_strike(at_once, mo, ben):
    act = lambda: striking.strike(mo, ben.member_id, StrikeCause.INSULT, "", "form:one")  # noqa: E731
    assert sum(at_once(act, act, act)) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Sanction)) == 1


def test_a_strike_that_looks_before_it_writes_would_be_given_twice(at_once, mo, ben):
    """The racy twin: the act is looked up in one transaction and its points are written in another, under no key of its
    own."""

    def careless(number):
        known = db.session.scalar(db.select(Strike.id).where(Strike.key.like("form:one%")))
        db.session.rollback()
        time.sleep(0.05)
        return (
            striking.strike(mo, ben.member_id, StrikeCause.INSULT, "", f"form:one{number}")
            if known is None
            else None
        )

    assert sum(at_once(*(partial(careless, number) for number in range(4)))) > 1


def test_two_strikes_at_once_are_summed_by_whoever_comes_second(at_once, mo, max_, ben):
    acts = [
        lambda key=key, who=who: striking.strike(who, ben.member_id, StrikeCause.INSULT, "", f"form:{key}")
        for key, who in enumerate((mo, max_))
    ]
    assert sum(at_once(*acts)) == 2
    kinds = sorted(db.session.scalars(db.select(Sanction.kind)))
    assert [str(kind) for kind in kinds] == ["silence", "suspension"]
    assert db.session.get(Member, ben.member_id).suspended_until is not None
    assert db.session.scalar(db.select(db.func.count()).select_from(Strike)) == 2


def test_a_ban_is_confirmed_once(at_once, mo, max_, root, ben):
    ban = banning.propose(mo, ben.member_id, Reason.HATE, "")
    acts = [lambda who=who: banning.confirm(who, ban) or True for who in (max_, root)]
    assert sum(at_once(*acts)) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Statement)) == 1


def test_two_proposals_at_once_are_one(at_once, mo, max_, ben):
    acts = [lambda who=who: banning.propose(who, ben.member_id, Reason.HATE, "") for who in (mo, max_)]
    assert sum(at_once(*acts)) == 1


def test_an_appeal_is_taken_by_one(at_once, mo, max_, root, ben):
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    statement_id = db.session.scalar(db.select(Statement.id))
    acts = [lambda: appealing.appeal(ANONYMOUS, statement_id, "It was not me who wrote this.")] * 2
    assert sum(at_once(*acts)) == 1
    appeal_id = db.session.scalar(db.select(Appeal.id))
    takers = [lambda who=who: appealing.assign(who, appeal_id) or True for who in (max_, root)]
    assert sum(at_once(*takers)) == 1
