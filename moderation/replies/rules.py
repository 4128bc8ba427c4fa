"""What the team may not write in public. Pure.

Source: domain/escalation.md §C3, invariant 71. A request for an order number, a mailbox, a telephone, an address or a
card is found by a word of asking before it, or a question mark or a "please" behind it; a warning ("never post your order
number") is no request. What is asked in private is not looked at.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum

ASKED_AGAIN = timedelta(seconds=60)
"""A second reply of the team within this time is confirmed first."""
SAME_REPLIES = 5
SAME_WITHIN = timedelta(hours=1)


class Detail(StrEnum):
    """What is asked of a customer in private only."""

    ORDER = "order"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    CARD = "card"


_NUMBER = r"(?:numbers?|no\b|nr\b|n°|refs?\b|references?|ids?\b|#)"
_DETAILS = {
    Detail.ORDER: (
        rf"(?:order|purchase|customer|client|account|invoice|contract|tracking|parcel|booking|file) {_NUMBER}"
        r"|(?:number|reference) of (?:your|the) (?:order|purchase|invoice|parcel)"
        r"|(?:numeros?|n°|references?|ref) (?:de |d'|du )?(?:la |l'|ta |ton |votre |vos )?"
        r"(?:commande|achat|client|facture|contrat|suivi|colis|compte|dossier)"
    ),
    Detail.EMAIL: (
        r"(?:your|a|an|the) (?:personal )?(?:e-?mail|mail) address(?:es)?|your e-?mails?\b|your mailbox"
        r"|(?:votre|vos|ton|ta|une|l') ?(?:adresse )?(?:e-?mail|mail|courriel|mel)\b|adresse (?:e-?mail|mail|electronique)"
    ),
    Detail.PHONE: (
        r"(?:phone|telephone|mobile|cell|contact) numbers?|your (?:phone|telephone|mobile|cell)\b"
        r"|(?:numeros?|n°) (?:de |d')?(?:votre )?(?:telephone|tel|portable|mobile)|(?:votre|ton) (?:telephone|tel|portable|numero)\b"
    ),
    Detail.ADDRESS: (
        r"(?:postal|home|delivery|shipping|mailing|billing|street|full|private) address|your (?:full )?address\b|your contact details"
        r"|adresse (?:postale|de livraison|de facturation|complete|personnelle|exacte)|(?:votre|ton) adresse\b(?! (?:e-?mail|mail|electronique|ip))"
        r"|(?:vos|tes) coordonnees\b"
    ),
    Detail.CARD: (
        r"(?:bank|credit|debit|payment) ?card(?: numbers?| details)?|card (?:numbers?|details)|digits of (?:your|the) card|your bank details|\biban\b"
        r"|numeros? de (?:la |votre )?carte|votre carte (?:bancaire|bleue)|coordonnees bancaires|\brib\b|chiffres de (?:la|votre) carte"
    ),
}  # fmt: skip
_DIRECT = {
    Detail.EMAIL: r"\b(?:which|what) (?:e-?mail|mail)(?: address)? (?:do|did) you\b",
    Detail.PHONE: r"\b(?:which|what) (?:phone|mobile)(?: number)? (?:do|did) you\b|\b(?:votre|ton) 0[67]\b",
    Detail.ADDRESS: r"\bwhere (?:exactly )?(?:do )?you live\b|\b(?:which|what) address (?:do|did) you\b|\bou (?:habitez|vivez)\b|\b(?:your|full) names? and address\b",
}
"""What asks by itself."""
_ASKING = (
    r"send|give|tell|share|provide|post|leave|indicate|specify|confirm|supply|quote|drop|let (?:us|me) (?:know|have)"
    r"|(?:we|i)(?:'ll| will| would| do)? ?(?:also )?(?:need|require|want)|what(?:'s| is| was| are)|which is|(?:may|can|could) (?:i|we) (?:have|get|ask)"
    r"|(?:could|can|would) you|reply with|ask you for"
    r"|envoye[zr]|envoie|donne[zr]?|communique[zr]?|indique[zr]?|transmett(?:ez|re)|transmets|precise[zr]?|fourni(?:r|ssez|s)|partage[zr]?"
    r"|laisse[zr]?|poste[zr]?|ecri(?:re|vez|s)|di(?:tes|re|s)|confirme[zr]?|renseigne[zr]?|mentionne[zr]?|parvenir|rappele[zr]"
    r"|besoin (?:de|d')|(?:il )?(?:me|nous) fau(?:t|drait)|quel(?:le)?s? (?:est|sont|etait)|merci de|pouvez|pourriez|puis-je avoir|peux-tu"
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|without|avoid|no need|instead of|rather than|ne|jamais|pas|sans|evitez|eviter|inutile|plutot que)\b|n't\b|\bn')"
    r"(?:\W+\w+){0,3}\W*$"
)
_PLEASE = r"(?: \w+){0,2}[ ,]*(?:please|pls|svp|stp|s'il (?:vous|te) plait|\?)"
_FOUND = {
    kind: (
        re.compile(rf"\b(?:{_ASKING})\b(?P<gap>[^.!?;]{{0,60}}?)\b(?:{words})"),
        re.compile(rf"(?:{words}){_PLEASE}"),
        *([re.compile(_DIRECT[kind])] if kind in _DIRECT else ()),
    )
    for kind, words in _DETAILS.items()
}


def asks_for(text: str) -> tuple[Detail, ...]:
    """Which personal details a text asks for."""
    plain = folded(text)
    return tuple(
        kind for kind, patterns in _FOUND.items() if any(_asked(plain, pattern) for pattern in patterns)
    )


def _asked(plain: str, pattern: re.Pattern[str]) -> bool:
    for match in pattern.finditer(plain):
        before = re.split(r"[.!?;\n]", plain[: match.start()])[-1]
        gap = match.groupdict().get("gap") or ""
        if not _DENIED.search(before[-40:]) and not re.match(
            r" ?(?:jamais|pas|never|not|check|verifier)\b", gap
        ):
            return True
    return False


def folded(text: str) -> str:
    """Small letters without accents, blanks as one, so that the same words are the same text."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").lower().replace("n º", "n°"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
