"""Walks the map of addresses: tokens, headers, cookies, and reading that changes nothing. A new route is found by itself."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from werkzeug.routing import IntegerConverter

from common import clock
from common.db import db
from forum import tallies
from tests.conftest import START

WITHOUT_TOKEN = {
    "notifications.unsubscribe_now",
    "searches.opened",
    "letterbox.inlet",
    "trial_api.deliveries",
    "singlesignon_back.acs",
    "catalogue_api.put_product",
    "catalogue_api.post_products",
    "catalogue_api.retire_product",
    "catalogue_api.post_purchases",
    "catalogue_api.put_article",
    "catalogue_api.post_articles",
    "catalogue_api.withdraw_article",
    "outdesk_api.say",
    "shop_api.redeemed",
    "shop_api.cancelled",
}
"""One-click unsubscription carries its own signed token (RFC 8058); so does what a browser sends by itself when a
result is opened (`ping`), and it counts once; programs carry a key in a header, or a signature;
the answer of a SAML provider is signed and counts in the browser that asked."""

MAY_BE_UNWELL = {"/healthz"}
"""It says 503 where no index was ever built, as in most tests."""

COUNTERS = {
    ("question", "view_count"), ("member", "last_seen_at"), ("member_session", "last_seen_at"),
    ("member_session", "address"), ("guide", "view_count"), ("member", "has_point_news"), ("case_desk", "opened_at"),
}  # fmt: skip
"""What reading may change: how often and when somebody read, and that points were told in passing."""

PRESENCE = frozenset({"agent_desk", "case_presence"})
"""Tables of who of the team is where now."""


@pytest.fixture
def place(app, make_question, make_answer, ada, ben, at):
    """Values for the parts of addresses, pointing at things that exist."""
    at(START)
    question = make_question(ada)
    answer = make_answer(ben, question)
    return {
        "id": question,
        "question_id": question,
        "post_id": answer,
        "answer_id": answer,
        "member_id": 1,
        "lang": "en",
    }


def address(app, rule, place):
    """A concrete address for a rule."""
    values = {}
    for name, converter in rule._converters.items():
        if name in place:
            values[name] = place[name]
        else:
            values[name] = 1 if isinstance(converter, IntegerConverter) else "x"
    with app.test_request_context("/en/"):
        _domain, path = rule.build(values, append_unknown=False)
        return path


def rules(app, method):
    """Every rule that takes a method."""
    return [rule for rule in app.url_map.iter_rules() if method in rule.methods]


def changing(app):
    """Every (method, rule) that may change state."""
    return [(m, r) for m in ("POST", "PUT", "PATCH", "DELETE") for r in rules(app, m)]


def test_every_changing_route_refuses_a_missing_and_a_foreign_token(app, place, sign_in, root, client):
    sign_in(root)
    app.config["WTF_CSRF_ENABLED"] = True
    checked, accepted = 0, []
    for method, rule in changing(app):
        if rule.endpoint in WITHOUT_TOKEN:
            continue
        path = address(app, rule, place)
        for fields in ({}, {"csrf_token": "IjEyMzQ1Njc4OTAi.aaaa.bbbb"}, {"csrf_token": "x" * 5000}):
            checked += 1
            response = client.open(path, method=method, data=fields)
            if response.status_code != 400:
                accepted.append((method, path, response.status_code))
    app.config["WTF_CSRF_ENABLED"] = False
    assert checked > 60
    assert not accepted


def test_the_token_of_another_session_is_refused(app, place, sign_in, ada, ben):
    mine, theirs = app.test_client(), app.test_client()
    sign_in(ada, mine)
    sign_in(ben, theirs)
    app.config["WTF_CSRF_ENABLED"] = True
    page = theirs.get("/en/settings/profile").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    response = mine.post(f"/en/questions/{place['question_id']}/follow", data={"csrf_token": token})
    own = theirs.post(f"/en/questions/{place['question_id']}/follow", data={"csrf_token": token})
    app.config["WTF_CSRF_ENABLED"] = False
    assert response.status_code == 400
    assert own.status_code < 400


def wrong_headers(response):
    """What is missing or too loose in a response's headers."""
    policy = response.headers.get("Content-Security-Policy", "")
    wanted = [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    ]
    found = [part for part in wanted if part not in policy]
    found += [word for word in ("unsafe-inline", "unsafe-eval", "*") if word in policy]
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("nosniff")
    if "Referrer-Policy" not in response.headers or "Cross-Origin-Opener-Policy" not in response.headers:
        found.append("referrer or opener policy")
    return found


