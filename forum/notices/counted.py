"""What acts on a thread are called where several of them are one line of news."""

from __future__ import annotations

from common.i18n import Sentence, n_


def answers(count: int) -> Sentence:
    """Tips and answers asking for a detail are answers here."""
    return n_("%(count)s answer", "%(count)s answers", count)


def official_answers(count: int) -> Sentence:
    """Answers of the team."""
    return n_("%(count)s official answer", "%(count)s official answers", count)


def comments(count: int) -> Sentence:
    """Comments and replies."""
    return n_("%(count)s comment", "%(count)s comments", count)


def mentions(count: int) -> Sentence:
    """Texts that name the member."""
    return n_("%(count)s mention", "%(count)s mentions", count)


def thumbs(count: int) -> Sentence:
    """Thumbs-up for the member's texts."""
    return n_("%(count)s thumbs-up", "%(count)s thumbs-up", count)
