"""Mandates are offered, signed, renewed, handed back and remembered; formulas are looked at before they move anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common import settings
from common.audit import AuditEntry
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from rewards.ledger import booking
from rewards.ledger.rules import Amounts
from rewards.ranks import falling, mandates, metrics, queries, ranking, scaling
from rewards.ranks.measuring.candidates import candidates
from rewards.ranks.models import Alumnus, Charter, Mandate, MandateOffer
from rewards.ranks.rules import DEFAULT_FORMULAS
from tests.conftest import START

EASY = {
    **DEFAULT_FORMULAS,
    "5": {"all": [{">=": ["rep_total", 100]}, {"==": ["nominated", 1]}, {"==": ["charter_signed", 1]}]},
    "6": {"all": [{">=": ["months_at_r5", 12]}, {"==": ["nominated", 2]}]},
}
WHY = "Two years of patient help"


@pytest.fixture(autouse=True)
def monday(app, at, settings_override):
    at(START)
    with settings_override(ranks__formulas=EASY):
        yield


@pytest.fixture
def worthy(ben):
    booking.adjust(SYSTEM, ben.member_id, Amounts(1500, 0), "brought", "For the test")
    return ben


def rank_of(who):
    db.session.rollback()
    return db.session.scalar(select(Member.rank).where(Member.id == who.member_id))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def told(who):
    query = select(Notification.kind).where(
        Notification.member_id == who.member_id, Notification.kind.like("mandate-%")
    )
    return list(db.session.scalars(query.order_by(Notification.id)))


def signed(who, max_):
    mandates.nominate(max_, who.member_id, 5, WHY)
    assert mandates.sign(who, mandates.charter()[0])


def test_candidates_are_those_who_could_be_asked_and_were_not(worthy, cleo, max_):
    def stand_at(rank):
        with unit_of_work():
            update_where(Member, Member.id.in_((worthy.member_id, cleo.member_id)), rank=rank)

    stand_at(3)
    assert candidates() == [], "first the rank below"
    stand_at(4)
    assert candidates() == [worthy.member_id], "the other one has no points"
    assert mandates.nominate(max_, worthy.member_id, 5, WHY)
    assert candidates() == []


def test_an_offer_changes_nothing_before_the_charter_is_signed(worthy, max_, drain):
    assert mandates.nominate(max_, worthy.member_id, 5, WHY)
    assert not mandates.nominate(max_, worthy.member_id, 5, WHY)
    ranking.rank_members([worthy.member_id])
    assert rank_of(worthy) < 5
    assert mandates.sign(worthy, mandates.charter()[0])
    assert not mandates.sign(worthy, mandates.charter()[0])
    assert rank_of(worthy) == 5
    kept = db.session.scalars(select(Mandate)).one()
    assert kept.charter_hash == db.session.scalars(select(Charter.hash)).one()
    assert (kept.ends_at.year, kept.ends_at.month) == (2027, 3)
    assert told(worthy) == ["mandate-offered"]


def test_who_may_offer_and_to_whom(worthy, ada, mo, sam, max_):
    for who in (ada, mo, sam):
        with pytest.raises(Forbidden):
            mandates.nominate(who, worthy.member_id, 5, WHY)
    with pytest.raises(Conflict):  # deeds do not suffice
        mandates.nominate(max_, ada.member_id, 5, WHY)
    with pytest.raises(Conflict):  # no year as a super-user
        mandates.nominate(max_, worthy.member_id, 6, WHY)
    with pytest.raises(Conflict):
        mandates.nominate(max_, sam.member_id, 5, WHY)
    for rank, reason in ((4, WHY), (5, " "), (5, "w" * 301)):
        with pytest.raises(Invalid):
            mandates.nominate(max_, worthy.member_id, rank, reason)
    assert (count(MandateOffer), count(Mandate)) == (0, 0)
    assert not mandates.sign(ada, mandates.charter()[0])


def test_a_charter_that_changed_since_it_was_read_is_not_signed(worthy, max_):
    mandates.nominate(max_, worthy.member_id, 5, WHY)
    seen = mandates.charter()[0]
    settings.change(max_, "ranks.charter_en", "Another text.", "Clearer")
    try:
        with pytest.raises(Conflict):
            mandates.sign(worthy, seen)
        assert mandates.sign(worthy, mandates.charter()[0])
    finally:
        settings.forget()


def test_declined_it_is_as_if_nothing_had_been(worthy, max_):
    before = rank_of(worthy)
    mandates.nominate(max_, worthy.member_id, 5, WHY)
    assert mandates.decline(worthy)
    assert not mandates.decline(worthy)
    assert (rank_of(worthy), count(MandateOffer)) == (before, 0)


def test_handed_back_the_rank_of_before_stays_and_the_member_is_an_alumnus(worthy, max_, ada):
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == worthy.member_id).values(rank=4))
    signed(worthy, max_)
    with pytest.raises(Forbidden):
        mandates.end_mandate(ada, worthy.member_id, "envy")
    assert mandates.hand_back(worthy)
    assert not mandates.hand_back(worthy)
    assert rank_of(worthy) == 4
    assert count(Alumnus) == 1
    signed(worthy, max_)
    assert (rank_of(worthy), count(Alumnus)) == (5, 0)


def test_a_term_is_announced_renewed_and_at_last_over(worthy, max_, at):
    signed(worthy, max_)
    at(START + timedelta(days=300))
    assert mandates.look_at_terms() == (0, 0)
    booking.adjust(SYSTEM, worthy.member_id, Amounts(1000, 0), "more", "For the test")
    at(START + timedelta(days=340))
    mandates.look_at_terms()
    mandates.look_at_terms()
    assert told(worthy) == ["mandate-offered", "mandate-ending"]
    at(START + timedelta(days=366))
    assert mandates.look_at_terms() == (1, 0)
    assert mandates.look_at_terms() == (0, 0)
    assert rank_of(worthy) == 5
    at(START + timedelta(days=732))
    assert mandates.look_at_terms() == (0, 1)
    assert mandates.look_at_terms() == (0, 0)
    assert rank_of(worthy) < 5
    assert count(Alumnus) == 1
    assert told(worthy)[-2:] == ["mandate-renewed", "mandate-over"]


def test_whoever_is_sanctioned_at_the_end_is_not_renewed(worthy, max_, at):
    signed(worthy, max_)
    at(START + timedelta(days=366))
    booking.adjust(SYSTEM, worthy.member_id, Amounts(2000, 0), "more", "For the test")
    with unit_of_work():
        later = START + timedelta(days=400)
        db.session.execute(update(Member).where(Member.id == worthy.member_id).values(silenced_until=later))
    assert mandates.look_at_terms() == (0, 1)


def test_a_mentor_has_been_a_super_user_for_a_year(worthy, max_, at):
    signed(worthy, max_)
    at(START + timedelta(days=364))
    booking.adjust(SYSTEM, worthy.member_id, Amounts(2000, 0), "more", "For the test")
    at(START + timedelta(days=366))
    mandates.look_at_terms()
    assert mandates.nominate(max_, worthy.member_id, 6, WHY)
    ranking.rank_members([worthy.member_id])
    assert rank_of(worthy) == 5
    assert mandates.sign(worthy, mandates.charter()[0])
    assert rank_of(worthy) == 6


def test_signing_twice_at_once_is_one_mandate(app, worthy, max_, in_threads):
    mandates.nominate(max_, worthy.member_id, 5, WHY)
    seen = mandates.charter()[0]
    found = in_threads(4, lambda _n: mandates.sign(worthy, seen))
    assert found.count(True) == 1
    assert found.count(False) == 3
    assert (rank_of(worthy), count(Mandate)) == (5, 1)


# --- falling ------------------------------------------------------------------------------------------------------


@pytest.fixture
def annulled(ben, cleo, ada, make_question, make_answer, mo):
    """ben stands at rank 2 (100 points) with 95 and then 25 fewer, taken back as abuse."""
    from forum.solutions.accepting import accept_answer

    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    accept_answer(ada, question_id, answer_id)
    have = booking.live_lines(booking.LedgerEntry.member_id == ben.member_id)
    total = sum(line.granted for line in have if line.account == "reputation")
    booking.adjust(SYSTEM, ben.member_id, Amounts(95 - total, 0), "rest", "For the test")

    def take_back():
        lines = [line for line in have if line.rule_key == "answer.accepted"]
        with unit_of_work():
            booking.reverse(lines, None, "annulled", rule_key="fraud.V6")

    return take_back


def test_a_rank_falls_thirty_days_after_an_annulment_and_never_before(ben, annulled, at):
    assert falling.look_for_falls() == (0, 0)  # 95 of 100, and nothing was annulled
    annulled()
    assert falling.look_for_falls() == (1, 0)
    assert falling.look_for_falls() == (0, 0)
    assert rank_of(ben) == 2
    at(START + timedelta(days=31))
    assert falling.look_for_falls() == (0, 1)
    assert rank_of(ben) < 2
    assert falling.look_for_falls() == (0, 0)


def test_whoever_earns_it_back_in_time_keeps_the_rank(ben, annulled, at):
    annulled()
    falling.look_for_falls()
    booking.adjust(SYSTEM, ben.member_id, Amounts(25, 0), "back", "For the test")
    at(START + timedelta(days=31))
    assert falling.look_for_falls() == (0, 0)
    assert rank_of(ben) == 2


def test_an_ordinary_removal_begins_no_grace(ben, annulled, mo, at):
    lines = booking.live_lines(booking.LedgerEntry.member_id == ben.member_id)
    with unit_of_work():
        booking.reverse(lines, None, "removed")
    assert falling.look_for_falls() == (0, 0)
    at(START + timedelta(days=40))
    assert rank_of(ben) == 2


# --- formulas -----------------------------------------------------------------------------------------------------


def easier():
    return {**scaling.written(), 2: "rep_total >= 50"}


def test_a_preview_says_who_moves_and_moves_nobody(ada, max_, sam, make_question, make_answer, ben):
    make_answer(ben, make_question(ada))
    booking.adjust(SYSTEM, ada.member_id, Amounts(60, 0), "gift", "For the test")
    trees = scaling.read_formulas(easier())
    before = rank_of(ada)
    seen = scaling.preview(max_, trees)
    assert (before, 2, 1) in seen.moves
    assert seen.all_of_them
    assert rank_of(ada) == before
    with pytest.raises(Forbidden):
        scaling.preview(sam, trees)


def test_formulas_that_cannot_be_read_name_their_rank_and_line():
    with pytest.raises(Invalid) as refused:
        scaling.read_formulas({**scaling.written(), 3: "rep_total >= 1\nimport os", 4: ""})
    assert set(refused.value.fields) == {"rank-3", "rank-4"}
    assert "line 2" in str(refused.value.fields["rank-3"])


def test_a_condition_nobody_could_be_told_about_is_refused_by_its_words(app):
    texts = {
        **scaling.written(),
        3: "rep_total >= 1\n(age_days > 3 or not (rep_total >= rep_total * 2))",
        4: "1 = 0",
    }
    with pytest.raises(Invalid) as refusal:
        scaling.read_formulas(texts)
    assert set(refusal.value.fields) == {"rank-3", "rank-4"}
    assert str(refusal.value.fields["rank-3"]).startswith(
        "“rep_total >= rep_total * 2” cannot be explained to members"
    )
    assert scaling.read_formulas({**texts, 3: "10 <= rep_total + age_days", 4: "not (rep_total < 9)"})


def test_what_falls_out_of_the_window_is_said(ben, at):
    booking.adjust(SYSTEM, ben.member_id, Amounts(30, 0), "old", "For the test")
    at(START + timedelta(days=340))
    day, points = metrics.reputation_leaving(ben.member_id)
    assert (day.year, points) == (2027, 30)
    with unit_of_work():
        db.session.execute(update(Member).where(Member.id == ben.member_id).values(rank=4))
    shown = queries.progress(ben.member_id)
    assert shown.opens is not None


def test_the_desk_measures_reports_and_measures_in_force(ben, mo, at):
    from moderation.sanctions import striking
    from moderation.sanctions.strike_rules import StrikeCause

    found = metrics.of([ben.member_id])[ben.member_id]
    assert (found["flags_reviewed"], found["strikes_active"]) == (0, 0)
    striking.strike(mo, ben.member_id, StrikeCause.LINK_DROPPING, "", "one")
    assert metrics.of([ben.member_id])[ben.member_id]["strikes_active"] == 1
    at(START + timedelta(days=181))
    assert metrics.of([ben.member_id])[ben.member_id]["strikes_active"] == 0


# --- pages --------------------------------------------------------------------------------------------------------


def test_pages_of_ranks_and_mandates(app, client, sign_in, worthy, ada, max_, drain):
    sign_in(ada)
    assert client.get("/en/desk/ranks").status_code == 403
    assert client.get("/en/rewards/mandate").status_code == 303
    sign_in(max_)
    form = {f"rank-{rank}": text for rank, text in easier().items()}
    shown = client.post("/en/desk/ranks", data={**form, "act": "preview"})
    assert "Who would move" in shown.get_data(as_text=True)
    wrong = client.post("/en/desk/ranks", data={**form, "rank-2": "eval(1)", "act": "preview"})
    assert wrong.status_code == 422
    assert "eval(1)" in wrong.get_data(as_text=True)
    stale = client.post("/en/desk/ranks", data={**form, "act": "apply", "reason": "Easier", "seen": "old"})
    assert stale.status_code == 409
    good = {**form, "act": "apply", "reason": "Easier", "seen": scaling.fingerprint()}
    assert client.post("/en/desk/ranks", data=good).status_code == 303
    drain()
    assert db.session.scalar(select(func.count()).where(AuditEntry.act == "setting.changed")) == 1
    offer = {"member": "Ben", "rank": "5", "reason": WHY}
    assert client.post("/en/desk/ranks/mandates", data=offer).status_code == 303
    assert client.post("/en/desk/ranks/mandates", data={**offer, "member": "Nobody"}).status_code == 422
    sign_in(worthy)
    assert mandates.charter()[2][:40] in client.get("/en/rewards/mandate").get_data(as_text=True)
    assert client.post("/en/rewards/mandate/sign", data={"seen": "x"}).status_code == 409
    assert client.post("/en/rewards/mandate/sign", data={"seen": mandates.charter()[0]}).status_code == 303
    assert rank_of(worthy) == 5
    assert client.post("/en/rewards/mandate/hand-back").status_code == 303
    assert "Former super-user" in client.get("/en/rewards/mandate").get_data(as_text=True)
    settings.forget()
