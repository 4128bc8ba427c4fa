"""What the team does with its cases: each act works, refuses, repeats harmlessly, and leaves no trace when it fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.notifications.models import Notification
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from moderation.escalation import cases, casework, clocks, laddering, notices
from moderation.escalation.models import Case, CaseEvent, CaseNote, Ladder, StageRow
from moderation.escalation.rules import CaseState, HandBackReason, Stage
from moderation.escalation.sla_rules import Metric, Standing
from moderation.routing import assigning

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANSWER = "Clean the small filter behind the hatch, then run a short cycle."
DETAIL = "Which programme did you choose when it stopped?"


@pytest.fixture
def case_id(app, at, ada, make_question):
    """A question that waits for the team since a minute."""
    at(MONDAY)
    question_id = make_question(ada)
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    return casework.case_of(question_id, 1).id


def case(case_id):
    return db.session.get(Case, case_id, populate_existing=True)


def lines(case_id):
    return list(
        db.session.scalars(
            db.select(CaseEvent.kind).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
        )
    )


def told(kind):
    return sorted(db.session.scalars(db.select(Notification.member_id).where(Notification.kind == kind)))


def staff_reading(case_id):
    ladder = db.session.get(Ladder, case(case_id).question_id, populate_existing=True)
    return clocks.reading_of(ladder, Metric.FIRST_REPLY_STAFF)


# --- opening --------------------------------------------------------------------------------------------------------


def test_a_case_opens_in_the_queue_and_agents_and_asker_are_told(case_id, sam, ada):
    assert case(case_id).state is CaseState.QUEUED
    assert case(case_id).due_at == MONDAY + timedelta(hours=8)
    assert told("case-opened") == [sam.member_id]
    assert told("question-passed-on") == [ada.member_id]


def test_a_danger_is_told_to_agents_and_managers_by_mail_at_night(
    app, at, ada, sam, max_, make_question, drain, outbox
):
    at(datetime(2026, 3, 1, 2, 0, tzinfo=UTC))
    make_question(ada, title="Smoke comes out of the dryer")
    assert told("case-danger") == sorted([sam.member_id, max_.member_id])
    drain()
    assert {mail["To"] for mail in outbox()} >= {"sam@example.com", "max@example.com"}


# --- take, assign, release --------------------------------------------------------------------------------------------


def test_take(case_id, sam):
    cases.take(sam, case_id)
    assert (case(case_id).state, case(case_id).assignee_id) == (CaseState.ASSIGNED, sam.member_id)
    assert lines(case_id) == ["opened", "taken"]


def test_taking_again_is_harmless(case_id, sam):
    cases.take(sam, case_id)
    cases.take(sam, case_id)
    assert lines(case_id) == ["opened", "taken"]


def test_only_one_takes(case_id, sam, max_):
    cases.take(sam, case_id)
    with pytest.raises(Conflict):
        cases.take(max_, case_id)
    assert case(case_id).assignee_id == sam.member_id


@pytest.mark.parametrize("name", ["ada", "ben", "cleo", "mo", "zed"])
def test_who_does_not_answer_officially_takes_nothing(case_id, name, request):
    who = request.getfixturevalue(name)
    for act in (
        lambda: cases.take(who, case_id),
        lambda: cases.take_next(who),
        lambda: cases.assign(who, case_id, who.member_id),
        lambda: cases.release(who, case_id),
        lambda: cases.answer_officially(who, case_id, ANSWER),
        lambda: cases.wait_for_asker(who, case_id, DETAIL),
        lambda: cases.wait_internally(who, case_id, "x"),
        lambda: cases.hand_back(who, case_id, HandBackReason.OPINION),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (case(case_id).state, lines(case_id)) == (CaseState.QUEUED, ["opened"])


def test_a_full_desk_takes_no_more(case_id, sam, settings_override):
    with settings_override(escalation__agent_cap=1):
        cases.take(sam, case_id)
        other = _another(case_id)
        with pytest.raises(Conflict):
            cases.take(sam, other)
    assert case(other).state is CaseState.QUEUED


def test_an_answered_case_comes_back_to_its_agent_or_to_the_queue_where_that_desk_is_full(
    case_id, sam, settings_override
):
    cases.answer_officially(sam, case_id, ANSWER)
    cases.asker_spoke(case(case_id).question_id, 1)
    assert (case(case_id).state, case(case_id).assignee_id) == (CaseState.ASSIGNED, sam.member_id)
    cases.answer_officially(sam, case_id, "And please check the hose behind it as well.")
    with settings_override(escalation__agent_cap=1):
        cases.take(sam, _another(case_id))
        cases.asker_spoke(case(case_id).question_id, 1)
        assert (case(case_id).state, case(case_id).assignee_id) == (CaseState.QUEUED, None)
        assert casework.load_of([sam.member_id])[sam.member_id][0] == 1


def test_what_owes_nothing_is_taken_last(case_id, sam):
    other = _another(case_id)
    with unit_of_work():
        update_where(Case, Case.id == case_id, due_at=None)
    assert cases.take_next(sam) == other


def test_urgent_cases_have_a_cap_of_their_own(app, at, ada, sam, make_question, settings_override):
    at(MONDAY)
    ids = [make_question(ada, title=f"Smoke number {n} from the machine") for n in range(2)]
    one, two = (casework.case_of(question_id, 1).id for question_id in ids)
    with settings_override(escalation__agent_urgent_cap=1):
        cases.take(sam, one)
        with pytest.raises(Conflict):
            cases.take(sam, two)


def _another(case_id):
    """A second queued case."""
    from forum.categories.models import Category
    from forum.questions.publishing import submit
    from tests.conftest import actor_named

    with unit_of_work():
        question = Question(
            author_id=2,
            title="Another broken thing entirely",
            slug="",
            category_id=1,
            language="en",
            body="It makes a noise and stops, what now?",
        )
        submit(actor_named("ben"), question, db.session.get(Category, 1))
        question_id = question.id
    laddering.escalate(question_id, None)
    return casework.case_of(question_id, 1).id


def test_take_next_takes_danger_first_then_the_one_due_soonest(app, at, ada, sam, make_question):
    at(MONDAY)
    first = make_question(ada)
    at(timedelta(minutes=30))
    make_question(ada, title="A second thing that is broken")
    at(MONDAY + timedelta(hours=4, minutes=45))
    laddering.sweep()
    danger = make_question(ada, title="Smoke comes out of the dryer")
    assert cases.take_next(sam) == casework.case_of(danger, 1).id
    assert cases.take_next(sam) == casework.case_of(first, 1).id
    cases.take_next(sam)
    assert cases.take_next(sam) is None


def test_the_clock_names_an_agent_with_room(app, at, ada, sam, make_question, settings_override):
    at(MONDAY)
    ids = [make_question(ada, title=f"Thing number {n} is broken again") for n in range(3)]
    at(MONDAY + timedelta(hours=5, minutes=1))
    assigning.note_here(sam)
    with settings_override(escalation__agent_cap=2):
        laddering.sweep()
    states = sorted(casework.case_of(question_id, 1).state.value for question_id in ids)
    assert states == ["assigned", "assigned", "queued"]


def test_assign_gives_a_case_to_a_colleague_and_tells(case_id, sam, max_):
    cases.assign(max_, case_id, sam.member_id)
    assert case(case_id).assignee_id == sam.member_id
    assert told("case-assigned") == [sam.member_id]
    cases.assign(sam, case_id, max_.member_id)
    assert (case(case_id).state, case(case_id).assignee_id) == (CaseState.ASSIGNED, max_.member_id)


def test_passing_on_keeps_the_promise(case_id, sam, max_, at):
    cases.take(sam, case_id)
    at(timedelta(hours=1))
    cases.assign(sam, case_id, max_.member_id)
    assert case(case_id).due_at == MONDAY + timedelta(hours=8)
    assert staff_reading(case_id).due_at == MONDAY + timedelta(hours=8)


def test_nobody_passes_on_a_colleagues_case_but_a_manager(case_id, sam, max_, root):
    cases.assign(root, case_id, max_.member_id)
    with pytest.raises(Forbidden):
        cases.assign(sam, case_id, sam.member_id)


@pytest.mark.parametrize("member_id", [1, 4, 8, 9999])
def test_a_case_goes_only_to_who_answers_officially(case_id, sam, member_id):
    with pytest.raises(Invalid):
        cases.assign(sam, case_id, member_id)
    assert case(case_id).state is CaseState.QUEUED


def test_release_puts_it_back(case_id, sam):
    cases.take(sam, case_id)
    cases.release(sam, case_id)
    assert (case(case_id).state, case(case_id).assignee_id) == (CaseState.QUEUED, None)
    with pytest.raises(Conflict):
        cases.release(sam, case_id)


# --- notes ------------------------------------------------------------------------------------------------------------


def test_a_note_is_kept_apart_and_tells_colleagues_only(case_id, sam, mo, ada):
    cases.note(sam, case_id, "The laboratory knows. @Max @Ada please look.")
    kept = db.session.scalars(db.select(CaseNote)).all()
    assert [(note.author_id, note.case_id) for note in kept] == [(sam.member_id, case_id)]
    assert told("case-noted") == [6]
    cases.note(mo, case_id, "I saw three of these.")
    with pytest.raises(Forbidden):
        cases.note(ada, case_id, "Hello")
    with pytest.raises(Invalid):
        cases.note(sam, case_id, "  \n ")
    with pytest.raises(Invalid):
        cases.note(sam, case_id, "x" * 4001)


def test_a_note_stands_in_no_post_no_search_and_no_mail(case_id, sam, drain, outbox):
    cases.note(sam, case_id, "Xylophone valve inverted. @Max please look.")
    drain()
    assert not db.session.scalars(db.select(Post.id).where(Post.body.contains("Xylophone"))).all()
    assert not [mail for mail in outbox() if "Xylophone" in mail.as_string()]


# --- answers ----------------------------------------------------------------------------------------------------------


def test_the_official_answer_meets_the_promise(case_id, sam, ada):
    cases.take(sam, case_id)
    posted = cases.answer_officially(sam, case_id, ANSWER)
    found = case(case_id)
    question = db.session.get(Question, found.question_id)
    assert question.official_answer_id == posted.id
    assert (found.state, found.answer_id, found.assignee_id) == (CaseState.ANSWERED, posted.id, sam.member_id)
    assert staff_reading(case_id).standing is Standing.MET
    assert db.session.get(Ladder, question.id).stop_cause == "staff"


def test_answering_an_unassigned_case_makes_it_ones_own(case_id, sam):
    cases.answer_officially(sam, case_id, ANSWER)
    assert case(case_id).assignee_id == sam.member_id


def test_a_case_is_answered_once(case_id, sam, max_):
    cases.answer_officially(sam, case_id, ANSWER)
    with pytest.raises(Conflict):
        cases.answer_officially(max_, case_id, "Quite another answer to the same question.")


def test_there_is_at_most_one_official_answer(case_id, sam, max_, at):
    cases.answer_officially(sam, case_id, ANSWER)
    question_id = case(case_id).question_id
    cases.asker_spoke(question_id, 1)
    at(timedelta(minutes=1))
    posted = cases.answer_officially(sam, case_id, "And please check the hose behind it as well.")
    question = db.session.get(Question, question_id)
    assert question.official_answer_id != posted.id


def test_an_answer_written_on_an_old_version_is_asked_about(case_id, sam):
    seen = case(case_id).version
    cases.take(sam, case_id)
    with pytest.raises(Conflict):
        cases.answer_officially(sam, case_id, ANSWER, seen)
    assert db.session.get(Question, case(case_id).question_id).official_answer_id is None


def test_an_answer_that_fails_leaves_no_trace(case_id, sam, monkeypatch):
    monkeypatch.setattr(laddering.stepping, "settle_case", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cases.answer_officially(sam, case_id, ANSWER)
    db.session.rollback()
    assert case(case_id).state is CaseState.QUEUED
    assert db.session.get(Question, case(case_id).question_id).official_answer_id is None


def test_a_colleagues_case_is_answered_by_its_agent_or_a_manager(case_id, sam, max_, root):
    cases.assign(root, case_id, max_.member_id)
    with pytest.raises(Forbidden):
        cases.answer_officially(sam, case_id, ANSWER)


def test_accepting_a_members_answer_resolves_the_case(case_id, sam, ada, ben, make_answer):
    from forum.solutions.accepting import accept_answer

    cases.take(sam, case_id)
    question_id = case(case_id).question_id
    answer_id = make_answer(ben, question_id)
    assert case(case_id).state is CaseState.ASSIGNED
    accept_answer(ada, question_id, answer_id)
    assert case(case_id).state is CaseState.RESOLVED


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_asking_pauses_the_promise_and_the_reply_goes_on(case_id, sam, ada, at):
    from forum.questions.commenting import comment_on

    cases.take(sam, case_id)
    at(MONDAY + timedelta(hours=5))
    cases.wait_for_asker(sam, case_id, DETAIL)
    assert (case(case_id).state, case(case_id).due_at) == (CaseState.WAITING_ASKER, None)
    assert staff_reading(case_id).standing is Standing.PAUSED
    assert told("details-wanted") == [ada.member_id]
    at(MONDAY + timedelta(hours=7))
    laddering.sweep()
    assert not db.session.scalars(db.select(StageRow.id).where(StageRow.stage == Stage.WARNING)).all()
    comment_on(ada, case(case_id).question_id, body="The short programme, as always.")
    assert case(case_id).state is CaseState.ASSIGNED
    assert case(case_id).due_at == MONDAY + timedelta(hours=10)
    assert told("case-replied") == [sam.member_id]


def test_asking_takes_a_case_that_is_in_the_queue(case_id, sam):
    cases.wait_for_asker(sam, case_id, DETAIL)
    assert (case(case_id).state, case(case_id).assignee_id) == (CaseState.WAITING_ASKER, sam.member_id)


def test_going_on_without_a_reply_counts_the_pause(case_id, sam, at):
    cases.wait_for_asker(sam, case_id, DETAIL)
    at(timedelta(hours=1))
    cases.go_on(sam, case_id)
    assert case(case_id).due_at == MONDAY + timedelta(hours=9)


def test_waiting_for_colleagues_pauses_nothing(case_id, sam):
    cases.take(sam, case_id)
    cases.wait_internally(sam, case_id, "laboratory")
    assert (case(case_id).state, case(case_id).due_at) == (
        CaseState.WAITING_INTERNAL,
        MONDAY + timedelta(hours=8),
    )


def test_who_does_not_reply_is_reminded_once_and_then_left_in_peace(case_id, sam, ada, at):
    from forum.questions.commenting import comment_on

    cases.wait_for_asker(sam, case_id, DETAIL)
    at(timedelta(days=7, hours=1))
    cases.tend()
    cases.tend()
    assert lines(case_id).count("reminded") == 1
    at(timedelta(days=7))
    cases.tend()
    cases.tend()
    found = db.session.get(Ladder, case(case_id).question_id, populate_existing=True)
    assert (case(case_id).state, found.due_at) == (CaseState.RESOLVED, None)
    assert told("question-left") == [ada.member_id]
    laddering.settle(found.question_id)
    assert case(case_id).state is CaseState.RESOLVED
    comment_on(ada, found.question_id, body="Sorry, I was away: the short programme.")
    assert case(case_id).state is CaseState.ASSIGNED
    assert db.session.get(Ladder, found.question_id, populate_existing=True).stopped_at is None


def test_settled_cases_are_closed_after_their_time(case_id, sam, at):
    cases.answer_officially(sam, case_id, ANSWER)
    at(timedelta(days=15))
    cases.tend()
    assert case(case_id).state is CaseState.RESOLVED
    at(timedelta(days=31))
    cases.tend()
    assert case(case_id).state is CaseState.CLOSED


# --- handing back -----------------------------------------------------------------------------------------------------


def test_hand_back_begins_a_new_cycle_at_the_first_stage(case_id, sam, at):
    cases.take(sam, case_id)
    at(timedelta(minutes=10))
    cases.hand_back(sam, case_id, HandBackReason.EXPERIENCE)
    question_id = case(case_id).question_id
    found = db.session.get(Ladder, question_id, populate_existing=True)
    assert case(case_id).state is CaseState.HANDED_BACK
    assert (found.cycle, found.stage, found.started_at) == (2, Stage.VISIBLE, clock.now())
    reached = db.session.execute(
        db.select(StageRow.cycle, StageRow.stage, StageRow.cause).where(StageRow.cycle == 2)
    ).all()
    assert reached == [(2, Stage.VISIBLE, "handed-back")]
    at(timedelta(hours=4, minutes=1))
    laddering.sweep()
    assert casework.case_of(question_id, 2).state is CaseState.QUEUED


def test_a_danger_is_not_handed_back(app, at, ada, sam, make_question):
    at(MONDAY)
    case_id = casework.case_of(make_question(ada, title="Smoke comes out of the dryer"), 1).id
    cases.take(sam, case_id)
    with pytest.raises(Forbidden):
        cases.hand_back(sam, case_id, HandBackReason.OPINION)


def test_handing_back_twice_is_refused_and_changes_nothing(case_id, sam):
    cases.take(sam, case_id)
    cases.hand_back(sam, case_id, HandBackReason.OPINION)
    with pytest.raises(Conflict):
        cases.hand_back(sam, case_id, HandBackReason.OPINION)
    assert db.session.get(Ladder, case(case_id).question_id, populate_existing=True).cycle == 2


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_a_moderator_passes_a_question_to_the_team(app, at, ada, mo, sam, make_question):
    at(MONDAY)
    question_id = make_question(ada)
    case_id = cases.open_by_hand(mo, question_id)
    assert cases.open_by_hand(mo, question_id) == case_id
    assert case(case_id).state is CaseState.QUEUED
    assert told("case-opened") == [sam.member_id]
    at(MONDAY + timedelta(hours=4, minutes=1))
    laddering.sweep()
    assert db.session.scalars(db.select(Case.id)).all() == [case_id]


def test_members_pass_nothing_to_the_team(app, at, ada, ben, make_question):
    question_id = make_question(ada)
    with pytest.raises(Forbidden):
        cases.open_by_hand(ben, question_id)


def test_an_answered_question_does_not_go_to_the_team(app, ada, ben, mo, make_question, make_answer):
    question_id = make_question(ada)
    make_answer(ben, question_id)
    with pytest.raises(Conflict):
        cases.open_by_hand(mo, question_id)


def test_super_users_of_the_category_are_asked(app, at, ada, ben, cleo, make_question, make_answer):
    from forum.solutions.accepting import accept_answer

    at(MONDAY - timedelta(days=3))
    for who, title in ((cleo, "Something else was broken"), (ben, "Another thing was broken")):
        earlier = make_question(ada, title=title)
        accept_answer(ada, earlier, make_answer(who, earlier))
    at(MONDAY)
    for who, title in ((ada, "Now this is broken as well"), (cleo, "And this broke since yesterday")):
        make_question(who, title=title)
    at(MONDAY + timedelta(hours=2, seconds=5))
    laddering.sweep()
    assert told("help-wanted") == [cleo.member_id], "once: not ben, whose rank is low, and not who asks"


def test_every_kind_of_news_has_a_sentence_in_both_languages():
    from common.i18n import using_language

    params = {
        "case_id": 7,
        "question_id": 3,
        "title": "A question",
        "promised": 1_772_000_000,
        "questions": 2,
    }
    for kind in notices._KINDS:
        spoken = []
        for language in ("fr", "en"):
            with using_language(language):
                spoken.append(str(kind.sentence(params)))
        assert spoken[0] != spoken[1], kind.key
