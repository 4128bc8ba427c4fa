"""What every page shares: languages in the address, headers, errors, forms' token, panels, lists, cached pages."""

from __future__ import annotations

import gzip
import secrets
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)  # fmt: skip
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from common import assets, copies, freshness, i18n, settings, uploads
from common.config import Config, current_config
from common.cookies import KeptCookies
from common.copies import PACK_FROM, cached_page
from common.db import db
from common.errors import Refusal, TooMany
from common.i18n import Sentence, _
from common.lists import Page, keyset, mark, page_of, read_mark
from common.permissions import ANONYMOUS, Actor
from common.routing import CONVERTERS

ROOT = assets.ROOT
static_url = assets.static_url

csrf = CSRFProtect()
MAX_REQUEST_BYTES = 10 * 1024 * 1024
MAX_FORM_BYTES = 1024 * 1024
PACKED_TYPES = ("application/json", "image/svg+xml", "application/xml", "application/atom+xml")


def localized(name: str, import_name: str) -> Blueprint:
    """A blueprint whose addresses start with the language: ``/fr/questions/…``."""
    blueprint = Blueprint(name, import_name, url_prefix="/<lang:lang>")

    @blueprint.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values is not None:
            i18n.set_language(values.pop("lang", i18n.DEFAULT_LANGUAGE))
            g.language_named = True

    return blueprint


def actor() -> Actor:
    """Who makes this request."""
    return g.get("actor", ANONYMOUS)


def preferred_language() -> str:
    """The visitor's language, for addresses that do not name one."""
    who = actor()
    if who.signed_in:
        return who.language
    unsaid = "en" if request.path.startswith("/api/") else i18n.DEFAULT_LANGUAGE
    return request.accept_languages.best_match(i18n.LANGUAGES, unsaid) or unsaid


def wants_fragment() -> bool:
    """True when a script asks for a part of a page to put in place."""
    return request.headers.get("X-Fragment") == "1"


def wants_json() -> bool:
    """True for answers that a program reads."""
    return (
        request.path.startswith("/api/")
        or request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
        == "application/json"
    )


def client_key() -> str:
    """The visitor's network address, for rate limits."""
    return request.remote_addr or "unknown"


# --- going somewhere ---------------------------------------------------------------------------------------------


def safe_target(target: str | None) -> str | None:
    """A path inside this site, or None: the answer to every ``next=``."""
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 33 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def with_query(address: str) -> str:
    """The address with this request's parameters as they were sent, whatever they are called."""
    asked = request.query_string.decode("ascii", "ignore")
    return f"{address}?{asked}" if asked else address


def redirect_back(default: str) -> Response:
    """To the page the form names in ``next``, else to ``default``. 303, so that a reload repeats nothing."""
    return redirect(safe_target(request.values.get("next")) or default, 303)  # type: ignore[return-value]


# --- panels ------------------------------------------------------------------------------------------------------

_panels: dict[str, list[Callable[..., Any]]] = {}


def register_panel(slot: str, make: Callable[..., Any]) -> None:
    """Let an upper package show something in a lower package's page. Registering twice does nothing more."""
    makers = _panels.setdefault(slot, [])
    if make not in makers:
        makers.append(make)


def panel(slot: str, *args: Any) -> Markup:
    """Everything the packages above show in a slot, in the order of registration."""
    shown = [str(part) for make in _panels.get(slot, ()) if (part := make(*args))]
    return Markup("".join(shown))  # noqa: S704 - panels are templates, which escape


# --- errors ------------------------------------------------------------------------------------------------------


def _refusal_page(error: Refusal) -> Response:
    retry = error.retry_after if isinstance(error, TooMany) else None
    fields = {k: str(v) for k, v in getattr(error, "fields", {}).items()}
    response = error_page(error.status, error.sentence, code=error.code, retry_after=retry, fields=fields)
    if retry:
        response.headers["Retry-After"] = str(retry)
    return response


