"""Trusted members look at texts: published ones only, never their own, two that agree or one super-user; and they greet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, TooMany
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.delegation import figures
from moderation.looks import greeting, held, looking, queries
from moderation.looks.models import Greeting, Look, LookCase
from moderation.looks.rules import LookKind, Opinion, Record, is_audit, is_trusted, outcome_of, weight_of
from moderation.review import deciding, leasing, undoing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.queueing import open_item
from moderation.review.rules import Decision, ItemType, Reason
from moderation.review.showing import shown
from tests.conftest import START
from tests.delegation.conftest import HERE, text_of

FIRST, LATE, SAMPLE = LookKind.FIRST, LookKind.LATE, LookKind.SAMPLE


def test_two_looks_that_agree_settle_or_one_of_a_super_user():
    assert outcome_of(1, 0) is None and outcome_of(1, 1) is None
    assert (
        outcome_of(2, 1) == Opinion.FINE
        and outcome_of(0, 2) == Opinion.BAD
        and outcome_of(2, 2) == Opinion.BAD
    )
    assert (weight_of(4), weight_of(5), weight_of(6)) == (1, 2, 2)
    assert (
        is_trusted(Record(9, 0), 10, 70)
        and not is_trusted(Record(10, 6), 10, 70)
        and is_trusted(Record(10, 7), 10, 70)
    )
    assert [is_audit(done, 3) for done in range(4)] == [False, False, True, False] and not is_audit(5, 0)


@pytest.fixture
def expert(person, now):
    """Trusted members, rank 4."""

    def make(number: int):
        return now(person(number, rank=4))

    return make


@pytest.fixture
def first(policy_off, make_question, newcomer):
    """A newcomer's first question, published."""
    return make_question(newcomer, title="My dryer smells of rubber", category_id=HERE)


@pytest.fixture
def policy_off(app):
    from forum.categories.models import Category

    with unit_of_work():
        db.session.get(Category, HERE).policy = "reactive"


def see(who, kind=FIRST):
    text = queries.next_text(who, kind)
    return text.id if text else None


def item_about(post_id):
    return db.session.scalar(
        db.select(ReviewItem).where(ReviewItem.post_id == post_id).order_by(ReviewItem.id.desc())
    )


def test_two_members_find_a_first_text_fine_and_it_is_done(first, expert):
    one, two, three = expert(3_401), expert(3_402), expert(3_403)
    assert see(one) == first
    assert looking.look(one, first, 1, FIRST, Opinion.FINE) is None
    assert see(one) is None and see(two) == first
    assert looking.look(two, first, 1, FIRST, Opinion.FINE) == Opinion.FINE
    with pytest.raises(Conflict):
        looking.look(three, first, 1, FIRST, Opinion.FINE)
    assert item_about(first) is None


def test_one_super_user_sends_it_to_the_moderators_and_nothing_is_hidden(first, cleo, mo):
    assert looking.look(cleo, first, 1, FIRST, Opinion.BAD, Reason.ADVERTISING) == Opinion.BAD
    item = item_about(first)
    assert (item.kind, item.klass, item.signals) == (ItemType.SAMPLE, 3, ["community"])
    assert db.session.get(Post, first).state == PostState.PUBLISHED
    lease = leasing.claim(mo, item.id)
    deciding.decide(mo, item.id, lease.token, "v1", Verdict(Decision.REMOVE, Reason.ADVERTISING))
    assert queries.record_of(cleo.member_id) == Record(1, 1)


def test_a_verdict_on_looks_is_taken_back_with_the_decision_and_the_next_one_counts(first, cleo, mo):
    looking.look(cleo, first, 1, FIRST, Opinion.BAD, Reason.ADVERTISING)
    item = item_about(first)
    lease = leasing.claim(mo, item.id)
    deciding.decide(mo, item.id, lease.token, "v1", Verdict(Decision.APPROVE))
    assert queries.record_of(cleo.member_id) == Record(1, 0)
    again = undoing.undo(mo, item.id)
    assert queries.record_of(cleo.member_id).known == 0
    lease = leasing.claim(mo, again)
    deciding.decide(mo, again, lease.token, "v1", Verdict(Decision.REMOVE, Reason.ADVERTISING))
    assert queries.record_of(cleo.member_id) == Record(1, 1)


