"""Reports: what they weigh together hides a post, once, with a statement that says it was automatic."""

from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Answer, Post
from moderation.flags.flagging import CameFrom, flag, standings, verdict_on, withdraw_flag
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason, Outcome
from moderation.review import deciding, leasing, undoing
from moderation.review.models import ReviewItem
from moderation.review.queueing import open_item
from moderation.review.rules import Decision, FoundBy, ItemType, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.rules import Measure
from moderation.sanctions.statements import state_reasons


@pytest.fixture
def question(ada, make_question):
    return make_question(ada)


@pytest.fixture
def regulars(members, question):
    """Members of rank 5 who are here: each commented lately, so that they are no raid."""
    people = members(5, rank=5)
    with unit_of_work():
        for who in people:
            db.session.add(
                Post(kind="comment", author_id=who.member_id, question_id=question, parent_id=question, body="Hello",
                     body_html="<p>Hello</p>", state="published", published_at=db.session.get(Post, question).published_at)
            )  # fmt: skip
    return people


def flags():
    return list(db.session.scalars(db.select(Flag).order_by(Flag.id)))


def statements():
    return list(db.session.scalars(db.select(Statement).order_by(Statement.id)))


def test_one_report_opens_a_case_and_hides_nothing(question, ben, item_of, state_of):
    assert flag(ben, question, FlagReason.OFF_TOPIC, "About something else") is True
    item = item_of(question)
    assert (item.kind, item.klass, item.signals, state_of(question)) == (
        "flag_case",
        3,
        ["flagged"],
        "published",
    )


def test_reporting_twice_is_reporting_once(question, ben):
    flag(ben, question, FlagReason.INSULT)
    assert flag(ben, question, FlagReason.INSULT) is False
    assert len(flags()) == 1


def test_three_heavy_reports_hide_the_post_with_one_automatic_statement(
    question, regulars, item_of, state_of, ada
):
    for who in regulars[:3]:
        flag(who, question, FlagReason.INSULT)
    assert state_of(question) == "hidden"
    (statement,) = statements()
    assert statement.automated_decision and statement.from_notice and statement.member_id == ada.member_id
    item = item_of(question)
    assert item.klass == 1 and "auto_hidden" in item.signals and db.session.query(ReviewItem).count() == 1


def test_a_hidden_post_takes_no_more_reports(question, regulars):
    for who in regulars[:3]:
        flag(who, question, FlagReason.INSULT)
    with pytest.raises(Conflict):
        flag(regulars[3], question, FlagReason.INSULT)
    assert len(statements()) == 1


def test_a_moderator_s_no_restores_and_makes_the_version_immune(
    question, regulars, decide, mo, state_of, at, drain
):
    for who in regulars[:3]:
        flag(who, question, FlagReason.INSULT)
    decide(mo, question, Decision.APPROVE)
    assert state_of(question) == "published"
    assert db.session.scalars(db.select(StatementEnd.how)).one() == "restored"
    assert {row.outcome for row in flags()} == {Outcome.DISAGREED}
    for who in regulars:
        flag(who, question, FlagReason.ILLEGAL)
    assert state_of(question) == "published" and verdict_on(question).score > 8
    at(timedelta(minutes=1))
    drain()
    told = db.session.scalars(db.select(Notification.kind).where(Notification.kind == "report-answered"))
    assert len(list(told)) == 3


@pytest.mark.parametrize("decision", [Decision.EDIT_TAGS, Decision.DUPLICATE])
def test_what_was_put_in_order_when_it_was_read_is_immune_too(
    question, regulars, make_question, ben, mo, item_of, state_of, decision
):
    first = make_question(ben, title="It hums at night, was asked before")
    flag(regulars[0], question, FlagReason.OFF_TOPIC)
    item_id = item_of(question).id
    lease, more = leasing.claim(mo, item_id), {"tags": ("pump",), "target_id": first}
    verdict = deciding.Verdict(decision, **more)
    deciding.decide(mo, item_id, lease.token, shown(item_of(question)).stamp, verdict)
    for who in regulars:
        flag(who, question, FlagReason.ILLEGAL)
    assert state_of(question) == "published" and verdict_on(question).score > 8


