"""Inviting somebody to answer: who may, how often, the courtesies, and declining."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.messages.writing import block
from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS, SYSTEM
from forum.invitations.inviting import decline, invite, want_invitations
from forum.invitations.models import AnswerInvitation
from forum.questions import publishing
from forum.solutions.accepting import accept_answer
from tests.conftest import all_rows


def count():
    return db.session.scalar(select(func.count()).select_from(AnswerInvitation))


def told(member):
    found = select(Notification.id).where(
        Notification.member_id == member.member_id,
        Notification.kind == "answer-invited",
        Notification.withdrawn_at.is_(None),
    )
    return len(list(db.session.scalars(found)))


def test_an_asker_invites_once_and_the_member_hears_of_it(ada, ben, cleo, question):
    assert invite(ada, question, "Ben") and told(ben) == 1
    assert not invite(ada, question, "@ben") and not invite(cleo, question, "ben")
    assert count() == 1 == told(ben)


@pytest.mark.parametrize("who", ["ben", "zed", "newcomer"])
def test_strangers_of_low_rank_do_not_invite(request, who, question):
    before = all_rows()
    with pytest.raises(Forbidden):
        invite(request.getfixturevalue(who), question, "Cleo")
    assert all_rows() == before
    with pytest.raises(Forbidden):
        invite(ANONYMOUS, question, "Cleo")


@pytest.mark.parametrize("name", ["", "   ", "Nobody", "@", "x" * 500, "%"])
def test_a_name_nobody_has_is_refused(ada, question, name):
    with pytest.raises(Invalid):
        invite(ada, question, name)


def test_the_courtesies_are_one_sentence(
    ada, ben, cleo, mo, question, make_answer, settings_override, make_question
):
    def refused(name):
        before = all_rows()
        with pytest.raises(Conflict) as refusal:
            invite(ada, question, name)
        assert all_rows() == before
        return str(refusal.value.sentence)

    sentences = {refused("Ada"), refused("Mo"), refused("Zed")}
    make_answer(ben, question)
    want_invitations(cleo, False)
    sentences |= {refused("Ben"), refused("Cleo")}
    want_invitations(cleo, True)
    block(cleo, ada.member_id)
    sentences |= {refused("Cleo")}
    assert sentences == {"This member cannot be invited to this question."}


def test_nobody_is_invited_too_often(ada, cleo, question, make_question, settings_override, at):
    others = [make_question(ada, title=f"Question number {n} about the drum") for n in range(4)]
    for other in others[:3]:
        invite(ada, other, "Cleo")
    with pytest.raises(Conflict):
        invite(ada, others[3], "Cleo")
    at(timedelta(hours=25))
    assert invite(ada, others[3], "Cleo")


def test_a_member_invites_so_many_a_day(ada, question, settings_override, at):
    with settings_override(forum__invitations_a_day=1):
        invite(ada, question, "Cleo")
        with pytest.raises(TooMany) as refusal:
            invite(ada, question, "Ben")
        assert refusal.value.retry_after == 24 * 3600
        at(timedelta(hours=25))
        assert invite(ada, question, "Ben")


def test_solved_and_hidden_questions_need_nobody(ada, ben, cleo, question, make_answer):
    accept_answer(ada, question, make_answer(ben, question))
    with pytest.raises(Forbidden):
        invite(ada, question, "Cleo")
    publishing.hide(SYSTEM, question)
    with pytest.raises(NotFound):
        invite(cleo, question, "Ben")


def test_of_many_who_invite_the_same_member_one_does(in_threads, ada, cleo, ben, question):
    results = in_threads(10, lambda n: invite((ada, cleo)[n % 2], question, "Ben"))
    assert not [one for one in results if isinstance(one, Exception)], results
    assert results.count(True) == 1 == count() == told(ben)


def test_the_page_invites_and_the_invited_declines(
    client, ada, ben, question, path_of, sign_in, make_question, make_answer
):
    elsewhere = make_question(ada, title="Another question about the drum")
    accept_answer(ada, elsewhere, make_answer(ben, elsewhere))
    asker, guest = (sign_in(who, client.application.test_client()) for who in (ada, ben))
    assert f"/en/questions/{question}/invite" in asker.get(path_of(question)).text
    assert f"/en/questions/{question}/invite" not in guest.get(path_of(question)).text
    page = asker.get(f"/en/questions/{question}/invite").text
    assert "They know this subject" in page and 'name="name" value="ben"' in page
    assert asker.post(f"/en/questions/{question}/invite", data={"name": "Nobody"}).status_code == 422
    assert asker.post(f"/en/questions/{question}/invite", data={"name": "ben"}).status_code == 303
    assert "You have invited" in asker.get(f"/en/questions/{question}/invite").text
    assert "Ada invites you to answer." in guest.get(path_of(question)).text
    assert path_of(question) in guest.get("/en/invitations").text
    assert guest.post(f"/en/questions/{question}/decline").status_code == 303
    assert "invites you" not in guest.get(path_of(question)).text and told(ben) == 0
    assert not decline(ben, question)
    assert "No more invitations" in guest.get("/en/invitations").text
    guest.post("/en/invitations", data={"on": "0"})
    assert "You receive no invitations." in guest.get("/en/invitations").text
    assert client.get("/en/invitations").status_code == 403
