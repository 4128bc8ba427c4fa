"""A text became public: which watches call for it. Runs in a job, many texts at once; each match is found once.

The write path pays one look for whether there is any watch. Texts are read as everybody may read them, and held in place
while their matches are written: a text that is taken away at the same moment takes its notices with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from common import clock, jobs
from common.db import db, insert_new
from common.unit_of_work import record, unit_of_work
from forum import events
from moderation.events import WatchMatched
from moderation.lexicon import versions
from moderation.lexicon.rules import Lexicon
from moderation.lexicon.rules import words_of as tokens_of
from moderation.listening import texts
from moderation.watches import notices, numbers
from moderation.watches.models import SavedWatch, WatchMatch
from moderation.watches.rules import Book, Heard, Wanted, hour_of

_LISTS = ("all_of", "any_of", "none_of")


@dataclass(frozen=True, slots=True)
class _Found:
    id: int
    post_id: int
    question_id: int | None


def note(fact: Any) -> None:
    """A text became public or has a new version: it is read soon, if anybody watches for anything."""
    if db.session.scalar(select(SavedWatch.id).where(SavedWatch.paused_at.is_(None)).limit(1)) is None:
        return
    post_id = _post_of(fact)
    version = getattr(fact, "version", 0)
    jobs.enqueue(
        "watches.read", {"post_id": post_id}, f"watches.read:{post_id}:{version}:{type(fact).__name__}"
    )


def _post_of(fact: Any) -> int:
    if isinstance(fact, events.QuestionPublished):
        return fact.question_id
    if isinstance(fact, events.AnswerPublished):
        return fact.answer_id
    if isinstance(fact, events.CommentPublished):
        return fact.comment_id
    return fact.post_id


@jobs.job("watches.read", batch=True)
def read(payloads: Sequence[dict[str, Any]]) -> None:
    """Look for watches in texts; a second time finds nothing new."""
    match({one["post_id"] for one in payloads})


def match(post_ids: Iterable[int]) -> int:
    """Write down which watches these texts call for, and tell. Returns how many are new."""
    with unit_of_work():
        watches = {
            one.id: one
            for one in db.session.scalars(select(SavedWatch).where(SavedWatch.paused_at.is_(None)))
        }
        rows = _rows(watches.values(), post_ids) if watches else []
        if not rows:
            return 0
        called = sorted({row["watch_id"] for row in rows})
        held = (
            select(SavedWatch.id).where(SavedWatch.id.in_(called)).order_by(SavedWatch.id).with_for_update()
        )
        there = set(db.session.scalars(held))  # one at a time for each watch: the hour is counted right
        threads = {row["post_id"]: row.pop("question_id") for row in rows}
        hour = hour_of(clock.now())
        before = _in_this_hour(there, hour)
        new = insert_new(
            WatchMatch, [row for row in rows if row["watch_id"] in there], WatchMatch.id, WatchMatch.watch_id, WatchMatch.post_id
        )  # fmt: skip
        by_watch: defaultdict[int, list[_Found]] = defaultdict(list)
        for row in sorted(new, key=lambda one: one.id):
            by_watch[row.watch_id].append(_Found(row.id, row.post_id, threads[row.post_id]))
            record(WatchMatched(row.id, row.watch_id, row.post_id, watches[row.watch_id].for_team))
        for watch_id, found in by_watch.items():
            room = max(0, numbers.notices_an_hour() - before.get(watch_id, 0))
            notices.tell(watches[watch_id], found, room, hour)
        return len(new)


def _rows(watches: Iterable[SavedWatch], post_ids: Iterable[int]) -> list[dict[str, Any]]:
    book, words = Book(_wanted(one) for one in watches), versions.in_force()
    post = texts.post.c
    query = texts.read(
        post.id, post.question_id, post.kind, post.language, post.body_html, texts.TITLE.label("title"), texts.CATEGORY.label("category_id"),
        texts.PRODUCT.label("product_id"), texts.question.c.id.label("thread_id"),
    ).where(post.id.in_(list(post_ids))).order_by(post.id).with_for_update(read=True, of=texts.post)  # fmt: skip
    found, now = [], clock.now()
    for row in db.session.execute(query):
        own_title = row.title if row.id == row.thread_id or row.thread_id is None else None
        heard = heard_from(texts.words_of(row.body_html, own_title), row, words)
        found += [
            {"watch_id": wanted.id, "post_id": row.id, "question_id": row.thread_id, "words": list(why), "tone": heard.tone, "found_at": now}
            for wanted, why in book.called_by(heard)
        ]  # fmt: skip
    return found


def heard_from(text: str, row: Any, words: Lexicon) -> Heard:
    """A text as watches look at it."""
    tone = texts.tone_of(text, words)
    return Heard(tokens_of(text), row.language, row.category_id, row.product_id, tone)


def _wanted(watch: SavedWatch) -> Wanted:
    lists = {key: tuple(getattr(watch, key)) for key in _LISTS}
    return Wanted(
        watch.id, language=watch.language, category_id=watch.category_id, product_id=watch.product_id,
        tone_least=watch.tone_least, **lists,
    )  # fmt: skip


def _in_this_hour(watch_ids: set[int], hour: Any) -> dict[int, int]:
    query = select(WatchMatch.watch_id, func.count()).where(
        WatchMatch.watch_id.in_(watch_ids), WatchMatch.found_at >= hour
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(WatchMatch.watch_id))}
