"""The pages inside an archive."""

from __future__ import annotations

from typing import Any

from flask import render_template

from accounts.archives.parts import Part
from accounts.archives.words import Shown
from common import clock


def front(about: dict[str, Any]) -> str:
    """What is in the archive, where."""
    return render_template("accounts/archives/index.html", about=about, made_at=clock.now())


def page(part: Part, number: int, pages: int, rows: list[Shown]) -> str:
    """Some hundreds of rows of a part."""
    return render_template("accounts/archives/page.html", part=part, number=number, pages=pages, rows=rows)
