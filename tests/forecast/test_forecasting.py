"""A change is tried, looked at and applied: who may, what is refused, and that nothing of the live data moves."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app

from common import audit, clock, settings
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.jobs import MAX_ATTEMPTS, Job
from common.unit_of_work import unit_of_work
from moderation.calendars import keeping as calendars
from moderation.calendars.desk import forms as calendar_forms
from moderation.escalation.models import Case, Ladder, SlaEvent, StageRow
from moderation.escalation.rules import Priority
from moderation.forecast import drafts, playing, queries, ruleset, running
from moderation.forecast.jobs import end_the_given_up
from moderation.forecast.models import Forecast, ForecastPart
from moderation.lexicon import versions
from moderation.routing import lists
from moderation.routing.models import SupportTeam
from moderation.routing.ordering import founding, teaming
from moderation.targets import keeping
from moderation.targets.choosing import in_order
from moderation.targets.desk import forms as targets
from moderation.targets.rules import Field, Filter, usual_goals
from tests.importers.conftest import write_dump

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
        running.begin(max_, "setting", None, setting("escalation.snooze_minutes", "30"))


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
    pressing = keeping.create(max_, named_draft("Pressing"), "for the test")
    keeping.create(max_, named_draft("Calm"), "for the test")
    team = next(one.id for one in lists.teams() if one.takes_danger)
    first, second = (one.id for one in lists.rules()[:2])
    changes = [
        ("setting", None, setting()),
        ("policy", usual.id, hurried),
        ("policy", None, policy_form(usual, name="Water", category=["1"])),
        ("policy_order", pressing, form_of(way="down")),
        ("policy_on", pressing, form_of(active="0", version="1")),
        ("category", 1, form_of(factor="0,5", team="1")),
        ("calendar", calendars.ensure().id, calendar_form(week_mon="10:00-12:00", days="2026-03-03 closed")),
        ("rule", first, rule_form(words="leaks\nwater")),
        ("rule", None, rule_form(name="Coffee", words="espresso*")),
        ("rule_order", first, form_of(act="down")),
        ("rule_end", second, form_of()),
        ("team_end", team, form_of()),
        ("words", None, words_form(danger_en="wombat")),
        ("words_again", 1, form_of(seen="2")),
    ]
    for kind, target_id, form in changes:
        before = ruleset.digest_of(ruleset.in_force())
        said = drafts.with_change(max_, kind, target_id, form)
        assert ruleset.digest_of(ruleset.in_force()) == before != ruleset.digest_of(said), kind
        drafts.KINDS[kind].apply(max_, target_id, form, "for the test")
        assert _without_new_ids(ruleset.in_force()) == _without_new_ids(said), kind


def form_of(**typed):
    return drafts.Form({key: [one] for key, one in typed.items()})


def named_draft(name):
    wanted = Filter(wanted={Field.CATEGORY: ("1" if name == "Pressing" else "2",)})
    return keeping.Draft(name, wanted, usual_goals(dict.fromkeys(Priority, 90)))


def words_form(**changed):
    number, words = versions.words_of()
    typed = {f"{name}_{code}": "\n".join(words[name][code]) for name in words for code in words[name]}
    return form_of(**{**typed, **changed, "seen": str(number)})


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
        **{
            part: [{key: one for key, one in row.items() if key != "id"} for row in content[part]]
            for part in ("rules", "policies")
        },
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
    assert [one["name"] for one in running.load(made).new["policies"]] == ["Water", usual.name]
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
    hours = next(iter(rules["calendars"].values()))
    team = {"takes_danger": False, "is_fallback": False, "calendar_id": None, "names": ["A", "A"]}
    broken = [
        [], {"nothing": 1}, {"policies": []}, {"teams": 3}, {"settings": {STAFF_AFTER: 0}}, {"settings": {"nothing": 1}},
        {"calendars": {"": hours | {"zone": "Europe/Atlantis"}}}, {"calendars": {"": hours | {"week": {}}}},
        {"calendars": {"": hours | {"week": {"mon": "09:00-12:00, 11:00-15:00"}}}},
        {"calendars": {"1": hours}},
        {"teams": [{"id": 1, "overflow_id": 2, **team}, {"id": 2, "overflow_id": 1, **team}]},
    ]  # fmt: skip
    for content in ("no json", *map(json.dumps, broken)):
        file.write_text(content)
        refused = runner.invoke(args=["forecast", "run", "--rules", str(file)])
        assert refused.exit_code == 1 and "These rules cannot be read: " in refused.stderr, content
    assert db.session.scalar(db.select(db.func.count(Forecast.id))) == 1


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def enough(settings_override):
    """Three questions are worth a try."""
    with settings_override(escalation__forecast_least=3):
        yield


def test_the_way_from_the_form_to_the_change(asked, enough, client, sign_in, max_, drain):
    sign_in(max_)
    began = client.post(
        "/en/desk/settings", data={"key": STAFF_AFTER, "value": "60", "section": "escalation", "history": "7", "reason": "r"},
    )  # fmt: skip
    assert (began.status_code, settings.get(STAFF_AFTER)) == (303, 240)
    assert "Look again" in client.get(began.location).text
    drain()
    shown = client.get(began.location).text
    assert (
        "1 more question would have come to the team (3 instead of 2); members answered 1 of them anyway."
        in shown
    )
    done = client.post(began.location + "/apply", data={"reason": ""})
    assert done.status_code == 422
    done = client.post(began.location + "/apply", data={"reason": "the team has grown"})
    assert done.status_code == 303
    assert "change made" in client.get("/en/desk/forecasts").text
    assert settings.get(STAFF_AFTER) == 60


def test_the_history_of_an_import_is_played_by_command(app, at, tmp_path):
    at(MONDAY)
    moment = "2026-02-{:02d}T09:00:00.000"
    posts = [
        {"Id": n, "PostTypeId": 1, "CreationDate": moment.format(n), "Score": 0, "Title": f"The drum stays full, number {n}",
         "Body": "<p>It hums and then it stops, every time.</p>", "Tags": "<drum>", "OwnerUserId": 7}
        for n in range(16, 21)
    ]  # fmt: skip
    answer = {"Id": 30, "PostTypeId": 2, "ParentId": 16, "CreationDate": "2026-02-16T09:20:00.000", "Score": 1,
              "Body": "<p>Clean the filter behind the small hatch.</p>", "OwnerUserId": 8}  # fmt: skip
    users = [{"Id": n, "DisplayName": f"U{n}", "CreationDate": "2020-01-01T00:00:00.000"} for n in (7, 8)]
    write_dump(tmp_path, Posts=[*posts, answer], Users=users)
    runner = current_app.test_cli_runner()
    arguments = ["import", "stackexchange", str(tmp_path), "--category", "Old forum", "--no-index"]
    taken = runner.invoke(args=arguments)
    assert taken.exit_code == 0, taken.output
    said = runner.invoke(args=["forecast", "run", "--days", "30"])
    assert said.exit_code == 0, said.output
    played = json.loads(said.stdout.splitlines()[-1])["new"]
    assert (played["questions"], played["stages"]["E4"]["reached"]) == (5, 4)


LONELY = {"zone": "Europe/Paris", "holidays": "none", "name": "Team", "reason": "r"}
BAD = [
    ("calendar", LONELY, "week_mon"),
    ("calendar", LONELY | {"week_mon": "09:00-12:00, 11:00-15:00"}, "week_mon"),
    ("calendar", LONELY | {"week_mon": "09:00-12:00", "zone": "Europe/Atlantis"}, "zone"),
    ("setting", {"key": "escalation.agent_cap", "value": "0"}, "escalation.agent_cap"),
    ("setting", {"key": "escalation.agent_urgent_cap", "value": "-4"}, "escalation.agent_urgent_cap"),
    ("setting", {"key": "escalation.agent_cap", "value": "99999999"}, "escalation.agent_cap"),
]


@pytest.mark.parametrize(("kind", "typed", "field"), BAD)
def test_a_draft_that_cannot_stand_is_refused_in_words_and_nothing_is_kept(app, max_, kind, typed, field):
    before = ruleset.in_force()
    with pytest.raises(Invalid) as refused:
        running.begin(max_, kind, None, form_of(**typed))
    assert field in refused.value.fields and str(refused.value.fields[field])
    db.session.rollback()
    assert ruleset.in_force() == before
    assert db.session.scalar(db.select(db.func.count(Forecast.id))) == 0


def test_a_draft_of_teams_that_help_in_a_circle_is_refused_in_words(app, max_):
    founding.found_usual(max_)
    marketing, community = (
        db.session.scalar(db.select(SupportTeam.id).where(SupportTeam.key == key))
        for key in ("marketing", "community")
    )
    teaming.change_team(max_, marketing, teaming.TeamDraft("Marketing", "Marketing", overflow_id=community))
    typed = form_of(name_fr="Communauté", name_en="Community", overflow_id=str(marketing))
    with pytest.raises(Invalid) as refused:
        running.begin(max_, "team", community, typed)
    assert "→ Marketing →" in str(refused.value.fields["overflow_id"])
    db.session.rollback()
    assert db.session.get(SupportTeam, community, populate_existing=True).overflow_id is None
    assert db.session.scalar(db.select(db.func.count(Forecast.id))) == 0


def saved(max_, usual, team):
    """Every form that saves a rule: its address and what is sent."""
    goals = {f"first_reply_any_{priority}": "30" for priority in Priority} | {
        "first_reply_any_warn": "75",
        "reason": "r",
    }
    hours = {f"week_{day}": "14:00-18:00" for day in ("mon", "tue", "wed")} | {
        "zone": "Europe/Paris",
        "holidays": "none",
    }
    closed = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260310\r\nSUMMARY:Away\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    first = lists.rules()[0].id
    file = {"file": (io.BytesIO(closed), "days.ics"), "reason": "r"}
    words, number = words_form(danger_en="wombat"), {"reason": "r"}
    return {
        "targets/new": goals | {"name": "Quick", "category": "1", "mode": "all"},
        f"targets/{usual}": goals | {"name": "All", "version": "1"},
        "targets/categories/1": {"factor": "2", "team": "1", "reason": "r"},
        f"calendars/{calendars.ensure().id}": hours | {"name": "Team", "version": "1", "reason": "r"},
        f"calendars/{calendars.ensure().id}/file": file,
        "routing/rules/new": {"name": "Drums", "words": "drum", "team_id": str(team), "reason": "r"},
        f"routing/rules/{first}": {"name": "Other", "words": "drum", "team_id": str(team), "reason": "r"},
        f"routing/rules/{first} ": {"act": "down"},
        f"routing/rules/{first}  ": {"act": "drop", "reason": "r"},
        f"teams/{team}": {"act": "close", "reason": "r"},
        "escalations/words": {key: words[key] for key in words} | number,
    }  # fmt: skip


def test_each_page_that_saves_a_rule_leads_through_what_it_would_have_done(
    asked, enough, client, sign_in, max_
):
    founding.found_usual(max_)
    usual, team = in_order()[-1].id, next(one.id for one in lists.teams() if one.takes_danger)
    before = ruleset.in_force()
    sign_in(max_)
    for path, typed in saved(max_, usual, team).items():
        answer = client.post(f"/en/desk/{path.strip()}", data=typed)
        assert answer.status_code == 303 and "/en/desk/forecasts/" in answer.location, path
        assert client.get(answer.location).status_code == 200
    assert ruleset.in_force() == before


def test_what_changes_nothing_for_questions_is_saved_at_once(asked, enough, client, sign_in, max_):
    founding.found_usual(max_)
    team = lists.teams()[0].id
    sign_in(max_)
    named = {"name_fr": "Les secours", "name_en": "Help", "is_fallback": "1"}
    assert client.post(f"/en/desk/teams/{team}", data=named).location.endswith(f"/desk/teams/{team}")
    assert running.put(max_, "team", None, form_of(name_fr="Nouvelle", name_en="New")).made
    hours = {key: calendar_form()[key] for key in calendar_form()}
    assert running.put(max_, "calendar", None, form_of(**(hours | {"name": "Nights", "reason": "r"}))).made
    assert db.session.scalar(db.select(db.func.count(Forecast.id))) == 0


def test_too_little_history_is_said_and_the_change_counts_at_once(asked, client, sign_in, max_):
    sign_in(max_)
    said = client.post(
        "/en/desk/settings", data={"key": STAFF_AFTER, "value": "60", "section": "escalation", "reason": "r"}
    )
    assert "fewer than 20 questions" in client.get(said.location).text
    assert settings.get(STAFF_AFTER) == 60
    with pytest.raises(Invalid):
        running.put(max_, "setting", None, setting(value="61"))


def test_it_is_applied_before_it_is_ready_only_by_saying_why(asked, client, sign_in, max_):
    made = running.begin(max_, "setting", None, setting(reason="more people"))
    sign_in(max_)
    assert "It cannot wait" in client.get(f"/en/desk/forecasts/{made}").text
    assert (
        client.post(f"/en/desk/forecasts/{made}/apply", data={"reason": "r", "early": " "}).status_code == 409
    )
    sent = client.post(f"/en/desk/forecasts/{made}/apply", data={"reason": "r", "early": "a recall"})
    assert (sent.status_code, settings.get(STAFF_AFTER)) == (303, 60)
    act = db.session.scalars(db.select(audit.AuditEntry).filter_by(act="forecast.not_awaited")).one()
    assert act.reason == "a recall"


def test_what_cannot_be_played_ends_and_is_begun_again(asked, client, sign_in, max_, drain):
    made = running.begin(max_, "setting", None, setting(reason="more people"))
    with unit_of_work():
        update_where(Forecast, Forecast.id == made, new={"nothing": 1})
    drain()
    assert running.load(made).state == "failed"
    sign_in(max_)
    page = client.get(f"/en/desk/forecasts/{made}")
    assert "came to no end" in page.text
    anew = client.post(f"/en/desk/forecasts/{made}/again")
    drain()
    assert "1 more question" in client.get(anew.location).text


@pytest.mark.parametrize(
    "stuck",
    [{"parked_at": MONDAY}, {"attempts": MAX_ATTEMPTS, "lease_until": MONDAY}],
    ids=["parked", "killed"],
)
def test_work_that_was_given_up_ends_its_forecast(asked, max_, stuck):
    made = running.begin(max_, "setting", None, setting())
    end_the_given_up()
    assert running.load(made).state == "running"
    with unit_of_work():
        update_where(Job, Job.kind == running.JOB, **stuck)
    end_the_given_up()
    assert running.load(made).state == "failed"
    assert not running.give_up(made)


def test_what_was_played_stands_in_rows_that_go_at_the_end(asked, max_, drain, monkeypatch):
    monkeypatch.setattr(running, "PART", 1)
    monkeypatch.setattr(running, "BREATH", timedelta())
    made = running.begin(max_, "setting", None, setting())
    running.play_part(made, 0)
    running.play_part(made, running.load(made).last_id)
    count = db.select(db.func.count(ForecastPart.id))
    assert (db.session.scalar(count), running.load(made).result) == (2, {})
    drain()
    assert (db.session.scalar(count), running.load(made).result["new"]["questions"]) == (0, 3)
    monkeypatch.setattr(running, "PART", 250)
    assert running.load(tried(max_, setting())).result == running.load(made).result


def test_its_figures_are_a_file(asked, client, sign_in, max_):
    made = tried(max_, setting())
    sign_in(max_)
    told = client.get(f"/en/desk/forecasts/{made}/figures.json").get_json()
    assert {"part": "stage", "name": "E4", "figure": "reached", "now": 2, "changed": 3} in told
    table = client.get(f"/en/desk/forecasts/{made}/figures.csv").text
    assert "stage,E4,reached,2,3" in table and len(table.splitlines()) == len(told) + 1
    assert client.get(f"/en/desk/forecasts/{made}/figures.xml").status_code == 404
    unready = running.begin(max_, "setting", None, setting())
    assert client.get(f"/en/desk/forecasts/{unready}/figures.csv").status_code == 404


def test_what_does_not_exist_is_not_found(app, client, sign_in, max_):
    sign_in(max_)
    for path in ("99/apply", "99/again"):
        assert client.post(f"/en/desk/forecasts/{path}").status_code == 404
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
