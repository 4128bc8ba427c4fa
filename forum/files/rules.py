"""What a file may be, what it is called, and how a post refers to one. Pure.

Names and declared types of uploads are never believed: the bytes say what a file is. Source: design of pictures
(forum.images); FEATURES A16.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1_000_000
KEY = re.compile(r"[0-9a-f]{24}")
_IN_BODY = re.compile(r"/files/([0-9a-f]{24})(?![0-9a-f])")
NAME_LONGEST = 80


class FileKind(StrEnum):
    """What is taken; the value is how the name ends."""

    PDF = "pdf"
    TXT = "txt"
    LOG = "log"
    CSV = "csv"


class FileFault(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    UNKNOWN_KIND = "unknown_kind"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    ACTIVE = "active"


class BadFile(Exception):
    """A file that is refused, and why."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file as it is kept."""

    name: str
    kind: FileKind
    data: bytes


_ENDINGS = {"text": FileKind.TXT}
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])"
)
_NAME_CODE = re.compile(rb"#([0-9A-Fa-f]{2})")
_UNPACKED_MOST = 20 * MEGABYTE
_LOOKED_BACK = 400
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NOT_IN_NAMES = re.compile(r"[^\w .()+-]+")


def checked(name: str, data: bytes, kinds: frozenset[str], most_bytes: int) -> CleanFile:
    """The file as it may be kept. Raises :class:`BadFile`; never anything else, whatever the bytes are.

    A PDF that says it runs something or carries other files is refused; of plain text only readable characters are kept.
    """
    if not data:
        raise BadFile(FileFault.EMPTY)
    if len(data) > most_bytes:
        raise BadFile(FileFault.TOO_HEAVY)
    stem, kind = _named(name)
    if kind is None or kind not in kinds:
        raise BadFile(FileFault.UNKNOWN_KIND)
    kept = _pdf(data) if kind == FileKind.PDF else _plain_text(data)
    return CleanFile(f"{stem}.{kind}", kind, kept)


def _named(name: str) -> tuple[str, FileKind | None]:
    """A harmless name without its ending, and what the ending says."""
    last = re.split(r"[/\\]", name)[-1][-200:]
    stem, _dot, ending = last.rpartition(".")
    ending = ending.strip().lower()
    kind = FileKind(ending) if ending in set(FileKind) else _ENDINGS.get(ending)
    words = " ".join(_NOT_IN_NAMES.sub(" ", stem).replace(".", " ").split())
    return words[:NAME_LONGEST].strip(" -") or "file", kind


def _pdf(data: bytes) -> bytes:
    if not data.startswith(b"%PDF-"):
        raise BadFile(FileFault.NOT_WHAT_IT_SAYS)
    if b"%%EOF" not in data[-2_048:]:
        raise BadFile(FileFault.NOT_WHAT_IT_SAYS)
    plain = _NAME_CODE.sub(lambda found: bytes([int(found[1], 16)]), _outside_streams(data))
    if _ACTIVE.search(plain):
        raise BadFile(FileFault.ACTIVE)
    return data


def _outside_streams(data: bytes) -> bytes:
    """What a PDF says of itself: all but its packed contents, in which any three letters may come by chance; packed
    descriptions of objects are unpacked, as far as the bounds go."""
    pieces, at, left = [], 0, _UNPACKED_MOST
    while (start := data.find(b"stream", at)) >= 0:
        pieces.append(data[at:start])
        end = data.find(b"endstream", start)
        if end < 0:
            at = start + 6
            break
        if left and b"/ObjStm" in pieces[-1][-_LOOKED_BACK:]:
            pieces.append(_unpacked(data[start + 6 : end].lstrip(b"\r\n"), left))
            left -= min(left, len(pieces[-1]))
        at = end + 9
    pieces.append(data[at:])
    return b"\n".join(pieces)


def _unpacked(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""


def _plain_text(data: bytes) -> bytes:
    text = _decoded(data)
    if "\0" in text:
        raise BadFile(FileFault.NOT_WHAT_IT_SAYS)
    if len(_CONTROLS.findall(text)) > len(text) // 20 + 20:
        raise BadFile(FileFault.NOT_WHAT_IT_SAYS)
    return _CONTROLS.sub("", text).encode("utf-8", "replace")


def _decoded(data: bytes) -> str:
    """Text in the encodings that programs write; the last one reads everything."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def file_keys(body: str) -> tuple[str, ...]:
    """The files of this site a text leads to, each once, in order."""
    return tuple(dict.fromkeys(_IN_BODY.findall(body)))


def address(key: str) -> str:
    """Where a file is given out, the same in every language."""
    return f"/files/{key}"


def content_type(kind: str) -> str:
    """The media type of a kept file."""
    return "application/pdf" if kind == FileKind.PDF else "text/plain; charset=utf-8"
