"""Rising topics as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.errors import NotFound
from common.permissions import Actor, require
from forum.search.words import LANGUAGES
from moderation.listening.permissions import can_listen
from moderation.themes import counting, reading
from moderation.themes.models import RisingTopic, TopicFollow
from moderation.themes.reading import Passage
from moderation.themes.rules import Follow

_MOST = 200


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic with what the team makes of it."""

    topic: RisingTopic
    state: Follow
    note: str
    by: MemberCard | None

    @property
    def trend(self) -> float | None:
        """How many times as often as in a usual week before; None where it is new."""
        return 4 * self.topic.texts / self.topic.before if self.topic.before else None


@dataclass(frozen=True, slots=True)
class Night:
    """What rose in the newest count, in one language."""

    day: date | None
    language: str
    lines: list[TopicLine]


def night(actor: Actor, language: str) -> Night:
    """The newest count. Three statements, however many topics."""
    require(can_listen(actor))
    language = language if language in LANGUAGES else LANGUAGES[0]
    day = counting.newest_night()
    mine = (RisingTopic.day == day, RisingTopic.language == language)
    return Night(day, language, _lines(*mine) if day else [])


def _lines(*criteria) -> list[TopicLine]:
    about = and_(TopicFollow.language == RisingTopic.language, TopicFollow.term == RisingTopic.term)
    query = select(RisingTopic, TopicFollow).outerjoin(TopicFollow, about).where(*criteria)
    rows = db.session.execute(query.order_by(RisingTopic.z.desc(), RisingTopic.id).limit(_MOST)).all()
    people = cards(row.TopicFollow.by_id for row in rows if row.TopicFollow)
    return [
        TopicLine(row.RisingTopic, row.TopicFollow.state, row.TopicFollow.note, people[row.TopicFollow.by_id])
        if row.TopicFollow
        else TopicLine(row.RisingTopic, Follow.NEW, "", None)
        for row in rows
    ]


def show(actor: Actor, topic_id: int) -> tuple[TopicLine, list[Passage]]:
    """A topic with masked examples. Raises Forbidden, NotFound."""
    require(can_listen(actor))
    found = _lines(RisingTopic.id == topic_id)
    if not found:
        raise NotFound()
    return found[0], reading.passages(found[0].topic.examples)
