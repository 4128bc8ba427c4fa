"""The page that a shop shows in a frame."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from common import settings
from common.errors import NotFound
from common.headers import CSP
from common.i18n import _
from common.web import localized
from forum.content.embed.rules import framed_policy, origins_of
from forum.products.queries import by_slug, top_solutions

embed = localized("embed", __name__)
settings.define(
    "forum.embed_hosts", [],
    help=_("Shops that may show a product’s best solutions in a frame, one address a line, such as https://shop.example."),
)  # fmt: skip


@embed.get("/embed/products/<slug>")
def product(slug: str) -> Any:
    """The solutions of a product that were read most, for the shops that are named in the settings."""
    origins = origins_of(settings.get("forum.embed_hosts"))
    found = by_slug(slug) if origins else None
    if found is None:
        raise NotFound
    body = render_template("forum/embed/product.html", product=found, solutions=top_solutions(found.id))
    headers = {
        "Content-Security-Policy": framed_policy(CSP, origins),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "public, max-age=300",
    }
    return Response(body, mimetype="text/html", headers=headers)
