"""Strike points and the measures they lead to, bans by two, new accounts of nothing but mass messages."""

from datetime import timedelta

import pytest

from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.members.rules import email_key
from accounts.signin.joining import open_account
from accounts.signin.sessions import actor_of
from common.audit import verify
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.jobs import Job
from common.permissions import may_write
from forum.questions.models import Post
from moderation import standing
from moderation.flags.flagging import flag
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason, Outcome
from moderation.review import undoing
from moderation.review.deciding import Verdict, decide
from moderation.review.leasing import claim
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import banning, sanctioning, striking
from moderation.sanctions.models import BannedAddress, Sanction, Statement, StatementEnd, Strike
from moderation.sanctions.strike_rules import POINTS, StrikeCause
from moderation.screening.newcomers import is_under_watch
from tests.conftest import START, all_rows

KEYS = iter(range(10_000))


def give(who, to, cause, message=""):
    return striking.strike(who, to.member_id, cause, message, f"test:{next(KEYS)}")


def measures(of):
    rows = db.session.execute(
        db.select(Sanction.kind, Sanction.state)
        .where(Sanction.member_id == of.member_id)
        .order_by(Sanction.id)
    )
    return [(row.kind.value, row.state.value) for row in rows]


def person(who):
    return db.session.get(Member, who.member_id, populate_existing=True)


def test_the_sum_leads_to_the_measure(mo, ben):
    steps = [
        (StrikeCause.LINK_DROPPING, ("warning", "active")), (StrikeCause.LINK_DROPPING, ("warning", "active")),
        (StrikeCause.INSULT, ("silence", "active")), (StrikeCause.INSULT, ("suspension", "active")),
        (StrikeCause.LINK_DROPPING, ("suspension", "active")),
    ]  # fmt: skip
    for number, (cause, expected) in enumerate(steps):
        made = give(mo, ben, cause)
        assert measures(ben)[number] == expected
    assert made.total == 9
    last = db.session.get(Sanction, made.sanction_id)
    assert last.ends_at - last.begins_at == timedelta(hours=720)
    assert db.session.scalar(db.select(db.func.count()).select_from(Statement)) == 5
    assert verify() is None


def test_points_are_forgotten_and_the_next_breach_weighs_less(mo, ben, at):
    give(mo, ben, StrikeCause.INSULT)
    at(START + timedelta(days=180))
    give(mo, ben, StrikeCause.INSULT)
    assert [kind for kind, _state in measures(ben)] == ["silence", "silence"]


def test_an_act_has_one_strike_however_often_it_is_sent(mo, ben):
    assert striking.strike(mo, ben.member_id, StrikeCause.INSULT, "", "same") is not None
    assert striking.strike(mo, ben.member_id, StrikeCause.INSULT, "", "same") is None
    assert len(measures(ben)) == 1


@pytest.mark.parametrize("who", ["ada", "sam", "cleo"])
def test_only_moderators_give_points_and_nothing_is_left(request, ben, who):
    before = all_rows()
    with pytest.raises(Forbidden):
        give(request.getfixturevalue(who), ben, StrikeCause.INSULT)
    assert all_rows() == before


def test_votes_arranged_are_explained_in_words(mo, ben):
    with pytest.raises(Invalid):
        give(mo, ben, StrikeCause.VOTE_RING, "short")
    give(mo, ben, StrikeCause.VOTE_RING, "Four accounts of one household thanked each other forty times.")


def test_a_warning_is_read_before_anything_is_written(mo, ben):
    made = give(mo, ben, StrikeCause.LINK_DROPPING)
    assert person(ben).has_warning and not may_write(actor_of(person(ben)))
    with pytest.raises(NotFound):
        sanctioning.acknowledge(mo, made.sanction_id)
    assert sanctioning.acknowledge(ben, made.sanction_id)
    assert not sanctioning.acknowledge(ben, made.sanction_id)
    assert may_write(actor_of(person(ben)))


def test_ranks_trials_and_screening_read_the_same_sum(mo, ben, at):
    give(mo, ben, StrikeCause.LINK_DROPPING)
    assert standing.measure([ben.member_id])[ben.member_id]["strikes_active"] == 1
    assert standing.counting_until([ben.member_id]) == {} and not is_under_watch(frozenset({ben.member_id}))
    at(START + timedelta(days=10))
    give(mo, ben, StrikeCause.INSULT)
    assert standing.counting_until([ben.member_id]) == {ben.member_id: START + timedelta(days=190)}
    assert is_under_watch(frozenset({ben.member_id}))
    at(START + timedelta(days=190))
    assert standing.counting_until([ben.member_id]) == {}
    assert standing.measure([ben.member_id])[ben.member_id]["strikes_active"] == 0


