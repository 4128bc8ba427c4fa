"""Silence, suspension, and appeals: statement, dates, sessions, and everything put right when it was wrong."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.signin.models import MemberSession
from accounts.signin.sessions import Origin, begin
from common.audit import AuditEntry, verify
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS, SYSTEM
from common.unit_of_work import unit_of_work
from forum.questions.asking import ask_question
from forum.solutions.accepting import accept_answer
from moderation.appeals import queries as appeal_queries
from moderation.flags.flagging import flag
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason
from moderation.review import deciding, leasing, queueing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemType, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing, banning, sanctioning, striking
from moderation.sanctions.models import Appeal, Sanction, Statement, StatementEnd
from moderation.sanctions.queries import statement_view
from moderation.sanctions.rules import missing_parts
from moderation.sanctions.statements import by_token, token_of
from moderation.sanctions.strike_rules import StrikeCause
from moderation.sanctions.wording import parts_of
from rewards.ledger import queries as ledger
from rewards.ledger import verifying
from rewards.promotions import claiming, keeping, offering, pooling
from rewards.promotions.models import Coupon
from rewards.promotions.rules import PromotionKind
from tests.conftest import START, stored_text

WHY = "I never wrote that, please look again."


def statement():
    return db.session.scalars(db.select(Statement).order_by(Statement.id.desc())).first()


def answer_appeal(who, decision, message="We looked at it again, thank you."):
    newest = db.select(ReviewItem).where(ReviewItem.kind == ItemType.APPEAL).order_by(ReviewItem.id.desc())
    item = db.session.scalars(newest).first()
    lease = leasing.claim(who, item.id)
    return deciding.decide(who, item.id, lease.token, shown(item).stamp, Verdict(decision, message=message))


def test_a_silence_has_its_date_its_statement_and_its_audit_row(mo, ben, app):
    sanction_id = sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "Three insults in one day.")
    sanction = db.session.get(Sanction, sanction_id)
    assert db.session.get(Member, ben.member_id).silenced_until == sanction.ends_at
    row = statement()
    assert (row.measure, row.member_id, row.lasts_until) == ("silenced", ben.member_id, sanction.ends_at)
    assert missing_parts({k: " ".join(map(str, v)) for k, v in parts_of(row).items()}) == []
    assert (
        db.session.scalar(db.select(AuditEntry.actor_id).where(AuditEntry.act == "member.silence"))
        == mo.member_id
    )
    assert verify() is None


def test_a_silence_ends_by_itself(mo, ben, at):
    from accounts.signin.sessions import actor_of

    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    assert actor_of(db.session.get(Member, ben.member_id)).silenced
    at(timedelta(hours=24, seconds=1))
    assert not actor_of(db.session.get(Member, ben.member_id)).silenced


def test_a_silenced_member_writes_nothing(mo, ben):
    from accounts.signin.sessions import actor_of

    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    with pytest.raises(Forbidden):
        ask_question(
            actor_of(db.session.get(Member, ben.member_id)),
            title="May I still ask?",
            body="I wonder whether I may still ask.",
            category_id=1,
        )


def test_a_suspension_ends_all_sessions(mo, ben, app):
    with unit_of_work():
        begin(ben.member_id, Origin())
    sanctioning.suspend(mo, ben.member_id, 168, Reason.HATE, "")
    assert db.session.scalar(db.select(db.func.count()).where(MemberSession.member_id == ben.member_id)) == 0
    assert db.session.get(Member, ben.member_id).suspended_until is not None


@pytest.mark.parametrize("who", ["ada", "sam", "cleo"])
def test_only_moderators_sanction(request, ben, who):
    with pytest.raises(Forbidden):
        sanctioning.silence(request.getfixturevalue(who), ben.member_id, 24, Reason.INSULT, "")
    assert statement() is None


def test_neither_oneself_nor_colleagues(mo, sam, root):
    with pytest.raises(Forbidden):
        sanctioning.silence(mo, mo.member_id, 24, Reason.INSULT, "")
    with pytest.raises(Forbidden):
        sanctioning.silence(mo, sam.member_id, 24, Reason.INSULT, "")
    sanctioning.silence(root, sam.member_id, 24, Reason.INSULT, "")


def test_the_longest_silence_counts_and_lifting_it_leaves_the_other(mo, ben):
    short = sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    long = sanctioning.silence(mo, ben.member_id, 72, Reason.INSULT, "")
    assert db.session.get(Member, ben.member_id).silenced_until == db.session.get(Sanction, long).ends_at
    sanctioning.lift(mo, long, "It was too long")
    assert db.session.get(Member, ben.member_id).silenced_until == db.session.get(Sanction, short).ends_at
    with pytest.raises(Conflict):
        sanctioning.lift(mo, long, "It was too long")


def test_lifting_needs_a_reason(mo, ben):
    sanction_id = sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    with pytest.raises(Invalid):
        sanctioning.lift(mo, sanction_id, " ")


# --- appeals --------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(held, decide, mo):
    """A newcomer's question that mo refused; returns (post id, statement id)."""
    decide(mo, held, Decision.REJECT, Reason.INSULT)
    return held, statement().id


