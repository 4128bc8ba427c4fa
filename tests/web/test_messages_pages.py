"""The pages of private messages: the two read them, everybody else is turned away."""

from __future__ import annotations

import pytest

from accounts.messages import reporting, writing
from accounts.messages.rules import ReportReason
from tests.conftest import IDS, START

SECRET = "kumquat"


@pytest.fixture(autouse=True)
def morning(app, at):
    """The cast is as it is described at this moment."""
    at(START)


def test_a_member_writes_reads_and_answers(client, sign_in, ben, cleo):
    sign_in(ben, client)
    assert "Write a message" in client.get(f"/en/members/{IDS['cleo']}/cleo").text
    path = f"/en/messages/{IDS['cleo']}"
    assert client.get(path).status_code == 200
    sent = client.post(path, data={"body": f"The {SECRET} is ripe.", "nonce": "n1"})
    assert sent.status_code == 303
    again = client.post(path, data={"body": f"The {SECRET} is ripe.", "nonce": "n1"})
    assert again.location == sent.location
    assert client.get(path).text.count(SECRET) == 1
    sign_in(cleo, client)
    assert SECRET in client.get("/en/messages/").text
    assert SECRET in client.get(f"/en/messages/{IDS['ben']}").text


@pytest.mark.parametrize("name", ["ada", "zed", "sam", "mo", "root"])
def test_others_find_nothing(client, sign_in, ben, cleo, name, request):
    writing.write_to(ben, cleo.member_id, f"The {SECRET} is ripe.")
    sign_in(request.getfixturevalue(name), client)
    for path in (
        "/en/messages/",
        f"/en/messages/{IDS['ben']}",
        f"/en/messages/{IDS['cleo']}",
        "/en/desk/messages",
    ):
        assert SECRET not in client.get(path).text, path


def test_visitors_sign_in_first(client):
    for path in ("/en/messages/", f"/en/messages/{IDS['ben']}", "/en/desk/messages"):
        assert "sign-in" in client.get(path).location


def test_a_refused_report_keeps_its_words(client, sign_in, ben, cleo):
    message_id = writing.write_to(ben, cleo.member_id, f"The {SECRET} is ripe.")
    sign_in(cleo, client)
    sent = {"reason": "none of them", "note": "He does it daily"}
    page = client.post(f"/en/messages/{IDS['ben']}/report/{message_id}", data=sent)
    assert page.status_code == 422 and '<details class="reply-box" open>' in page.text
    assert "He does it daily</textarea>" in page.text


def test_a_refused_message_keeps_its_text(client, sign_in, ada):
    sign_in(ada, client)
    path = f"/en/messages/{IDS['ben']}"
    page = client.post(path, data={"body": "Long and careful words"})
    assert page.status_code == 403 and "Long and careful words" in page.text
    assert client.post(f"/en/messages/{IDS['sam']}", data={"body": " "}).status_code == 422
    assert client.get(f"/en/messages/{IDS['ada']}").status_code == 404
    assert client.get("/en/messages/4000").status_code == 404


def test_the_mail_says_who_and_not_what(client, ben, cleo, drain, outbox):
    writing.write_to(ben, cleo.member_id, f"The {SECRET} is ripe.")
    drain()
    (letter,) = outbox()
    assert "Ben" in letter.as_string() and SECRET not in letter.as_string()


def test_moderators_read_what_was_reported_and_decide(client, sign_in, ben, cleo, mo):
    message_id = writing.write_to(ben, cleo.member_id, f"The {SECRET} is ripe.")
    sign_in(cleo, client)
    asked = client.post(
        f"/en/messages/{IDS['ben']}/report/{message_id}", data={"reason": "insult", "note": "x"}
    )
    assert asked.status_code == 303
    assert client.post(f"/en/messages/{IDS['ben']}/report/{message_id}", data={}).status_code == 422
    sign_in(mo, client)
    page = client.get("/en/desk/messages", follow_redirects=True)
    assert SECRET in page.text and page.headers["Cache-Control"] == "private, no-store"
    sent = {"stamp": f"m{message_id}", "decision": "remove", "reason": "insult"}
    assert client.post("/en/desk/review/1/decide", data=sent).status_code == 303
    assert SECRET not in client.get("/en/desk/review").text


def test_blocking_clearing_and_the_switch_have_buttons(client, sign_in, ben, cleo):
    message_id = writing.write_to(ben, cleo.member_id, "Hello there.")
    reporting.report(cleo, message_id, ReportReason.OTHER)
    sign_in(cleo, client)
    path = f"/en/messages/{IDS['ben']}"
    for up_to in (message_id, 2**40, -(2**40), "²"):
        assert client.post(f"{path}/read", data={"up_to": up_to}).status_code == 303
    assert client.post(f"{path}/block", data={"blocked": "1"}).status_code == 303
    assert "no longer reaches you" in client.get(path).text
    client.post(f"{path}/block", data={"blocked": "0"})
    assert client.post(f"{path}/clear").status_code == 303
    assert "Hello there" not in client.get("/en/messages/").text
    client.post("/en/messages/", data={"open": "0"})
    assert "Receive messages again" in client.get("/en/messages/").text
