"""Messages by weight, and the tone of what is said week by week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from accounts.members.queries import MemberCard, cards
from common import clock
from common.db import db
from common.i18n import LANGUAGES
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.questions.forms import as_id
from forum.questions.rules import PostKind
from moderation.hearing import weighing
from moderation.hearing.models import HeardText
from moderation.hearing.rules import PERIODS, SPANS, TONES, Points, Week, filled, mondays
from moderation.listening import texts
from moderation.listening.permissions import can_listen
from moderation.themes.models import SaidInWeek, TopicFollow, TopicWeek
from moderation.themes.rules import Follow, Source

A_PAGE = 25
_MOST_TOPICS = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages are looked for."""

    days: int
    kind: str
    language: str
    category_id: int | None
    tone: int

    @property
    def values(self) -> dict[str, str | int]:
        """The same for an address."""
        given = {
            "days": self.days,
            "kind": self.kind,
            "of": self.language,
            "category": self.category_id or "",
            "tone": self.tone or "",
        }
        return {key: value for key, value in given.items() if value}  # type: ignore[misc]


def asked(form: Mapping[str, str]) -> Asked:
    """What an address asks for; what it cannot mean is passed over."""
    days, tone = form.get("days", ""), form.get("tone", "")
    return Asked(
        int(days) if days in {str(one) for one in PERIODS} else PERIODS[1],
        form["kind"] if form.get("kind") in set(weighing.KINDS) else "",
        form["of"] if form.get("of") in LANGUAGES else "", as_id(form.get("category")),
        int(tone) if tone in {str(one) for one in TONES} else 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A message with what it weighs and why."""

    place: tuple[str, int]
    kind: PostKind
    title: str | None
    language: str
    passage: str
    author: MemberCard
    said_at: datetime
    points: Points
    weight: int


def messages(actor: Actor, wanted: Asked, after: str = "") -> Page[Message]:
    """A part of the messages of a period, the weightiest first. Two statements, however many."""
    require(can_listen(actor))
    post = texts.post.c
    query = (
        texts.read(
            post.id, post.kind, post.parent_id, post.author_id, post.language, post.body_html, post.published_at,
            texts.TITLE.label("title"), HeardText.tone, HeardText.importance, HeardText.influence, HeardText.weight,
        )
        .where(HeardText.post_id == post.id, HeardText.said_at > clock.now() - timedelta(days=wanted.days))
        .where(HeardText.tone >= wanted.tone)
    )  # fmt: skip
    if wanted.kind:
        query = query.where(post.kind == wanted.kind)
    if wanted.language:
        query = query.where(post.language == wanted.language)
    if wanted.category_id:
        query = query.where(wanted.category_id == texts.CATEGORY)
    rows = list(
        db.session.execute(keyset(query, HeardText.weight, HeardText.post_id, after, A_PAGE, by_time=False))
    )
    page = page_of(rows, A_PAGE, lambda row: (row.weight, row.id))
    people = cards(row.author_id for row in page.items)
    return Page(
        [
            Message(
                texts.place_of(row.kind, row.id, row.parent_id), PostKind(row.kind), row.title, row.language,
                texts.masked(texts.words_of(row.body_html), row.language), people[row.author_id], row.published_at,
                Points(row.importance, row.tone, row.influence), row.weight,
            )
            for row in page.items
        ],
        page.next,
    )  # fmt: skip


# --- tone and themes over time ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tones:
    """What was said week by week: all of it, and each source; or one topic."""

    weeks: int
    language: str
    every: list[Week]
    sources: list[tuple[Source, list[Week]]]
    topics: list[tuple[str, str]]
    topic: tuple[str, list[Week]] | None


def tones(actor: Actor, weeks: int, language: str, topic: str = "") -> Tones:
    """The last so many weeks in a language. Three statements."""
    require(can_listen(actor))
    weeks = weeks if weeks in SPANS else SPANS[0]
    language = language if language in LANGUAGES else LANGUAGES[0]
    days = mondays(clock.now().date(), weeks)
    said = db.session.scalars(
        select(SaidInWeek).where(SaidInWeek.language == language, SaidInWeek.monday >= days[0])
    ).all()
    by_source = [
        (source, filled(days, [_week(one) for one in said if one.source == source])) for source in Source
    ]
    topics = _topics(language)
    chosen = next((shown for term, shown in topics if term == topic), None)
    return Tones(
        weeks, language, filled(days, [_week(one) for one in said]), by_source, topics,
        (chosen, filled(days, [_week(one) for one in _topic_weeks(language, topic, days[0])])) if chosen else None,
    )  # fmt: skip


def _week(row: SaidInWeek | TopicWeek) -> Week:
    return Week(row.monday, row.texts, row.unhappy, row.points)


def _topics(language: str) -> list[tuple[str, str]]:
    """Topics that were ever counted by week, as (term, how it is written), those the team looks at first."""
    looked_at = select(TopicFollow.term).where(
        TopicFollow.language == language, TopicFollow.state == Follow.LOOKING
    )
    first = TopicWeek.term.in_(looked_at)
    query = (
        select(TopicWeek.term, func.max(TopicWeek.shown), func.max(TopicWeek.monday))
        .where(TopicWeek.language == language)
        .group_by(TopicWeek.term)
        .order_by(first.desc(), func.max(TopicWeek.monday).desc(), TopicWeek.term)
        .limit(_MOST_TOPICS)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _topic_weeks(language: str, term: str, since) -> list[TopicWeek]:
    mine = (TopicWeek.language == language, TopicWeek.term == term, TopicWeek.monday >= since)
    return list(db.session.scalars(select(TopicWeek).where(*mine)))
