"""Reads of policies, their history and the clock of one question, shaped for their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from accounts.members.queries import cards
from common import clock, i18n
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _
from forum.categories.models import Category
from forum.products.models import Product
from forum.questions.models import Question
from moderation.calendars.desk.queries import PRIORITY_NAMES
from moderation.calendars.desk.queries import rows as calendars
from moderation.escalation.models import Ladder, SlaEvent, SlaTerms, StageRow
from moderation.escalation.policies import policy_of
from moderation.escalation.sla_rules import Event, Metric, SlaType, Standing, evaluate
from moderation.targets.choosing import in_order
from moderation.targets.desk.forms import METRIC_NAMES
from moderation.targets.models import FALLBACK, SlaApplied, SlaPolicy, SlaVersion
from moderation.targets.rules import Field, Mode, read_filter

FIELD_NAMES = {
    Field.CATEGORY: _("Category"), Field.PRODUCT: _("Product"), Field.PRIORITY: _("Priority"), Field.LANGUAGE: _("Language"),
    Field.RANK: _("Rank of the asker"),
}  # fmt: skip
RANKS = tuple(str(rank) for rank in range(7))
Options = list[tuple[str, str]]


def options() -> dict[Field, Options]:
    """What conditions may name, in the reader's language."""
    language = i18n.language()
    categories = db.session.scalars(select(Category).order_by(Category.id))
    products = db.session.scalars(select(Product).order_by(Product.id).limit(300))
    return {
        Field.CATEGORY: [(str(one.id), one.name(language)) for one in categories],
        Field.PRODUCT: [(str(one.id), one.name) for one in products],
        Field.PRIORITY: [(one.value, str(name)) for one, name in PRIORITY_NAMES.items()],
        Field.LANGUAGE: [(code, code.upper()) for code in i18n.LANGUAGES],
        Field.RANK: [(rank, f"R{rank}") for rank in RANKS],
    }


def calendar_options() -> Options:
    """The calendars a target can count by; none: the team's of the category."""
    named = [
        (str(row.id), str(_("Day and night")) if row.key == "always" else row.name) for row in calendars()
    ]
    return [("", str(_("the category’s"))), *named]


@dataclass(frozen=True, slots=True)
class Line:
    """A policy in the list, with its conditions in words."""

    id: int
    name: str
    active: bool
    is_fallback: bool
    version: int
    words: str


def lines() -> list[Line]:
    """The policies in the order they are tried."""
    known = options()
    return [
        Line(row.id, row.name, row.active, row.key == FALLBACK, row.version, in_words(row.filter, known))
        for row in in_order()
    ]


def in_words(content: dict[str, Any], known: dict[Field, Options]) -> str:
    """« Category: Washing, Coffee · Language: FR »; empty for every question."""
    one = read_filter(content)
    parts = []
    for name, values in one.wanted.items():
        names = dict(known[name])
        parts.append(f"{FIELD_NAMES[name]}: {', '.join(names.get(value, value) for value in values)}")
    joint = " · " if one.mode is Mode.ALL else f" {_('or')} "
    return joint.join(parts)


@dataclass(frozen=True, slots=True)
class Version:
    """A former or present version: who made it, when, why, and what differs from the one before."""

    version: int
    at: datetime
    who: str
    reason: str
    changes: tuple[str, ...]


def history(policy_id: int) -> list[Version]:
    """The versions of a policy, the newest first."""
    query = select(SlaVersion).where(SlaVersion.policy_id == policy_id)
    rows = list(db.session.scalars(query.order_by(SlaVersion.version.desc()).limit(50)))
    people = cards(row.changed_by_id for row in rows)
    befores = [*(row.content for row in rows[1:]), None][: len(rows)]
    return [
        Version(
            row.version, row.changed_at, str(people[row.changed_by_id].name) if row.changed_by_id else "", row.reason,
            tuple(differences(before, row.content)) if before is not None else (),
        )
        for row, before in zip(rows, befores, strict=True)
    ]  # fmt: skip


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What changed between two versions, a line each."""
    found = []
    for key in ("name", "active"):
        if before.get(key) != after.get(key):
            found.append(f"{before.get(key)} → {after.get(key)}")
    if before["filter"] != after["filter"]:
        known = options()
        found.append(
            f"{in_words(before['filter'], known) or '–'} → {in_words(after['filter'], known) or '–'}"
        )
    for metric, (name, _hint) in METRIC_NAMES.items():
        old, new = before["goals"].get(metric), after["goals"].get(metric)
        if old != new:
            found.append(f"{name}: {_goal(old)} → {_goal(new)}")
    return found


def _goal(goal: dict[str, Any] | None) -> str:
    if goal is None:
        return "–"
    return f"{' / '.join(str(goal['minutes'][p]) for p in PRIORITY_NAMES)} ({goal['warn']} %)"


# --- the clock of a question ------------------------------------------------------------------------------------------


EVENT_NAMES = {
    SlaType.ACTIVATE: _("begins"), SlaType.PAUSE: _("rests"), SlaType.RESUME: _("goes on"),
    SlaType.RETARGET: _("another priority"), SlaType.FULFIL: _("what was promised is there"), SlaType.RESTORE: _("what answered is gone"),
    SlaType.CANCEL: _("nobody waits any more"), SlaType.WARN: _("warning"), SlaType.BREACH: _("late"),
}  # fmt: skip
STANDING_NAMES = {
    Standing.RUNNING: (_("running"), ""), Standing.WARNED: (_("due soon"), "sun"), Standing.BREACHED: (_("late"), "bad"),
    Standing.PAUSED: (_("rests"), ""), Standing.MET: (_("kept"), "ok"), Standing.MISSED: (_("too late"), "bad"),
    Standing.CANCELLED: (_("not needed any more"), ""),
}  # fmt: skip


SKIP_NAMES = {
    "asker": _("The team is not told: whoever asked is not there any more."),
    "product": _("The team is not told: this product is none of its own."),
    "old": _("The team is not told: the question had waited for too long."),
}


@dataclass(frozen=True, slots=True)
class Track:
    """One promise of a cycle: its name, how it stands, its target and due time, its events."""

    name: Sentence
    number: int
    standing: Sentence
    tone: str
    target: str
    worked: str
    due_at: datetime | None
    events: tuple[tuple[Sentence, datetime, bool], ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of a question: the policy it began under, the stages it reached, the promises."""

    number: int
    policy: str
    version: int
    priority: Sentence | None
    began_at: datetime | None
    stages: tuple[tuple[str, datetime, datetime, str], ...]
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class ClockView:
    """The clock of a question: everything it was promised, from the events alone."""

    question_id: int
    title: str
    slug: str
    language: str
    cycles: tuple[Cycle, ...]
    due_at: datetime | None
    alarm_at: datetime | None
    skipped: Sentence | None


