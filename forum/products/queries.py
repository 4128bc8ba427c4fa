"""Reads of products: cards, search, the page of one, the devices of a member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.queries import MemberCard, cards
from common.db import db
from common.freshness import LISTS, versions
from common.i18n import language
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from forum.browsing.queries import CategoryCard, categories_by_id, remember
from forum.products.models import Device, OwnerProof, Product
from forum.products.rules import MOST_DEVICES, owner_hash, search_words
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostState

PAGE_SIZE = 24
FOUND = 8
TOP = 5
OWNERS_SHOWN = 12
_TOP_SEARCHED = 400
"""Of a product's solved questions, the most viewed that are compared for the top solutions."""


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product as pages show it. ``drawing`` is a drawing of the house, ``picture`` a file; at most one is set."""

    id: int
    key: str
    slug: str
    name: str
    brand: str
    category: CategoryCard | None
    drawing: str
    picture: str
    manual_url: str
    warranty_fr: str
    warranty_en: str
    active: bool
    replaced_by_id: int | None
    question_count: int
    owner_count: int

    @property
    def warranty(self) -> str:
        """The warranty in the language in force, else in the other one."""
        first, second = (self.warranty_en, self.warranty_fr)
        return (first or second) if language() == "en" else (second or first)


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device on its owner's own page."""

    id: int
    product: ProductCard
    model: str
    serial: str
    since: date | None
    shown: bool
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class TopSolution:
    """A solved question about a product, with whoever solved it."""

    question_id: int
    slug: str
    title: str
    language: str
    official: bool
    helped: int
    helper: MemberCard


_COLUMNS = (
    Product.id, Product.key, Product.slug, Product.name, Product.brand, Product.category_id, Product.picture,
    Product.manual_url, Product.warranty_fr, Product.warranty_en, Product.active, Product.replaced_by_id,
    Product.question_count, Product.owner_count,
)  # fmt: skip


def _card(row: Any) -> ProductCard:
    is_drawing = row.picture.startswith("p-")
    return ProductCard(
        id=row.id, key=row.key, slug=row.slug, name=row.name, brand=row.brand,
        category=categories_by_id().get(row.category_id), drawing=row.picture if is_drawing else "",
        picture="" if is_drawing else row.picture, manual_url=row.manual_url, warranty_fr=row.warranty_fr,
        warranty_en=row.warranty_en, active=row.active, replaced_by_id=row.replaced_by_id,
        question_count=row.question_count, owner_count=row.owner_count,
    )  # fmt: skip


def by_ids(product_ids: Iterable[int]) -> dict[int, ProductCard]:
    """Cards of many products in one statement (none for an empty list)."""
    wanted = set(product_ids)
    if not wanted:
        return {}
    return {row.id: _card(row) for row in db.session.execute(select(*_COLUMNS).where(Product.id.in_(wanted)))}


def product_card(product_id: int | None) -> ProductCard | None:
    """One product's card, remembered for half a minute."""
    if product_id is None:
        return None
    return remember(("product", product_id), lambda: (by_ids([product_id]).get(product_id),))[0]


def by_slug(slug: str) -> ProductCard | None:
    """The product of an address, or None."""
    row = db.session.execute(select(*_COLUMNS).where(Product.slug == slug[:100])).first()
    return _card(row) if row else None


def find(typed: str, limit: int = FOUND, only_active: bool = True) -> list[ProductCard]:
    """Products whose name, brand or reference has all the words typed; the most asked about first."""
    words = search_words(typed)
    if not words:
        return []
    fits = [Product.search_text.contains(word, autoescape=True) for word in words]
    if only_active:
        fits.append(Product.active.is_(True))
    query = (
        select(*_COLUMNS)
        .where(*fits)
        .order_by(Product.active.desc(), Product.question_count.desc(), Product.id)
    )
    return [_card(row) for row in db.session.execute(query.limit(limit))]


def products_page(category_id: int | None, after: str = "", typed: str = "") -> Page[ProductCard]:
    """One page of the catalogue, the most asked about first."""
    query = select(*_COLUMNS).where(Product.active.is_(True))
    if category_id is not None:
        query = query.where(Product.category_id == category_id)
    for word in search_words(typed):
        query = query.where(Product.search_text.contains(word, autoescape=True))
    query = keyset(query, Product.question_count, Product.id, after, PAGE_SIZE, by_time=False)
    found = page_of(list(db.session.execute(query)), PAGE_SIZE, lambda row: (row.question_count, row.id))
    return Page([_card(row) for row in found.items], found.next)


def in_category(category_id: int | None, limit: int = 10) -> tuple[ProductCard, ...]:
    """The products of a category (or of all) that are asked about most."""
    query = select(*_COLUMNS).where(Product.active.is_(True), Product.question_count > 0)
    if category_id is not None:
        query = query.where(Product.category_id == category_id)
    query = query.order_by(Product.question_count.desc(), Product.id).limit(limit)
    made = ("products in", category_id, limit)
    return remember(made, lambda: tuple(_card(row) for row in db.session.execute(query)))


