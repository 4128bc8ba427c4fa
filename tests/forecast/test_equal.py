"""What a forecast says equals what the running ladder does on the same events: both are played and compared row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common import clock
from common.db import db
from forum.solutions.accepting import accept_answer
from moderation.calendars import keeping as calendars
from moderation.calendars.desk import forms as calendar_forms
from moderation.escalation import cases, casework, laddering, prioritising
from moderation.escalation.models import Ladder, SlaEvent, StageRow
from moderation.escalation.rules import HandBackReason, Priority, Stage
from moderation.escalation.sla_rules import ALARMS
from moderation.forecast import drafts, playing, ruleset, story
from moderation.handing import opening
from moderation.lexicon import versions
from moderation.routing import lists
from moderation.routing.models import CaseDesk, SupportTeam
from moderation.routing.ordering import founding
from moderation.targets import categories, choosing, keeping
from moderation.targets.models import SlaApplied
from moderation.targets.rules import Field, Filter, usual_goals

FRIDAY = datetime(2026, 3, 27, 14, 2, 7, tzinfo=UTC)
"""Two minutes past three in Paris, two days before the clocks change."""
DAY = timedelta(days=1)
TITLES = (
    "The drum stays full of water", "URGENT: blocked since yesterday!!!", "Smoke comes out of the dryer",
    "My lawyer asks for the warranty", "Where is my parcel, I want a refund", "Which one to buy before Christmas",
)  # fmt: skip


def live_run(moments, until, every=None, here=lambda: None, tend=lambda: None):
    """Let the running worker come at its times between what people do: the sweep, then the scores; then, where there are
    people, agents for what waits."""
    look = playing._round(clock.now(), every) if every else None
    for at, act in [*sorted(moments, key=lambda one: one[0]), (until, lambda: None)]:
        while look is not None and look <= at:
            _pass(look, here)
            clock.travel(look)
            here()
            tend()
            look += every
        _pass(at, here)
        clock.travel(at)
        act()


def _pass(until, here=lambda: None):
    while True:
        both = db.session.execute(db.select(db.func.min(Ladder.due_at), db.func.min(Ladder.alarm_at))).one()
        due = min((one for one in both if one is not None), default=None)
        waits = db.session.scalar(
            db.select(db.func.min(Ladder.rescored_at)).where(Ladder.stopped_at.is_(None))
        )
        db.session.rollback()
        now = clock.now()
        sweep = playing._round(max(due, now), playing.SWEEP) if due else None
        soonest = max(waits + playing.RESTED + playing.INSTANT, now) if waits else None
        tick = playing._round(soonest, playing.RESCORE) if soonest else None
        at = min((one for one in (sweep, tick) if one), default=None)
        if at is None or at > until:
            return
        clock.travel(at)
        here()
        laddering.sweep() if at == sweep else prioritising.rescore_open()


def live_rows():
    """Everything the running ladder wrote."""
    stages = {
        (r.question_id, r.cycle, r.stage): (r.due_at, r.recorded_at)
        for r in db.session.scalars(db.select(StageRow))
    }
    alarms = {
        (r.question_id, r.cycle, r.metric, r.type): r.at
        for r in db.session.scalars(db.select(SlaEvent).where(SlaEvent.type.in_(ALARMS), SlaEvent.metric.in_(playing.PLAYED)))
    }  # fmt: skip
    rows = db.session.execute(
        db.select(Ladder.question_id, Ladder.priority, Ladder.skip_cause, Ladder.cycle)
    ).all()
    ends = {(r.question_id, r.cycle): (r.priority, r.skip_cause) for r in rows}
    policies = {
        (r.question_id, r.cycle): (r.policy_id, r.priority) for r in db.session.scalars(db.select(SlaApplied))
    }
    teams = {
        (r.question_id, r.cycle): r.team_id
        for r in db.session.execute(
            db.select(casework.Case.question_id, casework.Case.cycle, CaseDesk.team_id).join(
                CaseDesk, CaseDesk.case_id == casework.Case.id
            )
        )
    }
    states = {(r.question_id, r.cycle): r.state for r in db.session.scalars(db.select(casework.Case))}
    return {
        "stages": stages,
        "alarms": alarms,
        "ends": ends,
        "policies": policies,
        "teams": teams,
        "cases": states,
    }


def forecast_rows(content, until):
    """The same of a forecast."""
    rules = ruleset.Rules(content)
    found = {"stages": {}, "alarms": {}, "ends": {}, "policies": {}, "teams": {}, "cases": {}}
    for one in story.read(FRIDAY - DAY, until, 0, 1_000):
        play = playing._Play(one, rules)
        for cycle in play.run(until):
            key = one.id, cycle.number
            found["stages"] |= {(*key, stage): moments for stage, moments in cycle.stages.items()}
            found["alarms"] |= {
                (*key, metric, alarm.type): alarm.at
                for (metric, _n), reading in cycle.readings.items() if metric in playing.PLAYED for alarm in reading.alarms
            }  # fmt: skip
            found["policies"][key] = cycle.policy_id, cycle.priority
            if cycle.opened_at is not None:
                found["teams"][key], found["cases"][key] = cycle.team_id, cycle.case
        found["ends"][one.id, play.cycle.number] = play.priority, play.cycle.skip_cause
    return found


@pytest.fixture
def history(app, monkeypatch, ada, ben, cleo, sam, max_, make_question, make_answer):
    """Five days over a week-end and a change of the clocks: questions, answers, solutions, cases, a hand-back. Scores are
    computed every eight hours in both worlds, for speed."""
    monkeypatch.setattr(playing, "RESCORE", timedelta(hours=8))
    clock.travel(FRIDAY)
    founding.found_usual(max_)
    goals = usual_goals(dict.fromkeys(Priority, 90))
    keeping.create(
        max_, keeping.Draft("Pressing", Filter(wanted={Field.PRIORITY: ("high",)}), goals), "for the test"
    )
    categories.change(max_, 1, choosing.Manner(factor=0.5), "for the test")
    before = ruleset.in_force()
    draft = _changed_rules(max_)
    ids, moments = {}, []

    def then(after, act):
        moments.append((FRIDAY + timedelta(hours=after), act))

    def ask(n):
        title, body = f"{TITLES[n % 6]} ({n})", f"It began on day {n} and goes on."
        ids[n] = make_question((ada, ben)[n % 2], title=title, body=body)

    for n in range(10):
        then(4.7 * n, lambda n=n: ask(n))
    then(0.4, lambda: make_answer(cleo, ids[0]))
    then(9, lambda: ids.update(answer=make_answer(cleo, ids[1])))
    then(30, lambda: accept_answer(ben, ids[1], ids["answer"]))
    then(20, lambda: make_answer(cleo, ids[3]))
    then(19.5, lambda: laddering.escalate(ids[4], sam.member_id))
    then(70, lambda: prioritising.set_priority(sam, ids[6], Priority.URGENT, "a hospital"))
    then(72, lambda: make_answer(sam, ids[4]))
    then(73, lambda: cases.take(sam, _case(ids[5])))
    then(74, lambda: cases.hand_back(sam, _case(ids[5]), HandBackReason.OPINION, "tell what you do"))
    then(75, lambda: cases.take(sam, _case(ids[7])))
    then(76, lambda: make_answer(cleo, ids[7]))
    then(43, lambda: opening.open_case(ids[9], sam.member_id, "look"))
    then(45, lambda: opening.open_case(ids[1], sam.member_id, "look at this one"))
    then(50, lambda: opening.open_case(ids[0], sam.member_id, "and this one"))
    then(52, lambda: make_answer(cleo, ids[0]))
    then(80, lambda: make_answer(sam, ids[1]))
    until = FRIDAY + timedelta(days=5)
    live_run(moments, until)
    laddering.sweep()
    return until, before, draft


def _changed_rules(max_):
    """Rules are changed as their pages change them; the last draft holds all of it, read before its change was made."""
    after_sales, service, outside = (
        db.session.scalar(db.select(SupportTeam.id).where(SupportTeam.key == key)) for key in ("after-sales", "service", "outside")
    )  # fmt: skip
    words = versions.words_of()[1]
    lists_ = {f"{name}_{code}": "\n".join(words[name][code]) for name in words for code in words[name]}
    calendar = calendars.ensure()
    hours = calendar_forms.shown(calendars.draft_of(calendar)) | {
        "version": "1",
        "days": "2026-03-30 10:00-16:00 Party",
    }
    named = {"name_fr": "Apres-vente", "name_en": "After-sales", "takes_danger": "1"}
    rules = {one.name: one.id for one in lists.rules()}
    changes = [
        ("rule", None, {"name": "Parcels", "words": "where is my parcel", "team_id": str(outside)}),
        ("rule", None, {"name": "Christmas", "words": "christmas", "team_id": str(service)}),
        ("rule_order", "Christmas", {"act": "up"}), ("rule_order", "Christmas", {"act": "up"}),
        ("rule_end", rules["Order, delivery, payment, refund, account"], {}),
        ("team", after_sales, named), ("calendar", calendar.id, hours),
        ("words", None, lists_ | {"money_en": lists_["money_en"] + "\ndrum", "seen": "1"}),
    ]  # fmt: skip
    draft = {}
    for kind, target, typed in changes:
        target = (
            next(one.id for one in lists.rules() if one.name == target) if isinstance(target, str) else target
        )
        form = drafts.Form({key: [one] for key, one in typed.items()})
        draft = drafts.with_change(max_, kind, target, form)
        drafts.KINDS[kind].apply(max_, target, form, "for the test")
    return draft


def _case(question_id):
    return casework.case_of(question_id, laddering.load(question_id).cycle).id


def differences(live, said):
    return {
        (what, key): (live[what].get(key), said[what].get(key))
        for what in live for key in live[what].keys() | said[what].keys() if live[what].get(key) != said[what].get(key)
    }  # fmt: skip


def test_a_forecast_says_what_the_running_ladder_did_and_a_broken_one_is_found_out(history, monkeypatch):
    until, before, draft = history
    live = live_rows()
    assert len(live["stages"]) > 40
    assert {stage for _q, _c, stage in live["stages"]} == set(Stage)
    assert len(set(live["teams"].values())) > 2
    assert differences(live, forecast_rows(draft, until)) == {}
    rules = draft["rules"]
    for part, broken in (
        ("calendars", _an_hour_late(draft)), ("calendars", before["calendars"]), ("manners", {}), ("rules", []),
        ("rules", before["rules"]), ("rules", [*rules[:2], rules[3], rules[2], *rules[4:]]), ("rules", [*rules[:1], *before["rules"][1:2], *rules[1:]]),
        ("teams", before["teams"]), ("words", before["words"]), ("policies", before["policies"][1:]),
    ):  # fmt: skip
        assert differences(live, forecast_rows({**draft, part: broken}, until)), (part, broken)
    monkeypatch.setattr(playing._Play, "_hand_over", lambda self: None)
    assert {what for what, _key in differences(live, forecast_rows(draft, until))} >= {"teams", "cases"}


def _an_hour_late(content):
    week = {day: hours.replace("08:00", "09:00") for day, hours in content["calendars"][""]["week"].items()}
    return {"": {**content["calendars"][""], "week": week}}
