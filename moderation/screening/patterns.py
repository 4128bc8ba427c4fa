"""Regular expressions that a brand may write without stopping the house: bounded ones. Pure.

A pattern is taken when no text can make it try many ways at one place: no repeat without an upper end, no reference
back, and few ways in all. What is left is linear in the length of the text.
"""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

MOST_WAYS = 200
LONGEST = 200
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_PLAIN = (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN, codes.AT, codes.CATEGORY, codes.RANGE)


class Unbounded(ValueError):
    """The pattern could keep the house busy."""


def is_bounded(written: object) -> bool:
    """Whether a pattern compiles, matches something, and stays cheap on any text."""
    if not isinstance(written, str) or not 0 < len(written) <= LONGEST:
        return False
    try:
        return not re.compile(written).match("") and _ways(parser.parse(written)) <= MOST_WAYS
    except (re.error, Unbounded, RecursionError, OverflowError):
        return False


def _ways(parsed) -> int:
    """In how many ways a part can match at one place."""
    ways = 1
    for code, value in parsed:
        if code in _PLAIN:
            continue
        if code in _REPEATS:
            low, high, inner = value
            if high == codes.MAXREPEAT or high > LONGEST:
                raise Unbounded
            ways *= max(1, high - low + 1) * _ways(inner) ** high if high else 1
        elif code == codes.SUBPATTERN:
            ways *= _ways(value[-1])
        elif code == codes.BRANCH:
            ways *= sum(_ways(branch) for branch in value[1])
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            ways *= _ways(value[1])
        else:
            raise Unbounded
        if ways > MOST_WAYS:
            raise Unbounded
    return ways
