"""What a picture may be, and how a post refers to one. Pure.

Sources: design/UX.md §5 "Editor" (8 MB, 5 a post, location removed); 25 megapixels are counted before decoding.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1_000_000
FILE_KEY = re.compile(r"[0-9a-f]{40}\.(?:jpg|png|webp)")
_IN_BODY = re.compile(r"/images/([0-9a-f]{40}\.(?:jpg|png|webp))")


@dataclass(frozen=True)
class ImageLimits:
    """The largest file (bytes), picture (pixels, pixels a side) and stored side; the settings fill it."""

    file_bytes: int = 8 * MEGABYTE
    pixels: int = 25_000_000
    side: int = 16_000
    stored_side: int = 2_000


class ImageFault(StrEnum):
    """Why a picture is refused."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    DAMAGED = "damaged"


class BadImage(Exception):
    """A picture that is refused, and why."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def kind_of(data: bytes) -> str | None:
    """The decoder a file's first bytes ask for; None for anything that is not PNG, JPEG, WebP or GIF.

    Names and declared types of uploads are never believed.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def too_large(width: int, height: int, limits: ImageLimits) -> bool:
    """Whether a picture of this size must not be decoded."""
    return width < 1 or height < 1 or max(width, height) > limits.side or width * height > limits.pixels


def image_keys(body: str) -> tuple[str, ...]:
    """The pictures of this site a text shows, each once, in order."""
    return tuple(dict.fromkeys(_IN_BODY.findall(body)))


def address(file_key: str) -> str:
    """Where a picture is served, the same in every language."""
    return f"/images/{file_key}"


def content_type(file_key: str) -> str:
    """The media type of a stored picture."""
    return {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}[file_key.rpartition(".")[2]]
