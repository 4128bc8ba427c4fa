"""A second word of the team beside its official answer; templates where the team speaks in private."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from accounts.messages import queries as letters
from accounts.messages import writing
from common.db import db
from common.errors import Conflict, Invalid
from forum.questions.answering import answer_question
from forum.questions.models import Post
from forum.questions.rules import ReplyKind
from moderation.escalation import cases
from moderation.escalation.rules import CaseState
from moderation.macros import keeping, queries
from moderation.macros.keeping import MacroDraft
from moderation.private import talking
from moderation.private.models import PrivateTalk
from moderation.routing import returning
from moderation.workbench import replying
from tests.triage.conftest import MONDAY, case

OFFICIAL = "Clean the small filter behind the hatch, then run a short cycle."
SECOND = "One more thing from the workshop: let the drum dry for an hour before."
ASKING = "Hello {{asker|there}}, what is your order number for {{title}}?"


# --- one official answer ------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(open_case, sam, at):
    """A question with its official answer, a while ago."""
    case_id = open_case()
    question_id = case(case_id).question_id
    cases.answer_officially(sam, case_id, OFFICIAL)
    at(MONDAY + timedelta(hours=5))
    return question_id


def words_of(question_id):
    query = (
        db.select(Post.body).where(Post.question_id == question_id, Post.kind == "answer").order_by(Post.id)
    )
    return list(db.session.scalars(query))


def test_on_the_page_a_second_answer_of_the_team_is_confirmed_and_its_text_kept(answered, sign_in, max_, sam):
    for who in (max_, sam):
        browser = sign_in(who)
        page = browser.get(f"/en/questions/{answered}", follow_redirects=True).text
        assert "Mine goes beside it" in page
        refused = browser.post(f"/en/questions/{answered}/answers", data={"body": SECOND})
        assert refused.status_code == 409 and SECOND in refused.text
        assert "there is only one: edit that one, or confirm" in refused.text
        assert words_of(answered) == [OFFICIAL]
    sent = sign_in(max_).post(f"/en/questions/{answered}/answers", data={"body": SECOND, "beside": "1"})
    assert sent.status_code == 303 and words_of(answered) == [OFFICIAL, SECOND]


def test_on_the_page_what_a_colleague_wrote_a_moment_ago_is_read_and_confirmed(open_case, sign_in, mo, sam):
    question_id = case(open_case()).question_id
    first = answer_question(mo, question_id, body=OFFICIAL).id
    browser, where = sign_in(sam), f"/en/questions/{question_id}/answers"
    refused = browser.post(where, data={"body": SECOND})
    assert refused.status_code == 409 and SECOND in refused.text and f"/a/{first}" in refused.text
    assert f'name="read" value="{first}"' in refused.text and words_of(question_id) == [OFFICIAL]
    assert browser.post(where, data={"body": SECOND, "read": str(first - 1)}).status_code == 409
    assert browser.post(where, data={"body": SECOND, "read": "all of it"}).status_code == 409
    assert browser.post(where, data={"body": SECOND, "read": str(first)}).status_code == 303
    assert words_of(question_id) == [OFFICIAL, SECOND]


def test_members_are_not_asked_and_neither_is_a_question_back(answered, sign_in, ben, max_, at):
    browser = sign_in(ben)
    assert "Mine goes beside it" not in browser.get(f"/en/questions/{answered}", follow_redirects=True).text
    assert browser.post(f"/en/questions/{answered}/answers", data={"body": SECOND}).status_code == 303
    answer_question(
        max_, answered, body="Which model is it, exactly, please?", kind=ReplyKind.NEEDS_INFO, unless_official=True
    )  # fmt: skip
    assert len(words_of(answered)) == 3


def test_an_official_answer_given_while_another_was_written_is_noticed(open_case, sam, max_, at):
    question_id = case(open_case()).question_id
    answer_question(sam, question_id, body=OFFICIAL, official=True)
    at(MONDAY + timedelta(hours=5))
    with pytest.raises(Conflict):
        answer_question(max_, question_id, body=SECOND, unless_official=True)
    assert words_of(question_id) == [OFFICIAL]


# --- templates in private -----------------------------------------------------------------------------------------------


@pytest.fixture
def template(app, sam):
    """A template for private words, of the whole team."""
    return keeping.save(sam, MacroDraft("Ask for it", ASKING, "en", is_public=False, is_shared=True))


def test_the_first_words_are_filled_in_sent_and_counted(open_case, template, sign_in, sam, ada):
    case_id = open_case()
    browser = sign_in(sam)
    assert "Ask for it" in browser.get(f"/en/desk/escalations/{case_id}").text
    filled = browser.post(
        f"/en/desk/escalations/{case_id}/private/template",
        data={"words": "Good morning.", "private_macro_id": str(template)},
    ).text
    assert "Good morning.\n\nHello Ada, what is your order number for My parcel never came?" in filled
    assert "asker = Ada" in filled
    words = {"words": "Hello {{asker}}, it is us.", "private_macro_id": str(template), "how": "ask"}
    refused = browser.post(f"/en/desk/escalations/{case_id}/private", data=words)
    assert (
        refused.status_code == 422
        and "has no value yet" in refused.text
        and "{{asker}}, it is us." in refused.text
    )
    words["words"] = "Hello Ada, what is your order number?"
    assert browser.post(f"/en/desk/escalations/{case_id}/private", data=words).status_code == 303
    assert [line.macro.used_count for line in queries.lines(sam)] == [1]
    talking.accept(ada, case(case_id).question_id)
    assert letters.messages_with(ada.member_id, sam.member_id).items[-1].html


def test_in_the_messages_of_a_talk_its_agent_has_them_and_nobody_else(
    open_case, template, sign_in, sam, max_, ada, ben
):
    talking.begin(sam, open_case(), "Hello Ada, let us go on here.")
    browser, address = sign_in(sam), f"/en/desk/private/{ada.member_id}/template"
    assert "Ask for it" in browser.get(f"/en/messages/{ada.member_id}").text
    filled = browser.post(address, data={"body": "And:", "macro_id": str(template)}).text
    assert "And:\n\nHello Ada, what is your order number for My parcel never came?" in filled
    sent = browser.post(f"/en/messages/{ada.member_id}", data={"body": "Hello {{who}}"})
    assert sent.status_code == 422 and "has no value yet" in sent.text
    assert "Ask for it" not in sign_in(ada).get(f"/en/messages/{sam.member_id}").text
    assert sign_in(max_).post(address, data={"macro_id": str(template)}).status_code == 404
    assert sign_in(ben).post(address, data={"macro_id": str(template)}).status_code == 403
    writing.write_to(ada, sam.member_id, "What is {{this}}?")


def test_private_words_with_a_gap_leave_no_trace(open_case, sam):
    with pytest.raises(Invalid):
        talking.offer(sam, open_case(), "Hello {{asker}}, it is us.")
    assert not db.session.scalar(db.select(db.func.count(PrivateTalk.id)))


# --- asking for a detail is a public text too -----------------------------------------------------------------------------


def test_a_detail_is_asked_having_read_what_is_new_and_without_a_gap(open_case, sam, max_, sign_in, at):
    case_id = open_case()
    browser = sign_in(sam)
    asking = f"/en/desk/escalations/{case_id}/ask"
    seen = str(replying.seen_now(case_id))
    db.session.rollback()
    gap = browser.post(asking, data={"body": "Hello {{asker}}, which model is it?", "seen": seen})
    assert gap.status_code == 422 and "has no value yet" in gap.text
    at(MONDAY + timedelta(hours=4, minutes=5))
    cases.note(max_, case_id, "It is the model of last year, I asked the shop.")
    told = browser.post(asking, data={"body": "Which model is it?", "seen": seen})
    assert told.status_code == 409 and "I asked the shop" in told.text and "Which model is it?" in told.text
    assert case(case_id).state is CaseState.QUEUED
    confirm = re.search(r'name="confirm" value="([^"]+)"', told.text)[1]
    sent = browser.post(asking, data={"body": "Which model is it?", "seen": seen, "confirm": confirm})
    assert sent.status_code == 303 and case(case_id).state is CaseState.WAITING_ASKER


# --- the same agent, if there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [False, True])
def test_a_case_that_goes_on_is_its_agents_again_unless_they_are_away(open_case, sam, ada, at, away):
    case_id = open_case()
    cases.answer_officially(sam, case_id, OFFICIAL)
    returning.set_away(sam, away)
    at(MONDAY + timedelta(hours=6))
    cases.asker_spoke(case(case_id).question_id, ada.member_id)
    found = case(case_id)
    assert (found.state, found.assignee_id) == (
        (CaseState.QUEUED, None) if away else (CaseState.ASSIGNED, sam.member_id)
    )


def test_handing_back_keeps_the_words_for_the_team(open_case, sam, sign_in):
    case_id, browser = open_case(), sign_in(sam)
    cases.take(sam, case_id)
    assert 'name="words" maxlength="180"' in browser.get(f"/en/desk/escalations/{case_id}").text
    form = {"reason": "opinion", "words": "a matter of taste in colours"}
    assert browser.post(f"/en/desk/escalations/{case_id}/hand-back", data=form).status_code == 303
    assert "a matter of taste in colours" in browser.get(f"/en/desk/escalations/{case_id}").text