def clock_of(question_id: int) -> ClockView:
    """The clock of a question for its page. Raises NotFound."""
    found = db.session.execute(
        select(Ladder, Question.title, Question.slug, Question.language)
        .join(Question, Question.id == Ladder.question_id)
        .where(Ladder.question_id == question_id)
    ).first()
    if found is None:
        raise NotFound()
    ladder = found.Ladder
    return ClockView(
        question_id, found.title, found.slug, found.language, _cycles(ladder), ladder.due_at, ladder.alarm_at,
        SKIP_NAMES.get(ladder.skip_cause or ""),
    )  # fmt: skip


def _cycles(ladder: Ladder) -> tuple[Cycle, ...]:
    """The cycles of a question, the present one first: the terms each began under, its stages and its promises."""
    question_id = ladder.question_id
    applied = {
        row.SlaApplied.cycle: row
        for row in db.session.execute(
            select(SlaApplied, SlaPolicy.name, SlaTerms)
            .join(SlaPolicy, SlaPolicy.id == SlaApplied.policy_id)
            .join(SlaTerms, SlaTerms.id == SlaApplied.terms_id)
            .where(SlaApplied.question_id == question_id)
        )
    }
    present = db.session.get_one(SlaTerms, ladder.terms_id)
    events = list(
        db.session.scalars(select(SlaEvent).where(SlaEvent.question_id == question_id).order_by(SlaEvent.id))
    )
    stages = list(
        db.session.scalars(
            select(StageRow).where(StageRow.question_id == question_id).order_by(StageRow.due_at)
        )
    )
    cycles = []
    for number in range(ladder.cycle, 0, -1):
        row = applied.get(number)
        terms = row.SlaTerms if row is not None else present
        mine = [event for event in events if event.cycle == number]
        reached = tuple(
            (s.stage.value, s.due_at, s.recorded_at, s.cause) for s in stages if s.cycle == number
        )
        cycles.append(
            Cycle(
                number, row.name if row else "", row.SlaApplied.policy_version if row else 0,
                PRIORITY_NAMES[row.SlaApplied.priority] if row else None, mine[0].at if mine else None, reached,
                _tracks(mine, terms, ladder.factor),
            )
        )  # fmt: skip
    return tuple(cycles)


def _tracks(events: list[SlaEvent], terms: SlaTerms, factor: float) -> tuple[Track, ...]:
    tracks = []
    for metric, number in sorted(
        {(one.metric, one.instance) for one in events}, key=lambda k: (list(Metric).index(k[0]), k[1])
    ):
        mine = [one for one in events if (one.metric, one.instance) == (metric, number)]
        promise = policy_of(terms).promise(metric, factor)
        reading = (
            evaluate(promise, [Event(e.type, e.at, e.priority) for e in mine], clock.now())
            if promise
            else None
        )
        if reading is None:
            continue
        words, tone = STANDING_NAMES[reading.standing]
        lines = tuple(
            (EVENT_NAMES[e.type], e.at, e.retargeted) for e in sorted(mine, key=lambda e: (e.at, e.id))
        )
        target, worked = _hours(reading.target), _hours(reading.worked)
        tracks.append(
            Track(METRIC_NAMES[metric][0], number, words, tone, target, worked, reading.due_at, lines)
        )
    return tuple(tracks)


def _hours(span: timedelta) -> str:
    """Working time is told in hours: a working day is none of twenty-four."""
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes % 60 else f"{minutes // 60} h"
