"""Where pictures are served: by the name of their content, so that a copy never goes stale."""

from flask import Blueprint, Response, request

from common.errors import NotFound
from forum.images.keeping import path_of
from forum.images.rules import content_type

bp = Blueprint("images", __name__)


@bp.get("/images/<file_key>")
def show(file_key: str) -> Response:
    """One picture, for a year; at most some megabytes, so it is sent whole."""
    try:
        data = path_of(file_key).read_bytes()
    except FileNotFoundError:
        raise NotFound() from None
    response = Response(data, mimetype=content_type(file_key))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(file_key)
    response.make_conditional(request)
    return response
