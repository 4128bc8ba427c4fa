"""The dashboard: counted from what happened, equal to the forum's own counters, for managers only."""

import math
from datetime import timedelta

import pytest

from accounts.masks.wearing import put_on
from accounts.members.models import Member
from common import clock
from common.db import db, insert_many, insert_once, update_where
from common.errors import Forbidden
from common.unit_of_work import unit_of_work
from forum.questions.models import HelpedMark, Post, Question
from forum.questions.publishing import remove
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.anew import happened
from forum.solutions.endorsing import endorse_answer
from forum.solutions.settling import say_solved, say_unsolved
from moderation.dashboard import exports, jobs, mailing, queries, recounting
from moderation.dashboard.campaigns import effects
from moderation.dashboard.listing import reading as listing
from moderation.dashboard.listing.known import LISTS
from moderation.dashboard.models import QuestionOutcome
from moderation.dashboard.reading import Scope
from moderation.dashboard.rules import Rung, Solver
from moderation.escalation.models import Case, Ladder, SlaEvent
from moderation.escalation.rules import OPEN, CaseState, Priority
from moderation.escalation.sla_rules import Metric, SlaType
from moderation.satisfaction.models import Satisfaction
from rewards.badges.models import BadgeAward, BadgeCampaign
from rewards.badges.rules import BadgeKey, CampaignState, Criterion, Tier
from rewards.ranks.rules import DEFAULT_FORMULAS
from tests.conftest import START


@pytest.fixture
def filled(app, at, make_question, make_answer, ada, ben, cleo, sam):
    """Five questions: solved by a member after two hours, by an expert, by the team; one with thanks only; one alone.
    A sixth is the team's and does not count."""
    at(START)
    asked = [
        make_question(ada, title=f"Question number {n} about the drum", category_id=1 + n % 2)
        for n in range(5)
    ]
    make_question(sam, title="The team asks something itself")
    at(timedelta(minutes=10))
    make_answer(ada, asked[0], "I have cleaned the filter already and it did not help at all.")
    make_answer(ben, asked[3], "Thanks!")
    at(timedelta(minutes=50))
    answers = [make_answer(who, asked[n]) for n, who in enumerate((ben, cleo, sam))]
    at(timedelta(hours=1))
    for question_id, answer_id in zip(asked, answers, strict=False):
        accept_answer(ada, question_id, answer_id)
    at(timedelta(days=1))
    recounting.recount()
    return asked


def outcome(question_id):
    return db.session.get(QuestionOutcome, question_id, populate_existing=True)


def value(max_, name, **scope):
    return next(one for one in queries.overview(max_, Scope(**scope)).all_figures if one.name == name)


def test_every_question_has_the_outcome_it_had(filled):
    first = outcome(filled[0])
    assert (first.first_seconds, first.members_seconds, first.team_seconds) == (3600, 3600, None)
    assert (first.solved_seconds, first.solved_by, first.rung) == (7200, Solver.MEMBER, Rung.EXPERTS)
    assert outcome(filled[1]).solved_by == Solver.EXPERT
    team = outcome(filled[2])
    assert team.first_by_team and team.solved_by == Solver.TEAM and team.members_seconds is None
    assert outcome(filled[3]).first_seconds is None, "a thank-you is no answer"
    assert db.session.query(QuestionOutcome).count() == 5, "questions of the team are left out"


def test_the_figures_are_those_worked_by_hand(filled, max_):
    shown = {one.name: one for one in queries.overview(max_, Scope()).all_figures}
    assert shown["asked"].value == 5
    assert shown["solved"].of == (3, 5) and shown["solved"].text == "60\u00a0%"
    assert shown["first-reply"].value == 3600, "three of five within the hour, though two still wait"
    assert shown["unanswered-day"].of == (2, 5)
    assert shown["peers-first"].of == (2, 3) and shown["peers-solved"].of == (2, 3)
    assert shown["csat"].value is None, "fewer than twenty ratings say nothing"
    assert shown["asked"].change == "", "nothing is known of the period before"
    assert all(part <= whole for part, whole in (one.of for one in shown.values() if one.of))


