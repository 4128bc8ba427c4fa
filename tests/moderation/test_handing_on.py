"""What a moderator hands on: to a team, into another question, to a private talk; topics; and what says nearly the same."""

from datetime import timedelta

import pytest

from accounts.messages.models import Message
from accounts.notifications.models import Notification
from common import clock
from common.db import db, update_where
from common.errors import Conflict, Forbidden, Invalid
from common.unit_of_work import unit_of_work
from forum.questions import editing, publishing
from forum.questions.models import Post, Question
from forum.questions.tagging import tags_of
from forum.solutions.accepting import accept_answer
from moderation.escalation import cases, laddering
from moderation.escalation.models import Case, CaseEvent, CaseNote, Ladder
from moderation.escalation.rules import HandBackReason
from moderation.handing import alike, opening, passing
from moderation.private.models import PrivateTalk
from moderation.review import deciding, leasing, undoing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewDecision, ReviewItem
from moderation.review.queueing import open_item
from moderation.review.rules import Decision, ItemState, ItemType, Reason
from moderation.review.showing import shown
from moderation.routing.models import CaseDesk, SupportTeam, SupportTeamMember
from moderation.sanctions.models import Statement
from moderation.screening.watching import watch_word
from moderation.screening.words import WordAction

WORDS = "The seal of this model seems to be recalled."
LONG = (
    "The drum of my washing machine stays full of water, the display shows E18 and the pump hums for a minute before it "
    "stops; I have cleaned the filter and looked for a kink in the hose at the back, and there is none."
)


def count(model, *criteria):
    return db.session.scalar(db.select(db.func.count()).select_from(model).where(*criteria))


def claimed(actor, post_id):
    waits = db.select(ReviewItem.id).where(ReviewItem.post_id == post_id, ReviewItem.open_key.is_not(None))
    item_id = db.session.scalars(waits).one()
    return item_id, leasing.claim(actor, item_id).token


def decided(actor, post_id, decision, **more):
    item_id, token = claimed(actor, post_id)
    stamp = shown(db.session.get(ReviewItem, item_id)).stamp
    return deciding.decide(actor, item_id, token, stamp, Verdict(decision, **more))


@pytest.fixture
def sampled(policy, make_question, ada):
    """A published question that is looked at."""

    def make(**more):
        policy("reactive")
        post_id = make_question(more.pop("who", ada), **more)
        with unit_of_work():
            open_item(ItemType.SAMPLE, post_id, post=publishing.load(post_id))
        return post_id

    return make


@pytest.fixture
def quality(max_, sam):
    """A team with one agent."""
    with unit_of_work():
        team = SupportTeam(key="door_seals", name_fr="Joints", name_en="Door seals")
        db.session.add(team)
        db.session.flush()
        db.session.add(SupportTeamMember(team_id=team.id, member_id=sam.member_id))
        team_id = team.id
    return team_id


def team_of(case_id):
    return db.session.scalar(db.select(CaseDesk.team_id).where(CaseDesk.case_id == case_id))


# --- escalate -----------------------------------------------------------------------------------------------------


def test_escalating_a_look_opens_the_case_of_the_team_with_the_words_and_decides(
    sampled, quality, mo, sam, state_of
):
    post_id = sampled()
    item_id, token = claimed(mo, post_id)
    assert passing.escalate(mo, item_id, token, WORDS, "door_seals") is True
    case = db.session.scalars(db.select(Case)).one()
    assert (case.question_id, team_of(case.id), state_of(post_id)) == (post_id, quality, "published")
    assert [(note.body, note.author_id) for note in db.session.scalars(db.select(CaseNote))] == [
        (WORDS, mo.member_id)
    ]
    decision = db.session.scalars(db.select(ReviewDecision)).one()
    assert (decision.decision, decision.message, count(Statement)) == (Decision.ESCALATE, WORDS, 0)
    told = db.session.scalars(db.select(Notification.member_id).where(Notification.kind == "case-opened"))
    assert list(told) == [sam.member_id]
    with pytest.raises(Conflict):
        undoing.undo(mo, item_id)


def test_what_is_handed_over_without_a_reservation_was_read_in_no_known_time(
    sampled, client, sign_in, mo, item_of
):
    path = f"/en/desk/review/{item_of(sampled()).id}/escalate"
    assert sign_in(mo).post(path, data={"note": WORDS}).status_code == 303
    assert db.session.scalars(db.select(ReviewDecision.seconds)).all() == [None]


