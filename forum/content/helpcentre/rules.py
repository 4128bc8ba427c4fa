"""One article of the help centre as it is sent: what a line means, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

MOST_ARTICLES = 5_000
"""A help centre of more is no shelf but a library: a look-up reads the words of all that fit."""
KEY_MAX, TITLE_MAX, ADDRESS_MAX, TEXT_MAX = 200, 200, 500, 20_000
"""Longer texts are cut: what matters stands at the beginning."""
MOST_PRODUCTS = 20
COLUMNS = (
    "id",
    "title",
    "text",
    "html",
    "address",
    "language",
    "category",
    "products",
    "updated",
    "withdrawn",
)
SAFE_SHARE, FEW = 0.5, 10
_ADDRESS = re.compile(r"https://[^\s/@:<>\"'\\]+(?::\d{1,5})?(?:[/?#][^\s<>\"'\\]*)?")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_][A-Za-z0-9]{2,8})*")
_YES = frozenset(("1", "true", "yes", "oui", "x"))
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_GAPS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


class Source(StrEnum):
    """Which way an article came."""

    FILE = "file"
    API = "api"
    FEED = "feed"


class ArticleFault(StrEnum):
    """Why an article is left out."""

    ID = "article_id"
    TITLE = "article_title"
    TEXT = "article_text"
    ADDRESS = "article_address"
    LANGUAGE = "article_language"
    CATEGORY = "category"
    PRODUCT = "product"
    DATE = "date"
    TWICE = "article_twice"
    UNKNOWN = "article_unknown"
    FULL = "article_full"
    SHAPE = "shape"


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One article as the help centre describes it, in paragraphs of plain text. Of ``categories`` the first known one
    counts; ``withdrawn`` ones need no more than their id."""

    key: str
    title: str = ""
    text: str = ""
    url: str = ""
    language: str = ""
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    updated: datetime | None = None
    withdrawn: bool = False


def read_article(values: Mapping[str, Any]) -> ArticleLine | ArticleFault:
    """One article from a line, an item of the API, or an entry of a feed; a fault where it cannot be one. ``text`` is
    plain already."""
    key = one_line(values.get("id"))
    if not 1 <= len(key) <= KEY_MAX:
        return ArticleFault.ID
    if one_line(values.get("withdrawn")).lower() in _YES:
        return ArticleLine(key, withdrawn=True)
    title, text = one_line(values.get("title")), paragraphs_of(values.get("text"))
    if not 2 <= len(title) <= TITLE_MAX:
        return ArticleFault.TITLE
    if not text:
        return ArticleFault.TEXT
    url, spoken = one_line(values.get("address")), _LANGUAGE.fullmatch(one_line(values.get("language")))
    if len(url) > ADDRESS_MAX or not url.isascii() or not _ADDRESS.fullmatch(url):
        return ArticleFault.ADDRESS
    if spoken is None:
        return ArticleFault.LANGUAGE
    written = one_line(values.get("updated"))
    updated = moment(written)
    if written and updated is None:
        return ArticleFault.DATE
    categories, products = several(values.get("category")), several(values.get("products"))
    if len(products) > MOST_PRODUCTS:
        return ArticleFault.PRODUCT
    return ArticleLine(key, title, text[:TEXT_MAX], url, spoken[1], categories, products, updated)


def moment(written: str) -> datetime | None:
    """A day or a moment as ISO 8601 or RFC 3339 write it, in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 1990 <= found.year <= 2099 else None


def is_alarming(gone: int, total: int) -> bool:
    """Whether so many vanish at once that the list is probably not whole."""
    return gone > FEW and gone > total * SAFE_SHARE


def one_line(value: Any) -> str:
    """A value on one line; anything that is no text, number or yes is empty."""
    if isinstance(value, bool):
        return "1" if value else ""
    if not isinstance(value, str | int):
        return ""
    return " ".join(_UNWANTED.sub(" ", str(value)).split())


def paragraphs_of(value: Any) -> str:
    """A text with one line a paragraph."""
    if not isinstance(value, str):
        return ""
    text = _UNWANTED.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _LINES.sub("\n", _GAPS.sub(" ", text)).strip()


def several(value: Any) -> tuple[str, ...]:
    """A list, or a text with commas or bars between its parts; each once, at most fifty."""
    parts = value if isinstance(value, list) else re.split(r"[|,;]", value) if isinstance(value, str) else ()
    return tuple(dict.fromkeys(word for part in parts[:50] if (word := one_line(part)[:120])))