def test_whom_it_rests_on_newcomers_and_what_is_spared(filled, max_, settings_override):
    with unit_of_work():
        db.session.get(Question, filled[0]).view_count = 100
    recounting.recount()
    with settings_override(dashboard__deflected_low_percent=10):
        shown = queries.overview(max_, Scope())
    figures = {one.name: one for one in shown.all_figures}
    assert figures["bus-factor"].value == 1 and figures["top-ten"].of == (2, 2), (
        "ben and cleo; the team is left out"
    )
    assert sum(row[1] for row in shown.tables["experts"].rows) == 2
    assert figures["avoided"].span == (12, 22) and figures["avoided"].value == 17, (
        "2 directly, 10 to 20 of 100 views"
    )
    assert figures["avoided"].between == "between 12 and 22"
    assert figures["newcomers-answered"].of[0] <= figures["newcomers-answered"].of[1]
    assert figures["team-answers"].value == 1
    assert not any(str(row[0]) == "Mo" for row in shown.tables["team"].rows), "nobody is named"


def test_from_two_hundred_answers_on_readers_are_believed(filled, max_):
    """By hand: of 400 readers 300 were helped; 200 of these said what else they would have done, 80 would have contacted the
    team: 40 %, between 33.46 and 46.91 % (Wilson); times 3/4 of 1,000 views, and two questions solved by members."""
    answer_id = db.session.scalar(db.select(Question.accepted_answer_id).where(Question.id == filled[0]))
    marks = [
        {
            "post_id": answer_id,
            "visitor": f"v{n}",
            "helped": n < 300,
            "would_contact": n < 80 if n < 199 else None,
        }
        for n in range(400)
    ]
    with unit_of_work():
        insert_many(HelpedMark, marks)
        db.session.get(Question, filled[0]).view_count = 1000
    recounting.recount()
    assert value(max_, "avoided").span == (52, 202), "199 say too little: one in twenty to one in five"
    assert listing.count(max_, "survey", Scope()) == 80 == value(max_, "survey").lines
    with unit_of_work():
        update_where(HelpedMark, HelpedMark.visitor == "v199", would_contact=False)
    low, high = value(max_, "avoided").span
    assert (round(low, 1), round(high, 1)) == (253.0, 353.9)
    assert "200 answers in the period" in str(value(max_, "avoided").definition)


def test_who_knows_what_by_hand(filled, max_, at, make_answer, ben):
    """Ben: one of the two solutions of members, two answers, after one hour and after a day and an hour; the one accepted of
    two is 0.0945 at the least (Wilson, by hand: (0.5 + 0.9604 − 1.96 × √(0.125 + 0.2401)) / 2.9208)."""
    make_answer(ben, filled[4])
    recounting.recount()
    shown = queries.overview(max_, Scope()).tables["identification"]
    rows = {row[0].rsplit(" · ", 1)[1]: row[1:] for row in shown.rows}
    assert set(rows) == {"Ben", "Cleo"}, "the team is left out"
    solutions, part, answers, least, half = rows["Ben"]
    assert (solutions, part, answers, half) == (1, 1.0, 2, 3600) and round(least, 4) == 0.0945
    place = next(place for place, row in enumerate(shown.rows) if row[0].endswith("Ben"))
    for cell, count in ((0, 1), (2, 2)):
        what, more = shown.behind(place, cell)
        scope = Scope(category_id=more["category"], member_id=more["member"])
        assert listing.count(max_, what, scope) == len(listing.lines(max_, what, scope, None).items) == count


