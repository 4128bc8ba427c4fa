"""Lists of postings added up: the same order as one document at a time, and no more memory than allowed."""

from __future__ import annotations

from array import array
from typing import Any

from forum.search.engines import postings
from forum.search.engines.postings import LEAST, PostingLists, best, bm25, with_all, with_any


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

    lists = {"drum": {0: 1.0, 2: 4.0}, "water": {0: 2.0, 1: 1.0}, "fr": {1: 1.0}}
    lengths = (10, 20, 40)
    read: list[str] = []

    def __init__(self, name: str = "first") -> None:
        self.name, self.read = name, []

    def segment(self) -> Any:
        return self

    def segment_id(self) -> str:
        return self.name

    def __contains__(self, term: tuple[str, str]) -> bool:
        return term[1] in self.lists

    def postings(self, _field: str, term: str) -> Matcher:
        self.read.append(term)
        return Matcher(self.lists[term])

    def doc_count_all(self) -> int:
        return len(self.lengths)

    def doc_field_length(self, document: int, _field: str) -> int:
        return self.lengths[document]


def test_what_a_term_says_is_bm25_times_its_factor():
    found = PostingLists().scores(Reader(), "text", [("drum", 2.0)], average=20)
    assert found.keys() == {0, 2}
    assert abs(found[0] - 2 * bm25(1.0, 10, 20)) < 1e-6 and found[0] < found[2]


def test_forms_of_a_word_are_added_up_and_unknown_ones_are_nothing():
    found = PostingLists().scores(
        Reader(), "text", [("nothing", 1.0), ("drum", 1.0), ("water", 1.0)], average=20
    )
    assert abs(found[0] - bm25(1.0, 10, 20) - bm25(2.0, 10, 20)) < 1e-6 and found.keys() == {0, 1, 2}


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
        lists.scores(first, "text", [("drum", 1.0)], average=20)
    lists.scores(second, "text", [("drum", 1.0)], average=20)
    assert first.read == ["drum"] and second.read == ["drum"]


def test_values_of_a_plain_field_are_a_set():
    assert PostingLists().documents(Reader(), "language", "fr") == {1}
    assert PostingLists().documents(Reader(), "language", "xx") == frozenset()


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(postings, "_read", lambda *_place: (array("I", range(40)), array("f", [1.0] * 40)))
    lists = PostingLists(most=200)
    for number in range(10):
        lists.scores(Reader(), "text", [(f"t{number}", 1.0)], average=20)
    assert lists._size <= 200 and len(lists._kept) == 2


def test_asking_for_what_does_not_exist_fills_no_memory():
    lists = PostingLists(most=10 * LEAST)
    for number in range(100):
        lists.documents(Reader(), "tag", f"nothing-{number}")
    assert len(lists._kept) <= 10


def test_lists_are_weighed_anew_when_texts_have_grown():
    lists, reader = PostingLists(), Reader()
    for average in (20, 21, 30):
        lists.scores(reader, "text", [("drum", 1.0)], average=average)
    assert reader.read == ["drum", "drum"]


def test_lists_of_a_segment_that_is_gone_leave():
    lists = PostingLists()
    for name in ("first", "second"):
        lists.scores(Reader(name), "text", [("drum", 1.0)], average=20)
    lists.keep_only({"second"})
    assert lists._size == 2 + LEAST and list(lists._lengths) == ["second"]
    again = Reader("first")
    lists.scores(again, "text", [("drum", 1.0)], average=20)
    assert again.read == ["drum"]
