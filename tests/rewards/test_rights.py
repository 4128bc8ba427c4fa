"""What each rank opens really opens, one rank below it does not, and nothing closes again further up (invariant 17)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.members.rights import register
from accounts.messages import numbers as message_numbers
from accounts.messages.rules import Between, refusal
from accounts.notifications.models import Notification
from common import clock, settings
from common.db import db, update_where
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.claims.permissions import can_claim
from forum.content.guides.proposals.permissions import can_propose, can_validate
from forum.content.reviews.writing import policy_for
from forum.invitations.permissions import can_invite
from forum.limits.numbers import images_allowed, mentions_allowed, windows
from forum.limits.rules import grown
from forum.pointing.permissions import can_point_out, is_judge
from forum.questions import permissions
from forum.questions.models import Post, Question
from forum.questions.rules import CategoryPolicy, PostKind, ReplyKind, edit_window
from forum.solutions.accepting import accept_answer
from forum.suggestions.permissions import can_suggest, is_reviewer
from moderation.entrusted.permissions import can_hand_over, can_hide
from moderation.escalation import stepping
from moderation.escalation.stepping import SUPER_USER_RANK
from moderation.experts.asking import availability
from moderation.flags.permissions import can_flag, can_flag_for
from moderation.flags.rules import FlagFacts, FlagReason, Standing, Target, judge
from moderation.looks.permissions import can_help, can_look
from moderation.looks.rules import LookKind, Record
from moderation.policies.applying import has_watched_picture
from moderation.review import numbers as review_numbers
from moderation.screening.chain import Author, Lists, Text, screen
from moderation.screening.policy_rules import Publication, policy_verdict
from rewards.ledger.limits import limits as ledger_limits
from rewards.ledger.rules import is_strong_voter
from rewards.lounge.permissions import can_read, can_write
from rewards.mentoring.permissions import can_ask, can_mentor
from rewards.trials.lottery import weight_of
from rewards.trials.numbers import min_rank
from rewards.trials.rules import Limits, Wanted, checks
from rewards.trials.rules import Standing as TrialStanding
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

TO_MEMBER = replace(TO_STAFF, receiver_staff=False)

A2 = {
    0: ("ask, answer, comment", "report danger", "report what breaks the law", "report personal data", "two links"),
    1: (
        "thumbs-up", "thumbs-up that pay", "report an insult", "pictures", "five links", "mentions", "a message to the team",
        "say that one answers",
    ),
    2: (
        "new topics", "point out duplicates", "suggest edits", "apply to trials", "a message to a member", "more links",
        "a month to edit", "reviews read afterwards", "published at once where the category trusts", "pictures unread",
        "be invited to answer",
    ),
    3: (
        "change topics", "invite experts", "propose guides", "ask for a mentor", "seldom read again", "half as much again a day",
        "a doubled chance in trials",
    ),
    4: (
        "retitle and move", "hide spam of newcomers at once", "ask for details", "propose a solution",
        "decide about duplicates", "decide about edits", "a better chance in trials", "welcome newcomers",
        "look at waiting texts", "never read again where the category trusts", "twice as much a day",
    ),
    5: (
        "the lounge", "writing in the lounge", "alerts about questions nobody answers", "validate guides",
        "draft official answers", "hand a thread to the team", "read samples a second time",
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


def trust(a):
    return policy_verdict("trust", a.rank, False, False, True, review_numbers.policy_numbers())


def picture_waits(a):
    return has_watched_picture(
        SimpleNamespace(actor=a, body=f"![](/images/{'ab' * 20}.webp)", previous_body=None)
    )


def may_apply(a, q, p):
    wanted = Wanted(min_rank(), ("FR",), False, "")
    found = checks(TrialStanding(a.rank, True), wanted, START, Limits())
    return all(one.met is not False for one in found)


def is_asked(a, q, p):
    """By the very question the experts' list asks of the member's row."""
    member = db.session.get_one(Member, a.member_id)
    member.rank, member.silenced_until, member.suspended_until = (
        a.rank, *(clock.now() + timedelta(days=1) if held else None for held in (a.silenced, a.suspended)),
    )  # fmt: skip
    try:
        return availability._may_help(member, clock.now())
    finally:
        db.session.rollback()


RIGHTS = {
    "ask, answer, comment": lambda a, q, p: permissions.can_ask(a) and permissions.can_answer(a, q),
    "thumbs-up that pay": lambda a, q, p: is_strong_voter(a.rank, START - timedelta(days=2), START, ledger_limits()),
    "a message to a member": lambda a, q, p: refusal(TO_MEMBER, a.rank, False, message_numbers.ranks()) is None,
    "more links": links(9),
    "a month to edit": lambda a, q, p: edit_window(PostKind.ANSWER, a.rank, windows()) >= timedelta(days=30),
    "reviews read afterwards": lambda a, q, p: policy_for(a) == CategoryPolicy.POST,
    "published at once where the category trusts": lambda a, q, p: trust(a).publication != Publication.HOLD,
    "pictures unread": lambda a, q, p: not picture_waits(a),
    "be invited to answer": is_asked,
    "seldom read again": lambda a, q, p: trust(a).publication != Publication.HOLD and trust(a).sample_share <= 0.05,
    "never read again where the category trusts": lambda a, q, p: (
        trust(a).publication != Publication.HOLD and not trust(a).sample_share
    ),
    "half as much again a day": lambda a, q, p: grown(10, a.rank) >= 15,
    "twice as much a day": lambda a, q, p: grown(10, a.rank) >= 20,
    "a doubled chance in trials": lambda a, q, p: weight_of(a.rank) >= 2,
    "welcome newcomers": lambda a, q, p: can_help(a),
    "look at waiting texts": lambda a, q, p: can_look(a, LookKind.FIRST, Record()),
    "read samples a second time": lambda a, q, p: can_look(a, LookKind.SAMPLE, Record()),
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
    "apply to trials": may_apply,
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


KEYS = {
    "forum.write": "ask, answer, comment", "moderation.notice": "report what breaks the law", "moderation.links_0": "two links",
    "forum.vote": "thumbs-up", "rewards.voter": "thumbs-up that pay", "moderation.flag": "report an insult",
    "forum.images": "pictures", "forum.mentions": "mentions", "messages.staff": "a message to the team",
    "moderation.links_1": "five links", "forum.claim": "say that one answers", "forum.make_tags": "new topics",
    "forum.pointing": "point out duplicates", "forum.suggest": "suggest edits", "trials.apply": "apply to trials",
    "messages.members": "a message to a member", "moderation.links_2": "more links", "forum.editing": "a month to edit",
    "reviews.trusted": "reviews read afterwards", "moderation.images": "pictures unread",
    "moderation.trusted": "published at once where the category trusts", "experts.invited": "be invited to answer",
    "forum.tag": "change topics", "forum.invite": "invite experts", "forum.guide_propose": "propose guides",
    "mentoring.ask": "ask for a mentor", "moderation.sampled": "seldom read again", "forum.pace": "half as much again a day",
    "trials.chance": "a doubled chance in trials", "forum.refile": "retitle and move",
    "moderation.fast_hide": "hide spam of newcomers at once", "forum.needs_info": "ask for details",
    "forum.propose": "propose a solution", "forum.pointing_review": "decide about duplicates",
    "forum.suggestion_review": "decide about edits", "trials.chance_more": "a better chance in trials",
    "looks.greet": "welcome newcomers", "looks": "look at waiting texts", "forum.pace_more": "twice as much a day",
    "moderation.bypass": "never read again where the category trusts", "forum.guide_validate": "validate guides",
    "lounge": "the lounge", "escalation.alerts": "alerts about questions nobody answers",
    "entrusted.hand_over": "hand a thread to the team", "looks.samples": "read samples a second time",
    "mentoring.accompany": "accompany members", "votes.charter": "vote on changes of the charter",
    "entrusted.hide": "moderate a delegated category",
}  # fmt: skip
"""The register's keys, which /ranks shows, and the right of the table each of them announces."""


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


