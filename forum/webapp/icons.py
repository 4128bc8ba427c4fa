"""The app's icons, drawn from the brand's colour: the mark of the header in the sizes and shapes that devices ask for."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from common import settings

BRAND, DEEP = "#0F5C63", "#12302F"
"""The design's own colours, where the brand gave none (static/css/tokens.css)."""
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FINER = 4
_BOX = 34.0
_CURVES = (
    ((7, 25), (10, 24), (11, 21.5), (11, 18.5)),
    ((11, 18.5), (11, 15.5), (12.5, 13), (15.5, 13)),
    ((15.5, 13), (18.5, 13), (19.5, 15.5), (21, 15.5)),
    ((21, 15.5), (22.5, 15.5), (25, 14), (25, 9)),
)
"""The trail of the mark `#logo` in static/img/icons.svg: dots along four curves, and its end."""
_DOT, _STEP, _END = 1.6, 5.1, ((25, 8.5), 3.0)


@dataclass(frozen=True, slots=True)
class Icon:
    """One icon: its side in pixels and its shape (`any`: the round mark; `maskable`: the device cuts its own shape;
    `badge`: one colour, for a bar of the system)."""

    name: str
    side: int
    shape: str


ICONS = {
    icon.name: icon
    for icon in (
        Icon("any-192", 192, "any"), Icon("any-512", 512, "any"), Icon("maskable-192", 192, "maskable"),
        Icon("maskable-512", 512, "maskable"), Icon("touch-180", 180, "maskable"), Icon("badge-96", 96, "badge"),
    )
}  # fmt: skip


def colour(hook: str, default: str) -> str:
    """A colour of the brand as `#rrggbb`, or the design's."""
    colours = settings.get("brand.colours")
    given = str(colours.get(hook, "")) if isinstance(colours, dict) else ""
    if not _HEX.fullmatch(given):
        return default
    return given if len(given) == 7 else "#" + "".join(letter * 2 for letter in given[1:])


def address(name: str) -> str:
    """Where an icon is served: the address changes with the brand's colour."""
    return f"/static/app-icon/{_fingerprint(colour('--brand', BRAND))}/{name}.png"


def png(name: str) -> bytes:
    """The icon in the brand's colour."""
    return _drawn(name, colour("--brand", BRAND))


@lru_cache(maxsize=32)
def _fingerprint(brand: str) -> str:
    return hashlib.blake2b(f"1 {brand.lower()}".encode(), digest_size=6).hexdigest()


@lru_cache(maxsize=24)
def _drawn(name: str, brand: str) -> bytes:
    icon = ICONS[name]
    big = icon.side * _FINER
    picture = Image.new("RGBA", (big, big), brand if icon.shape == "maskable" else (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    scale = big / _BOX * (0.72 if icon.shape == "maskable" else 1.06)
    if icon.shape == "any":
        _circle(draw, (17, 17), 16, brand, scale, big)
    for point in _trail():
        _circle(draw, point, _DOT, "#FFFFFF", scale, big)
    _circle(draw, *_END, "#FFFFFF", scale, big)
    out = io.BytesIO()
    picture.resize((icon.side, icon.side), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _circle(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, fill: str, scale: float, side: int
) -> None:
    x, y = ((value - _BOX / 2) * scale + side / 2 for value in at)
    radius *= scale
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _trail() -> list[tuple[float, float]]:
    """The dots, a step apart along the curves."""
    dots, gone, last = [(7.0, 25.0)], 0.0, (7.0, 25.0)
    for curve in _CURVES:
        for part in range(1, 101):
            point = _on(curve, part / 100)
            gone += ((point[0] - last[0]) ** 2 + (point[1] - last[1]) ** 2) ** 0.5
            last = point
            if gone >= _STEP:
                dots.append(point)
                gone = 0.0
    return dots


def _on(curve: tuple[tuple[float, float], ...], t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y