def catalogue_names() -> tuple[tuple[int, str], ...]:
    """(id, name) of the active products, for finding one in a sentence; remembered for half a minute."""
    query = select(Product.id, Product.name).where(Product.active.is_(True)).order_by(Product.id).limit(5_000)
    return remember("product names", lambda: tuple((row.id, row.name) for row in db.session.execute(query)))


def top_solutions(product_id: int) -> tuple[TopSolution, ...]:
    """The solutions about a product that helped most; looked up again when anything in lists changed."""
    return remember(("top", product_id, versions(LISTS)), lambda: _top(product_id), seconds=300)


def _top(product_id: int) -> tuple[TopSolution, ...]:
    chosen = func.coalesce(Question.accepted_answer_id, Question.official_answer_id)
    answer = aliased(Post.__table__)
    question, post = Question.__table__, Post.__table__
    known = (
        select(question.c.id)
        .where(question.c.product_id == product_id, question.c.help_state == HelpState.SOLVED)
        .order_by(question.c.view_count.desc(), question.c.id)
        .limit(_TOP_SEARCHED)
    )
    helped, had_it = answer.c.kudos_count.label("helped"), question.c.me_too_count
    query = (
        select(
            question.c.id, question.c.slug, question.c.title, post.c.language, question.c.official_answer_id,
            answer.c.author_id, answer.c.id.label("answer_id"), helped,
        )
        .join(post, post.c.id == question.c.id)
        .join(answer, answer.c.id == chosen)
        .where(question.c.id.in_(known), post.c.state == PostState.PUBLISHED, answer.c.state == PostState.PUBLISHED)
        .order_by((helped + had_it).desc(), question.c.id.desc())
        .limit(TOP)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    helpers = cards({row.author_id for row in rows})
    return tuple(
        TopSolution(
            row.id, row.slug, row.title, row.language, row.answer_id == row.official_answer_id, row.helped,
            helpers[row.author_id],
        )
        for row in rows
    )  # fmt: skip


# --- who owns what --------------------------------------------------------------------------------------------


def devices_of(member_id: int | None) -> tuple[DeviceView, ...]:
    """A member's own devices, the newest first. For that member alone."""
    if member_id is None:
        return ()
    query = (
        select(
            *_COLUMNS, Device.id.label("device_id"), Device.model_name, Device.serial, Device.since, Device.shown,
            Device.verified_at,
        )
        .join(Device, Device.product_id == Product.id)
        .where(Device.member_id == member_id)
        .order_by(Device.added_at.desc(), Device.id.desc())
        .limit(MOST_DEVICES)
    )  # fmt: skip
    return tuple(
        DeviceView(
            row.device_id, _card(row), row.model_name, row.serial, row.since, row.shown, row.verified_at
        )
        for row in db.session.execute(query)
    )


def known_purchases(actor: Actor) -> tuple[ProductCard, ...]:
    """Products that the brand says this member bought and that are not among the devices yet."""
    address = db.session.scalar(select(Member.email_key).where(Member.id == actor.member_id))
    if not address:
        return ()
    mine = select(Device.product_id).where(Device.member_id == actor.member_id)
    query = (
        select(*_COLUMNS)
        .join(OwnerProof, OwnerProof.product_id == Product.id)
        .where(OwnerProof.owner_hash == owner_hash(address), OwnerProof.withdrawn_at.is_(None))
        .where(Product.id.not_in(mine))
        .order_by(Product.name)
        .limit(MOST_DEVICES)
    )
    return tuple(_card(row) for row in db.session.execute(query))


def shown_owners(product_id: int) -> tuple[MemberCard, ...]:
    """Members who let others see that they own the product, the helpful ones first; a private profile is in no list."""
    query = (
        select(Device.member_id)
        .join(Member, Member.id == Device.member_id)
        .where(Device.product_id == product_id, Device.shown.is_(True), Member.closed_at.is_(None))
        .where(Member.is_private.is_(False))
        .order_by(Member.rank.desc(), Device.id)
        .limit(OWNERS_SHOWN)
    )
    ids = list(db.session.scalars(query))
    known = cards(ids)
    return tuple(known[member_id] for member_id in ids if not known[member_id].is_former)


def owns(member_id: int | None, product_id: int) -> bool:
    """Whether a member has the product among the devices."""
    if member_id is None:
        return False
    mine = select(Device.id).where(Device.member_id == member_id, Device.product_id == product_id)
    return db.session.scalar(mine) is not None


def choices(actor: Actor, chosen_id: int | None) -> tuple[ProductCard, ...]:
    """What the ask page offers: one's own devices, and the product chosen already."""
    mine = tuple(device.product for device in devices_of(actor.member_id))
    chosen = None if chosen_id is None or chosen_id in {one.id for one in mine} else product_card(chosen_id)
    return (*mine, chosen) if chosen else mine
