"""Files of archives in the data directory, readable by the application alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from common.config import current_config
from common.errors import NotFound

_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")


def folder() -> Path:
    """Where they lie."""
    found = current_config().archives_dir
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path_of(key: str) -> Path:
    """Where one lies. Raises :class:`NotFound` for anything that is not a key."""
    if not _KEY.fullmatch(key):
        raise NotFound
    return folder() / f"{key}.zip"


def erase(key: str) -> None:
    """Take one away; harmless where there is none."""
    if key:
        path_of(key).unlink(missing_ok=True)


def names(older_than: datetime) -> Iterator[str]:
    """The keys of all files that were there at a moment; unfinished ones too, by what they would have been called."""
    for path in folder().iterdir():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < older_than:
            if path.suffix == ".zip":
                yield path.stem
            else:
                path.unlink(missing_ok=True)
