"""The index of categories, and one category."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.errors import NotFound
from common.freshness import LISTS
from common.web import cached_page, localized
from forum.browsing.panels import list_page
from forum.browsing.queries import category_by_slug
from forum.categories.queries import overview

categories = localized("categories", __name__)


@categories.get("/categories/")
@cached_page(LISTS)
def index() -> Any:
    """All categories with what happens in them."""
    return render_template("forum/categories/index.html", here="categories", overview=overview())


@categories.get("/categories/<slug>")
@cached_page(LISTS)
def show(slug: str) -> Any:
    """The questions of one category."""
    category = category_by_slug(slug)
    if category is None:
        raise NotFound()
    return list_page(category)
