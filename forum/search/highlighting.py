"""The part of a text that answers a query, with the words of the query marked. Safe HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from forum.search.words import placed_words, shelf_of, stem, stem_of


def wanted_stems(query_words: Iterable[str], language: str | None) -> frozenset[str]:
    """The stems to look for in a text of this language."""
    shelf = shelf_of(language)
    return frozenset(stem(word, shelf) for word in query_words)


def hits(text: str, stems: frozenset[str], language: str | None) -> list[tuple[int, int, str]]:
    """(start, end, stem) of the query's words in a text."""
    shelf = shelf_of(language)
    return [
        (start, end, found)
        for start, end, word in placed_words(text)
        if (found := stem_of(word, shelf)) in stems
    ]


def marked(text: str, stems: frozenset[str], language: str | None) -> Markup:
    """The whole text, escaped, the query's words in ``<mark>``."""
    return _marked(text, hits(text, stems, language), 0, len(text))


def snippet(text: str, stems: frozenset[str], language: str | None, length: int = 220) -> Markup:
    """About ``length`` characters around the place where most of the query's words stand together."""
    return _snippet(text, hits(text, stems, language), length)


def richness(text: str, stems: frozenset[str], language: str | None) -> int:
    """How many different words of the query stand in the text."""
    return len({found for _start, _end, found in hits(text, stems, language)})


def richest(texts: Sequence[str], stems: frozenset[str], language: str | None) -> tuple[int, Markup]:
    """Which of the texts holds most of the query's different words (the first of equals), and its snippet."""
    found = [hits(text, stems, language) for text in texts]
    rich = [len({stem_ for _start, _end, stem_ in places}) for places in found]
    best = rich.index(max(rich))
    return best, _snippet(texts[best], found[best], 220)


def _snippet(text: str, found: list[tuple[int, int, str]], length: int) -> Markup:
    start, end = _window(text, found, length)
    lead, trail = "… " if start else "", " …" if end < len(text) else ""
    return escape(lead) + _marked(text, found, start, end) + escape(trail)


def _marked(text: str, found: list[tuple[int, int, str]], start: int, end: int) -> Markup:
    parts, at = [], start
    for first, last, _stem in found:
        if first >= at and last <= end:
            parts += [escape(text[at:first]), Markup("<mark>"), escape(text[first:last]), Markup("</mark>")]
            at = last
    parts.append(escape(text[at:end]))
    return Markup("").join(parts)


def _window(text: str, found: list[tuple[int, int, str]], length: int) -> tuple[int, int]:
    if len(text) <= length:
        return 0, len(text)
    best, start = 0, 0
    for index, (first, _last, _stem) in enumerate(found):
        inside = {stem_ for begin, last, stem_ in found[index:] if last <= first + length * 3 // 4}
        if len(inside) > best:
            best, start = len(inside), first
    start = max(0, start - length // 5)
    if start:
        start = text.find(" ", start) + 1 or start
    end = min(len(text), start + length)
    if end < len(text):
        end = text.rfind(" ", start, end) if " " in text[start:end] else end
    return start, end
