"""What the score of a question is made of now, read once, and the score by the words in force (domain/escalation.md §C2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from accounts.masks.queries import person_of
from accounts.members.models import Member
from common import clock, settings
from common.db import db, not_by_index
from common.i18n import _
from forum.categories.models import Category
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.escalation.models import Ladder
from moderation.escalation.priority_rules import BASE, Facts, Score, score
from moderation.lexicon import versions

settings.define(
    "escalation.score_base", BASE, unit=_("points"), low=0, high=44,
    help=_("Points any question begins with; with 0, a question that nothing speaks for is of low priority."),
)  # fmt: skip
settings.define(
    "escalation.repeat_days", 7, unit=_("days"), low=1, high=90,
    help=_("Time within which a second question of the same member in the same category counts as asking again."),
)  # fmt: skip
settings.define(
    "escalation.urgency_weights", {},
    help=_("Weight of words of urgency in a category, by its key: 0 does not count them, 2 counts them double."),
)  # fmt: skip


_BEFORE, _FILED = Post.__table__.alias(), Question.__table__.alias()
"""Made once: an alias of so many columns takes longer to make than its rows to read."""


def score_now(question_id: int, used: float, reopened: bool, ladder: Ladder | None = None) -> Score:
    """The score of a question as it stands. ``used`` is the elapsed share of the reply target."""
    return score(facts_of(asked([question_id])[question_id], used, reopened, ladder), versions.in_force())


def asked(question_ids: Sequence[int]) -> dict[int, Any]:
    """What the score of each of these questions is made of, as the forum has it. One statement."""
    rows = db.session.execute(
        select(
            Question.id, Question.title, Question.body, Question.me_too_count, Question.view_count, Member.rank, Category.key,
            _asked_before().label("again"),
        )
        .select_from(Question)
        .outerjoin(Member, Member.id == person_of(Question.author_id))
        .join(Category, Category.id == Question.category_id)
        .where(Question.id.in_(question_ids))
    )  # fmt: skip
    return {row.id: row for row in rows}


def facts_of(row: Any, used: float, reopened: bool, ladder: Ladder | None = None) -> Facts:
    """The same ready to be scored; reach and cleared words are what people noted with the clock."""
    return Facts(
        row.title, row.body, row.rank or 0, row.me_too_count, row.view_count, used, reopened, bool(row.again),
        reach=ladder.reach if ladder else 0, urgency=urgency_of(row.key), base=settings.get("escalation.score_base"),
        cleared=frozenset(ladder.cleared_words) if ladder else frozenset(),
    )  # fmt: skip


def _asked_before() -> Any:
    """Another question of the same author about the same topic, in the last days."""
    since = clock.now() - timedelta(days=settings.get("escalation.repeat_days"))
    return (
        select(_BEFORE.c.id)
        .join(_FILED, _FILED.c.id == _BEFORE.c.id)
        .where(
            _BEFORE.c.author_id == Question.author_id, _BEFORE.c.kind == PostKind.QUESTION, _BEFORE.c.published_at >= since,
            not_by_index(_BEFORE.c.state) == PostState.PUBLISHED, _BEFORE.c.id < Question.id,
            _FILED.c.category_id == Question.category_id,
        )
        .correlate(Question, Post)
        .exists()
    )  # fmt: skip


def urgency_of(category_key: str) -> float:
    """What a word of urgency weighs in a category; 1 where the setting says nothing usable."""
    return weight_in(settings.get("escalation.urgency_weights"), category_key)


def weight_in(weights: Mapping[str, Any], category_key: str) -> float:
    """The same in a table of weights. Pure."""
    weight = weights.get(category_key, 1.0)
    return float(weight) if isinstance(weight, int | float) and 0 <= weight <= 4 else 1.0
