"""Personal data in public texts: where it is, and the same text without it. Pure.

Vectors and kinds: domain/moderation.md §B5. What looks like a product's own number (serial, part, price, order
line) stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from moderation.screening.folded import Folded, folded


class DataKind(StrEnum):
    """Kinds of personal data."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    SOCIAL_SECURITY = "social_security"
    ORDER = "order"


@dataclass(frozen=True, order=True)
class Found:
    """Personal data at a place in the original text (end excluded)."""

    start: int
    end: int
    kind: DataKind


MARKS = {
    "fr": {
        DataKind.EMAIL: "[adresse e-mail masquée]",
        DataKind.PHONE: "[téléphone masqué]",
        DataKind.CARD: "[numéro de carte masqué]",
        DataKind.IBAN: "[IBAN masqué]",
        DataKind.SOCIAL_SECURITY: "[numéro de sécurité sociale masqué]",
        DataKind.ORDER: "[numéro de commande masqué]",
    },
    "en": {
        DataKind.EMAIL: "[e-mail address masked]",
        DataKind.PHONE: "[phone number masked]",
        DataKind.CARD: "[card number masked]",
        DataKind.IBAN: "[IBAN masked]",
        DataKind.SOCIAL_SECURITY: "[social security number masked]",
        DataKind.ORDER: "[order number masked]",
    },
}

TOP_LEVEL = (
    "fr|com|net|org|eu|be|ch|lu|io|de|it|es|pt|nl|uk|ca|info|biz|me|pro|re|gmail|hotmail|outlook|yahoo|orange|free|"
    "laposte|sfr|wanadoo|icloud|protonmail|proton"
)
_EMAIL = re.compile(
    r"(?<![a-z0-9._%+'-])[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9_+-])?(?: @ |@)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?: \. |\.)){1,5}"
    r"[a-z]{2,24}(?![a-z0-9])",
    re.I,
)
_TIGHT_EMAIL = re.compile(
    r"[^\s@<>()\[\]{},;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,5}[^\W\d_]{2,24}(?![\w-])", re.I
)
_SPELLED = re.compile(
    r"(?<![\w.-])(?!(?:look|see|available|bought|buy|sold|found|ordered|search|check|shop|here|is|are|was|them|it|me|"
    r"prices?|stock|cheaper)\b)[\w](?:[\w-]{0,40})(?:\s?(?:\.|[\[({]?\b(?:dot|point|pt)\b[\])}]?)\s?[\w-]{1,40}){0,3}"
    r"\s{0,2}[\[({<]?\s{0,2}(?:\bat\b|\barobase\b|\barobas\b|\barrobase\b|\(a\)|\[a\])\s{0,2}[\])}>]?\s{0,2}"
    r"(?:[\w-]{1,40}\s{0,2}[\[({]?\s?(?:\.|\b(?:dot|point|pt)\b)\s?[\])}]?\s{0,2}){1,3}"
    rf"(?:{TOP_LEVEL})(?!\w)",
    re.I,
)
_SEPARATOR = r"[ .\-/_()·•,]{0,2}"
_PHONE_FR = re.compile(
    rf"(?<![\w+/])(?:(?:\+|00)33{_SEPARATOR}(?:\(?0\)?)?{_SEPARATOR}|0{_SEPARATOR})[1-9](?:{_SEPARATOR}\d){{8}}(?![\d])(?!\w)",
    re.I,
)
_PHONE_WORLD = re.compile(rf"(?<![\w+])\+[1-9]\d{{0,2}}(?:{_SEPARATOR}\d){{7,12}}(?!\d)(?!\w)")
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w])")
_IBAN = re.compile(r"(?<![\w])[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,30}", re.I)
_SOCIAL = re.compile(
    r"(?<!\w)([1-478])[ .-]?(\d{2})[ .-]?(0[1-9]|1[0-2]|[2-9]\d)[ .-]?(\d{2}|2[ab])[ .-]?(\d{3})[ .-]?(\d{3})"
    r"[ .-]?(\d{2})(?!\w)",
    re.I,
)
_ORDER_CONTEXT = re.compile(
    r"\b(?:commande|order|colis|parcel|suivi|tracking|dossier|client|customer|facture|invoice)s?\b"
    r"(?P<mark>\s{0,2}(?:n[°ºo.]{1,2}|num[ée]ro|number|no\.?|nr\.?|#|:|id)?\s{0,2}:?\s{0,2}#?)"
    r"(?P<number>[a-z]{0,4}-?\d[a-z0-9]*(?:-[a-z0-9]+)*)(?!\w)",
    re.I,
)
_PRODUCT_BEFORE = re.compile(
    r"(?:s[ée]rie|serial|s/n|\bsn|r[ée]f(?:[ée]rence)?s?|reference|mod[èe]les?|models?|article|\bean|gtin|code|codes|imei|"
    r"\blot|batch|pi[èe]ces?|part|parts|version|firmware|\bpnc|e-nr|\bfd|type|produit|product|upc|isbn|asin|sku|mac|id)"
    r"\W{0,3}(?:n[°ºo]\W{0,2}|no\W{0,2}|number\W{0,2}|num[ée]ro\W{0,2}|est\s|is\s|de\s)?$",
    re.I,
)
_EAN = 13
"""Digits of a bar code, and of cards that nobody has issued for long."""

