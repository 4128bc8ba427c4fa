"""What can be followed, kind by kind: how it is called, where it is, and which a question belongs to.

Each kind is registered once by whoever owns it; the rest of the forum treats all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.queries import cards
from common.db import db
from common.i18n import Sentence, _
from forum.browsing.queries import categories_by_id
from forum.following.rules import Place, TargetKind
from forum.products.queries import by_ids as products
from forum.questions.models import Post, Question, QuestionTag, Tag


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be followed, as pages show it. ``place`` is an endpoint with its values."""

    kind: TargetKind
    id: int
    name: str | Sentence
    place: tuple[str, dict[str, Any]]
    icon: str


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of targets. ``find`` looks many up in one statement, leaving out what is gone; ``of_question`` names
    those a question belongs to."""

    kind: TargetKind
    heading: Sentence
    find: Callable[[Collection[int]], dict[int, Target]]
    of_question: Callable[[Question], Iterable[int]]


_sources: dict[TargetKind, Source] = {}


def register(source: Source) -> None:
    """Make a kind known. The same kind registered again replaces the former."""
    _sources[source.kind] = source


def sources() -> list[Source]:
    """The kinds there are, the nearest to a person first."""
    return [_sources[kind] for kind in TargetKind if kind in _sources]


def source_of(kind: str) -> Source | None:
    """A kind by its word in an address; None when nothing of the kind can be followed."""
    return _sources.get(TargetKind(kind)) if kind in set(TargetKind) else None


def find(places: Iterable[Place]) -> dict[Place, Target]:
    """Many targets, one statement for each kind; those that are gone are left out."""
    wanted: dict[TargetKind, set[int]] = {}
    for kind, target_id in places:
        wanted.setdefault(kind, set()).add(target_id)
    found: dict[Place, Target] = {}
    for kind, ids in wanted.items():
        if kind in _sources:
            found |= {(kind, number): target for number, target in _sources[kind].find(ids).items()}
    return found


def targets_of(post: Post) -> list[Place]:
    """Whose followers hear of a new post: for a question all it belongs to, for an answer its author, who may keep to
    themselves what they write."""
    if isinstance(post, Question):
        return [(source.kind, number) for source in sources() for number in source.of_question(post)]
    return [(TargetKind.MEMBER, number) for number in _author_of(post)]


def is_private(member_id: int) -> bool:
    """Whether a member keeps what they do to themselves: nobody is told of it by following them."""
    return bool(db.session.scalar(select(Member.is_private).where(Member.id == member_id)))


def _author_of(post: Post) -> list[int]:
    return [] if post.author_id is None or is_private(post.author_id) else [post.author_id]


def tag_named(key: str) -> tuple[int, str] | None:
    """The id and label of a topic, by its key."""
    row = db.session.execute(select(Tag.id, Tag.label).where(Tag.key == key)).first()
    return (row.id, row.label) if row is not None else None


# --- the kinds of the forum itself --------------------------------------------------------------------------------


def _categories(ids: Collection[int]) -> dict[int, Target]:
    return {
        card.id: Target(
            TargetKind.CATEGORY, card.id, card.name, ("categories.show", {"slug": card.slug}), card.icon
        )
        for card in categories_by_id().values()
        if card.id in ids
    }


def _tags(ids: Collection[int]) -> dict[int, Target]:
    query = select(Tag.id, Tag.key, Tag.label).where(Tag.id.in_(list(ids)))
    return {
        row.id: Target(TargetKind.TAG, row.id, row.label, ("questions.index", {"tag": row.key}), "tag")
        for row in db.session.execute(query)
    }


def _members(ids: Collection[int]) -> dict[int, Target]:
    return {
        card.id: Target(
            TargetKind.MEMBER,
            card.id,
            card.name,
            ("members.show", {"id": card.id, "slug": card.slug}),
            "user",
        )
        for card in cards(ids).values()
        if card.id is not None
    }


def _products(ids: Collection[int]) -> dict[int, Target]:
    return {
        card.id: Target(TargetKind.PRODUCT, card.id, card.name, ("products.show", {"slug": card.slug}), "box")
        for card in products(ids).values()
    }


def _tags_of(question: Question) -> list[int]:
    return list(db.session.scalars(select(QuestionTag.tag_id).where(QuestionTag.question_id == question.id)))


register(Source(TargetKind.MEMBER, _("Members"), _members, _author_of))
register(
    Source(
        TargetKind.PRODUCT,
        _("Products"),
        _products,
        lambda question: [question.product_id] if question.product_id is not None else [],
    )
)
register(Source(TargetKind.TAG, _("Topics"), _tags, _tags_of))
register(Source(TargetKind.CATEGORY, _("Categories"), _categories, lambda question: [question.category_id]))