def test_who_calls_fine_what_a_moderator_removes_was_wrong(first, expert, mo):
    for number in (3_401, 3_402):
        looking.look(expert(number), first, 1, FIRST, Opinion.FINE)
    with unit_of_work():
        item_id = open_item(ItemType.FLAG_CASE, first, post=db.session.get(Post, first))
    lease = leasing.claim(mo, item_id)
    deciding.decide(mo, item_id, lease.token, "v1", Verdict(Decision.REMOVE, Reason.INSULT))
    assert queries.record_of(3_401) == Record(1, 0)


def test_looks_that_turn_out_wrong_pause(first, expert, settings_override):
    one = expert(3_401)
    with unit_of_work():
        for number in range(3):
            case = LookCase(kind=FIRST, post_id=first, version=90 + number, proved_fine=False)
            db.session.add(case)
            db.session.flush()
            db.session.add(Look(case_id=case.id, member_id=one.member_id, opinion=Opinion.FINE, weight=1))
    with settings_override(looks__least_known=3), pytest.raises(Forbidden):
        looking.look(one, first, 1, FIRST, Opinion.FINE)


@pytest.mark.parametrize("state", ["held", "hidden", "removed", "rejected", "withdrawn"])
def test_nobody_looks_at_what_is_not_published(first, cleo, state):
    with unit_of_work():
        db.session.get(Post, first).state = state
    assert see(cleo) is None
    with pytest.raises(Conflict):
        looking.look(cleo, first, 1, FIRST, Opinion.FINE)


def test_nobody_looks_at_their_own_or_where_they_take_part(first, cleo, now, make_answer, newcomer):
    make_answer(cleo, first)
    assert see(cleo) is None
    with unit_of_work():
        db.session.get(Member, newcomer.member_id).rank = 4
    own = now(newcomer.member_id)
    assert see(own) is None
    with pytest.raises(Conflict):
        looking.look(own, first, 1, FIRST, Opinion.FINE)


def test_members_below_the_rank_silenced_ones_and_the_team_do_not_look(first, ada, ben, zed, mo):
    for who in (ada, ben, zed, mo):
        with pytest.raises(Forbidden):
            looking.look(who, first, 1, FIRST, Opinion.FINE)


def test_an_edited_text_is_another_case(first, expert):
    one, two = expert(3_401), expert(3_402)
    looking.look(one, first, 1, FIRST, Opinion.FINE)
    with unit_of_work():
        db.session.get(Post, first).version = 2
    with pytest.raises(Conflict):
        looking.look(two, first, 1, FIRST, Opinion.FINE)
    assert looking.look(one, first, 2, FIRST, Opinion.FINE) is None


def test_a_look_that_finds_fault_says_which(first, cleo):
    with pytest.raises(Invalid):
        looking.look(cleo, first, 1, FIRST, Opinion.BAD)
    with pytest.raises(Invalid):
        looking.look(cleo, first, 1, FIRST, Opinion.BAD, Reason.OTHER, "bad")
    assert db.session.query(Look).count() == 0


def test_a_day_has_so_many_looks(first, expert, settings_override, make_question, newcomer):
    one = expert(3_401)
    other = make_question(newcomer, title="And the door does not close either", category_id=HERE)
    with settings_override(looks__a_day=1):
        looking.look(one, first, 1, FIRST, Opinion.FINE)
        with pytest.raises(TooMany):
            looking.look(one, other, 1, FIRST, Opinion.FINE)
    assert db.session.query(Look).count() == 1


def test_late_answers_are_those_that_came_long_after_the_question(
    policy_off, make_question, make_answer, ada, ben, cleo, at
):
    old = make_question(ada, category_id=HERE)
    soon = make_answer(ben, old, body="Look at the filter below, on the right side.")
    at(START + timedelta(days=61))
    late = make_answer(ben, old, body="There is a shop that sells those filters, too.")
    assert see(cleo, LATE) == late and soon != late
    looking.look(cleo, late, 1, LATE, Opinion.FINE)
    assert see(cleo, LATE) is None


