"""Week by week: how much was said and in what tone, by source; and of each topic that rises or that the team looks at.

Written every night for the last five weeks, so that a text that is hidden or erased leaves the figures as well. Weeks begin
on Monday, in UTC.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, select

from accounts.retention.sweeping import sweep
from common import clock
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from forum.search.words import LANGUAGES
from moderation.lexicon import versions
from moderation.listening.texts import tone_of
from moderation.themes import numbers, reading
from moderation.themes.counting import newest_night
from moderation.themes.models import RisingTopic, SaidInWeek, TopicFollow, TopicWeek
from moderation.themes.rules import WEEKS, Follow, monday_of
from moderation.themes.terms import terms

Sums = list[int]
"""Texts, unhappy ones, points of displeasure."""


def write(at: datetime | None = None, back: int = WEEKS) -> int:
    """Write the last so many weeks. Returns how many texts were read."""
    end = at or clock.now()
    first = monday_of(end.date()) - timedelta(weeks=back - 1)
    wanted = _wanted()
    said: defaultdict[tuple[date, str, str], Sums] = defaultdict(lambda: [0, 0, 0])
    topics: defaultdict[tuple[date, str, str], Sums] = defaultdict(lambda: [0, 0, 0])
    words, read = versions.in_force(), 0
    for one in reading.said_between(datetime.combine(first, time(), UTC), end):
        if one.language not in wanted:
            continue
        read += 1
        monday, tone = monday_of(one.said_at.date()), tone_of(one.text, words)
        _add(said[monday, one.source.value, one.language], tone)
        if wanted[one.language]:
            for key in terms(one.text, one.language).keys() & wanted[one.language].keys():
                _add(topics[monday, one.language, key], tone)
    db.session.rollback()
    with unit_of_work():
        db.session.execute(delete(SaidInWeek).where(SaidInWeek.monday >= first))
        for language, known in wanted.items():
            mine = (TopicWeek.monday >= first, TopicWeek.language == language, TopicWeek.term.in_(known))
            db.session.execute(delete(TopicWeek).where(*mine))
        insert_many(SaidInWeek, [
            {"monday": monday, "source": source, "language": language, **_sums(sums)}
            for (monday, source, language), sums in said.items()
        ])  # fmt: skip
        insert_many(TopicWeek, [
            {"monday": monday, "language": language, "term": term, "shown": wanted[language][term], **_sums(sums)}
            for (monday, language, term), sums in topics.items()
        ])  # fmt: skip
    return read


def _add(sums: Sums, tone: int) -> None:
    sums[0] += 1
    sums[1] += tone > 0
    sums[2] += tone


def _sums(sums: Sums) -> dict[str, int]:
    return dict(zip(("texts", "unhappy", "points"), sums, strict=True))


def _wanted() -> dict[str, dict[str, str]]:
    """The topics of the newest night and those the team follows, as they are written, by language."""
    wanted: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    followed = select(TopicWeek.language, TopicWeek.term, TopicWeek.shown).join(
        TopicFollow, (TopicFollow.language == TopicWeek.language) & (TopicFollow.term == TopicWeek.term)
    )
    still = TopicFollow.state.in_((Follow.SEEN, Follow.LOOKING))
    risen = select(RisingTopic.language, RisingTopic.term, RisingTopic.shown).where(
        RisingTopic.day == newest_night()
    )
    for query in (followed.where(still), risen):
        for row in db.session.execute(query):
            wanted[row.language][row.term] = row.shown
    return wanted


def forget_old() -> None:
    """Weeks of long ago go."""
    with unit_of_work():
        before = (clock.now() - numbers.WEEKS_KEPT).date()
        sweep("said-weeks", SaidInWeek, SaidInWeek.monday < before)
        sweep("topic-weeks", TopicWeek, TopicWeek.monday < before)
