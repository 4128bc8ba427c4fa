"""The index in the data folder, read. A cache: it can be deleted and rebuilt at any time (``whoosh_files.py``)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from forum.search.engines.days import marks_between
from forum.search.engines.postings import PostingLists, Scores, best, with_all, with_any
from forum.search.engines.weighing import IN_SEARCH, Asked, nearness, rarity, telling
from forum.search.engines.whoosh_files import DAY, WORTH, Builds, every, segments
from forum.search.rules import (
    FEW,
    SYNONYM_WEIGHT,
    Busy,
    Document,
    Filters,
    IndexStatus,
    Match,
    Matches,
    Resting,
    Wanted,
)
from forum.search.words import variants

_LOOK_AGAIN = 0.5
"""Seconds after which another process's changes are looked for."""
_EQUALS = 10
"""So many more are looked at, since equals may stand in any order."""
_LONG = 365
_NEARNESS = [nearness(days) for days in range(_LONG)] + [1.0]
"""By the number of days."""
Joining = Callable[[list[Scores]], Scores]
Slot = list[tuple[str, float]]
"""Terms of which any will do, each with what it counts."""
Group = list[list[Slot]]
"""Alternatives, each of slots that must all be filled."""


class WhooshIndex:
    """One index in one folder; made once per process. Its files are not read by two threads at once."""

    make = "Whoosh"

    def __init__(self, folder: Path) -> None:
        self.builds = Builds(folder)
        self._lock = threading.RLock()
        self._searcher: Any = None
        self._build: str | None = None
        self._looked = 0.0
        self._lexicon: dict[str, list[tuple[str, int]]] = {}
        self._postings = PostingLists()

    # -- reading ------------------------------------------------------------------------------------------------

    def search(self, wanted: Sequence[Wanted], filters: Filters, offset: int, limit: int) -> Matches:
        """Questions with all that is wanted, best first; when there are hardly any, also those with some of it."""
        with self._reading() as searcher:
            looked_up = [_looked_up(searcher, one, filters.language) for one in wanted]
            groups = [group for group in looked_up if group is not None]
            if not any(groups):
                return Matches((), 0)
            scores = self._scores(searcher, groups, filters, with_all) if all(groups) else {}
            if len(scores) < FEW and len(groups) > 1:
                scores = self._scores(searcher, groups, filters, with_any)
            return Matches(_chosen(searcher, scores, offset, limit), len(scores))

    def similar(self, asked: Asked, filters: Filters, limit: int, without: int) -> Matches:
        """Questions that share the most telling of these words, best first."""
        with self._reading() as searcher:
            frequency = partial(searcher.reader().doc_frequency, "text")
            terms = telling(asked.words, frequency, searcher.doc_count(), asked.entries)
            scores = self._scores(searcher, [[[terms]]], filters, with_any, asked.day)
            found = _chosen(searcher, scores, 0, limit + 1)
            items = tuple(match for match in found if match.question_id != without)[:limit]
            return Matches(items, len(items))

    def known_words(self, initial: str) -> list[tuple[str, int]]:
        """Words of titles that begin with a letter, and in how many questions each stands."""
        with self._reading() as searcher:
            if initial not in self._lexicon:
                reader = searcher.reader()
                self._lexicon[initial] = [
                    (term.decode("utf-8"), reader.doc_frequency("word", term))
                    for term in reader.expand_prefix("word", initial)
                ]
            return self._lexicon[initial]

    def frequency(self, word: str) -> int:
        """In how many questions a query's word stands, in any of its forms."""
        with self._reading() as searcher:
            return _frequency(searcher, word, None)

    def rarities(self, words: Sequence[str]) -> dict[str, float]:
        """How much each word of a query says."""
        with self._reading() as searcher:
            return {word: rarity(_frequency(searcher, word, None), searcher.doc_count()) for word in words}

    def status(self) -> IndexStatus:
        """How many questions the index holds, or why it cannot be read."""
        try:
            with self._reading(fresh=True) as searcher:
                documents = searcher.doc_count()
                reader = searcher.reader()
                for _term in zip(reader.lexicon("text"), range(3), strict=False):
                    pass  # reads the files' ends: a file cut short is noticed here
                if documents:
                    list(searcher.search(every(), limit=1))
                return IndexStatus(True, documents, f"{documents} questions", self.make)
        except Resting as error:
            return IndexStatus(False, 0, str(error), self.make)

    @contextmanager
    def _reading(self, fresh: bool = False) -> Iterator[Any]:
        with self._lock:
            try:
                yield self._current_searcher(fresh)
            except (Resting, Busy):
                raise
            except Exception as error:  # a damaged file can fail in any way
                self._forget()
                raise Resting(f"the index cannot be read ({type(error).__name__})") from error

    def _current_searcher(self, fresh: bool) -> Any:
        now = time.monotonic()
        if self._searcher is not None and not fresh and now - self._looked < _LOOK_AGAIN:
            return self._searcher
        self._looked = now
        build = self.builds.current()
        if build is None:
            self._forget()
            raise Resting("the index is missing")
        try:
            self._renew(build, fresh)
        except Exception:
            newer = self.builds.current()
            if newer is None:
                raise
            self._renew(
                newer, fresh=True
            )  # its files changed at this very moment: once more, from what is there now
        return self._searcher

    def _renew(self, build: str, fresh: bool) -> None:
        before = self._searcher
        if before is None or build != self._build or fresh:
            self._close()
            self._searcher, self._build = self.builds.open(build).searcher(), build
        else:
            self._searcher = before.refresh()
        if self._searcher is not before:
            self._lexicon = {}
            self._postings.keep_only({one.segment().segment_id() for one, _ in segments(self._searcher)})

    def _close(self) -> None:
        if self._searcher is not None:
            with suppress(Exception):
                self._searcher.close()
        self._searcher = None

    def _forget(self) -> None:
        self._close()
        self._build, self._lexicon, self._looked = None, {}, 0.0
        self._postings.clear()

    def _scores(
        self,
        searcher: Any,
        groups: list[Group],
        filters: Filters,
        joined: Joining,
        day: int | None = None,
    ) -> Scores:
        """The documents that the filters leave, by their number in the whole index."""
        found: Scores = {}
        for reader, offset in segments(searcher):
            scores = joined([self._of_group(reader, group) for group in groups])
            allowed = scores.keys() - reader.segment().deleted_docs()
            for field, values in _narrowed(filters):
                lists = [self._postings.documents(reader, field, value) for value in values]
                allowed &= frozenset().union(*lists)
            worth = self._postings.by_number(reader, "every", WORTH)
            if day is None:
                found.update(
                    (document + offset, scores[document] * worth[document] ** IN_SEARCH)
                    for document in allowed
                )
                continue
            days = self._postings.by_number(reader, "every", DAY)
            for document in allowed:
                near = _NEARNESS[min(abs(int(days[document]) - day), _LONG)]
                found[document + offset] = scores[document] * worth[document] * near
        return found

    def _of_group(self, reader: Any, group: Group) -> Scores:
        """Documents of a segment with any of a group's alternatives, of which all slots must be filled."""
        parts = [
            with_all([self._postings.scores(reader, "text", slot) for slot in alternative])
            for alternative in group
        ]
        return parts[0] if len(parts) == 1 else with_any(parts)

    # -- writing ------------------------------------------------------------------------------------------------

    def put(self, question_ids: Iterable[int], documents: Iterable[Document]) -> None:
        """Replace what the index knows of these questions by these documents (fewer when some are gone)."""
        self.builds.put(question_ids, documents)
        with self._lock:
            self._looked = 0.0

    def compact(self) -> None:
        """Leave nothing in the files of what was deleted or replaced."""
        self.builds.compact()
        with self._lock:
            self._looked = 0.0

    def rebuild(self, batches: Iterable[list[Document]]) -> int:
        """Make the index anew beside the old one, then change over. Returns how many documents it holds."""
        count = self.builds.make(batches)
        with self._lock:
            self._forget()
        return count