def error_page(
    status: int,
    sentence: Sentence | str,
    code: str = "",
    retry_after: int | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    """An error as a kind page, or as JSON for a program, or as a short fragment for a script."""
    if has_request_context() and (wants_json() or wants_fragment()):
        if status in (404, 410) and posted_texts(status):
            sentence = _("This was removed or moved while you wrote. What you typed is still in its box.")
        body = {
            "error": {
                "code": code or str(status),
                "message": str(sentence),
                "fields": fields or {},
                "retry_after": retry_after,
            }
        }
        return make_response(current_app.json.response(body), status)
    known = status if status in (403, 404, 410, 413, 422, 429, 500, 503) else 404 if status < 500 else 500
    page = render_template(
        f"errors/{known}.html", sentence=sentence, retry_after=retry_after, status=status, fields=fields or {},
        posted=posted_texts(status), back=came_from(),
    )  # fmt: skip
    return make_response(page, status)


WORTH_KEEPING = 20
"""Characters from which a posted text is given back when its sending failed."""


def posted_texts(status: int) -> list[tuple[str, str]]:
    """What was posted, so that a page that says what went wrong gives it back: nothing typed is lost.

    Only what this site's own pages sent: a foreign page must not put a form into anybody's hands. Never passwords.
    """
    if not has_request_context() or request.method != "POST" or status == 413 or not _from_here():
        return []
    try:
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    except HTTPException:
        return []
    if any("password" in name for name, _value in sent):
        return []
    return sent if any(len(value.strip()) >= WORTH_KEEPING for _name, value in sent) else []


def came_from() -> str | None:
    """The page of this site that the request came from, or None."""
    try:
        before = urlsplit(request.referrer or "") if has_request_context() else None
    except ValueError:
        return None
    return safe_target(before.path) if before is not None and before.netloc == request.host else None


def _from_here() -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    return (
        said == "same-origin" if said else urlsplit(request.headers.get("Origin", "")).netloc == request.host
    )


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status in (301, 302, 303, 307, 308):
        return error.get_response()  # type: ignore[return-value]
    response = error_page(status, SENTENCES.get(status, SENTENCES[400]))
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


SENTENCES = {
    400: _("This request could not be understood."),
    404: _("This page does not exist, or no longer does."),
    405: _("This page cannot be reached that way."),
    413: _(
        "This is too large: at most 8 MB for a picture, 60 MB together. Nothing was sent: your text is still in the page you came from."
    ),
    415: _("This kind of file is not accepted."),
    500: _("Something went wrong on our side. Nothing was lost: try again in a moment."),
    503: _("We are catching our breath. Try again in a moment."),
}


def _unexpected(error: Exception) -> Response:
    current_app.logger.exception("unexpected error")
    db.session.rollback()
    busy = isinstance(error, OperationalError)
    try:
        return error_page(503 if busy else 500, SENTENCES[503 if busy else 500])
    except Exception:
        current_app.logger.exception("the error page failed too")
        return Response(str(SENTENCES[500]), 500, mimetype="text/plain")


def _csrf_refused(error: CSRFError) -> Response:
    return error_page(
        400,
        _("This form was open for too long. Go back, reload the page and send it again: your text is kept."),
        "csrf",
    )


# --- wiring ------------------------------------------------------------------------------------------------------


def _add_headers(response: Response) -> Response:
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store" if actor().signed_in else "private, no-cache"
    return _compressed(copies.keep(response))


def _compressed(response: Response) -> Response:
    """gzip for texts, where no proxy in front does it."""
    if (
        response.direct_passthrough
        or response.status_code != 200
        or (not (response.mimetype or "").startswith("text/") and response.mimetype not in PACKED_TYPES)
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or "Content-Encoding" in response.headers
        or (response.content_length or 0) < PACK_FROM
    ):
        return response
    response.set_data(gzip.compress(response.get_data(), 4))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def _default_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = i18n.language()


def other_language_url(code: str, bare: bool = False) -> str:
    """This very page in another language; ``bare`` without the parameters of the address."""
    first, _, rest = request.path.lstrip("/").partition("/")
    path = f"/{code}/{rest}" if first in i18n.LANGUAGES else f"/{code}/"
    query = "" if bare else request.query_string.decode("latin-1")
    return path + (f"?{query}" if query else "")


def init_app(app: Flask, config: Config) -> None:
    """Everything above, put on the application."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME="__Host-session" if config.production else "session",
        SESSION_COOKIE_SECURE=config.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
        WTF_CSRF_TIME_LIMIT=60 * 60 * 24,
        WTF_CSRF_SSL_STRICT=False,  # pages with a secret in their address send no referrer; the token decides
        TEMPLATES_AUTO_RELOAD=False,
    )
    if config.production:
        host = urlsplit(config.base_url).hostname
        app.config["TRUSTED_HOSTS"] = [host] if host else None
    app.session_interface = KeptCookies()
    app.url_map.converters.update(CONVERTERS)
    app.before_request(uploads.make_room)  # before anybody reads the form
    csrf.init_app(app)
    app.after_request(_add_headers)
    app.url_defaults(_default_language)
    app.register_error_handler(Refusal, _refusal_page)
    app.register_error_handler(CSRFError, _csrf_refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    assets.init_app(app)
    _prepare_templates(app)

    @app.before_request
    def _speak() -> None:
        if not g.get("language_named"):
            first = request.path.lstrip("/").partition("/")[0]
            i18n.set_language(first if first in i18n.LANGUAGES else preferred_language())

    @app.get("/")
    def front_door() -> Response:
        return redirect(f"/{preferred_language()}/", 302)  # type: ignore[return-value]


_parts = freshness.Shelf(size=4_000)
PART_SECONDS = 5.0


def kept_part(*key: Any, caller: Callable[[], Markup], seconds: float = PART_SECONDS) -> Markup:
    """``{% call kept_part("foot", here) %}…{% endcall %}``: a part of a page, the same for all with this key in this
    language. Made anew every few seconds, as often as the settings it prints are read; a part that prints nothing
    but its key and how long ago something was may stand for a minute."""
    place = (i18n.language(), key)
    kept = _parts.get(place)
    if kept is None or kept[1] < time.monotonic():
        kept = _parts.put(place, (caller(), time.monotonic() + seconds))
    return kept[0]


def _quick_url_for(app: Flask) -> Callable[..., str]:
    """``url_for`` for templates: an address depends on nothing but its parts, so each is built once."""

    @lru_cache(maxsize=50_000)
    def built(endpoint: str, _language: str, anchor: str | None, parts: tuple[tuple[str, Any], ...]) -> str:
        return app.url_for(endpoint, _anchor=anchor, **dict(parts))

    def quick(endpoint: str, *, _anchor: str | None = None, _external: bool = False, **values: Any) -> str:
        if _external or endpoint.startswith("."):
            return app.url_for(endpoint, _anchor=_anchor, _external=_external, **values)
        try:
            return built(endpoint, i18n.language(), _anchor, tuple(values.items()))
        except TypeError:  # a list among the values
            return app.url_for(endpoint, _anchor=_anchor, **values)

    return quick


def _prepare_templates(app: Flask) -> None:
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(i18n.FILTERS)
    env.globals["url_for"] = _quick_url_for(app)
    env.globals.update(
        panel=panel, static=assets.static_url, language=i18n.language, languages=i18n.LANGUAGES, language_names=i18n.NAMES, site_address=current_config().base_url,
        other_language_url=other_language_url, kept_part=kept_part, actor=actor, has_page=lambda endpoint: endpoint in app.view_functions, setting=settings.get, nonce=lambda: secrets.token_hex(4),
    )  # fmt: skip


def stop(status: int) -> None:
    """Raise an HTTP error."""
    abort(status)


__all__ = [
    "Page", "actor", "cached_page", "client_key", "csrf", "error_page", "init_app", "keyset", "localized", "mark",
    "page_of", "panel", "read_mark", "redirect_back", "register_panel", "safe_target", "static_url", "url_for", "wants_fragment",
    "with_query",
]  # fmt: skip
