"""What a notice of illegal content must hold, how its sender proves to be no program, and what it asks for. Pure.

Source: domain/moderation.md §B6 (articles 16, 20, 22), §B2.2 (classes).
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from moderation.review.rules import ItemType


class LegalGround(StrEnum):
    """The law a notice rests on, in words of everyday."""

    CHILD_ABUSE = "child_abuse"
    THREAT = "threat"
    TERRORISM = "terrorism"
    HATE = "hate"
    DEFAMATION = "defamation"
    PRIVACY = "privacy"
    COUNTERFEIT = "counterfeit"
    COPYRIGHT = "copyright"
    FRAUD = "fraud"
    DANGEROUS_PRODUCT = "dangerous_product"
    OTHER = "other"


class NoticeState(StrEnum):
    """Where a notice stands; ``waiting`` for a click in the mail, then ``received`` until somebody decides."""

    WAITING = "waiting"
    RECEIVED = "received"
    DECIDED = "decided"


class NoticeOutcome(StrEnum):
    """What came of it: the text was taken away, words of it were, it stays, or it was gone already."""

    RESTRICTED = "restricted"
    CHANGED = "changed"
    KEPT = "kept"
    GONE = "gone"


class Way(StrEnum):
    """How the sender was known to be no program."""

    MEMBER = "member"
    PROOF = "proof"
    MAIL = "mail"
    WAIVED = "waived"


URGENT = frozenset(
    {
        LegalGround.CHILD_ABUSE, LegalGround.THREAT, LegalGround.TERRORISM, LegalGround.DANGEROUS_PRODUCT,
    }
)  # fmt: skip
"""Grounds for which a person is called at once: P0."""
NAMELESS = frozenset({LegalGround.CHILD_ABUSE})
"""Grounds for which nobody has to say who they are (article 16, paragraph 2, point c)."""

EXPLANATION = (50, 5000)
NAME = (2, 120)
CONTEST = (20, 2000)
ADDRESS_LENGTH = 500
PROOF_MINUTES = 24 * 60


class Subject(StrEnum):
    """What a notice is about: a text, what somebody says in their profile, or a guide."""

    POST = "post"
    PROFILE = "profile"
    GUIDE = "guide"


SUBJECTS = {ItemType.PROFILE: Subject.PROFILE, ItemType.GUIDE: Subject.GUIDE}
"""What the items of the queue are about that have no post."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an address leads to: a post, the profile of a member, or a guide. Words of thanks, comments and what testers write
    of a product are posts."""

    kind: Subject
    id: int


_PLACES = (
    (re.compile(r"/(?:[a-z]{2}/)?questions/(\d{1,9})(?:/[^/]*)?/?"), Subject.POST),
    (re.compile(r"/(?:[a-z]{2}/)?(?:a|q)/(\d{1,9})/?"), Subject.POST),
    (re.compile(r"/(?:[a-z]{2}/)?posts/(\d{1,9})/(?:flag|comments)/?"), Subject.POST),
    (re.compile(r"/(?:[a-z]{2}/)?reviews/(\d{1,9})(?:/[^/]*)?/?"), Subject.POST),
    (re.compile(r"/(?:[a-z]{2}/)?members/(\d{1,9})(?:/[^/]*)?/?"), Subject.PROFILE),
    (re.compile(r"/(?:[a-z]{2}/)?guides/(\d{1,9})(?:/[^/]*)?/?"), Subject.GUIDE),
)
_BY_THE_HOUSE = re.compile(
    r"/(?:[a-z]{2}/)?(?:guides|products|categories|incidents|status|help|charter|terms|trials|bulletins|transparency)(?:/.*)?"
)
_ANCHOR = re.compile(r"(?:a|c|r)-(\d{1,9})")


def notice_class(ground: LegalGround, trusted: bool) -> int:
    """P0 where life, children or safety are in play, or a trusted flagger says it; an ordinary notice is P1."""
    return 0 if ground in URGENT or trusted else 1


def place_of_address(address: str, own_host: str) -> Place | None:
    """What an address of this site leads to, or None for anything else.

    The part after ``#`` names an answer or a comment in the thread; a bare path is taken for one of ours.
    """
    path, fragment = _within(address, own_host)
    anchor = _ANCHOR.fullmatch(fragment)
    for pattern, kind in _PLACES:
        if found := pattern.fullmatch(path):
            return Place(kind, int(anchor[1]) if anchor and kind == Subject.POST else int(found[1]))
    return None


def is_by_the_house(address: str, own_host: str) -> bool:
    """Whether an address of this site is of pages that the brand writes itself."""
    return _BY_THE_HOUSE.fullmatch(_within(address, own_host)[0]) is not None


def _within(address: str, own_host: str) -> tuple[str, str]:
    """Path and fragment of an address of this site; nothing for any other."""
    nowhere = ("", "")
    try:
        parts = urlsplit(address.strip())
        path, host = unquote(parts.path), (parts.hostname or "").lower()
        port = parts.port
    except ValueError:
        return nowhere
    if parts.scheme not in ("", "http", "https") or parts.username is not None:
        return nowhere
    said = host if port is None else f"{host}:{port}"
    if host and own_host.lower() not in (said, host):
        return nowhere
    if not host and (parts.scheme or not path.startswith("/")):
        return nowhere
    return path, parts.fragment


def leading_zero_bits(digest: bytes) -> int:
    """How many zero bits a digest begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def solves(challenge: str, answer: str, bits: int) -> bool:
    """Whether a browser has worked for this form: the digest of challenge and answer begins with so many zero bits."""
    if not re.fullmatch(r"\d{1,12}", answer, re.ASCII):
        return False
    return leading_zero_bits(hashlib.sha256(f"{challenge}:{answer}".encode()).digest()) >= bits
