"""How much an edit changes: whether it is small enough not to be read again. Pure (domain/moderation.md §B1)."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

MOST_WORDS = 600
"""Beyond so many changed words the two texts are not laid side by side: the edit counts as large."""


def is_light(before: str, after: str, share: float) -> bool:
    """Whether at most this share of the words differs."""
    if before == after:
        return True
    old, new = before.split(), after.split()
    whole = len(old) + len(new)
    old, new, same = _trimmed(old, new)
    wanted = (1 - share) * whole
    common = (Counter(old) & Counter(new)).total()
    if 2 * (same + common) < wanted:
        return False
    if 2 * same >= wanted:
        return True
    if max(len(old), len(new)) > MOST_WORDS:
        return False
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return 2 * (same + sum(block.size for block in matcher.get_matching_blocks())) >= wanted


def _trimmed(old: list[str], new: list[str]) -> tuple[list[str], list[str], int]:
    """What is left of both without their common beginning and end, and how many words those have."""
    most = min(len(old), len(new))
    head = next((i for i in range(most) if old[i] != new[i]), most)
    tail = next((i for i in range(most - head) if old[-1 - i] != new[-1 - i]), most - head)
    return old[head : len(old) - tail], new[head : len(new) - tail], head + tail