def test_candidates_stand_on_the_card_of_experts(filled, max_, sign_in, settings_override, ben):
    easy = {**DEFAULT_FORMULAS, "5": {"all": [{">=": ["age_days", 0]}, {"==": ["nominated", 1]}]}}
    assert value(max_, "candidates").value == 0
    with unit_of_work():
        update_where(Member, Member.id == ben.member_id, rank=4)
    with settings_override(ranks__formulas=easy):
        assert value(max_, "candidates").value == listing.count(max_, "candidates", Scope()) == 1
        page = sign_in(max_).get("/en/desk/dashboard").get_data(as_text=True)
    assert "/en/desk/ranks#mandates" in page


def test_reopened_is_what_was_solved_and_opened_again(filled, max_, ada, at, drain):
    drain()
    say_unsolved(ada, filled[0])
    with unit_of_work():
        update_where(
            Ladder, Ladder.question_id == filled[3], cycle=2
        )  # as after a case went back to the community
    drain()
    recounting.recount()
    assert outcome(filled[0]).reopened and not outcome(filled[3]).reopened
    assert value(max_, "reopened").of == (1, 3), "two are solved, one was"


def test_times_are_counted_in_the_hours_of_the_team_too(filled, max_):
    """Asked and answered on a working day; nobody of the team answered more than one of five."""
    shown = {one.name: one for one in queries.overview(max_, Scope()).all_figures}
    assert [outcome(filled[2]).team_work_seconds, outcome(filled[2]).members_work_seconds] == [3600, None]
    assert [outcome(filled[0]).members_work_seconds, outcome(filled[0]).team_work_seconds] == [3600, None]
    for name in ("first", "first-members", "first-team"):
        assert [shown[f"{name}-{end}"].value for end in ("p50", "p90", "work", "work-p90")] == [3600] * 4
    assert shown["first-members"].value is None, "two of five in time, three still wait"
    assert shown["first-team"].value is None and shown["first-reply"].value == 3600


def test_filters_and_lists_show_the_same_questions(filled, max_):
    assert value(max_, "asked", category_id=2).value == 2
    assert value(max_, "asked", language="fr").value == 0
    scope = Scope(category_id=1)
    found = listing.lines(max_, "solved", scope, None).items
    assert {one.id for one in found} == {filled[0], filled[2]}
    for what in LISTS:
        assert len(listing.lines(max_, what, Scope(), None).items) <= 5
    assert {one.id for one in listing.lines(max_, "late", Scope(), None).items} == set(filled[3:])
    first = listing.lines(max_, "asked", Scope(), None, 2)
    rest = listing.lines(max_, "asked", Scope(), first.next, 9)
    assert len(first.items) == 2 and len(rest.items) == 3


def test_what_is_excluded_changes_no_figure(filled, max_, mo):
    with unit_of_work():
        remove(mo, filled[4])
    gone = next(one for one in listing.lines(max_, "asked", Scope(), None).items if one.id == filled[4])
    assert gone.link is None, "until it is counted again the list has what the figure has, but leads nowhere"
    recounting.recount()
    assert filled[4] not in {one.id for one in listing.lines(max_, "asked", Scope(), None).items}
    assert value(max_, "asked").value == 4
    with unit_of_work():
        db.session.get(Question, filled[3]).duplicate_of_id = filled[0]
    recounting.recount()
    assert value(max_, "asked").value == 3


MOMENTS = ("csat-replies", "promise-first-reply-any", "backlog", "backlog-days", "bus-factor", "top-ten")


def test_what_is_excluded_changes_no_figure_of_what_happened_to_it(filled, max_):
    """A question with a rating, a kept promise, an open case and an accepted answer becomes a duplicate."""
    happened_to(filled[0], filled[1])

    def shown():
        found = {one.name: one for one in queries.overview(max_, Scope()).all_figures}
        return [(found[name].value, found[name].of) for name in MOMENTS]

    assert shown() == [(1.0, (2, 2)), (1.0, (3, 3)), (1, None), (28.0, None), (1, None), (1.0, (2, 2))]
    assert queries.overview(max_, Scope()).tables["backlog"].rows[0][1] == 1
    with unit_of_work():
        db.session.get(Question, filled[0]).duplicate_of_id = filled[1]
    recounting.recount()
    assert shown() == [(1.0, (1, 1)), (1.0, (2, 2)), (0, None), (0.0, None), (1, None), (1.0, (1, 1))]
    assert queries.overview(max_, Scope()).tables["experts"].rows[0][1] == 1