def _looked_up(searcher: Any, wanted: Wanted, language: str | None) -> Group | None:
    """What the index holds of something wanted; ``None`` for words that mean nothing anywhere."""
    typed = [_known_terms(searcher, word, language) for word in wanted.words]
    telling = [slot for slot in typed if slot is not None]
    if not telling and not wanted.others:
        return None
    found: Group = [telling] if telling and all(telling) else []
    for terms in wanted.others:
        counts = [searcher.reader().doc_frequency("text", term) for term in terms]
        if all(counts):
            weight = SYNONYM_WEIGHT / len(terms)
            rare = [rarity(count, searcher.doc_count()) for count in counts]
            found.append([[(term, weight * factor)] for term, factor in zip(terms, rare, strict=True)])
    return found


def _known_terms(searcher: Any, word: str, language: str | None) -> list[tuple[str, float]] | None:
    """The forms of a word that the index holds, each with what it counts; ``None`` for a word that means nothing anywhere."""
    terms = variants(word, language)
    if not terms:
        return None
    frequency = searcher.reader().doc_frequency
    known = {term: found for term in terms if (found := frequency("text", term))}
    factor = rarity(sum(known.values()), searcher.doc_count())
    return [(term, factor) for term in known]


def _narrowed(filters: Filters) -> list[tuple[str, tuple[str, ...]]]:
    """The fields that a result must have, each with one of these values."""
    parts = [
        ("state", filters.state.value if filters.state else None),
        ("category", str(filters.category_id) if filters.category_id is not None else None),
        ("tag", filters.tag),
        ("author", str(filters.author_id) if filters.author_id is not None else None),
        ("language", filters.language),
        ("product", str(filters.product_id) if filters.product_id is not None else None),
        ("accepted", "1" if filters.accepted else None),
    ]
    found: list[tuple[str, tuple[str, ...]]] = [
        (field, (value,)) for field, value in parts if value is not None
    ]
    if filters.since or filters.until:
        found.append(("day", marks_between(filters.since, filters.until)))
    return found


def _chosen(searcher: Any, scores: Scores, offset: int, limit: int) -> tuple[Match, ...]:
    """One page of the best; among equals the newest first, whatever their numbers in the index."""
    ranked = best(scores, offset + limit + _EQUALS)
    found = [Match(searcher.stored_fields(document)["id"], round(score, 3)) for document, score in ranked]
    return tuple(sorted(found, key=lambda match: (-match.score, -match.question_id))[offset : offset + limit])


def _frequency(searcher: Any, word: str, language: str | None) -> int:
    frequency = searcher.reader().doc_frequency
    return sum(frequency("text", term) for term in variants(word, language))
