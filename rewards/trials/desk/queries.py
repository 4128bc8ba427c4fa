"""Reads for the desk of trials. Answers are scored, and testers previewed, without a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from accounts.members.queries import MemberCard, cards, staff_ids
from accounts.members.rules import Role
from common import i18n
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from rewards.trials import lottery, selecting, wording
from rewards.trials.models import Trial, TrialApplication, TrialReport, TrialStock
from rewards.trials.pages.queries import texts
from rewards.trials.permissions import can_run, can_see_desk
from rewards.trials.rules import IN_HAND, Campaign, Part

A_PAGE = 25
STATES = {
    "now": (Campaign.DRAFT, Campaign.OPEN, Campaign.SELECTING, Campaign.SHIPPING, Campaign.REPORTING, Campaign.CLOSING, Campaign.SUSPENDED),
    "over": (Campaign.CLOSED, Campaign.CANCELLED),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign in the list."""

    id: int
    title: str
    state: Campaign
    words: Sentence
    stock: int
    applied: int
    ends_at: datetime | None


def page(actor: Actor, over: bool, after: str = "") -> Page[Row]:
    """Campaigns, the newest first. Two queries."""
    require(can_see_desk(actor))
    query = select(Trial).where(Trial.state.in_(STATES["over" if over else "now"]))
    rows = list(db.session.scalars(keyset(query, Trial.created_at, Trial.id, after, A_PAGE)))
    found = page_of(rows, A_PAGE, lambda one: (one.created_at, one.id))
    a, ids = TrialApplication, [one.id for one in found.items]
    counted = (
        select(a.trial_id, func.count())
        .where(a.trial_id.in_(ids), a.state != Part.WITHDRAWN)
        .group_by(a.trial_id)
    )
    counts = {row[0]: row[1] for row in db.session.execute(counted)}
    language = i18n.language()
    return Page(
        [
            Row(one.id, one.text("title", language), one.state, wording.CAMPAIGNS[one.state], one.stock, counts.get(one.id, 0), one.ends_at)
            for one in found.items
        ],
        found.next,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign with how many stand where."""

    trial: Trial
    title: str
    words: Sentence
    counts: list[tuple[Sentence, int]]
    applied: int
    scored: int
    held: int
    ready: int
    to_judge: int


def overview(actor: Actor, trial_id: int) -> Overview:
    """A campaign of any state, for whoever works on it. Raises NotFound."""
    require(can_see_desk(actor))
    trial = db.session.scalar(select(Trial).where(Trial.id == trial_id))
    if trial is None:
        raise NotFound()
    a = TrialApplication
    counted = (
        select(a.state, func.count(), func.count(a.answer_score))
        .where(a.trial_id == trial_id)
        .group_by(a.state)
    )
    rows = {row[0]: (row[1], row[2]) for row in db.session.execute(counted)}
    held = db.session.scalar(select(TrialStock.held).where(TrialStock.trial_id == trial_id)) or 0
    waiting = db.session.scalar(select(func.count()).where(a.trial_id == trial_id, _to_judge())) or 0
    return Overview(
        trial, trial.text("title", i18n.language()), wording.CAMPAIGNS[trial.state],
        [(wording.PARTS[state], rows[state][0]) for state in Part if state in rows], rows.get(Part.APPLIED, (0, 0))[0],
        rows.get(Part.APPLIED, (0, 0))[1], held, rows.get(Part.READY, (0, 0))[0], waiting,
    )  # fmt: skip


def _to_judge():  # type: ignore[no-untyped-def]
    a = TrialApplication
    return or_(
        a.state == Part.REPORTED, and_(a.excuse_asked_at.is_not(None), a.state.in_((*IN_HAND, Part.SHIPPED)))
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one application, without a name."""

    id: int
    label: str
    pairs: list[tuple[str, str]]
    score: int | None


def answers(actor: Actor, trial_id: int, after: str = "") -> Page[Answers]:
    """Applications to score, those without a score first seen in order of their numbers. Blind: no member is read."""
    require(can_run(actor))
    trial = overview(actor, trial_id).trial
    a = TrialApplication
    query = select(a.id, a.answers, a.answer_score).where(a.trial_id == trial_id, a.state == Part.APPLIED)
    rows = list(db.session.execute(keyset(query, a.id, a.id, after, A_PAGE, by_time=False)))
    found = page_of(rows, A_PAGE, lambda one: (one.id, one.id))
    asked = texts(trial.questions)
    return Page(
        [Answers(one.id, lottery.label(one.id), list(zip(asked, one.answers, strict=False)), one.answer_score) for one in found.items],
        found.next,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """A line of the preview: an application's number, why it is there."""

    label: str
    lot: Sentence | None
    score: int
    failing: list[Sentence]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a confirmation would do."""

    places: list[Chosen]
    waiting: list[Chosen]
    waiting_count: int
    dropped: list[Chosen]
    digest: str


def preview(actor: Actor, trial_id: int) -> Preview:
    """The selection as it would be now, without names."""
    trial = overview(actor, trial_id).trial
    found = selecting.preview(actor, trial_id)
    lines = [
        Chosen(lottery.label(one.id), wording.LOTS[one.lot] if one.lot else None, found.scores[one.id], [])
        for one in found.placed
    ]
    dropped = [
        Chosen(lottery.label(one), None, 0, [wording.condition(line, trial) for line in failing])
        for one, failing in found.failing.items()
    ]
    waiting = [one for one in lines if one.lot is None]
    return Preview(
        [one for one in lines if one.lot is not None][:500],
        waiting[:50],
        len(waiting),
        dropped[:200],
        found.digest,
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A chosen member's part, for the shipping page: no address."""

    label: str
    member: MemberCard
    words: Sentence
    tracking: str
    at: datetime | None


def parcels(actor: Actor, trial_id: int, after: str = "") -> Page[Parcel]:
    """Chosen members and where their products are."""
    require(can_see_desk(actor))
    a = TrialApplication
    query = select(a).where(a.trial_id == trial_id, a.selected_at.is_not(None))
    rows = list(db.session.scalars(keyset(query, a.id, a.id, after, A_PAGE, by_time=False)))
    found = page_of(rows, A_PAGE, lambda one: (one.id, one.id))
    who = cards(one.member_id for one in found.items)
    return Page(
        [
            Parcel(lottery.label(one.id), who[one.member_id], wording.PARTS[one.state], one.carrier_ref, one.delivered_at or one.shipped_at)
            for one in found.items
        ],
        found.next,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToJudge:
    """A report to read, or an excuse to decide."""

    id: int
    label: str
    member: MemberCard
    on_time: bool | None
    report: TrialReport | None
    steps: list[tuple[str, bool]]
    excuse: Sentence | None
    excuse_text: str
    state: Part
    words: Sentence


def reports(actor: Actor, trial_id: int, after: str = "", every: bool = False) -> Page[ToJudge]:
    """What waits for the team, the newest first; or every report that ever came in."""
    require(can_run(actor))
    trial = overview(actor, trial_id).trial
    a = TrialApplication
    query = select(a).where(a.trial_id == trial_id, a.reported_at.is_not(None) if every else _to_judge())
    rows = list(db.session.scalars(keyset(query, a.id, a.id, after, A_PAGE, by_time=False)))
    found = page_of(rows, A_PAGE, lambda one: (one.id, one.id))
    sent = _reports([one.id for one in found.items if every or one.state == Part.REPORTED])
    who, steps = cards(one.member_id for one in found.items), texts(trial.steps)

    def line(one: TrialApplication) -> ToJudge:
        report = sent.get(one.id)
        done = set(report.checklist) if report else set()
        excuse = wording.EXCUSES[one.excuse] if one.excuse and one.excuse_asked_at else None
        return ToJudge(
            one.id, lottery.label(one.id), who[one.member_id], one.on_time, report,
            [(step, number in done) for number, step in enumerate(steps)], excuse, one.excuse_text, one.state, wording.PARTS[one.state],
        )  # fmt: skip

    return Page([line(one) for one in found.items], found.next)


def _reports(application_ids: Collection[int]) -> dict[int, TrialReport]:
    query = select(TrialReport).where(TrialReport.application_id.in_(application_ids))
    return {one.application_id: one for one in db.session.scalars(query)}


def waiting_count(actor: Actor) -> int:
    """How many reports and excuses wait, in all campaigns; counted up to a hundred."""
    some = select(TrialApplication.id).where(_to_judge()).limit(100).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def managers() -> list[tuple[str, str]]:
    """Who may answer for a budget."""
    ids = staff_ids(Role.MANAGER, Role.ADMIN)[:100]
    found = cards(ids)
    return [(str(one), found[one].name) for one in ids]