_ORDER_DIGITS = 6
_DATE = re.compile(
    r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}(?!\d)|(?<!\d)(?:19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)"
)
_PAIRS = re.compile(
    r"^(?:\+33|0033|0)\D{0,3}(?:0\)\D?)?\d(?:(?P<s>[ .\-/_·•])\d{2}(?:(?P=s)\d{2}){3}|\d{8})$"
)
_DECIMAL = re.compile(r"^0[.,]\d+$")

IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip
_CARD_STARTS: tuple[tuple[re.Pattern[str], tuple[int, ...]], ...] = (
    (re.compile("^4"), (13, 16, 19)),
    (re.compile("^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)"), (16,)),
    (re.compile("^3[47]"), (15,)),
    (re.compile("^(?:6011|64[4-9]|65)"), (16, 19)),
    (re.compile("^3(?:0[0-5]|[68])"), (14,)),
    (re.compile("^35(?:2[89]|[3-8])"), (16,)),
    (re.compile("^62"), (16, 17, 18, 19)),
)


def luhn(digits: str) -> bool:
    """Whether a card number's check digit is right."""
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def is_card(digits: str) -> bool:
    """A payment card: known prefix and length, and the check digit."""
    fits = any(start.match(digits) and len(digits) in lengths for start, lengths in _CARD_STARTS)
    return fits and luhn(digits) and len(set(digits)) > 1 and not (len(digits) == 13 and _is_ean(digits))


def _is_ean(digits: str) -> bool:
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(digits[:12]))
    return (10 - total % 10) % 10 == int(digits[12])


def is_iban(text: str) -> bool:
    """A bank account: the country's length and the remainder of 97."""
    if IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def is_social_security(parts: Sequence[str]) -> bool:
    """A French social security number: 13 characters and their key."""
    number = "".join(parts[:-1]).upper().replace("2A", "19", 1).replace("2B", "18", 1)
    return number.isdigit() and 97 - int(number) % 97 == int(parts[-1])


def find(text: str, order_patterns: Iterable[str] = (), own_domains: Iterable[str] = ()) -> list[Found]:
    """All personal data in a text, in order, without overlaps. ``own_domains`` are the brand's own addresses."""
    view = folded(text)
    found = [
        *_emails(view, tuple(own_domains)),
        *_ibans(view),
        *_cards(view),
        *_social(view),
        *_phones(view),
        *_orders(view, order_patterns),
    ]
    kept: list[Found] = []
    for item in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def mask(text: str, found: Iterable[Found], language: str) -> str:
    """The text with each place replaced by a mark that says what stood there."""
    marks = MARKS["en" if language == "en" else "fr"]
    parts: list[str] = []
    at = 0
    for item in found:
        parts += [text[at : item.start], marks[item.kind]]
        at = item.end
    return "".join([*parts, text[at:]])


