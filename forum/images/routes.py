"""Where pictures are served: by the name of their content, so that a copy never goes stale."""

from flask import Blueprint, Response, send_file

from common.errors import NotFound
from forum.images.keeping import path_of
from forum.images.rules import content_type

bp = Blueprint("images", __name__)


@bp.get("/images/<file_key>")
def show(file_key: str) -> Response:
    """One picture, for a year."""
    path = path_of(file_key)
    if not path.is_file():
        raise NotFound()
    response = send_file(
        path, mimetype=content_type(file_key), conditional=True, etag=file_key, max_age=31_536_000
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = f'inline; filename="{file_key}"'
    return response
