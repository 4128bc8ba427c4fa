"""Watches and what they found, as their pages show them: of found texts only what everybody may read now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.browsing.queries import categories_by_id
from forum.products.queries import by_ids
from forum.questions.rules import PostKind
from moderation.listening import texts
from moderation.listening.permissions import can_listen
from moderation.watches import keeping
from moderation.watches.models import SavedWatch, WatchMatch
from moderation.watches.rules import MatchState

A_PAGE = 25
_MOST = 400


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A watch in the list; ``waiting``: found texts nobody looked at yet that are still to be read."""

    watch: SavedWatch
    owner: MemberCard
    place: str
    waiting: int


@dataclass(frozen=True, slots=True)
class MatchView:
    """Something that was found, with a masked passage of the text as it stands now."""

    id: int
    place: tuple[str, int]
    kind: PostKind
    question_id: int | None
    title: str | None
    language: str
    passage: str
    author: MemberCard
    said_at: datetime
    found_at: datetime
    words: tuple[str, ...]
    tone: int
    state: MatchState
    note: str
    by: MemberCard | None
    handled_at: datetime | None


def lines(actor: Actor) -> list[WatchLine]:
    """One's own watches and those of the team, by name."""
    require(can_listen(actor))
    mine = or_(SavedWatch.for_team.is_(True), SavedWatch.owner_id == actor.person_id)
    watches = list(
        db.session.scalars(
            select(SavedWatch).where(mine).order_by(SavedWatch.name, SavedWatch.id).limit(_MOST)
        )
    )
    waiting = _waiting([one.id for one in watches])
    people = cards(one.owner_id for one in watches)
    products = by_ids(one.product_id for one in watches if one.product_id)
    known = categories_by_id()
    return [
        WatchLine(
            one, people[one.owner_id],
            " · ".join(
                [*([known[one.category_id].name] if one.category_id in known else []), *([products[one.product_id].name] if one.product_id in products else [])]
            ),
            waiting.get(one.id, 0),
        )
        for one in watches
    ]  # fmt: skip


def _waiting(watch_ids: list[int]) -> dict[int, int]:
    post = texts.post.c
    query = (
        texts.read(WatchMatch.watch_id, func.count())
        .where(WatchMatch.post_id == post.id, WatchMatch.watch_id.in_(watch_ids), WatchMatch.state == MatchState.NEW)
        .group_by(WatchMatch.watch_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in db.session.execute(query)}


def show(actor: Actor, watch_id: int, after: str = "", state: str = "") -> tuple[SavedWatch, Page[MatchView]]:
    """A watch and a part of what it found, the newest first. Raises Forbidden, NotFound."""
    watch = keeping.found(actor, watch_id)
    post = texts.post.c
    query = texts.read(
        WatchMatch, post.kind, post.parent_id, post.author_id, post.language, post.body_html, post.published_at,
        texts.question.c.id.label("thread_id"), texts.TITLE.label("title"),
    ).where(WatchMatch.post_id == post.id, WatchMatch.watch_id == watch_id)  # fmt: skip
    if state in set(MatchState):
        query = query.where(WatchMatch.state == MatchState(state))
    rows = list(db.session.execute(keyset(query, WatchMatch.found_at, WatchMatch.id, after, A_PAGE)))
    page = page_of(rows, A_PAGE, lambda row: (row.WatchMatch.found_at, row.WatchMatch.id))
    people = cards(
        [*(row.author_id for row in page.items), *(row.WatchMatch.handled_by_id for row in page.items)]
    )
    return watch, Page([_view(row, people) for row in page.items], page.next)


def _view(row, people) -> MatchView:
    one = row.WatchMatch
    return MatchView(
        one.id, texts.place_of(row.kind, one.post_id, row.parent_id), PostKind(row.kind), row.thread_id, row.title, row.language,
        texts.masked(texts.words_of(row.body_html), row.language), people[row.author_id], row.published_at, one.found_at,
        tuple(one.words), one.tone, one.state, one.note, people[one.handled_by_id] if one.handled_by_id else None, one.handled_at,
    )  # fmt: skip


def product_name(product_id: int | None) -> str:
    """What the form shows for the product of a watch."""
    found = by_ids([product_id]) if product_id else {}
    return found[product_id].name if product_id in found else ""