def test_agreeing_removes_with_a_second_statement_and_credits_the_reporters(
    question, regulars, decide, mo, state_of
):
    for who in regulars[:3]:
        flag(who, question, FlagReason.ADVERTISING)
    decide(mo, question, Decision.REMOVE, Reason.ADVERTISING)
    assert state_of(question) == "removed"
    assert [row.measure for row in statements()] == ["hidden", "removed"]
    assert standings([regulars[0].member_id])[regulars[0].member_id].agreed == 1


def test_undoing_the_decision_lets_the_reports_wait_again(question, ben, decide, mo, item_of):
    flag(ben, question, FlagReason.INSULT)
    first = decide(mo, question, Decision.REMOVE, Reason.INSULT)
    undoing.undo(mo, first.item_id)
    (row,) = flags()
    assert row.outcome is None and row.active_key is not None
    decide(mo, question, Decision.NO_ACTION)
    assert flags()[0].outcome == Outcome.DISAGREED


def test_an_undone_decision_joins_what_the_same_member_reported_anew(
    question, ben, decide, mo, item_of, at, client, sign_in
):
    flag(ben, question, FlagReason.INSULT)
    made = decide(mo, question, Decision.APPROVE_AND_MASK, excerpts=["E18"])
    at(timedelta(seconds=1))
    assert flag(ben, question, FlagReason.INSULT) is True, "it is another version now"
    at(timedelta(seconds=1))
    undoing.undo(mo, made.item_id)
    page = sign_in(ben).get("/en/reports").text
    assert "Joined to your later report" in page and "Taken back" not in page
    first, anew = flags()
    assert (first.outcome, first.active_key, first.withdrawn_at is None) == (None, None, False)
    assert anew.active_key is not None and item_of(question).open_key is not None
    decide(mo, question, Decision.NO_ACTION)
    assert [row.outcome for row in flags()] == [None, Outcome.DISAGREED]


def test_danger_calls_a_person_at_once(question, ben, item_of):
    flag(ben, question, FlagReason.DANGEROUS)
    assert item_of(question).klass == 0


def test_personal_data_that_everybody_can_read_calls_a_person_at_once(question, ben, item_of):
    flag(ben, question, FlagReason.PERSONAL_DATA)
    item = item_of(question)
    assert (item.klass, item.signals) == (0, ["flagged"])


def test_a_raid_is_seen_hides_nothing_and_costs_nobody_their_standing(
    question, members, item_of, state_of, decide, mo
):
    for who in members(6, rank=1):
        flag(who, question, FlagReason.INSULT)
    item = item_of(question)
    assert "brigade" in item.signals and item.klass == 1 and state_of(question) == "published"
    decide(mo, question, Decision.NO_ACTION)
    assert {row.outcome for row in flags()} == {Outcome.IGNORED}


def test_staff_and_official_answers_are_never_hidden(question, sam, app, regulars, make_answer, state_of):
    answer = make_answer(sam, question, is_official=True)
    assert db.session.get(Answer, answer).is_official
    for who in regulars:
        flag(who, answer, FlagReason.ILLEGAL)
    assert state_of(answer) == "published"


@pytest.mark.parametrize("who", ["ada", "zed"])
def test_neither_the_author_nor_the_silenced_report(question, request, who):
    with pytest.raises(Forbidden):
        flag(request.getfixturevalue(who), question, FlagReason.INSULT)
    assert flags() == []


def test_what_is_not_visible_cannot_be_reported(held, ben):
    with pytest.raises(NotFound):
        flag(ben, held, FlagReason.INSULT)


def test_the_other_reason_needs_words(question, ben):
    with pytest.raises(Invalid):
        flag(ben, question, FlagReason.OTHER, "bad")


def test_a_report_can_be_taken_back_while_it_waits(question, ben):
    flag(ben, question, FlagReason.INSULT)
    assert withdraw_flag(ben, question) == 1 and withdraw_flag(ben, question) == 0
    assert flag(ben, question, FlagReason.INSULT) is True


def test_twenty_reports_a_day_are_enough(ada, ben, make_question, settings_override):
    with settings_override(moderation__flags_a_day=2):
        for number in range(2):
            flag(ben, make_question(ada, title=f"Question number {number} here"), FlagReason.INSULT)
        with pytest.raises(TooMany):
            flag(ben, make_question(ada, title="Question number three here"), FlagReason.INSULT)
    assert len(flags()) == 2


def test_only_a_digest_of_the_origin_is_kept(question, ben):
    flag(ben, question, FlagReason.INSULT, came=CameFrom("203.0.113.9"))
    (row,) = flags()
    assert row.origin and "203" not in row.origin


