"""What each rank opens really opens, one rank below it does not, and nothing closes again further up (invariant 17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.messages import numbers as message_numbers
from accounts.messages.rules import Between, refusal
from common.db import db
from forum.claims.permissions import can_claim
from forum.invitations.permissions import can_invite
from forum.limits.numbers import images_allowed, mentions_allowed
from forum.pointing.permissions import can_point_out, is_judge
from forum.questions import permissions
from forum.questions.models import Post, Question
from forum.questions.rules import ReplyKind
from forum.suggestions.permissions import can_suggest, is_reviewer
from moderation.review import numbers as review_numbers
from moderation.review.rules import policy_verdict
from tests.conftest import START


@pytest.fixture
def place(app, at, ada, cleo, make_question, make_answer):
    at(START)
    question_id = make_question(ada)
    answer_id = make_answer(cleo, question_id)
    at(timedelta(hours=1))
    return db.session.get_one(Question, question_id), db.session.get_one(Post, answer_id)


TO_STAFF = Between(
    same=False, receiver_active=True, receiver_staff=True, receiver_open=True, blocked=False, answered=False
)

RIGHTS = {
    "thumbs-up": (1, lambda a, q, p: permissions.can_vote(a, p)),
    "say that one answers": (1, lambda a, q, p: can_claim(a, q)),
    "pictures": (1, lambda a, q, p: images_allowed(a.rank, False) > images_allowed(0, False)),
    "mentions": (1, lambda a, q, p: mentions_allowed(a.rank, False) > mentions_allowed(0, False)),
    "a message to the team": (1, lambda a, q, p: refusal(TO_STAFF, a.rank, False, message_numbers.ranks()) is None),
    "new topics": (2, lambda a, q, p: permissions.can_make_tags(a)),
    "point out duplicates": (2, lambda a, q, p: can_point_out(a, q)),
    "suggest edits": (2, lambda a, q, p: can_suggest(a, p)),
    "change topics": (3, lambda a, q, p: permissions.can_tag(a, q)),
    "invite experts": (3, lambda a, q, p: can_invite(a, q)),
    "retitle and move": (4, lambda a, q, p: permissions.can_refile(a, q)),
    "ask for details": (4, lambda a, q, p: permissions.can_ask_details(a, q)),
    "propose a solution": (4, lambda a, q, p: permissions.can_propose(a, q, p)),
    "decide about duplicates": (4, lambda a, q, p: is_judge(a)),
    "decide about edits": (4, lambda a, q, p: is_reviewer(a)),
}  # fmt: skip


@pytest.mark.parametrize("right", RIGHTS)
def test_it_opens_with_its_rank_and_stays_open(right, place, ben):
    least, holds = RIGHTS[right]
    opened = [bool(holds(replace(ben, rank=rank), *place)) for rank in range(7)]
    assert opened == [rank >= least for rank in range(7)]


WRITTEN = [
    name
    for name in RIGHTS
    if name not in ("pictures", "mentions", "a message to the team", "new topics", "ask for details")
]


@pytest.mark.parametrize("state", ["silenced", "suspended"])
@pytest.mark.parametrize("right", WRITTEN)
def test_no_rank_opens_it_to_somebody_who_may_not_write(right, state, place, ben):
    _least, holds = RIGHTS[right]
    assert not holds(replace(ben, rank=6, **{state: True}), *place)


def test_texts_of_the_trusted_are_read_less_and_from_rank_four_never(place):
    numbers = review_numbers.policy_numbers()
    shares = [policy_verdict("trust", rank, False, False, True, numbers) for rank in range(7)]
    assert shares[0] != shares[3] != shares[4]
    assert shares[4] == shares[5] == shares[6]


def test_alerts_go_to_super_users_alone(app):
    from moderation.escalation.stepping import SUPER_USER_RANK

    assert SUPER_USER_RANK == 5


def test_only_questions_back_need_the_rank(place, ben):
    question, answer = place
    assert db.session.scalar(select(Post.reply_kind).where(Post.id == answer.id)) in (None, ReplyKind.ANSWER)
    assert not permissions.can_mark_reply(replace(ben, rank=6), question, answer, ReplyKind.TIP)