def test_a_sample_is_read_a_second_time_by_a_super_user_and_counts_for_who_approved_it(
    first, cleo, expert, mo, max_, person
):
    from moderation.delegation import teams

    with unit_of_work():
        item_id = open_item(ItemType.SAMPLE, first, post=db.session.get(Post, first))
    lease = leasing.claim(mo, item_id)
    deciding.decide(mo, item_id, lease.token, "v1", Verdict(Decision.APPROVE))
    with pytest.raises(Forbidden):
        looking.look(expert(3_401), first, 1, SAMPLE, Opinion.FINE)
    assert see(cleo, SAMPLE) == first
    assert looking.look(cleo, first, 1, SAMPLE, Opinion.BAD, Reason.OFF_TOPIC) == Opinion.BAD
    again = item_about(first)
    assert again.previous_id == item_id and again.excluded_id == mo.member_id
    assert queries.second_readings(START - timedelta(days=1)) == {mo.member_id: (1, 0)}
    team = teams.found_agency(max_, "Helpers")
    with unit_of_work():
        from moderation.delegation.models import AgencySeat

        db.session.add(AgencySeat(agency_id=team, member_id=mo.member_id, began_at=START - timedelta(days=1)))
    found = figures.by_agency()[team]
    assert (found.items, found.checked, found.agreed) == (1, 1, 0)


def test_now_and_then_a_text_is_one_whose_answer_is_known(
    first, make_question, ben, cleo, mo, settings_override
):
    known = make_question(ben, title="How do I descale it", category_id=HERE)
    with unit_of_work():
        item_id = open_item(ItemType.FLAG_CASE, known, post=db.session.get(Post, known))
    lease = leasing.claim(mo, item_id)
    deciding.decide(mo, item_id, lease.token, "v1", Verdict(Decision.NO_ACTION))
    with settings_override(looks__audit_every=1):
        assert see(cleo) == known
        assert looking.look(cleo, known, 1, FIRST, Opinion.BAD, Reason.JUNK) is None
    assert queries.record_of(cleo.member_id) == Record(1, 0)
    assert item_about(known).state == "decided"


def test_a_look_that_says_nothing_is_no_look(first, expert, client, sign_in):
    sign_in(expert(3_401))
    answer = client.post("/en/helping/looks/first", data={"post": first, "version": 1, "words": "my words"})
    assert answer.status_code == 422 and db.session.query(Look).count() == 0


def test_looks_at_once_settle_a_case_once(first, in_threads, expert):
    people = [expert(3_410 + number) for number in range(4)]
    made = in_threads(4, lambda n: looking.look(people[n], first, 1, FIRST, Opinion.BAD, Reason.JUNK))
    assert sum(one == Opinion.BAD for one in made) == 1
    assert db.session.query(ReviewItem).filter_by(post_id=first).count() == 1


# --- what waits in a mandate ------------------------------------------------------------------------------------------


def test_a_mentor_approves_and_refuses_on_the_page(client, sign_in, mentor, waiting):
    sign_in(mentor)
    page = text_of(client.get("/en/helping/held"))
    assert "hums" in page and "coffee" not in page
    item = db.session.get(ReviewItem, waiting[0])
    stamp = shown(item).stamp
    without = client.post(
        f"/en/helping/held/{item.id}", data={"stamp": stamp, "decision": "reject", "message": "my words"}
    )
    assert without.status_code == 422 and "my words" in without.get_data(as_text=True)
    stale = client.post(f"/en/helping/held/{item.id}", data={"stamp": "v9", "decision": "approve"})
    assert stale.status_code == 409
    for garbled in ({"decision": "rejct"}, {"decision": "escalate"}, {}):
        answer = client.post(
            f"/en/helping/held/{item.id}", data={"stamp": stamp, "message": "my words", **garbled}
        )
        assert answer.status_code == 422 and "my words" in answer.text
    assert db.session.get(Post, item.post_id, populate_existing=True).state == PostState.HELD
    done = client.post(f"/en/helping/held/{item.id}", data={"stamp": stamp, "decision": "approve"})
    assert done.status_code == 303
    assert db.session.get(Post, item.post_id, populate_existing=True).state == PostState.PUBLISHED
    assert (
        client.post(f"/en/helping/held/{waiting[1]}", data={"stamp": "v1", "decision": "approve"}).status_code
        == 403
    )


