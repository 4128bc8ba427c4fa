"""Who a member may be: roles, and what a public name, an e-mail address and a profile may hold.

Pure decisions: no database, no clock of its own. Names follow the public-name rules of the
community: 2 to 40 characters, one unicode form, nothing invisible, nothing that passes for another.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

NAME_MIN, NAME_MAX = 2, 40
EMAIL_MAX = 254
BIO_MAX = 600
CITY_MAX = 60
SLUG_MAX = 80
LANGUAGES = ("fr", "en")


class Role(StrEnum):
    """What a member is trusted with, lowest first. Ranks are earned, roles are given."""

    MEMBER = "member"
    MODERATOR = "moderator"
    AGENT = "agent"
    MANAGER = "manager"
    ADMIN = "admin"


STAFF = frozenset({Role.MODERATOR, Role.AGENT, Role.MANAGER, Role.ADMIN})


class Theme(StrEnum):
    """Which colours a member reads in; ``auto`` follows the device."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class TextSize(StrEnum):
    """How large the text is shown."""

    NORMAL = "normal"
    LARGE = "large"
    LARGER = "larger"


class NameFault(StrEnum):
    """Why a public name cannot be taken."""

    SHORT = "short"
    LONG = "long"
    INVISIBLE = "invisible"
    ADDRESS = "address"
    NO_LETTER = "no_letter"
    SIGN = "sign"
    MIXED_SCRIPTS = "mixed_scripts"
    MARKS = "marks"
    RESERVED = "reserved"


_RESERVED = (
    "admin", "administrateur", "administratrice", "administrator", "moderateur", "moderatrice", "moderation",
    "moderator", "support", "equipe", "team", "staff", "official", "officiel", "systeme", "system", "root",
    "webmaster", "anonyme", "anonymous", "formermember", "ancienmembre", "fourmi",
)  # fmt: skip

# Letters of other scripts, and digits, that are drawn like a Latin letter. Only for the key that
# tells two names apart, never for what is shown.
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("авеікмнорстухјѕьԁԛԝһӏ", "abeikmhopctyxjsbdqwhl", strict=True)),
        **dict(zip("αβεικνορτυχηω", "abeikvoptuxnw", strict=True)),
        **dict(zip("ɑɡɩıℓǀ", "agiill", strict=True)),
        "0": "o",
        "1": "l",
        "|": "l",
        "i": "l",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
    }
)
_MAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,15}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_SLUG_GAP = re.compile(r"[^a-z0-9]+")


FROZEN_RANK = 2


def rank_in_force(rank: int, restricted: bool) -> int:
    """The rank that opens rights: while a silence or suspension lasts, what ranks from 3 on opened rests, and is there
    again with its end or when it is overturned (domain/rewards.md §A2.2, frozen by strike)."""
    return min(rank, FROZEN_RANK) if restricted else rank


def role_in_force(role: str, is_limited: bool) -> str:
    """The role that opens rights: a moderator's can be limited to what is granted, and is another one then. Another role
    given to the same person is whole; as a moderator again they are limited as before."""
    return "limited" if is_limited and role == Role.MODERATOR else role


def tidy_name(typed: str) -> str:
    """The name as it is stored and shown: NFC, single spaces, nothing around it."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def name_fault(name: str, reserved_allowed: bool = False) -> NameFault | None:
    """Why ``name`` (already tidied) is refused, or None. ``reserved_allowed`` is for staff accounts."""
    if len(name) < NAME_MIN:
        return NameFault.SHORT
    if len(name) > NAME_MAX:
        return NameFault.LONG
    if any(_is_invisible(character) for character in name):
        return NameFault.INVISIBLE
    if "@" in name or "://" in name or "/" in name:
        return NameFault.ADDRESS
    if not any(unicodedata.category(character)[0] == "L" for character in name):
        return NameFault.NO_LETTER
    if _stacked_marks(name):
        return NameFault.MARKS
    scripts = _scripts(name)
    if any(_is_odd(character, "LATIN" in scripts) for character in name):
        return NameFault.SIGN
    if len(scripts) > 1:
        return NameFault.MIXED_SCRIPTS
    if not reserved_allowed and name_key(name) in _RESERVED_KEYS:
        return NameFault.RESERVED
    return None


def imported_name(name: str, key: str) -> str:
    """The name of somebody who came with an import: as it was, without what cannot be seen, at most 40
    characters; a name of which nothing is left becomes "Member" and the end of the key."""
    seen = "".join(" " if _is_invisible(character) else character for character in tidy_name(name))
    kept = " ".join(seen.split())[:NAME_MAX].strip()
    return kept or f"Member {key.rpartition(':')[2][-12:]}"


def name_key(name: str) -> str:
    """The key under which two names count as the same one: case, accents, width, spaces, punctuation
    and look-alike letters of other scripts make no difference."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    bare = "".join(character for character in folded if unicodedata.category(character)[0] in "LNS")
    for _twice in range(2):  # a look-alike may be drawn like a letter that is itself folded
        bare = bare.translate(_LOOKALIKES).casefold()
    return unicodedata.normalize("NFKC", bare.replace("rn", "m").replace("vv", "w"))[:120] or folded[:120]


