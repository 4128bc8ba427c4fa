"""What signing in is allowed to do: passwords, tokens, sessions, throttling, safe returns.

Pure decisions; time and settings are arguments. Sources: OWASP ASVS 5.0 V6, V7 and appendix C.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

PASSWORD_MIN_CHARACTERS = 8
PASSWORD_MAX_BYTES = 1024
TOKEN_BYTES = 32
MAX_SESSIONS_PER_MEMBER = 50

# argon2id as the standard asks at least: 46 MiB, one pass, one lane.
ARGON2_MEMORY_KIB, ARGON2_TIME, ARGON2_LANES = 47_104, 1, 1
ARGON2_AT_ONCE = 2


class Purpose(StrEnum):
    """What the secret in a mailed link is good for; one token serves one purpose once."""

    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
    RESET = "reset"
    CHANGE_EMAIL = "change_email"


class Proof(StrEnum):
    """What a session was begun with, beyond the member's word or mailbox."""

    ONE = ""
    PASSKEY = "passkey"
    PROVIDER = "provider"


LIFETIMES = {
    Purpose.CONFIRM: timedelta(hours=24),
    Purpose.SIGN_IN: timedelta(minutes=20),
    Purpose.RESET: timedelta(hours=1),
    Purpose.CHANGE_EMAIL: timedelta(hours=1),
}

REGISTRATION_KEPT = timedelta(days=7)
WISH_KEPT = timedelta(days=1)
TOKEN_KEPT = timedelta(days=7)

SESSION_LIFETIME = timedelta(days=30)
SESSION_IDLE = timedelta(days=14)
SEEN_EVERY = timedelta(hours=1)


class Scope(StrEnum):
    """What a throttle counts together."""

    PAIR = "pair"
    ADDRESS = "address"
    ACCOUNT = "account"
    GLOBAL = "global"


# Failed passwords let through, by scope. Only failures count, and only those that were tried.
# PAIR and ADDRESS refuse the attempt. ACCOUNT (many addresses guess at one person) never refuses:
# the right password then brings a link by mail instead of a session, so that a guess tells nothing.
PASSWORD_LIMITS = {
    Scope.PAIR: "5/15 minutes",
    Scope.ADDRESS: "20/15 minutes",
    Scope.ACCOUNT: "10/15 minutes",
    Scope.GLOBAL: "3000/15 minutes",
}
# Links by mail (sign-in, reset, confirmation sent again, change of address).
MAIL_LIMITS = {Scope.ACCOUNT: "5/hour", Scope.ADDRESS: "20/hour", Scope.GLOBAL: "2000/hour"}
# Secrets in mailed links tried from one address.
TOKEN_LIMITS = {Scope.ADDRESS: "30/15 minutes"}


