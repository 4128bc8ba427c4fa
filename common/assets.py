"""Static files under addresses that change with their content, and the brand's own colours."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response

from common import settings
from common.i18n import _

STYLES = ("tokens", "base", "layout", "components", "pages")
ROOT = Path(__file__).resolve().parent.parent

settings.define("brand.name", "Brévane", help=_("Name of the brand, as customers know it."))
settings.define("brand.community", "Le Sentier", help=_("Name of the community."))
settings.define("brand.colours", {}, help=_("Brand colours: the --brand hooks of the design."))


@lru_cache(maxsize=1)
def stylesheet() -> tuple[bytes, str]:
    """The one stylesheet: the layers in their order, and its fingerprint."""
    parts = [(ROOT / "static" / "css" / f"{name}.css").read_bytes() for name in STYLES]
    sheet = b"\n".join(parts)
    return sheet, hashlib.blake2b(sheet, digest_size=8).hexdigest()


@lru_cache(maxsize=256)
def _fingerprint(path: str) -> str:
    file = ROOT / "static" / path
    return hashlib.blake2b(file.read_bytes(), digest_size=8).hexdigest() if file.is_file() else ""


@lru_cache(maxsize=1)
def scripts_fingerprint() -> str:
    """One fingerprint for all modules: they import each other by relative addresses."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted((ROOT / "static" / "js").glob("**/*.js")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def static_url(path: str) -> str:
    """The address of a static file, which changes when its content does."""
    if path == "css/app.css":
        return f"/static/app.css?v={stylesheet()[1]}"
    if path.startswith("js/"):
        return f"/static/v/{scripts_fingerprint()}/{path}"
    return f"/static/v/{_fingerprint(path)}/{path}"


def init_app(app: Flask) -> None:
    """The addresses of static files."""

    @app.get("/static/app.css")
    def app_css() -> Response:
        return _immutable(Response(stylesheet()[0], mimetype="text/css"))

    @app.get("/static/v/<version>/<path:path>")
    def versioned_static(version: str, path: str) -> Response:
        response = _immutable(app.send_static_file(path))
        response.direct_passthrough = False  # small texts: they are compressed like pages
        return response

    @app.get("/brand.css")
    def brand_css() -> Response:
        response = Response(brand_stylesheet(), mimetype="text/css")
        response.headers["Cache-Control"] = "public, max-age=60"
        return response


def _immutable(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def brand_stylesheet() -> str:
    """The brand's own colours, when they differ from the design's."""
    colours = settings.get("brand.colours")
    allowed = {
        k: v
        for k, v in colours.items()
        if k.startswith("--brand") and all(c.isalnum() or c in "#. " for c in str(v))
    }
    return (
        ":root{" + "".join(f"{k}:{v};" for k, v in allowed.items()) + "}"
        if allowed
        else "/* the design's own */"
    )
