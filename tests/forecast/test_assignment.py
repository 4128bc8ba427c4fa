"""Who is named for a case: the forecast against the running desk on the same events, and what a cap or a plan would change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common import clock, settings
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from moderation.calendars import contents, keeping
from moderation.duty import past, planning
from moderation.duty.rules import Half, Shift
from moderation.escalation import cases, casework
from moderation.escalation.models import AgentDesk, Case, CaseEvent
from moderation.escalation.rules import CaseState
from moderation.forecast import drafts, playing, queries, ruleset, running, story
from moderation.forecast.assignment import naming, turns
from moderation.routing import returning
from moderation.routing.models import SupportTeam, SupportTeamMember
from moderation.routing.ordering import founding, teaming
from tests.forecast.test_equal import DAY, FRIDAY, live_run

LOOK = timedelta(minutes=30)
TITLES = (
    "Where is my parcel, I want a refund",
    "The drum stays full of water",
    "Smoke comes out of the dryer",
)


def team_id(key):
    return db.session.scalar(db.select(SupportTeam.id).where(SupportTeam.key == key))


def presence(people):
    """Everybody is at the desk while the team is open: what a forecast assumes of a time it cannot know."""
    is_open = contents.to_count_with(contents.content_of(keeping.ensure())).is_open(clock.now())
    with unit_of_work():
        casework.hold_desks(*people)
        update_where(AgentDesk, AgentDesk.member_id.in_(people), seen_at=clock.now() if is_open else None)


@pytest.fixture
def lived(app, monkeypatch, ada, ben, cleo, sam, max_, make_question, make_answer):
    """Three days of a desk with few hands: caps of two, one urgent; a plan of duty that changes in the middle of a half-day;
    cases taken, given back, not opened, answered by the team and by members."""
    monkeypatch.setattr(playing, "RESCORE", timedelta(hours=8))
    monkeypatch.setattr(naming, "LOOK", LOOK.total_seconds())
    clock.travel(FRIDAY - DAY)
    founding.found_usual(max_)
    for key, value in (("agent_cap", 2), ("agent_urgent_cap", 1), ("unopened_minutes", 200)):
        settings.change(max_, f"escalation.{key}", value, "for the test")
    settings.forget()
    service, sales = team_id("service"), team_id("after-sales")
    teaming.seat(max_, service, sam.member_id)
    teaming.seat(max_, service, max_.member_id, [], ["en"])
    teaming.seat(max_, sales, max_.member_id)
    morning, later = (
        Shift(FRIDAY.date(), Half.AFTERNOON),
        Shift(FRIDAY.date() + timedelta(days=3), Half.MORNING),
    )
    planning.put_on_duty(max_, sam.member_id, [(1, morning)])
    planning.put_on_duty(max_, max_.member_id, [(1, later)])
    ids, moments = {}, []

    def then(after, act):
        moments.append((FRIDAY + timedelta(hours=after), act))

    def ask(n):
        ids[n] = make_question((ada, ben)[n % 2], title=f"{TITLES[n % 3]} ({n})", body="It goes on.")

    def pulled():
        for one in db.session.scalars(
            db.select(Case).where(Case.state == CaseState.QUEUED).order_by(Case.id.desc())
        ).all():
            if who := next(
                (who for who in (sam, max_) if casework.has_room(who.member_id, one.priority)), None
            ):
                return cases.take(who, one.id)

    for n in range(14):
        then(0.3 * n, lambda n=n: ask(n))
    then(2.6, lambda: planning.take_off_duty(max_, sam.member_id, [(1, morning)]))
    then(18, lambda: make_answer(sam, ids[0]))
    then(19.1, lambda: make_answer(sam, ids[3]))
    then(20.2, lambda: make_answer(cleo, ids[9]))
    for hour in (18.01, 19.11, 66.61):
        then(hour, pulled)
    then(66.6, lambda: make_answer(max_, ids[1]))
    then(67.7, lambda: make_answer(max_, ids[4]))
    then(68.6, lambda: planning.take_off_duty(max_, max_.member_id, [(1, later)]))
    then(
        69.1,
        lambda: cases.release(
            sam,
            db.session.scalar(db.select(Case.id).where(Case.assignee_id == sam.member_id).order_by(Case.id)),
        ),
    )
    then(70.3, lambda: make_answer(sam, ids[6]))
    until = FRIDAY + timedelta(days=3, hours=6)
    people = (sam.member_id, max_.member_id)
    live_run(moments, until, LOOK, lambda: presence(people), returning.tend)
    return until


def live_named():
    """Whom the running desk gave what."""
    rows = db.session.execute(
        db.select(Case.question_id, Case.cycle, CaseEvent.at, CaseEvent.subject_id)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(CaseEvent.kind == "assigned", CaseEvent.actor_id.is_(None))
        .order_by(CaseEvent.id)
    )  # fmt: skip
    return sorted(tuple(row) for row in rows)


def desk_of(content, until, plan=None):
    rules = ruleset.Rules(content)
    since = FRIDAY - DAY
    rows = [
        turns.case_of(one, cycle)
        for one in story.read(since, until, 0, 1_000) for cycle in playing.play(one, rules, until) if cycle.opened_at
    ]  # fmt: skip
    return naming.name_all(rows, rules, plan or past.plan(since, until), until, 15)


def said_named(content, until, plan=None):
    return sorted(
        (one.question_id, one.cycle, one.at, one.agent_id) for one in desk_of(content, until, plan).named
    )


def test_a_forecast_names_whom_the_running_desk_named_and_a_broken_one_is_found_out(lived, max_):
    live, content = live_named(), ruleset.in_force()
    assert len(live) > 8 and len({agent for *_rest, agent in live}) == 2
    kinds = set(db.session.scalars(db.select(CaseEvent.kind)))
    assert {"taken", "released", "unopened", "answered"} <= kinds
    assert said_named(content, lived) == live
    settings_ = content["settings"]
    for broken in (
        {"settings": {**settings_, "escalation.agent_cap": 12}}, {"settings": {**settings_, "escalation.agent_urgent_cap": 4}},
        {"people": content["people"][:1]}, {"people": [[*one[:3], ["fr"], one[4]] for one in content["people"]]},
    ):  # fmt: skip
        assert said_named({**content, **broken}, lived) != live, broken
    assert said_named(content, lived, past.Plan(13, [])) != live


def test_a_time_that_is_over_has_the_plan_of_each_of_its_moments(app, max_, sam):
    """Somebody is put on at noon, off at two, on again at four."""
    shift, moments = Shift(FRIDAY.date(), Half.AFTERNOON), [FRIDAY + timedelta(hours=n) for n in range(4)]
    for at, act in zip(
        moments, (planning.put_on_duty, planning.take_off_duty, planning.put_on_duty), strict=False
    ):
        clock.travel(at)
        act(max_, sam.member_id, [(1, shift)])
    plan = past.plan(FRIDAY - DAY, FRIDAY + DAY)
    assert [plan.at(at + timedelta(minutes=1), 1) for at in moments[:3]] == [
        {sam.member_id},
        set(),
        {sam.member_id},
    ]
    assert plan.at(moments[0] - timedelta(minutes=1), 1) == plan.at(moments[2], 2) == set()
    assert plan.changes_after(moments[0]) == moments[1] and plan.changes_after(moments[2]) is None


def test_of_a_plan_whose_beginning_nobody_knows_it_counts_as_it_stood(app):
    cell = (Shift(FRIDAY.date(), Half.AFTERNOON), 1, 5)
    plan = past.Plan(13, [(cell, past.Change(FRIDAY, False))])
    assert plan.at(FRIDAY - timedelta(hours=1), 1) == {5} and plan.at(FRIDAY, 1) == set()


@pytest.fixture
def flood(app, max_, sam, ada, make_question):
    """Six parcels of one morning that no team ever had: an import, say. The running clock never came by."""
    clock.travel(FRIDAY - timedelta(hours=6))
    founding.found_usual(max_)
    teaming.seat(max_, team_id("service"), sam.member_id)
    for n in range(6):
        make_question(ada, title=f"Where is my parcel, I want a refund ({n})", body="It goes on.")
    clock.travel(FRIDAY + 3 * DAY)


def figures(made, side="new"):
    return running.load(made).result[side]["desk"][str(team_id("service"))]


def test_a_lower_cap_lets_cases_wait_and_is_tried_first(flood, max_, settings_override):
    form = drafts.Form({"key": ["escalation.agent_cap"], "value": ["2"], "reason": ["too much at once"]})
    with settings_override(escalation__forecast_least=3):
        made = running.play_now(running.put(max_, "setting", None, form).forecast_id).id
    was, will = figures(made, "old"), figures(made)
    assert (was["wanted"], was["at_once"], was["never"]) == (6, 6, 0)
    # one desk of two, fifteen minutes a case: two at once, two when those are done, two after half an hour
    assert (will["wanted"], will["at_once"], will["never"], will["most_of"]) == (6, 2, 0, 30)
    assert will["half"] <= 15 and will["queue"] >= 3
    said = [str(one) for one in queries.show(max_, made).says]
    assert any("nine in ten cases have an agent within 30 minutes instead of 0" in one for one in said)
    assert any("Customer service" in one for one in said)
    running.apply(max_, made, "too much at once")
    settings.forget()
    assert settings.get("escalation.agent_cap") == 2


def test_who_works_in_a_team_is_tried_first(flood, max_, sam, client, sign_in, settings_override):
    sign_in(max_)
    address = f"/en/desk/teams/{team_id('service')}"
    with settings_override(escalation__forecast_least=3):
        led = client.post(address, data={"act": "seat", "member": "Sam", "languages": "fr"})
    assert "/desk/forecasts/" in led.location
    made = running.play_now(int(led.location.rsplit("/", 1)[1])).id
    assert (figures(made, "old")["never"], figures(made)["never"]) == (0, 6)
    page = client.get(led.location).text
    assert "6 cases find no agent in time, instead of 0" in page and "… never given to anybody" in page
    assert teams_of(sam) == [[]]
    running.apply(max_, made, "speaks French only")
    assert teams_of(sam) == [["fr"]]
    gone = running.put(max_, "unseat", team_id("service"), drafts.Form({"member_id": [str(sam.member_id)]}))
    assert gone.untried and teams_of(sam) == []


def teams_of(who):
    mine = db.select(SupportTeamMember.languages).where(SupportTeamMember.member_id == who.member_id)
    return list(db.session.scalars(mine))
