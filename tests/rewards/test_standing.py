"""Ranks and badges follow deeds; spending, leaving and repeating never take them away. Points expire once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from accounts.members.models import Member
from accounts.notifications.models import Notification
from accounts.notifications.queries import page_of_news
from common import clock
from common.db import db
from common.errors import Forbidden, Invalid
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Post
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer
from rewards.badges import awarding, keeping
from rewards.badges import queries as badges
from rewards.badges.models import BadgeAward, RevokeCause
from rewards.badges.rules import BadgeKey, Tier
from rewards.jobs import ageing, standing
from rewards.ledger import balances, booking, expiring, verifying
from rewards.ledger.models import Balance, LedgerEntry
from rewards.ledger.queries import wallet
from rewards.ledger.rules import Amounts, Cause, CauseType
from rewards.ranks import appointing, mandates
from rewards.ranks import queries as ranks
from rewards.ranks.models import RankChange
from tests.conftest import START


@pytest.fixture(autouse=True)
def monday(app, at):
    at(START)


def rank_of(who):
    return db.session.scalar(
        select(Member.rank).where(Member.id == who.member_id).execution_options(populate_existing=True)
    )


def set_rank(who, rank):
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == who.member_id).values(rank=rank))


def changes(who):
    return db.session.scalar(select(func.count()).where(RankChange.member_id == who.member_id))


# --- ranks ------------------------------------------------------------------------------------------------------


def test_a_newcomer_rises_a_day_after_a_first_message_and_hears_of_it_once(
    newcomer, make_question, drain, at
):
    make_question(newcomer)
    drain()
    assert rank_of(newcomer) == 0
    at(timedelta(hours=25))
    ageing()
    ageing()
    assert rank_of(newcomer) == 1
    assert changes(newcomer) == 1
    told = select(func.count()).where(
        Notification.kind == "rank-changed", Notification.member_id == newcomer.member_id
    )
    assert db.session.scalar(told) == 1


def test_points_and_answers_open_the_next_rank(ada, ben, make_question, make_answer, drain):
    set_rank(ben, 1)
    for number in range(5):
        make_answer(ben, make_question(ada, title=f"Question number {number} of five"))
    drain()
    assert rank_of(ben) == 1
    booking.adjust(SYSTEM, ben.member_id, Amounts(100, 0), "gift", "For the test")
    drain()
    assert rank_of(ben) == 2


def test_losing_or_spending_points_never_lowers_a_rank(ben, ada, make_question, make_answer, drain, mo):
    set_rank(ben, 3)
    answer_id = make_answer(ben, make_question(ada))
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 100), "gift", "For the test")
    booking.spend(ben, 100, Cause(CauseType.COUPON, "1"))
    publishing.remove(mo, answer_id)
    drain()
    standing([{"member_id": ben.member_id}])
    assert rank_of(ben) == 3


def test_a_mandate_is_given_with_a_reason_and_handed_back(max_, ben, ada, drain):
    with pytest.raises(Forbidden):
        appointing.appoint(ada, ben.member_id, 5, "I like him")
    with pytest.raises(Invalid):
        appointing.appoint(max_, ben.member_id, 5, " ")
    with pytest.raises(Invalid):
        appointing.appoint(max_, ben.member_id, 4, "No such mandate")
    assert appointing.appoint(max_, ben.member_id, 5, "Two years of patient help")
    assert not appointing.appoint(max_, ben.member_id, 5, "Two years of patient help")
    assert rank_of(ben) == 5
    drain()
    assert rank_of(ben) == 5
    with pytest.raises(Forbidden):
        mandates.end_mandate(ada, ben.member_id, "envy")
    assert mandates.hand_back(ben)
    assert not mandates.hand_back(ben)
    assert rank_of(ben) < 5


def test_the_explanation_says_what_is_missing(ben, ada, make_question, make_answer):
    set_rank(ben, 1)
    make_answer(ben, make_question(ada))
    found = ranks.progress(ben.member_id)
    missing = {str(c.words): (c.value, str(c.wanted), c.met) for c in found.conditions}
    assert found.next == 2
    assert missing["Answers published"] == ("1", "of 5", False)
    assert missing["Days since you joined"][2]
    assert found.points_missing == 92
    assert [stop.state for stop in ranks.trail(found)] == ["past", "now", "next", "next", "next", "next"]


def test_a_broken_formula_in_the_settings_falls_back_to_the_defaults(settings_override, ben):
    from rewards.ranks.scale import _formulas, formulas

    with settings_override(ranks__formulas={"2": {"eval": ["1"]}}):
        assert formulas()[2].kind == "all"
        assert not _formulas().well
    assert _formulas().well


# --- badges -----------------------------------------------------------------------------------------------------


def held(who):
    rows = db.session.execute(
        select(BadgeAward.badge_key, BadgeAward.tier).where(BadgeAward.member_id == who.member_id)
    )
    return {(key, tier) for key, tier in rows}


def test_a_solution_gives_helping_hand_and_good_reflex_once(ada, ben, make_question, make_answer, drain):
    question_id = make_question(ada)
    accept_answer(ada, question_id, make_answer(ben, question_id))
    drain()
    standing([{"member_id": ben.member_id}, {"member_id": ada.member_id}] * 3)
    assert held(ben) == {(BadgeKey.HELPER, Tier.BRONZE)}
    assert held(ada) == {(BadgeKey.FIRST_ACCEPT, Tier.BRONZE)}
    assert db.session.scalar(select(func.count()).where(Notification.kind == "badge-awarded")) == 2


def test_the_news_of_a_badge_for_an_answer_names_the_question(
    ada, ben, cleo, mo, sam, make_question, make_answer, drain
):
    for title in ("The door stays locked", "It hums at night"):
        answer_id = make_answer(ben, make_question(ada, title=title))
        for reader in (cleo, mo, sam):
            give_kudos(reader, answer_id)
    drain()
    said = {str(line.sentence) for line in page_of_news(ben.member_id).items if line.kind == "badge-awarded"}
    assert {
        f"You earned the badge “Fine answer” (bronze) for your answer to “{title}”."
        for title in ("The door stays locked", "It hums at night")
    } <= said


def test_ones_own_answer_gives_no_badge(ada, make_question, make_answer, at, drain):
    question_id = make_question(ada)
    at(timedelta(hours=73))
    accept_answer(ada, question_id, make_answer(ada, question_id))
    drain()
    assert held(ada) == set()


def test_a_fine_answer_is_earned_for_each_answer(
    ada, ben, cleo, zed, newcomer, make_question, make_answer, drain
):
    for number in range(2):
        answer_id = make_answer(ben, make_question(ada, title=f"Question number {number} of two"))
        with unit_of_work():
            db.session.execute(update(Post).where(Post.id == answer_id).values(kudos_count=3))
        give_kudos(cleo, answer_id)
    drain()
    mine = db.session.scalar(select(func.count()).where(BadgeAward.badge_key == BadgeKey.GOOD_ANSWER))
    assert mine == 2
    medal = next(m for m in badges.medals_of(ben.member_id) if m.key is BadgeKey.GOOD_ANSWER)
    assert medal.times == 2


def test_a_badge_stays_when_the_answer_is_withdrawn_and_goes_only_by_a_decision(
    ada, ben, max_, make_question, make_answer, drain, mo
):
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    accept_answer(ada, question_id, answer_id)
    drain()
    publishing.remove(mo, answer_id)
    drain()
    assert held(ben) == {(BadgeKey.HELPER, Tier.BRONZE)}
    award_id = db.session.scalar(select(BadgeAward.id).where(BadgeAward.member_id == ben.member_id))
    with pytest.raises(Forbidden):
        keeping.revoke(mo, award_id, RevokeCause.FRAUD, "Fraud")
    assert keeping.revoke(max_, award_id, RevokeCause.FRAUD, "Two accounts of one person")
    assert not keeping.revoke(max_, award_id, RevokeCause.FRAUD, "Two accounts of one person")
    assert badges.medals_of(ben.member_id) == []
    publishing.restore(mo, answer_id)
    drain()
    assert badges.medals_of(ben.member_id) == []


def test_a_topic_expert_needs_five_solutions_in_the_category(ada, ben, make_question, make_answer, drain, at):
    for number in range(5):
        assert (BadgeKey.TOPIC_EXPERT, Tier.BRONZE) not in held(ben)
        question_id = make_question(ada, title=f"Question number {number} about coffee", category_id=2)
        accept_answer(ada, question_id, make_answer(ben, question_id))
        drain()
        at(timedelta(days=2))
    assert (BadgeKey.TOPIC_EXPERT, Tier.BRONZE) in held(ben)
    assert (BadgeKey.FAST, Tier.BRONZE) in held(ben)
    assert badges.expertise_of(ben.member_id) == ["Expert Coffee 2026"]


def test_a_dry_run_says_who_would_get_what_and_gives_nothing(ada, ben, make_question, make_answer):
    question_id = make_question(ada)
    accept_answer(ada, question_id, make_answer(ben, question_id))
    assert awarding.would_award(BadgeKey.HELPER) == 1
    assert held(ben) == set()


# --- expiry and verification ------------------------------------------------------------------------------------


def test_points_expire_after_a_year_the_oldest_first_and_once(ada, ben, make_question, make_answer, at):
    question_id = make_question(ada)
    at(timedelta(hours=3))
    accept_answer(ada, question_id, make_answer(ben, question_id))  # 5 + 25 to spend
    at(timedelta(days=100))
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 40), "gift", "For the test")
    booking.spend(ben, 12, Cause(CauseType.COUPON, "1"))
    moment, left = expiring.next_expiry(ben.member_id)
    assert (moment.year, left) == (2027, 18)
    reputation = wallet(ben.member_id).reputation
    at(timedelta(days=260))
    assert expiring.expire_due() == 0
    at(timedelta(days=6))
    assert expiring.expire_due() == 1
    assert expiring.expire_due() == 0
    assert wallet(ben.member_id).available == 40
    assert wallet(ben.member_id).reputation == reputation
    assert sum(lot.left for lot in expiring.lots_of(ben.member_id)) == 40


def test_points_wait_with_their_end_while_a_measure_is_in_force(ben, at):
    at(START)
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 40), "gift", "For the test")
    at(timedelta(days=366))

    def silence(until):
        with unit_of_work():
            db.session.execute(update(Member).where(Member.id == ben.member_id).values(silenced_until=until))

    silence(clock.now() + timedelta(days=1))
    assert expiring.expire_due() == 0
    silence(None)
    assert expiring.expire_due() == 1


def test_points_that_come_back_after_their_lot_ended_begin_anew(ben, at):
    at(START)
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 40), "gift", "For the test")
    at(timedelta(days=4))
    cause = Cause(CauseType.COUPON, "1")
    booking.spend(ben, 15, cause)
    at(timedelta(days=366))
    assert expiring.expire_due() == 1 and wallet(ben.member_id).available == 0
    booking.refund(ben.member_id, cause, None)
    assert wallet(ben.member_id).available == 15
    at(timedelta(days=300))
    assert expiring.expire_due() == 0 and wallet(ben.member_id).available == 15
    at(timedelta(days=70))
    assert expiring.expire_due() == 1 and expiring.expire_due() == 0
    assert wallet(ben.member_id).available == 0 and expiring.lots_of(ben.member_id) == []


def test_a_debt_forbids_to_spend_until_it_is_earned_back(ada, ben, make_question, make_answer, at, mo):
    from common.errors import Conflict

    question_id = make_question(ada)
    at(timedelta(hours=3))
    answer_id = make_answer(ben, question_id)
    accept_answer(ada, question_id, answer_id)
    at(timedelta(days=4))
    booking.spend(ben, 20, Cause(CauseType.COUPON, "1"))
    publishing.remove(mo, answer_id)
    assert wallet(ben.member_id).available == -20
    with pytest.raises(Conflict):
        booking.spend(ben, 1, Cause(CauseType.COUPON, "2"))
    booking.adjust(SYSTEM, ben.member_id, Amounts(0, 21), "gift", "For the test")
    assert booking.spend(ben, 1, Cause(CauseType.COUPON, "2"))


def test_verification_finds_a_figure_that_was_changed_and_rebuild_repairs_it(app, ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(7, 9), "gift", "For the test")
    run = app.test_cli_runner()
    assert "0 differences" in run.invoke(args=["ledger", "verify"]).output
    with unit_of_work():
        db.session.execute(update(Balance).where(Balance.member_id == ben.member_id).values(matured=999))
        db.session.execute(text("UPDATE member SET points = 5 WHERE id = 901"))
    result = run.invoke(args=["ledger", "verify"])
    assert result.exit_code == 1
    assert "matured is 999, the lines say 9" in result.output
    run.invoke(args=["ledger", "rebuild"])
    with unit_of_work():
        db.session.execute(text("UPDATE member SET points = 0 WHERE id = 901"))
    assert list(verifying.faults()) == []


def test_a_manual_line_needs_a_manager_and_a_reason_and_is_booked_once(max_, ben, ada):
    with pytest.raises(Invalid):
        booking.adjust(ada, ben.member_id, Amounts(5, 5), "x", "Because")
    with pytest.raises(Invalid):
        booking.adjust(max_, ben.member_id, Amounts(5, 5), "x", " ")
    assert len(booking.adjust(max_, ben.member_id, Amounts(5, 5), "x", "Because")) == 2
    assert booking.adjust(max_, ben.member_id, Amounts(5, 5), "x", "Because") == []


def test_rebuilding_changes_no_honest_figure(ada, ben, make_question, make_answer, at):
    question_id = make_question(ada)
    accept_answer(ada, question_id, make_answer(ben, question_id))
    at(timedelta(hours=80))
    before = wallet(ben.member_id)
    balances.rebuild(db.session.scalars(select(LedgerEntry.member_id).distinct()).all())
    assert wallet(ben.member_id) == before
