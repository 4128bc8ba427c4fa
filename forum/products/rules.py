"""What a product's data may be, and how an owner is recognised. Pure.

Sources: design/UX.md §4 page 5 and §5 "Product"; domain/rewards.md §A4.6 (a purchase is "verified" only by proof).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""A product's own reference: a SKU, letters, digits, dot, dash and underscore."""
PICTURE = re.compile(r"/(?:static|images)/[\w./-]{1,180}\.(?:png|jpe?g|webp|svg)|p-[a-z]{2,20}")
"""Where a picture may come from: this site, or one of the house's drawings (``p-wash``)."""
ADDRESS = re.compile(r"https?://[^\s<>\"']{3,390}|/[\w./?=&%-]{1,390}")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
NAME_MAX, BRAND_MAX, WARRANTY_MAX, PRIVATE_MAX = 120, 60, 400, 80
FIRST_YEAR = 1950
MOST_DEVICES = 50
"""Devices of one member at most."""
_PUNCTUATION = re.compile(r"[^\w]+")


def searchable(*parts: str) -> str:
    """Name, brand and reference as one text without case, accents and punctuation, also written without gaps."""
    folded = [_folded(part) for part in parts if part]
    tight = [word.replace(" ", "") for word in folded if " " in word]
    return " ".join(dict.fromkeys([*folded, *tight]))[:250]


def search_words(typed: str) -> tuple[str, ...]:
    """The words somebody looks for, as :func:`searchable` writes them; six at most."""
    return tuple(_folded(typed).split()[:6])


def owner_hash(address: str) -> str:
    """The fingerprint of an address: SHA-256 of the trimmed address in small letters, as the brand computes it."""
    return hashlib.sha256(unicodedata.normalize("NFKC", address.strip()).casefold().encode()).hexdigest()


def is_possible_since(since: date, today: date) -> bool:
    """Whether a device can have been bought on this day."""
    return since.year >= FIRST_YEAR and since <= today


def named_in(words: str, names: Iterable[tuple[int, str]]) -> int | None:
    """The product whose name stands in a text as whole words, the longest name first; None where there is none."""
    seen = f" {_folded(words)} "
    for product_id, name in sorted(names, key=lambda pair: -len(pair[1])):
        if (folded := _folded(name)) and f" {folded} " in seen:
            return product_id
    return None


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _PUNCTUATION.sub(" ", bare).strip()
