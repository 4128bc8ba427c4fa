"""Moderators and members at once: a merge loses nothing and happens once. Each check has a racy twin that it must catch."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from common.db import db, update_where
from common.errors import Refusal
from common.unit_of_work import unit_of_work
from forum.housekeeping import carrying
from forum.housekeeping.desk.naming import merge_tags
from forum.housekeeping.duplicates import mark_duplicate
from forum.housekeeping.merging import merge_question
from forum.housekeeping.splitting import split_question
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.models import Follow, MeToo, Post, Question, Tag
from forum.questions.rules import PostState
from forum.reactions.following import follow_question
from forum.reactions.voting import give_kudos, me_too
from forum.resurfacing.choosing import resurface
from forum.solutions.drift import drifts
from tests.conftest import START

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def pair(ada, cleo, make_question, at):
    at(START)
    screener = publishing._screener
    publishing.set_screener(publishing.publish_everything)
    yield make_question(ada), make_question(cleo, title="Another question here")
    publishing.set_screener(screener)


def unexpected(results):
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]


def test_of_two_crosswise_merges_one_happens(mo, pair, in_threads):
    results = in_threads(2, lambda n: merge_question(mo, pair[n], pair[1 - n]))
    assert not unexpected(results), unexpected(results)
    assert sum(isinstance(result, int) for result in results) == 1
    states = sorted(db.session.get(Question, one).state for one in pair)
    assert states == [PostState.MERGED, PostState.PUBLISHED] and list(drifts()) == []


def test_ten_merges_of_one_question_are_one(mo, pair, in_threads):
    results = in_threads(10, lambda n: merge_question(mo, *pair))
    assert not unexpected(results) and sum(isinstance(result, int) for result in results) == 1


def posts_in(question_id):
    found = list(db.session.scalars(select(Post.id).where(Post.question_id == question_id)))
    db.session.rollback()
    return found


def everything_while(mo, pair, members, in_threads, merge):
    """Twenty members answer, comment, follow and say me-too in one question while it is merged."""
    first = answer_question(members[19], pair[0], body=HELP).id
    acts = (
        lambda n: answer_question(members[n], pair[0], body=f"{HELP} Step {n}."),
        lambda n: comment_on(members[n], pair[0], body=f"Remark {n}"),
        lambda n: comment_on(members[n], first, body=f"Reply {n}"),
        lambda n: me_too(members[n], pair[0], follow=True),
        lambda n: follow_question(members[n], pair[0]),
        lambda n: give_kudos(members[n], first),
    )
    results = in_threads(19, lambda n: merge() if n == 9 else acts[n % 6](n))
    db.session.rollback()
    posts = list(db.session.scalars(select(Post.question_id).where(Post.question_id.in_(pair))))
    left = sum(one == pair[0] for one in posts)
    people = [
        len(list(db.session.scalars(select(model.id).where(model.question_id == pair[0]))))
        for model in (Follow, MeToo)
    ]
    return results, left, people


def test_what_is_written_during_a_merge_arrives_where_the_question_is(mo, pair, members, in_threads):
    results, left, people = everything_while(mo, pair, members, in_threads, lambda: merge_question(mo, *pair))
    assert not unexpected(results), unexpected(results)
    assert db.session.get(Question, pair[0]).state == PostState.MERGED
    assert (left, people) == (0, [0, 0]) and list(drifts()) == []
    thread = db.session.get(Question, pair[1])
    assert thread.answer_count + thread.comment_count == 11 and thread.me_too_count == 2


def test_a_merge_that_waits_for_nobody_would_lose_answers(mo, pair, members, in_threads):
    """The racy twin: it reads what is there, takes its time, and moves only that."""

    def careless():
        there = posts_in(pair[0])
        for _moment in range(100):  # until somebody has written meanwhile
            if len(posts_in(pair[0])) > len(there):
                break
            time.sleep(0.05)
        with unit_of_work():
            update_where(Post, Post.id.in_(there), question_id=pair[1])
            publishing.merge_away(pair[0])
            update_where(Question, Question.id == pair[0], merged_into_id=pair[1])
            carrying.carry(*pair)
        return 1

    _results, left, _people = everything_while(mo, pair, members, in_threads, careless)
    assert left > 0, "something stayed behind"


def test_linking_a_question_and_merging_its_original_end_at_one_place(
    mo, ada, pair, make_question, in_threads
):
    third = make_question(ada, title="A third question here")
    acts = (lambda: mark_duplicate(mo, pair[0], pair[1]), lambda: merge_question(mo, pair[1], third))
    results = in_threads(2, lambda n: acts[n]())
    assert not unexpected(results), unexpected(results)
    assert db.session.get(Question, pair[0]).duplicate_of_id == third
    assert list(drifts()) == []


def test_an_answer_is_split_off_once_and_keeps_the_comments_of_that_moment(
    mo, ben, pair, members, in_threads
):
    answer = answer_question(ben, pair[0], body=HELP).id

    def act(n):
        if n < 3:
            return split_question(mo, pair[0], [answer], title=f"A question of its own {n}")
        return comment_on(members[n], answer, body=f"Remark {n}")

    results = in_threads(10, act)
    assert not unexpected(results), unexpected(results)
    assert sum(isinstance(result, int) for result in results) == 1
    db.session.rollback()
    under = list(db.session.scalars(select(Post.question_id).where(Post.parent_id == answer)))
    assert under == [answer] * 7 and list(drifts()) == []


def test_five_workers_show_no_more_again_than_one(
    ada, make_question, pair, at, in_threads, settings_override
):
    from datetime import timedelta

    for number in range(8):
        make_question(ada, title=f"Question number {number} that waits")
    at(timedelta(days=8))
    with settings_override(forum__resurface_per_day=3):
        results = in_threads(5, lambda n: resurface())
    assert not unexpected(results) and sum(results) == 3


def test_two_topics_merged_into_each_other_leave_one(mo, pair, in_threads):
    with unit_of_work():
        db.session.add_all([Tag(key="pump", label="pump"), Tag(key="drain", label="drain")])
    ids = {key: db.session.scalar(select(Tag.id).where(Tag.key == key)) for key in ("pump", "drain")}
    names = (("pump", "drain"), ("drain", "pump"))
    results = in_threads(2, lambda n: merge_tags(mo, ids[names[n][0]], names[n][1]))
    assert not unexpected(results), unexpected(results)
    assert sum(isinstance(result, int) for result in results) == 1
