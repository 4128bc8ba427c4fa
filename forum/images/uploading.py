"""Receive a picture for a text."""

from dataclasses import dataclass
from typing import IO

from common import settings, text
from common.db import insert_once
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor, may_write, require
from common.unit_of_work import unit_of_work
from forum.images.cleaning import clean
from forum.images.keeping import keep
from forum.images.models import Image
from forum.images.rules import MEGABYTE, BadImage, ImageFault, ImageLimits, address
from forum.limits.pacing import keep_pace
from forum.limits.rules import Act

settings.define(
    "forum.image_megabytes", 8, unit="MB", low=1, high=50, help=_("Largest file of a picture that is taken.")
)
settings.define(
    "forum.image_megapixels",
    25,
    unit="megapixels",
    low=1,
    high=100,
    help=_("Largest picture that is taken; counted before anything is decoded."),
)
settings.define(
    "forum.image_stored_side",
    2_000,
    unit="pixels",
    low=200,
    high=8_000,
    help=_("Longest side of a picture as it is kept."),
)

_ALT = 300


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture that is kept: its name, its address, and the Markdown that shows it."""

    file_key: str
    address: str
    width: int
    height: int
    alt: str

    @property
    def markdown(self) -> str:
        """What the editor inserts."""
        words = "".join(" " if c in "[]\\\n" else c for c in self.alt)
        return f"![{words}]({self.address})"


def limits() -> ImageLimits:
    """The limits in force."""
    return ImageLimits(
        file_bytes=settings.get("forum.image_megabytes") * MEGABYTE,
        pixels=settings.get("forum.image_megapixels") * 1_000_000,
        stored_side=settings.get("forum.image_stored_side"),
    )


def upload_image(actor: Actor, data: bytes | IO[bytes], alt: str = "") -> Uploaded:
    """Make a picture harmless and keep it. The same picture by the same member is kept once.

    `data` may be an open upload: no more than one byte above the limit is read. Raises Forbidden, TooMany, and
    Invalid (`image`) with what is wrong with the file.
    """
    require(may_write(actor))
    keep_pace(actor, Act.UPLOAD)
    in_force = limits()
    received = data if isinstance(data, bytes) else data.read(in_force.file_bytes + 1)
    words = " ".join(text.normalise(alt).split())[:_ALT]
    try:
        picture = clean(received, in_force)
    except BadImage as refusal:
        raise Invalid(_sentence(refusal.fault), fields={"image": _sentence(refusal.fault)}) from refusal
    keep(picture.file_key, picture.data)
    with unit_of_work():
        insert_once(
            Image,
            member_id=actor.member_id,
            file_key=picture.file_key,
            width=picture.width,
            height=picture.height,
            byte_count=len(picture.data),
            alt=words,
        )
    return Uploaded(picture.file_key, address(picture.file_key), picture.width, picture.height, words)


def _sentence(fault: ImageFault) -> Sentence:
    return {
        ImageFault.EMPTY: _("Choose a picture first."),
        ImageFault.TOO_HEAVY: _(
            "This picture is heavier than %(size)s MB. Please send a smaller one.",
            size=settings.get("forum.image_megabytes"),
        ),
        ImageFault.TOO_LARGE: _(
            "This picture has more than %(size)s megapixels, or is far too long. Please send a smaller one.",
            size=settings.get("forum.image_megapixels"),
        ),
        ImageFault.UNKNOWN_KIND: _("This is not a picture we can show. PNG, JPEG, WebP and GIF are welcome."),
        ImageFault.DAMAGED: _("This picture is damaged: it cannot be read to its end. Please try another."),
    }[fault]
