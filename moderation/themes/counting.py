"""The night's count: which words and pairs of words rise. Three passes over the texts, so that memory holds little.

The first counts in how many texts of the week a term stands, the second who said what stands often enough, how and in what
tone, the third how often it was said in the four weeks before. Topics are written in one unit of work; a second run of a
night replaces the first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from accounts.retention.sweeping import sweep
from common import clock, settings
from common.db import db, insert_many, insert_once
from common.unit_of_work import unit_of_work
from forum.search.words import LANGUAGES
from moderation.lexicon import versions
from moderation.listening.texts import tone_of
from moderation.themes import numbers, reading, rules
from moderation.themes.models import TERM_MOST, CountedNight, RisingTopic, TopicFollow
from moderation.themes.reading import Verbatim
from moderation.themes.rules import Spans
from moderation.themes.terms import names_left_out
from moderation.themes.terms import terms as terms_of


@dataclass(slots=True)
class _Said:
    """A term in the week; ``examples`` are the last texts of different people."""

    texts: int = 0
    people: set[int] = field(default_factory=set)
    forms: Counter[str] = field(default_factory=Counter)
    tone: int = 0
    unhappy: int = 0
    examples: dict[int, tuple[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Week:
    """A language in the week: its terms that stand often enough, and all mentions of words and of pairs."""

    said: dict[str, _Said]
    mentions: Counter[bool]


def count(at: datetime | None = None) -> int:
    """Count the week that ends at a moment (now). Returns how many topics rise."""
    end = at or clock.now()
    begin = end - rules.PERIOD
    left_out = names_left_out(
        settings.get("brand.name"), settings.get("brand.community"), settings.get("themes.left_out")
    )
    least = int(settings.get("themes.least_authors"))
    weeks = _this_week(begin, end, left_out, least)
    wanted = {
        language: {key for key, one in week.said.items() if len(one.people) >= least} for language, week in weeks.items()
    }  # fmt: skip
    before, mentions = _before(begin, wanted, left_out, end)
    db.session.rollback()
    rows = [
        row for language, week in weeks.items()
        for row in _rows(end, language, week, wanted[language], before[language], mentions[language])
    ]  # fmt: skip
    with unit_of_work():
        db.session.execute(delete(RisingTopic).where(RisingTopic.day == end.date()))
        insert_many(RisingTopic, rows, once=True)
        db.session.execute(delete(CountedNight).where(CountedNight.day < end.date()))
        insert_once(CountedNight, day=end.date())
    return len(rows)


def _this_week(begin: datetime, end: datetime, left_out: frozenset[str], least: int) -> dict[str, _Week]:
    often: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for one in reading.said_between(begin, end):
        if one.language in often:
            often[one.language].update(terms_of(one.text, one.language, left_out).keys())
    weeks = {}
    for language, texts in often.items():
        mentions: Counter[bool] = Counter()
        for key, number in texts.items():
            mentions[" " in key] += number
        weeks[language] = _Week({key: _Said() for key, number in texts.items() if number >= least}, mentions)
    del often
    words = versions.in_force()
    if any(week.said for week in weeks.values()):
        for one in reading.said_between(begin, end):
            if one.language in weeks:
                _note(weeks[one.language], one, tone_of(one.text, words), left_out)
    return weeks


def _note(week: _Week, one: Verbatim, tone: int, left_out: frozenset[str]) -> None:
    for key, written in terms_of(one.text, one.language, left_out).items():
        said = week.said.get(key)
        if said is None:
            continue
        said.texts += 1
        said.forms[written] += 1
        said.tone += tone
        said.unhappy += tone > 0
        if one.person_id is not None:
            said.people.add(one.person_id)
            if one.source in reading.NEVER_QUOTED:
                continue
            said.examples.pop(one.person_id, None)
            said.examples[one.person_id] = (one.source.value, one.id)
            if len(said.examples) > rules.EXAMPLES:
                said.examples.pop(next(iter(said.examples)))


def _before(
    begin: datetime, wanted: dict[str, set[str]], left_out: frozenset[str], end: datetime
) -> tuple[dict[str, dict[str, list[int]]], dict[str, Counter[bool]]]:  # fmt: skip
    """The wanted terms week by week before the period, and all mentions of words and pairs there."""
    found = {language: {key: [0] * rules.WEEKS for key in keys} for language, keys in wanted.items()}
    mentions: dict[str, Counter[bool]] = {language: Counter() for language in wanted}
    if not any(wanted.values()):
        return found, mentions
    for one in reading.said_between(begin - rules.BASELINE, begin):
        if one.language not in wanted:
            continue
        week, terms = rules.week_of(one.said_at, end), found[one.language]
        for key in terms_of(one.text, one.language, left_out):
            mentions[one.language][" " in key] += 1
            if key in terms:
                terms[key][week] += 1
    return found, mentions


def _rows(
    end: datetime, language: str, week: _Week, wanted: set[str], before: dict[str, list[int]], mentions: Counter[bool]
) -> list[dict[str, Any]]:  # fmt: skip
    spans = {key: Spans(week.said[key].texts, sum(before[key])) for key in wanted}
    all_ = {pair: Spans(week.mentions[pair], mentions[pair]) for pair in (False, True)}
    people = {key: len(week.said[key].people) for key in wanted}
    bar = [settings.get(f"themes.{key}") for key in ("least_authors", "least_z", "most", "least_times")]
    rows = []
    for one in rules.rising(spans, all_, people, *bar):
        said = week.said[one.key]
        rows.append(
            {
                "day": end.date(), "language": language, "term": one.key[:TERM_MOST],
                "shown": rules.most_written(said.forms)[:TERM_MOST], "texts": said.texts, "before": one.spans.before,
                "authors": one.authors, "z": round(one.z, 3), "tone": round(said.tone / said.texts, 3), "unhappy": said.unhappy,
                "weeks": [*before[one.key][:-1], said.texts], "examples": [list(ref) for ref in said.examples.values()],
            }
        )  # fmt: skip
    return rows


def forget_old() -> None:
    """Nights of long ago go, and what was noted of topics that rose in none of those that are left."""
    with unit_of_work():
        sweep("rising-topics", RisingTopic, RisingTopic.day < (clock.now() - numbers.KEPT).date())
        risen = select(RisingTopic.id).where(
            RisingTopic.language == TopicFollow.language, RisingTopic.term == TopicFollow.term
        )
        old = TopicFollow.at < clock.now() - numbers.KEPT
        sweep("topic-notes", TopicFollow, old, ~risen.exists())


def newest_night() -> Any:
    """The day of the newest count, whether it found anything or not."""
    return db.session.scalar(select(func.max(CountedNight.day)))
