"""Static files under addresses that change with their content, and the brand's own colours."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response

from common import settings
from common.i18n import _

STYLES = ("tokens", "base", "layout", "components", "pages")
ROOT = Path(__file__).resolve().parent.parent

settings.define("brand.name", "Brévane", help=_("Name of the brand, as customers know it."))
settings.define("brand.community", "Le Sentier", help=_("Name of the community."))
settings.define(
    "brand.colours",
    {},
    help=_("Brand colours: the --brand hooks of the design; those of dark pages under the name dark."),
)


@lru_cache(maxsize=1)
def stylesheet() -> tuple[bytes, str]:
    """The one stylesheet: the layers in their order, and its fingerprint."""
    parts = [(ROOT / "static" / "css" / f"{name}.css").read_bytes() for name in STYLES]
    sheet = b"\n".join(parts)
    return sheet, hashlib.blake2b(sheet, digest_size=5).hexdigest()


@lru_cache(maxsize=256)
def _fingerprint(path: str) -> str:
    file = ROOT / "static" / path
    return hashlib.blake2b(file.read_bytes(), digest_size=5).hexdigest() if file.is_file() else ""


@lru_cache(maxsize=1)
def scripts_fingerprint() -> str:
    """One fingerprint for all modules: they import each other by relative addresses."""
    digest = hashlib.blake2b(digest_size=5)
    for file in sorted((ROOT / "static" / "js").glob("**/*.js")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


_BLOCK_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*$", re.MULTILINE | re.DOTALL)


@lru_cache(maxsize=256)
def script(path: str) -> str:
    """A module as it is served: without comments that have their lines to themselves, and without indentation. Empty
    where there is none; no module writes a text over several lines, so nothing else changes."""
    file = (ROOT / "static" / path).resolve()
    if not file.is_relative_to(ROOT / "static" / "js") or file.suffix != ".js" or not file.is_file():
        return ""
    code = _BLOCK_COMMENT.sub("", file.read_text())
    lines = (line.strip() for line in code.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


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
        if path.startswith("js/") and (code := script(path)):
            return _immutable(Response(code, mimetype="text/javascript"))
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


_HOOK = re.compile(r"--brand(-[a-z]+)*")
_VALUE = re.compile(r"[\w#. ]{1,40}")
_IN_BOTH = ("--brand-deep", "--brand-radius")
"""Hooks the design keeps the same in light and dark."""


def brand_stylesheet() -> str:
    """The brand's own colours, when they differ from the design's: ``{"--brand": "#0A5"}`` for light pages and,
    under ``"dark"``, the same for dark ones. What is not given keeps the design's value."""
    colours = settings.get("brand.colours")
    light, dark = _hooks(colours), _hooks(colours.get("dark"))
    both = {name: light.pop(name) for name in list(light) if name.startswith(_IN_BOTH)}
    rules = [f":root{_block(both)}"] if both else []
    for scheme, hooks in (("light", light), ("dark", dark)):
        if hooks:
            by_device = ":root:not([data-theme]),:root[data-theme=auto]"
            rules.append(f"@media (prefers-color-scheme: {scheme}){{{by_device}{_block(hooks)}}}")
            rules.append(f":root[data-theme={scheme}]{_block(hooks)}")
    return "\n".join(rules)


def _hooks(colours: Any) -> dict[str, str]:
    """The hooks of a scheme: only names of the design, only values that can be nothing but a value."""
    given = colours.items() if isinstance(colours, dict) else ()
    return {
        name: str(value) for name, value in given if _HOOK.fullmatch(name) and _VALUE.fullmatch(str(value))
    }


def _block(hooks: dict[str, str]) -> str:
    return "{" + "".join(f"{name}:{value};" for name, value in hooks.items()) + "}"
