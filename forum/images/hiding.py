"""Hide one picture, while the texts it stands in stay as they are; and show it again."""

from __future__ import annotations

from sqlalchemy import delete, select

from common.db import db, insert_once
from common.unit_of_work import unit_of_work
from forum.images.models import HiddenImage


def hide(file_key: str) -> bool:
    """From now on its address shows that it is hidden. False when it was already."""
    with unit_of_work():
        return insert_once(HiddenImage, file_key=file_key) is not None


def show(file_key: str) -> None:
    """Everybody is shown it again."""
    with unit_of_work():
        db.session.execute(delete(HiddenImage).where(HiddenImage.file_key == file_key))


def is_hidden(file_key: str) -> bool:
    """Whether a picture is hidden."""
    return bool(hidden_among((file_key,)))


def hidden_among(file_keys: tuple[str, ...]) -> frozenset[str]:
    """Those of these pictures that are hidden."""
    if not file_keys:
        return frozenset()
    return frozenset(
        db.session.scalars(select(HiddenImage.file_key).where(HiddenImage.file_key.in_(file_keys)))
    )
