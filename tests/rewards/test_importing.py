"""Imported facts are booked at their own dates, once, and fast."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from forum.importers import booking as port
from forum.importers.booking import Fact, FactKind
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostKind, PostState
from rewards.ledger.models import LedgerEntry
from tests.conftest import START

LONG_AGO = START - timedelta(days=900)


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def forum_of(threads, members=20):
    """Threads of an imported site: each a question, an accepted answer two hours later; returns the facts."""
    people = range(5001, 5001 + members)
    with unit_of_work():
        insert_many(
            Member,
            [
                {
                    "id": n, "display_name": f"Old {n}", "name_key": f"old {n}", "slug": f"old-{n}", "language": "en",
                    "joined_at": LONG_AGO, "imported_key": f"x:{n}",
                }
                for n in people
            ],
        )  # fmt: skip
        posts, questions, facts = [], [], []
        for number in range(threads):
            question_id, answer_id = 100_001 + 2 * number, 100_002 + 2 * number
            asker, author = people[number % members], people[(number * 7 + 3) % members]
            moment = LONG_AGO + timedelta(hours=6 * number)
            for post_id, kind, who, when, thread in (
                (question_id, PostKind.QUESTION, asker, moment, None),
                (answer_id, PostKind.ANSWER, author, moment + timedelta(hours=2), question_id),
            ):
                posts.append(
                    {
                        "id": post_id, "kind": kind, "author_id": who, "question_id": thread, "body": "x", "body_html": "x",
                        "state": PostState.PUBLISHED, "created_at": when, "published_at": when, "language": "en",
                        "kudos_count": 3 if thread else 0, "imported_key": f"p{post_id}", "held_reasons": [],
                    }
                )  # fmt: skip
            questions.append(
                {
                    "id": question_id, "title": "T", "slug": "t", "category_id": 1, "accepted_answer_id": answer_id,
                    "help_state": HelpState.SOLVED, "active_at": moment,
                }
            )  # fmt: skip
            when = moment + timedelta(hours=3)
            facts.append(
                Fact(
                    FactKind.ACCEPTED,
                    answer_id,
                    question_id,
                    author,
                    asker,
                    when,
                    f"imported-accept:{question_id}:{answer_id}",
                )
            )
            for vote in range(1, 4):
                facts.append(
                    Fact(
                        FactKind.UPVOTE,
                        answer_id,
                        question_id,
                        author,
                        asker,
                        when,
                        f"imported-upvote:{answer_id}:{vote}",
                    )
                )
        db.session.execute(Post.__table__.insert(), posts)
        db.session.execute(Question.__table__.insert(), questions)
    return facts


def total():
    read = select(LedgerEntry.account, func.count(), func.sum(LedgerEntry.granted)).group_by(
        LedgerEntry.account
    )
    return sorted((row[0].value, row[1], row[2]) for row in db.session.execute(read))


def test_facts_are_booked_at_their_own_dates_and_a_second_run_changes_nothing():
    facts = forum_of(30)
    port.book(iter(facts))
    first = total()
    entry = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).first()
    assert entry.occurred_at == facts[0].occurred_at
    assert entry.effective_day.year == facts[0].occurred_at.year
    port.book(iter(facts))
    assert total() == first


def test_ranks_and_badges_follow_and_nobody_is_told():
    from accounts.notifications.models import Notification
    from rewards.badges.models import BadgeAward

    port.book(forum_of(200))
    assert db.session.scalar(select(func.max(Member.rank)).where(Member.id > 5000)) >= 2
    assert db.session.scalar(select(func.count()).select_from(BadgeAward)) > 20
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0
    before = db.session.scalar(select(func.count()).select_from(BadgeAward))
    port.book([])
    assert db.session.scalar(select(func.count()).select_from(BadgeAward)) == before


def test_a_fact_that_no_longer_holds_is_undone():
    from dataclasses import replace

    facts = forum_of(10)
    port.book(facts)
    author = facts[0].author_id
    before = db.session.scalar(select(Member.points).where(Member.id == author))
    gone = [replace(facts[1], holds=False), replace(facts[0], holds=False)]
    port.book([*gone, *facts[2:]])
    db.session.rollback()
    assert db.session.scalar(select(Member.points).where(Member.id == author)) == before - 30
    port.book([*gone, *facts[2:]])
    db.session.rollback()
    assert db.session.scalar(select(Member.points).where(Member.id == author)) == before - 30


def test_the_first_ten_votes_and_the_daily_cap_count_for_imported_votes_too():
    facts = forum_of(1)
    fact = facts[1]
    votes = [
        Fact(
            FactKind.UPVOTE,
            fact.post_id,
            fact.question_id,
            fact.author_id,
            fact.asker_id,
            fact.occurred_at,
            f"imported-upvote:{fact.post_id}:{n}",
        )
        for n in range(1, 31)
    ]
    port.book(votes)
    assert total() == [("reputation", 30, 50), ("spendable", 30, 20)]


def test_a_later_run_with_more_facts_equals_one_run():
    facts = forum_of(60)
    port.book(facts[:100])
    port.book(facts)
    twice = total()
    with unit_of_work():
        pass
    assert twice[0][1] > 0
    expected_accepts = 60
    accepted = select(func.count()).where(
        LedgerEntry.rule_key == "answer.accepted", LedgerEntry.account == "reputation"
    )
    assert db.session.scalar(accepted) == expected_accepts


def test_an_imported_solution_can_be_undone_here(at):
    from common.permissions import SYSTEM
    from forum.solutions.accepting import unaccept_answer

    facts = forum_of(1)
    port.book(facts)
    author = facts[0].author_id
    before = db.session.scalar(select(Member.points).where(Member.id == author))
    unaccept_answer(SYSTEM, facts[0].question_id, reason="Not right any more")
    db.session.rollback()
    assert db.session.scalar(select(Member.points).where(Member.id == author)) == before - 25


def _points(member_id):
    db.session.rollback()
    return db.session.scalar(select(Member.points).where(Member.id == member_id))


def test_a_fact_that_holds_again_brings_its_points_back():
    from dataclasses import replace

    facts = forum_of(10)
    port.book(facts)
    author, before = facts[0].author_id, _points(facts[0].author_id)
    port.book([replace(facts[1], holds=False)])
    assert _points(author) == before - 5
    port.book(facts)
    assert _points(author) == before
    port.book(facts)
    assert _points(author) == before


def test_an_author_who_left_the_other_site_keeps_nothing():
    from dataclasses import replace

    facts = forum_of(1)
    port.book(facts)
    author, asker = facts[0].author_id, facts[0].asker_id
    assert (_points(author), _points(asker)) == (40, 6)
    port.book([replace(fact, author_id=None, asker_id=None) for fact in facts])
    assert (_points(author), _points(asker)) == (0, 0)


def test_ranks_and_badges_of_imported_members_follow_the_newest_export_until_somebody_signs_in():
    from sqlalchemy import update

    from rewards.badges.models import BadgeAward

    facts = forum_of(200)
    port.book(facts)
    author, other = facts[0].author_id, facts[4].author_id
    ranks = dict(
        db.session.execute(select(Member.id, Member.rank).where(Member.id.in_((author, other)))).all()
    )
    assert min(ranks.values()) >= 2
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == other).values(email_key="other@example.com"))
        db.session.execute(
            update(Post)
            .where(Post.author_id.in_((author, other)))
            .values(state=PostState.REMOVED, removed_at=START)
        )
    port.book([])
    db.session.rollback()
    after = dict(
        db.session.execute(select(Member.id, Member.rank).where(Member.id.in_((author, other)))).all()
    )
    assert (after[author], after[other]) == (0, ranks[other])
    holders = set(db.session.scalars(select(BadgeAward.member_id).distinct()))
    assert author not in holders and other in holders
