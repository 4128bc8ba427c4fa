"""What a suspended member can still do: walked over every act there is (invariant 51). And what a silence leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.routing import IntegerConverter

from accounts.members.models import Member
from accounts.messages.writing import write_to
from accounts.signin.sessions import actor_of
from accounts.visits import open_to_suspended
from common.db import db
from common.errors import Forbidden
from moderation.review import deciding, leasing
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import sanctioning, striking
from moderation.sanctions.models import Appeal, Sanction, Statement
from moderation.sanctions.statements import token_of
from moderation.sanctions.strike_rules import StrikeCause
from tests.conftest import START, all_rows

COMING_IN = {
    "signin.sign_in_now", "signin.enter_now", "signin.send_link", "signin.forgot_now", "signin.reset_now",
    "signin.sign_out", "second_factor.code_now", "passkeys.enter", "singlesignon_back.acs", "singlesignon.use_ticket",
}  # fmt: skip
CONTESTING = {"decisions.appeal", "conduct.read"}
LEAVING = {"settings.leave"}
FOLLOWING = {
    "messages.write",
    "messages.read",
    "private.answer",
    "notifications.mark_read",
    "notifications.unsubscribe_now",
}
OWN_DATA = {"settings.ask_for_archive"}
NOTICES = {"legal_notices.send", "legal_notices.confirm_now", "legal_notices.contest"}
LEFT = NOTICES | COMING_IN | CONTESTING | LEAVING | FOLLOWING | OWN_DATA


@pytest.fixture
def suspended(app, mo, ben, sign_in):
    sanctioning.suspend(mo, ben.member_id, 168, Reason.HATE, "Look at your answers of today.")
    sign_in(ben)
    return ben


def acts(app):
    """Every act and a concrete address of it."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            continue
        values = {
            name: 1 if isinstance(converter, IntegerConverter) else "en" if name == "lang" else "x"
            for name, converter in rule._converters.items()
        }
        with app.test_request_context("/en/"):
            found.append(
                (
                    rule,
                    sorted(rule.methods - {"GET", "HEAD", "OPTIONS"})[0],
                    rule.build(values, append_unknown=False)[1],
                )
            )
    return found


def test_a_suspended_member_acts_nowhere_but_where_the_rules_say(app, client, suspended):
    assert open_to_suspended() == LEFT
    walked, let_through = 0, []
    before = all_rows()
    for rule, method, path in acts(app):
        if rule.endpoint in LEFT:
            continue
        walked += 1
        answer = client.open(path, method=method, data={"body": "I am still here and write."})
        if answer.status_code != 403:
            let_through.append((rule.endpoint, answer.status_code))
    assert walked > 250 and let_through == []
    assert all_rows() == before


def test_what_is_left_exists(app):
    assert {rule.endpoint for rule, _method, _path in acts(app)} >= LEFT


def test_a_suspended_member_signs_in_reads_and_sees_what_is_left(client, suspended):
    page = client.get("/en/").get_data(as_text=True)
    assert "Your account is suspended for some time" in page and "Close my account" in page
    token = token_of(db.session.scalar(select(Statement.id)))
    assert (
        client.post(
            f"/en/decisions/{token}/appeal", data={"text": "It was not me who wrote this."}
        ).status_code
        == 303
    )
    appeal_id = db.session.scalar(select(Appeal.id))
    shown = client.get(f"/en/appeals/{appeal_id}").get_data(as_text=True)
    assert "It was not me" in shown and "answers by" in shown
    assert client.get("/en/settings/decisions").status_code == 200
    assert client.get("/en/settings/account/close").status_code == 200


def test_nobody_reads_another_s_appeal(client, app, mo, ben, ada, sign_in):
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    token = token_of(db.session.scalar(select(Statement.id)))
    client.post(f"/en/decisions/{token}/appeal", data={"text": "It was not me who wrote this."})
    appeal_id = db.session.scalar(select(Appeal.id))
    assert client.get(f"/en/appeals/{appeal_id}").status_code == 303
    for who in (ada, mo):
        assert sign_in(who, app.test_client()).get(f"/en/appeals/{appeal_id}").status_code == 404


def of(who):
    return actor_of(db.session.get(Member, who.member_id, populate_existing=True))


def test_a_silenced_member_writes_to_the_team_and_to_nobody_else(mo, ben, sam, cleo):
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    write_to(of(ben), sam.member_id, "My machine is still broken, please help.")
    with pytest.raises(Forbidden):
        write_to(of(ben), cleo.member_id, "Hello there, how are you?")


def test_a_suspended_member_goes_on_with_what_the_team_has_begun(mo, ben, sam, max_):
    sanctioning.suspend(mo, ben.member_id, 168, Reason.INSULT, "")
    with pytest.raises(Forbidden):
        write_to(of(ben), sam.member_id, "My machine is still broken, please help.")
    write_to(sam, ben.member_id, "The new pump is on its way.")
    write_to(of(ben), sam.member_id, "Thank you, it came today.")
    with pytest.raises(Forbidden):
        write_to(of(ben), max_.member_id, "I want to complain about Sam.")


# --- warnings, own decisions, the member's file ---------------------------------------------------------------------


def test_a_warning_stands_on_every_page_until_it_was_read(client, mo, ben, sign_in):
    striking.strike(mo, ben.member_id, StrikeCause.LINK_DROPPING, "Three shop links in one evening.", "k")
    sign_in(ben)
    page = client.get("/en/questions/").get_data(as_text=True)
    assert "A reminder of the rules" in page and "Three shop links" in page
    assert client.post("/en/questions/ask", data={"title": "May I ask?", "body": "x" * 40}).status_code == 403
    sanction_id = db.session.scalar(select(Sanction.id))
    for _again in range(2):
        assert client.post(f"/en/settings/decisions/{sanction_id}/read").status_code in (302, 303)
    assert "A reminder of the rules" not in client.get("/en/questions/").get_data(as_text=True)
    own = client.get("/en/settings/decisions").get_data(as_text=True)
    assert "1 point counts at the moment" in own and "A reminder of the rules" in own


