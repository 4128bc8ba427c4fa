"""Which member a request belongs to: Flask-Login over the sessions of the server.

The browser's signed cookie holds only the secret of a session row; one query loads session, member,
display choice and the count of unread news. ``common.web.actor()`` answers from ``g.actor``.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, has_request_context, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from accounts.identity import keeping
from accounts.members.rules import TextSize, Theme
from accounts.secondfactor import admitting
from accounts.signin import entering, sessions
from accounts.signin.sessions import Origin, Visit
from common import ahead
from common.errors import Forbidden
from common.i18n import _
from common.permissions import ANONYMOUS
from common.web import client_key

SECRET = "_user_id"
"""The place of the session's secret in the cookie; Flask-Login's own name for it."""

READER = "reader"
"""The place of a random name, so that a visitor's browser counts once; it leads nowhere, and outlives signing in so
that who said something before is not counted twice."""

WAITING = "waiting"
"""The place of the secret of an entry that still owes the code of a second factor; it opens no page."""

_OPEN_TO_SUSPENDED = {
    "signin.sign_out", "signin.sign_in_now", "signin.enter_now", "signin.send_link", "signin.forgot_now", "signin.reset_now",
    "second_factor.code_now", "passkeys.enter", "singlesignon_back.acs", "singlesignon.use_ticket",
    "settings.leave", "settings.ask_for_archive", "notifications.mark_read", "notifications.unsubscribe_now", "messages.write", "messages.read",
}  # fmt: skip
"""What a suspended or banned member may still send (domain/moderation.md §B4): coming in and going out, closing the account,
following what the team was asked for. Other packages add theirs: appeals, the download of one's data."""

_PLAIN = {"static", "app_css", "versioned_static", "brand_css", "healthz"}


class _Manager(LoginManager):
    """Compares nothing with the browser of the sign-in: sessions live on the server, networks change under way."""

    def _session_protection_failed(self) -> bool:
        return False


login_manager = _Manager()


@dataclass(frozen=True)
class Principal:
    """The signed-in member as Flask-Login knows it."""

    secret: str
    visit: Visit

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What is kept in the cookie: the session's secret, never the member's id."""
        return self.secret


@dataclass(frozen=True, slots=True)
class Reading:
    """How the page in hand is shown."""

    theme: str = Theme.AUTO.value
    text_size: str = TextSize.NORMAL.value
    shortcuts: bool = True


@login_manager.user_loader
def _load(secret: str) -> Principal | None:
    visit = sessions.load(secret, ahead.wanted_now())
    return Principal(secret, visit) if visit is not None else None


def origin() -> Origin:
    """Where the request comes from."""
    return Origin(address=client_key(), agent=(request.user_agent.string or "")[:200])


def visit() -> Visit | None:
    """The signed-in visit of this request, or None."""
    return g.get("visit")


def reading() -> Reading:
    """The display choice in force: the member's, or what the device prefers."""
    here = visit()
    return Reading(str(here.theme), str(here.text_size), here.shortcuts) if here else Reading()


def enter(secret: str) -> bool:
    """Let this browser in with a new session; False when the secret is that of an entry that waits for its code.
    Whatever the cookie held before, but the browser's name for counting, is dropped, so that nobody can plant a
    session, or a form's token, in another's browser."""
    name = session.get(READER)
    session.clear()
    if name:
        session[READER] = name
    g.visit, g.actor = None, ANONYMOUS
    if admitting.is_waiting(secret):
        session[WAITING] = secret
        return False
    session.permanent = True
    principal = _load(secret)
    if principal is not None:
        login_user(principal)
        _remember(principal.visit)
    return True


def leave() -> None:
    """Sign this browser out, on the server too."""
    secret = session.get(SECRET)
    logout_user()
    session.clear()
    if secret:
        entering.sign_out(secret)
    g.visit, g.actor = None, ANONYMOUS


def _remember(here: Visit) -> None:
    g.visit, g.actor = here, here.actor


def _recognise() -> None:
    """Before each page: who is it?"""
    if request.endpoint in _PLAIN or SECRET not in session:
        return
    who = current_user._get_current_object()
    if not who.is_authenticated:
        return
    _remember(who.visit)
    if who.visit.is_stale:
        sessions.note_seen(who.visit, origin())


def keep_open(*endpoints: str) -> None:
    """Let suspended members use these acts too."""
    _OPEN_TO_SUSPENDED.update(endpoints)


def open_to_suspended() -> frozenset[str]:
    """The acts that a suspension leaves."""
    return frozenset(_OPEN_TO_SUSPENDED)


def _hold_back() -> None:
    """Before each act: a suspended member reads, and does nothing but what the list above says."""
    if request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint in _OPEN_TO_SUSPENDED:
        return
    here = visit()
    if request.endpoint is not None and here is not None and here.actor.suspended:
        raise Forbidden(_("Your account is suspended. You can still read, appeal, and download your data."))


def init_app(app: Flask) -> None:
    """Put Flask-Login on the application."""
    # The cookie is set at sign-in only: never again beside a page or file that a cache may keep.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    login_manager.init_app(app)
    keeping.set_place(lambda: client_key() if has_request_context() else "")
    # First of all, before forms' tokens are checked: a form that came too late is shown again to its member.
    app.before_request_funcs.setdefault(None, []).insert(0, _recognise)
    app.before_request(_hold_back)
    app.jinja_env.globals.update(visit=visit, reading=reading)
