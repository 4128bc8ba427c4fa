"""Reads of missions, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from accounts.members.models import Member
from common import clock
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _, language, n_
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from rewards.missions.models import Mission, MissionDone, StepDone
from rewards.missions.permissions import can_run_missions
from rewards.missions.progressing import active, steps_of
from rewards.missions.rules import MissionKind, MissionState, Step, StepKind, is_for

NAMES: dict[StepKind, Sentence] = {
    StepKind.GUIDE: _("Read the guide of three minutes"),
    StepKind.PROFILE: _("Write a word about yourself"),
    StepKind.PRODUCT: _("Say what you own"),
    StepKind.QUESTION: _("Ask a question"),
    StepKind.ANSWER: _("Answer a question"),
    StepKind.MARK: _("Mark the answer that helped you"),
    StepKind.SOLUTION: _("Find a solution"),
    StepKind.DUPLICATE: _("Point out a question that was covered already"),
}
PLACES: dict[StepKind, str] = {
    StepKind.GUIDE: "rewards.guide",
    StepKind.PROFILE: "settings.profile",
    StepKind.PRODUCT: "products.devices",
    StepKind.QUESTION: "questions.ask",
    StepKind.ANSWER: "questions.index",
    StepKind.MARK: "mine.show",
    StepKind.SOLUTION: "questions.index",
    StepKind.DUPLICATE: "questions.index",
}
STATES: dict[MissionState, Sentence] = {
    MissionState.DRAFT: _("draft"),
    MissionState.ACTIVE: _("active"),
    MissionState.ENDED: _("ended"),
}
KINDS: dict[MissionKind, Sentence] = {
    MissionKind.ONBOARDING: _("first days of newcomers"),
    MissionKind.CAMPAIGN: _("for everybody, during a time"),
}


def step_words(step: Step) -> Sentence:
    """What a step asks for."""
    if step.wanted == 1:
        return NAMES[step.kind]
    return n_("%(what)s, %(count)s time", "%(what)s, %(count)s times", step.wanted, what=NAMES[step.kind])


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as its member sees it: past, now or next."""

    words: Sentence
    state: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class MissionView:
    """A mission as its member sees it."""

    id: int
    title: str
    steps: list[StepView]
    done: int
    reputation: int
    spendable: int
    until: datetime | None
    finished: bool
    paid: bool


def missions_of(member_id: int) -> list[MissionView]:
    """The missions open to a member, those finished in them too. Four queries at most; one when there is no mission."""
    now = clock.now()
    open_ = active(now)
    if not open_:
        return []
    joined = db.session.scalar(select(Member.joined_at).where(Member.id == member_id))
    mine = [
        one
        for one in open_
        if joined and is_for(MissionKind(one.kind), joined, one.starts_at, one.ends_at, one.days, now)
    ]
    if not mine or joined is None:
        return []
    steps = steps_of(one.id for one in mine)
    done = set(db.session.scalars(select(StepDone.step_id).where(StepDone.member_id == member_id)))
    over = dict(
        db.session.execute(
            select(MissionDone.mission_id, MissionDone.paid).where(MissionDone.member_id == member_id)
        ).all()
    )
    return [_view(one, steps.get(one.id, []), done, over, joined) for one in mine]


def _view(
    one: Mission, steps: list[Step], done: set[int], over: dict[int, bool], joined: datetime
) -> MissionView:
    count = sum(step.id in done for step in steps)
    shown = [
        StepView(
            step_words(step),
            "past" if step.id in done else "now" if number == count else "next",
            PLACES[step.kind],
        )
        for number, step in enumerate(steps)
    ]
    until = joined + timedelta(days=one.days) if one.kind == MissionKind.ONBOARDING else one.ends_at
    return MissionView(
        one.id, one.title(language()), shown, count, one.reputation, one.spendable, until, one.id in over,
        over.get(one.id, False),
    )  # fmt: skip


def titles_of(mission_ids: list[int]) -> dict[int, str]:
    """What some missions are called, for the statement of points. One query."""
    return {
        one.id: one.title(language())
        for one in db.session.scalars(select(Mission).where(Mission.id.in_(mission_ids)))
    }


def title_of(mission_id: int) -> str:
    """The title of a mission, for news and the statement."""
    found = db.session.get(Mission, mission_id)
    return found.title(language()) if found else ""


def page(actor: Actor, after: str | None = None, size: int = 20) -> Page[Mission]:
    """All missions for the desk, the newest first."""
    require(can_run_missions(actor))
    query = keyset(select(Mission), Mission.created_at, Mission.id, after, size)
    return page_of(list(db.session.scalars(query)), size, lambda one: (one.created_at, one.id))


@dataclass(frozen=True, slots=True)
class DeskView:
    """One mission for the desk: how many have done each step, how many have finished, how many were paid."""

    one: Mission
    steps: list[tuple[Sentence, int]]
    finished: int
    paid: int


def view(actor: Actor, mission_id: int) -> DeskView:
    """One mission with its figures. Raises NotFound."""
    require(can_run_missions(actor))
    found = db.session.get(Mission, mission_id)
    if found is None:
        raise NotFound()
    steps = steps_of([mission_id]).get(mission_id, [])
    reached = dict(
        db.session.execute(
            select(StepDone.step_id, func.count())
            .where(StepDone.step_id.in_([step.id for step in steps]))
            .group_by(StepDone.step_id)
        ).all()
    )
    finished, paid = db.session.execute(
        select(func.count(), func.count().filter(MissionDone.paid.is_(True))).where(
            MissionDone.mission_id == mission_id
        )
    ).one()
    return DeskView(found, [(step_words(step), reached.get(step.id, 0)) for step in steps], finished, paid)
