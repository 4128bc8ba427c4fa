"""What somebody who asks is shown: similar questions, guides, the help centre, an open incident, and the category they seem to mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from common.db import db
from common.i18n import Sentence, _, language
from common.permissions import ANONYMOUS
from forum.asking.incidents import Incident, open_incident
from forum.asking.rules import SHOWN, Guess, GuessReason, guess_category
from forum.browsing.queries import CategoryCard, categories, categories_by_id
from forum.content.bulletins.queries import Notice, for_question
from forum.content.guides.queries import GuideRow
from forum.content.guides.queries import rows as guide_rows
from forum.content.guides.shelf import like_text
from forum.content.helpcentre import finding as helpcentre
from forum.content.helpcentre.finding import ArticleRow
from forum.products.queries import ProductCard, catalogue_names, product_card
from forum.products.rules import named_in
from forum.questions.models import Question
from forum.search.briefs.picking import Brief, brief
from forum.search.finding import wanted_of
from forum.search.similar import SimilarQuestion, similar_to_text

_LOOKED_AT = 8
REASONS: dict[GuessReason, Sentence] = {
    GuessReason.PRODUCT: _("because of the device"),
    GuessReason.NAMED: _("because of the device you name"),
    GuessReason.SIMILAR: _("like questions that resemble yours"),
}


@dataclass(frozen=True, slots=True)
class Suggested:
    """A similar question; ``same_product`` where it is about the very device."""

    question: SimilarQuestion
    same_product: bool
    me_too_count: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Everything that is shown under the title."""

    questions: tuple[Suggested, ...] = ()
    guides: tuple[GuideRow, ...] = ()
    articles: tuple[ArticleRow, ...] = ()
    brief: Brief | None = None
    incident: Incident | None = None
    notices: tuple[Notice, ...] = ()
    category: CategoryCard | None = None
    reason: Sentence | None = None
    product: ProductCard | None = None

    @property
    def count(self) -> int:
        """How many solutions are shown."""
        return len(self.questions) + len(self.guides) + len(self.articles)


def suggest(
    title: str, body: str = "", product_id: int | None = None, category_id: int | None = None
) -> Suggestions:
    """What is close to what is being typed. The same device first, solved ones before the others."""
    if not title.strip():
        about = product_card(product_id)
        filed = category_id or (about.category.id if about and about.category else None)
        notices = for_question(filed, about.id if about else None)
        return Suggestions(category=about.category if about else None, notices=notices)
    similar = similar_to_text(title, body, limit=_LOOKED_AT)
    facts = _facts([one.id for one in similar])
    chosen = product_card(product_id)
    named = None if chosen else product_card(named_in(title, catalogue_names()))
    about = chosen or named
    wanted = about.id if about else None
    found = [
        Suggested(one, wanted is not None and facts[one.id].product_id == wanted, facts[one.id].me_too_count)
        for one in similar
        if one.id in facts
    ]
    found.sort(key=lambda one: (not one.question.solved, not one.same_product))
    guess = _guess(title, chosen, named, [facts[one.id].category_id for one in similar if one.id in facts])
    category = categories_by_id().get(guess.category_id) if guess else None
    guides = guide_rows(ANONYMOUS, ids) if (ids := like_text(title, language())) else {}
    articles = tuple(helpcentre.rows(helpcentre.like_text(title, language())).values())
    filed = category_id or (category.id if category else None)
    return Suggestions(
        questions=tuple(found[:SHOWN]),
        guides=tuple(guides.values()),
        articles=articles,
        brief=brief(
            title, wanted_of(title), [one.question.id for one in found], list(guides), articles, most=1
        ),
        incident=open_incident(f"{title}\n{body}", filed, wanted),
        notices=for_question(filed, wanted),
        category=category,
        reason=REASONS[guess.reason] if guess else None,
        product=named,
    )


def _guess(
    title: str, chosen: ProductCard | None, named: ProductCard | None, similar: list[int]
) -> Guess | None:
    names = {one.id: (one.name_fr, one.name_en) for one in categories()}
    of = [one.category.id if one and one.category else None for one in (chosen, named)]
    return guess_category(of[0], of[1], similar, names, title)


def _facts(ids: list[int]) -> dict[int, Any]:
    """Category, device and "me too" of the similar questions, in one statement."""
    if not ids:
        return {}
    table = Question.__table__
    query = select(table.c.id, table.c.category_id, table.c.product_id, table.c.me_too_count)
    return {row.id: row for row in db.session.execute(query.where(table.c.id.in_(ids)))}
