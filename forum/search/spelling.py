"""Did you mean …? The known word nearest to a mistyped one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def distance(one: str, other: str, most: int = 2) -> int:
    """Letters to change, insert, drop or swap to turn one word into the other; ``most + 1`` when more than ``most``."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    older: list[int] = []
    row = list(range(len(other) + 1))
    for index, char in enumerate(one, 1):
        previous, row = row, [index]
        for place, wanted in enumerate(other, 1):
            cost = min(previous[place] + 1, row[place - 1] + 1, previous[place - 1] + (char != wanted))
            if older and place > 1 and char == other[place - 2] and one[index - 2] == wanted:
                cost = min(cost, older[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        older = previous
    return row[-1]


def nearest(word: str, known: Iterable[tuple[str, int]], names: Collection[str] = ()) -> str | None:
    """The closest known word, or ``None`` when none is near enough. Short words allow one slip, longer ones two.

    ``known`` gives (word, number of documents). Of equally close ones a word of ``names`` goes before, then one from
    which letters were left out, then the most frequent.
    """
    allowed = 1 if len(word) < 6 else 2
    best: tuple[int, bool, bool, int, str] | None = None
    for candidate, frequency in known:
        if candidate == word or abs(len(candidate) - len(word)) > allowed:
            continue
        away = distance(word, candidate, allowed)
        if away <= allowed:
            left_out = len(candidate) - len(word) == away
            rank = (away, candidate not in names, not left_out, -frequency, candidate)
            if best is None or rank < best:
                best = rank
    return best[-1] if best else None
