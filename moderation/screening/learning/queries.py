"""What the desk shows of the models: where they stand, how well they do, and why one noticed a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from common import clock
from common.db import db
from common.i18n import LANGUAGES
from moderation.screening.learning import judging, numbers
from moderation.screening.learning.models import Forecast, ModelStage, WeeklyReport
from moderation.screening.learning.rules import Kind, Stage, Tally, Totals
from moderation.screening.learning.staging import WEEK, tally

REPORTS = 8
LOOKING = (Stage.SHADOW, Stage.ACTIVE)


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model as its card shows it. ``tally``: of its days in shadow, or of the last seven; ``needed``: examples."""

    language: str
    kind: Kind
    stage: Stage
    since: datetime | None
    ends: datetime | None
    why: str
    totals: Totals
    needed: int
    tally: Tally
    reports: Sequence[WeeklyReport]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Why a model noticed a text, or not: its chance when it was sent, and the words that weighed most."""

    kind: Kind
    percent: int | None
    words_for: tuple[str, ...]
    words_against: tuple[str, ...]


def models() -> list[ModelView]:
    """Every model, by language. A number of statements that does not grow."""
    rows = {(row.language, Kind(row.kind)): row for row in db.session.scalars(select(ModelStage))}
    since = clock.now().date() - timedelta(weeks=REPORTS + 1)
    reports = list(
        db.session.scalars(
            select(WeeklyReport).where(WeeklyReport.week >= since).order_by(WeeklyReport.week.desc())
        )
    )
    found = []
    for language in LANGUAGES:
        totals = judging.read_standing(language).totals
        for kind in Kind:
            own = [one for one in reports if (one.language, one.kind) == (language, kind)]
            found.append(_view(language, kind, rows.get((language, kind)), totals[kind], own))
    return found


def _view(
    language: str, kind: Kind, row: ModelStage | None, totals: Totals, reports: list[WeeklyReport]
) -> ModelView:
    stage, now = Stage(row.stage) if row else Stage.WAITING, clock.now()
    number = numbers.model_numbers()
    begun = row.since if row is not None and stage == Stage.SHADOW else now - WEEK
    what = tally(language, kind, begun, now, held_only=stage == Stage.ACTIVE) if stage in LOOKING else Tally()
    ends = row.since + number.shadow if row is not None and stage == Stage.SHADOW else None
    return ModelView(
        language, kind, stage, row.since if row else None, ends, row.why if row else "", totals, number.examples, what,
        reports[:REPORTS],
    )  # fmt: skip


def weighed(language: str, title: str | None, body: str, post_id: int | None = None) -> list[Weighed]:
    """For each model that looks at this language: the words of a text that spoke most for and against."""
    stages = judging.standing_of(language).stages
    kinds = [kind for kind, stage in stages.items() if stage in LOOKING]
    if not kinds:
        return []
    said: dict[Kind, float] = {}
    if post_id is not None:
        rows = db.session.execute(select(Forecast.kind, Forecast.chance).where(Forecast.post_id == post_id))
        said = {Kind(row.kind): row.chance for row in rows}
    shown = judging.explained(language, title, body, kinds)
    return [
        Weighed(
            kind,
            round(said[kind] * 100) if kind in said else None,
            tuple(word for word, weight in shown[kind] if weight > 0),
            tuple(word for word, weight in shown[kind] if weight < 0),
        )
        for kind in kinds
    ]
