"""Mentors vote on changes of the charter: once each, in secret until the end, as advice on words they have seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.notifications.models import Notification
from common import clock
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from forum.content.terms import queries as terms
from forum.content.terms import writing
from forum.content.terms.rules import Document
from rewards.ranks.models import Mandate
from rewards.votes import queries, voting
from rewards.votes.models import CharterBallot, CharterVote
from rewards.votes.rules import Choice
from tests.conftest import START

CHARTER = Document.CHARTER
DAY = timedelta(days=1)


@pytest.fixture
def mentors(app, at, ben, cleo):
    """Ben and cleo hold a mentor's mandate."""
    at(START)
    with unit_of_work():
        for who in (ben, cleo):
            db.session.add(Mandate(member_id=who.member_id, rank=6, ends_at=START + 300 * DAY))
        ids = [ben.member_id, cleo.member_id]
        db.session.execute(update(Member).where(Member.id.in_(ids)).values(rank=6))
    return replace(ben, rank=6), replace(cleo, rank=6)


def write(who, more="\n\nA new paragraph.", significant=True):
    texts = {code: terms.of_the_house(code) + more for code in ("fr", "en")}
    writing.save(
        who, CHARTER, writing.Draft(texts["fr"], texts["en"], "Du neuf.", "Something new.", significant)
    )
    return terms.draft(CHARTER).saved_at


def asked(who, days=7):
    return voting.begin(who, CHARTER, clock.now() + days * DAY, write(who))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_mentors_are_told_once_vote_once_and_may_change_it_until_the_end(mentors, max_, at):
    ben, cleo = mentors
    vote = asked(max_)
    again = voting.begin(max_, CHARTER, clock.now() + 9 * DAY, terms.draft(CHARTER).saved_at)
    told = db.session.scalars(select(Notification.member_id).where(Notification.kind == "charter-vote")).all()
    assert again == vote and count(CharterVote) == 1
    assert sorted(told) == sorted([ben.member_id, cleo.member_id])
    voting.cast(ben, vote, Choice.AGAINST, "Not yet")
    voting.cast(ben, vote, Choice.FOR, " Well said ")
    assert count(CharterBallot) == 2
    at(START + 8 * DAY)
    found, own = queries.vote(cleo, vote)
    assert not found.is_open and found.remarks == ("Well said",) and own.choice is None
    assert (found.counts.asked, found.counts.for_, found.counts.against) == (2, 1, 0)
    with pytest.raises(Conflict):
        voting.cast(cleo, vote, Choice.FOR, "")


def test_a_second_ballot_of_one_mentor_is_refused_by_the_database(mentors, max_):
    vote = asked(max_)
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(
            CharterBallot.__table__.insert().values(
                vote_id=vote, member_id=mentors[0].member_id, choice="for", remark=""
            )
        )


def test_nobody_sees_what_others_said_before_the_end(mentors, max_, root, client, sign_in):
    ben, cleo = mentors
    vote = asked(max_)
    voting.cast(ben, vote, Choice.AGAINST, "A secret remark")
    for who in (cleo, max_, root):
        found, _own = queries.vote(who, vote)
        assert found.is_open and found.counts is None and found.remarks == ()
    for who in (cleo, max_, root):
        sign_in(who)
        page = client.get(f"/en/rewards/votes/{vote}")
        assert page.status_code == 200 and "A secret remark" not in page.text and "1 against" not in page.text
        assert "A new paragraph." in page.text and page.headers["Cache-Control"] == "no-store"


def test_who_was_not_asked_learns_nothing_and_who_may_not_is_refused(mentors, max_, ada, sam, ben, mo):
    vote = asked(max_)
    for who in (ada, sam, mo):
        with pytest.raises(NotFound):
            queries.vote(who, vote)
        with pytest.raises(NotFound):
            voting.cast(who, vote, Choice.FOR, "")
    for who in (mentors[0], ada, mo):
        with pytest.raises(Forbidden):
            voting.begin(who, CHARTER, clock.now() + 7 * DAY, terms.draft(CHARTER).saved_at)
    for limited in ({"silenced": True}, {"suspended": True}, {"rank": 5}):
        with pytest.raises(Forbidden):
            voting.cast(replace(mentors[0], **limited), vote, Choice.FOR, "")
    with unit_of_work():
        db.session.get(Mandate, ben.member_id).ends_at = START
    with pytest.raises(Forbidden):
        voting.cast(mentors[0], vote, Choice.FOR, "")


