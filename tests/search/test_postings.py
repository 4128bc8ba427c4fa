"""Lists of postings added up: the same order as one document at a time, and no more memory than allowed."""

from __future__ import annotations

from array import array
from typing import Any

from forum.search.engines import postings
from forum.search.engines.postings import LEAST, PostingLists, best, with_all, with_any


class Matcher:
    def __init__(self, entries: dict[int, float]) -> None:
        self.entries = list(entries.items())

    def is_active(self) -> bool:
        return bool(self.entries)

    def id(self) -> int:
        return self.entries[0][0]

    def weight(self) -> float:
        return self.entries[0][1]

    def next(self) -> None:
        self.entries.pop(0)


class Reader:
    """A segment of three texts, as far as lists are read from it."""

    lists = {
        "drum": {0: 1.0, 2: 4.0},
        "water": {0: 2.0, 1: 1.0},
        "fr": {1: 1.0},
        "worth": {0: 1.0, 1: 2.5, 2: 1.5},
    }
    read: list[str] = []

    def __init__(self, name: str = "first") -> None:
        self.name, self.read = name, []

    def segment(self) -> Any:
        return self

    def segment_id(self) -> str:
        return self.name

    def doc_count_all(self) -> int:
        return 3

    def __contains__(self, term: tuple[str, str]) -> bool:
        return term[1] in self.lists

    def postings(self, _field: str, term: str) -> Matcher:
        self.read.append(term)
        return Matcher(self.lists[term])


def test_what_a_term_says_counts_by_its_factor():
    found = PostingLists().scores(Reader(), "text", [("drum", 2.0)])
    assert found == {0: 2.0, 2: 8.0}


def test_terms_are_added_up_and_unknown_ones_are_nothing():
    found = PostingLists().scores(Reader(), "text", [("nothing", 1.0), ("drum", 1.0), ("water", 0.5)])
    assert found == {0: 2.0, 1: 0.5, 2: 4.0}


def test_what_stands_in_every_document_is_read_by_number():
    assert list(PostingLists().by_number(Reader(), "every", "worth")) == [1.0, 2.5, 1.5]


def test_what_stands_in_every_document_keeps_its_number_though_some_are_deleted(monkeypatch):
    monkeypatch.setitem(Reader.lists, "worth", {2: 1.5})
    assert list(PostingLists().by_number(Reader(), "every", "worth")) == [0.0, 0.0, 1.5]


def test_all_and_any():
    drum, water = {0: 1.0, 2: 4.0}, {0: 2.0, 1: 1.0}
    assert with_all([drum, water]) == {0: 3.0}
    assert with_any([drum, water]) == {0: 3.0, 1: 1.0, 2: 4.0}
    assert with_all([drum, {}]) == {} and with_any([]) == {}


def test_the_best_come_first_and_the_older_among_equals():
    assert best({5: 1.0, 3: 2.0, 4: 2.0, 9: 0.5}, 3) == [(3, 2.0), (4, 2.0), (5, 1.0)]


def test_a_list_is_read_once_per_segment():
    lists, first, second = PostingLists(), Reader(), Reader("second")
    for _ in range(3):
        lists.scores(first, "text", [("drum", 1.0)])
    lists.scores(second, "text", [("drum", 1.0)])
    assert first.read == ["drum"] and second.read == ["drum"]


def test_values_of_a_plain_field_are_a_set():
    assert PostingLists().documents(Reader(), "language", "fr") == {1}
    assert PostingLists().documents(Reader(), "language", "xx") == frozenset()


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(postings, "_read", lambda *_place: (array("I", range(40)), array("f", [1.0] * 40)))
    lists = PostingLists(most=200)
    for number in range(10):
        lists.scores(Reader(), "text", [(f"t{number}", 1.0)])
    assert lists._size <= 200 and len(lists._kept) == 2


def test_asking_for_what_does_not_exist_fills_no_memory():
    lists = PostingLists(most=10 * LEAST)
    for number in range(100):
        lists.documents(Reader(), "tag", f"nothing-{number}")
    assert len(lists._kept) <= 10


def test_lists_of_a_segment_that_is_gone_leave():
    lists = PostingLists()
    for name in ("first", "second"):
        lists.scores(Reader(name), "text", [("drum", 1.0)])
    lists.keep_only({"second"})
    assert lists._size == 2 + LEAST
    again = Reader("first")
    lists.scores(again, "text", [("drum", 1.0)])
    assert again.read == ["drum"]
