"""The forum package."""

from __future__ import annotations

from flask import Flask

from forum.categories import models as _categories  # noqa: F401 - tables
from forum.questions import models as _questions  # noqa: F401 - tables


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
