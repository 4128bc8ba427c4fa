"""Fills the forum's port: what is known of author, category and lists goes into the pure chain of `screening`.

The text is seen before it is stored; what is masked here is kept nowhere.
"""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Lock

from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, i18n, settings
from common.db import db
from common.permissions import Actor
from forum.categories.models import Category
from forum.questions.models import Post
from forum.questions.publishing import Screening, Submission
from forum.questions.rules import PostState
from moderation.review import numbers
from moderation.review.models import DecisionUndo, ReviewDecision, WatchedWord
from moderation.review.rules import RESTRICTING, policy_verdict
from moderation.screening import personal_data
from moderation.screening.chain import Author, Lists, Result, Text, WatchedRule, WordAction, matches, screen

FRESH_SECONDS = 5.0
_words: tuple[WatchedRule, ...] = ()
_read_at = -FRESH_SECONDS
_lock = Lock()


def screen_submission(submission: Submission) -> Screening:
    """The answer the forum asks for: the text to store, and why it is held."""
    result = result_of(submission)
    return Screening(result.title, result.body, result.reasons, result.masked)


def result_of(submission: Submission) -> Result:
    """The whole result of the chain, with what a moderator should know."""
    text = Text(
        submission.body, submission.title, submission.previous_body, submission.previous_title,
        submission.composed_seconds,
    )  # fmt: skip
    author = author_of(submission.actor)
    return screen(
        text, author, submission.policy, lists(), numbers.screen_numbers(), numbers.policy_numbers()
    )


def without_private(text: str, language: str) -> tuple[str, tuple[str, ...]]:
    """A text without personal data, and which kinds there were: the answer to the forum's other port."""
    own, orders = tuple(settings.get("moderation.own_domains")), numbers.order_patterns()
    clean, kinds = personal_data.without(text, language, orders, own)
    return clean, tuple(kind.value for kind in kinds)


def without_cards(text: str) -> str:
    """What may be kept of any typed text: the answer to the house's port."""
    return personal_data.without_cards(text, i18n.language())


def author_of(actor: Actor) -> Author:
    """What the chain asks about an author."""
    if actor.is_staff:
        return Author(rank=actor.rank, is_staff=True, has_published=True, language=actor.language)
    return Author(
        rank=actor.rank,
        has_published=has_published(actor.ids),
        under_watch=is_under_watch(actor.ids),
        language=actor.language,
    )


def has_published(ids: frozenset[int]) -> bool:
    """Whether anything of this member stands in public, under their name or a mask."""
    query = select(Post.id).where(Post.author_id.in_(ids), Post.state == PostState.PUBLISHED).limit(1)
    return db.session.scalar(query) is not None


def is_under_watch(ids: frozenset[int]) -> bool:
    """Whether so much of this author was refused in 30 days that everything is read first."""
    since = clock.now() - timedelta(days=30)
    refused = db.session.scalar(
        select(func.count())
        .select_from(ReviewDecision)
        .join(Post, Post.id == ReviewDecision.post_id)
        .where(
            Post.author_id.in_(ids),
            ReviewDecision.decided_at >= since,
            ReviewDecision.decision.in_(RESTRICTING),
            ReviewDecision.id.not_in(select(DecisionUndo.decision_id)),
        )
    )
    return refused >= settings.get("moderation.watch_rejections")


def lists() -> Lists:
    """What the brand has configured, watched words included (read at most every few seconds in each process)."""
    return Lists(
        watched=_watched(),
        shorteners=frozenset(settings.get("moderation.shorteners")),
        own_domains=tuple(settings.get("moderation.own_domains")),
        order_patterns=numbers.order_patterns(),
    )


def forget() -> None:
    """Read the watched words again at the next text."""
    global _read_at
    _read_at = -FRESH_SECONDS


def sample_share(post: Post, category: Category, rank: int, is_staff: bool) -> float:
    """How likely a published text is looked at afterwards."""
    verdict = policy_verdict(category.policy, rank, is_staff, False, True, numbers.policy_numbers())
    return verdict.sample_share


def is_read_afterwards(author_id: int | None) -> bool:
    """Whether what this author publishes at once under the policy ``post`` is queued for a look."""
    author = db.session.execute(select(Member.rank, Member.role).where(Member.id == author_id)).first()
    if author is None:
        return False
    is_staff = author.role in STAFF
    return (
        policy_verdict("post", author.rank, is_staff, False, True, numbers.policy_numbers()).sample_share > 0
    )


def signals_of(title: str | None, body: str, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """What a moderator should know of a held text: the reasons, and ``danger`` when an urgent word is in it."""
    whole = f"{title or ''}\n{body}"
    urgent = any(rule.action == WordAction.URGENT and matches(rule, whole) for rule in _watched())
    return (*reasons, "danger") if urgent else tuple(reasons)


def has_flagged_word(title: str | None, body: str) -> bool:
    """Whether a published text has a word that asks for a look afterwards."""
    whole = f"{title or ''}\n{body}"
    return any(rule.action == WordAction.FLAG and matches(rule, whole) for rule in _watched())


def _watched() -> tuple[WatchedRule, ...]:
    global _words, _read_at
    with _lock:
        if time.monotonic() - _read_at > FRESH_SECONDS:
            rows = db.session.execute(select(WatchedWord.pattern, WatchedWord.action, WatchedWord.whole_word))
            _words = tuple(WatchedRule(pattern, WordAction(action), whole) for pattern, action, whole in rows)
            _read_at = time.monotonic()
        return _words
