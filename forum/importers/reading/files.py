"""Files of an export, plain or gzipped, read once from start to end with the place known."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from forum.importers.reading.rows import Tick, no_tick

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes; a longer line is cut there and reported as broken by whoever parses it."""
_STEP = 256 * 1024


def find(folder: Path, name: str) -> Path | None:
    """``name`` or ``name.gz`` in a folder, whatever the case of its letters; ``None`` when there is neither."""
    wanted = {name.lower(), name.lower() + ".gz"}
    found = [path for path in folder.iterdir() if path.name.lower() in wanted] if folder.is_dir() else []
    return min(found, key=lambda path: path.suffix == ".gz", default=None)


def size(path: Path | None) -> int:
    """Bytes on disk; 0 for a missing file."""
    return path.stat().st_size if path else 0


class _Counted(io.RawIOBase):
    """A file that tells how many of its bytes were read."""

    def __init__(self, raw: IO[bytes], tick: Tick) -> None:
        self.raw, self.tick, self.untold = raw, tick, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        data = self.raw.read(len(buffer))
        buffer[: len(data)] = data
        self.untold += len(data)
        if self.untold >= _STEP or not data:
            self.tick(self.untold)
            self.untold = 0
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self.tick(self.untold)
            self.untold = 0
            self.raw.close()
        super().close()


def opened(path: Path, tick: Tick = no_tick) -> IO[bytes]:
    """The file's content as bytes, unpacked when it is gzipped."""
    counted = io.BufferedReader(_Counted(path.open("rb"), tick), 128 * 1024)
    return gzip.GzipFile(fileobj=counted) if path.suffix == ".gz" else counted  # type: ignore[return-value]


def lines(path: Path, tick: Tick = no_tick) -> Iterator[tuple[int, bytes]]:
    """Line numbers (from 1) and lines."""
    number = 0
    with opened(path, tick) as stream:
        while line := stream.readline(LONGEST_LINE):
            number += 1
            yield number, line


def moment(written: str) -> datetime:
    """A date of an export: ISO, with or without fraction and zone (UTC when none). Raises ``ValueError``."""
    parsed = datetime.fromisoformat(written.strip())
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def optional_moment(written: str | None) -> datetime | None:
    """The same, or ``None`` for nothing."""
    return moment(written) if written and written.strip() else None