def test_points_a_ban_and_its_second_person_in_the_member_s_file(client, app, mo, max_, ben, sign_in):
    sign_in(mo)
    address = f"/en/desk/members/{ben.member_id}"
    assert "then 3: Silence" in client.get(address).get_data(as_text=True)
    for bad in (
        {},
        {"cause": "nothing", "nonce": "n"},
        {"cause": "insult"},
        {"cause": "insult", "nonce": "n", "message": "x" * 5000},
    ):
        assert client.post(f"{address}/strikes", data=bad).status_code == 422
    form = {"cause": "threat", "nonce": "n1", "message": "He wrote that he would come by."}
    for _twice in range(2):
        assert client.post(f"{address}/strikes", data=form).status_code == 303
    ban = db.session.scalar(select(Sanction.id).where(Sanction.kind == "ban"))
    page = client.get(address).get_data(as_text=True)
    assert "12 points" in page and "Another person confirms it." in page and "Confirm the ban" not in page
    assert client.post(f"{address}/bans/{ban}/confirm").status_code == 403
    other = sign_in(max_, app.test_client())
    assert "Ben" in other.get("/en/desk/appeals").get_data(as_text=True)
    assert other.post(f"{address}/bans/{ban}/confirm").status_code == 303
    assert other.post(f"{address}/bans/{ban}/confirm").status_code == 409
    assert other.post(f"/en/desk/members/1/bans/{ban}/drop", data={"why": "Not his"}).status_code == 404
    assert "for good" in client.get(address).get_data(as_text=True)


def test_an_appeal_is_answered_side_by_side(client, app, mo, max_, ben, sign_in):
    sanctioning.suspend(mo, ben.member_id, 720, Reason.INSULT, "Insults on three days.")
    token = token_of(db.session.scalar(select(Statement.id)))
    client.post(f"/en/decisions/{token}/appeal", data={"text": "It was one evening, not three days."})
    appeal_id = db.session.scalar(select(Appeal.id))
    sign_in(mo)
    assert "does not answer its appeal" in client.get(f"/en/desk/appeals/{appeal_id}").get_data(as_text=True)
    words = {"message": "You are right, it was one evening only."}
    assert (
        client.post(
            f"/en/desk/appeals/{appeal_id}/answer", data={**words, "decision": "overturn"}
        ).status_code
        == 403
    )
    desk = sign_in(max_, app.test_client())
    page = desk.get(f"/en/desk/appeals/{appeal_id}").get_data(as_text=True)
    assert "Insults on three days." in page and "It was one evening" in page
    assert desk.post(f"/en/desk/appeals/{appeal_id}/take").status_code == 303
    for bad in (
        {"decision": "amend", **words},
        {"decision": "uphold", "message": "no"},
        {"decision": "amend", "hours": "9999", **words},
    ):
        assert desk.post(f"/en/desk/appeals/{appeal_id}/answer", data=bad).status_code == 422
    done = desk.post(
        f"/en/desk/appeals/{appeal_id}/answer", data={"decision": "amend", "hours": "168", **words}
    )
    assert (
        done.status_code == 303
        and db.session.get(Appeal, appeal_id, populate_existing=True).state == "partly"
    )
    assert "You were right in part" in app.test_client().get(f"/en/decisions/{token}").get_data(as_text=True)
    assert "decision changed in part" in desk.get("/en/desk/appeals?tab=answered").get_data(as_text=True)


def test_members_see_no_desk_of_appeals(client, ada, sign_in):
    sign_in(ada)
    assert client.get("/en/desk/appeals").status_code == 403


# --- texts to mend ------------------------------------------------------------------------------------------------


def test_a_refused_question_stands_in_its_form_again_for_thirty_days(
    client, app, sign_in, mo, newcomer, ada, refused, at
):
    token = token_of(refused)
    assert client.post(f"/en/decisions/{token}/mend").status_code == 303  # sign in first
    assert sign_in(ada, app.test_client()).post(f"/en/decisions/{token}/mend").status_code == 403
    sign_in(newcomer)
    assert "Take my text up again" in client.get(f"/en/decisions/{token}").get_data(as_text=True)
    assert client.post(f"/en/decisions/{token}/mend").status_code == 303
    assert "hums at night" in client.get("/en/questions/ask").get_data(as_text=True)
    at(START + timedelta(days=30))
    sign_in(newcomer)
    assert client.post(f"/en/decisions/{token}/mend").status_code == 403


def test_nobody_mends_with_a_wrong_link(client, sign_in, newcomer, refused):
    sign_in(newcomer)
    assert client.post("/en/decisions/1-abc/mend").status_code == 404


@pytest.fixture
def refused(app, at, newcomer, mo, make_question):
    """A newcomer's question that was refused; its statement's id."""
    from common.unit_of_work import unit_of_work
    from forum.categories.models import Category

    at(START)
    with unit_of_work():
        db.session.get(Category, 1).policy = "trust"
    make_question(newcomer, title="The washing machine hums at night")
    item = db.session.scalars(select(ReviewItem)).one()
    lease = leasing.claim(mo, item.id)
    stamp = shown(db.session.get(ReviewItem, item.id)).stamp
    deciding.decide(mo, item.id, lease.token, stamp, deciding.Verdict(Decision.REJECT, Reason.OFF_TOPIC))
    return db.session.scalar(select(Statement.id))
