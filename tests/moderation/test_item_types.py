"""What waits says what to look at: product reviews, pictures, profiles, private messages, each with its time and its ways."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.members.models import Member
from accounts.messages import reporting as messages
from accounts.messages import writing
from accounts.messages.models import Message, MessageReport
from accounts.notifications.models import Notification
from common import clock, settings
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from moderation.figures import counting
from moderation.figures import queries as figures
from moderation.flags.flagging import standings
from moderation.jobs import tidy_queue
from moderation.review import deciding, leasing
from moderation.review import queries as pages
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.queueing import open_item
from moderation.review.rules import Decision, ItemType, Reason, held_as
from moderation.review.showing import shown
from moderation.review.undoing import undo
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement


def item(**criteria):
    query = select(ReviewItem).where(
        *(getattr(ReviewItem, name) == value for name, value in criteria.items())
    )
    return db.session.scalars(
        query.order_by(ReviewItem.id.desc()).execution_options(populate_existing=True)
    ).first()


def decide(who, item_id, decision, reason=None, **more):
    lease = leasing.claim(who, item_id)
    stamp = shown(db.session.get(ReviewItem, item_id, populate_existing=True)).stamp
    return deciding.decide(who, item_id, lease.token, stamp, Verdict(decision, reason, **more))


def told(who):
    mine = select(Notification.kind).where(Notification.member_id == who.member_id)
    return [str(kind) for kind in db.session.scalars(mine)]


# --- what a held text waits as ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_review", "reasons", "kind"),
    [
        (True, ("pre_moderation", "images"), "review"),
        (False, ("first_post", "images"), "image"),
        (False, ("first_post", "links"), "post"),
        (False, (), "post"),
    ],
)
def test_a_held_text_says_what_to_look_at(is_review, reasons, kind):
    assert held_as(is_review, reasons) == kind


@pytest.fixture
def held(policy, make_question, newcomer):
    policy("trust")
    return make_question(newcomer, title="The washing machine hums at night")


def test_a_text_waits_once_whatever_it_waits_as(held):
    first = item(post_id=held)
    post = db.session.get(Post, held)
    with unit_of_work():
        again = open_item(ItemType.IMAGE, held, post=post, signals=("images",))
    found = item(post_id=held)
    assert again == first.id == found.id and found.kind == "image" and "images" in found.signals


def test_pictures_have_their_tab_and_are_of_those_to_review(held, mo):
    with unit_of_work():
        open_item(ItemType.IMAGE, held, post=db.session.get(Post, held), signals=("images",))
    counts = pages.queue(mo, "images").counts
    assert (counts["images"], counts["review"], counts["reviews"], counts["people"]) == (1, 1, 0, 0)
    decide(mo, item(post_id=held).id, Decision.APPROVE)
    assert db.session.get(Post, held, populate_existing=True).state == "published"
    assert counting.holds(figures.begins(30))[0].decided == 1, "it was held like any other"


# --- product reviews ----------------------------------------------------------------------------------------------


@pytest.fixture
def review_item(held):
    """A held text that waits as a product review."""
    with unit_of_work():
        return open_item(ItemType.REVIEW, 990_000 + held, klass=2)


def test_a_review_waits_no_longer_than_its_absolute_time(app, at):
    with settings.override(**{"moderation.sla_p2_minutes": 5_000}), unit_of_work():
        late = open_item(ItemType.REVIEW, 1)
        other = open_item(ItemType.POST, 2)
    rows = {one.id: one.due_at - one.created_at for one in db.session.scalars(select(ReviewItem))}
    assert rows == {late: timedelta(hours=24), other: timedelta(minutes=5_000)}


def test_a_review_near_its_end_goes_before_all_but_danger(review_item, at):
    at(timedelta(hours=17))
    tidy_queue()
    assert item(id=review_item).klass == 2
    at(timedelta(hours=1, minutes=1))
    tidy_queue()
    tidy_queue()
    assert item(id=review_item).klass == 1


@pytest.mark.parametrize(
    "decision", [Decision.SEND_BACK, Decision.NO_ACTION, Decision.RESTORE, Decision.UPHOLD]
)
def test_a_review_takes_four_decisions_and_no_other(review_item, mo, decision):
    lease = leasing.claim(mo, review_item)
    with pytest.raises(Invalid):
        deciding.decide(mo, review_item, lease.token, "v1", Verdict(decision, Reason.INSULT, "x" * 40))


# --- private messages ---------------------------------------------------------------------------------------------


@pytest.fixture
def nasty(ben, cleo):
    """A message of ben's that cleo showed to the team; returns its item."""
    writing.write_to(cleo, ben.member_id, "Did you find the manual of it?")
    message_id = writing.write_to(ben, cleo.member_id, "You are a fool, look for yourself.")
    messages.report(cleo, message_id, "insult", "Every evening")
    return item(kind="message").id


def removed():
    return [one.removed_at for one in db.session.scalars(select(Message).order_by(Message.id))][-1]


def test_a_reported_message_is_an_item_like_a_report(nasty, ben, cleo, mo):
    found = item(id=nasty)
    assert (found.klass, found.author_id, found.excluded_id) == (3, ben.member_id, cleo.member_id)
    assert found.due_at - found.created_at == timedelta(hours=4)
    (row,) = pages.queue(mo, "people").rows
    assert (row.title, row.excerpt) == ("Ben", "You are a fool, look for yourself.")
    detail = pages.detail(mo, found)
    assert str(detail.letter.messages[0].html) == "<p>Did you find the manual of it?</p>\n"
    (reporter,) = detail.reporters
    assert (reporter.card.name, str(reporter.reason), reporter.note) == ("Cleo", "Insulting", "Every evening")


