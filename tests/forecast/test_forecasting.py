"""A change is tried, looked at and applied: who may, what is refused, and that nothing of the live data moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app

from common import audit, clock, settings
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from moderation.calendars import keeping as calendars
from moderation.calendars.desk import forms as calendar_forms
from moderation.escalation.models import Case, Ladder, SlaEvent, StageRow
from moderation.forecast import drafts, playing, queries, ruleset, running
from moderation.forecast.models import Forecast
from moderation.routing import lists
from moderation.routing.ordering import founding
from moderation.targets import keeping
from moderation.targets.choosing import in_order
from moderation.targets.desk import forms as targets

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAFF_AFTER = "escalation.normal_staff"


@pytest.fixture
def asked(app, at, ada, cleo, make_question, make_answer):
    """Three questions of a Monday morning; a member answers the second after three hours. Two days have passed."""
    at(MONDAY)
    ids = [make_question(ada, title=f"The drum stays full of water, number {n}") for n in range(3)]
    at(MONDAY + timedelta(hours=3))
    make_answer(cleo, ids[1])
    at(MONDAY + timedelta(days=2))
    return ids


def setting(key=STAFF_AFTER, value="60", **more):
    return drafts.Form({"key": [key], "value": [value], **{name: [one] for name, one in more.items()}})


def tried(who, form, kind="setting", target_id=None, days=None):
    return running.play_now(running.begin(who, kind, target_id, form, days)).id


def counts(forecast_id, stage="E4"):
    row = running.load(forecast_id)
    return [row.result[side]["stages"][stage]["reached"] for side in ("old", "new")]


def test_it_says_how_many_more_reach_the_team_and_who_answered_anyway(asked, max_):
    made = tried(max_, setting())
    assert counts(made) == [2, 3]
    new = running.load(made).result["new"]["stages"]["E4"]
    assert new["peers"] == [0, 1, 0, 0, 2]
    assert new["hours"][11] == 3
    assert running.load(made).result["old"]["stages"]["E4"]["before"] == 1


def test_nothing_of_the_live_data_moves(asked, max_, all_live):
    before = all_live()
    tried(max_, setting())
    assert all_live() == before
    assert settings.get(STAFF_AFTER) == 240


@pytest.fixture
def all_live():
    def read():
        return {
            one.__tablename__: [tuple(row) for row in db.session.execute(one.__table__.select())]
            for one in (Ladder, StageRow, SlaEvent, Case)
        }

    return read


def test_it_is_played_in_parts_by_jobs_and_twice_adds_nothing(asked, max_, drain, monkeypatch):
    monkeypatch.setattr(running, "PART", 2)
    monkeypatch.setattr(running, "BREATH", timedelta())
    made = running.begin(max_, "setting", None, setting())
    running.play_part(made, 0)
    running.play_part(made, 0)
    assert running.load(made).done_count == 2
    drain()
    row = running.load(made)
    assert (row.state, row.done_count, row.result["new"]["questions"]) == ("done", 3, 3)


def test_only_who_changes_rules_may_try_them(asked, max_, request):
    made = tried(max_, setting())
    for name in ("ada", "mo", "sam", "cleo"):
        who = request.getfixturevalue(name)
        for act in (
            lambda who=who: running.begin(who, "setting", None, setting()),
            lambda who=who: running.apply(who, made, "why"),
            lambda who=who: queries.show(who, made),
            lambda who=who: queries.lines(who, ""),
        ):
            with pytest.raises(Forbidden):
                act()


@pytest.mark.parametrize("value", ["0", "many", "", "1000000"])
def test_a_value_the_page_would_refuse_is_not_tried(app, max_, value):
    with pytest.raises(Invalid) as refused:
        running.begin(max_, "setting", None, setting(value=value))
    assert STAFF_AFTER in refused.value.fields
    assert db.session.scalar(db.select(db.func.count(Forecast.id))) == 0


def test_a_setting_that_is_not_of_the_ladder_is_not_tried(app, max_):
    with pytest.raises(Invalid):
        running.begin(max_, "setting", None, setting("escalation.agent_cap", "3"))


def test_applying_does_what_the_page_does_once(asked, max_):
    made = tried(max_, setting())
    running.apply(max_, made, "the team has grown")
    settings.forget()
    assert settings.get(STAFF_AFTER) == 60
    acts = set(db.session.scalars(db.select(audit.AuditEntry.act)))
    assert {"setting.changed", "forecast.applied"} <= acts
    with pytest.raises(Conflict):
        running.apply(max_, made, "again")


def test_applying_needs_a_reason_and_leaves_no_trace_without(asked, max_):
    made = tried(max_, setting())
    with pytest.raises(Invalid):
        running.apply(max_, made, " ")
    db.session.rollback()
    assert running.load(made).applied_at is None


def test_rules_that_changed_meanwhile_refuse_it(asked, max_):
    made = tried(max_, setting())
    settings.change(max_, "escalation.high_staff", 61, "meanwhile")
    settings.forget()
    assert queries.show(max_, made).stale
    with pytest.raises(Conflict):
        running.apply(max_, made, "why")
    assert settings.get(STAFF_AFTER) == 240


def test_an_unfinished_one_is_not_applied(asked, max_):
    made = running.begin(max_, "setting", None, setting())
    with pytest.raises(Conflict):
        running.apply(max_, made, "why")


def policy_form(row, **more):
    shown = targets.shown(keeping.draft_of(row)) | {"version": str(row.version)} | more
    return drafts.Form({key: one if isinstance(one, list) else [str(one)] for key, one in shown.items()})


def test_the_rules_with_a_change_are_the_rules_after_it(app, max_):
    """What is played as "with the change" is what is in force once it is made: for every kind."""
    founding.found_usual(max_)
    usual = in_order()[-1]
    hurried = policy_form(usual, first_reply_any_normal="30", resolution_low="600")
    changes = [
        ("setting", None, setting()),
        ("policy", usual.id, hurried),
        ("category", 1, drafts.Form({"factor": ["0,5"], "team": ["1"]})),
        ("calendar", calendars.ensure().id, calendar_form(week_mon="10:00-12:00", days="2026-03-03 closed")),
        ("rule", lists.rules()[0].id, rule_form(words="leaks\nwater")),
        ("rule", None, rule_form(name="Coffee", words="espresso*")),
    ]
    for kind, target_id, form in changes:
        said = drafts.KINDS[kind].change(ruleset.in_force(), target_id, form)
        assert said != ruleset.in_force()
        drafts.KINDS[kind].apply(max_, target_id, form, "for the test")
        settings.forget()
        db.session.expire_all()
        assert _without_new_ids(ruleset.in_force()) == _without_new_ids(said), kind


def calendar_form(**more):
    row = calendars.ensure()
    shown = calendar_forms.shown(calendars.draft_of(row)) | {"version": str(row.version)} | more
    return drafts.Form({key: [one] for key, one in shown.items()})


def rule_form(**more):
    row = lists.rules()[0]
    shown = {"name": row.name, "team_id": str(row.team_id), "words": "\n".join(row.words)} | more
    return drafts.Form({key: [one] for key, one in shown.items()})


def _without_new_ids(content):
    return {
        **content,
        "rules": [{key: one for key, one in rule.items() if key != "id"} for rule in content["rules"]],
    }


def test_a_calendar_that_opens_later_passes_on_later(asked, max_):
    late = calendar_form(**{f"week_{day}": "14:00-18:00" for day in ("mon", "tue", "wed")})
    row = running.load(tried(max_, late, "calendar", calendars.ensure().id))
    hours = [row.result[side]["stages"]["E4"]["hours"] for side in ("old", "new")]
    assert (hours[0][14], hours[1][18]) == (2, 2)


def test_a_routing_rule_says_which_team_would_have_had_it(asked, max_):
    founding.found_usual(max_)
    team = next(one.id for one in lists.teams() if not one.is_fallback and not one.takes_danger)
    form = drafts.Form({"name": ["Drums"], "team_id": [str(team)], "words": ["drum"]})
    result = running.load(tried(max_, form, "rule")).result
    assert str(team) not in result["old"]["teams"]
    assert result["new"]["teams"][str(team)]["cases"] == 2
    assert result["new"]["agents"][str(team)][0] == 1.0


def test_a_new_policy_is_tried_before_the_one_for_all_the_rest(asked, max_):
    usual = in_order()[-1]
    form = policy_form(usual, name="Water", category=["1"], first_reply_any_normal="10")
    made = tried(max_, form, "policy")
    assert counts(made, "E6")[1] >= counts(made, "E6")[0]
    assert [one["id"] for one in running.load(made).new["policies"]] == [0, usual.id]
    running.apply(max_, made, "water hurries")
    assert [row.name for row in in_order()] == ["Water", usual.name]


def test_an_imported_history_that_is_long_over_is_the_last_days_of_itself(asked, max_, at):
    at(MONDAY + timedelta(days=400))
    made = tried(max_, setting(), days=7)
    row = running.load(made)
    assert (row.until, row.played_to) == (MONDAY, MONDAY + running.AFTER_THE_END)
    assert row.result["new"]["questions"] == 3


def test_of_too_long_a_history_the_newest_count(asked, max_, settings_override, at, ben, make_question):
    for n in range(100):
        at(MONDAY + timedelta(days=2, minutes=n))
        make_question(ben, title=f"Which filter fits my machine, number {n}?")
    with settings_override(escalation__forecast_most=100):
        row = running.load(running.begin(max_, "setting", None, setting()))
    assert row.total_count == 100
    assert row.since == MONDAY + timedelta(days=2)


def test_the_scores_of_age_lift_as_those_of_the_running_ladder(asked, max_):
    """A question nobody answers becomes of high priority when its target is over: the promise is counted anew then."""
    stories = playing.play(
        running.story.read(MONDAY, MONDAY, 0, 1)[0], ruleset.Rules(ruleset.in_force()), clock.now()
    )
    assert stories[0].events[playing.Metric.FIRST_REPLY_ANY][1].type == "retarget"


def test_the_command_plays_the_rules_of_a_file(asked, tmp_path):
    runner = current_app.test_cli_runner()
    rules = json.loads(runner.invoke(args=["forecast", "rules"]).stdout)
    assert rules == ruleset.in_force()
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"settings": {STAFF_AFTER: 60}}))
    said = runner.invoke(args=["forecast", "run", "--days", "7", "--rules", str(file)])
    assert said.exit_code == 0, said.output
    figures = json.loads(said.stdout.strip().splitlines()[-1])
    assert [figures[side]["stages"]["E4"]["reached"] for side in ("old", "new")] == [2, 3]
    for broken in ("no json", '{"nothing": 1}', '{"policies": []}', '{"teams": 3}'):
        file.write_text(broken)
        assert runner.invoke(args=["forecast", "run", "--rules", str(file)]).exit_code == 1, broken


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_way_from_the_form_to_the_change(asked, client, sign_in, max_, drain):
    sign_in(max_)
    page = client.get("/en/desk/settings?section=escalation")
    assert "/en/desk/forecasts/try/setting" in page.text
    began = client.post(
        "/en/desk/forecasts/try/setting",
        data={"key": STAFF_AFTER, "value": "60", "section": "escalation", "days": "7"},
    )
    assert began.status_code == 303
    assert "Look again" in client.get(began.location).text
    drain()
    shown = client.get(began.location).text
    assert "Passed to the team" in shown and "Apply now" in shown
    done = client.post(began.location + "/apply", data={"reason": ""})
    assert done.status_code == 422 or done.status_code == 400
    done = client.post(began.location + "/apply", data={"reason": "the team has grown"})
    assert done.status_code == 303
    assert "change made" in client.get("/en/desk/forecasts").text


@pytest.mark.parametrize(
    ("path", "form", "kept"),
    [
        ("setting", {"key": STAFF_AFTER, "value": "soon", "section": "escalation"}, "soon"),
        ("policy/1", {"name": "Mine", "first_reply_any_normal": "quickly"}, "quickly"),
        ("policy", {"name": "Mine", "first_reply_any_normal": "quickly"}, "quickly"),
        ("category/1", {"factor": "fast"}, "fast"),
        ("calendar/1", {"name": "Mine", "zone": "Nowhere"}, "Nowhere"),
        ("rule", {"name": "R"}, "R"),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_comes_back_as_it_was_typed(app, client, sign_in, max_, path, form, kept):
    in_order()
    calendars.ensure()
    sign_in(max_)
    page = client.post(f"/en/desk/forecasts/try/{path}", data=form)
    assert page.status_code in (400, 422)
    assert f'value="{kept}"' in page.text


def test_what_does_not_exist_is_not_found(app, client, sign_in, max_):
    sign_in(max_)
    for path in (
        "try/nothing",
        "try/policy/99",
        "try/category/99",
        "try/calendar/99",
        "try/rule/99",
        "99/apply",
    ):
        assert client.post(f"/en/desk/forecasts/{path}", data={"factor": "1"}).status_code == 404
    assert client.get("/en/desk/forecasts/99").status_code == 404


def test_a_page_of_many_forecasts_asks_no_more(asked, client, sign_in, max_, count_queries):
    sign_in(max_)
    tried(max_, setting())
    client.get("/en/desk/forecasts")
    with count_queries() as few:
        client.get("/en/desk/forecasts")
    for n in range(3):
        running.begin(max_, "setting", None, setting(value=str(50 + n)))
    with count_queries() as many:
        client.get("/en/desk/forecasts")
    assert len(many) == len(few)
