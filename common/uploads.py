"""How large a request may be: a form whose pictures come along with it may be as large as its page promises to take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])
MAX_BYTES = 64 * 1024 * 1024
"""Five or six pictures and the text."""


def takes_pictures(view: View) -> View:
    """Mark a view whose form brings several pictures: only there may a request be as large as they are together."""
    view.takes_pictures = True  # type: ignore[attr-defined]
    return view


def make_room() -> None:
    """Before anybody reads the form."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.mimetype == "multipart/form-data" and getattr(view, "takes_pictures", False):
        request.max_content_length = MAX_BYTES
