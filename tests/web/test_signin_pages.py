"""The pages of signing in through a browser: flows, equal answers, safe returns, nothing in a GET."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.signin.models import LetterWish, MailToken, MemberSession, Registration
from accounts.signin.passwords import set_password
from common import clock, limits
from common.db import db
from tests.conftest import START

GOOD = "correct horse battery"
SIGN_UP = {"email": "gina@example.com", "display_name": "Gina B.", "password": GOOD}


@pytest.fixture(autouse=True)
def _on_a_monday(app):
    clock.travel(START)


def link_in(outbox, page: str) -> str:
    """The path of the button in the last mail."""
    text = outbox()[-1].get_body(("plain",)).get_content()
    return re.search(rf"http://localhost(/\w\w/{page}\S*)", text).group(1)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_from_sign_up_to_signed_in(client, drain, outbox):
    page = client.post("/en/sign-up", data=SIGN_UP)
    assert (page.status_code, page.headers["Location"]) == (303, "/en/sign-in/sent?what=confirm")
    assert "Send it again" in client.get(page.headers["Location"]).text
    drain()
    path = link_in(outbox, "confirm")
    asked = client.get(path)
    assert (
        asked.status_code == 200 and "Welcome, Gina B." in asked.text and 'type="password"' not in asked.text
    )
    entered = client.post(path)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/en/welcome")
    assert "Welcome, Gina B." in client.get("/en/welcome").text
    done = client.post(
        "/en/welcome", data={"display_name": "Gina B.", "bio": "Radios", "city": "Lyon", "language": "fr"}
    )
    assert done.status_code == 303
    assert client.get(path).status_code == 410
    assert client.post("/en/sign-out").status_code == 303
    assert client.get("/en/settings/profile").headers["Location"] == "/en/sign-in?next=/en/settings/profile"


def test_another_browser_confirms_with_the_password(app, client, drain, outbox):
    client.post("/en/sign-up", data=SIGN_UP)
    drain()
    path, other = link_in(outbox, "confirm"), app.test_client()
    assert 'type="password"' in other.get(path).text
    refused = other.post(path, data={"password": "wrong"})
    assert refused.status_code == 422 and "not the password you chose" in refused.text
    assert other.post(path, data={"password": GOOD}).status_code == 303


def test_sign_up_answers_the_same_for_known_and_unknown_addresses(
    app, client, drain, outbox, settings_override
):
    answers = []
    with settings_override(accounts__registrations_a_day=100):
        for email in ("gina@example.com", "ada@example.com"):
            answer = client.post("/en/sign-up", data={**SIGN_UP, "email": email})
            answers.append((answer.status_code, answer.headers["Location"], answer.data))
            mailbox = client.get(answer.headers["Location"])
            answers.append(re.sub(r'value="[^"]{40,}"', "", mailbox.text))
    assert answers[0] == answers[2] and answers[1] == answers[3]
    drain()
    assert len(outbox()) == 2


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/en/sign-in", {"password": "wrong password"}),
        ("/en/sign-in/link", {}),
        ("/en/forgot", {}),
    ],
)
def test_the_other_forms_answer_the_same_too(app, client, ada, path, fields):
    set_password(ada.member_id, GOOD)
    seen = []
    for email in ("ada@example.com", "nobody@example.com", "ben@example.com"):
        limits.forget()
        answer = client.post(path, data={**fields, "email": email})
        headers = {k: v for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length", "Date")}
        random = (
            r'data-passkey="[^"]+"|name="csrf_token" value="[^"]+"'  # a token holds the second it was made in
        )
        said = re.sub(random, "", answer.text.replace(email, "X"))
        seen.append((answer.status_code, headers, said))
    assert seen[0] == seen[1] == seen[2]


def test_signing_in_by_password_and_going_on(client, ada):
    set_password(ada.member_id, GOOD)
    page = client.get("/en/sign-in?next=/en/settings/alerts")
    assert 'name="next" value="/en/settings/alerts"' in page.text
    answer = client.post(
        "/en/sign-in", data={"email": "ada@example.com", "password": GOOD, "next": "/en/settings/alerts"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/settings/alerts")
    assert client.get("/en/settings/alerts").status_code == 200
    assert client.get("/en/sign-in").status_code == 303


def test_a_wrong_password_keeps_what_was_typed_but_the_password(client, ada):
    set_password(ada.member_id, GOOD)
    answer = client.post("/en/sign-in", data={"email": "ada@example.com", "password": "wrong secret thing"})
    assert answer.status_code == 422
    assert 'value="ada@example.com"' in answer.text and "wrong secret thing" not in answer.text
    assert "Set-Cookie" not in answer.headers or "_user_id" not in answer.headers["Set-Cookie"]


def test_too_many_guesses_say_when_to_come_back(client):
    for _ in range(5):
        client.post("/en/sign-in", data={"email": "nobody@example.com", "password": "x"})
    answer = client.post("/en/sign-in", data={"email": "nobody@example.com", "password": "x"})
    assert (
        answer.status_code == 429
        and int(answer.headers["Retry-After"]) > 0
        and "link by e-mail" in answer.text
    )


def test_signing_in_by_link_goes_on_where_one_was(client, drain, outbox):
    client.post("/en/sign-in/link", data={"email": "ada@example.com", "next": "/en/settings/alerts"})
    drain()
    path = link_in(outbox, "sign-in/link")
    asked = client.get(path)
    assert asked.status_code == 200 and 'value="/en/settings/alerts"' in asked.text
    entered = client.post(path, data={"next": "/en/settings/alerts"})
    assert (entered.status_code, entered.headers["Location"]) == (303, "/en/settings/alerts")
    assert client.post(path).status_code == 410


def test_a_reset_through_the_pages(client, drain, outbox):
    client.post("/en/forgot", data={"email": "ada@example.com"})
    drain()
    path = link_in(outbox, "reset")
    assert client.get(path).status_code == 200
    refused = client.post(path, data={"new_password": "password1"})
    assert refused.status_code == 422 and "first anybody would try" in refused.text
    assert (
        client.post(path, data={"new_password": GOOD}).headers["Location"]
        == "/en/settings/account?done=password"
    )
    assert client.get(path).status_code == client.post(path, data={"new_password": GOOD}).status_code == 410
    assert "Your password is changed" in client.get("/en/settings/account?done=password").text


def test_looking_at_a_mailed_link_uses_nothing_up(client, drain, outbox):
    client.post("/en/sign-in/link", data={"email": "ada@example.com"})
    drain()
    path = link_in(outbox, "sign-in/link")
    before = [tuple(row) for row in db.session.execute(select(MailToken.__table__))]
    for _ in range(3):
        assert client.get(path).status_code == client.head(path).status_code == 200
    db.session.rollback()
    assert [tuple(row) for row in db.session.execute(select(MailToken.__table__))] == before
    assert count(MemberSession) == 0 and client.post(path).status_code == 303


def test_pages_with_secrets_send_no_referrer_and_are_kept_nowhere(client, drain, outbox):
    client.post("/en/forgot", data={"email": "ada@example.com"})
    drain()
    answer = client.get(link_in(outbox, "reset"))
    assert (
        answer.headers["Referrer-Policy"] == "no-referrer" and "no-store" in answer.headers["Cache-Control"]
    )


@pytest.mark.parametrize("page", ["sign-in/link", "confirm", "reset", "move"])
@pytest.mark.parametrize("secret", ["x", "x" * 43, "a" * 3000, "%00", "é"])
def test_dead_links_are_gone_politely(client, page, secret):
    for method in (client.get, client.post):
        limits.forget()
        answer = method(
            f"/en/{page}/{secret}", **({"data": {"new_password": GOOD}} if method == client.post else {})
        )
        assert answer.status_code in (404, 410), answer.status_code


# --- sessions in the cookie ----------------------------------------------------------------------------------


def secret_of(client) -> str | None:
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


def test_a_planted_session_does_not_survive_signing_in(client, ada):
    set_password(ada.member_id, GOOD)
    with client.session_transaction() as cookie:
        cookie.update({"_user_id": "planted", "planted": "x", "csrf_token": "planted"})
    client.post("/en/sign-in", data={"email": "ada@example.com", "password": GOOD})
    with client.session_transaction() as cookie:
        assert (
            cookie["_user_id"] != "planted"
            and "planted" not in cookie
            and cookie.get("csrf_token") != "planted"
        )
    first = secret_of(client)
    client.post("/en/sign-out")
    client.post("/en/sign-in", data={"email": "ada@example.com", "password": GOOD})
    assert secret_of(client) != first


def test_an_old_cookie_is_worth_nothing_after_signing_out_or_a_new_password(app, client, sign_in, ada):
    sign_in(ada)
    old = secret_of(client)
    client.post("/en/sign-out")
    stale = app.test_client()
    with stale.session_transaction() as cookie:
        cookie["_user_id"] = old
    assert stale.get("/en/settings/profile").status_code == 303
    sign_in(ada, stale)
    set_password(ada.member_id, GOOD)
    assert stale.get("/en/settings/profile").status_code == 303


def test_changing_the_password_keeps_this_browser_and_ends_the_others(app, client, sign_in, ada):
    set_password(ada.member_id, GOOD)
    other = sign_in(ada, app.test_client())
    sign_in(ada)
    answer = client.post(
        "/en/settings/account/password",
        data={"current_password": GOOD, "new_password": "staple of the purple cow"},
    )
    assert answer.status_code == 303
    assert client.get("/en/settings/account").status_code == 200
    assert other.get("/en/settings/account").status_code == 303


def test_cookies_are_strict_in_production(tmp_path):
    from dataclasses import replace

    from flask_migrate import upgrade

    from app import create_app
    from common import config as configuration
    from common import web
    from tests.conftest import test_config as plain_config

    before = configuration.current_config()
    try:
        migrated = create_app(plain_config(tmp_path))
        with migrated.app_context():
            upgrade(str(web.ROOT / "migrations"))
            db.session.remove()
            db.engine.dispose()
        strict = replace(
            plain_config(tmp_path), mode="production", secret_key="k" * 48, base_url="https://c.example.com",
            mail_url="smtp://localhost:25", argon2_memory_kib=47_104,
        )  # fmt: skip
        app = create_app(strict)
        with app.app_context():
            page = app.test_client().get("/en/sign-in", base_url="https://c.example.com")
            db.session.remove()
            db.engine.dispose()
    finally:
        configuration.use_config(before)
    cookies = page.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-") and len(cookie) <= 4096
        assert (
            all(part in cookie for part in ("Secure", "HttpOnly", "SameSite", "Path=/"))
            and "Domain" not in cookie
        )


def test_the_cookie_is_set_at_sign_in_and_not_beside_files_that_caches_keep(client, sign_in, ada):
    sign_in(ada)
    for path in ("/static/app.css", "/en/settings/display", "/en/notifications"):
        again = client.get(path)
        assert again.status_code == 200
        assert path.startswith("/en/") or "Set-Cookie" not in again.headers
    assert "Set-Cookie" not in client.get("/en/settings/display").headers


def test_no_page_links_a_mailed_secret_elsewhere(client, drain, outbox):
    client.post("/en/forgot", data={"email": "ada@example.com"})
    drain()
    path = link_in(outbox, "reset")
    page = client.get(path).text
    assert f"next={path}" not in page and page.count(path) == page.count(f'action="{path}"') + page.count(
        'hreflang="en"'
    )


# --- open redirects ------------------------------------------------------------------------------------------


def test_no_open_redirect_by_any_form_of_next(app, client, ada, data_dir, drain, outbox):
    set_password(ada.member_id, GOOD)
    folder = data_dir / "attack-lists" / "open-redirect"
    lines = [
        line
        for file in sorted(folder.glob("*.txt"))
        for line in file.read_text(errors="replace").splitlines()
        if line
    ]
    assert len(lines) >= 60
    off_site = []
    for line in lines:
        for wanted in (line, "/" + line, "//" + line.lstrip("/")):
            limits.forget()
            browser = app.test_client()
            answer = browser.post(
                "/en/sign-in", data={"email": "ada@example.com", "password": GOOD, "next": wanted}
            )
            assert answer.status_code == 303
            if not re.fullmatch(r"/(?!/)[!-~]*", answer.headers["Location"]):
                off_site.append((wanted, answer.headers["Location"]))
    assert off_site == []


def test_no_mail_carries_a_foreign_next(client, drain, outbox):
    client.post("/en/sign-in/link", data={"email": "ada@example.com", "next": "https://evil.example/"})
    drain()
    assert "evil" not in outbox()[-1].as_string()


def test_the_host_of_a_request_never_gets_into_a_mail(client, drain, outbox):
    client.post(
        "/en/forgot",
        data={"email": "ada@example.com"},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    drain()
    assert "evil" not in outbox()[-1].as_string()


# --- bad input -----------------------------------------------------------------------------------------------


def test_fields_that_are_far_too_long_are_refused_calmly(client, drain):
    for path, names in (
        ("/en/sign-up", ("email", "display_name", "password")),
        ("/en/sign-in", ("email", "password", "next")),
        ("/en/forgot", ("email",)),
        ("/en/sign-in/link", ("email", "next")),
    ):
        for name in names:
            limits.forget()
            answer = client.post(path, data={**SIGN_UP, name: "x" * 200_000})
            assert answer.status_code < 500
    assert count(Member) == 12 and count(Registration) <= 1


def test_columns_cannot_be_slipped_in(client, drain, outbox):
    client.post(
        "/en/sign-up",
        data={**SIGN_UP, "role": "admin", "points": "9999", "rank": "6", "email_verified_at": "x"},
    )
    drain()
    client.post(link_in(outbox, "confirm"), data={"role": "admin", "points": "9999"})
    client.post(
        "/en/settings/profile", data={"display_name": "Gina B.", "role": "admin", "points": "9999", "id": "1"}
    )
    member = db.session.scalar(select(Member).where(Member.email_key == "gina@example.com"))
    assert (member.role, member.points, member.rank) == ("member", 0, 0)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_speaks_the_language_of_its_address(client, method):
    assert (
        "Se connecter"
        in getattr(client, method)("/fr/sign-in", **({"data": {}} if method == "post" else {})).text
    )


def test_asking_for_links_stores_no_address_of_nobody_for_long(client, drain, at):
    from datetime import timedelta

    from accounts.signin.jobs import purge

    client.post("/en/forgot", data={"email": "nobody@example.com"})
    drain()
    assert count(LetterWish) == 1
    at(timedelta(days=2))
    purge()
    assert count(LetterWish) == 0


def test_over_https_the_form_of_a_page_that_sends_no_referrer_is_taken(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/en/sign-in", base_url="https://localhost")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
    typed = {"csrf_token": token, "email": "ada@example.com", "password": "not this one"}
    answer = client.post("/en/sign-in", base_url="https://localhost", data=typed)
    app.config["WTF_CSRF_ENABLED"] = False
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert answer.status_code == 422
