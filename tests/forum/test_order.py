"""Duplicates, merges, splits, moves and locks: who may, what goes along, what old addresses do, and second thoughts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.housekeeping import refiling
from forum.housekeeping.duplicates import mark_duplicate, unlink_duplicate
from forum.housekeeping.locking import lock_settled, lock_thread, unlock_thread
from forum.housekeeping.merging import merge_question
from forum.housekeeping.models import TidyAct
from forum.housekeeping.splitting import split_question
from forum.housekeeping.undoing import undo_act
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Follow, Post, PostLink, Question
from forum.questions.rules import HelpState, PostKind, PostState
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos, me_too, withdraw_kudos, withdraw_me_too
from forum.solutions.accepting import accept_answer
from forum.solutions.closing import close_question, reopen_question
from forum.solutions.drift import drifts
from forum.solutions.endorsing import endorse_answer
from rewards.ledger.models import LedgerEntry
from rewards.ledger.verifying import faults

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def question(ada, make_question, morning):
    return make_question(ada)


@pytest.fixture
def original(cleo, make_question, morning):
    return make_question(cleo, title="The drum is full of water and does not turn", category_id=2)


def thread(question_id):
    db.session.rollback()
    return db.session.get(Question, question_id)


def followers(question_id):
    return set(db.session.scalars(select(Follow.member_id).where(Follow.question_id == question_id)))


def points():
    db.session.rollback()
    rows = db.session.execute(select(LedgerEntry.member_id, LedgerEntry.cause_type, LedgerEntry.granted))
    return sorted((member, str(cause), granted) for member, cause, granted in rows)


def heard(who):
    rows = select(Notification.kind).where(
        Notification.member_id == who.member_id, Notification.withdrawn_at.is_(None)
    )
    return sorted(db.session.scalars(rows))


def last_act():
    return db.session.scalar(select(TidyAct.id).order_by(TidyAct.id.desc()).limit(1))


@pytest.fixture(autouse=True)
def nothing_drifts(app):
    yield
    db.session.rollback()
    assert list(drifts()) == []
    assert list(faults()) == []


# --- duplicates ---------------------------------------------------------------------------------------------------


def test_a_duplicate_takes_its_followers_and_me_toos_along_once(mo, ada, ben, cleo, sam, question, original):
    follow_question(ben, question)
    follow_question(sam, question)
    follow_question(sam, original)
    me_too(ben, question)
    me_too(cleo, question)
    assert mark_duplicate(mo, question, original, note="The same pump") is True
    assert mark_duplicate(mo, question, original) is False
    there = thread(original)
    assert followers(original) == {ada.member_id, ben.member_id, cleo.member_id, sam.member_id}
    assert there.follower_count == 4
    assert there.me_too_count == 1, "Cleo asked the original herself"
    assert thread(question).duplicate_of_id == original and thread(question).closed_reason == "duplicate"
    assert db.session.query(PostLink).count() == 1
    assert heard(ada) == ["question-duplicate"]


def test_undoing_a_duplicate_brings_everybody_back(mo, ada, ben, cleo, sam, question, original):
    follow_question(sam, original)
    follow_question(sam, question)
    me_too(ben, question, follow=True)
    before = followers(question), followers(original), thread(original).me_too_count
    mark_duplicate(mo, question, original)
    assert unlink_duplicate(mo, question) is True
    assert unlink_duplicate(mo, question) is False
    assert (followers(question), followers(original), thread(original).me_too_count) == before
    assert thread(question).help_state == HelpState.OPEN and thread(question).me_too_count == 1
    assert db.session.query(PostLink).count() == 0 and heard(ada) == []


def test_a_chain_of_duplicates_ends_at_its_last_question(mo, ada, question, original, make_question):
    third, fourth = (
        make_question(ada, title="A third question"),
        make_question(ada, title="A fourth question"),
    )
    mark_duplicate(mo, question, third)
    mark_duplicate(mo, third, original)
    assert thread(question).duplicate_of_id == original
    mark_duplicate(mo, fourth, question)
    assert thread(fourth).duplicate_of_id == original
    with pytest.raises(Invalid, match=r"attention"):
        mark_duplicate(mo, original, fourth)
    unlink_duplicate(mo, third)
    assert thread(question).duplicate_of_id == third and thread(fourth).duplicate_of_id == original


def test_who_asked_may_say_that_it_is_another_problem(mo, ada, ben, question, original, at, leaves_no_trace):
    mark_duplicate(mo, question, original)
    with leaves_no_trace(Forbidden):
        reopen_question(ben, question)
    at(timedelta(days=29))
    assert reopen_question(ada, question) is True
    mark_duplicate(mo, question, original)
    at(timedelta(days=31))
    with leaves_no_trace(Forbidden):
        reopen_question(ada, question)
    with leaves_no_trace(Invalid):
        close_question(mo, question, "because")


def test_what_the_team_decided_is_not_reopened_by_the_asker(mo, ada, question, leaves_no_trace):
    close_question(mo, question, "off_topic")
    with leaves_no_trace(Forbidden):
        reopen_question(ada, question)


def test_only_the_team_puts_in_order(ada, cleo, zed, question, original, make_answer, leaves_no_trace):
    answer = make_answer(cleo, question)
    for who in (ada, cleo, zed, ANONYMOUS):
        for act in (
            lambda who: mark_duplicate(who, question, original),
            lambda who: merge_question(who, question, original),
            lambda who: split_question(who, question, [answer], title="A question of its own"),
            lambda who: lock_thread(who, question, "heated"),
        ):
            with leaves_no_trace(Forbidden):
                act(who)


def test_taking_back_a_carried_me_too_takes_back_its_point_once(mo, ada, ben, question, original):
    me_too(ben, question)
    mark_duplicate(mo, question, original)
    withdraw_me_too(ben, original)
    mine = [row for row in points() if row[1] == "me-too"]
    assert mine == [(ada.member_id, "me-too", -1), (ada.member_id, "me-too", 1)]
    me_too(ben, original)
    mine = [row for row in points() if row[1] == "me-too"]
    assert len(mine) == 3 and sum(row[2] for row in mine if row[0] == ada.member_id) == 0


# --- merge --------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(ada, ben, cleo, sam, question, make_answer):
    """A question with an accepted answer, one with thumbs-up, a comment under each, and a comment on the question."""
    best, other = make_answer(ben, question), make_answer(cleo, question, body=f"{HELP} Then spin.")
    accept_answer(ada, question, best)
    give_kudos(ada, other)
    remarks = [comment_on(sam, post, body="Thank you for this").id for post in (question, best, other)]
    return best, other, remarks


def test_a_merge_moves_everything_and_books_nothing(mo, ada, ben, cleo, question, original, full, at):
    best, other, remarks = full
    me_too(ben, question, follow=True)
    with unit_of_work():
        db.session.get(Question, question).view_count = 40
        db.session.get(Question, original).view_count = 2
    before = points()
    at(timedelta(hours=1))
    assert merge_question(mo, question, original) is not None
    assert merge_question(mo, question, original) is None
    assert points() == before
    there, gone = thread(original), thread(question)
    assert (there.answer_count, there.comment_count, there.view_count, there.me_too_count) == (2, 3, 42, 1)
    assert there.accepted_answer_id == best and there.help_state == HelpState.SOLVED
    assert (gone.state, gone.merged_into_id, gone.answer_count, gone.view_count) == (
        PostState.MERGED,
        original,
        0,
        0,
    )
    assert [db.session.get(Post, one).parent_id for one in remarks] == [original, best, other]
    assert followers(original) >= {ada.member_id, ben.member_id, cleo.member_id}
    assert "question-merged" in heard(ada)


def test_a_merge_is_undone_without_a_trace_in_the_threads(mo, ada, ben, question, original, full, at):
    best, other, remarks = full
    me_too(ben, question, follow=True)
    names = (
        "answer_count",
        "comment_count",
        "view_count",
        "me_too_count",
        "follower_count",
        "accepted_answer_id",
        "help_state",
    )
    state = lambda: [[getattr(thread(one), name) for name in names] for one in (question, original)]  # noqa: E731
    before, paid = state(), points()
    act = merge_question(mo, question, original)
    at(timedelta(minutes=5))
    late = comment_on(ben, best, body="One more word").id
    assert undo_act(mo, act) is True
    with pytest.raises(Conflict):
        undo_act(mo, act)
    before[0][1] += 1
    assert state() == before and points() == paid
    assert db.session.get(Post, late).question_id == question
    assert (
        db.session.get(Post, remarks[0]).parent_id == question
        and db.session.get(Post, other).question_id == question
    )
    assert "question-merged" not in heard(ada)


def test_two_solutions_keep_their_points_when_their_questions_are_merged(
    mo, ada, ben, cleo, question, original, full, make_answer
):
    best, _other, _remarks = full
    theirs = make_answer(ben, original)
    accept_answer(cleo, original, theirs)
    merge_question(mo, question, original)
    before = points()
    endorse_answer(mo, best)
    added = [row for row in points() if row not in before]
    assert added == [] or all(row[2] <= 0 for row in added), "accepted and recommended together stay 25"
    assert sum(row[2] for row in points()) == sum(row[2] for row in before)
    assert thread(original).accepted_answer_id == theirs


def test_removing_a_thread_leaves_what_was_moved_out_of_it(mo, ada, ben, question, original, full):
    from forum.questions import publishing

    _best, _other, _remarks = full
    act = merge_question(mo, question, original)
    paid = points()
    undo_act(mo, act)
    publishing.remove(mo, original)
    assert [row for row in points() if row[0] == ben.member_id] == [
        row for row in paid if row[0] == ben.member_id
    ]


def test_merges_lead_to_the_last_question_at_once(mo, ada, question, original, make_question, full):
    third = make_question(ada, title="A third question about it")
    first_act = merge_question(mo, question, third)
    second_act = merge_question(mo, third, original)
    assert thread(question).merged_into_id == original and thread(original).answer_count == 2
    undo_act(mo, second_act)
    assert thread(question).merged_into_id == third and thread(third).answer_count == 2
    merge_question(mo, third, original)
    undo_act(mo, first_act)
    assert thread(question).answer_count == 2 and thread(original).answer_count == 0


def test_what_is_sent_to_a_merged_question_arrives_at_the_other(mo, ben, sam, question, original, full, at):
    merge_question(mo, question, original)
    at(timedelta(minutes=5))
    posted = answer_question(ben, question, body=f"{HELP} Once more.")
    at(timedelta(minutes=5))
    remark = comment_on(ben, question, body="And a remark")
    follow_question(sam, question)
    me_too(sam, question)
    assert posted.question_id == remark.question_id == original
    assert sam.member_id in followers(original) and thread(original).me_too_count == 1


def test_a_second_official_answer_becomes_one_of_many(mo, sam, question, original, make_answer):
    answer_question(sam, original, body=f"{HELP} Says the brand.", official=True)
    moved = answer_question(sam, question, body=f"{HELP} Says the brand too.", official=True).id
    act = merge_question(mo, question, original)
    assert not db.session.get(Post, moved).is_official
    undo_act(mo, act)
    assert db.session.get(Post, moved).is_official and thread(question).official_answer_id == moved


# --- split --------------------------------------------------------------------------------------------------------


def test_a_split_makes_a_question_of_its_first_text(mo, ada, ben, cleo, question, full, make_answer, drain):
    best, _other, remarks = full
    third = make_answer(ben, question, body="Mine does this too, but only with cold water.")
    give_kudos(ada, third)
    before = points()
    new = split_question(mo, question, [third, remarks[0]], title="It stays full with cold water only")
    assert new == remarks[0], "the older of the two"
    assert points() == before
    made = thread(new)
    assert isinstance(made, Question) and made.kind == PostKind.QUESTION and made.question_id is None
    assert made.title == "It stays full with cold water only" and made.category_id == 1
    assert thread(question).answer_count == 2 and db.session.get(Post, best).question_id == question


def test_comments_go_with_their_answer_and_kudos_stay_booked(mo, ada, ben, cleo, question, full):
    _best, other, remarks = full
    before = points()
    new = split_question(mo, question, [other], title="Another way to empty it")
    assert new == other and db.session.get(Post, remarks[2]).question_id == other
    assert thread(other).comment_count == 1 and thread(question).answer_count == 1
    assert "question-split" in heard(cleo)
    withdraw_kudos(ada, other)
    kudos = [row for row in points() if "kudos" in row[1]]
    assert sum(row[2] for row in kudos) == 0 and len(points()) > len(before)


def test_a_split_is_undone(mo, ben, question, full, at):
    _best, other, _remarks = full
    before, counts = points(), (thread(question).answer_count, thread(question).comment_count)
    new = split_question(mo, question, [other], title="Another way to empty it")
    act = last_act()
    assert undo_act(mo, act) is True
    back = db.session.get(Post, new)
    assert (back.kind, back.question_id) == (PostKind.ANSWER, question) and points() == before
    assert (thread(question).answer_count, thread(question).comment_count) == counts
    split_question(mo, question, [other], title="Another way to empty it")
    at(timedelta(minutes=5))
    answer_question(ben, other, body=f"{HELP} Once more.")
    with pytest.raises(Conflict):
        undo_act(mo, last_act())


def test_the_solution_stays_and_titles_are_checked(mo, question, full, leaves_no_trace, make_question, ada):
    best, other, _remarks = full
    elsewhere = make_question(ada, title="Another question here")
    for ids, title in (([best], "A question of its own"), ([other], "short"), ([], "A question of its own")):
        with leaves_no_trace(Invalid):
            split_question(mo, question, ids, title=title)
    with leaves_no_trace(Conflict):
        split_question(mo, question, [other, elsewhere], title="A question of its own")


# --- lock, move, retitle ------------------------------------------------------------------------------------------


def test_a_locked_thread_takes_nothing_and_says_why(mo, ada, ben, question, full, leaves_no_trace, at):
    best, _other, _remarks = full
    at(timedelta(hours=1))
    assert lock_thread(mo, question, "heated") is True
    assert lock_thread(mo, question, "heated") is False
    for act in (
        lambda: answer_question(ben, question, body=HELP),
        lambda: comment_on(ben, best, body="One more word"),
        lambda: edit_post(ben, best, version=1, body=f"{HELP} Changed."),
    ):
        with leaves_no_trace(Forbidden):
            act()
    with leaves_no_trace(Forbidden):
        reopen_question(ada, question)
    assert thread(question).help_state == HelpState.SOLVED, "a lock does not change how far it has got"
    assert "question-locked" in heard(ada)
    assert unlock_thread(mo, question) is True and "question-locked" not in heard(ada)
    assert answer_question(ben, question, body=HELP)


def test_what_is_solved_is_locked_when_it_is_quiet_and_its_asker_opens_it(
    mo, ada, ben, question, original, full, at, settings_override
):
    at(timedelta(days=15))
    assert lock_settled() == 0, "off unless the setting says so"
    with settings_override(forum__lock_solved_days=14):
        assert lock_settled() == 1 and lock_settled() == 0
        assert thread(question).locked_reason == "settled" and thread(original).locked_at is None
        assert reopen_question(ada, question) is True
        assert lock_settled() == 0, "opened again: left alone until something is said"
        answer_question(ben, question, body=f"{HELP} Still true.")
        at(timedelta(days=15))
        assert lock_settled() == 1


def test_an_expert_moves_and_retitles_and_the_asker_is_told(cleo, ada, ben, question, leaves_no_trace, mo):
    assert refiling.move_question(cleo, question, 2, note="It is about coffee") is True
    assert (
        refiling.retitle_question(cleo, question, "The coffee machine stays full of water", note="Clearer so")
        is True
    )
    assert heard(ada) == ["question-refiled", "question-refiled"]
    for act in (
        lambda: refiling.move_question(ben, question, 1, note="It is about washing"),
        lambda: refiling.retitle_question(ben, question, "Another title for this one", note="Clearer so"),
    ):
        with leaves_no_trace(Forbidden):
            act()
    with leaves_no_trace(Invalid):
        refiling.move_question(mo, question, 3, note="")
    act = db.session.scalar(select(TidyAct.id).where(TidyAct.kind == "move"))
    assert undo_act(mo, act) and thread(question).category_id == 1
