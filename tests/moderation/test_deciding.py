"""Deciding an item: with a live lease, about the version that was displayed, once, with a statement where owed."""

from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common import jobs
from common.audit import AuditEntry
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.unit_of_work import unit_of_work
from forum.housekeeping.merging import merge_question
from forum.questions import publishing
from forum.questions.models import Post, Revision
from forum.questions.rules import PostState
from forum.reactions.following import follow_question
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.handing import passing
from moderation.review import deciding, leasing, queueing, undoing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.rules import Decision, ItemState, ItemType, Reason
from moderation.review.showing import shown
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.rules import Measure, missing_parts
from moderation.sanctions.wording import parts_of


def statements():
    return list(db.session.scalars(db.select(Statement).order_by(Statement.id)))


def news_of(who):
    return list(
        db.session.scalars(
            db.select(Notification).where(
                Notification.member_id == who.member_id, Notification.kind.in_(("decision", "approved"))
            )
        )
    )


def told(who):
    shown = (Notification.member_id == who.member_id, Notification.withdrawn_at.is_(None))
    return list(db.session.scalars(db.select(Notification.kind).where(*shown)))


def test_a_held_post_has_one_item_with_its_reasons(held, item_of, newcomer):
    item = item_of(held)
    assert (item.kind, item.state, item.klass, item.author_id) == ("post", "open", 2, newcomer.member_id)
    assert item.signals == ["first_post"]


def test_approving_publishes_and_the_author_is_told_after_half_a_minute(
    held, decide, mo, newcomer, state_of, drain, at
):
    decide(mo, held, Decision.APPROVE)
    assert state_of(held) == "published" and statements() == []
    drain()
    assert news_of(newcomer) == []
    at(timedelta(seconds=31))
    drain()
    assert [row.kind for row in news_of(newcomer)] == ["approved"]


@pytest.mark.parametrize(
    ("decision", "state", "measure"),
    [(Decision.REJECT, "rejected", Measure.REJECTED), (Decision.REMOVE, "removed", Measure.REMOVED)],
)
def test_restricting_writes_exactly_one_whole_statement(
    held, decide, mo, newcomer, state_of, decision, state, measure
):
    decide(mo, held, decision, Reason.ADVERTISING, "The shop is your own.")
    assert state_of(held) == state
    (statement,) = statements()
    assert (statement.measure, statement.member_id, statement.post_id) == (measure, newcomer.member_id, held)
    assert missing_parts({name: " ".join(map(str, part)) for name, part in parts_of(statement).items()}) == []
    assert not statement.automated_decision and statement.exemption is None and statement.clause == "4.1"


def test_a_refusal_is_told_with_the_way_to_its_statement(held, decide, mo, newcomer, drain, at, outbox):
    decide(mo, held, Decision.REJECT, Reason.INSULT)
    at(timedelta(seconds=31))
    drain()
    (row,) = news_of(newcomer)
    assert row.kind == "decision"
    (letter,) = [mail for mail in outbox() if mail["To"] == "new@example.com"]
    assert f"/decisions/{statements()[0].id}-" in letter.get_body(("plain",)).get_content()


def test_a_refusal_without_a_reason_is_not_one(held, decide, mo, state_of):
    with pytest.raises(Invalid) as refused:
        decide(mo, held, Decision.REJECT)
    assert "reason" in refused.value.fields and state_of(held) == "held"


def test_another_reason_must_be_explained(held, decide, mo):
    with pytest.raises(Invalid):
        decide(mo, held, Decision.REJECT, Reason.OTHER, "no")
    decide(mo, held, Decision.REJECT, Reason.OTHER, "A full explanation of forty characters and more.")


@pytest.mark.parametrize("who", ["ben", "sam", "newcomer", "zed"])
def test_only_moderators_decide(held, decide, request, who, state_of):
    with pytest.raises(Forbidden):
        decide(request.getfixturevalue(who), held, Decision.APPROVE)
    assert state_of(held) == "held"


def test_nobody_decides_about_an_own_post(policy, make_question, mo, max_, decide, item_of, app):
    policy("pre")
    post_id = make_question(mo)
    with unit_of_work():
        from moderation.review.queueing import open_item
        from moderation.review.rules import ItemType

        open_item(ItemType.SAMPLE, post_id, post=db.session.get(Post, post_id))
    with pytest.raises(Forbidden):
        decide(mo, post_id, Decision.APPROVE)
    decide(max_, post_id, Decision.APPROVE)


