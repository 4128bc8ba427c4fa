"""Before the invitations are let loose: who would have been asked about the questions of the last days, and who replied.

The history runs through memory in its order, so that for each question nothing is known that came later; the score is the
one of ``rules``. The likeness of texts comes from the index as it stands today, narrowed to replies written
before; an answer that was accepted counts as such from its first moment. Nobody is asked, nothing is written. Source: domain/escalation.md §C5.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from accounts.masks.queries import person_of
from common.db import db
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from forum.search.similar import nearest_to
from moderation.experts import choosing
from moderation.experts.asking.courtesy_rules import top_share
from moderation.experts.counting import CHUNK, about_of, tags_of
from moderation.experts.rules import (
    LATELY,
    UNPROVEN,
    About,
    Candidate,
    Done,
    half_life_of,
    scored,
    warmer,
    warmth_of,
)

BEFORE = timedelta(days=180)
"""History that is read before the first question which is asked about."""
FIRST = 5


@dataclass(slots=True)
class Figures:
    """How well the score would have asked."""

    questions: int = 0
    hits: int = 0
    found: int = 0
    reciprocal: float = 0.0
    asked: Counter[int] = field(default_factory=Counter)
    members: int = 0
    """Those who could have been asked."""

    @property
    def said(self) -> dict[str, float]:
        """P@5, hits, the mean of one over the place of the first replier, and the share of the top 1 %."""
        count = max(self.questions, 1)
        return {
            "questions": self.questions,
            "p_at_5": round(self.found / count / FIRST, 4),
            "hit_at_5": round(self.hits / count, 4),
            "mrr": round(self.reciprocal / count, 4),
            "top1pct_share": round(top_share(self.asked, self.members), 4),
        }

    def note(self, suggested: list[int], repliers: set[int]) -> None:
        """One question."""
        first = suggested[:FIRST]
        self.questions += 1
        self.asked.update(first)
        self.found += len(repliers.intersection(first))
        self.hits += bool(repliers.intersection(first))
        place = next((n for n, one in enumerate(suggested, 1) if one in repliers), None)
        self.reciprocal += 1 / place if place else 0.0


@dataclass(slots=True)
class Asked:
    """Who was asked lately, as far as a replay can know: everybody whom it would have asked."""

    times: deque[tuple[datetime, int]] = field(default_factory=deque)
    counts: Counter[int] = field(default_factory=Counter)

    def note(self, at: datetime, suggested: Iterable[int]) -> None:
        """Some are asked."""
        for member_id in suggested:
            self.times.append((at, member_id))
            self.counts[member_id] += 1

    def lately(self, at: datetime) -> Counter[int]:
        """How often each was asked within the last days."""
        while self.times and self.times[0][0] < at - LATELY:
            self.counts[self.times.popleft()[1]] -= 1
        return self.counts


@dataclass(slots=True)
class Memory:
    """What was known at a moment: by topic what members did, and who replied to which question, how well."""

    done: dict[str, dict[int, Done]] = field(default_factory=lambda: defaultdict(dict))
    replies: dict[int, dict[int, bool]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, member_id: int, question_id: int, at: datetime, solved: bool, about: About) -> None:
        """A reply appears."""
        self.replies[question_id][member_id] = solved or self.replies[question_id].get(member_id, False)
        for topic in about.topics:
            before = self.done[topic].get(member_id)
            level = warmth_of([at], half_life_of(topic))
            self.done[topic][member_id] = (
                Done(warmer(before.warmth, level), before.answers + 1, before.accepted + solved, at)
                if before
                else Done(level, 1, int(solved), at)
            )

    def candidates(
        self, question_id: int, about: About, asker_id: int | None, lately: Mapping[int, int]
    ) -> list[Candidate]:
        """Those the live code would look at, with what was known of them."""
        matches = self._matches(question_id)
        alike = heapq.nlargest(
            choosing.ALIKE, matches, key=lambda one: (sum(sorted(matches[one])[-3:]), -one)
        )
        ids = set(alike)
        for topic in about.topics:
            limit = choosing.FROM_EACH.get(topic.split(":", 1)[0], choosing.FROM_EACH["category"])
            known = self.done.get(topic, {})
            ids.update(heapq.nlargest(limit, known, key=lambda one: known[one].warmth))
        here = self.done.get(about.language, {})
        return [
            Candidate(
                one,
                {topic: self.done[topic][one] for topic in about.topics if one in self.done.get(topic, ())},
                tuple(matches.get(one, ())),
                lately=lately.get(one, 0),
            )
            for one in ids - {asker_id}
            if one in here
        ]

    def _matches(self, question_id: int) -> dict[int, list[float]]:
        found: dict[int, list[float]] = defaultdict(list)
        for match in nearest_to(question_id, choosing.MATCHES, choosing.ENTRIES):
            for member_id, proven in self.replies.get(match.question_id, {}).items():
                found[member_id].append(match.score * (1.0 if proven else UNPROVEN))
        return found


def replay(since: datetime, until: datetime, tick: Callable[[int], None] = lambda _count: None) -> Figures:
    """Ask, in memory, about every question of a time that somebody else answered later."""
    figures, memory, tired = Figures(), Memory(), Asked()
    questions = _questions(since - BEFORE, until)
    repliers: dict[int, set[int]] = defaultdict(set)
    answers = list(_answers(since - BEFORE, until))
    for row in answers:
        repliers[row.question_id].add(row.author_id)
    weights, waiting = choosing.weights(), sorted(questions.items(), key=lambda one: one[1][0])
    asked = iter(
        [(number, *known) for number, known in waiting if known[0] >= since and repliers.get(number)]
    )
    coming = next(asked, None)
    for row in [*answers, None]:
        while coming is not None and (row is None or coming[1] <= row.published_at):
            question_id, at, asker_id, about = coming
            known = memory.candidates(question_id, about, asker_id, tired.lately(at))
            suggested = [one.member_id for one in scored(known, about, at, weights)]
            tired.note(at, suggested[:FIRST])
            figures.note(suggested, repliers[question_id])
            db.session.rollback()
            tick(1)
            coming = next(asked, None)
        if row is not None and row.question_id in questions:
            memory.add(
                row.author_id,
                row.question_id,
                row.published_at,
                bool(row.solved),
                questions[row.question_id][2],
            )
    figures.members = len({one for ids in repliers.values() for one in ids})
    return figures


def _questions(since: datetime, until: datetime) -> dict[int, tuple[datetime, int | None, About]]:
    """Published questions of a time: when, by whom, about what."""
    question, post = Question.__table__, Post.__table__
    query = (
        select(
            question.c.id, question.c.category_id, question.c.product_id, post.c.language, post.c.published_at,
            person_of(post.c.author_id).label("asker_id"),
        )
        .join(post, post.c.id == question.c.id)
        .where(post.c.kind == PostKind.QUESTION, post.c.state == PostState.PUBLISHED)
        .where(post.c.published_at >= since, post.c.published_at < until)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    tags = tags_of({row.id for row in rows})
    return {
        row.id: (
            row.published_at,
            row.asker_id,
            about_of(row.language, row.category_id, row.product_id, tags.get(row.id, ())),
        )
        for row in rows
    }


def _answers(since: datetime, until: datetime) -> Iterator[Any]:
    """Published answers of a time to questions of others, in their order."""
    answer, question, asked = Post.__table__, Question.__table__, aliased(Post.__table__)
    query = (
        select(
            answer.c.author_id, answer.c.question_id, answer.c.published_at,
            (question.c.accepted_answer_id == answer.c.id).label("solved"),
        )
        .select_from(answer)
        .join(question, question.c.id == answer.c.question_id)
        .join(asked, asked.c.id == question.c.id)
        .where(answer.c.kind == PostKind.ANSWER, answer.c.state == PostState.PUBLISHED, answer.c.is_official.is_(False))
        .where(answer.c.published_at >= since, answer.c.published_at < until, answer.c.author_id.is_not(None))
        .where(person_of(asked.c.author_id).is_distinct_from(answer.c.author_id))
        .order_by(answer.c.published_at, answer.c.id)
    )  # fmt: skip
    yield from db.session.execute(query.execution_options(yield_per=CHUNK))
