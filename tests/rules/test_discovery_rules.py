"""Which questions and lists are offered to search engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from forum.discovery.rules import (
    THIN_TEXT,
    URLS_PER_SITEMAP,
    list_is_worth_finding,
    question_is_worth_finding,
    span_of,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def worth(**changed):
    facts = {
        "answer_count": 0,
        "published_at": NOW - timedelta(days=3),
        "text_length": THIN_TEXT,
        "duplicate": False,
        "now": NOW,
        "patience": timedelta(days=30),
    }
    return question_is_worth_finding(**(facts | changed))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"published_at": NOW - timedelta(days=30)}, True),
        ({"published_at": NOW - timedelta(days=30, seconds=1)}, False),
        ({"published_at": NOW - timedelta(days=900), "answer_count": 1}, True),
        ({"text_length": THIN_TEXT - 1}, False),
        ({"text_length": 1, "answer_count": 1}, True),
        ({"duplicate": True, "answer_count": 3}, False),
        ({"published_at": None, "answer_count": 3}, False),
    ],
)
def test_unanswered_after_a_month_thin_and_doubled_questions_are_not_offered(facts, expected):
    assert worth(**facts) is expected


def test_a_list_needs_enough_on_it():
    assert list_is_worth_finding(3, 3) and not list_is_worth_finding(2, 3)


def test_every_id_lies_in_exactly_one_sitemap():
    for question_id in (1, URLS_PER_SITEMAP - 1, URLS_PER_SITEMAP, URLS_PER_SITEMAP + 1, 2_147_483_647):
        number = question_id // URLS_PER_SITEMAP + 1
        first, end = span_of(number)
        assert first <= question_id < end
        assert not first <= question_id + URLS_PER_SITEMAP < end
