"""What each rank opens really opens, one rank below it does not, and nothing closes again further up (invariant 17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.messages import numbers as message_numbers
from accounts.messages.rules import Between, refusal
from common import settings
from common.db import db
from forum.claims.permissions import can_claim
from forum.content.guides.proposals.permissions import can_propose, can_validate
from forum.invitations.permissions import can_invite
from forum.limits.numbers import images_allowed, mentions_allowed
from forum.pointing.permissions import can_point_out, is_judge
from forum.questions import permissions
from forum.questions.models import Post, Question
from forum.questions.rules import ReplyKind
from forum.suggestions.permissions import can_suggest, is_reviewer
from moderation.entrusted.permissions import can_hand_over, can_hide
from moderation.escalation.stepping import SUPER_USER_RANK
from moderation.flags.permissions import can_flag, can_flag_for
from moderation.flags.rules import FlagFacts, FlagReason, Standing, Target, judge
from moderation.review import numbers as review_numbers
from moderation.screening.chain import Author, Lists, Text, screen
from moderation.screening.policy_rules import policy_verdict
from rewards.lounge.permissions import can_read, can_write
from rewards.mentoring.permissions import can_ask, can_mentor
from rewards.trials.lottery import weight_of
from rewards.votes.permissions import can_vote_on_charter
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

A2 = {
    0: ("report danger", "report what breaks the law", "report personal data", "two links"),
    1: (
        "thumbs-up", "report an insult", "pictures", "five links", "mentions", "a message to the team",
        "say that one answers",
    ),
    2: ("new topics", "point out duplicates", "suggest edits", "apply to trials"),
    3: ("change topics", "invite experts", "propose guides", "ask for a mentor"),
    4: (
        "retitle and move", "hide spam of newcomers at once", "ask for details", "propose a solution",
        "decide about duplicates", "decide about edits", "a better chance in trials",
    ),
    5: (
        "the lounge", "writing in the lounge", "alerts about questions nobody answers", "validate guides",
        "draft official answers", "hand a thread to the team",
    ),
    6: ("moderate a delegated category", "vote on changes of the charter", "accompany members"),
}  # fmt: skip
"""The table of rights of domain/rewards.md §A2.2, as data: what opens with which rank."""

UNTIL = {"ask for a mentor": 4}
"""The one right that is for some ranks only: mentors accompany R3 and R4."""


def reports(reason):
    return lambda a, q, p: can_flag(a, p) and can_flag_for(a, reason)


def links(count):
    def holds(a, q, p):
        body = " ".join(f"https://shop{number}.example/x" for number in range(count))
        author = Author(rank=a.rank, has_published=True)
        text = Text(body=f"{body} and what I think of them, in some words.")
        found = screen(
            text,
            author,
            "reactive",
            Lists(),
            review_numbers.screen_numbers(),
            review_numbers.policy_numbers(),
        )
        return "links" not in found.reasons

    return holds


def fast_hide(a, q, p):
    proven = FlagFacts(1, FlagReason.ADVERTISING, Standing(a.rank, 10, 0), START, joined_on=START.date())
    return judge([proven], Target(author_rank=0)).hide


RIGHTS = {
    "a better chance in trials": lambda a, q, p: weight_of(a.rank) == 3,
    "report danger": reports(FlagReason.DANGEROUS),
    "report what breaks the law": reports(FlagReason.ILLEGAL),
    "report personal data": reports(FlagReason.PERSONAL_DATA),
    "report an insult": reports(FlagReason.INSULT),
    "two links": links(2),
    "five links": links(5),
    "thumbs-up": lambda a, q, p: permissions.can_vote(a, p),
    "say that one answers": lambda a, q, p: can_claim(a, q),
    "pictures": lambda a, q, p: images_allowed(a.rank, False) > images_allowed(0, False),
    "mentions": lambda a, q, p: mentions_allowed(a.rank, False) > mentions_allowed(0, False),
    "a message to the team": lambda a, q, p: refusal(TO_STAFF, a.rank, False, message_numbers.ranks()) is None,
    "new topics": lambda a, q, p: permissions.can_make_tags(a),
    "point out duplicates": lambda a, q, p: can_point_out(a, q),
    "suggest edits": lambda a, q, p: can_suggest(a, p),
    "apply to trials": lambda a, q, p: a.rank >= settings.get("trials.min_rank"),
    "change topics": lambda a, q, p: permissions.can_tag(a, q),
    "invite experts": lambda a, q, p: can_invite(a, q),
    "propose guides": lambda a, q, p: can_propose(a),
    "retitle and move": lambda a, q, p: permissions.can_refile(a, q),
    "hide spam of newcomers at once": fast_hide,
    "ask for details": lambda a, q, p: permissions.can_ask_details(a, q),
    "propose a solution": lambda a, q, p: permissions.can_propose(a, q, p),
    "decide about duplicates": lambda a, q, p: is_judge(a),
    "decide about edits": lambda a, q, p: is_reviewer(a),
    "the lounge": lambda a, q, p: can_read(a),
    "writing in the lounge": lambda a, q, p: can_write(a),
    "alerts about questions nobody answers": lambda a, q, p: a.rank >= SUPER_USER_RANK,
    "validate guides": lambda a, q, p: can_validate(a, 999),
    "draft official answers": lambda a, q, p: can_hand_over(a, q),
    "hand a thread to the team": lambda a, q, p: can_hand_over(a, q),
    "vote on changes of the charter": lambda a, q, p: can_vote_on_charter(a, True),
    "ask for a mentor": lambda a, q, p: can_ask(a),
    "accompany members": lambda a, q, p: can_mentor(a),
    "moderate a delegated category": lambda a, q, p: can_hide(a, p, 1, 1, False),
}  # fmt: skip
"""How the house decides about each."""


def differences(rights, table, decide):
    """Where rank × right differs from the table: (right, rank)."""
    least = {right: rank for rank, opened in table.items() for right in opened}
    return [
        (right, rank)
        for right in sorted(set(rights) | set(least))
        for rank in range(7)
        if right not in rights
        or right not in least
        or decide(right, rank) != (least[right] <= rank <= UNTIL.get(right, 6))
    ]


def test_what_a_rank_opens_is_what_the_table_says_for_every_rank_and_right(place, ben):
    assert (
        differences(RIGHTS, A2, lambda right, rank: bool(RIGHTS[right](replace(ben, rank=rank), *place)))
        == []
    )


@pytest.mark.parametrize(
    "broken", ["a rank too early", "a rank too late", "never", "always", "closes again", "unknown"]
)
def test_a_broken_house_is_caught(broken, place, ben):
    def decide(right, rank):
        holds = bool(RIGHTS[right](replace(ben, rank=rank), *place))
        if right != "validate guides":
            return holds
        return {
            "a rank too early": rank >= 4,
            "a rank too late": rank >= 6,
            "never": False,
            "always": True,
            "closes again": rank == 5,
        }[broken]

    table = A2
    if broken == "unknown":
        table, decide = (
            {**A2, 6: (*A2[6], "vote on the charter")},
            lambda right, rank: bool(RIGHTS[right](replace(ben, rank=rank), *place)),
        )
    found = differences(RIGHTS, table, decide)
    assert found and {right for right, _rank in found} == {
        "vote on the charter" if broken == "unknown" else "validate guides"
    }


def test_the_numbers_of_the_ranks_may_be_changed_by_the_team(place, ben, settings_override):
    with settings_override(
        forum__guide_validate_rank=6, lounge__rank=6, moderation__entrusted_rank=6, moderation__flag_rank=2
    ):
        for right in ("validate guides", "the lounge", "hand a thread to the team"):
            assert not RIGHTS[right](replace(ben, rank=5), *place) and RIGHTS[right](
                replace(ben, rank=6), *place
            )
        assert not RIGHTS["report an insult"](replace(ben, rank=1), *place)


WRITTEN = [
    name
    for name in RIGHTS
    if name
    not in (
        "pictures",
        "mentions",
        "a message to the team",
        "new topics",
        "ask for details",
        "two links",
        "five links",
        "apply to trials",
        "hide spam of newcomers at once",
        "alerts about questions nobody answers",
        "the lounge",
        "a better chance in trials",
    )
]


@pytest.mark.parametrize("state", ["silenced", "suspended"])
@pytest.mark.parametrize("right", WRITTEN)
def test_no_rank_opens_it_to_somebody_who_may_not_write(right, state, place, ben):
    assert not RIGHTS[right](replace(ben, rank=6, **{state: True}), *place)


def test_texts_of_the_trusted_are_read_less_and_from_rank_four_never(place):
    numbers = review_numbers.policy_numbers()
    shares = [policy_verdict("trust", rank, False, False, True, numbers) for rank in range(7)]
    assert shares[0] != shares[3] != shares[4]
    assert shares[4] == shares[5] == shares[6]


def test_only_questions_back_need_the_rank(place, ben):
    question, answer = place
    assert db.session.scalar(select(Post.reply_kind).where(Post.id == answer.id)) in (None, ReplyKind.ANSWER)
    assert not permissions.can_mark_reply(replace(ben, rank=6), question, answer, ReplyKind.TIP)
