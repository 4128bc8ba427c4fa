"""What changed between two versions of a text, as segments a person can read. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)
_LARGEST = 20_000
"""Above this many words line by line is compared: word by word would take seconds."""


class Change(StrEnum):
    """What happened to a segment."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Segment:
    """A piece of text and what happened to it."""

    change: Change
    text: str


def differences(before: str, after: str) -> tuple[Segment, ...]:
    """The way from `before` to `after`: joining same+removed gives `before`, joining same+added gives `after`.

    Lines are compared first and only changed passages word by word, so that a long text costs little.
    """
    segments: list[Segment] = []
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, a0, a1, b0, b1 in _opcodes(old_lines, new_lines):
        old, new = "".join(old_lines[a0:a1]), "".join(new_lines[b0:b1])
        if tag == "replace" and len(old) + len(new) <= _LARGEST:
            segments += _by_words(old, new)
        else:
            segments += _segments(tag, old, new)
    return tuple(_merged(segments))


def folded(segments: tuple[Segment, ...], context: int = 160) -> tuple[Segment, ...]:
    """The same segments with the middle of long unchanged passages left out, marked by an ellipsis."""
    shown: list[Segment] = []
    last = len(segments) - 1
    for place, segment in enumerate(segments):
        text = segment.text
        if segment.change == Change.SAME and len(text) > 2 * context:
            head = "" if place == 0 else _whole_words(text[:context])
            tail = "" if place == last else _whole_words(text[-context:][::-1])[::-1]
            text = f"{head} … {tail}"
        shown.append(Segment(segment.change, text))
    return tuple(shown)


def shortened(segments: tuple[Segment, ...], most: int) -> tuple[Segment, ...]:
    """The first `most` characters of the segments; an ellipsis says that there is more."""
    shown: list[Segment] = []
    for segment in segments:
        if len(segment.text) > most:
            shown.append(Segment(segment.change, f"{segment.text[:most]}…"))
            break
        shown.append(segment)
        most -= len(segment.text)
    return tuple(shown)


def _whole_words(cut: str) -> str:
    """The beginning of a text without the word that was cut."""
    at = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[:at] if at > 0 else cut


def _by_words(old: str, new: str) -> list[Segment]:
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    found: list[Segment] = []
    for tag, a0, a1, b0, b1 in _opcodes(a, b):
        found += _segments(tag, "".join(a[a0:a1]), "".join(b[b0:b1]))
    return found


def _opcodes(a: list[str], b: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, a, b, autojunk=len(a) + len(b) > 2_000).get_opcodes()


def _segments(tag: str, old: str, new: str) -> list[Segment]:
    if tag == "equal":
        return [Segment(Change.SAME, old)]
    pairs = ((Change.REMOVED, old), (Change.ADDED, new))
    return [Segment(change, text) for change, text in pairs if text]


def _merged(segments: list[Segment]) -> list[Segment]:
    merged: list[Segment] = []
    for segment in segments:
        if merged and merged[-1].change == segment.change:
            merged[-1] = Segment(segment.change, merged[-1].text + segment.text)
        else:
            merged.append(segment)
    return merged
