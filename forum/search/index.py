"""The index as the rest of the product sees it: put questions in, rebuild it, ask how it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from common.config import current_config
from common.db import db, on_postgresql, refresh_statistics
from common.unit_of_work import unit_of_work
from forum.search.documents import documents, published_count, published_ids
from forum.search.engines.postgres_index import PostgresIndex
from forum.search.engines.weighing import Asked
from forum.search.engines.whoosh_index import WhooshIndex
from forum.search.rules import Document, Filters, IndexStatus, Matches, Wanted

BATCH = 250
"""Questions read from the database at a time."""
MANY = 1_000
"""After indexing so many questions, much was written: the database takes its figures anew."""


class SearchBackend(Protocol):
    """What both makes of the index can do. Every method may raise ``Resting``, the writing ones also ``Busy``."""

    make: str

    def search(self, wanted: Sequence[Wanted], filters: Filters, offset: int, limit: int) -> Matches:
        """Questions with all that is wanted, or with some of it where hardly any has all."""

    def similar(self, asked: Asked, filters: Filters, limit: int, without: int) -> Matches:
        """Questions that share the most telling of these words."""

    def known_words(self, initial: str) -> list[tuple[str, int]]:
        """Words of titles that begin with a letter, with the number of questions."""

    def frequency(self, word: str) -> int:
        """In how many questions a word stands."""

    def rarities(self, words: Sequence[str]) -> dict[str, float]:
        """How much each word of a query says."""

    def put(self, question_ids: Iterable[int], documents: Iterable[Document]) -> None:
        """Replace what is known of these questions."""

    def compact(self) -> None:
        """Leave nothing behind of what was deleted or replaced."""

    def rebuild(self, batches: Iterable[list[Document]]) -> int:
        """Make the index anew; how many documents it holds."""

    def status(self) -> IndexStatus:
        """How the index is."""


_whoosh: dict[Path, WhooshIndex] = {}


def backend() -> SearchBackend:
    """The index of this installation: PostgreSQL's own where that is the database, else the one in the data folder."""
    if on_postgresql():
        return PostgresIndex()
    folder = current_config().index_dir
    if folder not in _whoosh:
        _whoosh[folder] = WhooshIndex(folder)
    return _whoosh[folder]


def index_questions(question_ids: Iterable[int]) -> int:
    """Bring the index up to date for these questions; those no longer published leave it."""
    ids = sorted(set(question_ids))
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        found = documents(part)
        backend().put(part, found)
    return len(ids)


def compact() -> None:
    """Leave nothing in the index of what was deleted or replaced."""
    backend().compact()


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Make the whole index anew; ``progress`` is told (done, total). Returns how many questions it holds."""
    count = backend().rebuild(_batches(progress))
    if count >= MANY:
        with unit_of_work():
            refresh_statistics()
    return count


def _batches(progress: Callable[[int, int], None] | None) -> Iterator[list[Document]]:
    total, done = published_count(), 0
    part: list[int] = []
    for question_id in published_ids():
        part.append(question_id)
        if len(part) == BATCH:
            yield documents(part)
            done += len(part)
            part = []
            if progress:
                progress(done, total)
    if part:
        yield documents(part)
    if progress:
        progress(total, total)


def status() -> IndexStatus:
    """How the index is, compared with what is published."""
    try:
        found = backend().status()
    except Exception as error:
        db.session.rollback()
        return IndexStatus(False, 0, f"{type(error).__name__}: {str(error)[:120]}", "?")
    wanted = published_count()
    if not found.well and not wanted:
        return IndexStatus(True, 0, "nothing to find yet", found.make)
    if not found.well:
        return found
    behind = abs(wanted - found.documents)
    if behind > max(20, wanted // 50):
        return IndexStatus(False, found.documents, f"{found.documents} of {wanted} questions", found.make)
    return found


def forget() -> None:
    """Drop what this process keeps of the index (tests)."""
    for index in _whoosh.values():
        index._forget()
    _whoosh.clear()