def test_what_is_held_stays_held_and_its_team_has_it_once_it_is_published(held, quality, mo, max_, state_of):
    item_id, token = claimed(mo, held)
    assert passing.escalate(mo, item_id, token, WORDS, "door_seals") is False
    item = db.session.get(ReviewItem, item_id)
    assert (state_of(held), item.state, item.needs_senior, count(Case)) == ("held", ItemState.OPEN, True, 0)
    assert {"escalated", "route:door_seals"} <= set(item.signals)
    decided(max_, held, Decision.APPROVE)
    case = db.session.scalars(db.select(Case)).one()
    assert (team_of(case.id), state_of(held)) == (quality, "published")
    assert db.session.scalar(db.select(CaseNote.body)) == WORDS


@pytest.mark.parametrize(
    ("words", "team"), [("", ""), ("too short", ""), ("x" * 1001, ""), (WORDS, "Nobody knows it")]
)
def test_escalating_wants_words_and_a_team_there_is(sampled, mo, words, team):
    item_id, token = claimed(mo, sampled())
    with pytest.raises(Invalid):
        passing.escalate(mo, item_id, token, words, team)
    item = db.session.get(ReviewItem, item_id)
    assert item.state == ItemState.LEASED and "escalated" not in item.signals and count(Case) == 0


def test_escalating_needs_the_lease_and_the_right(sampled, mo, max_, ben):
    item_id, token = claimed(mo, sampled())
    with pytest.raises(Conflict):
        passing.escalate(max_, item_id, token, WORDS)
    with pytest.raises(Forbidden):
        passing.escalate(ben, item_id, token, WORDS)


def lines_of(case_id):
    return list(db.session.scalars(db.select(CaseEvent.kind).where(CaseEvent.case_id == case_id)))


