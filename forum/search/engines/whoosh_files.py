"""The files of the Whoosh index: the folder, what a document becomes in it, and the one who writes.

The folder holds one sub-folder per build and a small file naming the current one, so that a rebuild replaces the
index in one step while searches go on. One writer at a time (a file lock); the job worker is the only one that
writes. Files are read into memory whole, not mapped: one that is cut short gives an error, not a crash.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from forum.search.engines.days import marks_of
from forum.search.engines.weighing import weights, worth
from forum.search.rules import Busy, Document, Resting

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library predates raw strings
    from whoosh import query as q
    from whoosh.fields import ID, KEYWORD, NUMERIC, FieldType, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import BufferFile
    from whoosh.formats import Frequency

_CURRENT = "CURRENT"
_FORM = "build-4-"
"""Names of builds begin so; raised with what is indexed, so that an index of something else counts as missing."""
_LOCK = "write.lock"
_MEMORY_MB = 48
WORTH, DAY = "worth", "day"
"""Terms that stand in every document: what a question is worth, and the day it was asked, as their weights."""
_ONE = (1).to_bytes(4, "big")
"""A posting of the format named below has four bytes; with fewer, segments could not be merged later."""


class WeighedTerms(FieldType):
    """A field that is given its terms with their weights, counted beforehand: ``{term: weight}``."""

    indexed, scorable, analyzer, vector, column_type = True, True, None, None, None

    def __init__(self) -> None:
        self.format, self.stored, self.unique, self.spelling = Frequency(), False, False, False

    def index(self, value: dict[str, float], **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What the library asks of a field: (term, count, weight, posting)."""
        for term, weight in value.items():
            yield term.encode("utf-8"), 1, weight, _ONE


class InMemory(FileStorage):
    """Index files read whole when they are opened: quick, and safe from files that are cut short later."""

    supports_mmap = False

    def open_file(self, name: str, **options: Any) -> Any:
        """The library's reading of a file; segments come as a block of memory."""
        if not name.endswith(".seg"):
            return super().open_file(name, **options)
        return BufferFile(memoryview(Path(self._fpath(name)).read_bytes()), name=name)


def _schema() -> Schema:
    return Schema(
        id=NUMERIC(int, bits=64, unique=True, stored=True),
        text=WeighedTerms(),
        every=WeighedTerms(),
        word=KEYWORD,
        state=ID,
        category=ID,
        tag=KEYWORD,
        author=KEYWORD,
        language=ID,
        product=ID,
        accepted=ID,
        day=KEYWORD,
    )


_ID_FIELD = _schema()["id"]


class Builds:
    """The folder with the index of today, and perhaps the one being made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> str | None:
        """The name of the build to read, or ``None`` when there is none."""
        for _attempt in range(2):  # between the two looks it may be made anew
            try:
                name = (self.folder / _CURRENT).read_text("utf-8").strip()
            except FileNotFoundError:
                return None
            if name.startswith(_FORM) and (self.folder / name).is_dir():
                return name
        return None

    def open(self, build: str) -> Any:
        """A build as the library's index."""
        return InMemory(str(self.folder / build), supports_mmap=False).open_index()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The right to write; whoever else wants it is told ``Busy``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Busy("another process is writing the index") from error
            yield

    def put(self, question_ids: Iterable[int], documents: Iterable[Document]) -> None:
        """Replace what the index knows of these questions by these documents (fewer when some are gone)."""
        with self.writing():
            build = self.current()
            if build is None:
                raise Resting("the index is missing")
            try:
                writer = self.open(build).writer(limitmb=_MEMORY_MB)
            except Exception as error:
                raise Resting(f"the index cannot be opened ({type(error).__name__})") from error
            with writer:
                old = [q.Term("id", _packed(question_id)) for question_id in question_ids]
                if old:
                    writer.delete_by_query(q.Or(old))
                for document in documents:
                    writer.add_document(**_fields(document))

    def compact(self) -> None:
        """Write all that is there anew, so that what was deleted or replaced stands in no file any more."""
        with self.writing():
            build = self.current()
            if build is not None:
                self.open(build).optimize()

    def make(self, batches: Iterable[list[Document]]) -> int:
        """Make the index anew beside the old one, then change over. Returns how many documents it holds."""
        build = f"{_FORM}{uuid.uuid4().hex[:12]}"
        count = 0
        with self.writing():
            folder = self.folder / build
            folder.mkdir(parents=True)
            try:
                storage = InMemory(str(folder), supports_mmap=False)
                with storage.create_index(_schema()).writer(limitmb=_MEMORY_MB) as writer:
                    for batch in batches:
                        for document in batch:
                            writer.add_document(**_fields(document))
                        count += len(batch)
                self._change_over(build)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return count

    def _change_over(self, build: str) -> None:
        fresh = self.folder / f"{_CURRENT}.new"
        fresh.write_text(build, "utf-8")
        os.replace(fresh, self.folder / _CURRENT)
        for other in self.folder.glob("build-*"):
            if other.name != build:
                shutil.rmtree(other, ignore_errors=True)


def every() -> Any:
    """The query that finds all documents."""
    return q.Every()


def segments(searcher: Any) -> list[tuple[Any, int]]:
    """The readers of the index's segments, each with the number of its first document; none when it is empty."""
    leaves = [(leaf.reader(), offset) for leaf, offset in searcher.leaf_searchers()]
    return [(reader, offset) for reader, offset in leaves if reader.segment() is not None]


def _packed(question_id: int) -> bytes:
    return _ID_FIELD.to_bytes(question_id)


def _fields(document: Document) -> dict[str, Any]:
    return {
        "id": document.question_id,
        "text": weights(document),
        "every": {WORTH: worth(document), DAY: float(document.day.toordinal())},
        "word": " ".join(sorted(document.words)),
        "state": document.state,
        "category": str(document.category_id),
        "tag": " ".join(document.tags),
        "author": " ".join(map(str, document.author_ids)),
        "language": document.language,
        "product": str(document.product_id or ""),
        "accepted": "1" if document.accepted else "0",
        "day": " ".join(marks_of(document.day)),
    }
