"""Reads of guides, shaped for pages. What is not published is shown to those who keep guides, and to nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, func, select, true

from accounts.members.queries import MemberCard, cards
from common import clock
from common.db import db
from common.errors import Gone, NotFound
from common.freshness import LISTS, Shelf, versions
from common.lists import Page, keyset, page_of
from common.permissions import ANONYMOUS, Actor
from common.text import plain_from_html
from forum.browsing.queries import CategoryCard, categories_by_id
from forum.content.guides import rules
from forum.content.guides.forms import GuideFilters
from forum.content.guides.models import Guide, GuideVerdict, GuideVersion
from forum.content.guides.permissions import can_keep_guides
from forum.content.guides.rules import PAGE_SIZE, GuideState
from forum.content.guides.shelf import like_text
from forum.content.guides.writing import render
from forum.discovery.queries import Place
from forum.discovery.rules import URLS_PER_SITEMAP
from forum.revisions.differences import Segment, differences, folded
from forum.search.similar import SimilarQuestion, similar_to_text

RELATED = 5
_VERSIONS_SHOWN = 30
_CHOICES = 200


@dataclass(frozen=True, slots=True)
class GuideRow:
    """One line of a list of guides."""

    id: int
    slug: str
    title: str
    summary: str
    language: str
    state: GuideState
    models: tuple[str, ...]
    category: CategoryCard | None
    version: int
    view_count: int
    helped_count: int
    unhelped_count: int
    checked_at: datetime | None
    check_due_at: datetime | None
    edited_at: datetime
    pair_id: int | None = None

    @property
    def due(self) -> bool:
        """Whether it has to be looked at again."""
        return self.state == GuideState.PUBLISHED and rules.is_due(self.check_due_at, clock.now())


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A guide as its page shows it. ``intro`` and the steps are safe HTML as they are."""

    row: GuideRow
    intro: Markup
    steps: tuple[tuple[str, Markup], ...]
    body: str
    category_id: int
    published_at: datetime | None
    checked_by: MemberCard
    author: MemberCard
    twin: GuideRow | None


