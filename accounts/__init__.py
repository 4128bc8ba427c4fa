"""The accounts package."""

from __future__ import annotations

from flask import Flask

from accounts.members import models as _members  # noqa: F401 - tables


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
