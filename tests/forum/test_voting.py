"""Thumbs-up, me-too and follow: given, taken back, given again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from common.db import db
from common.errors import Conflict, Forbidden, NotFound, TooMany
from common.permissions import ANONYMOUS
from forum import events
from forum.questions import publishing
from forum.questions.commenting import comment_on
from forum.questions.models import Post, Question
from forum.reactions.following import follow_question, follows, question_followers_after, unfollow_question
from forum.reactions.voting import give_kudos, me_too, withdraw_kudos, withdraw_me_too
from tests.conftest import START


@pytest.fixture
def question(ada, make_question, at):
    at(START)
    return make_question(ada)


@pytest.fixture
def answer(ben, question, make_answer):
    return make_answer(ben, question)


def kudos_of(post_id):
    return db.session.get(Post, post_id).kudos_count


def test_a_thumbs_up_counts(ada, ben, answer, facts):
    assert give_kudos(ada, answer) is True
    assert kudos_of(answer) == 1
    assert facts == [events.KudosGiven(answer, ben.member_id, ada.member_id, 1)]


def test_a_comment_has_no_thumbs_up(ada, mo, answer, rows):
    comment = comment_on(mo, answer, body="One more word about the filter.").id
    before = rows()
    with pytest.raises(Forbidden):
        give_kudos(ada, comment)
    assert rows() == before


def test_a_second_thumbs_up_changes_nothing(ada, answer, facts, rows):
    give_kudos(ada, answer)
    before = rows()
    assert give_kudos(ada, answer) is False
    assert rows() == before and len(facts) == 1


def test_taking_back_and_giving_again_raises_the_sequence(ada, ben, answer, facts):
    give_kudos(ada, answer)
    assert withdraw_kudos(ada, answer) is True
    assert withdraw_kudos(ada, answer) is False
    assert give_kudos(ada, answer) is True
    assert kudos_of(answer) == 1
    ids = (answer, ben.member_id, ada.member_id)
    assert facts == [events.KudosGiven(*ids, 1), events.KudosWithdrawn(*ids, 1), events.KudosGiven(*ids, 2)]


def test_nobody_applauds_an_own_text(ben, answer, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        give_kudos(ben, answer)


def test_who_may_not_vote_is_told_kindly(newcomer, zed, answer, leaves_no_trace):
    for who in (newcomer, zed, ANONYMOUS):
        with leaves_no_trace(Forbidden) as refusal:
            give_kudos(who, answer)
        assert str(refusal.value.sentence)


def test_the_right_to_vote_begins_a_day_after_joining(ada, answer, leaves_no_trace):
    young = replace(ada, joined_at=START - timedelta(hours=23, minutes=59))
    with leaves_no_trace(Forbidden):
        give_kudos(young, answer)
    assert give_kudos(replace(ada, joined_at=START - timedelta(hours=24)), answer)


def test_hidden_texts_get_no_votes(ada, ben, mo, answer, question, leaves_no_trace):
    publishing.hide(mo, answer)
    with leaves_no_trace(NotFound):
        give_kudos(ada, answer)
    with leaves_no_trace(Forbidden):
        give_kudos(mo, answer)
    publishing.restore(mo, answer)
    publishing.hide(mo, question)
    with leaves_no_trace(Conflict):
        give_kudos(ada, answer)


def test_a_day_has_fifty_votes(ada, ben, question, make_answer, at, settings_override, leaves_no_trace):
    answers = [make_answer(ben, question) for _ in range(3)]
    with settings_override(forum__votes_a_day=2):
        give_kudos(ada, answers[0])
        at(timedelta(hours=1))
        give_kudos(ada, answers[1])
        with leaves_no_trace(TooMany):
            give_kudos(ada, answers[2])
        at(timedelta(hours=23))
        assert give_kudos(ada, answers[2])


# --- me too -----------------------------------------------------------------------------------------------------


def test_me_too_counts_and_follows_when_asked(ben, ada, question, facts):
    assert me_too(ben, question, follow=True) is True
    assert me_too(ben, question) is False
    thread = db.session.get(Question, question)
    assert (thread.me_too_count, thread.follower_count) == (1, 2)
    assert facts == [events.MeTooGiven(question, ada.member_id, ben.member_id, 1)]


def test_me_too_is_open_to_newcomers(newcomer, question):
    assert me_too(newcomer, question)


def test_me_too_is_taken_back_and_said_again(ben, ada, question, facts):
    me_too(ben, question)
    assert withdraw_me_too(ben, question) is True
    assert withdraw_me_too(ben, question) is False
    me_too(ben, question)
    assert db.session.get(Question, question).me_too_count == 1
    assert [fact.sequence for fact in facts] == [1, 1, 2]


def test_nobody_has_an_own_question_too(ada, question, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        me_too(ada, question)


def test_who_may_not_write_says_no_me_too(zed, question, leaves_no_trace):
    for who in (zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            me_too(who, question)


def test_an_answer_is_no_question_to_have_too(ada, answer):
    with pytest.raises(NotFound):
        me_too(ada, answer)


# --- follow -----------------------------------------------------------------------------------------------------


def test_following_is_counted_once(cleo, question):
    assert follow_question(cleo, question) is True
    assert follow_question(cleo, question) is False
    assert follows(cleo, question) and cleo.member_id in question_followers_after(question, 0, 10)
    assert db.session.get(Question, question).follower_count == 2
    assert unfollow_question(cleo, question) is True
    assert unfollow_question(cleo, question) is False
    assert not follows(cleo, question)
    assert db.session.get(Question, question).follower_count == 1


def test_a_silenced_member_may_still_follow(zed, question):
    assert follow_question(zed, question)


def test_a_visitor_signs_in_to_follow(question, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        follow_question(ANONYMOUS, question)
    assert not follows(ANONYMOUS, question)


def test_what_is_hidden_is_not_followed(cleo, mo, question, leaves_no_trace):
    publishing.hide(mo, question)
    with leaves_no_trace(NotFound):
        follow_question(cleo, question)
