"""From the public page of a question to the form that asks in private: who sees it, who does it, and what it leaves."""

from __future__ import annotations

import re

import pytest

from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden
from common.permissions import ANONYMOUS
from forum.solutions.accepting import accept_answer
from moderation.escalation import casework
from moderation.escalation.cases import take
from moderation.escalation.models import Case
from moderation.handing import privately

ACT = re.compile(
    r'(?:href|formaction)="(/\w\w/desk/(?:escalations/\d+\?private=1#private|questions/\d+/private))"'
)


def act_on(browser, question: int, language: str = "en") -> str | None:
    page = browser.get(f"/{language}/questions/{question}/-", follow_redirects=True)
    assert page.status_code == 200
    found = ACT.search(page.text)
    assert bool(found) == ("Demander en privé" in page.text or "Ask in private" in page.text)
    return found[1] if found else None


def test_who_may_work_on_the_case_is_led_to_its_form(question, case_id, sam, sign_in):
    for language in ("en", "fr"):
        address = act_on(sign_in(sam), question, language)
        assert address == f"/{language}/desk/escalations/{case_id}?private=1#private"
    page = sign_in(sam).get(f"/en/desk/escalations/{case_id}?private=1").text
    assert 'id="private" open' in page and 'name="words"' in page, "the form is unfolded"


def test_a_question_without_a_case_gets_one(question, sam, sign_in):
    browser = sign_in(sam)
    address = act_on(browser, question)
    assert address == f"/en/desk/questions/{question}/private"
    answer = browser.post(address)
    case_id = casework.case_of(question, 1).id
    assert answer.status_code == 303 and answer.location.endswith(
        f"/en/desk/escalations/{case_id}?private=1#private"
    )
    assert 'name="words"' in browser.get(answer.location).text
    assert privately.case_to_ask_in(sam, question) == case_id, "again opens nothing"
    assert len(db.session.scalars(db.select(Case)).all()) == 1
    written = db.select(AuditEntry).where(AuditEntry.act == "case.opened_to_ask")
    assert len(db.session.scalars(written).all()) == 1


def test_an_answered_question_goes_on_in_private_too(question, ben, sam, make_answer, sign_in):
    make_answer(ben, question)
    browser = sign_in(sam)
    assert browser.post(act_on(browser, question)).status_code == 303
    assert casework.case_of(question, 1).state == "queued"


def test_nobody_else_sees_it_or_does_it(question, ada, ben, cleo, mo, sign_in, client, leaves_no_trace):
    assert act_on(client, question) is None
    for who in (ada, ben, cleo, mo):
        assert act_on(sign_in(who), question) is None
    for who in (ada, ben, cleo, mo, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            privately.case_to_ask_in(who, question)


def test_the_case_of_a_colleague_is_left_to_them(question, case_id, sam, max_, sign_in):
    take(max_, case_id)
    assert act_on(sign_in(sam), question) is None
    assert act_on(sign_in(max_), question)


def test_what_is_settled_stays_as_it_is(question, ada, ben, sam, make_answer, sign_in, leaves_no_trace):
    accept_answer(ada, question, make_answer(ben, question))
    assert act_on(sign_in(sam), question) is None
    with leaves_no_trace(Conflict):
        privately.case_to_ask_in(sam, question)


@pytest.mark.parametrize("number", [999_999, 0])
def test_a_question_that_is_not_there(app, sam, sign_in, number):
    assert sign_in(sam).post(f"/en/desk/questions/{number}/private").status_code == 404
