"""Counts stay true whatever happens, drift is found and put right, texts are rendered anew."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import clock, health, text
from common.db import db, update_where
from common.errors import Refusal
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.commenting import comment_on
from forum.questions.editing import edit_post
from forum.questions.models import Post, Question
from forum.questions.replying import mark_reply
from forum.questions.rules import PostKind, PostState, ReplyKind
from forum.questions.withdrawing import withdraw_post
from forum.reactions.following import follow_question, unfollow_question
from forum.reactions.helping import say_helped
from forum.reactions.voting import give_kudos, me_too, withdraw_kudos, withdraw_me_too
from forum.revisions.rerendering import rerender_all
from forum.solutions.accepting import accept_answer, unaccept_answer
from forum.solutions.closing import close_question, reopen_question
from forum.solutions.drift import all_drifts, drifts, repair
from forum.solutions.endorsing import endorse_answer, withdraw_endorsement
from forum.solutions.proposing import object_to_proposal, propose_solution
from forum.solutions.settling import say_solved, say_unsolved
from tests.conftest import START, actor_named

HELP = "Unplug it, open the small hatch and clean the filter."


@pytest.fixture
def question(ada, make_question, at):
    at(START)
    return make_question(ada)


def test_a_forum_in_use_has_no_drift(ada, ben, mo, question, make_answer):
    answer = make_answer(ben, question)
    give_kudos(ada, answer)
    me_too(ben, question, follow=True)
    edit_post(ada, question, version=1, category_id=2)
    publishing.remove(mo, answer)
    assert list(drifts()) == []


def test_every_wrong_count_is_found_and_put_right(ben, ada, question, make_answer):
    answer = make_answer(ben, question)
    with unit_of_work():
        wrong = {"answer_count": 7, "comment_count": 7, "me_too_count": 7, "follower_count": 7}
        update_where(Question, Question.id == question, **wrong)
        update_where(Post, Post.id == answer, kudos_count=7)
        update_where(Category, Category.id == 1, question_count=7)
    assert len(list(drifts())) == 6
    assert [f for f in health.findings() if f.name == "counters" and not f.well]
    assert repair() == 6
    assert list(drifts()) == [] and repair() == 0
    assert db.session.get(Question, question).answer_count == 1


def test_wrong_times_are_found_and_put_right(ben, ada, question, make_answer):
    answer = make_answer(ben, question)
    accept_answer(ada, question, answer)
    assert list(all_drifts()) == []
    with unit_of_work():
        update_where(
            Question, Question.id == question, first_answer_at=None, resolved_at=START + timedelta(hours=1)
        )
    assert {one.what for one in all_drifts()} == {"question.first_answer_at", "question.resolved_at"}
    assert repair() == 2 and list(all_drifts()) == []


def test_texts_of_an_older_renderer_are_rendered_anew(ada, question, count_queries):
    with unit_of_work():
        update_where(Post, Post.id == question, body_html="<p>old</p>", render_version=0)
    assert list(rerender_all()) == [1] and list(rerender_all()) == []
    post = db.session.get(Post, question)
    assert "E18" in post.body_html and post.render_version == text.RENDER_VERSION


def test_the_commands_say_what_they_did(app, question):
    runner = app.test_cli_runner()
    assert "0 counts are wrong" in runner.invoke(args=["forum", "recount", "--dry-run"]).output
    assert "0 counts put right" in runner.invoke(args=["forum", "recount"]).output
    assert "all texts are rendered" in runner.invoke(args=["forum", "rerender", "--all"]).output


# --- any sequence of acts -----------------------------------------------------------------------------------------

NAMES = ("ada", "ben", "cleo", "mo", "sam")
ACTS = (
    "answer", "comment", "kudos", "unkudos", "me_too", "no_me_too", "follow", "unfollow", "accept", "unaccept", "endorse",
    "unendorse", "withdraw", "hide", "remove", "restore", "reject", "close", "reopen", "tip", "details", "solved",
    "unsolved", "propose", "object", "helped",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(NAMES), st.integers(0, 5)), min_size=3, max_size=25
)


def do(act, who, question, post, number):
    """One act on a post of the thread; refusals are part of life."""
    moves = {
        "hide": publishing.hide,
        "remove": publishing.remove,
        "restore": publishing.restore,
        "reject": publishing.reject,
    }
    if act in moves:
        return moves[act](actor_named("mo"), post)
    return {
        "answer": lambda: answer_question(who, question, body=f"{HELP} Step {number}."),
        "comment": lambda: comment_on(who, post, body=f"Remark {number}"),
        "kudos": lambda: give_kudos(who, post),
        "unkudos": lambda: withdraw_kudos(who, post),
        "me_too": lambda: me_too(who, question, follow=number % 2 == 0),
        "no_me_too": lambda: withdraw_me_too(who, question),
        "follow": lambda: follow_question(who, question),
        "unfollow": lambda: unfollow_question(who, question),
        "accept": lambda: accept_answer(
            who, question, post, reason="It is plainly right", replace=number % 2 == 0
        ),
        "unaccept": lambda: unaccept_answer(who, question, reason="It was plainly wrong"),
        "endorse": lambda: endorse_answer(who, post),
        "unendorse": lambda: withdraw_endorsement(who, post),
        "withdraw": lambda: withdraw_post(who, post),
        "close": lambda: close_question(who, question, "outdated"),
        "reopen": lambda: reopen_question(who, question),
        "tip": lambda: mark_reply(who, post, ("answer", "tip")[number % 2]),
        "details": lambda: answer_question(
            who, question, body=f"Which model? {number}", kind=ReplyKind.NEEDS_INFO
        ),
        "solved": lambda: say_solved(who, question, post if number % 2 else None),
        "unsolved": lambda: say_unsolved(who, question),
        "propose": lambda: propose_solution(who, question, post),
        "object": lambda: object_to_proposal(who, question),
        "helped": lambda: say_helped(who, post, number % 2 == 0, "browser"),
    }[act]()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_sequence_of_acts_makes_a_count_drift(app, make_question, settings_override, steps):
    clock.travel(START)
    question = make_question(actor_named("ada"))
    with settings_override(forum__reply_gap=0):
        for act, name, number in steps:
            posts = [
                p.id
                for p in db.session.query(Post).filter((Post.question_id == question) | (Post.id == question))
            ]
            try:
                do(act, actor_named(name), question, posts[number % len(posts)], number)
            except Refusal:
                continue
    assert list(drifts()) == []
    thread = db.session.get(Question, question)
    shown = [
        p.id
        for p in db.session.query(Post).filter_by(
            question_id=question, kind=PostKind.ANSWER, state=PostState.PUBLISHED
        )
    ]
    since = thread.unsolved_at or START - timedelta(days=1)
    endorsed = [at for n in shown if (at := db.session.get(Post, n).endorsed_at) and at > since]
    solved = bool(thread.accepted_answer_id in shown or thread.self_solved_at or endorsed)
    assert (thread.help_state == "solved") == (solved and thread.state == PostState.PUBLISHED)
    assert (thread.resolved_at is not None) == solved
    assert thread.official_answer_id is None
