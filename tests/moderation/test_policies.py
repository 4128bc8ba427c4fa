"""How categories are published: busy times, pictures of newcomers, large edits, holds that get late, and the page that
says which rule decides."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common import clock
from common.audit import AuditEntry
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions.editing import edit_post
from forum.questions.models import Post, Revision
from moderation.jobs import tidy_queue
from moderation.policies import storms
from moderation.policies.explaining import explain
from moderation.policies.models import CategoryStorm
from moderation.policies.rules import Act, Effect, outcome
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision

PICTURE = "ab" * 20 + ".jpg"
OTHER = "cd" * 20 + ".jpg"
WHY = "A press article sends us hundreds of visitors"


def reasons_of(post_id):
    return list(db.session.scalar(db.select(Post.held_reasons).where(Post.id == post_id)))


def acts_of(act):
    return list(db.session.scalars(db.select(AuditEntry.reason).where(AuditEntry.act == act)))


# --- busy times ---------------------------------------------------------------------------------------------------


def test_in_a_busy_time_even_the_trusted_are_read_first_and_told_why(
    ada, cleo, sam, max_, make_question, policy, state_of
):
    policy("reactive")
    storms.begin(max_, 1, 12, WHY)
    first, second = make_question(ada), make_question(cleo, title="Another question that stands here")
    assert {state_of(first), state_of(second)} == {"held"} and reasons_of(first) == ["storm"]
    assert state_of(make_question(sam, title="A question of the team itself")) == "published"
    assert state_of(make_question(ada, title="In another category it is calm", category_id=2)) == "published"
    assert acts_of("category.storm") == [WHY]


def test_it_ends_by_itself_at_its_hour_and_what_waits_goes_on_waiting(
    ada, max_, make_question, policy, state_of, at
):
    policy("reactive")
    storms.begin(max_, 1, 72, WHY)
    held = make_question(ada)
    at(timedelta(hours=72))
    assert state_of(make_question(ada, title="After the storm all is well")) == "published"
    assert storms.end_due() == 1 and storms.end_due() == 0
    tidy_queue()
    assert state_of(held) == "held" and len(acts_of("category.storm_ended")) == 1
    assert db.session.scalar(db.select(Category.policy).where(Category.id == 1)) == "reactive"


def test_a_manager_ends_it_before_its_time(max_, mo, ada, make_question, policy, state_of):
    policy("reactive")
    storms.begin(max_, 1, 72, WHY)
    with pytest.raises(Forbidden):
        storms.end(mo, 1)
    assert storms.end(max_, 1) is True and storms.end(max_, 1) is False
    assert state_of(make_question(ada)) == "published"


def test_one_at_a_time_and_a_new_one_after_it_is_over(max_, at):
    storms.begin(max_, 1, 1, WHY)
    with pytest.raises(Conflict):
        storms.begin(max_, 1, 5, WHY)
    at(timedelta(hours=2))
    storms.begin(max_, 1, 5, WHY)
    assert db.session.query(CategoryStorm).count() == 2


@pytest.mark.parametrize(
    ("hours", "reason"), [(0, WHY), (73, WHY), (-5, WHY), (12, "why"), (12, "x" * 201), (12, "")]
)
def test_it_lasts_three_days_at_most_and_has_a_reason(max_, hours, reason):
    with pytest.raises(Invalid):
        storms.begin(max_, 1, hours, reason)
    assert db.session.query(CategoryStorm).count() == 0


def test_who_cannot_begin_one(mo, ada, max_):
    for who in (mo, ada):
        with pytest.raises(Forbidden):
            storms.begin(who, 1, 12, WHY)
    with pytest.raises(NotFound):
        storms.begin(max_, 999, 12, WHY)


# --- pictures and edits -------------------------------------------------------------------------------------------


def test_a_newcomer_s_picture_is_looked_at_first(members, make_question, policy, state_of):
    policy("reactive")
    one, two, _three = members(3, rank=1)
    knows = members(1, rank=2, first_id=2500)[0]
    body = f"It hums all night long. Here it is: ![drum](/images/{PICTURE})"
    held = make_question(one, title="It hums at night and I filmed it", body=body)
    assert state_of(held) == "held" and reasons_of(held) == ["images"]
    assert state_of(make_question(two, title="It hums at night without film")) == "published"
    assert state_of(make_question(knows, title="It hums at night, rank two", body=body)) == "published"


def test_an_edit_that_brings_a_picture_waits_and_one_that_keeps_it_does_not(
    members, make_question, policy, state_of, settings_override
):
    policy("reactive")
    (one,) = members(1, rank=1)
    body = f"It hums all night long, as you can see here. ![drum](/images/{PICTURE}) What can I do about it?"
    with settings_override(moderation__images_rank=-1):
        post = make_question(one, title="It hums at night and I filmed it", body=body)
    edit_post(one, post, version=1, body=body + " Thanks!")
    assert db.session.get(Post, post, populate_existing=True).version == 2
    edit_post(one, post, version=2, body=body + f" Thanks! ![more](/images/{OTHER})")
    found = db.session.get(Post, post, populate_existing=True)
    assert (found.version, found.state) == (2, "published") and OTHER not in found.body


def test_a_large_edit_waits_while_the_text_before_stays(members, make_question, policy, decide, mo):
    policy("reactive")
    (one,) = members(1, rank=1)
    post = make_question(one, title="It hums at night and will not stop")
    policy("trust")
    before = db.session.get(Post, post).body
    edit_post(
        one,
        post,
        version=1,
        body="Something else entirely stands here now, and nothing of what was asked before.",
    )
    found = db.session.get(Post, post, populate_existing=True)
    assert (found.body, found.state) == (before, "published")
    assert db.session.query(Revision).filter_by(post_id=post).count() == 1
    decide(mo, post, Decision.APPROVE)
    assert "Something else" in db.session.get(Post, post, populate_existing=True).body


# --- holds --------------------------------------------------------------------------------------------------------


def test_a_hold_that_is_late_raises_an_alarm_and_is_never_published_by_itself(
    held, item_of, at, state_of, drain
):
    due = item_of(held).due_at
    at(due + timedelta(minutes=1))
    tidy_queue()
    assert item_of(held).alarmed_at is not None and len(acts_of("review.late")) == 1
    at(timedelta(days=400))
    tidy_queue()
    drain()
    assert state_of(held) == "held" and item_of(held).state == "open" and len(acts_of("review.late")) == 2


def test_a_text_has_the_moment_it_was_sent_and_the_moment_it_was_published_and_clocks_begin_then(
    held, decide, mo, at, drain
):
    from moderation.escalation.models import Ladder

    sent = db.session.get(Post, held).created_at
    drain()
    assert db.session.query(Ladder).filter_by(question_id=held).count() == 0
    released = at(timedelta(hours=5))
    decide(mo, held, Decision.APPROVE)
    post = db.session.get(Post, held, populate_existing=True)
    assert (post.created_at, post.published_at) == (sent, released)
    assert db.session.query(Ladder).filter_by(question_id=held).one().started_at == released


# --- why ----------------------------------------------------------------------------------------------------------


def told(who, act=Act.ASK, category_id=1):
    found = explain(db.session.get(Member, who.member_id), db.session.get(Category, category_id), act)
    return found.effect, {str(line.rule): line for line in found.lines}


def test_the_heaviest_rule_decides():
    assert outcome([]) == Effect.ALLOWS == outcome([Effect.INFORMS])
    assert outcome([Effect.HOLDS, Effect.REFUSES, Effect.LOOKS]) == Effect.REFUSES


@pytest.mark.parametrize("name", ["pre", "trust", "post", "reactive"])
@pytest.mark.parametrize("who", ["newcomer", "ada", "cleo", "sam"])
def test_what_the_page_says_is_what_happens(request, policy, make_question, state_of, name, who):
    actor = request.getfixturevalue(who)
    policy(name)
    effect, _lines = told(actor)
    post = make_question(actor, title="What happens to this question now")
    assert (effect == Effect.HOLDS) is (state_of(post) == "held")


def test_each_rule_is_named_with_its_value(newcomer, ada, zed, mo, max_, policy, settings_override):
    policy("trust")
    effect, lines = told(newcomer)
    assert effect == Effect.HOLDS and "rank 2" in str(lines["Policy of the category"].value)
    assert told(zed)[0] == Effect.REFUSES
    storms.begin(max_, 1, 12, WHY)
    assert told(ada)[1]["Busy time"].effect == Effect.HOLDS
    assert told(newcomer, Act.PICTURE, 2)[1]["A picture at this rank"].effect == Effect.HOLDS
    assert told(newcomer, Act.VOTE)[0] == Effect.REFUSES and told(newcomer, Act.MESSAGE)[0] == Effect.REFUSES
    with settings_override(moderation__links_rank_0=0):
        assert told(newcomer, Act.LINK, 2)[1]["One link"].effect == Effect.HOLDS


@pytest.mark.parametrize("act", list(Act))
def test_every_act_is_explained_for_everybody(act, ada, newcomer, zed, root, mo):
    for who in (ada, newcomer, zed, root, mo):
        assert told(who, act)[1]


def test_a_pause_that_is_needed_is_said(ada, make_question, settings_override):
    with settings_override(forum__ask_gap=600):
        make_question(ada)
        effect, lines = told(ada)
        assert effect == Effect.REFUSES and "wait" in str(lines["Pace"].value)


def test_a_closed_account_can_do_nothing(ben):
    update_where(Member, Member.id == ben.member_id, closed_at=clock.now())
    db.session.commit()
    assert told(ben)[0] == Effect.REFUSES


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_desk_picks_member_act_and_category(client, sign_in, mo, ben, newcomer):
    sign_in(ben)
    assert client.get("/en/desk/why").status_code == 403
    sign_in(mo)
    assert "Choose a member" in client.get("/en/desk/why").get_data(as_text=True)
    page = client.get("/en/desk/why?member=new&act=ask&category=1").get_data(as_text=True)
    assert "Policy of the category" in page and "moderation.trusted_rank" in page
    assert "Policy of" in client.get(f"/en/desk/why?member={newcomer.member_id}&act=x&category=x").get_data(
        as_text=True
    )
    assert client.get("/en/desk/why?member=%00&act=%00&category=%00").status_code == 200
    for odd in ("nobody+at+all", "999999", "9" * 30, "'", "<b>"):
        answer = client.get(f"/en/desk/why?member={odd}")
        assert answer.status_code == 200 and "Nobody is called that" in answer.get_data(as_text=True)


def test_a_member_reads_it_about_the_own_account_only(client, sign_in, newcomer, held, at):
    at(timedelta(minutes=5))
    assert "/sign-in" in client.get("/en/what-i-can-do").headers["Location"]
    sign_in(newcomer)
    page = client.get("/en/what-i-can-do?act=ask&category=1&member=1").get_data(as_text=True)
    assert "Yes; a person reads it before it is published." in page and "moderation.trusted_rank" not in page
    held_page = client.get(f"/en/questions/{held}/x", follow_redirects=True).get_data(as_text=True)
    assert "/en/what-i-can-do" in held_page


def test_the_silenced_still_read_why(client, sign_in, ben):
    update_where(Member, Member.id == ben.member_id, silenced_until=clock.now() + timedelta(hours=3))
    db.session.commit()
    sign_in(ben)
    page = client.get("/en/what-i-can-do").get_data(as_text=True)
    assert "Not at the moment." in page and "Measure in force" in page


def test_busy_times_on_the_page_of_rules_and_where_one_asks(client, sign_in, max_, mo, ada):
    sign_in(max_)
    wrong = client.post("/en/desk/rules/storms", data={"category": 1, "hours": "99", "reason": "kept"})
    assert wrong.status_code == 422 and 'value="kept"' in wrong.get_data(as_text=True)
    for odd in ({}, {"category": "x"}, {"category": "1", "hours": "-1", "reason": WHY}):
        assert client.post("/en/desk/rules/storms", data=odd).status_code == 422
    assert (
        client.post("/en/desk/rules/storms", data={"category": 77, "hours": 3, "reason": WHY}).status_code
        == 404
    )
    assert (
        client.post("/en/desk/rules/storms", data={"category": 1, "hours": 3, "reason": WHY}).status_code
        == 303
    )
    assert (
        client.post("/en/desk/rules/storms", data={"category": 1, "hours": 3, "reason": WHY}).status_code
        == 409
    )
    page = client.get("/en/desk/rules").get_data(as_text=True)
    assert WHY in page and "/desk/rules/storms/1/end" in page
    sign_in(mo)
    assert client.post("/en/desk/rules/storms/1/end").status_code == 403
    sign_in(ada)
    asked = client.get("/en/questions/ask").get_data(as_text=True)
    assert "Thank you for your patience" in asked and WHY not in asked
    sign_in(max_)
    assert client.post("/en/desk/rules/storms/1/end").status_code == 303
    assert "Thank you for your patience" not in client.get("/en/questions/ask").get_data(as_text=True)


def test_no_hold_is_without_an_item(held):
    with unit_of_work():
        waiting = db.select(ReviewItem.id).where(ReviewItem.post_id == held, ReviewItem.open_key.is_not(None))
        assert db.session.scalar(waiting) is not None
