"""What a text says about people who can be found or recognised: where they live, and what they are accused of. Pure.

None of it can be told by a machine from what is harmless: a person looks (domain/moderation.md §B5).
"""

from __future__ import annotations

import re

from moderation.screening.folded import folded, plain

_KIND_FR = (
    r"rue|avenue|av\.?|ave\.?|boulevard|blvd|bd\.?|chemin|ch\.|impasse|all[ée]es?|place|pl\.|route|rte|quai|cours|square|"
    r"passage|sentier|villa|r[ée]sidence|lotissement|hameau|faubourg|fbg|mont[ée]e|ruelle|esplanade|promenade"
)
_KIND_EN = (
    r"street|st\.?|road|rd\.?|lane|ln\.?|avenue|ave\.?|drive|dr\.?|close|crescent|court|ct\.?|way|place|pl\.?|terrace|"
    r"gardens?|grove|square|hill|row|mews|boulevard|blvd\.?"
)
_NUMBER = r"(?<![\w.,/-])\d{1,4}\s?(?:bis|ter|quater|[a-d])?\s?,?\s"
_STREETS = tuple(
    re.compile(written, re.I)
    for written in (
        rf"{_NUMBER}(?:{_KIND_FR})\s(?=['\w-]*[a-z]{{2}})",
        rf"{_NUMBER}(?:(?!\d)[\w'-]{{2,20}}\s){{1,4}}(?:{_KIND_EN})(?![\w])",
    )
)
_POSTCODE = re.compile(
    r"(?<![\w.,-])(?:(?:f-?|[a-z]{2}\s)?\d{5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2})(?![\w]|\s?(?:€|eur|km|kwh|tours|w\b|h\b))",
    re.I,
)
_NEAR = 140
"""How far behind the street its postcode may stand."""

_TITLE = r"(?:m\.|mr\.?|mrs\.?|ms\.?|mme\.?|mlle\.?|monsieur|madame|mademoiselle|dr\.?|docteur|ma[iî]tre|me)"
_NAME = r"[A-ZÀ-Þ][a-zß-ÿ]{1,20}(?:[-' ][A-ZÀ-Þ][a-zß-ÿ]{1,20})?"
_NAMED = re.compile(
    rf"(?<!\w)(?:(?i:{_TITLE})\s(?:[A-ZÀ-Þ]\.\s?|{_NAME}\s)?(?:{_NAME}|[A-ZÀ-Þ]{{2,20}})|"
    r"[A-ZÀ-Þ][a-zß-ÿ]{2,20}\s(?:[A-ZÀ-Þ]{3,20}|[A-ZÀ-Þ][a-zß-ÿ]{2,20}))(?!\w)"
)
_ACCUSED = re.compile(
    r"\b(?:escrocs?|escroqueries?|escroquee?s?|arnaqueu(?:r|se)s?|arnaquee?s?|arnaques?|voleu(?:r|se)s?|menteu(?:r|se)s?|"
    r"mythomane|malhonnete|incompetente?s?|corrompue?s?|racistes?|harcele(?:ur|e|r)?|harcelement|agresse(?:ur|e)?|"
    r"insulte[er]?|menace[er]?|frappee?|alcoolique|drogue[er]?|ivrogne|pervers|pedophile|nazi|ordure|pourri|"
    r"a vole|m'a vole|nous a vole|licencie[er]?|viree?|a honte|fraude(?:ur|r)?|"
    r"scam(?:mer|med|s)?|crook|thief|thieves|stole|liar|lied|lying|fraud(?:ster)?|cheat(?:ed|er|s)?|dishonest|incompetent|"
    r"corrupt|racist|sexist|harass(?:ed|es|ing|er|ment)?|assault(?:ed)?|abusive|abused|threatened|insulted|drunk|"
    r"pervert|pedophile|con ?artist|crooked|fired|rude)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Þ«“\"(])|\n+")
_TITLES_END = re.compile(r"(?:\bM|\bMr|\bMrs|\bMs|\bDr|\bMme|\bMe|\b[A-Z])\.$")
_NOBODY = frozenset(
    "service client support apres vente centre carte amazon france paris lyon marseille google windows microsoft thunderbird "
    "firefox mozilla outlook gmail yahoo apple samsung bonjour merci hello thanks customer team windows office black friday "
    "good bad new the this that your our les des une mon mes votre notre cette".split()
)


def has_address(text: str) -> bool:
    """Whether number, street and postcode stand together: a postal address."""
    view = folded(text).text
    for pattern in _STREETS:
        at = 0
        while found := pattern.search(view, at):
            if _POSTCODE.search(view, found.end(), found.end() + _NEAR):
                return True
            at = found.end()
    return False


def accuses_somebody(text: str) -> bool:
    """Whether somebody is named in a sentence that accuses: "Mr Martin is a crook"."""
    if not _ACCUSED.search(plain(text).text):
        return False
    return any(_names(part) and _ACCUSED.search(plain(part).text) for part in _sentences(text))


def _sentences(text: str) -> list[str]:
    parts: list[str] = []
    for piece in _SENTENCE.split(text):
        if parts and _TITLES_END.search(parts[-1]):
            parts[-1] += f" {piece}"
        else:
            parts.append(piece)
    return parts


def _names(sentence: str) -> bool:
    for match in _NAMED.finditer(sentence):
        words = plain(match.group()).text.replace("-", " ").split()
        if not _NOBODY & set(words):
            return True
    return False
