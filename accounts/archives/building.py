"""Make an archive: a ZIP with a JSON file and readable pages for each part, in the member's language.

Rows go to a file on the disk as they are read, so that 50,000 posts need no more memory than 500.
The format is described in docs/archives.md and stays readable: what is added is added, nothing changes its name.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from accounts.archives import numbers, panels, words
from accounts.archives.keeping import folder, path_of
from accounts.archives.models import DataArchive
from accounts.archives.parts import Owner, Part, Row, plain, registered
from accounts.masks.models import Mask
from accounts.members.models import Member
from accounts.notifications.telling import tell
from common import clock, settings
from common.config import current_config
from common.db import db, update_where
from common.i18n import using_language
from common.unit_of_work import unit_of_work

FORMAT = 1
ROWS_A_PAGE = 200
MOST_BYTES_OF_FILES = 2_000_000_000


def build(member_id: int) -> bool:
    """Make the archive a member waits for, and tell them. False when nobody waits (any more)."""
    row = db.session.get(DataArchive, member_id)
    member = db.session.get(Member, member_id)
    if row is None or row.ready_at is not None or member is None or member.closed_at is not None:
        return False
    masks = db.session.scalars(select(Mask.member_id).where(Mask.person_id == member_id))
    asked, owner = row.asked_at, Owner(member_id, frozenset({member_id, *masks}), member.language)
    db.session.rollback()
    key = secrets.token_urlsafe(24)
    try:
        with using_language(owner.language):
            size = _write(owner, path_of(key))
        with unit_of_work():
            now = clock.now()
            ready = update_where(
                DataArchive, DataArchive.member_id == member_id, DataArchive.asked_at == asked,
                DataArchive.ready_at.is_(None),
                ready_at=now, ends_at=now + numbers.kept(), file_key=key, byte_count=size,
            )  # fmt: skip
            if ready:
                tell(member_id, "archive-ready", f"archive:{now:%Y%m%d%H%M%S}")
    except BaseException:
        path_of(key).unlink(missing_ok=True)
        raise
    if not ready:
        path_of(key).unlink(missing_ok=True)
    return bool(ready)


def _write(owner: Owner, target: Path) -> int:
    place = Path(tempfile.mkdtemp(dir=folder(), prefix=".new-"))
    unfinished = place / "archive"
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
            contents = [
                _write_part(archive, part, owner, place / "rows")
                for contribution in registered().values()
                for part in contribution.parts
            ]
            left = _write_files(archive, owner)
            _write_front(archive, owner, contents, left)
        os.chmod(unfinished, 0o600)
        os.replace(unfinished, target)
        return target.stat().st_size
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _write_part(archive: zipfile.ZipFile, part: Part, owner: Owner, spool: Path) -> dict[str, Any]:
    """The rows of a part once from the database to the disk; from there into the JSON file and the pages."""
    count = 0
    with spool.open("w", encoding="utf-8") as lines:
        for row in part.rows(owner):
            lines.write(json.dumps(plain(row), ensure_ascii=False) + "\n")
            count += 1
    with archive.open(f"data/{part.key}.json", "w", force_zip64=True) as data:
        data.write(b"[")
        for number, line in enumerate(_lines(spool)):
            data.write((",\n" if number else "\n").encode() + line.rstrip("\n").encode())
        data.write(b"\n]\n")
    pages = max(1, -(-count // ROWS_A_PAGE)) if count else 0
    for number, rows in enumerate(_by_page(spool), start=1):
        said = [words.shown(row, current_config().base_url, owner.language) for row in rows]
        archive.writestr(f"pages/{part.key}-{number:04d}.html", panels.page(part, number, pages, said))
    return {
        "key": part.key,
        "title": str(part.title),
        "rows": count,
        "file": f"data/{part.key}.json",
        "pages": pages,
    }


def _lines(spool: Path) -> Iterator[str]:
    with spool.open(encoding="utf-8") as lines:
        yield from lines


def _by_page(spool: Path) -> Iterator[list[Row]]:
    held: list[Row] = []
    for line in _lines(spool):
        held.append(json.loads(line))
        if len(held) == ROWS_A_PAGE:
            yield held
            held = []
    if held:
        yield held


def _write_files(archive: zipfile.ZipFile, owner: Owner) -> int:
    """Pictures and other files of the member; returns how many were left out because there are too many."""
    size, left = 0, 0
    for contribution in registered().values():
        for name, path in contribution.files(owner) if contribution.files else ():
            if not path.exists():
                continue
            size += path.stat().st_size
            if size > MOST_BYTES_OF_FILES:
                left += 1
                continue
            with path.open("rb") as source, archive.open(f"files/{name}", "w") as into:
                _copy(source, into)
    return left


def _copy(source: IO[bytes], into: IO[bytes]) -> None:
    shutil.copyfileobj(source, into, 1 << 16)


def _write_front(archive: zipfile.ZipFile, owner: Owner, contents: list[dict[str, Any]], left: int) -> None:
    about = {
        "format": FORMAT, "community": settings.get("brand.community"), "address": current_config().base_url,
        "member_id": owner.member_id, "language": owner.language, "made_at": plain(clock.now()), "files_left_out": left,
        "parts": contents,
    }  # fmt: skip
    archive.writestr("archive.json", json.dumps(about, ensure_ascii=False, indent=1) + "\n")
    archive.writestr("index.html", panels.front(about))
