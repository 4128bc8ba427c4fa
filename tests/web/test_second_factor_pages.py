"""The second factor through a browser: from the settings page to the desk's door."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from accounts.secondfactor import queries, rules, switching
from accounts.signin.models import MemberSession
from accounts.signin.passwords import set_password
from common import clock, settings
from common.db import db
from common.errors import Invalid
from tests.accounts.test_second_factor import STEP, code_now, set_up
from tests.conftest import START

GOOD = "correct horse battery"
PAGE = "/en/settings/second-factor"


@pytest.fixture(autouse=True)
def _on_a_monday(app):
    clock.travel(START)


def answers(client, path, **data):
    answer = client.post(path, data=data)
    return answer.status_code, answer.headers.get("Location")


def test_from_the_settings_page_to_the_code_at_sign_in(app, client, sign_in, ada):
    set_password(ada.member_id, GOOD)
    sign_in(ada)
    assert "Signing in with a code as well" in client.get(PAGE).text
    assert answers(client, PAGE) == (303, PAGE + "#h-setup")
    page = client.get(PAGE)
    secret = queries.standing_of(ada.member_id).secret
    assert rules.in_groups(secret) in page.text and page.headers["Cache-Control"] == "private, no-store"
    square = client.get(PAGE + "/square.svg")
    assert square.mimetype == "image/svg+xml" and square.headers["Cache-Control"] == "private, no-store"
    assert b"<svg" in square.data and not re.search(rb"style=|<script|<style|href", square.data)
    wrong = client.post(PAGE + "/confirm", data={"code": "000000", "password": GOOD})
    assert wrong.status_code == 422 and "not the code your app shows" in wrong.text and GOOD not in wrong.text
    shown = client.post(PAGE + "/confirm", data={"code": code_now(secret), "password": GOOD})
    codes = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", shown.text)
    assert len(codes) == 10 and shown.headers["Cache-Control"] == "private, no-store"
    again = client.get(PAGE)
    assert "10 recovery codes are left." in again.text and not any(code in again.text for code in codes)
    assert client.get(PAGE + "/square.svg").status_code == 404
    assert (
        client.post(PAGE + "/confirm", data={"code": code_now(secret), "password": GOOD}).status_code == 409
    )

    clock.travel(STEP)
    other = app.test_client()
    where = "/en/settings/alerts"
    data = {"email": "ada@example.com", "password": GOOD, "next": where}
    assert answers(other, "/en/sign-in", **data) == (303, "/en/sign-in/code?next=/en/settings/alerts")
    assert other.get(where).headers["Location"].startswith("/en/sign-in?"), "no page opens before the code"
    asked = other.get(f"/en/sign-in/code?next={where}")
    assert asked.status_code == 200 and f'value="{where}"' in asked.text and "one-time-code" in asked.text
    assert "Ada" not in asked.text
    refused = other.post("/en/sign-in/code", data={"code": "000000", "next": where})
    assert refused.status_code == 422 and "not right, or was used before" in refused.text
    assert answers(other, "/en/sign-in/code", code=code_now(secret), next=where) == (303, where)
    assert other.get(where).status_code == 200
    assert client.get(where).status_code == 200, "the first browser stays signed in"
    assert other.get("/en/sign-in/code").status_code == 303


def test_the_code_page_without_an_entry_leads_to_the_sign_in_page(client, ada):
    assert client.get("/en/sign-in/code?next=/en/me").headers["Location"] == "/en/sign-in?next=/en/me"
    assert client.post("/en/sign-in/code", data={"code": "123456"}).status_code == 410
    set_password(ada.member_id, GOOD)
    set_up(ada, GOOD)
    away = {"email": "ada@example.com", "password": GOOD, "next": "//evil.example"}
    assert answers(client, "/en/sign-in", **away) == (303, "/en/sign-in/code")
    clock.travel(STEP * 30)
    over = client.get("/en/sign-in/code")
    assert over.status_code == 410 and "Sign in again" in over.text and 'name="password"' in over.text


def test_too_many_codes_say_when_to_come_back(client, ada, settings_override):
    set_password(ada.member_id, GOOD)
    set_up(ada, GOOD)
    client.post("/en/sign-in", data={"email": "ada@example.com", "password": GOOD})
    with settings_override(accounts__second_factor_tries=3):
        seen = [client.post("/en/sign-in/code", data={"code": "000000"}) for _n in range(4)]
    assert [answer.status_code for answer in seen] == [422, 422, 422, 429]
    assert int(seen[-1].headers["Retry-After"]) > 0 and "quarter of an hour" in seen[-1].text
    assert db.session.scalar(select(MemberSession.id)) is None


def test_new_codes_and_switching_off_by_the_page(client, sign_in, ada):
    secret, former = set_up(ada)
    sign_in(ada)
    assert client.post(PAGE + "/codes", data={"proof": "wrong"}).status_code == 422
    shown = client.post(PAGE + "/codes", data={"proof": code_now(secret)})
    assert (
        shown.status_code == 200
        and len(set(re.findall(r"<code>(\S{11})</code>", shown.text)) - {*former}) == 10
    )
    clock.travel(STEP)
    assert answers(client, PAGE + "/off", proof=code_now(secret)) == (303, PAGE + "?done=second_factor_off")
    assert "no longer asks for a code" in client.get(PAGE + "?done=second_factor_off").text
    for path in ("", "/forget", "/confirm", "/codes", "/off", "/square.svg"):
        method = client.get if path.endswith("svg") else client.post
        assert method(PAGE + path).status_code < 500
    switching.forget_setup(ada)


# --- roles that must have it -----------------------------------------------------------------------------------


def test_a_role_that_needs_it_is_led_to_set_it_up_before_the_desk(
    client, sign_in, mo, sam, settings_override
):
    sign_in(mo)
    assert client.get("/en/desk/review").status_code == 200
    with settings_override(accounts__second_factor_roles=["moderator"]):
        for path in ("/en/desk/", "/en/desk/review", "/fr/desk/members"):
            answer = client.get(path)
            assert answer.status_code == 303 and answer.headers["Location"].endswith(
                "/settings/second-factor"
            )
        assert "Your role needs a second factor." in client.get(PAGE).text
        refused = client.post("/en/desk/topics/1/names", data={"name": "a name long enough to be kept"})
        assert refused.status_code == 403 and "a name long enough to be kept" not in refused.headers
        assert client.get("/en/desk/review", headers={"X-Fragment": "1"}).status_code == 403
        assert client.get("/en/").status_code == 200 and client.get("/en/settings/alerts").status_code == 200
        set_up(mo)
        assert client.get("/en/desk/review").status_code == 200
        sign_in(sam)
        assert client.get("/en/desk/escalations").status_code == 200, "another role is not concerned"


def test_the_desk_reads_nothing_more_where_no_role_needs_it(
    client, sign_in, mo, count_queries, settings_override
):
    sign_in(mo)
    client.get("/en/desk/rules")
    with count_queries() as without:
        client.get("/en/desk/review")
    set_up(mo)
    with settings_override(accounts__second_factor_roles=["moderator"]), count_queries() as needed:
        client.get("/en/desk/review")
    assert not any("second_factor" in statement for statement in without)
    assert len([one for one in needed if "second_factor" in one]) == 1


def test_only_roles_of_the_team_can_be_named(client, sign_in, max_):
    for wrong in (["managers"], ["moderator", "member"], "admin"):
        with pytest.raises(Invalid):
            settings.change(max_, "accounts.second_factor_roles", wrong, "for safety")
    sign_in(max_)
    data = {"key": "accounts.second_factor_roles", "section": "accounts", "reason": "for safety"}
    assert client.post("/en/desk/settings", data={**data, "value": "bosses"}).status_code == 422
    assert client.post("/en/desk/settings", data={**data, "value": "agent\nadmin\n"}).status_code == 303
    assert settings.get("accounts.second_factor_roles") == ["agent", "admin"]
    assert "one role a line" in client.get("/en/desk/settings?section=accounts").text


def test_a_manager_resets_from_the_members_file(client, sign_in, ada, ben, mo, max_):
    set_up(ada)
    way, page = f"/en/desk/members/{ada.member_id}/second-factor", f"/en/desk/members/{ada.member_id}"
    assert client.get(way).status_code == 303, "visitors sign in first"
    for who in (ben, mo):
        sign_in(who)
        assert client.get(way).status_code == 403
        assert client.post(way, data={"reason": "a reason that is long enough"}).status_code == 403
    assert way not in client.get(page).text
    sign_in(max_)
    assert way in client.get(page).text and client.get(way).status_code == 200
    short = client.post(way, data={"reason": "hm"})
    assert short.status_code == 422 and 'value="hm"' in short.text and queries.is_on(ada.member_id)
    assert answers(client, way, reason="She called from her number") == (303, page)
    assert not queries.is_on(ada.member_id) and way not in client.get(page).text
    assert "has no second factor" in client.get(way).text
