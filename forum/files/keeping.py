"""Bytes of files in the data directory: written once, erased with what carried them."""

from __future__ import annotations

from pathlib import Path

from common.config import current_config
from common.errors import NotFound
from forum.files.rules import KEY
from forum.images.keeping import write_whole


def path_of(key: str) -> Path:
    """Where a file lies. Raises :class:`NotFound` for anything that is not a key."""
    if not KEY.fullmatch(key):
        raise NotFound()
    return current_config().uploads_dir / "files" / key[:2] / key


def keep(key: str, data: bytes) -> None:
    """Write a file so that it is there wholly or not at all."""
    write_whole(path_of(key), data)


def erase(key: str) -> None:
    """Take it away; harmless where it is gone."""
    path_of(key).unlink(missing_ok=True)
