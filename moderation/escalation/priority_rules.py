"""How urgent a question is: a score of 0 to 100 with its parts, so that staff can read why.

Pure. Source: domain/escalation.md §C2.1. Two things override the sum: words of danger make a question urgent and reach
the team at once, words of law or fraud make it at least high. A word that is denied within the three words before it
("no smoke", « pas de fumée ») does not count; a human confirms what the words suggest.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from moderation.escalation.rules import PRIORITIES, Priority

LEXICON_VERSION = 1
BASE = 20
"""What any question starts with: the middle of the scale's "normal" band begins here."""
HIGH_POINTS = 40
BANDS = ((70, Priority.URGENT), (45, Priority.HIGH), (20, Priority.NORMAL), (0, Priority.LOW))
NEGATION_WINDOW = 3

_NEGATIONS = frozenset(
    [
        "no",
        "not",
        "non",
        "never",
        "without",
        "cannot",
        "cant",
        "dont",
        "doesnt",
        "didnt",
        "isnt",
        "wasnt",
        "wont",
        "nothing",
        "neither",
        "nor",
        "pas",
        "sans",
        "aucun",
        "aucune",
        "jamais",
        "ni",
        "ne",
        "n",
        "rien",
    ]
)

# A phrase is one or more words; * at the end of a word stands for any ending. Accents and case do not matter.
_DANGER = (
    "burn", "burns", "burned", "burnt", "burning", "smoke", "smoking", "sparks", "sparking", "spark", "electric shock",
    "electrical shock", "a shock", "shocks", "shocked me", "electrocut*", "fire", "flame", "flames", "explod*",
    "explosion*", "injury", "injuries", "injured", "hurt", "hurts", "choke", "choked", "choking", "allergic",
    "allergy", "product recall", "safety recall", "recalled", "overheat*", "melted", "melting", "poison*",
    "short circuit", "brule", "brules", "brulee", "brulees", "bruler", "brulait", "brulant", "brulante", "brulure",
    "brulures", "cramé", "fumee", "fumees", "ca fume", "il fume", "elle fume", "qui fume", "fume", "fumait",
    "etincelle*", "choc electrique", "decharge electrique", "une decharge", "electrocut*", "prend feu", "pris feu",
    "prendre feu", "en feu", "incendie*", "flammes", "flamme", "explose", "explosee", "exploser", "explosion",
    "blessure*", "blesse", "blessee", "blesses", "etouff*", "s'etrangl*", "allergique*", "allergie*",
    "rappel produit", "rappel de produit", "rappel de lot", "campagne de rappel", "rappel constructeur", "surchauffe*",
    "fondu", "fondue", "court circuit", "intoxication", "odeur de gaz", "gas leak", "fuite de gaz",
)  # fmt: skip
_HARMLESS = (
    "burn cd", "burn a cd", "burn dvd", "burn a dvd", "burn disc", "burn a disc", "burn in", "burning question",
    "burn rate", "fire tv", "fire stick", "fire hd", "fire tablet", "fire up", "fire wall", "camp fire", "smoke test",
    "smoke tests", "smoke free", "smoke detector", "smoke alarm", "smoking gun", "vitre fumee", "verre fume",
    "vitres fumees", "verre fumee", "saumon fume", "saumon fumee", "ecran de fumee", "detecteur de fumee",
    "hurt to", "hurt anything", "shock absorber*", "spark plug*", "spark joy", "spark line*", "burn after",
    "creme brulee", "feu vert", "fondu enchaine", "fondue savoyarde", "recalled that", "recalled email*",
    "recalled message*", "recalled mail*", "a shock to", "as a shock", "flame war*", "a hurt",
)  # fmt: skip
_LAW = (
    "lawyer", "lawyers", "attorney", "solicitor", "sue you", "lawsuit", "legal action", "legal proceedings", "court",
    "small claims", "formal notice", "consumer protection", "trading standards", "ombudsman", "regulator",
    "journalist", "newspaper", "avocat", "avocate", "tribunal", "mise en demeure", "huissier", "porter plainte",
    "porte plainte", "plainte", "dgccrf", "repression des fraudes", "signal conso", "signalconso", "ufc que choisir",
    "60 millions de consommateurs", "mediateur", "journaliste", "action en justice", "poursuites",
)  # fmt: skip
_MONEY = (
    "fraud", "fraudulent", "stolen card", "charged twice", "double charged", "double charge", "unauthorised payment",
    "unauthorized payment", "unauthorised charge", "unauthorized charge", "account hacked", "hacked account",
    "account was hacked", "account stolen", "identity theft", "data breach", "personal data leak*", "gdpr", "fraude",
    "frauduleux", "frauduleuse", "carte volee", "debite deux fois", "debitee deux fois", "preleve deux fois",
    "prelevement non autorise", "paiement non autorise", "compte pirate", "compte a ete pirate", "compte vole",
    "usurpation", "fuite de donnees", "rgpd", "cnil",
)  # fmt: skip
_URGENT_WORDS = (
    "urgent", "urgently", "urgente", "urgence", "asap", "today", "tomorrow", "tonight", "aujourd'hui", "demain",
    "ce soir", "blocked", "stuck", "bloque", "bloquee", "baby", "bebe", "nourrisson", "medical", "medication",
    "medicament*", "insulin", "insuline", "oxygen", "oxygene", "deadline",
)  # fmt: skip
_UNHAPPY = (
    "unacceptable", "scandal*", "furious", "angry", "disappointed", "disappointing", "terrible", "awful", "useless",
    "ridiculous", "disgusted", "shameful", "inacceptable", "inadmissible", "furieux", "furieuse", "decu", "decue",
    "deplorable", "honteux", "honteuse", "nul", "arnaque", "ras le bol", "lamentable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What the score is made of. ``used`` is the elapsed part of the reply target, 0 or more."""

    title: str
    body: str
    asker_rank: int = 0
    me_too_count: int = 0
    view_count: int = 0
    used: float = 0.0
    reopened: bool = False
    asked_lately: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One component: its key, its points, and the words found."""

    key: str
    points: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The result. ``is_danger`` overrides everything; ``is_legal`` lifts to high at least."""

    points: int
    priority: Priority
    parts: tuple[Part, ...]
    is_danger: bool = False
    is_legal: bool = False

    @property
    def at_once(self) -> bool:
        """Whether the team is told without delay."""
        return self.is_danger


def score(facts: Facts) -> Score:
    """The score of a question, its band, and the parts that are not zero."""
    tokens = words_of(f"{facts.title}\n{facts.body}")
    danger = found(tokens, _DANGER_PHRASES, _HARMLESS_PHRASES)
    law, money = found(tokens, _LAW_PHRASES), found(tokens, _MONEY_PHRASES)
    parts = [
        Part("base", BASE),
        Part("danger", 0, danger),
        Part("legal", HIGH_POINTS if law else 0, law),
        Part("payment", HIGH_POINTS if money else 0, money),
        *_smaller_parts(facts, tokens),
    ]
    points = round(max(0.0, min(100.0, sum(part.points for part in parts))))
    priority = band(points)
    if law or money:
        priority = more_urgent(priority, Priority.HIGH)
    if danger:
        priority = Priority.URGENT
    kept = tuple(part for part in parts if part.points or part.words)
    return Score(points, priority, kept, bool(danger), bool(law or money))


def _smaller_parts(facts: Facts, tokens: list[str]) -> list[Part]:
    hurry, unhappy = found(tokens, _HURRY_PHRASES), found(tokens, _UNHAPPY_PHRASES)
    return [
        Part("urgency", min(20, 5 * len(hurry)), hurry),
        Part("tone", min(15, 3 * len(unhappy) + shouting(facts.title + " " + facts.body)), unhappy),
        Part("influence", {3: 2, 4: 4}.get(facts.asker_rank, 6 if facts.asker_rank >= 5 else 0)),
        Part("me_too", min(20.0, 5 * math.log2(1 + max(0, facts.me_too_count)))),
        Part("views", min(10.0, 2.5 * math.log10(1 + max(0, facts.view_count)))),
        Part("age", 25 * min(1.0, max(0.0, facts.used))),
        Part("repeat", 10 if facts.asked_lately else 0),
        Part("reopened", 10 if facts.reopened else 0),
    ]


def band(points: float) -> Priority:
    """The priority of a sum of points."""
    return next(priority for low, priority in BANDS if points >= low)


def more_urgent(one: Priority, other: Priority) -> Priority:
    """The more urgent of two priorities."""
    return min(one, other, key=PRIORITIES.index)


def shouting(text: str) -> int:
    """Points for exclamation marks and capitals, 0 to 5."""
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    loud = len(letters) >= 20 and capitals / len(letters) > 0.6
    return min(5, (3 if loud else 0) + min(3, text.count("!")))


# --- words ----------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[a-z0-9]+|[.!?;:\n]")
_STOP = frozenset(".!?;:\n")


def words_of(text: str) -> list[str]:
    """The words of a text, folded (small letters, no accents), with the marks that end a clause kept."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").lower())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORD.findall(re.sub(r"(can|don|doesn|didn|isn|wasn|won)'t\b", r"\1t", plain))


def _phrases(texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    made = set()
    for text in texts:
        folded = words_of(text.replace("*", "qqq"))
        made.add(tuple(word.replace("qqq", "*") for word in folded))
    return tuple(sorted(made))


_DANGER_PHRASES, _HARMLESS_PHRASES = _phrases(_DANGER), _phrases(_HARMLESS)
_LAW_PHRASES, _MONEY_PHRASES = _phrases(_LAW), _phrases(_MONEY)
_HURRY_PHRASES, _UNHAPPY_PHRASES = _phrases(_URGENT_WORDS), _phrases(_UNHAPPY)


def found(
    tokens: list[str], phrases: tuple[tuple[str, ...], ...], harmless: tuple[tuple[str, ...], ...] = ()
) -> tuple[str, ...]:
    """The phrases of a list that stand in a text, each once, denied and harmless ones left out."""
    shielded = {
        place for start, phrase in _hits(tokens, harmless) for place in range(start, start + len(phrase))
    }
    kept = {
        " ".join(tokens[start : start + len(phrase)])
        for start, phrase in _hits(tokens, phrases)
        if start not in shielded and not _denied(tokens, start)
    }
    return tuple(sorted(kept))


def _hits(tokens: list[str], phrases: tuple[tuple[str, ...], ...]) -> Iterable[tuple[int, tuple[str, ...]]]:
    starting: dict[str, list[tuple[str, ...]]] = {}
    open_ended = [phrase for phrase in phrases if phrase[0].endswith("*")]
    for phrase in phrases:
        starting.setdefault(phrase[0], []).append(phrase)
    for place, token in enumerate(tokens):
        for phrase in (*starting.get(token, ()), *(p for p in open_ended if token.startswith(p[0][:-1]))):
            if all(_same(tokens, place + n, word) for n, word in enumerate(phrase)):
                yield place, phrase


def _same(tokens: list[str], place: int, word: str) -> bool:
    if place >= len(tokens):
        return False
    return tokens[place].startswith(word[:-1]) if word.endswith("*") else tokens[place] == word


def _denied(tokens: list[str], start: int) -> bool:
    for token in reversed(tokens[max(0, start - NEGATION_WINDOW) : start]):
        if token in _STOP:
            return False
        if token in _NEGATIONS:
            return True
    return False


def kept_parts(found: Score) -> list[dict]:
    """The parts of a score as they are kept with the ladder."""
    return [
        {"key": part.key, "points": round(part.points, 1), "words": list(part.words)} for part in found.parts
    ]
