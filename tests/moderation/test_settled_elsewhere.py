"""Reports of texts that go without a decision about them: with their author's account, or up in another question."""

import pytest

from accounts.members.models import Member
from accounts.notifications.models import Notification
from common.db import db
from forum.housekeeping.acts import last_act
from forum.housekeeping.duplicates import mark_duplicate
from forum.housekeeping.merging import merge_question
from forum.housekeeping.refiling import move_question, retitle_question
from forum.housekeeping.rules import ActType
from forum.housekeeping.undoing import undo_act
from moderation.flags.flagging import flag
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason
from moderation.flags.settling import put_together, turn_back
from moderation.legal_notices.models import LegalNotice
from moderation.review.rules import Decision, ItemState
from moderation.review.telling import _report_sentence
from moderation.sanctions import banning
from tests.moderation.test_legal_notices import send
from tests.moderation.test_overturning import contest, statements


@pytest.fixture(autouse=True)
def easy(settings_override):
    with settings_override(moderation__notice_proof_bits=6):
        yield


def outcomes(post_id):
    found = db.session.execute(db.select(Flag.reason, Flag.outcome).where(Flag.post_id == post_id))
    return {str(reason): outcome and str(outcome) for reason, outcome in found}


def told(who):
    kinds = db.select(Notification).where(
        Notification.member_id == who.member_id, Notification.kind == "report-answered"
    )
    return [str(_report_sentence(one.params)) for one in db.session.scalars(kinds)]


def earned(who):
    return db.session.get(Member, who.member_id, populate_existing=True).points


def test_who_reported_an_expelled_account_is_told_and_turned_back_with_it(
    newcomer, mo, max_, cleo, make_question, drain
):
    post_id = make_question(newcomer, title="Cheap filters, buy now")
    flag(cleo, post_id, FlagReason.ADVERTISING)
    send(post_id)
    banning.expel(mo, newcomer.member_id)
    assert outcomes(post_id) == {"advertising": "agreed"}
    assert told(cleo) == ["Thank you: what you reported has been taken away."]
    assert db.session.scalar(db.select(LegalNotice.outcome)) == "restricted"
    before = earned(cleo)
    contest(statements("banned")[0], max_, Decision.OVERTURN)
    assert outcomes(post_id) == {"advertising": "disagreed"} and earned(cleo) < before
    assert db.session.scalar(db.select(LegalNotice.outcome)) == "kept"
    turn_back(post_id)
    assert outcomes(post_id) == {"advertising": "disagreed"} and len(told(cleo)) == 1


def test_who_asked_for_another_place_was_right_when_a_question_is_merged(
    mo, ada, ben, cleo, make_question, item_of
):
    one, other = (
        make_question(ada, title="Something hums at night"),
        make_question(ada, title="It hums by day"),
    )
    flag(ben, one, FlagReason.WRONG_CATEGORY)
    flag(cleo, one, FlagReason.INSULT)
    merge_question(mo, one, other)
    assert outcomes(one) == {"wrong_category": "agreed", "insult": "ignored"}
    assert told(ben) == ["Thank you: what you reported has been put right."]
    assert told(cleo) == [
        "What you reported has been put together with another question. Nobody judged your report."
    ]
    put_together(one)
    assert len(told(ben)) == len(told(cleo)) == 1
    undo_act(mo, last_act(one, ActType.MERGE).id)
    assert outcomes(one) == {"wrong_category": "ignored", "insult": "ignored"}


def test_a_merge_of_what_nobody_reported_tells_nobody(mo, ada, ben, make_question):
    one, other = (
        make_question(ada, title="Something hums at night"),
        make_question(ada, title="It hums by day"),
    )
    merge_question(mo, one, other)
    assert told(ben) == [] and outcomes(one) == {}


def elsewhere(mo, question, other):
    move_question(mo, question, 2, note="It is about a product")
    return ActType.MOVE


def linked(mo, question, other):
    mark_duplicate(mo, question, other)
    return ActType.DUPLICATE


@pytest.mark.parametrize("put", [elsewhere, linked])
def test_who_said_it_was_in_the_wrong_place_was_right_when_it_is_put_elsewhere(
    put, mo, ada, ben, cleo, make_question, item_of
):
    one, other = make_question(ada, title="Something hums"), make_question(ada, title="It hums by day")
    flag(ben, one, FlagReason.WRONG_CATEGORY)
    flag(mo, one, FlagReason.WRONG_CATEGORY)
    before = earned(ben)
    act = put(mo, one, other)
    said = dict(db.session.execute(db.select(Flag.flagger_id, Flag.outcome)).tuples().all())
    assert said == {ben.member_id: "agreed", mo.member_id: "ignored"}, "nobody proves oneself right"
    assert item_of(one).state == ItemState.CANCELLED and earned(ben) > before
    assert told(ben) == ["Thank you: what you reported has been put right."]
    flag(cleo, one, FlagReason.INSULT)
    undo_act(mo, last_act(one, act).id)
    assert outcomes(one) == {"wrong_category": "ignored", "insult": None} and earned(ben) == before
    assert item_of(one).state == ItemState.OPEN and len(told(ben)) == 1


@pytest.mark.parametrize("put", [elsewhere, linked])
def test_what_else_was_reported_of_it_still_waits(put, mo, ada, ben, cleo, make_question, item_of):
    one, other = make_question(ada, title="Something hums"), make_question(ada, title="It hums by day")
    flag(ben, one, FlagReason.WRONG_CATEGORY)
    flag(cleo, one, FlagReason.INSULT)
    put(mo, one, other)
    assert outcomes(one) == {"wrong_category": "agreed", "insult": None}
    assert item_of(one).state == ItemState.OPEN and told(cleo) == []


def test_another_title_answers_no_report(mo, ada, ben, make_question, item_of):
    one = make_question(ada, title="Something hums")
    flag(ben, one, FlagReason.WRONG_CATEGORY)
    retitle_question(mo, one, "The pump hums at night", note="Clearer")
    assert outcomes(one) == {"wrong_category": None} and item_of(one).state == ItemState.OPEN


def test_my_reports_say_what_is_true_of_a_text_that_stands(client, sign_in, mo, ada, ben, make_question):
    one, other = (
        make_question(ada, title="Something hums at night"),
        make_question(ada, title="It hums by day"),
    )
    flag(ben, one, FlagReason.WRONG_CATEGORY)
    merge_question(mo, one, other)
    sign_in(ben)
    page = client.get("/en/reports").get_data(as_text=True)
    assert "Put right: thank you" in page and "Taken away" not in page
