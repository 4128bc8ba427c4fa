"""What stands around the whole application: the strict headers of every answer, and what the proxies in front say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from common.config import Config

CSP = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
        "object-src 'none'", "worker-src 'self'",
    )
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
}


class StrictHeaders:
    """Around everything that answers: the headers of :data:`HEADERS`, where an answer has not its own."""

    def __init__(self, application: Callable[..., Iterable[bytes]], config: Config) -> None:
        self.application = application
        hsts = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
        self.headers = list((HEADERS | (hsts if config.production else {})).items())

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            own = {name for name, _value in headers}
            return start_response(status, headers + [one for one in self.headers if one[0] not in own], *more)

        return self.application(environ, start)


def init_app(app: Flask, config: Config) -> None:
    """Put them there. Called last of all: no answer goes without, and all within know the reader's own address."""
    if n := config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.wsgi_app = StrictHeaders(app.wsgi_app, config)  # type: ignore[method-assign]
