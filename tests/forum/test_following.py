"""Following categories, topics and members: who hears of what, once, a part at a time, and only what is public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from accounts.messages.models import MessageBlock
from accounts.notifications import preferences
from accounts.notifications.models import Notification
from accounts.notifications.queries import page_of_news, unread_count
from accounts.notifications.rules import Mail
from common.clock import now
from common.db import db, insert_many, update_where
from common.errors import Conflict, Forbidden, NotFound
from common.i18n import using_language
from common.jobs import Job
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.following import queries, targets
from forum.following.following import follow, unfollow
from forum.following.models import Following
from forum.following.rules import TargetKind, place_of, word_of
from forum.notices import fanning
from forum.products.models import Product
from forum.questions import publishing
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.models import Tag
from forum.reactions.following import follow_question
from forum.screening import Screening
from tests.conftest import IDS, START

HELP = "Unplug it, open the small hatch and clean the filter."
CATEGORY, MEMBER, TAG = TargetKind.CATEGORY, TargetKind.MEMBER, TargetKind.TAG


@pytest.fixture(autouse=True)
def _morning(app, at, morning):
    at(START)


def heard(who) -> list[str]:
    mine = (Notification.member_id == who.member_id, Notification.withdrawn_at.is_(None))
    return list(db.session.scalars(select(Notification.kind).where(*mine).order_by(Notification.id)))


def ask(who, category_id=1, tags=(), title="The drum stays full of water") -> int:
    return ask_question(who, title=title, body=HELP, category_id=category_id, tags=tags).id


def crowd(count: int, kind=CATEGORY, target_id=1, start=5000) -> list[int]:
    """So many members who follow something."""
    ids = list(range(start, start + count))
    with unit_of_work():
        insert_many(
            Member,
            [
                {
                    "id": n, "display_name": f"M {n}", "name_key": f"m {n}", "slug": f"m-{n}", "language": "fr", "rank": 1,
                    "joined_at": now(),
                }
                for n in ids
            ],
        )  # fmt: skip
        insert_many(
            Following, [{"kind": kind, "target_id": target_id, "member_id": n, "since": now()} for n in ids]
        )
    return ids


# --- following -----------------------------------------------------------------------------------------------


def test_following_twice_is_following_once_and_so_is_stopping(app, ben):
    assert follow(ben, CATEGORY, 1) and not follow(ben, CATEGORY, 1)
    assert queries.is_followed(ben, CATEGORY, 1) and not queries.is_followed(ben, CATEGORY, 2)
    assert unfollow(ben, CATEGORY, 1) and not unfollow(ben, CATEGORY, 1)
    assert not queries.is_followed(ben, CATEGORY, 1) and not queries.is_followed(ANONYMOUS, CATEGORY, 1)


def test_fifty_clicks_are_one_follow(app, ben, in_threads):
    assert in_threads(20, lambda _n: follow(ben, CATEGORY, 1)).count(True) == 1


def test_visitors_ones_own_self_and_what_is_not_there_cannot_be_followed(app, ben, leaves_no_trace):
    with leaves_no_trace(Forbidden):
        follow(ANONYMOUS, CATEGORY, 1)
    with leaves_no_trace(Forbidden):
        follow(ben, MEMBER, ben.member_id)
    with leaves_no_trace(NotFound):
        follow(ben, CATEGORY, 999)
    with leaves_no_trace(NotFound):
        follow(ben, MEMBER, 999_999)
    with leaves_no_trace(NotFound):
        follow(ben, TargetKind.PRODUCT, 999_999)


def test_a_member_who_left_is_followed_by_nobody_new_and_can_still_be_let_go(app, ada, ben):
    follow(ben, MEMBER, ada.member_id)
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, closed_at=now())
    assert queries.followed_by(ben.member_id) == []
    with pytest.raises(NotFound):
        follow(ben, MEMBER, ada.member_id)
    assert unfollow(ben, MEMBER, ada.member_id)


def test_there_is_an_end_to_what_one_can_follow(app, ben, settings_override, leaves_no_trace):
    with settings_override(forum__follows_most=2):
        follow(ben, CATEGORY, 1)
        follow(ben, CATEGORY, 2)
        with leaves_no_trace(Conflict) as refusal:
            follow(ben, CATEGORY, 3)
        assert "as many as possible" in str(refusal.value.sentence)
        assert not follow(ben, CATEGORY, 1)


def test_the_list_of_follows_costs_a_statement_for_each_kind(app, ben, count_queries):
    with unit_of_work():
        db.session.add_all(Tag(id=n, key=f"t{n}", label=f"T{n}") for n in range(1, 31))
    for n in range(1, 31):
        follow(ben, TAG, n)
    for n in (1, 2, 3):
        follow(ben, CATEGORY, n)
    for who in ("ada", "cleo"):
        follow(ben, MEMBER, IDS[who])
    queries.followed_by(ben.member_id)
    with count_queries() as seen:
        groups = queries.followed_by(ben.member_id)
    assert len(seen) <= 4
    assert [(str(group.heading), len(group.targets)) for group in groups] == [
        ("Members", 2),
        ("Topics", 30),
        ("Categories", 3),
    ]


def test_words_of_targets_are_read_back():
    assert place_of(word_of(CATEGORY, 3)) == (CATEGORY, 3)
    for wrong in ("", "category", "category:x", "planet:3", "category:-1"):
        assert place_of(wrong) is None


# --- hearing of questions ------------------------------------------------------------------------------------


def test_followers_of_category_topic_and_author_hear_once_by_a_job(app, ada, ben, cleo, mo, sam, drain):
    with unit_of_work():
        db.session.add(Tag(id=1, key="filter", label="Filter"))
    follow(ben, CATEGORY, 1)
    follow(cleo, TAG, 1)
    follow(cleo, CATEGORY, 1)
    follow(mo, MEMBER, ada.member_id)
    follow(mo, TAG, 1)
    follow(sam, CATEGORY, 2)
    follow(ada, CATEGORY, 1)
    ask(ada, tags=("filter",))
    assert heard(ben) == []
    drain()
    drain()
    assert heard(ben) == heard(cleo) == heard(mo) == ["topic-question"]
    assert heard(sam) == heard(ada) == []
    with using_language("en"):
        said = {
            who.display_name: str(page_of_news(who.member_id).items[0].sentence) for who in (ben, cleo, mo)
        }
    assert said["Ben"] == "New in Washing: “The drum stays full of water”."
    assert said["Cleo"] == "New in Filter: “The drum stays full of water”."
    assert said["Mo"] == "Ada, whom you follow, asked “The drum stays full of water”."


def test_several_new_questions_of_a_topic_are_one_line(app, ada, ben, drain, at, count_queries):
    follow(ben, CATEGORY, 1)
    for number in range(3):
        at(timedelta(minutes=20))
        ask(ada, title=f"Question number {number} about the drum")
    drain()
    with using_language("en"), count_queries() as seen:
        (line,) = page_of_news(ben.member_id).items
    assert str(line.sentence) == "New in Washing: “Question number 2 about the drum” and 2 other questions."
    assert line.place == ("categories.show", {"slug": "washing", "sort": "new"})
    assert len(seen) <= 4 and unread_count(ben.member_id) == 3


def test_who_was_mentioned_is_not_told_again_as_a_follower(app, ada, ben, drain):
    follow(ben, CATEGORY, 1)
    ask_question(ada, title="The drum stays full of water", body=f"{HELP} @ben knows.", category_id=1)
    drain()
    assert heard(ben) == ["mention"]


def test_an_answer_of_a_followed_member_is_told_once_even_to_who_follows_the_thread(
    app, ada, ben, cleo, mo, drain
):
    question = ask(ada)
    follow(cleo, MEMBER, ben.member_id)
    follow(mo, MEMBER, ben.member_id)
    follow_question(mo, question)
    answer_question(ben, question, body=HELP)
    drain()
    assert heard(cleo) == ["member-answered"] and len(heard(mo)) == 1


def test_who_blocked_the_author_hears_nothing_as_a_follower_nor_when_mentioned(app, ada, ben, cleo, drain):
    with unit_of_work():
        db.session.add(MessageBlock(member_id=ben.member_id, blocked_id=ada.member_id))
    for who in (ben, cleo):
        follow(who, CATEGORY, 1)
    ask_question(ada, title="The drum stays full of water", body=f"{HELP} @ben", category_id=1)
    drain()
    assert heard(ben) == [] and heard(cleo) == ["topic-question"]


def test_a_product_is_followed_like_anything_else(app, ada, ben, drain):
    with unit_of_work():
        db.session.add(Product(id=7, key="ondea-8", slug="ondea-8", name="Ondea 8", category_id=1))
    follow(ben, TargetKind.PRODUCT, 7)
    follow(ben, CATEGORY, 1)
    ask_question(ada, title="The drum stays full of water", body=HELP, category_id=1, product_id=7)
    drain()
    assert heard(ben) == ["topic-question"]
    with using_language("en"):
        line = page_of_news(ben.member_id).items[0]
    assert str(line.sentence) == "New in Ondea 8: “The drum stays full of water”."
    assert [str(group.heading) for group in queries.followed_by(ben.member_id)] == ["Products", "Categories"]


def test_who_stopped_following_hears_nothing(app, ada, ben, drain):
    follow(ben, CATEGORY, 1)
    ask(ada)
    unfollow(ben, CATEGORY, 1)
    drain()
    assert heard(ben) == []


def test_followers_wish_decides_how_they_hear(app, ada, ben, cleo, drain, outbox):
    for who in (ben, cleo):
        follow(who, CATEGORY, 1)
    preferences.choose(ben, {"topics": (False, Mail.NOW, False)})
    preferences.choose(cleo, {"topics": (False, Mail.OFF, False)})
    ask(ada)
    drain()
    assert [mail["To"] for mail in outbox()] == ["ben@example.com"]
    assert outbox()[0]["Subject"] == "New question: The drum stays full of water"
    assert unread_count(ben.member_id) == 0 and heard(cleo) == []


# --- only what is public -------------------------------------------------------------------------------------


def test_a_held_question_is_heard_of_when_it_is_released_and_not_before(app, ada, ben, mo, drain):
    follow(ben, CATEGORY, 1)
    publishing.set_screener(lambda s: Screening(s.title, s.body, ("first_post",)))
    question = ask(ada)
    drain()
    assert heard(ben) == []
    publishing.release(mo, question)
    drain()
    assert heard(ben) == ["topic-question"]


@pytest.mark.parametrize("move", ["hide", "remove"])
def test_what_goes_before_the_job_ran_is_not_told_and_what_returns_is(app, ada, ben, mo, drain, move):
    follow(ben, CATEGORY, 1)
    question = ask(ada)
    getattr(publishing, move)(mo, question)
    drain()
    assert heard(ben) == []
    publishing.restore(mo, question)
    drain()
    assert heard(ben) == ["topic-question"]
    publishing.hide(mo, question)
    assert heard(ben) == []
    publishing.restore(mo, question)
    drain()
    assert heard(ben) == ["topic-question"]


def test_what_returns_after_days_is_no_news(app, ada, ben, mo, drain, at):
    question = ask(ada)
    drain()
    publishing.hide(mo, question)
    follow(ben, CATEGORY, 1)
    at(timedelta(days=4))
    publishing.restore(mo, question)
    drain()
    assert heard(ben) == []


def test_an_answer_in_a_hidden_thread_is_told_to_nobody(app, ada, ben, cleo, mo, drain):
    question = ask(ada)
    drain()
    follow(cleo, MEMBER, ben.member_id)
    answer_question(ben, question, body=HELP)
    publishing.hide(mo, question)
    drain()
    assert heard(cleo) == []


# --- many ----------------------------------------------------------------------------------------------------


def test_a_crowd_is_told_in_parts_whose_cost_does_not_grow(app, ada, monkeypatch, drain, count_queries):
    monkeypatch.setattr(fanning, "PART", 40)
    ids = crowd(100)
    question = ask(ada)
    part = {"post_id": question, "targets": [["category", 1]], "after": 0, "round": "test"}
    costs = []
    for after in (0, ids[39], ids[79]):
        with count_queries() as seen:
            fanning.tell_topics(part | {"after": after})
        costs.append(len(seen))
    assert max(costs) <= 12
    drain()
    told = db.session.scalar(
        select(func.count()).select_from(Notification).where(Notification.kind == "topic-question")
    )
    assert told == 100


def test_a_part_that_runs_again_tells_nobody_twice_and_goes_on(app, ada, monkeypatch, drain):
    monkeypatch.setattr(fanning, "PART", 40)
    crowd(100)
    question = ask(ada)
    first = db.session.scalar(select(Job.payload).where(Job.kind == "forum.tell_topics"))
    fanning.tell_topics(first)
    fanning.tell_topics(first)
    drain()
    told = select(func.count()).select_from(Notification).where(Notification.post_id == question)
    assert db.session.scalar(told) == 100
    assert (
        db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "forum.tell_topics")) == 4
    )


def test_every_kind_that_is_registered_finds_and_names_its_targets(app, ada):
    question = db.session.get(targets.Question, ask(ada))
    assert (CATEGORY, 1) in targets.targets_of(question) and (MEMBER, ada.member_id) in targets.targets_of(
        question
    )
    for target in targets.find(targets.targets_of(question)).values():
        assert target.name and target.place[0] and target.icon


def test_nobody_is_told_by_following_what_a_private_member_writes(app, ada, ben, cleo, drain):
    follow(cleo, MEMBER, ada.member_id)
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, is_private=True)
    with pytest.raises(Forbidden):
        follow(ben, MEMBER, ada.member_id)
    question = ask(ada)
    answer_question(ada, question, body=HELP)
    drain()
    assert heard(cleo) == [] and heard(ben) == []
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, is_private=False)
    assert follow(ben, MEMBER, ada.member_id)