def test_what_the_register_announces_is_what_is_decided(app):
    """Each announced right has its row above, and the rank it announces is the rank from which the house decides so."""
    least = {right: rank for rank, opened in A2.items() for right in opened}
    assert set(KEYS) == set(register())
    assert {key: one.rank() for key, one in register().items()} == {
        key: least[right] for key, right in KEYS.items()
    }


def rank_settings(found):
    return {one.key for one in found if one.unit == "rank" or "rank" in re.split("[._]", one.key)}


def test_every_setting_of_a_rank_is_in_the_register(app):
    """A new one that no right names fails here: say with `accounts.members.rights.opens` what it opens."""
    announced = {key for one in register().values() for key in one.settings}
    assert rank_settings(settings.definitions()) - announced == set()
    new = settings.Definition("forum.juggling_rank", 3, "", 0, 6, None, "")
    assert rank_settings([*settings.definitions(), new]) - announced == {"forum.juggling_rank"}


def test_another_number_in_the_settings_changes_what_the_page_of_ranks_says(app, client):
    def rows():
        page = client.get("/en/ranks").text
        return [row.lower() for row in re.findall(r'data-label="You may"[^>]*>([^<]*)<', page)]

    usual = rows()
    assert len(usual) == 7 and "validate guides" in usual[5]
    new = {"forum.guide_validate_rank": 4, "moderation.links_rank_1": 9, "moderation.images_rank": 4}
    for key, value in new.items():
        settings.change(SYSTEM, key, value, "another scale")
    other = rows()
    assert "validate guides" in other[4] and "validate guides" not in other[5]
    assert "9 links" in other[1] and "9 links" not in usual[1]
    assert "pictures published at once" in other[5] and "pictures published at once" in usual[2]


def test_alerts_about_questions_nobody_answers_reach_super_users(place, cleo, ada, ben, make_question):
    question, answer = place
    accept_answer(ada, question.id, answer.id)
    asked = make_question(ben, title="Another machine that leaks")
    told = []
    for rank in range(7):
        with unit_of_work():
            update_where(Member, Member.id == cleo.member_id, rank=rank)
            stepping._tell_super_users(
                SimpleNamespace(question_id=asked, cycle=rank), stepping.asked_by([asked])[asked]
            )
        told.append(db.session.scalar(select(func.count()).where(Notification.kind == "help-wanted")))
    assert told == [0, 0, 0, 0, 0, 1, 2]


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
        "thumbs-up that pay",
        "a message to a member",
        "more links",
        "a month to edit",
        "reviews read afterwards",
        "published at once where the category trusts",
        "pictures unread",
        "seldom read again",
        "never read again where the category trusts",
        "half as much again a day",
        "twice as much a day",
        "a doubled chance in trials",
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