def test_measures_expire_on_time_and_are_noted(mo, ben, at):
    give(mo, ben, StrikeCause.INSULT)
    at(START + timedelta(hours=24) - timedelta(seconds=1))
    assert actor_of(person(ben)).silenced and sanctioning.expire_due() == 0
    at(START + timedelta(hours=24))
    assert not actor_of(person(ben)).silenced
    assert sanctioning.expire_due() == 1 and sanctioning.expire_due() == 0
    assert measures(ben) == [("silence", "expired")] and person(ben).silenced_until is None


def test_points_taken_back_take_the_measure_along_and_lessen_the_next(mo, ben):
    first = give(mo, ben, StrikeCause.INSULT)
    give(mo, ben, StrikeCause.INSULT)
    striking.take_back(mo, first.strike_id, "It was somebody else")
    assert measures(ben) == [("silence", "overturned"), ("suspension", "overturned"), ("silence", "active")]
    assert person(ben).suspended_until is None and person(ben).silenced_until == START + timedelta(hours=24)
    with pytest.raises(Conflict):
        striking.take_back(mo, first.strike_id, "It was somebody else")
    restricting = db.session.scalars(db.select(Statement.id)).all()
    ended = set(db.session.scalars(db.select(StatementEnd.statement_id)))
    assert len(restricting) == 3 and len(ended) == 2


# --- bans ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(mo, ben):
    """Threats: a ban is proposed, and the long suspension holds meanwhile; the proposal's id."""
    give(mo, ben, StrikeCause.THREAT)
    return db.session.scalars(db.select(Sanction.id).where(Sanction.kind == "ban")).one()


def test_twelve_points_propose_a_ban_and_suspend_meanwhile(proposed, ben):
    assert measures(ben) == [("ban", "proposed"), ("suspension", "active")]
    assert person(ben).suspended_until == START + timedelta(hours=720)
    assert db.session.get(Sanction, proposed).statement_id is None


def test_a_ban_needs_a_second_person(proposed, mo, ben, max_, ada):
    for who in (mo, ada, ben):
        with pytest.raises(Forbidden):
            banning.confirm(who, proposed)
    banning.confirm(max_, proposed)
    assert banning.is_banned(person(ben)) and measures(ben)[0] == ("ban", "active")
    with pytest.raises(Conflict):
        banning.confirm(max_, proposed)
    row = db.session.get(Sanction, proposed)
    assert (row.actor_id, row.confirmed_by_id) == (mo.member_id, max_.member_id)
    assert db.session.get(Statement, row.statement_id).measure == "banned"


def test_a_proposal_that_is_dropped_leaves_only_the_suspension(proposed, mo, max_, ben):
    banning.drop(max_, proposed, "Not serious enough")
    with pytest.raises(Conflict):
        banning.confirm(max_, proposed)
    assert measures(ben) == [("ban", "dropped"), ("suspension", "active")]
    assert banning.propose(mo, ben.member_id, Reason.HATE, "") != proposed


def test_one_ban_at_a_time(proposed, mo, ben):
    with pytest.raises(Conflict):
        banning.propose(mo, ben.member_id, Reason.HATE, "")


def test_a_banned_address_stays_out_for_a_year_after_the_account_was_closed(proposed, max_, ben, at):
    banning.confirm(max_, proposed)
    assert "ben@example.com" not in repr(all_rows()["banned_address"])
    close_account(actor_of(person(ben)), ben.member_id)
    with pytest.raises(Conflict):
        open_account("Ben@example.com", "Benedict")
    at(START + timedelta(days=366))
    banning.forget_addresses()
    assert db.session.scalar(db.select(BannedAddress.digest)) is None
    open_account("ben@example.com", "Benedict")


def test_a_lifted_ban_forgets_the_address(proposed, max_, ben):
    banning.confirm(max_, proposed)
    assert banning.is_kept_out(email_key("ben@example.com"))
    sanctioning.lift(max_, proposed, "He has apologised")
    assert not banning.is_kept_out(email_key("ben@example.com"))


# --- new accounts -------------------------------------------------------------------------------------------------


