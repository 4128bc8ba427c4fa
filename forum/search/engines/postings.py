"""Which documents hold a term, and how much it says in each: read from Whoosh once per segment, kept in memory.

Whoosh weighs one document after the other through a dozen calls of Python: two common words took 100 ms in a forum
of 20,000 questions. Whole lists added up take a tenth (docs/decisions/0006). The weighing is Whoosh's own, BM25.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any

K1, B = 1.2, 0.75
"""How soon repetition stops to count, and how much a long text counts less: Whoosh's values of BM25."""
MOST_KEPT = 1_000_000
"""Entries kept in memory, eight bytes each."""
LEAST = 32
"""What a list counts at least, however empty: anybody may ask for values that do not exist."""
TOLERANCE = 0.1
"""How far the average length of texts may move before lists are weighed anew."""

Postings = tuple[array, array]
"""Numbers of documents in their segment, ascending, and what the term says in each."""
Scores = dict[int, float]
"""Documents by number, with their scores."""


class PostingLists:
    """Posting lists by segment and term, the least used leaving first. Segments never change but for deletions."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[Any, str, str], Postings] = OrderedDict()
        self._lengths: dict[Any, array] = {}
        self._average = 0.0
        self._size = 0

    def scores(self, reader: Any, field: str, terms: Iterable[tuple[str, float]], average: float) -> Scores:
        """Documents of a segment with any of the terms; what each term says there times its factor, added up."""
        found: Scores = {}
        for term, factor in terms:
            documents, says = self._of(reader, field, term, average)
            if found:
                for document, said in zip(documents, says, strict=True):
                    found[document] = found.get(document, 0.0) + said * factor
            else:
                found = dict(zip(documents, [said * factor for said in says], strict=True))
        return found

    def documents(self, reader: Any, field: str, value: str) -> frozenset[int]:
        """Documents of a segment with this value in a field that is not weighed."""
        return frozenset(self._of(reader, field, value, 0.0)[0])

    def keep_only(self, segments: set[Any]) -> None:
        """Forget lists of segments that are no more."""
        for place in [place for place in self._kept if place[0] not in segments]:
            self._size -= _size(self._kept.pop(place))
        self._lengths = {segment: found for segment, found in self._lengths.items() if segment in segments}

    def clear(self) -> None:
        """Forget everything."""
        self.keep_only(set())

    def _of(self, reader: Any, field: str, term: str, average: float) -> Postings:
        segment = reader.segment().segment_id()
        if average and abs(average - self._average) > TOLERANCE * average:
            self.clear()  # lists weighed beside texts of another length cannot be added up
            self._average = average
        place = (segment, field, term)
        kept = self._kept.get(place)
        if kept is not None:
            self._kept.move_to_end(place)
            return kept
        if average and segment not in self._lengths:
            every = range(reader.doc_count_all())
            self._lengths[segment] = array("I", [reader.doc_field_length(number, field) for number in every])
        made = self._kept[place] = _read(reader, field, term, average, self._lengths.get(segment))
        self._size += _size(made)
        while self._size > self.most and len(self._kept) > 1:
            _place, gone = self._kept.popitem(last=False)
            self._size -= _size(gone)
        return made


def _size(postings: Postings) -> int:
    return len(postings[0]) + LEAST


def _read(reader: Any, field: str, term: str, average: float, lengths: array | None) -> Postings:
    documents, weights = array("I"), array("f")
    if (field, term) in reader:
        matcher = reader.postings(field, term)
        while matcher.is_active():
            documents.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
    if not average or lengths is None:
        return documents, weights
    says = [
        bm25(weight, lengths[document], average) for document, weight in zip(documents, weights, strict=True)
    ]
    return documents, array("f", says)


def bm25(weight: float, length: float, average: float) -> float:
    """What a term of this weight says in a text of this length, before its rarity is taken into account."""
    return weight * (K1 + 1) / (weight + K1 * (1 - B + B * length / average))


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