def happened_to(open_id, closed_id):
    """Both were rated; the case of one is open, that of the other is over."""
    now = clock.now()
    with unit_of_work():
        for question_id, state in ((open_id, CaseState.QUEUED), (closed_id, CaseState.CLOSED)):
            update_where(
                Satisfaction, Satisfaction.question_id == question_id, asked_at=now, score=5, answered_at=now
            )
            ended = None if state in OPEN else now
            db.session.add(
                Case(
                    question_id=question_id, cycle=1, state=state, priority=Priority.NORMAL, opened_at=now, ended_at=ended
                )
            )  # fmt: skip


def listed(max_, what, **scope):
    return {one.link[1]["id"] for one in listing.lines(max_, what, Scope(**scope), None).items}


def test_a_list_shows_what_its_figure_counts(filled, max_, at, make_question, make_answer, ada, ben, sam):
    """Asked long ago and answered, rated and broken lately: in the lists of what happened, not of what was asked."""
    at(timedelta(days=100))
    now = clock.now()
    with unit_of_work():
        db.session.add(
            Satisfaction(question_id=filled[3], cycle=1, due_at=now, asked_at=now, score=5, answered_at=now)
        )
        insert_once(
            SlaEvent, question_id=filled[4], cycle=1, metric=Metric.RESOLUTION, type=SlaType.BREACH, at=now
        )
    late = make_answer(ben, filled[4])
    accept_answer(ada, filled[4], late)
    make_answer(sam, filled[3])
    recounting.recount()
    assert listed(max_, "rated") == listed(max_, "team-answers") == {filled[3]}
    assert listed(max_, "solutions") == listed(max_, "broken-resolution") == {filled[4]}
    assert not listed(max_, "asked") and listed(max_, "solutions", days=364) == {*filled[:2], filled[4]}
    assert not listed(max_, "solved-month", days=364) & {filled[4]}, "solved, but not within the window"
    young = make_question(ada, title="A question of this very minute")
    make_answer(ben, young)
    recounting.recount()
    assert listed(max_, "answered") == listed(max_, "by-members") == {young} and not listed(
        max_, "answered-day"
    )


