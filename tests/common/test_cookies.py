"""Cookies and form tokens that are remembered: never another's, never past their end."""

from __future__ import annotations

from flask import g, session

from common import cookies
from common.cookies import form_token


def _cookie(client, **values) -> str:
    with client.session_transaction() as opened:
        opened.update(values)
    return client.get_cookie("session").value


def test_a_cookie_is_read_once_and_gives_each_request_its_own_copy(app):
    value = _cookie(app.test_client(), word="kept")
    for _ in range(2):
        with app.test_request_context(headers={"Cookie": f"session={value}"}):
            assert session["word"] == "kept"
            session["word"] = "changed"


def test_an_altered_cookie_is_nobodys(app):
    value = _cookie(app.test_client(), word="kept")
    with app.test_request_context(headers={"Cookie": f"session={value}"}):
        assert session["word"] == "kept"
    with app.test_request_context(headers={"Cookie": f"session={value[:-2]}xx"}):
        assert dict(session) == {}


def test_a_cookie_signed_with_another_key_is_nobodys(app, monkeypatch):
    value = _cookie(app.test_client(), word="kept")
    with app.test_request_context(headers={"Cookie": f"session={value}"}):
        assert session["word"] == "kept"
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-" + "y" * 40)
    with app.test_request_context(headers={"Cookie": f"session={value}"}):
        assert dict(session) == {}


def test_what_is_shown_once_is_never_remembered(app):
    value = _cookie(app.test_client(), _flashes=[["message", "Hello"]])
    for _ in range(2):
        with app.test_request_context(headers={"Cookie": f"session={value}"}):
            session["_flashes"].append(["message", "more"])
            assert len(session["_flashes"]) == 2


def test_two_sessions_never_share_a_token_and_each_is_valid(app):
    from flask_wtf.csrf import validate_csrf

    tokens = set()
    for _ in range(2):
        with app.test_request_context():
            g.pop("csrf_token", None)  # the context of a test outlives its requests
            token = form_token()
            validate_csrf(token)
            assert form_token() == token
            tokens.add(token)
    assert len(tokens) == 2


def test_a_token_is_signed_anew_after_a_minute(app, monkeypatch):
    with app.test_request_context():
        g.pop("csrf_token", None)
        form_token()
        kept = cookies._tokens.get(session["csrf_token"])
        cookies._tokens.put(session["csrf_token"], ("old", kept[1] - 2 * cookies.KEPT_SECONDS))
        assert form_token() != "old"