@dataclass(frozen=True, slots=True)
class VersionStep:
    """One version of a guide, compared with the one before."""

    version: int
    editor: MemberCard
    reason: str
    created_at: datetime
    title: tuple[Segment, ...]
    body: tuple[Segment, ...]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The criterion on Guide of what this actor may read."""
    return true() if can_keep_guides(actor) else Guide.state == GuideState.PUBLISHED


_COLUMNS = (
    Guide.id, Guide.slug, Guide.title, Guide.summary, Guide.language, Guide.state, Guide.models, Guide.category_id,
    Guide.version, Guide.view_count, Guide.helped_count, Guide.unhelped_count, Guide.checked_at, Guide.check_due_at,
    Guide.edited_at, Guide.pair_id,
)  # fmt: skip


def published_page(filters: GuideFilters, after: str = "") -> Page[GuideRow]:
    """Published guides, the most read first."""
    query = select(*_COLUMNS).where(Guide.state == GuideState.PUBLISHED, *_conditions(filters))
    query = keyset(query, Guide.view_count, Guide.id, after, PAGE_SIZE, by_time=False)
    found = page_of(list(db.session.execute(query)), PAGE_SIZE, lambda row: (row.view_count, row.id))
    return Page(rows_of(found.items), found.next)


def kept_page(tab: str, after: str = "") -> Page[GuideRow]:
    """Guides for those who keep them, the last edited first; ``tab`` is a state, or ``due``."""
    query = select(*_COLUMNS).where(*_tab(tab))
    query = keyset(query, Guide.edited_at, Guide.id, after, PAGE_SIZE)
    found = page_of(list(db.session.execute(query)), PAGE_SIZE, lambda row: (row.edited_at, row.id))
    return Page(rows_of(found.items), found.next)


def _tab(tab: str) -> list[Any]:
    if tab == "due":
        return [Guide.state == GuideState.PUBLISHED, Guide.check_due_at <= clock.now()]
    return [Guide.state == GuideState(tab)] if tab in list(GuideState) else []


def counts() -> dict[str, int]:
    """How many guides each tab of the desk holds; ``""`` is all."""
    by_state = dict(
        db.session.execute(select(Guide.state, func.count()).group_by(Guide.state)).tuples().all()
    )
    due = db.session.scalar(select(func.count()).select_from(Guide).where(*_tab("due"))) or 0
    return {
        "": sum(by_state.values()), "due": due, **{state.value: by_state.get(state, 0) for state in GuideState}
    }  # fmt: skip


def _conditions(filters: GuideFilters) -> list[Any]:
    found: list[Any] = []
    if filters.category_id is not None:
        found.append(Guide.category_id == filters.category_id)
    if filters.language:
        found.append(Guide.language == filters.language)
    return found


def rows(actor: Actor, guide_ids: Sequence[int]) -> dict[int, GuideRow]:
    """Guides by id, as far as this actor may read them."""
    if not guide_ids:
        return {}
    found = db.session.execute(select(*_COLUMNS).where(Guide.id.in_(guide_ids), visible_to(actor))).all()
    return {row.id: row for row in rows_of(found)}


def rows_of(found: Sequence[Any]) -> list[GuideRow]:
    """Columns as rows."""
    known = categories_by_id()
    return [
        GuideRow(
            id=row.id, slug=row.slug, title=row.title, summary=row.summary, language=row.language,
            state=GuideState(row.state), models=tuple(row.models or ()), category=known.get(row.category_id),
            version=row.version, view_count=row.view_count, helped_count=row.helped_count,
            unhelped_count=row.unhelped_count, checked_at=row.checked_at, check_due_at=row.check_due_at,
            edited_at=row.edited_at, pair_id=row.pair_id,
        )
        for row in found
    ]  # fmt: skip


def in_one_language(found: Iterable[GuideRow], spoken: str) -> list[GuideRow]:
    """The guides without those that stand beside their own translation into the language spoken."""
    there = list(found)
    translated = {row.pair_id for row in there if row.pair_id is not None and row.language == spoken}
    return [row for row in there if row.language == spoken or row.pair_id not in translated]


def guides_like(title: str, spoken: str | None, most: int = 2) -> tuple[GuideRow, ...]:
    """Guides close to what somebody asks or is about to ask, as everybody may read them; most often none."""
    ids = like_text(title, spoken, most)
    found = rows(ANONYMOUS, ids)
    return tuple(found[one] for one in ids if one in found)


def guide_page(actor: Actor, guide_id: int) -> GuidePage:
    """A guide. Raises NotFound for a draft, Gone for one that was withdrawn."""
    guide = db.session.get(Guide, guide_id)
    if guide is None or (guide.state == GuideState.DRAFT and not can_keep_guides(actor)):
        raise NotFound
    if guide.state == GuideState.WITHDRAWN and not can_keep_guides(actor):
        raise Gone
    people = cards({guide.author_id, guide.checked_by_id})
    return GuidePage(
        row=rows_of([guide])[0],
        **_safe(guide.intro_html, guide.steps),
        body=guide.body,
        category_id=guide.category_id,
        published_at=guide.published_at,
        checked_by=people[guide.checked_by_id],
        author=people[guide.author_id],
        twin=_twin(actor, guide),
    )


def published(guide_id: int, lock: bool = False) -> Guide | None:
    """A guide that everybody reads; None for any other. ``lock``: it stays as it is until the unit of work ends,
    while others may write rows that name it."""
    query = select(Guide).where(Guide.id == guide_id)
    query = query.with_for_update(key_share=True) if lock else query
    guide = db.session.scalars(query.execution_options(populate_existing=True)).first()
    return guide if guide is not None and guide.state == GuideState.PUBLISHED else None


def open_guide(guide_id: int) -> Guide:
    """A guide that everybody reads. Raises NotFound."""
    guide = published(guide_id)
    if guide is None:
        raise NotFound()
    return guide


def _twin(actor: Actor, guide: Guide) -> GuideRow | None:
    """The same guide in another language, as far as this actor may read it."""
    if guide.pair_id is None:
        return None
    query = select(*_COLUMNS).where(Guide.pair_id == guide.pair_id, Guide.id != guide.id, visible_to(actor))
    return next(iter(rows_of(db.session.execute(query.limit(1)).all())), None)


def unpaired(row: GuideRow, category_id: int) -> list[tuple[int, str]]:
    """(id, title) of the guides that may be this one in another language, those of its category first."""
    query = select(Guide.id, Guide.title).where(
        Guide.language != row.language, Guide.pair_id.is_(None), Guide.state != GuideState.WITHDRAWN
    )
    order = ((Guide.category_id != category_id), Guide.title, Guide.id)
    return [(one.id, one.title) for one in db.session.execute(query.order_by(*order).limit(_CHOICES))]


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as its page would show it."""

    intro: Markup
    steps: tuple[tuple[str, Markup], ...]