def without(
    text: str, language: str, order_patterns: Iterable[str] = (), own_domains: Iterable[str] = ()
) -> tuple[str, tuple[DataKind, ...]]:
    """The text with everything masked, and what kinds there were. Repeated until nothing is found, since what stood
    beside something masked may only then be seen."""
    kinds: list[DataKind] = []
    for _round in range(20):
        found = find(text, order_patterns, own_domains)
        if not found:
            break
        kinds += [item.kind for item in found]
        text = mask(text, found, language)
    return text, tuple(dict.fromkeys(kinds))


def without_cards(text: str, language: str) -> str:
    """The text with its card numbers masked, and nothing else."""
    return mask(text, _cards(folded(text)), language)


def _emails(view: Folded, own_domains: tuple[str, ...]) -> Iterable[Found]:
    for pattern in (_EMAIL, _TIGHT_EMAIL, _SPELLED):
        for match, (start, end) in view.find(pattern):
            domain = match.group().rpartition("@")[2].replace(" ", "").lower()
            if not (domain and any(domain == own or domain.endswith(f".{own}") for own in own_domains)):
                yield Found(start, end, DataKind.EMAIL)


def _phones(view: Folded) -> Iterable[Found]:
    for pattern in (_PHONE_FR, _PHONE_WORLD):
        for match, (start, end) in view.find(pattern):
            if _is_phone(match.group(), view.text[max(0, match.start() - 32) : match.start()]):
                yield Found(start, end, DataKind.PHONE)


def _is_phone(written: str, before: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if digits in ("0123456789", "0987654321") or _DECIMAL.match(written) or _DATE.search(written):
        return False
    if written.startswith("+") and "," not in written:
        return True
    if _PAIRS.match(written) and not (written.isdigit() and _PRODUCT_BEFORE.search(before)):
        return True
    return not written.isdigit() and "," not in written and not _PRODUCT_BEFORE.search(before)


def _cards(view: Folded) -> Iterable[Found]:
    for match, (start, end) in view.find(_CARD):
        digits = re.sub(r"\D", "", match.group())
        product = len(digits) == _EAN and _PRODUCT_BEFORE.search(
            view.text[max(0, match.start() - 32) : match.start()]
        )
        if is_card(digits) and not product:
            yield Found(start, end, DataKind.CARD)


def _ibans(view: Folded) -> Iterable[Found]:
    for match, (start, _end) in view.find(_IBAN):
        letters = [(c, place) for place, c in enumerate(match.group()) if c.isalnum()]
        compact = "".join(c for c, _ in letters).upper()
        length = IBAN_LENGTHS.get(compact[:2], 0)
        if length and len(compact) >= length and is_iban(compact[:length]):
            last = match.start() + letters[length - 1][1]
            yield Found(start, view.places[last] + 1, DataKind.IBAN)


def _social(view: Folded) -> Iterable[Found]:
    for match, (start, end) in view.find(_SOCIAL):
        if is_social_security(match.groups()):
            yield Found(start, end, DataKind.SOCIAL_SECURITY)


def _orders(view: Folded, patterns: Iterable[str]) -> Iterable[Found]:
    for pattern in patterns:
        for _match, (start, end) in view.find(re.compile(pattern, re.I)):
            yield Found(start, end, DataKind.ORDER)
    for match in _ORDER_CONTEXT.finditer(view.text):
        digits = sum(c.isdigit() for c in match.group("number"))
        if digits >= _ORDER_DIGITS:
            yield Found(*view.span(*match.span("number")), DataKind.ORDER)
