"""The waves ask those who know and want it, seldom enough, and their end says what is fair."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.members.models import Member
from accounts.notifications.models import Notification
from accounts.notifications.queries import page_of_news
from common import clock
from common.db import db, update_where
from common.unit_of_work import unit_of_work
from forum.invitations.inviting import want_invitations
from forum.solutions.accepting import accept_answer
from moderation.escalation.models import Ladder
from moderation.escalation.rules import Priority
from moderation.experts.asking import ending, spreading, waves
from moderation.experts.asking.courtesy_rules import InvitationState
from moderation.experts.models import ExpertInvitation, ExpertMute, ExpertWave, ExpertWish


def asked(question_id):
    query = db.select(ExpertInvitation).where(ExpertInvitation.question_id == question_id)
    db.session.expire_all()
    return {one.member_id: one for one in db.session.scalars(query)}


def state_of(question_id, member_id):
    return asked(question_id)[member_id].state


def wish(member_id):
    return db.session.get(ExpertWish, member_id, populate_existing=True)


@pytest.fixture
def wait(at):
    """Minutes pass, and the clock's worker comes by."""

    def go(minutes: float) -> int:
        at(timedelta(minutes=minutes))
        return waves.sweep()

    return go


@pytest.fixture
def question(monday, ada, make_question):
    return lambda **more: make_question(ada, title="The washing machine leaks at its door", **more)


def test_five_are_asked_after_five_minutes_and_others_after_forty_five(question, make_expert, wait):
    for n in range(15):
        make_expert(f"expert{n}", accepted=n)
    question_id = question()
    assert wait(4) == 0
    assert wait(1) == 5
    first = set(asked(question_id))
    assert wait(39) == 0
    assert wait(1) == 8
    assert len(asked(question_id)) == 13 and first < set(asked(question_id)), "nobody is asked twice"
    assert wait(600) == 0


def test_the_invitation_says_why_and_leads_to_the_question(question, make_expert, wait, drain, outbox):
    expert = make_expert("eva", accepted=6)
    question_id = question()
    wait(5)
    one = asked(question_id)[expert]
    assert (one.why, one.count, one.wave, one.state) == ("solved", 6, 1, InvitationState.OPEN)
    assert set(one.parts) == {"text", "tags", "quality", "recency", "response", "presence"}
    drain()
    letter = next(mail for mail in outbox() if "eva" in mail["To"])
    body = letter.get_body(("plain",)).get_content()
    assert "You solved 6 questions about" in body
    assert f"/questions/{question_id}" in body and body.count("/asked/") == 2


def test_an_urgent_question_is_brought_at_once_and_a_raised_priority_is_followed(question, make_expert, wait):
    make_expert("eva")
    question_id = question()
    wait(1)
    with unit_of_work():
        update_where(Ladder, Ladder.question_id == question_id, priority=Priority.URGENT)
        update_where(ExpertWave, ExpertWave.question_id == question_id, due_at=clock.now())
    assert wait(0) == 1


def test_an_answer_stops_the_waves(question, make_expert, make_answer, ben, wait):
    for n in range(9):
        make_expert(f"expert{n}")
    question_id = question()
    make_answer(ben, question_id)
    assert wait(5) == wait(45) == 0 and not asked(question_id)


def test_paused_clocks_ask_nobody_until_they_go_on(question, make_expert, wait):
    from moderation.escalation import laddering

    make_expert("eva")
    question_id = question()
    laddering.pause(question_id, "test")
    assert wait(30) == 0
    laddering.resume(question_id, "test")
    assert wait(5) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"rank": 1},
        {"wanted": False},
        {"away_until": timedelta(days=2)},
        {"paused_until": timedelta(days=2)},
    ],
)
def test_who_must_not_be_asked_is_not(question, make_expert, wait, changed):
    now = clock.now()
    moments = {
        name: now + value if isinstance(value, timedelta) else value for name, value in changed.items()
    }
    make_expert("eva", **moments)
    asked_too = make_expert("fay")
    question_id = question()
    wait(5)
    assert set(asked(question_id)) == {asked_too}


def test_nor_the_silenced_the_asker_who_muted_the_topic_or_wants_no_invitations(
    question, make_expert, wait, make_question
):
    silenced, muted, refused, fine = (make_expert(name) for name in ("eva", "fay", "gil", "hal"))
    with unit_of_work():
        update_where(Member, Member.id == silenced, silenced_until=clock.now() + timedelta(days=1))
        db.session.add(ExpertMute(member_id=muted, category_id=1))
    want_invitations(actor_named_id(refused), False)
    question_id = question()
    wait(5)
    assert set(asked(question_id)) == {fine}
    own = make_question(actor_named_id(fine), title="My own washing machine leaks")
    clock.travel(timedelta(days=1))
    own = make_question(actor_named_id(fine), title="My own washing machine leaks again")
    wait(5)
    assert fine not in asked(own)


def actor_named_id(member_id):
    from accounts.signin.sessions import actor_of

    return actor_of(db.session.get(Member, member_id))


def test_at_night_nobody_is_woken_but_for_what_is_urgent_and_who_allows_it(
    question, make_expert, wait, night_until_noon
):
    sleeper, awake_for_danger = make_expert("eva"), make_expert("fay", at_night=True)
    night_until_noon(sleeper)
    night_until_noon(awake_for_danger)
    calm = question()
    assert wait(5) == 0, "it is eleven for them, and their night lasts until noon"
    assert wait(40) == 0
    assert wait(60) == 2, "by day they are asked"
    assert set(asked(calm)) == {sleeper, awake_for_danger}


