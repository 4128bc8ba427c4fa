"""When a model may look, hold, or must be silent: moved by its own examples, days and precision, and by managers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import LANGUAGES, _
from common.jobs import periodic
from common.permissions import SYSTEM, Actor, require
from common.unit_of_work import after_commit, unit_of_work
from moderation.review.permissions import can_rule
from moderation.screening.learning import judging, numbers, telling
from moderation.screening.learning.models import Forecast, Lesson, ModelStage, WeeklyReport
from moderation.screening.learning.rules import Kind, Label, Stage, Tally, next_stage
from moderation.screening.learning.telling import Week

WEEK = timedelta(days=7)


@periodic("screening.models", every=timedelta(hours=1))
def step_all() -> None:
    """Every model takes its next step, and once a week says how well it did."""
    for language in LANGUAGES:
        for kind in Kind:
            with unit_of_work():
                step(language, kind)
    with unit_of_work():
        weeks = [report_week(language, kind) for language in LANGUAGES for kind in Kind]
        telling.tell_week([one for one in weeks if one is not None])


def step(language: str, kind: Kind) -> Stage:
    """The next step of one model, inside the open unit of work; returns where it stands."""
    now = clock.now()
    row = _row(language, kind)
    stage, since = Stage(row.stage), row.since
    begun = since if stage == Stage.SHADOW else now - WEEK
    what = tally(language, kind, begun, now, held_only=stage == Stage.ACTIVE)
    totals = judging.read_standing(language).totals[kind]
    to = next_stage(stage, since, totals, what, numbers.model_numbers(), now)
    if to != stage:
        why = ""
        if to == Stage.OFF:
            why = f"{what.right} of {what.decided} held texts deserved it"
        _move(SYSTEM, language, kind, stage, to, why)
        if to == Stage.OFF:
            telling.tell_off(language, kind, what)
    return to


def switch(actor: Actor, language: str, kind: Kind, on: bool, why: str) -> None:
    """A manager switches a model off, or lets it start again, in shadow. Raises :class:`Conflict` when it stands so."""
    require(can_rule(actor))
    reason = " ".join(why.split())
    if not 5 <= len(reason) <= 200:
        raise Invalid(fields={f"why-{language}-{kind.value}": _("Say in a few words why you change this.")})
    with unit_of_work():
        stage = Stage(_row(language, kind).stage)
        if (stage != Stage.OFF) == on:
            raise Conflict(_("This has just been changed: please look again."))
        _move(actor, language, kind, stage, Stage.WAITING if on else Stage.OFF, reason)
        if on:
            step(language, kind)


def tally(language: str, kind: Kind, begun: datetime, until: datetime, held_only: bool = False) -> Tally:
    """Of the texts a model noticed in a time: how many people found to be such, and how many in order."""
    held = [Forecast.held.is_(True)] if held_only else []
    rows = db.session.execute(
        select(Lesson.label, func.count())
        .select_from(Forecast)
        .outerjoin(Lesson, Lesson.post_id == Forecast.post_id)
        .where(
            Forecast.kind == kind, Forecast.language == language, Forecast.noticed.is_(True), Forecast.at >= begun,
            Forecast.at < until, *held,
        )
        .group_by(Lesson.label)
    )  # fmt: skip
    by_label = {row[0]: row[1] for row in rows}
    right = by_label.get(Label(kind.value), 0)
    wrong = sum(count for label, count in by_label.items() if label is not None) - right
    return Tally(sum(by_label.values()), right, wrong)


def report_week(language: str, kind: Kind) -> Week | None:
    """Write down the week that has ended, once. None when that is done, or there was nothing to say."""
    monday = clock.now().date() - timedelta(days=clock.now().weekday())
    stage = Stage(_row(language, kind).stage)
    if stage not in (Stage.SHADOW, Stage.ACTIVE):
        return None
    ended = datetime.combine(monday, datetime.min.time(), clock.now().tzinfo)
    what = tally(language, kind, ended - WEEK, ended, held_only=stage == Stage.ACTIVE)
    made = insert_once(
        WeeklyReport, language=language, kind=kind, week=week_of(ended), stage=stage, noticed=what.noticed,
        agreed=what.right, disagreed=what.wrong,
    )  # fmt: skip
    return None if made is None else Week(week_of(ended), what)


def week_of(ended: datetime) -> date:
    """The Monday of the week that ended then."""
    return (ended - WEEK).date()


def _row(language: str, kind: Kind) -> ModelStage:
    insert_once(ModelStage, language=language, kind=kind, stage=Stage.WAITING, since=clock.now(), why="")
    return db.session.get_one(ModelStage, (language, kind), populate_existing=True)


def _move(actor: Actor, language: str, kind: Kind, stage: Stage, to: Stage, why: str) -> None:
    here = (ModelStage.language == language, ModelStage.kind == kind, ModelStage.stage == stage)
    if not update_where(ModelStage, *here, stage=to, since=clock.now(), why=why[:300]):
        raise Conflict(_("This has just been changed: please look again."))
    what = f"{language}:{kind.value}"
    audit.write(actor, "model.stage", "model", None, {what: stage.value}, {what: to.value}, why)
    after_commit(judging.forget)
