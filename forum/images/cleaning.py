"""From the bytes somebody sent to a picture that is safe to show: decoded, turned upright, encoded anew.

Nothing of the received file survives but its pixels: no EXIF, no place, no comment, no colour profile, no second
frame. A file that no decoder understands, or that would take too much memory, is refused with its reason.
"""

import hashlib
import io
import threading
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageFile, ImageOps

from forum.images.rules import BadImage, ImageFault, ImageLimits, kind_of, too_large

Image.MAX_IMAGE_PIXELS = None
"""Pillow only warns; `too_large` refuses before anything is decoded."""
ImageFile.LOAD_TRUNCATED_IMAGES = False

_QUALITY = 86
_AT_ONCE = threading.BoundedSemaphore(2)
"""A 25-megapixel picture takes up to 100 MB while it is decoded: two at a time."""


@dataclass(frozen=True)
class CleanImage:
    """A finished picture and the name made of its content."""

    file_key: str
    data: bytes
    width: int
    height: int


def clean(data: bytes, limits: ImageLimits) -> CleanImage:
    """Decode and encode anew. Raises :class:`BadImage`; never anything else, whatever the bytes are."""
    if not data:
        raise BadImage(ImageFault.EMPTY)
    if len(data) > limits.file_bytes:
        raise BadImage(ImageFault.TOO_HEAVY)
    kind = kind_of(data)
    if kind is None:
        raise BadImage(ImageFault.UNKNOWN_KIND)
    with _AT_ONCE:
        try:
            picture = _decoded(data, kind, limits)
            return _encoded(picture, kind)
        except BadImage:
            raise
        except Exception as error:  # decoders raise nearly every class there is on a hostile file
            raise BadImage(ImageFault.DAMAGED) from error


def _decoded(data: bytes, kind: str, limits: ImageLimits) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=(kind,)) as picture:
        if too_large(*picture.size, limits):
            raise BadImage(ImageFault.TOO_LARGE)
        if kind == "JPEG":
            picture.draft(None, (limits.stored_side, limits.stored_side))
        picture.seek(0)
        picture.load()
        upright = _upright(picture)
        plain = _plain_mode(_in_srgb(upright))
        plain.thumbnail((limits.stored_side, limits.stored_side))
        return plain


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera was held; a broken orientation is no reason to refuse the picture."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        return picture


def _in_srgb(picture: Image.Image) -> Image.Image:
    """In the colours browsers assume; an unreadable profile is left aside."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        return (
            ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            or picture
        )
    except Exception:
        return picture


def _plain_mode(picture: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is transparent, and nothing beside the pixels."""
    transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        picture = picture.point(lambda value: value / 256).convert("L")
    plain = picture.convert("RGBA" if transparent else "RGB")
    if plain is picture:
        plain = picture.copy()
    plain.info = {}
    return plain


def _encoded(picture: Image.Image, kind: str) -> CleanImage:
    out = io.BytesIO()
    if picture.mode == "RGBA" or kind in ("PNG", "GIF"):
        extension = "png"
        picture.save(out, "PNG", optimize=picture.width * picture.height < 1_000_000)
    elif kind == "WEBP":
        extension = "webp"
        picture.save(out, "WEBP", quality=_QUALITY, method=3)
    else:
        extension = "jpg"
        picture.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    data = out.getvalue()
    key = f"{hashlib.sha256(data).hexdigest()[:40]}.{extension}"
    return CleanImage(key, data, picture.width, picture.height)