def test_deciding_twice_is_a_conflict_that_names_who_was_first(held, decide, item_of, mo, second_moderator):
    item = item_of(held)
    lease = leasing.claim(mo, item.id)
    stamp = shown(item).stamp
    deciding.decide(mo, item.id, lease.token, stamp, Verdict(Decision.APPROVE))
    with pytest.raises(Conflict) as late:
        deciding.decide(second_moderator, item.id, "x", stamp, Verdict(Decision.APPROVE))
    assert "Mo has just decided: approved" in str(late.value)
    assert db.session.scalar(db.select(db.func.count()).select_from(ReviewDecision)) == 1


def test_an_expired_lease_is_a_conflict_and_changes_nothing(held, item_of, mo, at, state_of):
    item_id = item_of(held).id
    lease = leasing.claim(mo, item_id)
    stamp = shown(item_of(held)).stamp
    at(timedelta(seconds=181))
    with pytest.raises(Conflict):
        deciding.decide(mo, item_id, lease.token, stamp, Verdict(Decision.APPROVE))
    assert state_of(held) == "held" and item_of(held).decided_at is None


def test_an_edit_in_the_meantime_is_a_conflict_and_ends_the_lease(held, item_of, mo, newcomer, state_of):
    item_id = item_of(held).id
    lease = leasing.claim(mo, item_id)
    stamp = shown(item_of(held)).stamp
    with unit_of_work():
        post = db.session.get(Post, held)
        publishing.submit_edit(newcomer, post, post.title, post.body + " And more.", category_of(held), "", 1)
    with pytest.raises(Conflict):
        deciding.decide(mo, item_id, lease.token, stamp, Verdict(Decision.APPROVE))
    assert state_of(held) == "held"
    again = leasing.claim(mo, item_id)
    assert again.token != lease.token
    deciding.decide(mo, item_id, again.token, shown(item_of(held)).stamp, Verdict(Decision.APPROVE))
    decision = db.session.scalars(db.select(ReviewDecision)).one()
    assert decision.stamp == "v2" and state_of(held) == "published"


def category_of(question_id):
    from moderation.review.queueing import category_of as find

    return find(question_id)


def test_a_post_taken_back_by_its_author_cannot_be_decided_and_is_tidied_away(
    held, item_of, mo, newcomer, app
):
    from moderation.jobs import tidy_queue

    publishing.withdraw(newcomer, held)
    assert leasing.take_next(mo) is None
    with pytest.raises(Conflict):
        item = item_of(held)
        lease = leasing.claim(mo, item.id)
        deciding.decide(mo, item.id, lease.token, shown(item).stamp, Verdict(Decision.APPROVE))
    tidy_queue()
    assert item_of(held).state == ItemState.CANCELLED


def test_masking_leaves_the_words_nowhere(policy, make_question, newcomer, decide, mo, state_of):
    policy("trust")
    post_id = make_question(
        newcomer,
        title="My neighbour broke my machine",
        body="Madame Quiroga from the third floor broke it yesterday.",
    )
    decide(mo, post_id, Decision.APPROVE_AND_MASK, excerpts=["Madame Quiroga"])
    assert state_of(post_id) == "published"
    post = db.session.get(Post, post_id)
    texts = [
        post.body,
        post.body_html,
        *db.session.scalars(db.select(Revision.body).where(Revision.post_id == post_id)),
    ]
    assert all("Quiroga" not in words for words in texts) and "•••" in post.body


def test_only_words_that_stand_there_can_be_masked(held, decide, mo, state_of):
    with pytest.raises(Invalid):
        decide(mo, held, Decision.APPROVE_AND_MASK, excerpts=["never written"])
    assert state_of(held) == "held"


def test_undo_brings_the_post_back_and_leaves_no_trace_for_the_member(
    held, decide, mo, newcomer, state_of, item_of, drain, at
):
    first = decide(mo, held, Decision.REJECT, Reason.INSULT)
    at(timedelta(seconds=14))
    new_id = undoing.undo(mo, first.item_id)
    at(timedelta(minutes=2))
    drain()
    assert state_of(held) == "held" and news_of(newcomer) == []
    assert db.session.scalars(db.select(StatementEnd.how)).one() == "undone"
    again = db.session.get(ReviewItem, new_id)
    assert (again.state, again.previous_id, again.signals) == ("open", first.item_id, ["first_post"])


def test_undoing_an_approval_takes_the_post_out_of_sight_again(held, decide, mo, state_of):
    first = decide(mo, held, Decision.APPROVE)
    undoing.undo(mo, first.item_id)
    assert state_of(held) == "held"
    decide(mo, held, Decision.APPROVE)
    assert state_of(held) == "published" and statements() == []