def test_a_file_that_is_cut_off_says_so(filled, max_, sign_in, client, monkeypatch):
    sign_in(max_)
    assert "Only the latest" not in client.get("/en/desk/dashboard/asked.csv").get_data(as_text=True)
    monkeypatch.setattr(exports, "MOST_LINES", 2)
    lines = client.get("/en/desk/dashboard/asked.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 4 and "Only the latest 2 lines" in lines[-1]


def test_old_members_under_a_mask_are_no_newcomers(filled, max_, at, make_question, ada, newcomer):
    """A mask is made when it is put on; its person joined long before."""
    before = {name: value(max_, name).of for name in ("newcomers-active", "newcomers-answered")}
    joined = value(max_, "joined").value
    for who in (ada, newcomer):
        with unit_of_work():
            masked = put_on(who)
        make_question(masked, title=f"What nobody shall know of {who.display_name}")
    at(timedelta(days=2))
    recounting.recount()
    assert value(max_, "joined").value == joined and value(max_, "newcomers-active").of[1] == joined
    assert value(max_, "newcomers-answered").of == (0, before["newcomers-answered"][1] + 1), (
        "that of the young one"
    )
    assert value(max_, "newcomers-active").of[0] == before["newcomers-active"][0] + 1


def test_counted_anew_from_what_happened_equals_the_live_counters(filled, caplog, drain):
    before = all_outcomes()
    assert queries.last_count().differing == 0
    jobs.catch_up()
    drain()
    assert all_outcomes() == before, "by the hour and by night: the same"
    jobs.recount_all()
    drain()
    assert all_outcomes() == before
    with unit_of_work():
        db.session.get(Question, filled[0]).first_answer_at = clock.now()
    assert jobs.figures_agree().well
    assert recounting.recount() == (5, 1), "a counter that drifted is noticed"
    assert "1 differ" in jobs.figures_agree().detail and not jobs.figures_agree().well
    assert f"counters: [{filled[0]}]" in caplog.text


def lived_through(ada, ben, cleo, mo, sam, asked, make_answer, at):
    """Accepted and taken back, confirmed, said to be unsolved, settled alone, answered anew, removed."""
    at(timedelta(hours=1))
    unaccept_answer(ada, asked[0])
    say_unsolved(ada, asked[1])
    late = make_answer(cleo, asked[1])
    endorse_answer(sam, make_answer(ben, asked[3], "Unplug it and clean the small filter behind the hatch."))
    say_solved(ada, asked[4])
    at(timedelta(hours=1))
    with unit_of_work():
        remove(mo, late)
    make_answer(ben, asked[1], "Then the pump is blocked: open it from below and look.")
    make_answer(ben, asked[4], "Thank you!")


def test_whatever_happens_what_is_counted_anew_equals_the_live_counters(
    filled, ada, ben, cleo, mo, sam, make_answer, at, monkeypatch
):
    lived_through(ada, ben, cleo, mo, sam, filled, make_answer, at)
    assert recounting.recount() == (5, 0)
    assert outcome(filled[3]).solved_by == Solver.MEMBER and outcome(filled[4]).solved_by == Solver.ASKER
    assert outcome(filled[1]).solved_seconds is None and outcome(filled[0]).solved_by is None
    monkeypatch.setattr(happened, "is_valid_answer", lambda *_facts: True)
    assert recounting.recount()[1] > 0, "the broken twin, which takes a thank-you for an answer, is caught"


def test_two_workers_may_count_the_same_questions(filled, monkeypatch):
    """The rows of the other are there although one has just deleted them: the other deleted and counted meanwhile."""
    before = all_outcomes()
    monkeypatch.setattr(recounting, "delete", lambda model: db.delete(model).where(db.false()))
    assert recounting.recount() == (5, 0)
    assert all_outcomes() == before


def test_what_came_while_it_was_counted_is_no_difference(filled, monkeypatch):
    looks = iter([False])
    monkeypatch.setattr(happened.Happened, "agrees", property(lambda _one: next(looks, True)))
    assert recounting.recount() == (5, 0)


def all_outcomes():
    db.session.expire_all()
    table = QuestionOutcome.__table__
    return db.session.execute(db.select(table).order_by(table.c.question_id)).all()


def test_only_managers_see_it(filled, mo, ben, sign_in):
    for who in (mo, ben):
        with pytest.raises(Forbidden):
            queries.overview(who, Scope())
        with pytest.raises(Forbidden):
            listing.lines(who, "asked", Scope(), None)


def test_pages_and_files_in_both_languages(filled, max_, sign_in, client):
    sign_in(max_)
    for path in ("", "/asked", "/late", "/broken-first-reply-any", "?days=7", "?days=728", "/asked.csv"):
        for language in ("en", "fr"):
            assert client.get(f"/{language}/desk/dashboard{path}").status_code == 200, path
    page = client.get("/en/desk/dashboard").get_data(as_text=True)
    assert "60\u00a0%" in page and "style=" not in page and "<script>" not in page
    table = client.get("/en/desk/dashboard.csv").get_data(as_text=True)
    assert "Questions asked,5,count" in table and "Share of the ratings" in table
    data = client.get("/en/desk/dashboard.json?category=1").get_json()
    assert data["figures"]["asked"]["value"] == 3 and data["category"] == 1
    assert client.get("/en/desk/dashboard/nothing").status_code == 404
    for odd in (
        "days=x&category=zz&language=xx",
        "days=9999999999&category=-1",
        "after=☃",
        "category=99999999999999",
    ):
        assert client.get(f"/en/desk/dashboard?{odd}").status_code == 200
        assert client.get(f"/en/desk/dashboard/asked?{odd}").status_code == 200


def test_its_statements_do_not_grow(filled, max_, sign_in, client, count_queries, make_question, ben):
    sign_in(max_)
    client.get("/en/desk/dashboard")
    with count_queries() as few:
        client.get("/en/desk/dashboard")
    for number in range(12):
        make_question(ben, title=f"One more question, number {number}")
    recounting.recount()
    client.get("/en/desk/dashboard")
    with count_queries() as many:
        client.get("/en/desk/dashboard")
    assert len(many) <= len(few) <= 42


def test_an_empty_site_has_an_honest_page(app, max_, sign_in, client):
    shown = queries.overview(max_, Scope())
    assert shown.counted is None and shown.asked == 0 and shown.volume is None
    assert exports.as_json(shown)["figures"]["first-reply"]["value"] is None
    sign_in(max_)
    for language in ("en", "fr"):
        assert client.get(f"/{language}/desk/dashboard").status_code == 200


def test_a_title_is_no_formula_for_a_spreadsheet():
    assert exports.plain("=1+1") == "'=1+1" and exports.plain("plain") == "plain" and exports.plain(-3) == -3


def test_a_change_is_said_against_the_period_before(filled, max_, at):
    at(timedelta(days=90))
    shown = value(max_, "asked")
    assert (shown.value, shown.before) == (0, None), "before the first question nothing can be compared"
    at(timedelta(days=90))
    recounting.recount()
    assert db.session.scalar(db.select(Post.id).limit(1))


def test_the_figures_of_the_week_come_to_who_asked_once_a_week(filled, max_, root, mo, at, drain, outbox):
    with pytest.raises(Forbidden):
        mailing.wish(mo, True)
    for _again in range(2):
        mailing.wish(max_, True)
    mailing.wish(root, True)
    mailing.wish(root, False)
    assert mailing.wishes(max_) and not mailing.wishes(root)
    now = clock.now()
    at(timedelta(days=7 - now.weekday()))  # a Monday, within the days that the figures cover
    recounting.recount()
    assert mailing.send() == 1
    assert mailing.send() == 0, "once a week"
    mailing.send_on_monday()
    drain()
    at(timedelta(days=1))
    drain()
    letters = [one for one in outbox() if "figures of the week" in one["Subject"]]
    assert len(letters) == 1 and "max@" in letters[0]["To"]
    mailing.wish(max_, False)
    at(timedelta(days=7))
    assert mailing.send() == 0


def test_campaigns_are_held_against_members_who_had_done_as_much(
    filled, max_, at, make_answer, ben, cleo, zed, ada
):
    """Ben and Ada took part and write two answers more; Cleo and Zed wrote as many before and then nothing."""
    at(timedelta(days=40))
    now = clock.now()
    with unit_of_work():
        update_where(Member, Member.id == zed.member_id, silenced_until=None)
        campaign = insert_once(
            BadgeCampaign, badge_key=BadgeKey.EVENT, name_fr="Été", name_en="Summer", criterion=Criterion.NAMED, starts_at=now + timedelta(days=1),
            ends_at=now + timedelta(days=10), state=CampaignState.ENDED, activated_at=now, form_key="k",
        )  # fmt: skip
        for who in (ben, ada):
            insert_once(
                BadgeAward, member_id=who.member_id, badge_key=BadgeKey.EVENT, tier=Tier.BRONZE, instance_key=str(campaign), campaign_id=campaign,
            )  # fmt: skip
    for who in (ben, cleo, zed, ada):
        make_answer(who, filled[4])
    with unit_of_work():
        update_where(
            Member, Member.id.not_in([who.member_id for who in (ben, cleo, zed, ada)]), joined_at=now
        )
        update_where(Member, Member.id > 0, last_seen_at=now)
        here = [who.member_id for who in (ben, cleo, zed, ada, max_)]
        update_where(Member, Member.id.in_(here), last_seen_at=now + timedelta(days=3))
    at(timedelta(days=11))
    alone, changed = effect_of(max_)
    assert alone[:5] == ("Summer", 2, 4, 0, 0), "nobody knows before the 28 days are over"
    assert [one[1:] for one in changed] == [(None,) * 4] * 4
    for who in (ben, ada):
        for _again in range(2):
            make_answer(who, filled[3])
    at(timedelta(days=30))
    with unit_of_work():
        update_where(Member, Member.id > 0, last_seen_at=clock.now())
    alone, changed = effect_of(max_)
    assert alone[:5] == ("Summer", 2, 4, 0, 2)
    answers, solutions, active, solved = (one[1:] for one in changed)
    assert answers == (2.0, 2.0, 2.0, None), "what is left shows 28 days later"
    assert solutions == (0.0, 0.0, 0.0, None)
    assert active == (1.0, 1.0, 1.0, None), "both go on, of the others nobody does"
    assert solved == (None,) * 4, "the others answered nothing after it"
    at(timedelta(days=28))
    assert [one[4] for one in effect_of(max_)[1]] == [0.0, 0.0, 0.0, None], "nothing of it is left"


def test_the_share_of_solved_questions_is_held_against_the_other_of_each_pair():
    """By hand: 1 of 2 to 2 of 2 and 0 of 1 to 1 of 1 against 1 of 2 to 1 of 2 and 1 of 1 to 0 of 1: (0.5 + 1) / 2 − (0 − 1) / 2."""
    one = effects._Campaign(
        False, 1, "Été", "Summer", clock.now() - timedelta(days=90), clock.now() - timedelta(days=80), 0
    )
    known = {
        (one, effects.BEFORE): {1: 2, 2: 1, 3: 2, 4: 1, 5: 1},
        (one, effects.AFTER): {1: 2, 2: 1, 3: 2, 4: 1},
    }
    solved = {(one, effects.BEFORE): {1: 1, 3: 1, 4: 1, 5: 1}, (one, effects.AFTER): {1: 2, 2: 1, 3: 1}}
    nothing = {(one, effects.LATER): {}}
    done = {
        "answers": known | nothing,
        "solutions": solved | nothing,
        "known": known | nothing,
        "solved": solved | nothing,
    }
    found = effects._effects(one, [(1, 3), (2, 4), (6, 5)], done)
    effect, later = found["solved"]
    assert effect.value == 1.25 and later is None, "who did not answer after it is in no pair of shares"
    assert round(effect.high - effect.value, 3) == round(1.96 * math.sqrt(0.125 / 2 + 0.5 / 2), 3)
    assert found["active"][0].value == 1 / 3, "one of the other three stopped; so did nobody who took part"


def effect_of(max_):
    jobs.count_campaigns()
    jobs.count_campaigns()
    shown = queries.overview(max_, Scope())
    rows, changed = (shown.tables[name].rows for name in ("campaigns", "campaign-effects"))
    assert len(rows) == 1 and len(changed) == 4
    assert [one[0].split(" · ")[1] for one in changed] == [
        "Answers",
        "Solutions",
        "Active contributors",
        "Share solved",
    ]
    there = listing.lines(max_, "campaign-0", Scope(), None).items
    assert len(there) == listing.count(max_, "campaign-0", Scope()) == rows[0][1]
    assert listing.count(max_, "campaign-1", Scope()) == 0, "there is no second one"
    return rows[0], changed
