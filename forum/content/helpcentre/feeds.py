"""A feed of articles as it is read: JSON Feed 1 and 1.1, or Atom (RFC 4287) with its tombstones (RFC 6721)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from common.text import paragraphs

_ATOM = "{http://www.w3.org/2005/Atom}"
_GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TEXT_READ = 400_000


class BadFeed(Exception):
    """What came is no feed; the message says why."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of a feed: articles as :func:`rules.read_article` takes them, and where the next page is."""

    articles: tuple[dict[str, Any], ...]
    next: str = ""


def read_feed(data: bytes, address: str) -> FeedPage:
    """The articles of a feed. Raises :class:`BadFeed`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFeed("not UTF-8") from error
    start = text.lstrip()[:1]
    if start == "{":
        return _json_feed(text, address)
    if start == "<":
        return _atom(text, address)
    raise BadFeed("neither JSON Feed nor Atom")


def _json_feed(text: str, address: str) -> FeedPage:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFeed("the JSON is damaged") from error
    items = feed.get("items")
    if not str(feed.get("version", "")).startswith("https://jsonfeed.org/version/") or not isinstance(
        items, list
    ):
        raise BadFeed("not a JSON Feed")
    spoken = feed.get("language", "")
    found = tuple(_of_item(item, spoken, address) for item in items if isinstance(item, dict))
    return FeedPage(found, _address(address, feed.get("next_url")))


def _of_item(item: Mapping[str, Any], spoken: Any, address: str) -> dict[str, Any]:
    more = item.get("_fourmi")
    more = more if isinstance(more, dict) else {}
    html = item.get("content_html")
    text = item.get("content_text") or (paragraphs(html[:_TEXT_READ]) if isinstance(html, str) else "")
    return {
        "id": item.get("id"), "title": item.get("title"), "text": text or item.get("summary"),
        "address": _address(address, item.get("url") or item.get("external_url")),
        "language": item.get("language") or spoken, "category": more.get("category") or item.get("tags"),
        "products": more.get("products"), "updated": item.get("date_modified") or item.get("date_published"),
        "withdrawn": more.get("withdrawn"),
    }  # fmt: skip


def _atom(text: str, address: str) -> FeedPage:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadFeed("a document type is not read")
    try:
        feed = ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise BadFeed("the XML is damaged") from error
    if feed.tag != f"{_ATOM}feed":
        raise BadFeed("not an Atom feed")
    following = next(
        (link.get("href") for link in feed.findall(f"{_ATOM}link") if link.get("rel") == "next"), ""
    )
    return FeedPage(tuple(_entries(feed, address)), _address(address, following))


def _entries(feed: ElementTree.Element, address: str) -> Iterator[dict[str, Any]]:
    spoken = feed.get(_LANG, "")
    for one in feed:
        if one.tag == _GONE:
            yield {"id": one.get("ref"), "withdrawn": True}
        elif one.tag == f"{_ATOM}entry":
            yield _of_entry(one, spoken, address)


def _of_entry(entry: ElementTree.Element, spoken: str, address: str) -> dict[str, Any]:
    links = [
        link.get("href")
        for link in entry.findall(f"{_ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    content = entry.find(f"{_ATOM}content")
    content = entry.find(f"{_ATOM}summary") if content is None else content
    return {
        "id": entry.findtext(f"{_ATOM}id"), "title": _plain(entry.find(f"{_ATOM}title")), "text": _plain(content),
        "address": _address(address, links[0] if links else ""),
        "language": entry.get(_LANG) or spoken,
        "category": [one.get("term") for one in entry.findall(f"{_ATOM}category")],
        "updated": entry.findtext(f"{_ATOM}updated"),
    }  # fmt: skip


def _plain(element: ElementTree.Element | None) -> str:
    """The words of a text construct: plain text, HTML that is written out, or XHTML."""
    if element is None:
        return ""
    if element.get("type") == "html":
        return paragraphs((element.text or "")[:_TEXT_READ])
    if element.get("type") == "xhtml":
        for one in element.iter():
            one.tag = str(one.tag).rpartition("}")[2]
        return paragraphs(ElementTree.tostring(element, encoding="unicode")[:_TEXT_READ])
    return "".join(element.itertext())


def _address(base: str, given: Any) -> str:
    try:
        return urljoin(base, given) if isinstance(given, str) and given else ""
    except ValueError:
        return ""
