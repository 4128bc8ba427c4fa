"""What digests hold besides news: sections that the packages above fill, each for many members at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from common.i18n import Sentence


@dataclass(frozen=True, slots=True)
class Reader:
    """A member for whom something is chosen; ``earlier`` holds, by section, what earlier digests suggested."""

    member_id: int
    language: str
    earlier: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a section: a title in its own language, where it leads, and a remark."""

    title: str
    place: tuple[str, dict]
    note: Sentence | str = ""
    language: str = ""


Chosen = dict[int, list[int]]
Chooser = Callable[[Sequence[Reader]], dict[str, Chosen]]
"""Gives, for each of its sections, ids by member; its statements do not depend on how many readers there are."""


@dataclass(frozen=True, slots=True)
class Section:
    """``entries(ids)`` reads what the chosen are called now, leaving out what may no longer be shown or is no longer
    true."""

    key: str
    heading: Sentence
    entries: Callable[[Sequence[int]], list[Entry]]


_sections: dict[str, Section] = {}
_choosers: list[Chooser] = []


def register(chooser: Chooser, *sections: Section) -> None:
    """Make sections known, and what fills them. The same keys registered again replace the former."""
    _sections.update({section.key: section for section in sections})
    if chooser not in _choosers:
        _choosers.append(chooser)


def registered() -> list[Section]:
    """All sections, in the order of the letter."""
    return list(_sections.values())


def choose(readers: Sequence[Reader]) -> dict[int, dict[str, list[int]]]:
    """What is suggested to each of these members, by section; nobody appears with nothing."""
    found: dict[int, dict[str, list[int]]] = {}
    for chooser in _choosers:
        for key, chosen in chooser(readers).items():
            for member_id, ids in chosen.items():
                if ids:
                    found.setdefault(member_id, {})[key] = ids
    return found