def test_the_text_is_held_before_its_item_and_nobody_knows_how_long_it_was_read(mentor, waiting, monkeypatch):
    order = []
    for room, name in ((held.deciding, "hold_text"), (held.leasing, "claim")):
        plain = getattr(room, name)
        monkeypatch.setattr(
            room, name, lambda *args, name=name, plain=plain: order.append(name) or plain(*args)
        )
    held.decide(mentor, waiting[0], "v1", Decision.APPROVE, None, "")
    assert order == ["hold_text", "claim"]
    assert db.session.scalars(db.select(ReviewDecision.seconds)).all() == [None]


def test_a_super_user_has_no_list_of_what_waits(client, sign_in, cleo, waiting):
    sign_in(cleo)
    assert client.get("/en/helping/held").status_code == 403
    with pytest.raises(Forbidden):
        held.decide(cleo, waiting[0], "v1", Decision.APPROVE, None, "")


# --- greeting ---------------------------------------------------------------------------------------------------------


def test_a_newcomer_is_greeted_once_under_the_first_question(first, cleo, expert, newcomer):
    found = greeting.newcomers(cleo)
    assert [one.member.id for one in found] == [newcomer.member_id] and "New" in found[0].proposed
    assert greeting.greet(cleo, newcomer.member_id, found[0].proposed) == first
    with pytest.raises(Conflict):
        greeting.greet(expert(3_401), newcomer.member_id, "Hello!")
    assert greeting.newcomers(cleo) == []
    comment = db.session.get(Greeting, newcomer.member_id).comment_id
    assert db.session.get(Post, comment).body.startswith("Welcome New!")


def test_two_who_greet_at_once_write_one_greeting(first, in_threads, expert, newcomer):
    people = [expert(3_420 + number) for number in range(4)]
    made = in_threads(
        4, lambda n: greeting.greet(people[n], newcomer.member_id, f"Hello from {n}, welcome here")
    )
    assert sum(one == first for one in made) == 1
    assert db.session.query(Post).filter_by(kind="comment").count() == 1


def test_nobody_greets_a_mask_a_regular_or_what_is_not_published(first, cleo, newcomer, ada):
    with pytest.raises(Conflict):
        greeting.greet(cleo, ada.member_id, "Hello!")
    with pytest.raises(Invalid):
        greeting.greet(cleo, newcomer.member_id, " ")
    with pytest.raises(Forbidden):
        greeting.greet(ada, newcomer.member_id, "Hello!")
    with unit_of_work():
        publishing.hide(cleo, first)
    assert greeting.newcomers(cleo) == []


def test_the_pages_show_what_there_is_and_keep_what_was_typed(client, sign_in, cleo, first, newcomer):
    sign_in(cleo)
    assert "smells of rubber" in text_of(client.get("/en/helping/looks"))
    refused = client.post(
        "/en/helping/looks/first",
        data={"post": first, "version": 1, "opinion": "bad", "words": "sells things"},
    )
    assert refused.status_code == 422 and "sells things" in refused.get_data(as_text=True)
    assert (
        client.post(
            "/en/helping/looks/first", data={"post": first, "version": 1, "opinion": "fine"}
        ).status_code
        == 303
    )
    assert client.get("/en/helping/looks/other").status_code == 404
    assert "Welcome New!" in text_of(client.get("/en/helping/newcomers"))
    assert client.post(f"/en/helping/newcomers/{newcomer.member_id}", data={"body": ""}).status_code == 422
    assert (
        client.post(
            f"/en/helping/newcomers/{newcomer.member_id}", data={"body": "Hi, and welcome!"}
        ).status_code
        == 303
    )
    assert "helping/looks" in text_of(client.get("/en/helping/"))
