"""Which documents hold a term, and how much it says in each: read from Whoosh once per segment, kept in memory.

Whoosh weighs one document after the other through a dozen calls of Python: two common words took 100 ms in a forum
of 20,000 questions. Whole lists added up take a tenth (docs/decisions/0006). What a term says in a document was
worked out when the document was indexed (``forum/search/engines/weighing.py``).
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any

MOST_KEPT = 1_000_000
"""Entries kept in memory, eight bytes each."""
LEAST = 32
"""What a list counts at least, however empty: anybody may ask for values that do not exist."""

Postings = tuple[array, array]
"""Numbers of documents in their segment, ascending, and what the term says in each."""
Scores = dict[int, float]
"""Documents by number, with their scores."""


class PostingLists:
    """Posting lists by segment and term, the least used leaving first. Segments never change but for deletions."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[Any, str, str], Postings] = OrderedDict()
        self._every: dict[tuple[Any, str, str], array] = {}
        self._size = 0

    def scores(self, reader: Any, field: str, terms: Iterable[tuple[str, float]]) -> Scores:
        """Documents of a segment with any of the terms; what each term says there times its factor, added up."""
        found: Scores = {}
        for term, factor in terms:
            documents, says = self._of(reader, field, term)
            if found:
                for document, said in zip(documents, says, strict=True):
                    found[document] = found.get(document, 0.0) + said * factor
            else:
                found = dict(zip(documents, [said * factor for said in says], strict=True))
        return found

    def documents(self, reader: Any, field: str, value: str) -> frozenset[int]:
        """Documents of a segment with this value in a field that is not weighed."""
        return frozenset(self._of(reader, field, value)[0])

    def by_number(self, reader: Any, field: str, term: str) -> array:
        """By the number of the document: what a term says that stands in every document (0 in deleted ones)."""
        place = (reader.segment().segment_id(), field, term)
        if place not in self._every:
            made = self._every[place] = array("f", bytes(4 * reader.doc_count_all()))
            for document, said in zip(*_read(reader, field, term), strict=True):
                made[document] = said
        return self._every[place]

    def keep_only(self, segments: set[Any]) -> None:
        """Forget lists of segments that are no more."""
        for place in [place for place in self._kept if place[0] not in segments]:
            self._size -= _size(self._kept.pop(place))
        self._every = {place: found for place, found in self._every.items() if place[0] in segments}

    def clear(self) -> None:
        """Forget everything."""
        self.keep_only(set())

    def _of(self, reader: Any, field: str, term: str) -> Postings:
        place = (reader.segment().segment_id(), field, term)
        kept = self._kept.get(place)
        if kept is not None:
            self._kept.move_to_end(place)
            return kept
        made = self._kept[place] = _read(reader, field, term)
        self._size += _size(made)
        while self._size > self.most and len(self._kept) > 1:
            _place, gone = self._kept.popitem(last=False)
            self._size -= _size(gone)
        return made


def _size(postings: Postings) -> int:
    return len(postings[0]) + LEAST


def _read(reader: Any, field: str, term: str) -> Postings:
    documents, weights = array("I"), array("f")
    if (field, term) in reader:
        matcher = reader.postings(field, term)
        while matcher.is_active():
            documents.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
    return documents, weights


def with_all(groups: Sequence[Scores]) -> Scores:
    """Documents found in every group, their scores added up."""
    found, *others = sorted(groups, key=len)
    for other in others:
        found = {document: score + other[document] for document, score in found.items() if document in other}
    return found


def with_any(groups: Sequence[Scores]) -> Scores:
    """Documents found in at least one group, their scores added up."""
    found: Scores = {}
    for group in groups:
        for document, score in group.items():
            found[document] = found.get(document, 0.0) + score
    return found


def best(scores: Scores, count: int) -> list[tuple[int, float]]:
    """The best documents with their scores, the older one first among equals."""
    chosen = nlargest(count, [(score, -document) for document, score in scores.items()])
    return [(-document, score) for score, document in chosen]