def test_what_is_not_found_has_the_strict_headers_too(client):
    for path in ("/en/nothing-here", "/nothing", "/en/questions/999999/x", "/static/none.css"):
        response = client.get(path)
        assert response.status_code == 404 and not wrong_headers(response)


def test_a_loose_policy_would_be_noticed(app, client):
    response = client.get("/en/nothing-here")
    response.headers["Content-Security-Policy"] = "default-src * 'unsafe-inline'"
    assert len(wrong_headers(response)) >= 6


def test_cookies_are_closed_and_host_bound_in_production(app, client, monkeypatch):
    response = client.get("/en/sign-in")
    cookies = response.headers.getlist("Set-Cookie")
    assert cookies
    assert all("HttpOnly" in c and "SameSite=Lax" in c and len(c) < 4096 for c in cookies)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_NAME", "__Host-session")
    secure = app.test_client().get("/en/sign-in", base_url="https://localhost").headers.getlist("Set-Cookie")
    assert all(
        c.startswith("__Host-session=") and "Secure" in c and "Path=/" in c and "Domain" not in c
        for c in secure
    )


def batched(them, size):
    """Parts of a length: all rows are compared once a part, which takes longer than a page."""
    them = list(them)
    return [them[start : start + size] for start in range(0, len(them), size)]


def contents():
    """Every row of every table, the counters of reading left out."""
    found = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            if table.name in PRESENCE:
                continue
            columns = [c for c in table.columns if (table.name, c.name) not in COUNTERS]
            rows = connection.execute(table.select().with_only_columns(*columns))
            found[table.name] = sorted(str(tuple(row)) for row in rows)
    return found


@pytest.mark.parametrize("who", [None, "ada", "root"])
def test_reading_changes_nothing_and_every_answer_has_the_strict_headers(
    app, place, client, sign_in, request, monkeypatch, who
):
    monkeypatch.setattr(tallies, "EVERY_SECONDS", 3_600.0)  # what is counted is written down when it is time
    if who:
        sign_in(request.getfixturevalue(who))
        client.get("/en/")
    before = contents()
    changed, loose, broken = [], {}, []
    for some in batched((address(app, rule, place) for rule in rules(app, "GET")), 25):
        for path in some:
            response = client.get(path)
            if problems := wrong_headers(response):
                loose[path] = problems
            if response.status_code >= 500 and path not in MAY_BE_UNWELL:
                broken.append((path, response.status_code))
            response.close()
            if not who:
                client.head(path).close()
        now = contents()
        if now != before:
            changed.append((some, [name for name in now if now[name] != before[name]]))
            before = now
    assert not changed and not loose and not broken


def test_a_change_by_reading_would_be_noticed(app, place):
    before = contents()
    with db.engine.connect() as connection:
        connection.execute(text("UPDATE member SET city = 'Elsewhere' WHERE id = 1"))
        connection.commit()
    assert contents() != before


HOSTILE = [
    "'",
    '"><script>alert(1)</script>',
    "%00",
    "\u202e",
    "a" * 3000,
    "-1",
    "99999999999999999999",
    "../../etc/passwd",
    "{{7*7}}",
    "😀",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_parameters_never_break_a_page(app, place, client, value):
    broken = []
    for rule in rules(app, "GET"):
        path = address(app, rule, place)
        names = (
            "q",
            "after",
            "page",
            "sort",
            "state",
            "category",
            "tag",
            "next",
            "language",
            "period",
            "tab",
        )
        response = client.get(path, query_string=dict.fromkeys(names, value))
        body = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        if (response.status_code >= 500 and path not in MAY_BE_UNWELL) or "<script>alert(1)" in body:
            broken.append((path, response.status_code))
    assert not broken


def test_the_clock_of_the_tests_stands_still(place):
    assert clock.now() == START


def test_a_number_that_no_database_holds_names_nothing(app, root, sign_in):
    browser, tried = sign_in(root), 0
    for rule in app.url_map.iter_rules():
        numbers = [name for name, one in rule._converters.items() if isinstance(one, IntegerConverter)]
        if not numbers or rule.endpoint.startswith("static"):
            continue
        for number in (2**31, 2**63, 10**30):
            values = dict.fromkeys(rule._converters, "x") | {"lang": "en"} | dict.fromkeys(numbers, 1)
            with app.test_request_context("/en/"):
                _domain, path = rule.build(values, append_unknown=False)
            path = re.sub(r"(?<=[/-])1(?=$|[/.-])", str(number), path)
            method = "GET" if "GET" in rule.methods else "POST"
            assert browser.open(path, method=method).status_code in (301, 308, 400, 404, 405), path
            tried += 1
    assert tried > 100