def test_removing_it_states_the_reasons_tells_both_and_counts_for_who_reported(
    nasty, ben, cleo, mo, at, drain
):
    with pytest.raises(Invalid):
        decide(mo, nasty, Decision.REMOVE)
    decide(mo, nasty, Decision.REMOVE, Reason.INSULT)
    (statement,) = db.session.scalars(select(Statement))
    assert (statement.member_id, statement.post_id, statement.from_notice) == (ben.member_id, None, True)
    assert removed() is not None
    at(timedelta(seconds=31))
    drain()
    assert told(ben).count("decision") == 1 and told(cleo).count("message-judged") == 1
    assert standings([cleo.member_id])[cleo.member_id].agreed == 1
    assert db.session.scalars(select(ReviewDecision.decision)).one() == "remove"


def test_leaving_it_is_told_and_counts_as_well(nasty, ben, cleo, mo, at, drain):
    decide(mo, nasty, Decision.APPROVE)
    at(timedelta(seconds=31))
    drain()
    assert removed() is None and told(cleo).count("message-judged") == 1 and "decision" not in told(ben)
    assert standings([cleo.member_id])[cleo.member_id].disagreed == 1


def test_undone_it_is_as_it_was(nasty, ben, cleo, mo, at, drain):
    decide(mo, nasty, Decision.REMOVE, Reason.INSULT)
    new_id = undo(mo, nasty)
    at(timedelta(minutes=1))
    drain()
    again = item(id=new_id)
    assert removed() is None and "message-judged" not in told(cleo)
    assert (again.author_id, again.excluded_id, again.previous_id) == (ben.member_id, cleo.member_id, nasty)
    decide(mo, new_id, Decision.APPROVE)
    assert db.session.scalars(select(MessageReport.outcome)).one() == "kept"


def test_overturned_on_appeal_it_is_read_again(nasty, ben, cleo, mo, second_moderator):
    decide(mo, nasty, Decision.REMOVE, Reason.INSULT)
    statement_id = db.session.scalars(select(Statement.id)).one()
    appealing.appeal(ben, statement_id, "We have known each other for years, it is how we talk.")
    appeal = item(kind="appeal").id
    decide(
        second_moderator, appeal, Decision.OVERTURN, message="You are right, this was between the two of you."
    )
    assert removed() is None and standings([cleo.member_id])[cleo.member_id].disagreed == 1


def test_who_wrote_it_who_reported_it_and_who_moderates_a_part_do_not_decide(ben, cleo, mo, sam):
    message_id = writing.write_to(mo, cleo.member_id, "An official word.")
    messages.report(cleo, message_id, "other", "Not kind")
    for who in (mo, cleo, sam):
        with pytest.raises(Forbidden):
            leasing.claim(who, item(kind="message").id)
    with unit_of_work():
        db.session.get(Member, cleo.member_id).role = "moderator"
    limited = type(mo)(
        member_id=77, role="limited", language="en", email_verified=True, joined_at=mo.joined_at
    )
    assert pages.queue(limited, "people").rows == []


def test_a_message_that_is_gone_needs_no_decision(nasty, mo):
    with unit_of_work():
        for message in db.session.scalars(select(Message)):
            message.body = message.body_html = ""
    assert shown(item(id=nasty)) is None
    lease = leasing.claim(mo, nasty)
    with pytest.raises(Conflict, match="nothing left"):
        deciding.decide(mo, nasty, lease.token, "m1", Verdict(Decision.APPROVE))


def test_the_page_shows_it_and_decides_it_without_scripts(client, sign_in, nasty, mo, ben):
    sign_in(ben)
    assert client.get("/en/desk/messages").status_code == 403
    sign_in(mo)
    assert client.get("/en/desk/messages").headers["Location"].endswith("/en/desk/review?tab=people")
    page = client.get("/en/desk/review?tab=people").get_data(as_text=True)
    assert "You are a fool" in page and "Did you find the manual" in page and "Private message of Ben" in page
    assert "Message privé de Ben" in client.get(f"/fr/desk/review/{nasty}").get_data(as_text=True)
    form = {"stamp": shown(item(id=nasty)).stamp, "decision": "remove", "reason": "insult"}
    assert client.post(f"/en/desk/review/{nasty}/decide", data=form).status_code == 303
    assert removed() is not None and clock.now() is not None
    assert client.get(f"/en/desk/review/{nasty}/history").status_code == 200


def test_many_reported_people_cost_as_many_statements_as_one(nasty, mo, ben, members, count_queries):
    from moderation.profile_reports import reporting

    with unit_of_work():
        for one in db.session.scalars(select(Member).where(Member.id < 100)):
            one.bio = "Buy at my shop."
    people = members(12)
    reporting.report(ben, people[0].member_id, "advertising")
    pages.queue(mo, "all")
    with count_queries() as few:
        pages.queue(mo, "all")
    for one in people[1:]:
        reporting.report(ben, one.member_id, "advertising")
    with count_queries() as many:
        assert len(pages.queue(mo, "all").rows) == 13
    assert len(many) == len(few)