def case():
    return db.session.scalars(db.select(Case).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("solved", [False, True])
def test_a_question_that_is_answered_reaches_the_team_and_waits_for_it(
    sampled, quality, mo, sam, ada, ben, make_answer, at, drain, solved
):
    post_id = sampled()
    answer = make_answer(ben, post_id)
    if solved:
        accept_answer(ada, post_id, answer)
    at(timedelta(minutes=1))
    item_id, token = claimed(mo, post_id)
    assert passing.escalate(mo, item_id, token, WORDS, "door_seals") is True
    assert (case().state, team_of(case().id), lines_of(case().id)[-1]) == ("queued", quality, "rerouted")
    assert "escalated" in lines_of(case().id) and case().due_at > clock.now()
    assert db.session.scalar(db.select(CaseNote.body)) == WORDS
    at(timedelta(minutes=2))
    make_answer(ada if solved else ben, post_id, body="One more thing: it hums as well, all night long.")
    laddering.settle(post_id)
    assert case().state == "queued", "members' answers do not settle what the team was asked"
    at(timedelta(minutes=3))
    cases.take(sam, case().id)
    official = cases.answer_officially(sam, case().id, "We looked at this model: the seal is not recalled.")
    assert (case().state, case().answer_id) == ("resolved" if solved else "answered", official.id)


def test_a_case_that_was_over_is_taken_up_again_and_another_word_is_only_a_note(
    sampled, mo, sam, max_, make_question, at
):
    post_id = sampled()
    cases.take(sam, laddering.escalate(post_id, None))
    at(timedelta(minutes=1))
    cases.answer_officially(sam, case().id, "Please clean the filter, then start the short programme.")
    at(timedelta(minutes=2))
    item_id, token = claimed(mo, post_id)
    passing.escalate(mo, item_id, token, WORDS)
    assert (case().state, case().assignee_id, case().answer_id) == ("queued", None, None)
    opening.open_case(post_id, max_.member_id, "And look at the hose, please.")
    assert (count(CaseNote), count(Case), case().state) == (2, 1, "queued")
    with unit_of_work():
        update_where(Case, Case.id == case().id, state="closed", ended_at=clock.now())
    assert opening.open_case(post_id, mo.member_id, WORDS) != case_ids()[0] and len(case_ids()) == 2


def case_ids():
    return list(db.session.scalars(db.select(Case.id).order_by(Case.id)))


def test_the_team_hands_an_answered_question_back_and_it_is_not_unanswered(
    sampled, mo, sam, ben, make_answer, at
):
    post_id = sampled()
    make_answer(ben, post_id)
    at(timedelta(minutes=1))
    item_id, token = claimed(mo, post_id)
    passing.escalate(mo, item_id, token, WORDS)
    cases.take(sam, case().id)
    cases.hand_back(sam, case().id, HandBackReason.OPINION)
    ladder = db.session.get(Ladder, post_id, populate_existing=True)
    assert case().state == "handed_back" and ladder.stopped_at is not None


def test_what_reports_had_hidden_reaches_its_team_once_it_is_back(
    policy, make_question, ada, mo, quality, max_
):
    policy("reactive")
    post_id = make_question(ada)
    with unit_of_work():
        publishing.hide(mo, post_id)
        open_item(ItemType.FLAG_CASE, post_id, post=publishing.load(post_id))
    item_id, token = claimed(mo, post_id)
    assert passing.escalate(mo, item_id, token, WORDS, "door_seals") is False and count(Case) == 0
    decided(max_, post_id, Decision.RESTORE)
    assert (case().question_id, team_of(case().id)) == (post_id, quality)


# --- teams and watched words ----------------------------------------------------------------------------------------


def test_a_word_that_calls_a_team_gives_it_the_case(policy, make_question, ada, max_, quality, mo, item_of):
    policy("reactive")
    watch_word(max_, "recall", WordAction.ROUTE, True, ["a recall"], ["nothing"], value="Door seals")
    post_id = make_question(ada, title="Is there a recall of the door seal")
    assert "route:Door seals" in item_of(post_id).signals
    case_id = laddering.escalate(post_id, mo.member_id)
    assert team_of(case_id) == quality


def test_a_word_that_comes_later_moves_the_case_while_nobody_works_on_it(
    policy, make_question, ada, max_, sam, quality, item_of, at
):
    policy("reactive")
    watch_word(max_, "recall", WordAction.ROUTE, True, ["a recall"], ["nothing"], value="Door seals")
    first, second = make_question(ada), make_question(ada, title="Another one hums at night")
    waits, taken = laddering.escalate(first, None), laddering.escalate(second, None)
    cases.take(sam, taken)
    for post_id in (first, second):
        body = "It stops early and shows E18: is there a recall of this model?"
        editing.edit_post(ada, post_id, version=1, body=body)
    assert (team_of(waits), team_of(taken)) == (quality, None)


def test_danger_stays_with_the_team_that_takes_it_whatever_a_word_calls(
    policy, make_question, ada, max_, quality
):
    policy("reactive")
    with unit_of_work():
        guard = SupportTeam(key="guard", name_fr="Garde", name_en="Guard", takes_danger=True)
        db.session.add(guard)
        db.session.flush()
        guard_id = guard.id
    watch_word(max_, "recall", WordAction.ROUTE, True, ["a recall"], ["nothing"], value="Door seals")
    make_question(ada, title="Recall: it caught fire", body="There was smoke and a fire, is there a recall?")
    assert (case().question_id > 0, team_of(case().id)) == (True, guard_id)


# --- topics, merge, duplicate ---------------------------------------------------------------------------------------


def test_topics_are_put_in_order_with_the_approval_and_back_with_its_undo(held, mo, state_of):
    made = decided(mo, held, Decision.EDIT_TAGS, tags=("pump", "noise"))
    assert (state_of(held), tags_of(held), count(Statement)) == ("published", ("noise", "pump"), 0)
    undoing.undo(mo, made.item_id)
    assert (state_of(held), tags_of(held)) == ("held", ())


@pytest.mark.parametrize("decision", [Decision.MERGE, Decision.DUPLICATE])
def test_a_held_question_goes_up_in_the_one_that_was_there_and_comes_back(
    held, make_question, ben, mo, state_of, decision, policy
):
    policy("reactive")
    first = make_question(ben, title="It hums at night, was asked before")
    made = decided(mo, held, decision, target_id=first)
    merged = decision is Decision.MERGE
    assert state_of(held) == ("merged" if merged else "published") and count(Statement) == 0
    leads = db.session.execute(
        db.select(Question.__table__.c.merged_into_id, Question.__table__.c.duplicate_of_id).where(
            Question.__table__.c.id == held
        )
    ).one()
    assert tuple(leads) == ((first, None) if merged else (None, first))
    assert made.can_undo
    undoing.undo(mo, made.item_id)
    assert state_of(held) == "held"


def test_a_published_question_is_merged_and_the_undo_parts_them(sampled, make_question, ben, mo, state_of):
    post_id, first = (
        sampled(title="It hums by night"),
        make_question(ben, title="It hums at night, was asked before"),
    )
    made = decided(mo, post_id, Decision.MERGE, target_id=first)
    assert state_of(post_id) == "merged"
    undoing.undo(mo, made.item_id)
    assert state_of(post_id) == "published"


def test_a_wrong_target_or_no_question_changes_nothing(
    held, mo, state_of, make_question, make_answer, ben, policy, sampled
):
    for target in (None, held, 999_999):
        with pytest.raises(Invalid):
            decided(mo, held, Decision.MERGE, target_id=target)
    question = sampled(who=ben, title="Another one that hums")
    answer = make_answer(ben, question)
    with unit_of_work():
        open_item(ItemType.SAMPLE, answer, post=publishing.load(answer))
    with pytest.raises(Invalid):
        decided(mo, answer, Decision.MERGE, target_id=question)
    assert state_of(held) == "held" and count(ReviewDecision) == 0


# --- in private -----------------------------------------------------------------------------------------------------


def test_an_agent_begins_the_talk_about_a_published_question_and_the_text_stays(sampled, max_, ada, state_of):
    post_id = sampled()
    made = decided(max_, post_id, Decision.CONVERT_PRIVATE, words="Please send me your order number here.")
    talk = db.session.scalars(db.select(PrivateTalk)).one()
    assert (talk.question_id, talk.agent_id, talk.asker_id, talk.state) == (
        post_id, max_.member_id, ada.member_id, "going",
    )  # fmt: skip
    assert (state_of(post_id), count(Statement), made.can_undo) == ("published", 0, False)


def test_with_a_reason_the_text_is_out_of_sight_with_one_statement(sampled, max_, state_of):
    post_id = sampled()
    decided(
        max_,
        post_id,
        Decision.CONVERT_PRIVATE,
        reason=Reason.PERSONAL_DATA,
        words="Please go on with me here.",
    )
    assert (state_of(post_id), count(Statement), count(PrivateTalk)) == ("hidden", 1, 1)


def test_a_held_text_stays_held_and_its_author_is_written_to(held, mo, newcomer, state_of, drain, at):
    with pytest.raises(Invalid):
        decided(mo, held, Decision.CONVERT_PRIVATE, words="Please tell me more here.")
    decided(mo, held, Decision.CONVERT_PRIVATE, reason=Reason.WRONG_PLACE, words="Please tell me more here.")
    assert (state_of(held), count(Statement), count(PrivateTalk)) == ("held", 1, 0)
    assert [m.author_id for m in db.session.scalars(db.select(Message))] == [mo.member_id]
    at(timedelta(seconds=31))
    drain()
    kinds = set(
        db.session.scalars(db.select(Notification.kind).where(Notification.member_id == newcomer.member_id))
    )
    assert {"message", "decision"} <= kinds


def test_without_words_or_an_author_nothing_happens(held, mo, state_of):
    with pytest.raises(Invalid):
        decided(mo, held, Decision.CONVERT_PRIVATE, reason=Reason.WRONG_PLACE, words="hi")
    with unit_of_work():
        update_where(Post, Post.id == held, author_id=None)
    with pytest.raises(Conflict):
        decided(
            mo, held, Decision.CONVERT_PRIVATE, reason=Reason.WRONG_PLACE, words="Please tell me more here."
        )
    assert state_of(held) == "held" and count(Message) == count(Statement) == 0


# --- nearly the same -------------------------------------------------------------------------------------------------


def test_what_says_nearly_the_same_is_named_its_author_s_own_first(policy, make_question, newcomer, ben):
    policy("pre")
    others = make_question(ben, title="Drum full of water", body=LONG)
    own = make_question(newcomer, title="Drum full of water", body=LONG.replace("a minute", "one minute"))
    third = make_question(newcomer, title="Drum full of water", body=LONG)
    found = alike.near_text(third)
    assert (found.post_id, found.is_own, found.thread_id) == (own, True, own)
    publishing.withdraw(newcomer, own)
    found = alike.near_text(third)
    assert (found.post_id, found.is_own, found.title) == (others, False, "Drum full of water")
    assert (
        alike.near_text(make_question(ben, title="Quite another matter", body="My oven does not heat."))
        is None
    )


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_sheets_stand_on_the_page_and_keep_what_was_typed(
    client, sign_in, mo, held, quality, newcomer, make_question
):
    item_id, _token = claimed(mo, held)
    sign_in(mo)
    page = client.get(f"/en/desk/review/{item_id}").get_data(as_text=True)
    assert all(f'data-key="{key}"' in page for key in "dtpse") and "Door seals" in page
    refused = client.post(f"/en/desk/review/{item_id}/escalate", data={"note": "short", "team": "door_seals"})
    assert refused.status_code == 422 and "short" in refused.get_data(as_text=True)
    stamp = shown(db.session.get(ReviewItem, item_id)).stamp
    form = {"decision": "merge", "target-number": "²²", "stamp": stamp}
    assert client.post(f"/en/desk/review/{item_id}/decide", data=form).status_code == 422
    done = client.post(f"/en/desk/review/{item_id}/escalate", data={"note": WORDS, "team": "door_seals"})
    assert done.status_code == 303
    assert "For: door_seals" in client.get(f"/en/desk/review/{item_id}").get_data(as_text=True)
