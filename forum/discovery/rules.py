"""Which pages are worth a stranger's visit. Pure.

A page that promises an answer and has none disappoints whoever comes from a search engine, so it is not offered
there: unanswered questions after a month, and pages with next to nothing on them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

THIN_TEXT = 80
"""Characters; an unanswered question that says less is a thin page."""

URLS_PER_SITEMAP = 50_000
"""The most that sitemaps.org allows in one file; ours are cut by ids, so this is also the span of ids of a file."""

FEED_ENTRIES = 20


def question_is_worth_finding(
    *,
    answer_count: int,
    published_at: datetime | None,
    text_length: int,
    duplicate: bool,
    now: datetime,
    patience: timedelta,
) -> bool:
    """Whether a published question is offered to search engines."""
    if published_at is None or duplicate:
        return False
    if answer_count:
        return True
    return text_length >= THIN_TEXT and now - published_at <= patience


def list_is_worth_finding(question_count: int, least: int) -> bool:
    """Whether a list (a category, a topic) has enough on it."""
    return question_count >= least


def span_of(number: int) -> tuple[int, int]:
    """The ids of the questions in a sitemap: from, up to and without. Files are numbered from 1."""
    return (number - 1) * URLS_PER_SITEMAP, number * URLS_PER_SITEMAP
