"""The teams and rules in force, as the pure rules take them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from common.db import db
from common.unit_of_work import kept
from forum.categories.models import Category
from forum.products.models import Product
from forum.questions.models import Question
from moderation.escalation.models import Ladder
from moderation.lexicon.rules import words_of
from moderation.routing.models import RoutingRule, SupportTeam
from moderation.routing.rules import Asked, Rule, Team


def teams() -> list[Team]:
    """The teams that take something, in the order they were made."""
    query = select(SupportTeam).where(SupportTeam.archived_at.is_(None)).order_by(SupportTeam.id)
    return kept("teams", lambda: [as_team(one) for one in db.session.scalars(query)])


def as_team(team: SupportTeam) -> Team:
    """A row as a value."""
    return Team(team.id, team.takes_danger, team.is_fallback, team.overflow_id)


def rules() -> list[RoutingRule]:
    """The rules in their order."""
    return list(db.session.scalars(select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id)))


def named_rules() -> list[tuple[Rule, str]]:
    """The rules as values, each with the name staff gave it."""
    return kept("routing rules", lambda: [(as_rule(row), row.name) for row in rules()])


def as_rules(rows: Iterable[RoutingRule]) -> list[Rule]:
    """Rows as values."""
    return [as_rule(row) for row in rows]


def as_rule(row: RoutingRule) -> Rule:
    """A row as a value."""
    return Rule(
        row.id, row.team_id, frozenset(row.categories), frozenset(row.products), tuple(row.words),
        frozenset(row.languages),
    )  # fmt: skip


def asked(question_ids: Collection[int]) -> dict[int, Asked]:
    """Questions as rules look at them. One statement."""
    rows = db.session.execute(
        select(
            Question.id, Question.title, Question.body, Question.language, Category.key, Product.key.label("product"),
            Ladder.is_danger, Ladder.is_legal,
        )
        .join(Category, Category.id == Question.category_id)
        .outerjoin(Product, Product.id == Question.product_id)
        .outerjoin(Ladder, Ladder.question_id == Question.id)
        .where(Question.id.in_(question_ids))
    )  # fmt: skip
    return {
        row.id: Asked(
            row.key, row.language, words_of(f"{row.title}\n{row.body}"), row.product or "", bool(row.is_danger), bool(row.is_legal)
        )
        for row in rows
    }  # fmt: skip