def test_a_new_account_of_mass_messages_is_gone_at_once(mo, newcomer, ada, make_question, make_answer, at):
    mine = [make_question(newcomer, title=f"Cheap filters here, offer {n}") for n in range(3)]
    other = make_question(ada)
    at(START + timedelta(hours=47))
    flag(ada, mine[0], FlagReason.ADVERTISING)
    assert banning.expel(mo, newcomer.member_id) == 3
    states = dict(db.session.execute(db.select(Post.id, Post.state)).tuples().all())
    assert {states[post] for post in mine} == {"removed"} and states[other] == "published"
    rows = db.session.execute(db.select(Statement.measure, Statement.exemption)).tuples().all()
    assert sorted(map(str, rows)) == sorted(
        map(str, [("removed", "deceptive_commercial")] * 3 + [("banned", None)])
    ) or {(str(m), str(e)) for m, e in rows} == {("removed", "deceptive_commercial"), ("banned", "None")}
    told = db.session.scalars(db.select(Job.kind).where(Job.kind == "sanctions.tell")).all()
    assert len(told) == 1
    reported = db.session.scalars(db.select(Statement).where(Statement.post_id == mine[0])).one()
    assert reported.from_notice, "its author reads that somebody had reported it"
    assert db.session.scalars(db.select(Flag.outcome)).one() == Outcome.AGREED
    with pytest.raises((Conflict, Invalid)):
        banning.expel(mo, newcomer.member_id)


def test_hundreds_of_texts_go_by_and_by_until_none_is_left(mo, newcomer, make_question, drain, monkeypatch):
    mine = [make_question(newcomer, title=f"Cheap filters here, offer {n}") for n in range(5)]
    monkeypatch.setattr(banning, "AT_ONCE", 2)
    assert banning.expel(mo, newcomer.member_id) == 5
    public = db.select(Post.id).where(Post.state == "published")
    assert list(db.session.scalars(public)) == mine[2:]
    drain()
    assert list(db.session.scalars(public)) == []
    stated = db.session.scalars(db.select(Statement.post_id).where(Statement.measure == "removed"))
    assert sorted(stated) == mine, "each has one statement"
    [ban] = db.session.scalars(db.select(Sanction.id))
    before = all_rows()
    banning.take_rest_away(ban, after=0)
    assert all_rows() == before, "again it finds nothing"


def test_what_a_wrong_ban_has_not_taken_yet_stays(mo, max_, newcomer, make_question, drain, monkeypatch):
    mine = [make_question(newcomer, title=f"My filter hums, day {n}") for n in range(3)]
    monkeypatch.setattr(banning, "AT_ONCE", 2)
    banning.expel(mo, newcomer.member_id)
    [ban] = db.session.scalars(db.select(Sanction.id))
    sanctioning.lift(max_, ban, "It was no advertising")
    drain()
    assert db.session.get(Post, mine[2]).state == "published"


def test_an_older_account_is_not(mo, newcomer, ada, make_question, at):
    make_question(newcomer)
    make_question(ada)
    at(START + timedelta(hours=48))
    for who in (newcomer, ada):
        with pytest.raises(Forbidden):
            banning.expel(mo, who.member_id)
    assert db.session.scalar(db.select(Sanction.id)) is None


def test_an_account_without_texts_is_not_judged(mo, newcomer):
    before = all_rows()
    with pytest.raises(Invalid):
        banning.expel(mo, newcomer.member_id)
    assert all_rows() == before


# --- with a decision ----------------------------------------------------------------------------------------------


@pytest.fixture
def removed_with_points(held, item_of, mo):
    """mo refuses a newcomer's text as an insult, with points; the item's id."""
    item = item_of(held)
    lease = claim(mo, item.id)
    verdict = Verdict(Decision.REJECT, Reason.INSULT, "", strike=StrikeCause.INSULT)
    decide(mo, item.id, lease.token, shown(db.session.get(ReviewItem, item.id)).stamp, verdict)
    return item.id


def test_points_come_with_a_refusal(removed_with_points, newcomer):
    given = db.session.scalars(db.select(Strike)).one()
    assert (given.points, given.member_id) == (POINTS[StrikeCause.INSULT], newcomer.member_id)
    assert db.session.get(Statement, given.statement_id).measure == "rejected"
    assert measures(newcomer) == [("silence", "active")]


def test_undoing_the_refusal_undoes_the_points_and_nobody_is_told(
    removed_with_points, mo, newcomer, drain, outbox
):
    undoing.undo(mo, removed_with_points)
    assert person(newcomer).silenced_until is None and striking.active_points([newcomer.member_id]) == {}
    assert set(db.session.scalars(db.select(StatementEnd.how))) == {"undone"}
    drain()
    assert outbox() == []


def test_the_letter_about_the_points_waits_as_long_as_the_decision_s(removed_with_points, drain, outbox, at):
    drain()
    assert outbox() == []
    at(START + timedelta(seconds=31))
    drain()
    assert len(outbox()) == 2
