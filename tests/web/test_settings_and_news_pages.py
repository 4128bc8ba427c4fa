"""Settings, notifications, unsubscribing and the administrator's outbox through a browser."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.members.queries import by_id
from accounts.notifications import kinds, preferences, queries, telling, unsubscribing
from accounts.notifications.kinds import Kind
from accounts.notifications.models import Notification, Preference
from accounts.notifications.rules import Mail
from accounts.signin import sessions
from accounts.signin.sessions import Origin
from common import clock
from common.db import db
from common.i18n import _
from common.unit_of_work import unit_of_work
from tests.conftest import START

PAGES = (
    "settings/profile",
    "settings/account",
    "settings/alerts",
    "settings/display",
    "welcome",
    "notifications",
)


@pytest.fixture(autouse=True)
def _on_a_monday(app):
    clock.travel(START)
    known = dict(kinds._kinds)
    kinds.register(
        Kind("w-answer", lambda p: _("%(actor)s wrote", actor=p["actor"]), lambda p: "/en/x", event="answer")
    )
    yield
    kinds._kinds.clear()
    kinds._kinds.update(known)


def tell(who, cause: str, **params) -> int:
    with unit_of_work():
        return telling.tell(who.member_id, "w-answer", cause, **params)


# --- who sees them -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_visitors_sign_in_first_and_come_back(client, page):
    answer = client.get(f"/en/{page}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/en/sign-in?next=/en/{page}")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["ada", "zed", "root"])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_members_see_them_in_both_languages(client, sign_in, request, page, who, lang):
    sign_in(request.getfixturevalue(who))
    answer = client.get(f"/{lang}/{page}")
    assert answer.status_code == 200 and f'lang="{lang}"' in answer.text and answer.text.count("<h1") == 1
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_cost_few_queries(client, sign_in, ada, page, count_queries):
    sign_in(ada)
    client.get(f"/en/{page}")
    with count_queries() as seen:
        client.get(f"/en/{page}")
    assert len(seen) <= 6


# --- profile, display ----------------------------------------------------------------------------------------


def test_the_profile_is_kept_and_shown(client, sign_in, ada):
    sign_in(ada)
    assert (
        client.post(
            "/en/settings/profile", data={"display_name": "Ada L.", "bio": "<b>Hi</b>", "city": "Lyon"}
        ).status_code
        == 303
    )
    page = client.get("/en/settings/profile?done=profile").text
    assert 'value="Ada L."' in page and "&lt;b&gt;Hi" in page and "up to date" in page


def test_a_refused_profile_shows_what_was_typed_and_why(client, sign_in, ada):
    sign_in(ada)
    answer = client.post("/en/settings/profile", data={"display_name": "Ben", "bio": "kept text", "city": ""})
    assert answer.status_code == 422
    assert (
        "kept text" in answer.text
        and 'aria-invalid="true"' in answer.text
        and 'id="display_name-error"' in answer.text
    )


def test_a_silenced_member_cannot_change_the_profile(client, sign_in, zed):
    sign_in(zed)
    assert client.post("/en/settings/profile", data={"display_name": "Zed Two"}).status_code == 403


def test_display_choices_show_at_once(client, sign_in, ada):
    sign_in(ada)
    assert 'data-theme="auto"' in client.get("/en/settings/display").text
    answer = client.post(
        "/en/settings/display", data={"language": "fr", "theme": "dark", "text_size": "larger"}
    )
    assert answer.headers["Location"] == "/fr/settings/display?done=display"
    page = client.get("/fr/settings/display").text
    assert 'data-theme="dark"' in page and 'data-text="larger"' in page
    assert by_id(ada.member_id).language == "fr"
    assert client.get("/", follow_redirects=False).headers["Location"] == "/fr/"


@pytest.mark.parametrize(
    "wrong", [{"theme": "pink"}, {"text_size": "9"}, {"language": "xx"}, {"theme": '"><script>'}]
)
def test_display_choices_that_do_not_exist(client, sign_in, ada, wrong):
    sign_in(ada)
    data = {"language": "en", "theme": "dark", "text_size": "normal", **wrong}
    assert client.post("/en/settings/display", data=data).status_code == 422


# --- account -------------------------------------------------------------------------------------------------


def test_devices_are_listed_and_ended(app, client, sign_in, ada, ben):
    sign_in(ada)
    with unit_of_work():
        elsewhere = sessions.begin(
            ada.member_id, Origin("198.51.100.7", "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0")
        )
        bens = sessions.begin(ben.member_id, Origin())
    page = client.get("/en/settings/account").text
    assert "Firefox, Windows" in page and "198.51.100.7" in page and "this device" in page
    assert (
        client.post(f"/en/settings/account/sessions/{sessions.load(bens).session_id}/end").status_code == 404
    )
    assert sessions.load(bens)
    device = sessions.load(elsewhere).session_id
    for _again in range(2):
        assert client.post(f"/en/settings/account/sessions/{device}/end").status_code == 303
    assert sessions.load(elsewhere) is None
    assert client.post("/en/settings/account/sessions/end-others").status_code == 303
    assert client.get("/en/settings/account").status_code == 200


def test_a_hostile_browser_name_stays_text(app, client, sign_in, ada):
    sign_in(ada)
    with unit_of_work():
        sessions.begin(ada.member_id, Origin("<script>", "<script>alert(1)</script> Firefox"))
    assert "<script>alert" not in client.get("/en/settings/account").text


# --- alerts --------------------------------------------------------------------------------------------------


def test_alerts_are_kept(client, sign_in, ada):
    sign_in(ada)
    data = {"mail-answer": "hourly", "mail-kudos": "daily", "site-kudos": "1", "mail-account": "off"}
    assert client.post("/en/settings/alerts", data=data).status_code == 303
    lines = {line.key: line for line in preferences.lines_of(ada.member_id)}
    assert (lines["answer"].site, lines["answer"].mail) == (False, Mail.HOURLY)
    assert (lines["kudos"].site, lines["kudos"].mail) == (True, Mail.DAILY)
    assert lines["account"].always and lines["account"].mail is Mail.NOW
    assert client.post("/en/settings/alerts", data={"mail-answer": "always"}).status_code == 422


# --- news ----------------------------------------------------------------------------------------------------


def test_the_bell_counts_and_the_page_lists(client, sign_in, ada, ben):
    sign_in(ada)
    assert "badge-dot" not in client.get("/en/settings/profile").text
    first = tell(ada, "answer:1", question_id=1, actor_id=ben.member_id)
    tell(ada, "answer:2", question_id=2, actor_id=ben.member_id)
    page = client.get("/en/notifications").text
    assert 'data-n="2"' in page and "2 unread notifications" in page and page.count("Ben wrote") >= 2
    assert client.post("/en/notifications/read", data={"id": [first]}).status_code == 303
    assert queries.unread_count(ada.member_id) == 1
    client.post("/en/notifications/read", data={"up_to": "999"})
    assert queries.unread_count(ada.member_id) == 0
    assert "Mark all as read" not in client.get("/en/notifications").text


def test_an_empty_page_says_so(client, sign_in, ada):
    sign_in(ada)
    assert "All read." in client.get("/en/notifications").text
    assert "Tout est lu." in client.get("/fr/notifications").text


def test_marking_nothing_or_anothers_news_changes_nothing(client, sign_in, ada, ben):
    theirs = tell(ben, "answer:1")
    sign_in(ada)
    for data in ({}, {"id": [theirs]}, {"up_to": "x"}, {"id": ["x", "-1"]}):
        assert client.post("/en/notifications/read", data=data).status_code == 303
    assert queries.unread_count(ben.member_id) == 1


@pytest.mark.parametrize("after", ["x", "-1", "1-1-1", "9" * 40 + "-1", "0-0", "1e9-1"])
def test_a_tampered_mark_shows_a_page_all_the_same(client, sign_in, ada, after):
    sign_in(ada)
    assert client.get(f"/en/notifications?after={after}").status_code == 200


# --- unsubscribing -------------------------------------------------------------------------------------------


def way_out(who, event) -> str:
    return unsubscribing.url(by_id(who.member_id), event).removeprefix("http://localhost")


def test_looking_at_the_way_out_changes_nothing_and_one_click_does(app, client, ada):
    path = way_out(ada, "answer")
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        page = client.get(path)
        assert (
            page.status_code == 200
            and "Answers to my questions" in page.text
            and page.headers["Referrer-Policy"] == "no-referrer"
        )
        assert db.session.scalar(select(Preference.member_id)) is None
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 200 and "stopped" in answer.text
    assert {line.key: line.mail for line in preferences.lines_of(ada.member_id)}["answer"] is Mail.OFF


def test_a_forged_way_out_leads_nowhere(client, ada):
    path = way_out(ada, None)
    for wrong in (
        path[:-5] + ("A" if path[-5] != "A" else "B") + path[-4:],
        "/en/unsubscribe/x",
        path.replace(".", "", 1),
    ):
        assert client.get(wrong).status_code == client.post(wrong).status_code == 404
    assert db.session.scalar(select(Preference.member_id)) is None


# --- outbox --------------------------------------------------------------------------------------------------


def test_only_administrators_read_the_outbox(client, sign_in, drain, outbox, root, ada, mo, sam, max_):
    client.post("/en/forgot", data={"email": "ada@example.com"})
    drain()
    name = "20260302T100000000000-1.eml"
    for who in (ada, mo, sam, max_):
        sign_in(who)
        assert (
            client.get("/en/desk/outbox").status_code
            == client.get(f"/en/desk/outbox/{name}").status_code
            == 403
        )
        client.post("/en/sign-out")
    assert client.get("/en/desk/outbox").status_code == 303
    sign_in(root)
    page = client.get("/en/desk/outbox").text
    assert "Choose a new password" in page and "ada@example.com" in page


def test_a_kept_mail_is_shown_with_its_link(client, sign_in, drain, outbox, root):
    import re

    client.post("/fr/forgot", data={"email": "ada@example.com"})
    drain()
    sign_in(root)
    path = re.search(r'href="(/en/desk/outbox/[^"]+\.eml)"', client.get("/en/desk/outbox").text).group(1)
    letter = client.get(path)
    assert letter.status_code == 200 and re.search(r'href="http://localhost/en/reset/[\w-]{43}"', letter.text)
    assert client.get("/en/desk/outbox/../../app.py").status_code == 404
    assert client.get("/en/desk/outbox/nothing.eml").status_code == 404


def test_news_of_others_is_never_listed(client, sign_in, ada, ben):
    tell(ben, "answer:canary")
    sign_in(ada)
    assert "wrote" not in client.get("/en/notifications").text
    assert db.session.scalar(select(Notification.member_id)) == ben.member_id


def test_hours_and_digest_are_kept_and_a_refused_form_shows_what_was_typed(client, sign_in, ada):
    sign_in(ada)
    kept = {
        "mail-answer": "now", "site-answer": "1", "digest": "daily", "quiet_from": "20", "quiet_to": "9",
        "time_zone": "America/Martinique",
    }  # fmt: skip
    assert client.post("/en/settings/alerts", data=kept).status_code == 303
    page = client.get("/en/settings/alerts").text
    assert (
        '<option value="America/Martinique" selected>' in page and '<option value="daily" selected>' in page
    )
    refused = client.post("/en/settings/alerts", data=kept | {"quiet_from": "3", "mail-answer": "hourly"})
    assert refused.status_code == 422 and "The night begins between" in refused.text
    assert '<option value="hourly" selected>' in refused.text
    assert {line.key: line for line in preferences.lines_of(ada.member_id)}["answer"].mail is Mail.NOW
    for wrong in ({"digest": "hourly"}, {"time_zone": "x" * 5000}, {"quiet_to": "٣"}, {"quiet_from": ""}):
        assert client.post("/en/settings/alerts", data=kept | wrong).status_code == 422


def test_the_way_out_of_the_digest_offers_the_way_out_of_all(client, ada):
    page = client.get(way_out(ada, unsubscribing.GATHERED)).text
    assert "No more digest" in page and "Stop all community mails" in page
    assert "digest" in client.post(way_out(ada, unsubscribing.GATHERED)).text
