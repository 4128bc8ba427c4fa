"""A forecast is begun, played part by part outside the request, and applied; nothing else is ever written.

Source: FEATURES.md §4; domain/escalation.md §C1.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from common import audit, clock, i18n, jobs, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.duty import past
from moderation.forecast import counting, drafts, numbers, ruleset, story
from moderation.forecast.assignment import naming
from moderation.forecast.models import Forecast, ForecastPart
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
    """Try a change on the last days of the history. Raises Forbidden, NotFound, and what its own verb would raise."""
    require(can_forecast(actor))
    typed = drafts.kept(form)
    old, new = ruleset.in_force(), _with(actor, kind, target_id, drafts.Form(typed))
    return _begin_with(actor, kind, target_id, typed, old, new, days)


def _with(actor: Actor, kind: str, target_id: int | None, form: drafts.Form) -> Content:
    if kind not in drafts.KINDS:
        raise NotFound()
    return drafts.with_change(actor, kind, target_id, form)


def _begin_with(
    actor: Actor, kind: str, target_id: int | None, typed: dict[str, list[str]], old: Content, new: Content, days: int | None
) -> int:  # fmt: skip
    if days is not None and days not in PERIODS:
        raise Invalid(fields={"days": _("Choose one of the times.")})
    typed = {**typed, "title": [drafts.KINDS[kind].title(target_id, drafts.Form(typed))]}
    return begin_between(actor, old, new, numbers.days(days), kind, target_id, typed)


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a change: tried first (``forecast_id``), or made; ``made`` is what its verb says. ``untried``: it would
    have been tried, but there is too little history."""

    forecast_id: int | None = None
    made: Any = None
    untried: bool = False


def put(actor: Actor, kind: str, target_id: int | None, form: Any) -> Put:
    """Save a rule: what would go otherwise with the questions of the last days is tried first and then applied
    (:func:`apply`); what changes nothing for them, or has no history to be tried on, counts at once. Raises what its verb raises.
    """
    typed, days = drafts.kept(form), form.get("history", "")
    said, old = drafts.Form(typed), ruleset.in_force()
    chosen = int(days) if days in {str(one) for one in PERIODS} else None
    is_enough = story.size(*_window(numbers.days(chosen))) >= numbers.least()
    if is_enough:
        new = _with(actor, kind, target_id, said)
        if ruleset.digest_of(old) != ruleset.digest_of(new):
            require(can_forecast(actor))
            return Put(_begin_with(actor, kind, target_id, typed, old, new, chosen))
    made = drafts.KINDS[kind].apply(actor, target_id, said, said.get("reason", ""))
    return Put(made=made, untried=not is_enough and not _is_same(old))


def _is_same(rules: Content) -> bool:
    """Whether the rules in force do the same as these."""
    return ruleset.digest_of(ruleset.in_force()) == ruleset.digest_of(rules)


def again(actor: Actor, forecast_id: int) -> int:
    """Try the same change on the rules and the history of now. Raises what :func:`begin` raises; Conflict where the change
    is made."""
    require(can_forecast(actor))
    row = load(forecast_id)
    if row.applied_at is not None:
        raise Conflict(_("This change is in force already."))
    days = row.days if row.days in PERIODS else None
    return begin(actor, row.kind, row.target_id, drafts.Form(row.typed), days)