def test_an_edit_makes_a_case_about_the_new_version(question, ada, ben, item_of):
    from forum.questions.editing import edit_post
    from moderation.review import leasing

    flag(ben, question, FlagReason.INSULT)
    lease = leasing.claim(mo_of(), item_of(question).id)
    edit_post(
        ada, question, version=1, body="It stops eight minutes before the end. What can I do about that?"
    )
    item = item_of(question)
    assert (item.target_version, item.state) == (2, "open") and item.lease_token != lease.token


def mo_of():
    from tests.conftest import actor_named

    return actor_named("mo")


def test_undoing_a_restoration_hides_the_post_again_with_a_statement_in_force(
    question, regulars, decide, mo, state_of
):
    for who in regulars[:3]:
        flag(who, question, FlagReason.INSULT)
    first = decide(mo, question, Decision.APPROVE)
    undoing.undo(mo, first.item_id)
    assert state_of(question) == "hidden"
    ended = set(db.session.scalars(db.select(StatementEnd.statement_id)))
    assert [row.measure for row in statements() if row.id not in ended] == ["hidden"]


def test_what_a_person_hid_and_an_undo_hides_again_is_told_as_that_person_s(
    question, mo, decide, state_of, app
):
    """The second statement says of how it was found and decided what the first one said."""
    with unit_of_work():
        hidden = publishing.hide(mo, question)
        state_reasons(
            mo, Measure.HIDDEN, Reason.INSULT, cause="by hand", member_id=hidden.author_id, post=hidden,
            message="The second line insults.", found_by=(FoundBy.MACHINE,),
        )  # fmt: skip
        open_item(ItemType.FLAG_CASE, question, post=hidden, klass=1)
    first = decide(mo, question, Decision.RESTORE)
    undoing.undo(mo, first.item_id)
    assert state_of(question) == "hidden"
    told = [
        (row.reason, row.message, row.from_notice, row.automated_detection, row.automated_decision)
        for row in statements()
    ]
    assert told == [(Reason.INSULT, "The second line insults.", False, True, False)] * 2


def test_what_an_appeal_brought_back_is_immune_and_its_reports_are_answered(
    question, regulars, mo, item_of, state_of
):
    for who in regulars[:3]:
        flag(who, question, FlagReason.INSULT)
    appeal_id = appealing.appeal(ANONYMOUS, statements()[0].id, "It was the name of the machine, no insult.")
    item = item_of(question, target_id=appeal_id, kind=ItemType.APPEAL)
    lease, stamp = leasing.claim(mo, item.id), shown(item).stamp
    said = deciding.Verdict(Decision.OVERTURN, message="You are right, please excuse us for this.")
    deciding.decide(mo, item.id, lease.token, stamp, said)
    assert {row.outcome for row in flags()} == {Outcome.DISAGREED}
    assert item_of(question, kind=ItemType.FLAG_CASE).state == "cancelled"
    for who in regulars:
        flag(who, question, FlagReason.OFF_TOPIC)
        flag(who, question, FlagReason.ILLEGAL)
    assert state_of(question) == "published" and len(statements()) == 1
    assert item_of(question, kind=ItemType.FLAG_CASE).state == "open"


@pytest.mark.parametrize("decision, reason, right", [
    (Decision.APPROVE_AND_MASK, FlagReason.PERSONAL_DATA, True), (Decision.EDIT_TAGS, FlagReason.WRONG_CATEGORY, True),
    (Decision.EDIT_TAGS, FlagReason.INSULT, False),
])  # fmt: skip
def test_what_was_put_right_was_reported_rightly(
    question, ada, ben, mo, decide, at, drain, decision, reason, right
):
    flag(ben, question, reason)
    decide(mo, question, decision, excerpts=["eight minutes"] if right else [])
    assert [row.outcome for row in flags()] == [Outcome.AGREED if right else Outcome.DISAGREED]
    at(timedelta(minutes=1))
    drain()
    told = db.session.scalars(db.select(Notification).order_by(Notification.id)).all()
    said = {(one.member_id, one.kind): one.params for one in told}
    assert (said[ben.member_id, "report-answered"]["outcome"] == Outcome.AGREED) == right
    assert said[ben.member_id, "report-answered"]["stands"] is True
    assert ((ada.member_id, "masked") in said) == (decision == Decision.APPROVE_AND_MASK)
