"""Closing an account: the person goes from every table, what helped others stays, and no new table can be forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.closing.closing import close_account
from accounts.members import importing
from accounts.members.importing import ImportedMember
from accounts.members.models import Member
from accounts.members.queries import card
from accounts.messages.models import Message, MessageBlock
from accounts.messages.writing import block, write_to
from accounts.notifications import channels, preferences
from accounts.notifications.rules import Mail
from accounts.push.models import Device
from common.clock import now
from common.db import db, update_where
from common.errors import Forbidden, NotFound
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.drafts.drafting import save_draft
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.positions.marking import mark_read
from forum.products.models import Device as Owned
from forum.products.models import Product
from forum.products.owning import add_device
from forum.questions.models import Draft, Follow, HelpedMark, Question
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos
from forum.solutions.accepting import accept_answer
from forum.solutions.drift import drifts
from forum.solutions.thanking import thank
from moderation.notes.noting import note
from moderation.review.models import ReviewItem
from tests.accounts.conftest import GOOD
from tests.conftest import IDS, START, stored_text

CANARY = "Zebulonquix"


@pytest.fixture
def known(app, ben, ada, cleo, mo, make_question, make_answer, at):
    """Ben, whose every private word holds a canary, has used the place as people do."""
    at(START + timedelta(days=1))
    with unit_of_work():
        update_where(
            Member, Member.id == ben.member_id, display_name=f"Ben {CANARY}", slug=f"ben-{CANARY}", bio=CANARY, city=CANARY,
            name_key=f"ben{CANARY}", email=f"{CANARY}@example.com", email_key=f"{CANARY}@example.com",
        )  # fmt: skip
        db.session.add(Product(id=7, key="ondea-8", slug="ondea-8", name="Ondea 8", category_id=1))
        keys = {
            "endpoint": f"https://push.example/{CANARY}",
            "endpoint_key": "k",
            "public_key": "p",
            "secret": "s",
        }
        db.session.add(Device(member_id=ben.member_id, session_id=1, **keys))
        db.session.add(MessageBlock(member_id=mo.member_id, blocked_id=ben.member_id))
    question, his = make_question(ada), make_question(ben, title="The drum does not turn any more")
    answer = make_answer(ben, question)
    accept_answer(ada, question, answer)
    thank(ada, answer, "Thank you, that was it.")
    follow_question(ben, question)
    follow(ben, TargetKind.CATEGORY, 1)
    follow(cleo, TargetKind.MEMBER, ben.member_id)
    mark_read(ben, question)
    add_device(ben, 7)
    with unit_of_work():
        update_where(Owned, Owned.member_id == ben.member_id, serial=CANARY, model_name=CANARY)
    save_draft(ben, f"answer:{question}", title="", body=CANARY, fields={})
    preferences.choose(ben, {"answer": (True, Mail.DAILY, True)}, ways={"push": {"answer"}})
    block(ben, ada.member_id)
    give_kudos(ben, make_answer(cleo, question))
    with unit_of_work():
        db.session.add(HelpedMark(post_id=his, member_id=ben.member_id, helped=False, words=CANARY))
    note(mo, ben.member_id, f"{CANARY} called twice.", "a-note-about-ben")
    write_to(ben, cleo.member_id, "The plum is ripe.", "nonce-of-the-first-message-00001")
    write_to(cleo, ben.member_id, "Thank you for the plum.", "nonce-of-the-second-message-0002")
    return {"question": question, "his": his, "answer": answer}


def test_the_person_is_in_no_table_any_more(known, ben, cleo, drain):
    assert stored_text().count(CANARY) > 8
    before = list(drifts())
    close_account(ben, ben.member_id)
    drain()
    assert CANARY not in stored_text()
    assert list(drifts()) == before
    member = db.session.get_one(Member, ben.member_id)
    assert (member.email, member.email_key, member.display_name, member.closed_at is not None) == (
        None,
        None,
        "–",
        True,
    )


def test_what_was_being_written_meanwhile_goes_an_hour_later(known, ben, at, drain):
    close_account(ben, ben.member_id)
    drain()
    with unit_of_work():
        db.session.add(Draft(member_id=ben.member_id, place="ask", body=CANARY))
        db.session.add(Follow(member_id=ben.member_id, question_id=known["his"]))
        update_where(Question, Question.id == known["his"], follower_count=Question.follower_count + 1)
    before = db.session.get_one(Question, known["his"]).follower_count
    at(timedelta(hours=1, minutes=1))
    drain()
    db.session.expire_all()
    assert CANARY not in stored_text()
    assert db.session.get_one(Question, known["his"]).follower_count == before - 1


def test_of_two_closings_at_once_one_does_it(ben, in_threads):
    def close(_number):
        try:
            close_account(ben, ben.member_id)
        except NotFound:
            return "was closed"
        return "closed"

    assert sorted(in_threads(4, close)) == ["closed", "was closed", "was closed", "was closed"]


def test_what_helped_others_stays_and_leads_to_nobody(known, ben, client):
    question = db.session.get_one(Question, known["question"])
    before = (question.accepted_answer_id, question.answer_count, question.help_state)
    path = f"/en/questions/{question.id}/{question.slug}"
    assert f"/members/{ben.member_id}" in client.get(path).text
    close_account(ben, ben.member_id)
    db.session.expire_all()
    question = db.session.get_one(Question, known["question"])
    assert (question.accepted_answer_id, question.answer_count, question.help_state) == before
    page = client.get(path).text
    assert "Former member" in page and CANARY not in page
    for seen in (
        page,
        client.get("/en/questions/").text,
        client.get("/en/experts").text,
        client.get("/en/members/").text,
    ):
        assert f"/members/{ben.member_id}" not in seen and CANARY not in seen
    for lost in (f"/en/members/{ben.member_id}/", f"/members/{ben.member_id}"):
        assert client.get(lost).status_code in (404, 410)


def test_the_other_keeps_a_conversation_until_both_have_left(known, ben, cleo, client, sign_in):
    close_account(ben, ben.member_id)
    sign_in(cleo, client)
    path = f"/en/messages/{ben.member_id}"
    assert f'href="{path}"' in client.get("/en/messages/").text
    page = client.get(path).text
    assert "The plum is ripe." in page and "Former member" in page and "no longer receives messages" in page
    close_account(cleo, cleo.member_id)
    db.session.expire_all()
    assert {one.body for one in db.session.scalars(select(Message))} == {""}
    waiting = ReviewItem.open_key.is_not(None)
    assert db.session.scalars(select(ReviewItem).where(waiting, ReviewItem.kind == "message")).all() == []


def test_the_wishes_of_a_closed_account_are_those_of_nobody(known, ben):
    close_account(ben, ben.member_id)
    assert channels.wishes_of(ben.member_id)["push"] == channels.wishes_of(4000)["push"]
    assert card(ben.member_id).is_former


def test_only_oneself_and_an_administrator_close_an_account_and_once(ben, ada, mo, root):
    for who, whose in ((ada, ben), (mo, ben), (mo, mo), (root, root), (SYSTEM, mo)):
        with pytest.raises(Forbidden):
            close_account(who, whose.member_id)
    close_account(root, ada.member_id, "asked by letter")
    with pytest.raises(NotFound):
        close_account(ada, ada.member_id)


def test_a_handler_that_fails_leaves_the_account_as_it_was(app, ben):
    before = stored_text()
    with pytest.raises(RuntimeError), unit_of_work():
        close_account(ben, ben.member_id)
        raise RuntimeError
    assert stored_text() == before


def test_who_left_does_not_come_back_with_the_next_import(app):
    person = ImportedMember("beer:1", CANARY, now())
    number = importing.bring_in([person]).ids["beer:1"]
    close_account(SYSTEM, number)
    assert importing.bring_in([person]).unchanged == 1
    assert db.session.get_one(Member, number).display_name == "–"


def test_the_page_asks_for_the_password_closes_and_signs_out(
    client, sign_in, ben, with_password, settings_override
):
    with_password(ben)
    sign_in(ben)
    page = "/en/settings/account/close"
    assert "settings/account/close" in client.get("/en/settings/account").text
    with settings_override(accounts__closing_days=0):
        assert "Close my account for good" in client.get(page).text
        assert client.post(page, data={"password": "not this one"}).status_code == 422
        assert client.post(page, data={"password": GOOD}).location == "/en/goodbye"
        assert "Your account is closed" in client.get("/en/goodbye").text
    assert "sign-in" in client.get("/en/settings/account").location


def test_without_a_password_the_address_is_the_proof_and_the_team_gives_back_its_role(
    client, sign_in, ada, mo, zed
):
    page = "/en/settings/account/close"
    sign_in(mo)
    assert "takes the role back first" in client.get(page).text
    assert client.post(page, data={"email": "mo@example.com"}).status_code == 403
    sign_in(zed)  # silenced: leaving stays everybody's right
    assert client.post(page, data={"email": "ada@example.com"}).status_code == 422
    assert client.post(page, data={"email": " ZED@example.com "}).status_code == 303


def test_the_operator_closes_an_account(app, ben):
    said = app.test_cli_runner().invoke(args=["members", "close", "ben@example.com"])
    assert said.exit_code == 0 and "closed" in said.output
    assert card(IDS["ben"]).is_former