def tidy_email(typed: str) -> str:
    """The address as it is written to: spaces around it dropped, the domain in small letters."""
    address = unicodedata.normalize("NFC", typed).strip()
    local, at, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}" if at else address


def is_email(address: str) -> bool:
    """Whether ``address`` has the shape of one mailbox (ASCII, one @, a dotted domain, no control)."""
    return len(address) <= EMAIL_MAX and _MAIL.fullmatch(address) is not None


def email_key(address: str) -> str:
    """The key under which two addresses count as the same mailbox: case makes no difference."""
    return unicodedata.normalize("NFKC", tidy_email(address)).casefold()


def slug_of(name: str) -> str:
    """The decorative end of a profile address: small letters, hyphens, no accents, ≤ 80 characters."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _SLUG_GAP.sub("-", plain).strip("-")[:SLUG_MAX].strip("-") or "member"


def initials_of(name: str) -> str:
    """One or two letters that stand for a member who has no picture."""
    words = [word for word in re.split(r"[\s\-_.'’]+", name) if word and word[0].isalnum()]
    if not words:
        return name[:1].upper() or "?"
    second = words[-1][0] if len(words) > 1 else ""
    return (words[0][0] + second).upper()[:2]


def tint_of(member_id: int) -> int:
    """Which of the six avatar colours a member has, 1 to 6, the same for life."""
    return member_id * 2654435761 % 2**32 % 6 + 1


def _is_invisible(character: str) -> bool:
    """Control, format, private, unassigned and separator characters except the plain space."""
    category = unicodedata.category(character)
    if character == " ":
        return False
    return category[0] in "CZ" or character in "\u115f\u1160\u3164\uffa0\u2800\u034f"


def _is_odd(character: str, among_latin: bool) -> bool:
    """A sign that names do not hold, and that mostly serves to draw somebody else's: mathematical and
    phonetic letters, numbers in circles, digits and points of other scripts among Latin letters."""
    if character.isascii():
        return False
    category, point = unicodedata.category(character), ord(character)
    if any(plain.isascii() for plain in unicodedata.normalize("NFKC", character)):
        return True
    if category[0] == "L":
        latin = unicodedata.name(character, "").startswith("LATIN ")
        return latin and (character in _ODD_LATIN or not (point <= 0x24F or 0x1E00 <= point <= 0x1EFE))
    if category[0] == "S" or category == "No":
        return not any(first <= point <= last for first, last in _EMOJI)
    if category[0] == "M":
        return among_latin and not unicodedata.name(character, "").startswith(("COMBINING ", "VARIATION "))
    return among_latin and character not in "’‘‑–—·•«»"


_ODD_LATIN = frozenset("ƄƅƍƖƦƧƨƷƸƼƽǀǁǂǃȜȝȢȣƾƿẜẝẟ")
_EMOJI = ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F300, 0x1F6FF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF))


def _stacked_marks(name: str) -> bool:
    """More than two combining marks on one letter (or a mark on nothing)."""
    run = 3
    for character in unicodedata.normalize("NFD", name):
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        if run > 2:
            return True
    return False


# Scripts a person really writes together count as one.
_TOGETHER = {"HIRAGANA": "HAN", "KATAKANA": "HAN", "CJK": "HAN", "HANGUL": "HAN", "BOPOMOFO": "HAN"}


def _scripts(name: str) -> set[str]:
    """The writing systems the letters of ``name`` belong to (first word of the unicode name)."""
    scripts = set()
    for character in name:
        if unicodedata.category(character)[0] == "L":
            script = unicodedata.name(character, "UNKNOWN").split(" ")[0].split("-")[0]
            script = {
                "FULLWIDTH": "LATIN",
                "MODIFIER": "LATIN",
                "FEMININE": "LATIN",
                "MASCULINE": "LATIN",
            }.get(script, script)
            scripts.add(_TOGETHER.get(script, script))
    return scripts


_RESERVED_KEYS = frozenset(name_key(word) for word in _RESERVED)
