"""The difference between two versions, as a reader sees it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from forum.revisions.differences import Change, Segment, differences, folded

TEXTS = st.text(alphabet="ab é\n.", max_size=80)


def test_a_changed_word_is_the_only_change_shown():
    found = differences("Videz le bac à sel.", "Videz le bac à lessive.")
    assert found == (
        Segment(Change.SAME, "Videz le bac à "),
        Segment(Change.REMOVED, "sel"),
        Segment(Change.ADDED, "lessive"),
        Segment(Change.SAME, "."),
    )


def test_equal_texts_have_one_unchanged_segment():
    assert differences("a\nb", "a\nb") == (Segment(Change.SAME, "a\nb"),)


def test_two_empty_texts_have_none():
    assert differences("", "") == ()


@given(TEXTS, TEXTS)
def test_both_versions_can_be_read_back_from_the_difference(before, after):
    found = differences(before, after)
    assert "".join(s.text for s in found if s.change != Change.ADDED) == before
    assert "".join(s.text for s in found if s.change != Change.REMOVED) == after


@given(TEXTS, TEXTS)
def test_neighbouring_segments_differ_in_kind_and_none_is_empty(before, after):
    found = differences(before, after)
    assert all(segment.text for segment in found)
    assert all(a.change != b.change for a, b in pairwise(found))


def test_long_unchanged_passages_are_folded():
    text = "mot " * 400
    shown = folded(differences(text + "a", text + "b"), context=40)
    assert shown[0].text.endswith("mot ") and len(shown[0].text) < 100
    assert [s.change for s in shown][1:] == [Change.REMOVED, Change.ADDED]


def test_two_long_unlike_texts_are_compared_quickly():
    before = "\n".join(f"ligne {n} du premier texte" for n in range(800))
    after = "\n".join(f"phrase {n} du second texte" for n in range(800))
    assert differences(before, after)
