"""Passkeys through the pages: made, used, beside a code, at the desk's door, and for who cannot."""

from __future__ import annotations

import html
import re

import pytest

from accounts.passkeys import queries
from accounts.signin.passwords import set_password
from common import clock
from common.headers import HEADERS
from tests.accounts.authenticator import Device
from tests.accounts.test_second_factor import set_up
from tests.conftest import START

GOOD = "correct horse battery"
PAGE = "/en/settings/passkeys"


@pytest.fixture(autouse=True)
def _on_a_monday(app):
    clock.travel(START)


def asked_on(page) -> str:
    """What a page asks the browser."""
    return html.unescape(re.search(r'data-passkey="([^"]+)"', page.text).group(1))


def add(client, device: Device, **proof):
    asked = asked_on(client.post(PAGE, data=proof))
    return client.post(f"{PAGE}/add", data={"answer": device.make(asked), "name": "Phone"})


def enter(client, device: Device, where: str = ""):
    page = client.get(f"/en/sign-in?next={where}")
    return client.post("/en/sign-in/passkey", data={"answer": device.show(asked_on(page)), "next": where})


def test_from_the_settings_page_to_the_sign_in_page_and_away(app, client, sign_in, ada):
    set_password(ada.member_id, GOOD)
    sign_in(ada)
    page = client.get(PAGE)
    assert "data-passkey" not in page.text and page.headers["Cache-Control"] == "private, no-store"
    wrong = client.post(PAGE, data={"proof": "wrong password"})
    assert wrong.status_code == 422 and "data-passkey" not in wrong.text
    device = Device()
    added = add(client, device, proof=GOOD)
    assert (added.status_code, added.headers["Location"]) == (303, f"{PAGE}?done=passkey")
    assert "Phone" in client.get(PAGE).text
    assert client.post(f"{PAGE}/add", data={"answer": "{}"}).status_code == 422

    other = app.test_client()
    assert 'autocomplete="username webauthn"' in other.get("/en/sign-in").text
    inside = enter(other, device, "/en/settings/alerts")
    assert (inside.status_code, inside.headers["Location"]) == (303, "/en/settings/alerts")
    assert other.get("/en/settings/alerts").status_code == 200 and "last used" in client.get(PAGE).text
    key = queries.of_member(ada.member_id)[0].id
    for _n in range(2):
        assert client.post(f"{PAGE}/{key}/remove").headers["Location"] == f"{PAGE}?done=no_passkey"
    refused = enter(app.test_client(), device, "https://evil.example/")
    assert refused.status_code == 422 and "We do not recognise this passkey." in refused.text
    assert "evil.example" not in refused.text and asked_on(refused), "the page asks anew"


def test_the_answer_of_one_browser_opens_nothing_in_another(app, client, sign_in, ada):
    sign_in(ada)
    device = Device()
    add(client, device)
    mine, other = app.test_client(), app.test_client()
    asked = asked_on(mine.get("/en/sign-in"))
    other.get("/en/sign-in")
    assert other.post("/en/sign-in/passkey", data={"answer": device.show(asked)}).status_code == 422
    assert mine.post("/en/sign-in/passkey", data={"answer": device.show(asked)}).status_code == 303
    assert (
        app.test_client().post("/en/sign-in/passkey", data={"answer": device.show(asked)}).status_code == 422
    )


def test_who_waits_for_a_code_may_show_a_passkey_instead(app, client, sign_in, ada):
    sign_in(ada)
    device = Device()
    add(client, device)
    set_password(ada.member_id, GOOD)
    set_up(ada, GOOD)
    waiting = app.test_client()
    waiting.post("/en/sign-in", data={"email": "ada@example.com", "password": GOOD})
    page = waiting.get("/en/sign-in/code?next=/en/settings/alerts")
    assert 'name="code"' in page.text
    shown = {"answer": device.show(asked_on(page)), "next": "/en/settings/alerts"}
    assert waiting.post("/en/sign-in/passkey", data=shown).status_code == 303
    assert waiting.get("/en/settings/alerts").status_code == 200


def test_a_role_that_needs_a_factor_shows_its_passkey_before_the_desk(
    app, client, sign_in, mo, settings_override
):
    sign_in(mo)
    device = Device()
    add(client, device)
    with settings_override(accounts__second_factor_roles=["moderator"]):
        assert client.get("/en/desk/review").status_code == 200, "made here, so shown here"
        weak = app.test_client()
        sign_in(mo, weak)
        assert weak.get("/en/desk/review").headers["Location"] == "/en/settings/second-factor"
        page = weak.get("/en/settings/second-factor")
        assert "Show your passkey first" in page.text and "Set it up" not in page.text
        assert weak.post(PAGE).status_code == 403
        key = queries.of_member(mo.member_id)[0].id
        assert weak.post(f"{PAGE}/{key}/remove").status_code == 403
        answer = {"answer": device.show(asked_on(page)), "next": "/en/desk/review"}
        assert weak.post("/en/sign-in/passkey", data=answer).headers["Location"] == "/en/desk/review"
        assert weak.get("/en/desk/review").status_code == 200


def test_browsers_are_allowed_to_ask_for_passkeys_here_and_nowhere_else():
    allowed = HEADERS["Permissions-Policy"]
    assert "publickey-credentials-create=(self)" in allowed and "publickey-credentials-get=(self)" in allowed
