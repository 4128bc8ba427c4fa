"""Lines of a catalogue and of a list of purchases: what a line means, and what is wrong with it. Pure.

A fault is a key of :data:`forum.catalogue.wording.FAULTS`; nothing here speaks a language.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from forum.products.rules import (
    ADDRESS,
    BRAND_MAX,
    FINGERPRINT,
    KEY,
    NAME_MAX,
    PICTURE,
    WARRANTY_MAX,
    owner_hash,
)

MOST_LINES = 50_000
"""Lines of one file; a brand with more products sends its catalogue in parts."""
MOST_AT_ONCE = 500
"""Items of one request of the API."""
FAULTS_KEPT = 200
"""Faulty lines that a report names; the others are counted."""
PRODUCT_COLUMNS = (
    "key", "name", "category", "brand", "picture", "manual", "warranty_fr", "warranty_en", "replaced_by",
)  # fmt: skip
OWNER_COLUMNS = ("product", "email_sha256", "email", "member", "bought_on", "withdrawn")
_YES = frozenset(("1", "true", "yes", "oui", "x"))


class ImportKind(StrEnum):
    """What a file holds."""

    PRODUCTS = "products"
    OWNERS = "owners"


class Fault(StrEnum):
    """Why a line is left out."""

    KEY = "key"
    NAME = "name"
    TWICE = "twice"
    CATEGORY = "category"
    PICTURE = "picture"
    MANUAL = "manual"
    TOO_LONG = "too_long"
    PRODUCT = "product"
    OWNER = "owner"
    DATE = "date"
    SHAPE = "shape"
    REPLACED = "replaced"


class BadFile(Exception):
    """A file that is not read at all, and why: a key of ``wording.BAD_FILES``."""


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One product as the brand describes it; ``category`` is the key or the address of a category."""

    key: str
    name: str
    category: str
    brand: str = ""
    picture: str = ""
    manual: str = ""
    warranty_fr: str = ""
    warranty_en: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """Somebody bought a product, or gave it back (``withdrawn``): by fingerprint, or by the number of a member."""

    product: str
    owner: str = ""
    member_id: int | None = None
    bought_on: date | None = None
    withdrawn: bool = False


def read_product(values: Mapping[str, Any]) -> ProductLine | Fault:
    """One product from a line or an item of the API; a fault where it cannot be one."""
    known = {name: _words(values.get(name)) for name in PRODUCT_COLUMNS}
    if not KEY.fullmatch(known["key"]):
        return Fault.KEY
    if not 2 <= len(known["name"]) <= NAME_MAX:
        return Fault.NAME
    if known["picture"] and not PICTURE.fullmatch(known["picture"]):
        return Fault.PICTURE
    if known["manual"] and not ADDRESS.fullmatch(known["manual"]):
        return Fault.MANUAL
    longest = max(len(known["warranty_fr"]), len(known["warranty_en"]))
    if len(known["brand"]) > BRAND_MAX or len(known["category"]) > 80 or longest > WARRANTY_MAX:
        return Fault.TOO_LONG
    if known["replaced_by"] and (
        not KEY.fullmatch(known["replaced_by"]) or known["replaced_by"] == known["key"]
    ):
        return Fault.REPLACED
    return ProductLine(**known)


def read_owner(values: Mapping[str, Any]) -> OwnerLine | Fault:
    """One purchase from a line or an item of the API. An address in clear is turned into its fingerprint at once."""
    known = {name: _words(values.get(name)) for name in OWNER_COLUMNS}
    if not KEY.fullmatch(known["product"]):
        return Fault.PRODUCT
    owner = known["email_sha256"].lower()
    if not owner and "@" in known["email"] and len(known["email"]) <= 254:
        owner = owner_hash(known["email"])
    member = known["member"]
    member_id = int(member) if member.isascii() and member.isdigit() and len(member) <= 9 else None
    if not (FINGERPRINT.fullmatch(owner) if owner else member_id):
        return Fault.OWNER
    try:
        bought_on = date.fromisoformat(known["bought_on"]) if known["bought_on"] else None
    except ValueError:
        return Fault.DATE
    return OwnerLine(known["product"], owner, member_id, bought_on, known["withdrawn"].lower() in _YES)


def text_of(data: bytes) -> str:
    """The text of a file: UTF-8, else what spreadsheets of Western Europe write. Raises :class:`BadFile`."""
    if b"\0" in data:
        raise BadFile("binary")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("binary")


def rows_of(text: str, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, values by column) of a file with a head line; comma, semicolon or tab between values.

    Raises :class:`BadFile` where the head line lacks a column that is needed.
    """
    head = text.split("\n", 1)[0]
    mark = max((",", ";", "\t"), key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not set(needed) <= set(names):
            raise BadFile("columns")
        for values in reader:
            if any(value.strip() for value in values):
                yield reader.line_num, dict(zip(names, values, strict=False))
    except csv.Error as error:
        raise BadFile("csv") from error


def _words(value: Any) -> str:
    """A value on one line, as text; anything that is no text, number or yes is empty."""
    if isinstance(value, bool):
        return "1" if value else ""
    if not isinstance(value, str | int):
        return ""
    return " ".join(
        "".join(" " if ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 else c for c in str(value)).split()
    )
