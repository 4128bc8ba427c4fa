"""A moderator sends a text back: its author changes it and sends it again, and nobody else sees it meanwhile."""

from datetime import timedelta

import pytest

from common.db import db
from common.errors import Conflict, Invalid
from forum.questions import publishing
from forum.questions.editing import edit_post
from forum.questions.models import Post
from moderation.review import undoing
from moderation.review.models import ReviewItem
from moderation.review.queries import author_box
from moderation.review.rules import Decision, Reason
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement, StatementEnd
from moderation.screening.newcomers import is_under_watch

BETTER = "It hums at night when it stands on the wooden floor of the kitchen. What can I put under it?"


def back(decide, mo, post_id):
    return decide(mo, post_id, Decision.SEND_BACK, Reason.PERSONAL_DATA, "Please leave your number out.")


def change(who, post_id):
    post = publishing.load(post_id)
    version = post.version
    db.session.rollback()
    edit_post(
        who,
        post_id,
        title="The washing machine hums at night",
        body=BETTER,
        reason="Without the number",
        version=version,
    )


def open_items(post_id):
    waiting = (ReviewItem.post_id == post_id, ReviewItem.open_key.is_not(None))
    return list(db.session.scalars(db.select(ReviewItem).where(*waiting)))


def test_a_held_text_stays_held_and_its_author_has_the_reasons(held, decide, mo, state_of):
    back(decide, mo, held)
    (statement,) = db.session.scalars(db.select(Statement))
    assert (statement.measure, statement.reason) == ("hidden", "personal_data")
    assert state_of(held) == "held" and open_items(held) == []


def test_changed_it_is_read_again_and_comes_back(held, decide, mo, newcomer, state_of):
    back(decide, mo, held)
    change(newcomer, held)
    (item,) = open_items(held)
    assert "sent_back" in item.signals and state_of(held) == "held"
    decide(mo, held, Decision.APPROVE)
    assert state_of(held) == "published"
    assert db.session.scalar(db.select(StatementEnd.how)) == "restored"
    assert db.session.get(Post, held).held_reasons == ["first_post"]


def test_a_published_text_is_hidden_until_it_is_in_order(policy, make_question, ada, decide, mo, state_of):
    from moderation.review.queueing import look_at

    policy("reactive")
    post_id = make_question(ada, title="The washing machine hums at night")
    look_at(mo, post_id)
    back(decide, mo, post_id)
    assert state_of(post_id) == "hidden"
    change(ada, post_id)
    (item,) = open_items(post_id)
    assert item.kind == "post" and state_of(post_id) == "hidden"
    decide(mo, post_id, Decision.APPROVE)
    assert state_of(post_id) == "published" and open_items(post_id) == []


def test_undone_nothing_is_asked_of_the_author(held, decide, mo, newcomer, state_of, drain, at):
    made = back(decide, mo, held)
    undoing.undo(mo, made.item_id)
    assert db.session.get(Post, held, populate_existing=True).held_reasons == ["first_post"]
    (item,) = open_items(held)
    assert item.previous_id == made.item_id and state_of(held) == "held"
    at(timedelta(seconds=31))
    drain()
    assert db.session.scalar(db.select(StatementEnd.how)) == "undone"


def test_overturned_on_appeal_it_is_published_as_it_was(held, decide, mo, max_, newcomer, state_of):
    back(decide, mo, held)
    statement = db.session.scalars(db.select(Statement)).one()
    appealing.appeal(newcomer, statement.id, "There is no number of mine in it, please look again.")
    item_id = db.session.scalar(db.select(ReviewItem.id).where(ReviewItem.kind == "appeal"))
    from moderation.review import deciding, leasing
    from moderation.review.showing import shown

    lease = leasing.claim(max_, item_id)
    stamp = shown(db.session.get(ReviewItem, item_id)).stamp
    deciding.decide(
        max_,
        item_id,
        lease.token,
        stamp,
        deciding.Verdict(Decision.OVERTURN, None, "You are right, there is none."),
    )
    assert state_of(held) == "published"


def test_it_needs_a_reason_and_is_not_for_what_is_gone(held, decide, mo, newcomer):
    with pytest.raises(Invalid):
        decide(mo, held, Decision.SEND_BACK)
    publishing.withdraw(newcomer, held)
    with pytest.raises(Conflict):
        decide(mo, held, Decision.SEND_BACK, Reason.OFF_TOPIC)


def test_its_author_reads_what_to_do_and_others_nothing(client, sign_in, held, decide, mo, newcomer, ben):
    back(decide, mo, held)
    path = f"/en/questions/{held}/the-washing-machine-hums-at-night"
    sign_in(newcomer)
    page = client.get(path, follow_redirects=True).get_data(as_text=True)
    assert "asks you to change this text" in page and "/decisions/" in page and "Edit" in page
    change(newcomer, held)
    assert "You have changed it." in client.get(path, follow_redirects=True).get_data(as_text=True)
    sign_in(ben)
    assert client.get(path).status_code == 404


def test_what_was_sent_back_to_be_mended_is_no_refusal(policy, make_question, newcomer, decide, mo):
    policy("trust")
    ids, held = frozenset({newcomer.member_id}), []
    for number in range(4):
        held.append(make_question(newcomer, title=f"The washing machine hums, day {number}"))
        back(decide, mo, held[-1])
    assert not is_under_watch(ids) and author_box(newcomer.member_id).refused_count == 0
    for number in range(3):
        post_id = make_question(newcomer, title=f"The dryer hums as well, day {number}")
        decide(mo, post_id, Decision.REJECT, Reason.OFF_TOPIC)
    assert is_under_watch(ids) and author_box(newcomer.member_id).refused_count == 3
