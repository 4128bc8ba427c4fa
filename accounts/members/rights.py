"""The register of what each rank opens: every package says it where the rank is decided, and the pages read it from here.

A right names the setting that holds its rank, or the rank itself where it is fixed, so that a changed setting changes what
members are told. Nobody is refused by this list: the verdicts stand in each subject's ``permissions.py``, and
`tests/rewards/test_rights.py` walks one against the other. Source: domain/rewards.md §A2.2 (conditions are published).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from common import settings
from common.i18n import Sentence

NOBODY = -1
"""The rank of what no rank opens by these settings."""


@dataclass(frozen=True, slots=True)
class Right:
    """What opens, in words that can follow a comma; which settings decide, and the rank they give now."""

    key: str
    words: Callable[[], Sentence]
    rank: Callable[[], int]
    settings: tuple[str, ...]


_rights: dict[str, Right] = {}


def opens(
    key: str, words: Sentence | Callable[[], Sentence], rank: str | int | Callable[[], int], *also: str
) -> None:  # fmt: skip
    """Say that a rank opens something. ``rank``: the key of a setting, a fixed rank, or what computes it from the settings
    ``also``. Once for each key."""
    if isinstance(rank, str):
        also = (rank, *also)
    _rights[key] = Right(
        key, (lambda: words) if isinstance(words, Sentence) else words, _computed(rank), also
    )


def _computed(rank: str | int | Callable[[], int]) -> Callable[[], int]:
    if isinstance(rank, str):
        return lambda: int(settings.get(rank))
    return (lambda: rank) if isinstance(rank, int) else rank


def register() -> dict[str, Right]:
    """Every right by its key."""
    return dict(_rights)


def opened(rank: int) -> list[Sentence]:
    """What opens with exactly this rank, by the settings in force. No query."""
    return [one.words() for one in _rights.values() if one.rank() == rank]
