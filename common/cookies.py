"""The signed cookie and the forms' token, worked out once a minute instead of for every page."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from common.freshness import Shelf

KEPT_SECONDS = 60.0
_PLAIN = (str, int, float, bool, type(None))
_cookies = Shelf(5_000)
_tokens = Shelf(5_000)


class KeptCookies(SecureCookieSessionInterface):
    """Flask's own cookie sessions; the contents of a cookie whose signature was just checked are remembered."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """As Flask does; a cookie with more than plain values (what waits to be shown once) is always read anew."""
        cookie = request.cookies.get(self.get_cookie_name(app))
        place = (cookie, app.secret_key)
        kept = _cookies.get(place) if cookie else None
        if kept and kept[1] > time.monotonic():
            return self.session_class(kept[0])
        opened = super().open_session(app, request)
        if cookie and opened and all(isinstance(value, _PLAIN) for value in opened.values()):
            _cookies.put(place, (dict(opened), time.monotonic() + KEPT_SECONDS))
        return opened


def form_token() -> str:
    """The token that forms of this session carry; signed anew every minute."""
    secret: Any = session.get("csrf_token")
    kept = _tokens.get(secret) if secret else None
    if kept and kept[1] > time.monotonic():
        return kept[0]
    token = generate_csrf()
    if "csrf_token" in session:
        _tokens.put(session["csrf_token"], (token, time.monotonic() + KEPT_SECONDS))
    return token