class PasswordFault(StrEnum):
    """Why a password cannot be taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


def password_fault(password: str, about: tuple[str, ...] = ()) -> PasswordFault | None:
    """Why ``password`` is refused, or None. ``about``: name, address, brand, which it must not repeat.

    Length is the only composition rule: 8 characters to 1,024 bytes, any character.
    """
    if len(password) < PASSWORD_MIN_CHARACTERS:
        return PasswordFault.SHORT
    if len(password.encode("utf-8", "surrogatepass")) > PASSWORD_MAX_BYTES:
        return PasswordFault.LONG
    plain = _plain(password)
    if _is_common(plain):
        return PasswordFault.COMMON
    core = _core(plain)
    for told in about:
        for word in {_core(_plain(told)), _core(_plain(told.partition("@")[0]))}:
            if len(word) >= 4 and core == word:
                return PasswordFault.PERSONAL
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def _core(plain: str) -> str:
    """What stays of a password when digits and signs around it go and look-alike signs become letters."""
    return re.sub(r"[^a-zà-ÿ]", "", plain.strip("0123456789!?.,;:*#@$%&+-_=/").translate(_LEET))


def _is_common(plain: str) -> bool:
    """A rule instead of a list of thousands: one common word with decoration, a walk over the
    keyboard, a count, a date, or the same few characters again and again."""
    core = _core(plain)
    letters = re.sub(r"[^a-z]", "", plain)
    if len(set(plain)) < 4 or _period(plain) <= 3 or plain in _WALKS:
        return True
    if core in COMMON_WORDS or letters in COMMON_WORDS or plain in COMMON_WORDS:
        return True
    if core and _period(core) < len(core) and core[: _period(core)] in COMMON_WORDS:
        return True
    if any(core == first + second for first, second in _pairs_of(core)):
        return True
    if _is_walk(plain):
        return True
    digits = plain.isdigit()
    return digits and (_is_date(plain) or len(plain) < 10)


def _pairs_of(core: str) -> list[tuple[str, str]]:
    """Ways to read a core as two common words."""
    cuts = ((core[:at], core[at:]) for at in range(3, len(core) - 2))
    return [(one, two) for one, two in cuts if one in COMMON_WORDS and two in COMMON_WORDS]


def _period(text: str) -> int:
    """Length of the shortest piece whose repetition gives ``text``."""
    return next(
        (n for n in range(1, len(text) + 1) if (text[:n] * (len(text) // n + 1))[: len(text)] == text), 0
    )


def _is_walk(plain: str) -> bool:
    """Made of at most two runs along the alphabet, the digits or a keyboard row, either direction."""
    rest, runs = plain, 0
    while rest:
        length = _run(rest)
        if length < 3:
            return False
        rest, runs = rest[length:], runs + 1
    return runs <= 2


def _run(text: str) -> int:
    """How many first characters of ``text`` lie side by side on one of the rows."""
    best = 0
    for row in _ROWS:
        at = row.find(text[0])
        while at >= 0:
            length = 0
            while length < len(text) and row[at + length : at + length + 1] == text[length]:
                length += 1
            best = max(best, length)
            at = row.find(text[0], at + 1)
    return best


def _is_date(digits: str) -> bool:
    """Eight digits that read as a day between 1900 and 2099, in either order."""
    if len(digits) != 8:
        return False
    for day, month, year in ((0, 2, 4), (2, 0, 4), (6, 4, 0)):
        d, m, y = int(digits[day : day + 2]), int(digits[month : month + 2]), int(digits[year : year + 4])
        if 1 <= d <= 31 and 1 <= m <= 12 and 1900 <= y <= 2099:
            return True
    return False


_LEET = str.maketrans("013457@$!|", "oieastasil")
_FORWARD = (
    "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop",
    "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm",
)  # fmt: skip
_ROWS = (*_FORWARD, *(row[::-1] for row in _FORWARD))
_WALKS = frozenset(
    {"1qaz2wsx", "1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "q1w2e3r4", "q1w2e3r4t5", "zaq12wsx", "1a2z3e4r",
     "a1z2e3r4", "1a2z3e4r5t", "1qazxsw2", "qazwsxedc", "1q2w3e4r5", "aqwzsxedc", "1aqw2zsx"}
)  # fmt: skip

# Words that, alone, doubled or with digits and signs around them, head every published list.
_WORDS = """
    password passwort motdepasse passe mdp secret admin administrator administrateur login welcome bienvenue
    bonjour bonsoir salut hello iloveyou jetaime jtm monamour amour love loveme lovely doudou loulou chouchou
    loulou nounou minou chaton titi toto tata coucou soleil sunshine princess princesse prince football
    baseball basketball soccer hockey superman batman spiderman pokemon naruto starwars dragon monkey master
    shadow letmein letme trustno one qwerty azerty qwertyuiop azertyuiop qwertz abc abcd abcdef test
    testtest changeme default guest user pass whatever computer ordinateur internet jennifer michelle jessica
    ashley nicole daniel thomas michael charlie jordan andrew joshua matthew hunter buster tigger ginger
    pepper killer george robert maggie summer winter spring autumn hiver printemps automne janvier mars
    avril juin juillet aout septembre octobre novembre decembre january february april august september
    october november december lundi mardi mercredi jeudi vendredi samedi dimanche monday sunday friday
    marseille paris lyon france london england liverpool chelsea arsenal barcelona juventus realmadrid
    nicolas camille alexandre alexandra julien sophie marine pierre vincent caroline isabelle maxime
    sandrine chocolat chocolate cookie banana orange cheese flower butterfly papillon fleur etoile star
    freedom liberte money forever friends family famille maman papa mummy daddy baby babygirl bebe angel ange
    diamond silver golden purple rainbow unicorn licorne samsung iphone google facebook youtube microsoft
    windows linux dell hotmail gmail yahoo orangefr mercedes ferrari porsche harley mustang corvette yamaha
    access azertyui passw qwert asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx wsxedc aqwzsx matrix phoenix
    tigre tiger lion loup wolf cheval horse chien chat dog cat dolphin dauphin eagle falcon panther nathalie
    valentin valentine christmas noel happy lucky heureux sexy hottie chicken pizza coffee cafe music musique
    guitar guitare player gamer games minecraft fortnite zelda mario sonic ninja samurai warrior wizard magic
    fourmi fourmiliere community communaute
    """
COMMON_WORDS = frozenset(_WORDS.split())


def lane_limits(limits: dict[Scope, str], email_key: str, address: str) -> list[tuple[Scope, str, str]]:
    """What to count one attempt under: scope, key, limit, narrowest first."""
    keys = {
        Scope.PAIR: f"{email_key}|{address}",
        Scope.ADDRESS: address,
        Scope.ACCOUNT: email_key,
        Scope.GLOBAL: "all",
    }
    return [(scope, keys[scope], limits[scope]) for scope in Scope if scope in limits]


_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_ENCODED = re.compile(r"%(?:0[0-9a-f]|1[0-9a-f]|2f|5c|7f|25)", re.IGNORECASE)


def safe_next(wanted: str | None, default: str) -> str:
    """A place of this site to go on to, or ``default``: one leading slash, no host, no scheme, no
    control character, no backslash, plain or percent-encoded, in the path."""
    if not wanted or len(wanted) > 2000 or not wanted.startswith("/") or wanted.startswith("//"):
        return default
    path, _, query = wanted.partition("?")
    if _UNSAFE.search(wanted) or _ENCODED.search(path) or "//" in path or "@" in path or ":" in path:
        return default
    if not wanted.isascii() or "/." in path or "%2e" in path.lower():
        return default
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return default
    if parts.scheme or parts.netloc or not _is_local_query(query):
        return default
    return wanted


def _is_local_query(query: str) -> bool:
    """No second hop: a ``next`` inside the query must not smuggle another site."""
    values = itertools.chain.from_iterable(pair.split("=", 1)[1:] for pair in query.split("&"))
    return not any(
        re.match(r"(?:[a-z][a-z0-9+.-]*:|/{2}|%2f%2f|/%2f)", value, re.IGNORECASE) for value in values
    )
