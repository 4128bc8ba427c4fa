"""The team brings a waiting question to an expert by hand, with the same courtesies as the waves."""

from __future__ import annotations

import pytest

from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, NotFound
from moderation.experts.asking import by_hand, ending, waves
from moderation.experts.models import ExpertInvitation


@pytest.fixture
def question(monday, ada, make_question):
    return lambda title="The washing machine leaks at its door": make_question(ada, title=title)


def invitations(question_id):
    query = db.select(ExpertInvitation).where(ExpertInvitation.question_id == question_id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_the_best_are_offered_with_the_reason_and_one_is_asked(question, make_expert, sam, sign_in, drain):
    few, many = make_expert("few", accepted=1), make_expert("many", accepted=9)
    make_expert("unwilling", accepted=20, wanted=False)
    question_id = question()
    browser, address = sign_in(sam), f"/en/desk/unanswered/{question_id}/experts"
    page = browser.get(address).text
    assert (
        page.index("many") < page.index("few")
        and "You solved 9 questions" in page
        and "unwilling" not in page
    )
    assert browser.post(address, data={"member_id": str(many)}).status_code == 303
    one = invitations(question_id)[0]
    assert (one.member_id, one.wave, one.explored) == (many, 0, False)
    assert db.session.scalar(db.select(AuditEntry.act).where(AuditEntry.act == "experts.asked"))
    page = browser.get(address).text
    assert "asked, no word yet" in page and f'value="{few}"' in page and f'value="{many}"' not in page
    assert "1 expert asked" in browser.get("/en/desk/unanswered").text
    assert by_hand.ask(sam, question_id, many) is False and len(invitations(question_id)) == 1


def test_the_waves_leave_out_who_was_asked_by_hand_and_an_answer_ends_it(
    question, make_expert, make_answer, sam, at, drain
):
    from datetime import timedelta

    first, second = make_expert("first", accepted=5), make_expert("second", accepted=3)
    question_id = question()
    assert by_hand.ask(sam, question_id, first)
    at(timedelta(minutes=6))
    assert waves.sweep() == 1
    assert sorted(one.member_id for one in invitations(question_id)) == [first, second]
    assert ending.settle(question_id) == 0


def test_the_caps_hold_by_hand_too(question, make_expert, sam, sign_in):
    one = make_expert("one")
    first, second = question(), question("The dryer stays cold whatever I do")
    by_hand.ask(sam, first, one)
    assert by_hand.offers(sam, second) == []
    with pytest.raises(Conflict):
        by_hand.ask(sam, second, one)
    refused = sign_in(sam).post(f"/en/desk/unanswered/{second}/experts", data={"member_id": str(one)})
    assert refused.status_code == 409 and "cannot be asked now" in refused.text
    assert invitations(second) == []


def test_who_may_and_what_is_answered_meanwhile(question, make_expert, make_answer, sam, mo, ada, ben):
    one = make_expert("one")
    question_id = question()
    for who in (ada, ben):
        with pytest.raises(Forbidden):
            by_hand.ask(who, question_id, one)
        with pytest.raises(Forbidden):
            by_hand.offers(who, question_id)
    with pytest.raises(NotFound):
        by_hand.ask(sam, 999_999, one)
    make_answer(ben, question_id)
    with pytest.raises(Conflict, match="answered meanwhile"):
        by_hand.ask(sam, question_id, one)
    assert invitations(question_id) == []