def test_the_address_of_a_statement_cannot_be_guessed(refused):
    _post, statement_id = refused
    token = token_of(statement_id)
    assert by_token(token).id == statement_id
    for wrong in (
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        f"{statement_id}-",
        "abc",
        f"9{token}",
        "²-x",
        "",
    ):
        with pytest.raises(NotFound):
            by_token(wrong)


def test_an_appeal_waits_for_another_person(refused, mo, second_moderator):
    _post, statement_id = refused
    appealing.appeal(ANONYMOUS, statement_id, WHY)
    assert leasing.take_next(mo) is None
    with pytest.raises(Forbidden):
        answer_appeal(mo, Decision.UPHOLD)
    item = db.session.get(ReviewItem, leasing.take_next(second_moderator).item_id)
    assert (item.kind, item.klass) == ("appeal", 4)


def test_an_overturned_refusal_publishes_the_post_and_tells_the_author(
    refused, second_moderator, newcomer, state_of, drain, outbox
):
    post_id, statement_id = refused
    appealing.appeal(ANONYMOUS, statement_id, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    assert state_of(post_id) == "published"
    assert db.session.scalars(db.select(StatementEnd.how)).one() == "overturned"
    drain()
    assert any(
        "overturned" in mail.get_body(("plain",)).get_content()
        for mail in outbox()
        if mail["To"] == "new@example.com"
    )


def test_an_answer_on_the_page_holds_the_appeal_before_its_item_in_no_known_time(
    refused, second_moderator, client, sign_in, monkeypatch
):
    appeal_id = appealing.appeal(ANONYMOUS, refused[1], WHY)
    order = []
    for room, name in ((deciding, "hold_text"), (leasing, "claim")):
        plain = getattr(room, name)
        monkeypatch.setattr(
            room, name, lambda *args, name=name, plain=plain: order.append(name) or plain(*args)
        )
    form = {"decision": "uphold", "message": "We looked at it again, thank you."}
    assert (
        sign_in(second_moderator).post(f"/en/desk/appeals/{appeal_id}/answer", data=form).status_code == 303
    )
    assert order == ["hold_text", "claim"]
    seconds = db.select(ReviewDecision.seconds).order_by(ReviewDecision.id.desc())
    assert db.session.scalars(seconds).first() is None


def test_an_upheld_decision_stays_and_new_facts_are_heard_once_more(refused, second_moderator, state_of):
    post_id, statement_id = refused
    appealing.appeal(ANONYMOUS, statement_id, WHY)
    with pytest.raises(Forbidden):  # the first one is not answered yet
        appealing.appeal(ANONYMOUS, statement_id, WHY)
    answer_appeal(second_moderator, Decision.UPHOLD)
    assert state_of(post_id) == "rejected" and db.session.scalar(db.select(Appeal.state)) == "upheld"
    second = appealing.appeal(ANONYMOUS, statement_id, "There is a receipt now, with my name on it.")
    assert db.session.get(Appeal, second).round == 2
    answer_appeal(second_moderator, Decision.UPHOLD)
    with pytest.raises(Forbidden):
        appealing.appeal(ANONYMOUS, statement_id, WHY)


def test_an_answer_to_an_appeal_has_words(refused, second_moderator):
    appealing.appeal(ANONYMOUS, refused[1], WHY)
    with pytest.raises(Invalid):
        answer_appeal(second_moderator, Decision.OVERTURN, "no")


def test_an_overturned_silence_ends_at_once(mo, ben, second_moderator):
    sanctioning.silence(mo, ben.member_id, 168, Reason.INSULT, "")
    appealing.appeal(ANONYMOUS, statement().id, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    assert db.session.get(Member, ben.member_id).silenced_until is None
    assert db.session.scalar(db.select(Sanction.state)) == "overturned"


def test_overturning_flips_what_the_reports_had_earned(
    ada, ben, make_question, decide, mo, second_moderator, policy
):
    post_id = make_question(ada)
    flag(ben, post_id, FlagReason.INSULT)
    decide(mo, post_id, Decision.REMOVE, Reason.INSULT)
    appealing.appeal(ANONYMOUS, statement().id, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    assert db.session.scalar(db.select(Flag.outcome)) == "disagreed"


def test_six_months_to_appeal_and_not_a_second_more(refused, at):
    end = statement().appeal_until
    at(end)
    with pytest.raises(Forbidden):
        appealing.appeal(ANONYMOUS, refused[1], WHY)
    at(end - timedelta(seconds=1))
    appealing.appeal(ANONYMOUS, refused[1], WHY)


def test_an_appeal_has_a_few_words(refused):
    with pytest.raises(Invalid):
        appealing.appeal(ANONYMOUS, refused[1], "no")


def test_statements_cannot_be_changed_or_deleted(refused, app):
    from sqlalchemy.exc import DatabaseError

    for sql in ("UPDATE statement SET message = 'x'", "DELETE FROM statement"):
        with pytest.raises(DatabaseError), unit_of_work():
            db.session.execute(db.text(sql))


def test_nobody_contests_in_somebody_else_s_name(refused, mo, ada, newcomer):
    for who in (mo, ada):
        with pytest.raises(Forbidden):
            appealing.appeal(who, refused[1], WHY)
    appealing.appeal(newcomer, refused[1], WHY)


# --- what a measure means for points -------------------------------------------------------------------------------


def points_of(who):
    db.session.rollback()
    return db.session.scalar(db.select(Member.points).where(Member.id == who.member_id))


@pytest.fixture
def solved_while_silenced(mo, ada, ben, make_question, make_answer, at):
    """ben's answer of before is accepted while he is silenced; what he had then, and the points."""
    at(START)
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    had = points_of(ben)
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    at(START + timedelta(hours=3))
    accept_answer(ada, question_id, answer_id)
    return had


def test_nothing_is_earned_while_a_measure_is_in_force_and_the_statement_says_why(
    solved_while_silenced, ben, ada, at, make_question, make_answer
):
    assert points_of(ben) == solved_while_silenced
    notes = [str(line.note) for line in ledger.statement(ben.member_id).items]
    assert any("measure" in note for note in notes)
    at(START + timedelta(hours=30))  # it is over
    question_id = make_question(ada)
    accept_answer(ada, question_id, make_answer(ben, question_id))
    assert points_of(ben) > solved_while_silenced


def test_an_overturned_measure_pays_what_was_earned_meanwhile_once(
    solved_while_silenced, ben, second_moderator
):
    appealing.appeal(ANONYMOUS, statement().id, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    assert points_of(ben) >= solved_while_silenced + 25
    assert list(verifying.all_faults()) == []


def test_a_measure_that_is_over_pays_too_when_it_was_wrong(solved_while_silenced, ben, second_moderator, at):
    at(START + timedelta(hours=40))
    appealing.appeal(ANONYMOUS, statement().id, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    assert points_of(ben) >= solved_while_silenced + 25


def test_what_another_measure_withheld_stays_withheld(mo, ben, solved_while_silenced, second_moderator):
    wrong = statement().id
    sanctioning.suspend(mo, ben.member_id, 24, Reason.INSULT, "")
    with unit_of_work():  # the other one had begun before the points
        db.session.execute(db.update(Sanction).where(Sanction.kind == "suspension").values(begins_at=START))
    appealing.appeal(ANONYMOUS, wrong, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    assert points_of(ben) == solved_while_silenced


def test_a_wrong_suspension_gives_the_time_of_coupons_back(mo, ben, second_moderator, at):
    at(START)
    offer = offering.Offer("parts", PromotionKind.AMOUNT, 1000, "Pièces", "Parts", 0, valid_days=3)
    made = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, made, 1)
    offering.open_promotion(SYSTEM, made)
    coupon_id = claiming.claim(ben, made, "a")
    at(START + timedelta(days=1))
    sanctioning.suspend(mo, ben.member_id, 24 * 7, Reason.INSULT, "")
    at(START + timedelta(days=5))
    assert keeping.expire_due() == 0  # it waits
    appealing.appeal(ANONYMOUS, statement().id, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    db.session.rollback()
    coupon = db.session.get(Coupon, coupon_id)
    assert (coupon.state, coupon.expires_at) == ("allocated", START + timedelta(days=7))
    at(START + timedelta(days=7, hours=1))
    assert keeping.expire_due() == 1


def test_a_suspension_that_is_over_was_wrong_and_the_code_that_ended_is_good_again(
    mo, ben, second_moderator, at
):
    at(START)
    offer = offering.Offer("parts", PromotionKind.AMOUNT, 1000, "Pièces", "Parts", 0, valid_days=3)
    made = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, made, 1)
    offering.open_promotion(SYSTEM, made)
    coupon_id = claiming.claim(ben, made, "a")
    at(START + timedelta(days=1))
    sanctioning.suspend(mo, ben.member_id, 24 * 7, Reason.INSULT, "")
    at(START + timedelta(days=9))
    assert keeping.expire_due() == 1
    appealing.appeal(ANONYMOUS, statement().id, WHY)
    answer_appeal(second_moderator, Decision.OVERTURN)
    db.session.rollback()
    coupon = db.session.get(Coupon, coupon_id)
    assert (coupon.state, coupon.expires_at) == ("allocated", START + timedelta(days=11))


def test_a_card_number_is_kept_nowhere_whoever_writes_it(held, decide, mo, newcomer):
    from moderation.notes.noting import note

    card, item_id = "4111 1111 1111 1111", db.session.scalar(db.select(ReviewItem.id))
    deciding.add_note(mo, item_id, f"Look at {card} in it")
    note(mo, newcomer.member_id, f"Wrote {card} before")
    decide(mo, held, Decision.REJECT, Reason.ADVERTISING, f"You wrote {card} there.")
    appealing.appeal(ANONYMOUS, statement().id, f"My card {card} was not in the text.")
    assert "4111 1111" not in stored_text()


def test_a_decision_about_an_answer_does_not_show_the_title_of_a_question_that_is_gone(
    decide, make_question, make_answer, ada, ben, mo
):
    question = make_question(ada, title="Ada lives in the blue house")
    text = make_answer(ben, question)
    queueing.look_at(mo, text)
    decide(mo, text, Decision.REMOVE, Reason.OFF_TOPIC)
    about = statement()
    assert statement_view(ANONYMOUS, about).title == "Ada lives in the blue house"
    queueing.look_at(mo, question)
    decide(mo, question, Decision.REMOVE, Reason.PERSONAL_DATA)
    assert statement_view(ANONYMOUS, about).title == ""
    assert statement_view(ANONYMOUS, statement()).title == "Ada lives in the blue house"


def test_the_list_of_appeals_goes_on_after_its_first_page(mo, ada, ben, monkeypatch):
    monkeypatch.setattr(appeal_queries, "SHOWN", 1)
    for who in (ada, ben):
        sanctioning.silence(mo, who.member_id, 24, Reason.INSULT, "")
        appealing.appeal(ANONYMOUS, statement().id, WHY)
    first = appeal_queries.waiting_appeals(None)
    second = appeal_queries.waiting_appeals(first.next)
    assert [one.member.id for one in (*first.items, *second.items)] == [ada.member_id, ben.member_id]
    assert second.next is None


def test_no_card_number_is_kept_in_what_is_typed_in_a_file(ben, cleo, newcomer, mo, max_, make_question):
    card = "4111 1111 1111 1111"
    words = f"Sold things against the card {card} in private."
    silenced = sanctioning.silence(mo, ben.member_id, 24, Reason.OTHER, words)
    sanctioning.lift(mo, silenced, f"The card {card} was his own.")
    striking.strike(mo, cleo.member_id, StrikeCause.LINK_DROPPING, words, "card")
    banning.drop(max_, banning.propose(mo, cleo.member_id, Reason.OTHER, words), f"Not yet: {card}.")
    make_question(newcomer)
    banning.expel(mo, newcomer.member_id, words)
    assert "4111 1111" not in stored_text() and "Sold things against the card" in stored_text()
