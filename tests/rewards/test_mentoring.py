"""Mentors accompany members who wish it: once, within bounds, as long as both like it, and nobody else sees it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from accounts.events import MemberClosed
from accounts.members.models import Member
from accounts.messages.models import MessageBlock
from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from rewards import leaving
from rewards.mentoring import ending, pairing, queries
from rewards.mentoring.models import Mentoring, MentoringOffer
from rewards.ranks.models import Mandate
from tests.conftest import START

WISH = "How do I write answers that last?"


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)
    yield
    db.session.rollback()


def ranked(who, rank):
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == who.member_id).values(rank=rank))
    return replace(who, rank=rank)


@pytest.fixture
def ben(ben):
    return ranked(ben, 3)


@pytest.fixture
def ada(ada):
    return ranked(ada, 4)


def mandated(who, category_id=None):
    with unit_of_work():
        db.session.add(
            Mandate(
                member_id=who.member_id, rank=6, ends_at=START + timedelta(days=365), category_id=category_id
            )
        )
    return ranked(who, 6)


@pytest.fixture
def mentor(cleo):
    return mandated(cleo, 1)


@pytest.fixture
def other(ben):
    return mandated(replace(ben, member_id=902))


def told(who):
    db.session.rollback()
    query = select(Notification.kind).where(
        Notification.member_id == who.member_id, Notification.kind.like("mentoring-%")
    )
    return [kind.removeprefix("mentoring-") for kind in db.session.scalars(query.order_by(Notification.id))]


def count(model=Mentoring):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def begun(mentor, *members):
    for one in members:
        assert pairing.ask(one, 1, WISH, True)
        pairing.take(mentor, one.member_id)


def block(who, whom):
    with unit_of_work():
        db.session.add(MessageBlock(member_id=who.member_id, blocked_id=whom.member_id))


def test_who_asks_is_told_when_a_mentor_takes_it(ben, mentor):
    assert pairing.ask(ben, 1, WISH, True)
    assert not pairing.ask(ben, 2, "again", True)
    assert told(mentor) == ["asked"]
    assert [one.words for one in queries.board(mentor).requests] == [WISH]
    pairing.take(mentor, ben.member_id)
    assert told(ben) == ["begun"]
    assert queries.board(mentor).requests == []
    assert queries.board(ben).own.person.id == mentor.member_id
    for who in (ben, mentor):
        assert queries.pair(who, ben.member_id).progress.next == 4
    with pytest.raises(Conflict):
        pairing.take(mentor, ben.member_id)


def test_only_mentors_of_the_category_and_those_of_all_are_told(ben, mentor, other):
    pairing.ask(ben, 2, WISH, True)
    assert (told(mentor), told(other)) == ([], ["asked"])


def test_who_may_not_ask_or_accompany_leaves_no_trace(ben, mentor, mo, zed):
    for who in (mo, zed, ranked(ben, 2), ranked(ben, 5), replace(ben, silenced=True)):
        with pytest.raises(Forbidden):
            pairing.ask(who, 1, WISH, True)
    ranked(ben, 3)
    for words, category, agrees in (("", 1, True), ("x" * 501, 1, True), (WISH, 999, True), (WISH, 1, False)):
        with pytest.raises(Invalid):
            pairing.ask(ben, category, words, agrees)
    assert count() == 0 and told(mentor) == []
    pairing.ask(ben, 1, WISH, True)
    for who in (mo, ben, replace(mentor, rank=5), replace(mentor, suspended=True)):
        with pytest.raises(Forbidden):
            pairing.take(who, ben.member_id)
    with unit_of_work():
        db.session.execute(update(Mandate).values(ends_at=START - timedelta(hours=1)))
    with pytest.raises(Conflict):
        pairing.take(mentor, ben.member_id)
    assert told(ben) == []


def test_a_mentor_accompanies_so_many_and_no_more(ada, ben, mentor, settings_override):
    with settings_override(mentoring__pairs_most=1):
        begun(mentor, ben)
        pairing.ask(ada, 1, WISH, True)
        with pytest.raises(Conflict):
            pairing.take(mentor, ada.member_id)
        ending.end(mentor, ben.member_id)
        pairing.take(mentor, ada.member_id)


def test_nobody_but_the_two_sees_or_ends_it(ada, ben, mentor, other, max_):
    begun(mentor, ben)
    for who in (ada, other, max_):
        with pytest.raises(NotFound):
            queries.pair(who, ben.member_id)
        assert not ending.end(who, ben.member_id)
    assert queries.counts(max_) == (1, 0)
    with pytest.raises(Forbidden):
        queries.counts(ada)


@pytest.mark.parametrize("side", ["member", "mentor"])
def test_either_ends_it_and_the_other_is_told(side, ben, mentor):
    begun(mentor, ben)
    who, left = (ben, mentor) if side == "member" else (mentor, ben)
    assert ending.end(who, ben.member_id)
    assert not ending.end(who, ben.member_id)
    assert count() == 0
    assert told(left)[-1] == "ended" and "ended" not in told(who)


@pytest.mark.parametrize("why", ["time", "mandate", "measure", "rank", "block"])
def test_it_ends_by_itself_and_opens_nothing_meanwhile(why, ben, mentor, at):
    begun(mentor, ben)
    if why == "time":
        at(timedelta(days=190))
    elif why == "rank":
        ranked(ben, 5)
    elif why == "block":
        block(ben, mentor)
    else:
        with unit_of_work():
            if why == "mandate":
                db.session.delete(db.session.get_one(Mandate, mentor.member_id))
            else:
                db.session.get_one(Member, ben.member_id).silenced_until = START + timedelta(days=3)
    for who in (ben, mentor):
        with pytest.raises(NotFound):
            queries.pair(who, ben.member_id)
    assert queries.board(mentor).pairs == []
    assert ending.sweep() == 1
    assert ending.sweep() == 0
    assert count() == 0 and told(ben)[-1] == told(mentor)[-1] == "ended"


def test_it_stands_while_nothing_ends_it(ben, mentor, at):
    begun(mentor, ben)
    at(timedelta(days=170))
    assert ending.sweep() == 0
    assert queries.pair(ben, ben.member_id)


@pytest.mark.parametrize("by", ["member", "mentor"])
def test_a_block_keeps_them_apart(by, ben, mentor):
    block(*((ben, mentor) if by == "member" else (mentor, ben)))
    pairing.ask(ben, 1, WISH, True)
    assert told(mentor) == [] and queries.board(mentor).requests == []
    with pytest.raises(Conflict):
        pairing.take(mentor, ben.member_id)
    with pytest.raises(Invalid):
        pairing.offer(mentor, ben.member_id)
    assert count(MentoringOffer) == 0


def test_an_offer_is_made_once_and_accepted_with_agreement(ben, mentor):
    assert pairing.offer(mentor, ben.member_id)
    assert not pairing.offer(mentor, ben.member_id)
    assert told(ben) == ["offered"]
    with pytest.raises(Invalid):
        pairing.accept(ben, mentor.member_id, False)
    pairing.accept(ben, mentor.member_id, True)
    assert queries.pair(mentor, ben.member_id).mentors and told(mentor) == ["begun"]
    with pytest.raises(Conflict):
        pairing.accept(ben, mentor.member_id, True)


def test_who_declined_is_not_asked_again(ben, mentor):
    pairing.offer(mentor, ben.member_id)
    assert pairing.decline(ben, mentor.member_id)
    assert not pairing.decline(ben, mentor.member_id)
    assert not pairing.offer(mentor, ben.member_id)
    with pytest.raises(Conflict):
        pairing.accept(ben, mentor.member_id, True)
    assert told(ben) == ["offered"] and told(mentor) == []


def test_an_offer_accepted_takes_the_request_that_waited(ben, mentor):
    pairing.offer(mentor, ben.member_id)
    pairing.ask(ben, 1, WISH, True)
    pairing.accept(ben, mentor.member_id, True)
    assert count() == 1 and queries.pair(ben, ben.member_id).row.words == WISH


@pytest.mark.parametrize("side", ["member", "mentor"])
def test_nothing_is_left_of_who_closed_the_account(side, ada, ben, mentor):
    pairing.offer(mentor, ada.member_id)
    begun(mentor, ben)
    with unit_of_work():
        leaving.forget(MemberClosed(member_id=(ben if side == "member" else mentor).member_id))
    assert count() == 0 and count(MentoringOffer) == (1 if side == "member" else 0)
    assert told(mentor if side == "member" else ben)[-1] == "ended"


def at_once(app, *acts):
    won, gate = [], threading.Barrier(len(acts))

    def run(act):
        with app.app_context():
            gate.wait()
            try:
                act()
                won.append(act)
            except Conflict:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return len(won)


def test_two_mentors_at_once_take_a_request_once(app, ben, mentor, other):
    pairing.ask(ben, 1, WISH, True)
    db.session.rollback()
    assert (
        at_once(app, *(lambda who=who: pairing.take(who, ben.member_id) for who in (mentor, other) * 4)) == 1
    )
    assert told(ben) == ["begun"]


def test_the_last_place_is_given_once(app, ada, ben, mentor, settings_override):
    for who in (ada, ben):
        pairing.ask(who, 1, WISH, True)
    db.session.rollback()
    with settings_override(mentoring__pairs_most=1):
        assert at_once(app, *(lambda who=who: pairing.take(mentor, who.member_id) for who in (ada, ben))) == 1


def test_the_pages_lead_from_asking_to_the_end(client, sign_in, ben, mentor, make_question, make_answer):
    make_answer(ben, make_question(mentor, title="The pump hums at night"))
    sign_in(ben)
    assert client.get("/en/mentoring").status_code == 200
    refused = client.post("/en/mentoring", data={"category": "1", "words": WISH})
    assert refused.status_code == 422 or refused.status_code == 400
    assert WISH in refused.text and count() == 0
    assert (
        client.post("/en/mentoring", data={"category": "1", "words": WISH, "agrees": "1"}).status_code == 303
    )
    assert WISH in client.get("/en/mentoring").text
    sign_in(mentor)
    assert WISH in client.get("/en/mentoring").text
    assert client.post("/en/mentoring/offers", data={"member": "nobody at all"}).status_code < 500
    page = client.post(f"/en/mentoring/{ben.member_id}/take", follow_redirects=True)
    assert "The pump hums at night" in page.text and f"/en/messages/{ben.member_id}" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert client.post(f"/en/mentoring/{ben.member_id}/end").status_code == 303
    assert client.get(f"/en/mentoring/{ben.member_id}").status_code == 404
