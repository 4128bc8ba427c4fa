"""Plain TF-IDF, the yardstick beside the product's search: no stems, no stop words, nothing tuned.

Titles count twice, repetition by its logarithm, the inverse frequency is smoothed, vectors have length one, the
nearest are those with the largest cosine.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from heapq import nlargest

_WORD = re.compile(r"\w\w+")


class TfIdf:
    """Texts by number; ``nearest`` gives the numbers of the most alike ones."""

    def __init__(self, texts: dict[int, tuple[str, str]]) -> None:
        counted = {number: _counts(title, body) for number, (title, body) in texts.items()}
        frequency = Counter(word for words in counted.values() for word in words)
        self._rarity = {
            word: math.log((1 + len(texts)) / (1 + count)) + 1 for word, count in frequency.items()
        }
        self._lists: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, words in counted.items():
            for word, weight in self._vector(words).items():
                self._lists[word].append((number, weight))

    def nearest(self, title: str, body: str, count: int, without: int = 0) -> list[int]:
        """The ``count`` texts most like this one."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word, weight in self._vector(_counts(title, body)).items():
            for number, other in self._lists.get(word, ()):
                scores[number] += weight * other
        scores.pop(without, None)
        return nlargest(count, scores, key=lambda number: (scores[number], -number))

    def _vector(self, words: Counter[str]) -> dict[str, float]:
        weighed = {
            word: (1 + math.log(count)) * self._rarity[word]
            for word, count in words.items()
            if word in self._rarity
        }
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {word: weight / length for word, weight in weighed.items()}


def _counts(title: str, body: str) -> Counter[str]:
    words = Counter(_WORD.findall(body.lower()))
    for word in _WORD.findall(title.lower()):
        words[word] += 2
    return words