def begin_between(
    actor: Actor | None, old: Content, new: Content, days: int, kind: str, target_id: int | None, typed: dict[str, Any]
) -> int:  # fmt: skip
    """The same from two sets of rules."""
    since, until = _window(days)
    with unit_of_work():
        row = Forecast(
            kind=kind, target_id=target_id, typed=typed, days=days, old=old, new=new, digest=ruleset.digest_of(old), since=since,
            until=until, played_to=min(clock.now(), until + AFTER_THE_END), total_count=story.size(since, until),
            begun_by_id=actor.member_id if actor else None,
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
    values: dict[str, Any] = {"done_count": row.done_count + part.count, "last_id": part.last_id}
    if part.is_last:
        result: dict[str, Any] = finish(row, added_up([*_parts(forecast_id), part.counts]), numbers.minutes())
        values |= {"state": State.DONE, "ended_at": clock.now(), "result": result}
    db.session.rollback()
    with unit_of_work():
        mine = (Forecast.id == forecast_id, Forecast.last_id == last_id, Forecast.state == State.RUNNING)
        if not update_where(Forecast, *mine, **values):
            return
        if part.is_last:
            db.session.execute(delete(ForecastPart).where(ForecastPart.forecast_id == forecast_id))
        else:
            insert_once(ForecastPart, forecast_id=forecast_id, after_id=last_id, counts=part.counts)
            _go_on(forecast_id, part.last_id, clock.now() + BREATH)


def _parts(forecast_id: int) -> Iterator[dict[str, Any]]:
    query = select(ForecastPart.counts).where(ForecastPart.forecast_id == forecast_id)
    return iter(db.session.scalars(query.order_by(ForecastPart.after_id)))


def give_up(forecast_id: int) -> bool:
    """It cannot be played to its end: it says so, and can be begun again. False when it has ended meanwhile."""
    with unit_of_work():
        mine = (Forecast.id == forecast_id, Forecast.state == State.RUNNING)
        db.session.execute(delete(ForecastPart).where(ForecastPart.forecast_id == forecast_id))
        return bool(update_where(Forecast, *mine, state=State.FAILED, ended_at=clock.now()))


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


def added_up(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all parts as one, of both sides; the cases of each team one after another."""
    total = {"old": counting.empty(), "new": counting.empty()}
    for part in parts:
        for side, into in total.items():
            more = part[side]
            for team, rows in more["work"].items():
                into["work"].setdefault(team, []).extend(rows)
            into["cases"] += more["cases"]
            work = {key: into.pop(key) for key in ("work", "cases")}
            into = add_up(into, {key: value for key, value in more.items() if key not in work})
            into |= work
    return total


def finish(row: Forecast, total: dict[str, Any], minutes: int) -> dict[str, Any]:
    """From the cases of each team to the share of promises that one agent, two, three … would keep, and to who is named."""
    result: dict[str, Any] = {"minutes": minutes}
    duty = past.plan(row.since, row.played_to)
    for side, counts in total.items():
        agents = {team: curve(counting.works(rows), minutes) for team, rows in counts.pop("work").items()}
        rules = Rules(row.old if side == "old" else row.new)
        desk = naming.name_all(counts.pop("cases"), rules, duty, row.played_to, minutes)
        result[side] = {**counts, "agents": agents, "desk": desk.figures()}
    return result


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


def apply(actor: Actor, forecast_id: int, reason: str, early: str = "") -> None:
    """Make the change that was tried. ``early`` says why it cannot wait for its forecast; the audit keeps it.

    Raises Forbidden, Invalid (no reason), Conflict: not ready, the rules changed since, it is in force already."""
    require(can_forecast(actor))
    with unit_of_work():
        row = load(forecast_id)
        if row.kind not in drafts.KINDS or (row.state is not State.DONE and not early.strip()):
            raise Conflict(_("This forecast is not ready: wait for it, or say why the change cannot wait."))
        if row.applied_at is not None:
            raise Conflict(_("This change is in force already."))
        if not is_fresh(row):
            raise Conflict(
                _("The rules have changed since this forecast was made. Try the change again on the rules of now, then apply it.")
            )  # fmt: skip
        if not reason.strip():
            raise Invalid(fields={"reason": _("Say in a few words why.")})
        act = "forecast.applied" if row.state is State.DONE else "forecast.not_awaited"
        drafts.KINDS[row.kind].apply(actor, row.target_id, drafts.Form(row.typed), reason)
        fresh = (Forecast.id == forecast_id, Forecast.applied_at.is_(None))
        if not update_where(Forecast, *fresh, applied_at=clock.now(), applied_by_id=actor.member_id):
            raise Conflict(_("This change is in force already."))
        about = {"kind": row.kind, "of": row.target_id}
        audit.write(actor, act, "forecast", forecast_id, None, about, early.strip()[:200] or reason)
