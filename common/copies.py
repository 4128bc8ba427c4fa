"""Finished copies of signed-out pages, served while their content versions stand.

Most readers come from a search engine and have no session. A page that is the same for all of them is kept as
bytes with the versions it was made from; :class:`CopiedPages` stands in front of Flask and answers from there after
one small query, so nobody is ever shown what was removed, on any server. A copy lives a minute, because it says
"12 minutes ago", and never holds anything about a person.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, Response, g, make_response, request
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from common import freshness, i18n

log = logging.getLogger("fourmi.copies")

LIFE_SECONDS = 60
PACK_FROM = 1400
HEADERS_OF_ITS_OWN = ("content-length", "content-encoding", "etag", "date", "connection")


@dataclass(frozen=True, slots=True)
class Copy:
    """A page as it goes out: bytes, plain and packed; headers; versions; until when."""

    names: tuple[str, ...]
    stamp: tuple[int, ...]
    until: float
    body: bytes
    packed: bytes
    tag: str
    headers: tuple[tuple[str, str], ...]
    seen: Callable[[dict[str, Any]], None] | None


_shelf = freshness.Shelf(size=2000)


def cached_page(
    *keys: str | Callable[..., str], seen: Callable[..., None] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep the signed-out copy of a GET page as long as its content versions stand.

    ``keys`` name what the page shows (``"lists"``) or make the name from the view's arguments; ``seen`` is told
    of every signed-out reader, by the WSGI environment and the same arguments.
    """

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Any:
            if not _may_be_copied():
                return view(*args, **kwargs)
            told = (lambda environ: seen(environ, **kwargs)) if seen else None
            if told:
                told(request.environ)
            names = (freshness.SITE, *(key(**kwargs) if callable(key) else key for key in keys))
            stamp = freshness.versions(*names)
            copy = _shelf.get(_place(request.path, request.query_string.decode("latin-1")))
            if (
                copy is not None
                and copy.stamp == stamp
                and copy.names == names
                and copy.until > time.monotonic()
            ):
                response = Response(copy.body, content_type=dict(copy.headers)["Content-Type"])
            else:
                response = make_response(view(*args, **kwargs))
            g.to_copy = (names, stamp, told)
            return response

        return answer

    return wrap


def _may_be_copied() -> bool:
    signed_in = getattr(g.get("actor"), "signed_in", False)
    return not signed_in and request.method in ("GET", "HEAD") and request.headers.get("X-Fragment") != "1"


def _place(path: str, query: str) -> tuple[str, str]:
    return path, query


def keep(response: Response) -> Response:
    """Keep a finished response whose view asked for it, and give it its tag. Called last of all."""
    asked = g.pop("to_copy", None)
    if asked is None or response.status_code != 200 or "Set-Cookie" in response.headers:
        return response
    names, stamp, told = asked
    body = response.get_data()
    tag = hashlib.blake2b(body, digest_size=12).hexdigest()
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    if request.path.startswith(f"/{i18n.language()}/"):
        headers = tuple(
            item for item in response.headers.items() if item[0].lower() not in HEADERS_OF_ITS_OWN
        )
        packed = gzip.compress(body, 6) if len(body) >= PACK_FROM else b""
        until = time.monotonic() + LIFE_SECONDS
        place = _place(request.path, request.query_string.decode("latin-1"))
        _shelf.put(place, Copy(names, stamp, until, body, packed, f'W/"{tag}"', headers, told))
    return response.make_conditional(request)  # type: ignore[return-value]


class CopiedPages:
    """In front of the application: answers plain reading without a session from the copies."""

    def __init__(self, application: Callable[..., Iterable[bytes]], engine: Engine) -> None:
        self.application = application
        self.engine = engine

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        copy = self._standing_copy(environ)
        if copy is None:
            return self.application(environ, start_response)
        if copy.seen:
            copy.seen(environ)
        headers = [*copy.headers, ("ETag", copy.tag)]
        if environ.get("HTTP_IF_NONE_MATCH") == copy.tag:
            start_response("304 NOT MODIFIED", headers)
            return []
        body = copy.body
        if copy.packed and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = copy.packed
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [body]

    def _standing_copy(self, environ: dict[str, Any]) -> Copy | None:
        if (
            environ["REQUEST_METHOD"] != "GET"
            or "HTTP_COOKIE" in environ
            or "HTTP_X_FRAGMENT" in environ
            or "json" in environ.get("HTTP_ACCEPT", "")
        ):
            return None
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        copy = _shelf.get(_place(path, environ.get("QUERY_STRING", "")))
        if copy is None or copy.until < time.monotonic() or self._versions(copy.names) != copy.stamp:
            return None
        return copy

    def _versions(self, names: tuple[str, ...]) -> tuple[int, ...] | None:
        """The present versions; None when the database does not answer: the application will say so kindly."""
        try:
            return freshness.versions(*names, engine=self.engine)
        except SQLAlchemyError:
            log.info("the versions of copies could not be read", exc_info=True)
            return None


def init_app(app: Flask, engine: Engine) -> None:
    """Put the copies in front."""
    app.wsgi_app = CopiedPages(app.wsgi_app, engine)  # type: ignore[method-assign]


def forget() -> None:
    """Drop every copy (tests)."""
    _shelf.clear()
