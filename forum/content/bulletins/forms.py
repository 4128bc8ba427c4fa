"""What the desk's form sends, as a frozen draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common import i18n, text
from common.errors import Invalid
from common.i18n import Sentence, _
from forum.browsing.queries import categories_by_id
from forum.content.bulletins.models import Bulletin
from forum.content.bulletins.rules import PRODUCTS_MOST, TEXT_HIGH, TITLE_HIGH, TITLE_LOW, URL_HIGH
from forum.products.queries import by_ids, find
from forum.questions.forms import as_id

NAMES = (
    "category_id", "products", "title_fr", "title_en", "text_fr", "text_en", "url", "begins", "ends",
)  # fmt: skip
_URL = re.compile(r"https?://[^\s/]+\.[^\s]+|/[^\s/\\][^\s\\]*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice as it was typed, checked."""

    category_id: int
    product_ids: tuple[int, ...]
    title_fr: str
    title_en: str
    text_fr: str
    text_en: str
    url: str
    begins_at: datetime | None
    ends_at: datetime | None


def read(form: Mapping[str, str]) -> Draft:
    """The notice. Raises :class:`Invalid` with every field that does not fit."""
    faults: dict[str, Sentence | str] = {}
    values = {name: _words(form, name, faults) for name in ("title_fr", "title_en", "text_fr", "text_en")}
    category_id = as_id(form.get("category_id")) or 0
    if category_id not in categories_by_id():
        faults["category_id"] = _("Choose a category.")
    url = form.get("url", "").strip()
    if url and (len(url) > URL_HIGH or not _URL.fullmatch(url)):
        faults["url"] = _("A whole address, beginning with https:// or with / for a page of this site.")
    first, last = (_day(form, name, faults) for name in ("begins", "ends"))
    if first and last and last < first:
        faults["ends"] = _("The end must come after the beginning.")
    products = _products(form.get("products", ""), faults)
    if faults:
        raise Invalid(fields=faults)
    return Draft(
        category_id, products, **values, url=url, begins_at=i18n.day_begins(first) if first else None,
        ends_at=i18n.day_begins(last + timedelta(days=1)) if last else None,
    )  # fmt: skip


def _words(form: Mapping[str, str], name: str, faults: dict[str, Sentence | str]) -> str:
    words = text.normalise(form.get(name, "")).strip()
    if name.startswith("title"):
        words = " ".join(words.split())
        if not TITLE_LOW <= len(words) <= TITLE_HIGH:
            faults[name] = _("From %(low)s to %(high)s characters.", low=TITLE_LOW, high=TITLE_HIGH)
    elif not words or len(words) > TEXT_HIGH:
        faults[name] = _("From %(low)s to %(high)s characters.", low=1, high=TEXT_HIGH)
    return words


def _day(form: Mapping[str, str], name: str, faults: dict[str, Sentence | str]) -> date | None:
    typed = form.get(name, "").strip()
    try:
        day = date.fromisoformat(typed[:10]) if typed else None
    except ValueError:
        day = date.min
    if day is not None and not 2020 <= day.year <= 2100:
        faults[name] = _("A day, as 2026-12-31.")
        return None
    return day


def _products(typed: str, faults: dict[str, Sentence | str]) -> tuple[int, ...]:
    """The products named, one a line: each the only one found, or the one that is named exactly."""
    ids: dict[int, None] = {}
    lines = [name for line in typed[:4_000].splitlines() if (name := " ".join(line.split())[:80])]
    if len(lines) > PRODUCTS_MOST:
        faults["products"] = _("At most %(count)s products.", count=PRODUCTS_MOST)
        return ()
    for name in lines:
        found = find(name, limit=8, only_active=False)
        exact = [
            one for one in found if name.casefold() in (one.name.casefold(), one.key.casefold())
        ] or found
        if len(exact) != 1:
            faults["products"] = _(
                "Not one product, or several, for: %(name)s. Type the whole name.", name=name
            )
            return ()
        ids[exact[0].id] = None
    return tuple(ids)


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to show it again."""
    return {name: form.get(name, "")[:4_000] for name in NAMES}


def typed_of(bulletin: Bulletin) -> dict[str, str]:
    """A notice as its form shows it."""
    found = by_ids(bulletin.product_ids)
    ends = bulletin.ends_at
    return {
        "category_id": str(bulletin.category_id),
        "products": "\n".join(found[one].name for one in bulletin.product_ids if one in found),
        "title_fr": bulletin.title_fr, "title_en": bulletin.title_en,
        "text_fr": bulletin.text_fr, "text_en": bulletin.text_en, "url": bulletin.url,
        "begins": i18n.local(bulletin.begins_at).date().isoformat(),
        "ends": i18n.local(ends - timedelta(seconds=1)).date().isoformat() if ends else "",
    }  # fmt: skip