def shown(body: str) -> Shown:
    """How a text would look."""
    made = render(body)
    return Shown(**_safe(made.intro, made.steps))


def _safe(intro: str, steps: Iterable[dict[str, str]]) -> dict[str, Any]:
    """What :mod:`common.text` rendered is safe as it is."""
    return {"intro": Markup(intro), "steps": tuple((step["title"], Markup(step["html"])) for step in steps)}  # noqa: S704


def my_verdict(guide_id: int, voter: str) -> bool | None:
    """What this member or visitor said of a guide, if anything."""
    query = select(GuideVerdict.helped).where(GuideVerdict.guide_id == guide_id, GuideVerdict.voter == voter)
    return db.session.scalar(query)


def remarks(guide_id: int, most: int = 20) -> list[tuple[str, datetime]]:
    """What those whom it did not help wrote, the newest first; for those who keep guides."""
    query = select(GuideVerdict.remark, GuideVerdict.said_at).where(
        GuideVerdict.guide_id == guide_id, GuideVerdict.remark != "", GuideVerdict.helped.is_(False)
    )
    found = db.session.execute(
        query.order_by(GuideVerdict.said_at.desc(), GuideVerdict.id.desc()).limit(most)
    )
    return [(row.remark, row.said_at) for row in found]


def versions_of(guide_id: int) -> list[VersionStep]:
    """The versions of a guide with what each changed, the newest first."""
    query = (
        select(GuideVersion).where(GuideVersion.guide_id == guide_id).order_by(GuideVersion.version.desc())
    )
    found = list(db.session.scalars(query.limit(_VERSIONS_SHOWN + 1)))
    people = cards({one.editor_id for one in found})
    return [
        VersionStep(
            one.version, people[one.editor_id], one.reason, one.created_at,
            differences(before.title if before else "", one.title),
            folded(differences(_whole(before) if before else "", _whole(one))),
        )
        for one, before in zip(found[:_VERSIONS_SHOWN], [*found[1:], None], strict=False)
    ]  # fmt: skip


def _whole(version: GuideVersion) -> str:
    return "\n\n".join(part for part in (version.summary, ", ".join(version.models), version.body) if part)


_related = Shelf(500)


def related_questions(page: GuidePage) -> tuple[SimilarQuestion, ...]:
    """Questions about the same, looked up again when anything in lists changed."""
    row = page.row
    words = f"{row.summary} {plain_from_html(str(page.intro))[:500]}"
    return _related.fetch(
        (row.id, row.version, versions(LISTS)),
        lambda: similar_to_text(row.title, words, row.language, RELATED),
    )


def places() -> list[Place]:
    """The published guides, for the sitemap."""
    query = select(Guide.id, Guide.slug, Guide.language, Guide.edited_at, Guide.pair_id).where(
        Guide.state == GuideState.PUBLISHED
    )
    rows = db.session.execute(query.order_by(Guide.id).limit(URLS_PER_SITEMAP)).all()
    pairs: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        pairs[row.pair_id or -row.id][row.language] = {"id": row.id, "slug": row.slug}
    return [
        Place(
            "guides.show", {"id": row.id, "slug": row.slug}, row.edited_at, row.language,
            pairs[row.pair_id or -row.id],
        )
        for row in rows
    ]  # fmt: skip