def test_danger_wakes_those_who_allow_it(monday, ada, make_expert, make_question, wait, night_until_noon):
    sleeper, awake = make_expert("eva"), make_expert("fay", at_night=True)
    night_until_noon(sleeper)
    night_until_noon(awake)
    question_id = make_question(ada, title="There is smoke behind the washing machine")
    wait(1)
    assert set(asked(question_id)) == {awake}
    kind = db.session.scalar(db.select(Notification.kind).where(Notification.member_id == awake))
    assert kind == "expert-asked-now"


def test_the_caps_hold_over_many_questions(question, make_expert, wait, at):
    expert = make_expert("eva")
    for hour in range(26):
        question_id = question()
        wait(5)
        ending.decline(asked(question_id)[expert].id) if expert in asked(question_id) else None
        with unit_of_work():
            db.session.execute(db.delete(ExpertMute))
        at(timedelta(minutes=55))
    moments = sorted(db.session.scalars(db.select(ExpertInvitation.invited_at)))
    assert 2 <= len(moments) <= 5
    for one in moments:
        assert sum(one <= other < one + timedelta(hours=24) for other in moments) <= 3


def test_answering_ends_it_and_counts_as_an_answer(question, make_expert, make_answer, wait, drain):
    expert, other = make_expert("eva"), make_expert("fay")
    question_id = question()
    wait(5)
    make_answer(actor_named_id(expert), question_id)
    drain()
    assert state_of(question_id, expert) == InvitationState.ANSWERED
    assert state_of(question_id, other) == InvitationState.OPEN
    assert (wish(expert).invited_count, wish(expert).answered_count) == (1, 1)


def test_the_first_accepted_answer_ends_the_others_without_harm_when_it_was_quick(
    question, make_expert, make_answer, ada, ben, wait, drain
):
    expert = make_expert("eva")
    question_id = question()
    wait(5)
    wait(20)
    answer_id = make_answer(ben, question_id)
    wait(60)
    accept_answer(ada, question_id, answer_id)
    drain()
    assert state_of(question_id, expert) == InvitationState.SPARED
    assert wish(expert).invited_count == wish(expert).ignored_count == 0


def test_after_a_day_without_a_word_it_lapses_and_says_so(question, make_expert, wait, at):
    expert = make_expert("eva")
    question_id = question()
    wait(5)
    at(timedelta(hours=24))
    assert ending.sweep() == 1 and ending.sweep() == 0
    assert state_of(question_id, expert) == InvitationState.IGNORED
    assert (wish(expert).invited_count, wish(expert).ignored_count) == (1, 1)


def test_five_ignored_in_a_row_pause_for_two_weeks_with_a_friendly_word(question, make_expert, wait, at):
    expert = make_expert("eva", ignored_count=4)
    question()
    wait(5)
    at(timedelta(hours=24))
    ending.sweep()
    assert wish(expert).paused_until == clock.now() + timedelta(days=14) and wish(expert).ignored_count == 0
    said = [str(one.sentence) for one in page_of_news(expert).items]
    assert any("you were busy: nothing wrong with that" in one for one in said)


def test_declining_twice_in_a_topic_mutes_it_for_thirty_days(question, make_expert, wait, at):
    expert = make_expert("eva")
    for _time in range(2):
        question_id = question()
        wait(5)
        assert ending.decline(asked(question_id)[expert].id) is True
        assert ending.decline(asked(question_id)[expert].id) is False
        at(timedelta(hours=3))
    mute = db.session.get(ExpertMute, (expert, 1), populate_existing=True)
    assert mute.until and timedelta(days=29) < mute.until - clock.now() <= timedelta(days=30)
    assert wait(0) == 0


def test_managers_hear_once_a_week_when_too_few_are_asked(question, make_expert, max_):
    experts = [make_expert(f"expert{n}") for n in range(3)]
    base = {
        "category_id": 1,
        "cycle": 1,
        "wave": 1,
        "score": 1.0,
        "parts": {},
        "why": "here",
        "topic": "",
        "count": 0,
    }
    question_ids = [question() for _n in range(50)]
    with unit_of_work():
        for n, question_id in enumerate(question_ids):
            db.session.add(
                ExpertInvitation(
                    question_id=question_id, member_id=experts[n % 2 if n < 40 else 0], invited_at=clock.now(),
                    lapses_at=clock.now(), **base,
                )
            )  # fmt: skip
    assert spreading.look() is True and spreading.look() is True
    told = list(
        db.session.scalars(db.select(Notification.member_id).where(Notification.kind == "experts-spread"))
    )
    assert told == [max_.member_id]


def test_a_crash_while_asking_leaves_nothing_behind(question, make_expert, wait, monkeypatch):
    for n in range(4):
        make_expert(f"expert{n}")
    question_id = question()
    real, calls = waves.tell, []

    def failing(*given, **more):
        calls.append(given)
        if len(calls) == 3:
            raise OSError("the disk is full")
        return real(*given, **more)

    monkeypatch.setattr(waves, "tell", failing)
    assert wait(5) == 0 and not asked(question_id)
    monkeypatch.undo()
    assert wait(35) == 4, "the wave is sent later, whole"
