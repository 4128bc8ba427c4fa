"""Files of pictures in the data directory, named by their content: written once, never changed."""

import os
import tempfile
from pathlib import Path

from common.config import current_config
from common.errors import NotFound
from forum.images.rules import FILE_KEY


def path_of(file_key: str) -> Path:
    """Where a picture lies. Raises :class:`NotFound` for anything that is not the name of a picture."""
    if not FILE_KEY.fullmatch(file_key):
        raise NotFound()
    return current_config().uploads_dir / file_key[:2] / file_key


def keep(file_key: str, data: bytes) -> None:
    """Write a picture so that it is there wholly or not at all; the same picture twice is written once."""
    path = path_of(file_key)
    if not path.exists():
        write_whole(path, data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is seen only when it is finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
