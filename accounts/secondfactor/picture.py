"""The square that an authenticator app reads with its camera."""

from __future__ import annotations

import io

import segno


def square(text: str) -> bytes:
    """A QR code as SVG: black on white, so that cameras read it in dark colours too."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff"
    )
    return drawn.getvalue()
