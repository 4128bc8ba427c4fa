"""The measure of all pages: a Flask application that does nothing."""

from __future__ import annotations

from flask import Flask


def create_app() -> Flask:
    """One route, one word."""
    app = Flask("bare")

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app
