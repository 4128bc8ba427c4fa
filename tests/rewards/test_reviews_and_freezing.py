"""An expert's rank is looked at twice a year and never lost by itself; a measure freezes ranks and gives them back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from accounts.members.models import Member
from accounts.notifications.models import Notification
from accounts.signin.sessions import Origin, actor_of, begin, load
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.review.rules import Decision, Reason
from moderation.sanctions import appealing, sanctioning
from moderation.sanctions.models import Sanction
from rewards.ledger import booking
from rewards.ledger.rules import Amounts
from rewards.ranks import mandates, queries, ranking, reviewing
from rewards.ranks.models import Alumnus, Mandate, RankReview
from rewards.ranks.rules import DEFAULT_FORMULAS
from tests.conftest import START
from tests.moderation.test_sanctions import answer_appeal

EASY = {
    **DEFAULT_FORMULAS,
    "4": {"all": [{">=": ["rep_total", 100]}, {"==": ["strikes_active", 0]}]},
    "5": {"all": [{">=": ["rep_total", 100]}, {"==": ["nominated", 1]}, {"==": ["charter_signed", 1]}]},
}
HALF_A_YEAR = timedelta(days=184)


@pytest.fixture(autouse=True)
def monday(app, at, settings_override):
    at(START)
    with settings_override(ranks__formulas=EASY):
        yield


@pytest.fixture
def expert(ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(1500, 0), "brought", "For the test")
    ranking.rank_members([ben.member_id])
    assert rank_of(ben) == 4
    return ben


def rank_of(who):
    db.session.rollback()
    return db.session.scalar(select(Member.rank).where(Member.id == who.member_id))


def member(who):
    return db.session.get_one(Member, who.member_id, populate_existing=True)


def told(who):
    query = select(Notification.kind).where(
        Notification.member_id == who.member_id, Notification.kind.like("expert-%")
    )
    return list(db.session.scalars(query.order_by(Notification.id)))


# --- the review ---------------------------------------------------------------------------------------------------


def test_all_is_well_and_nothing_is_asked_before_half_a_year(expert, at):
    assert reviewing.look_at_experts() == (0, 0)
    at(timedelta(days=150))
    assert reviewing.look_at_experts() == (0, 0) and told(expert) == []
    at(HALF_A_YEAR)
    assert reviewing.look_at_experts() == (1, 0)
    assert reviewing.look_at_experts() == (0, 0)
    assert told(expert) == ["expert-review-good"] and rank_of(expert) == 4


@pytest.fixture
def failing(expert, at, settings_override, max_):
    reviewing.look_at_experts()
    at(HALF_A_YEAR)
    with settings_override(ranks__formulas={**EASY, "4": {">=": ["rep_total", 100_000]}}):
        assert reviewing.look_at_experts() == (0, 1)
        yield expert


def test_what_is_missing_is_told_once_and_lowers_nothing(failing, at):
    at(timedelta(days=400))
    assert reviewing.look_at_experts() == (0, 0)
    assert told(failing) == ["expert-review"] and rank_of(failing) == 4
    (row,) = queries.reviews_waiting()
    assert row.member.id == failing.member_id and row.ripe_at is None
    assert [str(words) for words in row.missing] == ["Reputation points"]


def test_what_is_there_again_ends_the_review(failing, settings_override):
    with settings_override(ranks__formulas=EASY):
        assert reviewing.look_at_experts() == (1, 0)
    assert queries.reviews_waiting() == [] and told(failing) == ["expert-review", "expert-review-good"]


def test_a_manager_keeps_the_rank(failing, max_, ada, mo):
    for who in (ada, mo, failing):
        with pytest.raises(Forbidden):
            reviewing.keep(who, failing.member_id)
    assert reviewing.keep(max_, failing.member_id)
    assert not reviewing.keep(max_, failing.member_id)
    assert rank_of(failing) == 4 and told(failing)[-1] == "expert-review-good"


def test_a_manager_lowers_it_with_a_reason_and_not_before_some_weeks(failing, max_, mo, at):
    with pytest.raises(Forbidden):
        reviewing.lower(mo, failing.member_id, "Wrong answers")
    with pytest.raises(Invalid):
        reviewing.lower(max_, failing.member_id, "  ")
    with pytest.raises(Conflict):
        reviewing.lower(max_, failing.member_id, "Wrong answers")
    assert rank_of(failing) == 4
    at(HALF_A_YEAR + timedelta(days=31))
    assert reviewing.lower(max_, failing.member_id, "Wrong answers")
    assert not reviewing.lower(max_, failing.member_id, "Wrong answers")
    assert rank_of(failing) < 4 and told(failing)[-1] == "expert-review-over"
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "rank.review_lowered")) == 1
    reviewing.look_at_experts()
    assert db.session.scalar(select(func.count()).select_from(RankReview)) == 0


def test_the_desk_shows_reviews_and_decides_them(failing, client, sign_in, max_, at):
    at(HALF_A_YEAR + timedelta(days=31))
    sign_in(max_)
    assert "Experts to look at" in client.get("/en/desk/ranks").text
    path = f"/en/desk/ranks/reviews/{failing.member_id}"
    assert client.post(path, data={"act": "lower", "reason": ""}).status_code == 409
    assert client.post(path, data={"act": "lower", "reason": "Wrong"}).status_code == 303
    assert client.post(path, data={}).status_code == 303 and rank_of(failing) < 4


# --- frozen by a measure --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["time", "lifted", "overturned"])
def test_a_measure_freezes_what_ranks_from_three_open_and_its_end_gives_it_back(
    how, expert, mo, max_, at, app
):
    sanction_id = sanctioning.silence(mo, expert.member_id, 24, Reason.INSULT, "")
    assert rank_of(expert) == 4 and actor_of(member(expert)).rank == 2
    with unit_of_work():
        secret = begin(expert.member_id, Origin())
    assert load(secret).actor.rank == 2
    assert queries.progress(expert.member_id).frozen_until is not None
    if how == "time":
        at(timedelta(hours=25))
    elif how == "lifted":
        sanctioning.lift(mo, sanction_id, "It was enough")
    else:
        statement_id = db.session.get_one(Sanction, sanction_id).statement_id
        appealing.appeal(actor_of(member(expert)), statement_id, "I never wrote that, please look again.")
        answer_appeal(max_, Decision.OVERTURN)
    assert rank_of(expert) == 4 and load(secret).actor.rank == actor_of(member(expert)).rank == 4
    assert queries.progress(expert.member_id).frozen_until is None


def test_a_frozen_rank_does_not_rise(ben, mo, at):
    sanctioning.suspend(mo, ben.member_id, 168, Reason.INSULT, "")
    booking.adjust(SYSTEM, ben.member_id, Amounts(1500, 0), "brought", "For the test")
    before = rank_of(ben)
    assert ranking.rank_members([ben.member_id]) == 0 and rank_of(ben) == before


def test_the_page_of_ranks_says_that_it_is_frozen(client, sign_in, expert, mo):
    sanctioning.silence(mo, expert.member_id, 24, Reason.INSULT, "")
    sign_in(expert)
    assert "Your rank is frozen until" in client.get("/en/ranks").text


# --- alumni ---------------------------------------------------------------------------------------------------------


def signed(who, max_):
    mandates.nominate(max_, who.member_id, 5, "Years of patient help")
    assert mandates.sign(who, mandates.charter()[0])


def alumni():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Alumnus))


def test_who_hands_back_is_an_alumnus_on_the_profile(expert, max_, client):
    signed(expert, max_)
    page = f"/en/members/{expert.member_id}/ben"
    assert "Former super-user" not in client.get(page).text
    assert mandates.hand_back(expert) and alumni() == 1
    assert "Former super-user" in client.get(page).text


@pytest.mark.parametrize("honour", [True, False])
def test_the_team_ends_a_mandate_in_honour_or_not(honour, expert, max_):
    signed(expert, max_)
    with pytest.raises(Invalid):
        mandates.end_mandate(max_, expert.member_id, " ", honour)
    assert mandates.end_mandate(max_, expert.member_id, "The programme ends", honour)
    assert alumni() == honour and rank_of(expert) == 4


def test_a_term_that_ends_under_a_measure_does_not_end_in_honour(expert, max_, mo, at):
    signed(expert, max_)
    with unit_of_work():
        db.session.execute(update(Mandate).values(ends_at=START + timedelta(hours=2)))
    sanctioning.silence(mo, expert.member_id, 24, Reason.INSULT, "")
    at(timedelta(hours=3))
    assert mandates.look_at_terms() == (0, 1) and alumni() == 0


# --- what newcomers may report ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason", [one for one in FlagReason if one is not FlagReason.AUTHENTICITY]
)  # which makers of a product give
def test_newcomers_report_danger_law_and_personal_data_members_everything(
    reason, newcomer, ada, ben, make_question
):
    question_id = make_question(ben)
    if reason in (FlagReason.DANGEROUS, FlagReason.ILLEGAL, FlagReason.PERSONAL_DATA):
        assert flag(newcomer, question_id, reason)
    else:
        with pytest.raises(Invalid):
            flag(newcomer, question_id, reason, "A word about it")
    assert flag(ada, question_id, reason, "A word about it")
