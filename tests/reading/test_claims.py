"""'I'm answering this': one at a time, for some minutes, and nobody is kept from answering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from common.db import db
from common.errors import Conflict, Forbidden, NotFound
from common.permissions import ANONYMOUS, SYSTEM
from forum.claims.claiming import claim_answering, release_answering
from forum.claims.models import AnsweringClaim
from forum.questions import publishing
from forum.questions.answering import answer_question
from tests.conftest import START, all_rows

HELP = "Unplug it, open the small hatch and clean the filter."


def claims():
    return [
        tuple(row) for row in db.session.execute(select(AnsweringClaim.member_id, AnsweringClaim.question_id))
    ]


def test_a_claim_lasts_ten_minutes_and_may_be_said_again(ben, cleo, question, at):
    assert claim_answering(ben, question) == START + timedelta(minutes=20)
    at(timedelta(minutes=5))
    assert claim_answering(ben, question) == START + timedelta(minutes=25)
    with pytest.raises(Conflict) as refusal:
        claim_answering(cleo, question)
    assert "Ben is already answering" in str(refusal.value.sentence)
    at(timedelta(minutes=10))
    claim_answering(cleo, question)
    assert claims() == [(cleo.member_id, question)]


def test_a_member_answers_one_question_at_a_time(ben, ada, question, make_question):
    other = make_question(ada, title="Another question about the drum")
    claim_answering(ben, question)
    claim_answering(ben, other)
    assert claims() == [(ben.member_id, other)]


def test_others_may_answer_and_publishing_ends_the_own_claim(ben, cleo, question):
    claim_answering(ben, question)
    answer_question(cleo, question, body=HELP)
    assert claims() == [(ben.member_id, question)]
    answer_question(ben, question, body=HELP)
    assert claims() == []
    assert not release_answering(ben, question)


@pytest.mark.parametrize("who", ["ada", "zed", "newcomer"])
def test_who_may_not_claim_leaves_no_trace(request, who, question):
    before = all_rows()
    with pytest.raises(Forbidden):
        claim_answering(request.getfixturevalue(who), question)
    assert all_rows() == before


def test_nobody_claims_what_is_not_there(ben, question):
    with pytest.raises(Forbidden):
        claim_answering(ANONYMOUS, question)
    publishing.hide(SYSTEM, question)
    with pytest.raises(NotFound):
        claim_answering(ben, question)


def test_it_can_be_switched_off(ben, question, settings_override):
    with settings_override(forum__answering_minutes=0), pytest.raises(Forbidden):
        claim_answering(ben, question)


def test_of_many_who_claim_at_once_one_does(in_threads, members_of_rank_two, question):
    results = in_threads(20, lambda n: claim_answering(members_of_rank_two[n], question))
    assert len([one for one in results if not isinstance(one, Exception)]) == 1
    assert all(isinstance(one, Conflict) for one in results if isinstance(one, Exception))
    assert len(claims()) == 1


def test_one_member_with_many_windows_has_one_claim(in_threads, ben, ada, question, make_question):
    ids = [question, *(make_question(ada, title=f"Question number {n} about the drum") for n in range(9))]
    results = in_threads(10, lambda n: claim_answering(ben, ids[n]))
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)]
    assert len(claims()) == 1


def test_readers_see_who_is_answering_and_visitors_do_not(
    client, ben, ada, cleo, question, path_of, sign_in, at
):
    mine, others, asker = (sign_in(who, client.application.test_client()) for who in (ben, cleo, ada))
    assert "I’m answering this" in mine.get(path_of(question)).text
    assert "I’m answering this" not in asker.get(path_of(question)).text
    assert mine.post(f"/en/questions/{question}/answering", data={"on": "1"}).status_code == 303
    assert "You are answering." in mine.get(path_of(question)).text
    for reader in (others, asker):
        page = reader.get(path_of(question)).text
        assert "Ben is answering this question." in page and "Publish my answer" in page
    assert "is answering" not in client.get(path_of(question)).text
    others.post(f"/en/questions/{question}/answering", data={"on": "1"})
    assert "Ben is already answering" in others.get(path_of(question)).text
    assert mine.post(f"/en/questions/{question}/answering", data={"on": "0", "quiet": "1"}).status_code == 204
    assert "is answering this" not in asker.get(path_of(question)).text
    mine.post(f"/en/questions/{question}/answering", data={"on": "1"})
    at(timedelta(minutes=11))
    assert "is answering this" not in asker.get(path_of(question)).text
