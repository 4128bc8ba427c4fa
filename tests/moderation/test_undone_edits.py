"""A decision about an edit is taken back: it waits as it did, and the text before stands (domain/moderation.md §B2.4)."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from accounts.notifications.models import Notification
from common.db import db
from common.errors import Conflict, Forbidden
from common.unit_of_work import unit_of_work
from forum.questions.editing import edit_post
from forum.questions.models import PendingEdit, Post, Question, Revision
from forum.suggestions.models import SuggestedEdit
from forum.suggestions.rules import SuggestionState
from forum.suggestions.suggesting import suggest_edit
from moderation.bulk import running
from moderation.bulk.models import Bulk, BulkItem
from moderation.bulk.rules import BulkState, By, Choice, Outcome
from moderation.looks import held as mentoring
from moderation.review import undoing
from moderation.review.models import DecisionUndo, ReviewItem
from moderation.review.queueing import last_cleared
from moderation.review.rules import Decision, Reason
from moderation.sanctions.models import RefusedEdit, Statement, StatementEnd
from rewards.ranks.models import Mandate

NEW = "Everything is different now: I have found another machine in the cellar, @ben knows the house."
TITLE = "Which machine stands in the cellar"


@pytest.fixture
def pending(policy, ada, make_question):
    """A published question of ada whose large edit, which names ben, waits; returns its id."""
    post_id = make_question(ada)
    policy("trust")
    assert edit_post(ada, post_id, version=1, body=NEW, title=TITLE, reason="I was wrong").held
    return post_id


def whole(post_id):
    """All there is of a text and of its edit, but for the times nobody set."""
    db.session.rollback()
    post = db.session.get(Question, post_id, populate_existing=True)
    edit = db.session.get(PendingEdit, post_id, populate_existing=True)
    columns = [one.name for one in PendingEdit.__table__.columns if one.name != "created_at"]
    versions = db.select(Revision.version, Revision.title, Revision.body, Revision.withheld_at).where(
        Revision.post_id == post_id
    )
    return (
        post.title, post.slug, post.body, post.body_html, post.version, post.edited_at, post.state.value,
        edit and {name: getattr(edit, name) for name in columns}, db.session.execute(versions).all(),
    )  # fmt: skip


def told(member):
    shown = (Notification.member_id == member.member_id, Notification.withdrawn_at.is_(None))
    return list(db.session.scalars(db.select(Notification.kind).where(*shown)))


def count(model):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


@contextmanager
def leaving(post_id, kind):
    """A refusal of a kind that changes nothing."""
    before = (whole(post_id), count(StatementEnd), count(DecisionUndo), count(RefusedEdit), count(ReviewItem))
    with pytest.raises(kind) as refusal:
        yield refusal
    assert before == (
        whole(post_id), count(StatementEnd), count(DecisionUndo), count(RefusedEdit), count(ReviewItem)
    )  # fmt: skip


@pytest.mark.parametrize("decision", [Decision.APPROVE, Decision.REJECT])
def test_undone_in_time_it_waits_as_it_did_and_nobody_hears(
    pending, decide, mo, ada, ben, at, drain, outbox, item_of, decision
):
    before, first = whole(pending), item_of(pending)
    facts = (first.id, first.signals, first.klass, first.created_at, first.author_id, first.target_version)
    made = decide(mo, pending, decision, Reason.OFF_TOPIC if decision == Decision.REJECT else None)
    assert made.can_undo and whole(pending) != before
    drain()
    at(timedelta(seconds=14))
    new_id = undoing.undo(mo, made.item_id)
    assert whole(pending) == before and count(RefusedEdit) == 0
    again = db.session.get(ReviewItem, new_id)
    assert again.state == "open" and again.kind == "edit"
    assert facts == (
        again.previous_id, again.signals, again.klass, again.created_at, again.author_id, again.target_version
    )  # fmt: skip
    at(timedelta(minutes=2))
    drain()
    assert told(ada) == told(ben) == [] and outbox() == []
    assert list(db.session.scalars(db.select(StatementEnd.how))) == ["undone"] * count(Statement)


def test_decided_anew_there_is_one_version_one_statement_in_force_and_the_news_once(
    pending, decide, mo, ada, ben, at, drain
):
    undoing.undo(mo, decide(mo, pending, Decision.REJECT, Reason.OFF_TOPIC).item_id)
    undoing.undo(mo, decide(mo, pending, Decision.APPROVE).item_id)
    assert last_cleared(pending) == 0, "what was undone clears nothing"
    undoing.undo(mo, decide(mo, pending, Decision.REJECT, Reason.OFF_TOPIC).item_id)
    decide(mo, pending, Decision.APPROVE)
    at(timedelta(minutes=2))
    drain()
    post = db.session.get(Question, pending)
    assert (post.title, post.body, post.version) == (TITLE, NEW, 2)
    assert [row.reason for row in db.session.scalars(db.select(Revision).order_by(Revision.version))] == [
        "",
        "I was wrong",
    ]  # fmt: skip
    assert count(Statement) == count(StatementEnd) == 2 and count(PendingEdit) == 0
    assert told(ada) == ["edit-approved"] and told(ben) == ["mention"]


def test_a_decision_can_be_undone_once_by_who_made_it_and_in_time(pending, decide, mo, second_moderator, at):
    made = decide(mo, pending, Decision.REJECT, Reason.OFF_TOPIC)
    with leaving(pending, Conflict):
        undoing.undo(second_moderator, made.item_id)
    undoing.undo(mo, made.item_id)
    with leaving(pending, Conflict):
        undoing.undo(mo, made.item_id)
    made = decide(mo, pending, Decision.APPROVE)
    at(timedelta(seconds=16))
    with leaving(pending, undoing.TooLate):
        undoing.undo(mo, made.item_id)


@pytest.mark.parametrize("decision", [Decision.APPROVE, Decision.REJECT])
@pytest.mark.parametrize("after", ["another edit waits", "another version", "hidden"])
def test_what_came_after_the_decision_stays(pending, decide, mo, ada, decision, after):
    made = decide(mo, pending, decision, Reason.OFF_TOPIC if decision == Decision.REJECT else None)
    version = db.session.get(Post, pending).version
    if after == "another edit waits":
        assert edit_post(ada, pending, version=version, body=f"{NEW} Look at www.shop.example, please.").held
    elif after == "another version":
        edit_post(mo, pending, version=version, title="The drum stays full of cold water", reason="Clearer")
    else:
        from forum.questions import publishing

        publishing.hide(mo, pending)
    with leaving(pending, Conflict) as refusal:
        undoing.undo(mo, made.item_id)
    assert "decision" in str(refusal.value) and count(DecisionUndo) == 0


def test_of_an_undo_and_a_new_edit_at_once_one_comes_first(pending, decide, mo, ada, in_threads):
    made = decide(mo, pending, Decision.REJECT, Reason.OFF_TOPIC)
    later = f"{NEW} Look at www.shop.example, please."
    acts = (
        lambda: undoing.undo(mo, made.item_id),
        lambda: edit_post(ada, pending, version=1, body=later).held,
        lambda: undoing.undo(mo, made.item_id),
    )
    results = in_threads(3, lambda n: acts[n]())
    assert all(isinstance(one, (int, Conflict)) for one in results), results
    assert count(PendingEdit) == 1 and count(DecisionUndo) <= 1
    assert db.session.query(ReviewItem).filter(ReviewItem.open_key.is_not(None)).count() == 1


def test_a_suggestion_that_the_approval_outdated_is_open_again(ada, cleo, mo, make_question, policy, decide):
    post_id = make_question(ada)
    policy("trust")
    better = db.session.get(Post, post_id).body + " It happens with every programme."
    suggested = suggest_edit(cleo, post_id, version=1, body=better, reason="As told in a comment")
    edit_post(ada, post_id, version=1, body=NEW)
    made = decide(mo, post_id, Decision.APPROVE)
    assert db.session.get(SuggestedEdit, suggested).state == SuggestionState.OUTDATED
    assert told(cleo) == ["suggestion-outdated"]
    undoing.undo(mo, made.item_id)
    found = db.session.get(SuggestedEdit, suggested, populate_existing=True)
    assert (found.state, found.decided_at, told(cleo)) == (SuggestionState.OPEN, None, [])
    decide(mo, post_id, Decision.APPROVE)
    assert told(cleo) == ["suggestion-outdated"]


def test_many_at_once_are_counted_by_what_became_of_them(policy, ada, ben, mo, make_question, decide, at):
    """Undone; too late; and changed since: each is said with its own cause."""
    posts = [make_question(ada, title=f"The drum stays full, number {n}") for n in range(3)]
    policy("trust")
    for post_id in posts:
        edit_post(ada, post_id, version=1, body=NEW)
    late = decide(mo, posts[0], Decision.APPROVE)
    at(timedelta(seconds=16))
    made = [late, *(decide(mo, post_id, Decision.APPROVE) for post_id in posts[1:])]
    edit_post(mo, posts[2], version=2, title="The drum stays full of cold water", reason="Clearer")
    with unit_of_work():
        bulk = Bulk(
            author_id=mo.member_id, by=By.TICKED, value="", choice=Choice.APPROVE, message="", state=BulkState.DONE,
            item_count=3, key="k", expires_at=db.session.get(Post, posts[0]).created_at,
        )  # fmt: skip
        db.session.add(bulk)
        db.session.flush()
        for one in made:
            db.session.add(BulkItem(bulk_id=bulk.id, item_id=one.item_id, stamp="e", outcome=Outcome.DECIDED))
        bulk_id = bulk.id
    assert running.take_back(mo, bulk_id) == running.TakenBack(1, 1, 1)
    assert running.take_back(mo, bulk_id) == running.TakenBack(0, 1, 1)


def test_a_mentor_takes_back_their_own_decision_on_their_own_page(
    held, decide, mo, cleo, client, sign_in, entrusted_to, state_of
):
    mentor = entrusted_to(cleo)
    made = decide(mentor, held, Decision.REJECT, Reason.OFF_TOPIC)
    sign_in(mentor)
    page = client.get("/en/helping/held").get_data(as_text=True)
    assert f"/en/helping/held/{made.item_id}/undo" in page and state_of(held) == "rejected"
    done = client.post(f"/en/helping/held/{made.item_id}/undo", follow_redirects=True)
    assert done.status_code == 200 and "has not been told" in done.text and state_of(held) == "held"
    assert client.post(f"/en/helping/held/{made.item_id}/undo").status_code == 409
    with pytest.raises(Forbidden):
        mentoring.undo(mo, made.item_id)


@pytest.fixture
def entrusted_to(app):
    """Give a member the mandate of a mentor for the first category."""
    from dataclasses import replace

    from accounts.members.models import Member
    from common import clock

    def make(member):
        with unit_of_work():
            db.session.get(Member, member.member_id).rank = 6
            db.session.add(
                Mandate(member_id=member.member_id, rank=6, given_at=clock.now(), category_id=1,
                        ends_at=clock.now() + timedelta(days=30))
            )  # fmt: skip
        return replace(member, rank=6)

    return make
