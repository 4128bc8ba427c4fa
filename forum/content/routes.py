"""The pages that change with a release, not with the day: rules, help, accessibility, privacy; and robots.txt."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from common.config import current_config
from common.web import cached_page, localized
from forum.content.terms.queries import in_force
from forum.content.terms.routes import page_of
from forum.content.terms.rules import Document

pages = localized("pages", __name__)
robots = Blueprint("robots", __name__)

ROBOTS = """User-agent: *
Disallow: /*/desk/
Disallow: /*/settings/
Disallow: /*/search
Disallow: /*/sign-in
Disallow: /*/sign-up

Sitemap: {base_url}/sitemap.xml
"""


@pages.get("/charter")
@cached_page()
def charter() -> str:
    """The community rules."""
    return page_of(in_force(Document.CHARTER))


@pages.get("/help")
@cached_page()
def help() -> str:
    """How the community works."""
    return render_template("pages/help.html")


@pages.get("/accessibility")
@cached_page()
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("pages/accessibility.html")


@pages.get("/privacy")
@cached_page()
def privacy() -> str:
    """What is kept about members, and for how long."""
    return render_template("pages/privacy.html")


@robots.get("/robots.txt")
def robots_txt() -> Response:
    """What search engines are asked to leave alone."""
    return Response(ROBOTS.format(base_url=current_config().base_url), mimetype="text/plain")
