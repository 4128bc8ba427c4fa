"""Addresses of the app on a phone."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from common.errors import NotFound
from common.i18n import language
from common.web import actor, localized
from forum.asking.panels import ask_page
from forum.drafts.drafting import load_draft
from forum.questions.forms import AskForm, ask_from_draft
from forum.webapp import icons, manifest, sharing, worker

bp = localized("webapp", __name__)
root = Blueprint("worker", __name__)
root.add_app_template_global(icons.address, "app_icon")
root.add_app_template_global(icons.colour, "brand_colour")


@bp.get("/manifest.webmanifest", endpoint="manifest")
def show_manifest() -> Response:
    """What a device is told when the community is installed."""
    response = Response(current_app.json.dumps(manifest.manifest()), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@root.get("/sw.js", endpoint="script")
def worker_script() -> Any:
    """The service worker: at the root, so that it serves every page; asked for anew at each visit."""
    script = worker.script()
    response = Response(script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(hashlib.blake2b(script.encode(), digest_size=8).hexdigest())
    return response.make_conditional(request)


@root.get("/static/app-icon/<version>/<name>.png")
def icon(version: str, name: str) -> Response:
    """An icon in the brand's colour, for a year."""
    if name not in icons.ICONS:
        raise NotFound
    response = Response(icons.png(name), mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@bp.get("/offline")
def offline() -> Response:
    """What a device shows when there is no connection: the same for everybody, drafts come from the device itself."""
    response = Response(render_template("forum/webapp/offline.html"), mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.get("/share")
def share() -> Any:
    """What another app shared, in the ask form. Nothing is stored until its member writes or sends."""
    draft = load_draft(actor(), "ask")
    kept = (
        ask_from_draft(draft.title, draft.body, draft.fields, language())
        if draft
        else AskForm(language=language())
    )
    form, words = sharing.added(kept, sharing.read_shared(request.args))
    return ask_page(form, restored=draft is not None, shared=words)