def test_a_mentor_under_a_measure_or_past_the_term_is_not_asked(mentors, max_):
    ben, cleo = mentors
    with unit_of_work():
        db.session.get(Member, ben.member_id).silenced_until = START + 10 * DAY
    assert queries.mentors() == [cleo.member_id]
    with unit_of_work():
        db.session.get(Mandate, cleo.member_id).ends_at = START
    assert queries.mentors() == []
    with pytest.raises(Conflict):
        asked(max_)
    assert count(CharterVote) == 0


@pytest.mark.parametrize("act", ["kept again", "dropped", "published"])
def test_whatever_happens_to_the_draft_ends_its_vote(act, mentors, max_, root, at):
    vote = asked(max_)
    voting.cast(mentors[0], vote, Choice.FOR, "")
    saved = terms.draft(CHARTER).saved_at
    if act == "kept again":
        at(timedelta(seconds=1))
        write(max_, "\n\nOther words.")
    elif act == "dropped":
        writing.drop(max_, CHARTER)
    else:
        writing.publish(root, CHARTER, clock.now() + 16 * DAY, saved, "All agreed on it.")
    with pytest.raises(Conflict):
        voting.cast(mentors[1], vote, Choice.FOR, "")
    found, _own = queries.vote(max_, vote)
    assert (found.counts.asked, found.counts.for_, found.is_published) == (2, 1, act == "published")


def test_a_vote_lasts_three_to_thirty_days_about_a_significant_draft_that_was_seen(mentors, max_, at):
    saved = write(max_)
    for days in (2, 31):
        with pytest.raises(Invalid):
            voting.begin(max_, CHARTER, clock.now() + days * DAY, saved)
    with pytest.raises(Conflict):
        voting.begin(max_, CHARTER, clock.now() + 7 * DAY, saved - DAY)
    at(timedelta(seconds=1))
    with pytest.raises(Conflict):
        voting.begin(max_, CHARTER, clock.now() + 7 * DAY, write(max_, significant=False))
    assert count(CharterVote) == count(CharterBallot) == 0


def test_what_an_erased_mentor_said_counts_without_their_words(mentors, max_, at):
    ben, _cleo = mentors
    vote = asked(max_)
    voting.cast(ben, vote, Choice.FOR, "My own words")
    close_account(ben, ben.member_id)
    at(START + 8 * DAY)
    found, _own = queries.vote(max_, vote)
    assert found.counts.for_ == 1 and found.remarks == ()


def test_a_manager_asks_and_a_mentor_votes_on_pages(mentors, max_, ben, ada, client, sign_in, at):
    write(max_)
    sign_in(max_)
    assert "/en/desk/terms/charter/vote" in client.get("/en/desk/terms/charter").text
    assert client.get("/en/desk/terms/charter/vote").status_code == 200
    saved = terms.draft(CHARTER).saved_at.isoformat()
    wrong = client.post("/en/desk/terms/charter/vote", data={"saved": saved, "ends": "soon"})
    assert wrong.status_code == 422
    last = (START + 7 * DAY).date().isoformat()
    there = client.post("/en/desk/terms/charter/vote", data={"saved": saved, "ends": last})
    assert there.status_code == 303
    where = there.headers["Location"]
    sign_in(ben)
    kept = client.post(where, data={"choice": "maybe", "remark": "Typed words"})
    assert kept.status_code == 422 and "Typed words" in kept.text
    assert client.post(where, data={"choice": "against", "remark": "Too long"}).status_code == 303
    assert where in client.get("/en/rewards/mandate").text
    at(START + 9 * DAY)
    assert "1 against" in client.get(where).text and "Too long" in client.get(where).text
    sign_in(max_)
    assert "2 mentors were asked" in client.get("/en/desk/terms").text
    sign_in(ada)
    assert client.get(where).status_code == 404 and client.post(where, data={}).status_code == 404
