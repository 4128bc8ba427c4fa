"""Where pictures are served: by the name of their content, to whoever may read a text that shows them."""

from flask import Blueprint, Response, request

from common import settings
from common.errors import NotFound
from common.web import actor
from forum.images.hiding import is_hidden
from forum.images.keeping import path_of
from forum.images.rules import content_type
from forum.images.seeing import is_public, require_seen

bp = Blueprint("images", __name__)


@bp.get("/images/<file_key>")
def show(file_key: str) -> Response:
    """One picture; at most some megabytes, so it is sent whole. What everybody may see is kept by caches for some minutes and
    asked for again by its name; a hidden one is shown to who moderates alone."""
    if is_hidden(file_key):
        return _hidden(file_key)
    path = path_of(file_key)
    if not path.exists():
        raise NotFound()
    kept = f"public, max-age={settings.get('forum.image_cache_minutes') * 60}"
    if not is_public(file_key):
        require_seen(actor(), file_key)
        kept = "private, no-store"
    response = _picture(file_key, path.read_bytes())
    response.headers["Cache-Control"] = kept
    response.set_etag(file_key)
    response.make_conditional(request)
    return response


def _picture(file_key: str, data: bytes) -> Response:
    response = Response(data, mimetype=content_type(file_key))
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _hidden(file_key: str) -> Response:
    """The picture itself for moderators, who decide about it; a drawing that says so in its place for everybody else."""
    path = path_of(file_key)
    if actor().can_moderate and path.exists():
        response = _picture(file_key, path.read_bytes())
    else:
        response = Response(_DRAWING, 410, mimetype="image/svg+xml")
        response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180" viewBox="0 0 320 180">'
    '<rect width="320" height="180" fill="#e7e3dc"/><g fill="none" stroke="#5c564d" stroke-width="6" stroke-linecap="round">'
    '<path d="M110 90c14-22 31-33 50-33s36 11 50 33c-14 22-31 33-50 33s-36-11-50-33z"/><circle cx="160" cy="90" r="14"/>'
    '<path d="M115 135 205 45"/></g></svg>'
)
