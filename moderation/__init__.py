"""The moderation package."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
