"""A forecast is begun, played part by part outside the request, and applied; nothing else is ever written.

Source: FEATURES.md §4; domain/escalation.md §C1.5.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from common import audit, clock, i18n, jobs, settings
from common.db import db, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.forecast import counting, drafts, numbers, ruleset, story
from moderation.forecast.models import Forecast
from moderation.forecast.permissions import can_forecast
from moderation.forecast.playing import play
from moderation.forecast.rules import PERIODS, State, add_up, curve
from moderation.forecast.ruleset import Content, Rules

JOB = "forecast.play"
PART = 250
"""Questions played in one go, so that nothing else waits for long."""
BREATH = timedelta(seconds=1)
AFTER_THE_END = timedelta(days=14)
"""How long the clock runs on after the last question of a history that is long over."""


def load(forecast_id: int) -> Forecast:
    """A forecast as it stands now. Raises NotFound."""
    row = db.session.get(Forecast, forecast_id, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def begin(actor: Actor, kind: str, target_id: int | None, form: Any, days: int | None = None) -> int:
    """Try a change on the last days of the history. Raises Forbidden, NotFound, Invalid as its own page would."""
    require(can_forecast(actor))
    if kind not in drafts.KINDS:
        raise NotFound()
    if days is not None and days not in PERIODS:
        raise Invalid(fields={"days": _("Choose one of the times.")})
    old = ruleset.in_force()
    typed = drafts.kept(form)
    form = drafts.Form(typed)
    new = drafts.KINDS[kind].change(old, target_id, form)
    typed["title"] = [drafts.KINDS[kind].title(target_id, form)]
    return begin_between(actor, old, new, numbers.days(days), kind, target_id, typed)


def begin_between(
    actor: Actor | None, old: Content, new: Content, days: int, kind: str, target_id: int | None, typed: dict[str, Any]
) -> int:  # fmt: skip
    """The same from two sets of rules."""
    since, until = _window(days)
    with unit_of_work():
        row = Forecast(
            kind=kind, target_id=target_id, typed=typed, days=days, old=old, new=new, digest=ruleset.digest_of(old), since=since,
            until=until, played_to=min(clock.now(), until + AFTER_THE_END), total_count=story.size(since, until),
            result={"old": counting.empty(), "new": counting.empty()}, begun_by_id=actor.member_id if actor else None,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        _go_on(row.id, 0)
        return row.id


def _window(days: int) -> tuple[datetime, datetime]:
    """The last days of what there is; of more questions than are looked at, the newest."""
    until = min(clock.now(), story.newest() or clock.now())
    since = until - timedelta(days=days)
    most = settings.get("escalation.forecast_most")
    beyond = (
        select(Post.published_at).where(*story.in_window(since, until)).order_by(Post.published_at.desc())
    )
    return db.session.scalar(beyond.offset(most - 1).limit(1)) or since, until


def _go_on(forecast_id: int, last_id: int, at: datetime | None = None) -> None:
    jobs.enqueue(JOB, {"forecast_id": forecast_id, "last_id": last_id}, f"{JOB}:{forecast_id}:{last_id}", at)


def play_part(forecast_id: int, last_id: int) -> None:
    """The next questions, once: whoever comes second finds it further on and does nothing."""
    row = db.session.get(Forecast, forecast_id)
    if row is None or row.state is not State.RUNNING or row.last_id != last_id:
        return
    part = _played(row, last_id)
    result: dict[str, Any] = {
        side: add_up_work(row.result[side], part.counts[side]) for side in ("old", "new")
    }
    values: dict[str, Any] = {"done_count": row.done_count + part.count, "last_id": part.last_id}
    if part.is_last:
        result = {side: finish(counts, numbers.minutes()) for side, counts in result.items()}
        result["minutes"] = numbers.minutes()
        values |= {"state": State.DONE, "ended_at": clock.now()}
    db.session.rollback()
    with unit_of_work():
        mine = (Forecast.id == forecast_id, Forecast.last_id == last_id, Forecast.state == State.RUNNING)
        if update_where(Forecast, *mine, result=result, **values) and not part.is_last:
            _go_on(forecast_id, part.last_id, clock.now() + BREATH)


class _Part:
    """The figures of some questions under both sets of rules."""

    def __init__(self, count: int, last_id: int, is_last: bool) -> None:
        self.count, self.last_id, self.is_last = count, last_id, is_last
        self.counts = {"old": counting.empty(), "new": counting.empty()}


def _played(row: Forecast, after: int) -> _Part:
    stories = story.read(row.since, row.until, after, PART)
    part = _Part(len(stories), stories[-1].id if stories else after, len(stories) < PART)
    sides = {"old": Rules(row.old), "new": Rules(row.new)}
    zone = i18n.local(row.until).tzinfo
    assert zone is not None, "local moments have one"
    for one in stories:
        for side, rules in sides.items():
            cycles = play(one, rules, row.played_to)
            counting.count(part.counts[side], one, cycles, rules, row.since, zone)
    return part


def add_up_work(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The figures of two parts as one."""
    work = {key: [*into["work"].get(key, ()), *rows] for key, rows in more["work"].items()}
    work = {**into["work"], **work}
    added = add_up({**into, "work": {}}, {**more, "work": {}})
    return {**added, "work": work}


def finish(counts: dict[str, Any], minutes: int) -> dict[str, Any]:
    """From the cases of each team to the share of promises that one agent, two, three … would keep."""
    agents = {key: curve(counting.works(rows), minutes) for key, rows in counts["work"].items()}
    return {**{key: value for key, value in counts.items() if key != "work"}, "agents": agents}


def play_now(forecast_id: int, tick: Callable[[int], None] = lambda _count: None) -> Forecast:
    """All parts at once, for the command line."""
    row = load(forecast_id)
    while row.state is State.RUNNING:
        before = row.done_count
        play_part(forecast_id, row.last_id)
        row = load(forecast_id)
        tick(row.done_count - before)
    return row


def is_fresh(row: Forecast) -> bool:
    """Whether the rules are still those it compares with."""
    return ruleset.digest_of(ruleset.in_force()) == row.digest


def apply(actor: Actor, forecast_id: int, reason: str) -> None:
    """Make the change that was tried. Raises Forbidden, Invalid (no reason), Conflict: the rules changed since, it is in
    force already."""
    require(can_forecast(actor))
    with unit_of_work():
        row = load(forecast_id)
        if row.kind not in drafts.KINDS or row.state is not State.DONE:
            raise Conflict(_("This forecast is not ready to be applied."))
        if row.applied_at is not None:
            raise Conflict(_("This change is in force already."))
        if not is_fresh(row):
            raise Conflict(
                _("The rules have changed since this forecast was made. Try the change again on the rules of now, then apply it.")
            )  # fmt: skip
        drafts.KINDS[row.kind].apply(actor, row.target_id, drafts.Form(row.typed), reason)
        fresh = (Forecast.id == forecast_id, Forecast.applied_at.is_(None))
        if not update_where(Forecast, *fresh, applied_at=clock.now(), applied_by_id=actor.member_id):
            raise Conflict(_("This change is in force already."))
        audit.write(
            actor,
            "forecast.applied",
            "forecast",
            forecast_id,
            None,
            {"kind": row.kind, "of": row.target_id},
            reason,
        )