def test_nobody_hears_by_mail_of_an_approval_that_was_undone_in_time(
    ada, zed, newcomer, make_question, make_answer, policy, decide, mo, at, outbox
):
    question_id = make_question(ada)
    follow_question(zed, question_id)
    policy("trust")
    held = make_answer(newcomer, question_id)
    first = decide(mo, held, Decision.APPROVE)
    jobs.run_due_jobs()
    at(timedelta(seconds=10))
    jobs.run_due_jobs()
    undoing.undo(mo, first.item_id)
    at(timedelta(minutes=1))
    jobs.run_due_jobs()
    assert told(ada) == told(zed) == [] and outbox() == []
    decide(mo, held, Decision.APPROVE)
    at(timedelta(minutes=2))
    jobs.run_due_jobs()
    assert told(ada) == ["question-answered"] and told(zed) == ["followed-answered"]


def test_undo_is_over_after_fifteen_seconds_and_is_one_s_own(
    held, decide, mo, second_moderator, at, state_of
):
    first = decide(mo, held, Decision.APPROVE)
    with pytest.raises(Conflict):
        undoing.undo(second_moderator, first.item_id)
    at(timedelta(seconds=16))
    with pytest.raises(Conflict):
        undoing.undo(mo, first.item_id)
    assert state_of(held) == "published"


def test_undoing_twice_is_a_conflict(held, decide, mo):
    first = decide(mo, held, Decision.APPROVE)
    undoing.undo(mo, first.item_id)
    with pytest.raises(Conflict):
        undoing.undo(mo, first.item_id)


def test_escalating_keeps_the_post_held_and_goes_to_managers(held, item_of, mo, max_, state_of):
    item_id = item_of(held).id
    lease = leasing.claim(mo, item_id)
    passing.escalate(mo, item_id, lease.token, "Looks like a recall.")
    item = item_of(held)
    assert (item.state, item.needs_senior, item.klass, state_of(held)) == ("open", True, 1, "held")
    assert leasing.take_next(mo) is None
    assert leasing.take_next(max_).item_id == item_id


def test_every_decision_leaves_an_audit_row(held, decide, mo):
    decide(mo, held, Decision.REJECT, Reason.INSULT)
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "review.reject")).one()
    assert (entry.actor_id, entry.target_type, entry.reason) == (mo.member_id, "review_item", "insult")


def test_a_failing_effect_leaves_no_trace(held, item_of, mo, monkeypatch):
    item = item_of(held)
    lease, stamp = leasing.claim(mo, item.id), shown(item).stamp

    def broken(*_args, **_named):
        raise RuntimeError("disk full")

    monkeypatch.setattr(deciding.settling, "settle", broken)
    with pytest.raises(RuntimeError):
        deciding.decide(mo, item.id, lease.token, stamp, Verdict(Decision.REJECT, Reason.INSULT))
    assert statements() == [] and item_of(held).state == ItemState.LEASED
    assert db.session.scalar(db.select(Post.state).where(Post.id == held)) == PostState.HELD


def test_an_author_without_an_address_has_a_statement_with_its_exemption(
    policy, app, make_question, ada, mo, decide
):
    from accounts.members.models import Member

    question_id = make_question(ada)
    with unit_of_work():
        db.session.get(Member, ada.member_id).email = None
    from moderation.review.queueing import look_at

    look_at(mo, question_id)
    decide(mo, question_id, Decision.REMOVE, Reason.OFF_TOPIC)
    assert statements()[0].exemption == "no_contact"


def test_a_report_and_a_look_about_one_text_are_read_once(make_question, item_of, decide, ada, ben, mo):
    post_id = make_question(ada)
    item_id = queueing.look_at(mo, post_id)
    flag(ben, post_id, FlagReason.ADVERTISING)
    assert item_of(post_id).kind == ItemType.FLAG_CASE
    lease = leasing.claim(mo, item_id)
    stamp = shown(db.session.get(ReviewItem, item_id)).stamp
    deciding.decide(mo, item_id, lease.token, stamp, deciding.Verdict(Decision.APPROVE))
    assert item_of(post_id).state == ItemState.CANCELLED


def test_a_question_that_was_merged_meanwhile_is_not_decided_and_nothing_is_half_done(
    ada, mo, max_, make_question, item_of
):
    """Its item is over with the merge: who had it open reads so."""
    first = make_question(ada, title="The pump of the machine hums at night")
    second = make_question(ada, title="The pump of the machine hums again")
    item_id = queueing.look_at(mo, second)
    token, stamp = leasing.claim(mo, item_id).token, shown(item_of(second)).stamp
    merge_question(max_, second, first)
    with pytest.raises(Conflict):
        deciding.decide(mo, item_id, token, stamp, deciding.Verdict(Decision.REMOVE, Reason.JUNK))
    assert statements() == [] and item_of(second).state == "cancelled"
