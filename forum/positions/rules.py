"""How far a reader has read. Pure: no database, no clock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

LOOKED_AT = 50
"""New texts of one question that are looked at; above it the page says "more than"."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A text of a question that a reader has not seen; ``parent_id`` of a comment is what it hangs on."""

    id: int
    published_at: datetime
    parent_id: int | None = None


def seen_until(
    known: datetime | None, unread: Sequence[Unread], shown: Collection[int], newest: datetime
) -> datetime | None:
    """How far a reader has read after a page that showed ``shown``, or None when nothing moves.

    A first visit makes everything up to ``newest`` known. Later ones move to the last new text such that it and all
    before it were on the page: what stands on another page stays new.
    """
    if known is None:
        return newest
    missed = next((one.published_at for one in unread if one.id not in shown), None)
    seen = [one.published_at for one in unread if missed is None or one.published_at < missed]
    return max(seen, default=None)
