"""Teams, rules and where cases go: each act works, refuses, repeats harmlessly, and leaves no trace when it fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from moderation.calendars import keeping
from moderation.calendars.models import WorkCalendar
from moderation.calendars.rules import DAYS
from moderation.escalation import cases, clocks, laddering, prioritising
from moderation.escalation.models import Ladder
from moderation.escalation.rules import CaseState, Priority
from moderation.lexicon import versions
from moderation.lexicon.builtin_rules import BUILT_IN
from moderation.routing import applying, queries
from moderation.routing.models import RoutingRule, SupportTeam
from moderation.routing.ordering import editing, founding, teaming
from moderation.routing.ordering.editing import RuleDraft
from moderation.routing.ordering.teaming import TeamDraft
from tests.triage.conftest import MONDAY, case, lines


def told(kind):
    return sorted(db.session.scalars(db.select(Notification.member_id).where(Notification.kind == kind)))


def rule_names():
    return list(db.session.scalars(db.select(RoutingRule.name).order_by(RoutingRule.position)))


def logged():
    return db.session.scalar(db.select(db.func.count(AuditEntry.id)).where(AuditEntry.act.like("routing.%")))


# --- where a case goes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "team"),
    [
        ("My parcel never came", "service"), ("The washer is broken again", "after-sales"),
        ("Which one to compare before buying", "marketing"), ("Where is my badge of March", "community"),
        ("My lawyer will write to you", "quality"), ("Hmm, something else entirely", "service"),
    ],
)  # fmt: skip
def test_a_case_gets_its_team_when_it_opens(teams, open_case, title, team):
    stand = queries.stand_of(open_case(title, body="I wonder what to do about all of this today."))
    assert stand.team_id == teams[team]
    assert stand.reasons


def test_danger_goes_to_quality_whatever_the_rules_say(teams, open_case):
    stand = queries.stand_of(open_case("My parcel smokes: smoke comes out of it"))
    assert stand.team_id == teams["quality"]


def test_danger_that_an_edit_brings_moves_the_case(teams, open_case, ada):
    from forum.questions.editing import edit_post

    case_id = open_case()
    question_id = case(case_id).question_id
    edit_post(
        ada,
        question_id,
        title="My parcel never came",
        body="It came at last, and smoke comes out of it.",
        version=1,
        reason="",
    )
    assert queries.stand_of(case_id).team_id == teams["quality"]


def test_without_teams_a_case_has_none_and_every_agent_may_have_it(open_case, here, at):
    case_id = open_case()
    assert queries.stand_of(case_id).team_id is None
    at(MONDAY + timedelta(hours=5, minutes=1))
    here()
    laddering.sweep()
    assert case(case_id).assignee_id == 5


def test_the_desk_says_where_a_question_would_go_and_why(teams, sam):
    found = queries.tried(sam, "Refund for order 12?", "washing", "", "en")
    assert (found.team, bool(found.rule)) == ("Customer service", True)
    assert "refund" in str(found.reasons[0])


# --- passing on ----------------------------------------------------------------------------------------------------------


def test_a_case_is_passed_on_and_keeps_its_clock(teams, open_case, sam):
    case_id = open_case()
    cases.take(sam, case_id)
    before = case(case_id).due_at, db.session.get(Ladder, case(case_id).question_id).started_at
    events = clocks.events_of(case(case_id).question_id, 1)
    applying.reroute(sam, case_id, teams["after-sales"], "a fault, not an order")
    assert case(case_id).state is CaseState.QUEUED and case(case_id).assignee_id is None
    after = (
        case(case_id).due_at,
        db.session.get(Ladder, case(case_id).question_id, populate_existing=True).started_at,
    )
    assert after == before and clocks.events_of(case(case_id).question_id, 1) == events
    assert queries.stand_of(case_id).team_id == teams["after-sales"]


def test_the_third_pass_is_told_to_the_leads(teams, open_case, sam, max_):
    case_id = open_case()
    for n, key in enumerate(("after-sales", "marketing", "after-sales", "service"), start=1):
        applying.reroute(sam, case_id, teams[key], "not ours")
        assert len(told("case-ping-pong")) == max(0, n - 2)
    assert set(told("case-ping-pong")) == {max_.member_id}
    assert queries.stand_of(case_id).is_ping_pong


@pytest.mark.parametrize("name", ["ada", "cleo", "mo", "zed"])
def test_who_works_on_no_cases_passes_nothing_on(teams, open_case, name, request):
    case_id = open_case()
    with pytest.raises(Forbidden):
        applying.reroute(request.getfixturevalue(name), case_id, teams["marketing"], "not ours")
    assert "rerouted" not in lines(case_id)


def test_a_pass_needs_a_reason_a_team_and_another_one(teams, open_case, sam):
    case_id = open_case()
    for team, reason, error in (
        (teams["marketing"], " ", Invalid),
        (999, "x", Invalid),
        (teams["service"], "x", Conflict),
    ):
        with pytest.raises(error):
            applying.reroute(sam, case_id, team, reason)
    assert queries.stand_of(case_id).reroute_count == 0 and "rerouted" not in lines(case_id)


def test_what_no_rule_took_is_told_once_after_thirty_working_minutes(teams, open_case, at, max_):
    case_id = open_case("Hmm, something else entirely")
    opened = case(case_id).opened_at
    assert queries.stand_of(case_id).triage_due_at == opened + timedelta(minutes=30)
    assert applying.tell_late_triage() == 0
    at(opened + timedelta(minutes=31))
    assert (applying.tell_late_triage(), applying.tell_late_triage()) == (1, 0)
    assert told("case-triage-late") == [max_.member_id]


# --- rules and teams ------------------------------------------------------------------------------------------------------


def draft(**more):
    return RuleDraft(**{"name": "Coffee", "team_id": None, "categories": ("coffee",), **more})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"team_id": 999}, "team_id"), ({"categories": ("nowhere",)}, "categories"), ({"categories": ()}, "categories"),
        ({"products": ("none",)}, "products"), ({"languages": ("xx",)}, "languages"), ({"words": ("a b c d e f",)}, "words"),
        ({"name": "x"}, "name"),
    ],
)  # fmt: skip
def test_a_rule_that_leads_nowhere_is_refused(teams, max_, changes, field):
    before = rule_names()
    with pytest.raises(Invalid) as refusal:
        editing.add_rule(max_, draft(**{"team_id": teams["service"], **changes}), "try")
    assert field in refusal.value.fields
    assert rule_names() == before


def test_rules_are_added_changed_moved_and_dropped_and_each_is_logged(teams, max_):
    count = logged()
    first = editing.add_rule(max_, draft(team_id=teams["marketing"], categories=("washing",)), "new")
    assert rule_names()[-1] == "Coffee"
    assert editing.move_rule(max_, first, up=True) and rule_names()[-2] == "Coffee"
    editing.change_rule(
        max_, first, draft(name="Drums", team_id=teams["service"], categories=("washing",)), "other"
    )
    editing.drop_rule(max_, first, "gone")
    assert "Drums" not in rule_names() and logged() == count + 4


def test_a_rule_that_would_never_get_its_turn_is_refused(teams, max_):
    wide = editing.add_rule(
        max_, draft(name="All washing", team_id=teams["service"], categories=("washing",)), "x"
    )
    narrow = draft(
        name="Washing in English", team_id=teams["marketing"], categories=("washing",), languages=("en",)
    )
    with pytest.raises(Invalid):
        editing.add_rule(max_, narrow, "x")
    editing.drop_rule(max_, wide, "x")
    editing.add_rule(max_, narrow, "x")
    again = editing.add_rule(
        max_, draft(name="All washing", team_id=teams["service"], categories=("washing",)), "x"
    )
    with pytest.raises(Invalid):
        editing.move_rule(max_, again, up=True)
    assert rule_names()[-2:] == ["Washing in English", "All washing"]


@pytest.mark.parametrize("name", ["ada", "mo", "sam"])
def test_only_managers_order(teams, name, request):
    who = request.getfixturevalue(name)
    first = db.session.scalar(db.select(RoutingRule.id).limit(1))
    for act in (
        lambda: editing.add_rule(who, draft(team_id=teams["service"]), "x"),
        lambda: editing.move_rule(who, first, up=False),
        lambda: editing.drop_rule(who, first, "x"),
        lambda: teaming.found_team(who, TeamDraft("Une", "One")),
        lambda: teaming.change_team(who, teams["service"], TeamDraft("Une", "One")),
        lambda: teaming.seat(who, teams["service"], 5),
        lambda: teaming.unseat(who, teams["service"], 5),
        lambda: teaming.close_team(who, teams["marketing"], "x"),
        lambda: founding.found_usual(who),
    ):
        with pytest.raises(Forbidden):
            act()


def test_teams_that_help_in_a_circle_are_refused_in_words(teams, max_):
    teaming.change_team(
        max_, teams["marketing"], TeamDraft("Marketing", "Marketing", overflow_id=teams["community"])
    )
    with pytest.raises(Invalid) as refusal:
        teaming.change_team(
            max_, teams["community"], TeamDraft("Commu", "Community", overflow_id=teams["marketing"])
        )
    assert "Community team → Marketing → Community team" in str(refusal.value.fields["overflow_id"])


def test_a_calendar_a_team_works_by_is_not_retired(teams, max_):
    week = dict.fromkeys(DAYS, "09:00-18:00")
    calendar_id = keeping.create(max_, keeping.Draft("Workshop", "Europe/Paris", week, "none", {}), "new")
    teaming.change_team(max_, teams["outside"], TeamDraft("Dehors", "Outside", calendar_id=calendar_id))
    with pytest.raises(Conflict) as refusal:
        keeping.retire(max_, calendar_id, "over")
    assert "The team “Outside” works by this calendar." in str(refusal.value)
    assert db.session.get(WorkCalendar, calendar_id, populate_existing=True).retired_at is None
    teaming.close_team(max_, teams["outside"], "over")
    keeping.retire(max_, calendar_id, "over")
    assert db.session.get(WorkCalendar, calendar_id, populate_existing=True).retired_at is not None


def test_a_team_rules_lead_to_is_not_closed_and_the_fallback_never(teams, max_):
    for key in ("marketing", "service"):
        with pytest.raises(Conflict):
            teaming.close_team(max_, teams[key], "over")
    teaming.close_team(max_, teams["outside"], "over")
    assert db.session.get(SupportTeam, teams["outside"], populate_existing=True).archived_at is not None


def test_there_is_always_exactly_one_fallback(teams, max_):
    with pytest.raises(Invalid):
        teaming.change_team(max_, teams["service"], TeamDraft("Service", "Service"))
    teaming.change_team(max_, teams["marketing"], TeamDraft("Marketing", "Marketing", is_fallback=True))
    held = db.session.scalars(db.select(SupportTeam.key).where(SupportTeam.is_fallback)).all()
    assert held == ["marketing"]


def test_a_team_is_seen_by_its_lead_and_managers(teams, open_case, sam, max_):
    case_id = open_case()
    with pytest.raises(Forbidden):
        queries.team_work(sam, teams["service"])
    lead = TeamDraft("Service client", "Customer service", lead_id=sam.member_id, is_fallback=True)
    teaming.change_team(max_, teams["service"], lead)
    work = queries.team_work(sam, teams["service"])
    assert [one.id for one in work.cases] == [case_id]
    assert (work.open_count, work.unassigned_count, [one.load for one in work.workers]) == (1, 1, [0])
    with pytest.raises(Forbidden):
        queries.team_work(sam, teams["marketing"])


# --- the words of priorities ------------------------------------------------------------------------------------------------


def typed(**more):
    found = {(one, code): "\n".join(BUILT_IN[one][code]) for one in BUILT_IN for code in ("fr", "en")}
    return {**found, **more}


def test_words_are_changed_as_versions_and_kept_with_each_score(app, max_, ada, make_question):
    new = typed() | {("danger", "en"): "\n".join([*BUILT_IN["danger"]["en"], "hissing"])}
    before = make_question(ada, title="The machine makes a hissing sound")
    assert versions.change(max_, new, "a new fault", 1) == 2
    assert versions.change(max_, new, "again", 2) == 2
    after = make_question(ada, title="Another one with a hissing sound")
    assert db.session.get(Ladder, before).priority is Priority.NORMAL
    found = db.session.get(Ladder, after)
    assert (found.is_danger, found.lexicon_version) == (True, 2)
    prioritising.rescore(before)
    assert db.session.get(Ladder, before, populate_existing=True).is_danger
    assert versions.bring_back(max_, 1, 2) == 3
    assert not versions.in_force().found(["hissing"], "danger")


def test_words_are_refused_with_a_sentence_and_nothing_is_kept(app, max_, sam):
    with pytest.raises(Forbidden):
        versions.change(sam, typed(), "x", 1)
    for words, field in (({("danger", "fr"): ""}, "danger_fr"), ({("tone", "en"): "a b c d e f"}, "tone_en")):
        with pytest.raises(Invalid) as refusal:
            versions.change(max_, typed() | words, "x", 1)
        assert field in refusal.value.fields
    with pytest.raises(Conflict):
        versions.change(max_, typed() | {("tone", "en"): "meh"}, "x", 7)
    assert versions.words_of()[0] == 1


def test_a_person_confirms_danger_or_clears_its_words(open_case, sam, ada, at):
    case_id = open_case("Smoke comes out of the box")
    question_id = case(case_id).question_id
    with pytest.raises(Invalid):
        prioritising.read_danger(sam, question_id, False, "")
    with pytest.raises(Forbidden):
        prioritising.read_danger(ada, question_id, True, "")
    prioritising.read_danger(sam, question_id, True, "")
    assert db.session.get(Ladder, question_id, populate_existing=True).danger_read_by_id == sam.member_id
    prioritising.read_danger(sam, question_id, False, "a smoke-grey box")
    ladder = db.session.get(Ladder, question_id, populate_existing=True)
    assert (ladder.is_danger, ladder.cleared_words) == (False, ["smoke"])
    assert ladder.priority is not Priority.URGENT
    prioritising.rescore(question_id)
    assert not db.session.get(Ladder, question_id, populate_existing=True).is_danger
    with pytest.raises(Conflict):
        prioritising.read_danger(sam, question_id, True, "")
    assert lines(case_id)[-2:] == ["danger_confirmed", "danger_cleared"]


def test_asking_again_and_reach_are_in_the_breakdown(open_case, ada, ben, sam, make_question):
    case_id = open_case()
    again = make_question(ada, title="My parcel still did not come")
    assert "repeat" in [part["key"] for part in db.session.get(Ladder, again).score_parts]
    others = make_question(ben, title="Nor has my parcel come yet")
    assert "repeat" not in [part["key"] for part in db.session.get(Ladder, others).score_parts]
    question_id = case(case_id).question_id
    prioritising.note_reach(sam, question_id, 9_999, "as they say")
    parts = {
        p["key"]: p["points"] for p in db.session.get(Ladder, question_id, populate_existing=True).score_parts
    }
    assert parts["influence"] == 4
    with pytest.raises(Invalid):
        prioritising.note_reach(sam, question_id, -1, "")
