"""Sitemaps, and lists of questions as Atom feeds."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from common.config import current_config
from common.errors import NotFound
from common.freshness import LISTS
from common.i18n import LANGUAGES, language, using_language
from common.lists import EPOCH
from common.permissions import ANONYMOUS
from common.web import cached_page, localized
from forum.browsing.queries import category_by_slug, questions_page
from forum.browsing.rules import Filters, ListSort
from forum.discovery import queries
from forum.discovery.queries import Place
from forum.discovery.rules import FEED_ENTRIES
from forum.questions.queries import find_post
from forum.questions.rules import PostState
from forum.thread.snapshot import AnswerSort, snapshot

sitemaps = Blueprint("sitemaps", __name__)
feeds = localized("feeds", __name__)
ANY_ID = "int(min=1, max=2147483647)"


# --- sitemaps ---------------------------------------------------------------------------------------------------


@sitemaps.get("/sitemap.xml")
def index() -> Response:
    """The index of the sitemaps."""
    names = ["pages", *(f"questions-{number}" for number in queries.sitemap_numbers())]
    places = "".join(f"<sitemap><loc>{_base()}/sitemaps/{name}.xml</loc></sitemap>\n" for name in names)
    return _xml(f"<sitemapindex {_NAMESPACE}>\n{places}</sitemapindex>")


@sitemaps.get("/sitemaps/pages.xml")
def pages() -> Response:
    """Everything worth finding but questions."""
    return _xml(queries.kept("pages", lambda: _urls(queries.other_places())))


@sitemaps.get("/sitemaps/questions-<int(min=1, max=100000):number>.xml")
def of_questions(number: int) -> Response:
    """One span of questions."""
    return _xml(queries.kept(number, lambda: _urls(queries.questions_of_sitemap(number))))


_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def _base() -> str:
    return current_config().base_url


def _urls(places: list[Place]) -> str:
    return f"<urlset {_NAMESPACE}>\n{''.join(_url(place) for place in places)}</urlset>"


def _url(place: Place) -> str:
    """A page once for each language, with its twins named in both."""
    addresses = {code: _base() + _address(place, code) for code in LANGUAGES}
    twins = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(address)}/>'
        for code, address in addresses.items()
    )
    changed = f"<lastmod>{place.changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if place.changed_at else ""
    chosen = [addresses[place.language]] if place.language in addresses else list(addresses.values())
    return "".join(
        f"<url><loc>{quoteattr(address)[1:-1]}</loc>{changed}{twins}</url>\n" for address in chosen
    )


def _address(place: Place, code: str) -> str:
    with using_language(code):
        return url_for(place.endpoint, **place.elsewhere.get(code, place.values))


def _xml(body: str) -> Response:
    response = Response(f'<?xml version="1.0" encoding="utf-8"?>\n{body}', mimetype="application/xml")
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


# --- feeds ------------------------------------------------------------------------------------------------------


@feeds.get("/questions/feed.atom")
@cached_page(LISTS)
def of_list() -> Response:
    """The newest questions of a list; the address takes the list's own filters."""
    return _feed_of(Filters.read(request.args, LANGUAGES))


@feeds.get("/categories/<slug>/feed.atom")
@cached_page(LISTS)
def of_category(slug: str) -> Response:
    """The newest questions of one category."""
    if category_by_slug(slug) is None:
        raise NotFound()
    return _feed_of(Filters.read(request.args, LANGUAGES).with_(category=slug))


def _feed_of(filters: Filters) -> Response:
    category = category_by_slug(filters.category) if filters.category else None
    if filters.category and category is None:
        raise NotFound()
    shown = filters if "sort" in request.args else filters.with_(sort=ListSort.NEW)
    rows = questions_page(shown, size=FEED_ENTRIES).items
    body = render_template(
        "forum/discovery/list.atom.xml", rows=rows, category=category, base=_base(), path=request.full_path.rstrip("?"),
        list_address=_list_address(filters), changed_at=max((row.active_at for row in rows), default=EPOCH),
    )  # fmt: skip
    return _atom(body)


def _list_address(filters: Filters) -> str:
    args: dict[str, Any] = dict(filters.args())
    slug = args.pop("category", None)
    return url_for("categories.show", slug=slug, **args) if slug else url_for("questions.index", **args)


@feeds.get(f"/questions/<{ANY_ID}:id>/feed.atom")
@cached_page(lambda id: f"question:{id}")
def of_question(id: int) -> Response:
    """A question and its newest answers."""
    kept = snapshot(id, AnswerSort.NEW)
    if kept and kept.thread.head.state == PostState.MERGED and kept.thread.head.merged_into_id:
        return redirect(url_for("feeds.of_question", id=kept.thread.head.merged_into_id), 301)  # type: ignore[return-value]
    if kept is None or kept.thread.head.state != PostState.PUBLISHED:
        find_post(ANONYMOUS, id)  # says that it is gone, as its page does
        raise NotFound()
    posts = sorted(kept.thread.posts, key=lambda post: post.shown_at, reverse=True)
    address = _base() + url_for("questions.show", id=id, slug=kept.thread.head.slug)
    body = render_template(
        "forum/discovery/question.atom.xml", thread=kept.thread, posts=posts, base=_base(), address=address,
        path=request.path, changed_at=kept.thread.head.active_at,
    )  # fmt: skip
    return _atom(body)


def _atom(body: str) -> Response:
    response = make_response(body)
    response.content_type = "application/atom+xml; charset=utf-8"
    response.content_language = language()  # type: ignore[assignment]
    return response


__all__ = ["feeds", "sitemaps"]
