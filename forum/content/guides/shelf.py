"""Finding guides by words: all published ones in memory, made anew when one changes, the same on every database.

A community has tens of guides, rarely thousands; so they need no index in files, and are never behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log

from sqlalchemy import select

from common.db import db
from common.freshness import Shelf, versions
from common.text import fold, plain_from_html
from forum.content.guides.models import Guide
from forum.content.guides.rules import MOST_GUIDES, GuideState
from forum.content.guides.writing import GUIDES
from forum.search.words import terms, variants

TITLE_WEIGHT = 6.0
MODEL_WEIGHT = 3.0
CLOSE_ENOUGH = 0.5
"""A guide is offered to somebody who asks when its title and models hold this share of what the title says."""
_MOST_TERMS = 3_000

Alternatives = Sequence[Sequence[Sequence[str]]]
"""What a word may be in the index: any of these; each is a list of slots that must all be there, a slot being filled
by any of its terms."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A guide as it is searched."""

    id: int
    language: str
    category_id: int
    checked_at: datetime | None
    views: int
    head: frozenset[str]
    models: frozenset[str]
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class GuideShelf:
    """All published guides, and in how many of them each term stands."""

    guides: tuple[Shelved, ...]
    frequency: dict[str, int]

    def rarity(self, term: str) -> float:
        """How much a term says."""
        return log(1 + len(self.guides) / (self.frequency[term] + 0.5)) if term in self.frequency else 0.0


_kept = Shelf(1)


def shelf() -> GuideShelf:
    """The guides as they stand now."""
    return _kept.fetch(versions(GUIDES), _read)


def _read() -> GuideShelf:
    query = select(
        Guide.id, Guide.language, Guide.category_id, Guide.checked_at, Guide.view_count, Guide.title, Guide.summary,
        Guide.models, Guide.intro_html, Guide.steps,
    ).where(Guide.state == GuideState.PUBLISHED)  # fmt: skip
    guides = tuple(_shelved(row) for row in db.session.execute(query.order_by(Guide.id).limit(MOST_GUIDES)))
    frequency: Counter[str] = Counter()
    for guide in guides:
        frequency.update(guide.weights.keys())
    return GuideShelf(guides, dict(frequency))


def _shelved(row) -> Shelved:  # type: ignore[no-untyped-def]
    html = " ".join([row.intro_html, *(f"{step['title']} <p></p> {step['html']}" for step in row.steps)])
    text = terms(f"{row.summary} {plain_from_html(html)}", row.language)[:_MOST_TERMS]
    weights: Counter[str] = Counter(dict.fromkeys(text, 0))
    for term, count in Counter(text).items():
        weights[term] = min(count, 4)
    found = {term: float(count) for term, count in weights.items()}
    title, models = terms(row.title, row.language), terms(" ".join(row.models), row.language)
    for term in title:
        found[term] = found.get(term, 0.0) + TITLE_WEIGHT
    for term in models:
        found[term] = found.get(term, 0.0) + MODEL_WEIGHT
    return Shelved(
        row.id,
        row.language,
        row.category_id,
        row.checked_at,
        row.view_count,
        frozenset([*title, *models]),
        frozenset(fold(name) for name in row.models),
        found,
    )


@dataclass(frozen=True, slots=True)
class GuideWish:
    """What a search for guides is narrowed to."""

    category_id: int | None = None
    language: str | None = None
    product: str = ""
    """The name of a product that must be among the guide's models."""
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, guide: Shelved) -> bool:
        """Whether a guide is what is wished; the date is that of its last check."""
        day = guide.checked_at
        return (
            (self.category_id is None or guide.category_id == self.category_id)
            and (self.language is None or guide.language == self.language)
            and (not self.product or fold(self.product) in guide.models)
            and (self.since is None or (day is not None and day >= self.since))
            and (self.until is None or (day is not None and day < self.until))
        )


def find_guides(wanted: Sequence[Alternatives], wish: GuideWish) -> list[int]:
    """Ids of guides with all that is wanted (with some of it when none has all), best first, most read among equals."""
    if not wanted:
        return []
    known = shelf()
    all_of: list[tuple[float, int, int]] = []
    some_of: list[tuple[float, int, int]] = []
    for guide in known.guides:
        if not wish.fits(guide):
            continue
        scores = [_score(known, guide, alternatives) for alternatives in wanted]
        place = (-round(sum(scores), 1), -guide.views, guide.id)
        if all(scores):
            all_of.append(place)
        elif any(scores):
            some_of.append(place)
    return [guide_id for _score, _views, guide_id in sorted(all_of or some_of)]


def stands_in_guides(word: str) -> bool:
    """Whether any guide holds a query's word, in any of its forms."""
    frequency = shelf().frequency
    return any(term in frequency for term in variants(word))


def _score(known: GuideShelf, guide: Shelved, alternatives: Alternatives) -> float:
    best = 0.0
    for slots in alternatives:
        found = [_slot(known, guide, slot) for slot in slots]
        if found and all(found):
            best = max(best, sum(found) / len(found))
    return best


def _slot(known: GuideShelf, guide: Shelved, slot: Iterable[str]) -> float:
    return max((guide.weights.get(term, 0.0) * known.rarity(term) for term in slot), default=0.0)


def like_text(title: str, language: str | None, most: int = 2) -> list[int]:
    """Ids of guides that answer what somebody is about to ask, best first; few and close."""
    known = shelf()
    found = []
    for guide in known.guides:
        if language and guide.language != language:
            continue
        asked = set(terms(title, guide.language))
        said = sum(known.rarity(term) for term in asked & guide.head)
        whole = sum(known.rarity(term) or log(1 + len(known.guides) / 0.5) for term in asked)
        if len(asked & guide.head) > 1 and whole and said / whole >= CLOSE_ENOUGH:
            found.append((-said / whole, -guide.views, guide.id))
    return [guide_id for _share, _views, guide_id in sorted(found)[:most]]
