"""Where files are given out: to whoever may read a post that carries them, always as a download."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, send_file

from common.errors import NotFound
from common.web import actor
from forum.files.attaching import find_file
from forum.files.keeping import path_of
from forum.files.rules import content_type

bp = Blueprint("files", __name__)


@bp.get("/files/<key>")
def download(key: str) -> Response:
    """One file: never shown in the page's own place, never kept by a cache in between, never found by a search engine."""
    file = find_file(actor(), key)
    try:
        data = path_of(file.key).read_bytes()
    except FileNotFoundError:
        raise NotFound() from None
    response = send_file(
        BytesIO(data), mimetype=content_type(file.kind), as_attachment=True, download_name=file.name
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
