"""The waves: five members are asked first, eight more later, as long as nobody has answered.

They follow the question's ladder: its cycle, its priority, its pauses; an answer, a solution or a closing stops them. A
wave is a row claimed by a conditional update, so of two workers one asks. Source: domain/escalation.md §C1.2, §C5.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts.notifications.telling import tell
from common import clock, settings
from common.db import db, insert_many, insert_once, update_where
from common.unit_of_work import is_busy, unit_of_work
from forum.questions.models import Question
from moderation.calendars.rules import due_at
from moderation.escalation import clocks
from moderation.escalation.models import Ladder
from moderation.escalation.rules import COMMUNITY, Priority
from moderation.experts import choosing
from moderation.experts.asking import availability, terms
from moderation.experts.asking.courtesy_rules import GROWING_RANKS, SIZES, picked
from moderation.experts.models import ExpertInvitation, ExpertWave, ExpertWish
from moderation.experts.rules import Scored

log = logging.getLogger("fourmi.experts")

BATCH = 200
LONGEST = timedelta(days=1)
"""A wave that could not be sent for so long is not sent any more."""
LOOK_AGAIN = timedelta(minutes=5)
"""A priority may rise meanwhile, a clock go on."""
NIGHT_WAIT = timedelta(minutes=30)


def sweep() -> int:
    """Begin the waves of questions that began to wait, send those whose time has come; returns how many were asked."""
    if not settings.get("experts.invite") or not _anybody():
        return 0
    begin_new()
    now = clock.now()
    query = select(ExpertWave.question_id, ExpertWave.cycle, ExpertWave.wave).where(ExpertWave.due_at <= now)
    due = db.session.execute(query.order_by(ExpertWave.due_at, ExpertWave.question_id).limit(BATCH)).all()
    db.session.rollback()
    return sum(_step(*row) for row in due)


def _anybody() -> bool:
    return db.session.scalar(select(ExpertWish.member_id).where(ExpertWish.wanted).limit(1)) is not None


def begin_new() -> None:
    """Two waves for each cycle of a question that nobody has answered."""
    waves = select(ExpertWave.wave).where(
        ExpertWave.question_id == Ladder.question_id, ExpertWave.cycle == Ladder.cycle
    )
    fresh = Ladder.started_at > clock.now() - LONGEST
    query = select(Ladder).where(*clocks.without_answer(), fresh, ~waves.exists()).limit(BATCH)
    with unit_of_work():
        rows = [
            {
                "question_id": ladder.question_id, "cycle": ladder.cycle, "wave": wave,
                "due_at": _due(ladder, wave) or clock.now() + LOOK_AGAIN,
            }
            for ladder in db.session.scalars(query)
            for wave in SIZES
        ]  # fmt: skip
        insert_many(ExpertWave, rows, once=True)


def _due(ladder: Ladder, wave: int) -> datetime | None:
    """When a wave is due; ``None`` while the clock rests before it."""
    climb = clocks.climb_of(ladder, clocks.policy_for(ladder), recorded={})
    minutes = terms.minutes_to(Priority(ladder.priority), wave) * ladder.factor
    return due_at(COMMUNITY, ladder.started_at, minutes, climb.pauses)


def _step(question_id: int, cycle: int, wave: int) -> int:
    """One wave; what fails is looked at again later and holds up no other."""
    try:
        return send(question_id, cycle, wave)
    except Exception as error:
        db.session.rollback()
        if not is_busy(error):
            log.exception("wave %s of question %s failed and is pushed back", wave, question_id)
            with unit_of_work():
                _wait(question_id, cycle, wave, clock.now() + NIGHT_WAIT)
        return 0


def send(question_id: int, cycle: int, wave: int) -> int:
    """Ask the members of a wave, unless it is over or not yet due; returns how many were asked."""
    now = clock.now()
    ladder = db.session.get(Ladder, question_id, populate_existing=True)
    if ladder is None or ladder.cycle != cycle or ladder.stopped_at or now - ladder.started_at > LONGEST:
        return _end(question_id, cycle, wave)
    due = None if ladder.answered_at else _due(ladder, wave)
    if due is None or due > now:
        with unit_of_work():
            _wait(question_id, cycle, wave, min(due or now + LOOK_AGAIN, now + LOOK_AGAIN))
        return 0
    urgent = ladder.priority == Priority.URGENT
    people = choosing.ranked(question_id, now, availability.willing(now), availability.responses(now))
    with unit_of_work():
        return _ask(question_id, cycle, wave, people, now, urgent)


def _ask(question_id: int, cycle: int, wave: int, people: list[Scored], now: datetime, urgent: bool) -> int:
    mine = (ExpertWave.question_id == question_id, ExpertWave.cycle == cycle, ExpertWave.wave == wave)
    if not update_where(ExpertWave, *mine, ExpertWave.done_at.is_(None), done_at=now, due_at=None):
        return 0
    waits = (Ladder.question_id == question_id, Ladder.cycle == cycle, *clocks.without_answer())
    if db.session.scalar(select(Ladder.question_id).where(*waits)) is None:
        return 0
    found = availability.free(question_id, [one.member_id for one in people], now, urgent)
    if not found.ranks and found.asleep:
        update_where(ExpertWave, *mine, done_at=None, due_at=now + NIGHT_WAIT)
        return 0
    chosen = _chosen(people, found.ranks, question_id, wave)
    category_id = db.session.scalar(select(Question.category_id).where(Question.id == question_id))
    asked = sum(
        invite(one, explored, question_id, category_id, cycle, wave, now, one.member_id in found.woken)
        for one, explored in chosen
    )
    update_where(ExpertWave, *mine, invited=asked)
    return asked


def _chosen(
    people: list[Scored], ranks: dict[int, int], question_id: int, wave: int
) -> list[tuple[Scored, bool]]:
    by_id = {one.member_id: one for one in people if one.member_id in ranks}
    growing = [
        one.member_id for one in by_id.values() if ranks[one.member_id] in GROWING_RANKS and one.proven
    ]
    share = settings.get("experts.explored_percent") / 100
    drawn = picked(list(by_id), growing, terms.size_of(wave), share, f"{question_id}:{wave}")
    return [(by_id[member_id], explored) for member_id, explored in drawn]


def was_asked(question_id: int, member_id: int) -> bool:
    """Whether a member was asked about a question before."""
    mine = (ExpertInvitation.question_id == question_id, ExpertInvitation.member_id == member_id)
    return db.session.scalar(select(ExpertInvitation.id).where(*mine)) is not None


def invite(
    one: Scored, explored: bool, question_id: int, category_id: int | None, cycle: int, wave: int, now: datetime, wakes: bool,
) -> bool:  # fmt: skip
    """Ask one member, inside the open unit of work. False when they were asked already."""
    lapses_at = now + timedelta(hours=settings.get("experts.lapse_hours"))
    written = insert_once(
        ExpertInvitation, question_id=question_id, member_id=one.member_id, category_id=category_id, cycle=cycle, wave=wave,
        explored=explored, score=round(one.score, 4), parts={part.value: round(said, 4) for part, said in one.parts.items()},
        why=one.why, topic=one.topic, count=one.count, invited_at=now, lapses_at=lapses_at,
    )  # fmt: skip
    if written is None:
        return False
    kind = "expert-asked-now" if wakes else "expert-asked"
    told = {"invitation_id": written, "why": one.why.value, "about": one.topic, "solved": one.count}
    tell(one.member_id, kind, cause_of(written), question_id, question_id, **told)
    return True


def cause_of(invitation_id: int) -> str:
    """The name of the event for the notifications."""
    return f"expert:{invitation_id}"


def _wait(question_id: int, cycle: int, wave: int, until: datetime) -> None:
    mine = (ExpertWave.question_id == question_id, ExpertWave.cycle == cycle, ExpertWave.wave == wave)
    update_where(ExpertWave, *mine, ExpertWave.done_at.is_(None), due_at=until)


def _end(question_id: int, cycle: int, wave: int) -> int:
    mine = (ExpertWave.question_id == question_id, ExpertWave.cycle == cycle, ExpertWave.wave == wave)
    with unit_of_work():
        update_where(ExpertWave, *mine, ExpertWave.done_at.is_(None), done_at=clock.now(), due_at=None)
    return 0
