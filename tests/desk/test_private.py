"""A question goes on in private with the asker's consent or with notice, and comes back as something that helps all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.members.rules import Role
from accounts.messages import writing
from accounts.messages.models import Message
from common.db import db
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.housekeeping.merging import merge_question
from forum.questions import publishing
from forum.questions.models import Post
from forum.solutions.drift import drifts
from moderation.dashboard import queries as dashboard
from moderation.dashboard import recounting
from moderation.dashboard.models import QuestionOutcome
from moderation.dashboard.reading import Scope
from moderation.dashboard.rules import Solver
from moderation.escalation import casework, clocks
from moderation.escalation.models import Ladder
from moderation.escalation.rules import OPEN, CaseState
from moderation.escalation.sla_rules import Metric, Standing
from moderation.private import talking
from moderation.private.models import PrivateTalk
from moderation.routing import returning
from tests.conftest import actor_named
from tests.states.conftest import state, thread

HELLO = "Could you send me the serial number and your order number?"
SUMMARY = "The pump of this series was replaced free of charge: ask for it with the number on the door frame."


def messages():
    return [(one.author_id, one.body) for one in db.session.scalars(db.select(Message).order_by(Message.id))]


def talk():
    return db.session.scalar(db.select(PrivateTalk).order_by(PrivateTalk.id.desc()).limit(1))


def test_nothing_changes_before_the_asker_agrees(case_id, question, sam, ada, heard):
    talking.offer(sam, case_id, HELLO)
    assert state(question) == "open" and messages() == []
    assert casework.load(case_id).assignee_id == sam.member_id
    assert heard(ada, "private-offered") == ["private-offered"]


def test_with_consent_it_goes_on_in_messages(case_id, question, sam, ada, heard):
    talking.offer(sam, case_id, HELLO)
    assert talking.accept(ada, question) == sam.member_id == talking.accept(ada, question)
    assert state(question) == "private" and messages() == [(sam.member_id, HELLO)]
    assert heard(ada, "private-offered") == [] and heard(sam, "private-accepted") == ["private-accepted"]
    ladder = db.session.get(Ladder, question, populate_existing=True)
    assert clocks.reading_of(ladder, Metric.FIRST_REPLY_ANY).standing is Standing.MET
    assert casework.load(case_id).state is CaseState.ASSIGNED and not list(drifts())


def test_declined_it_stays_public_and_can_be_asked_again(case_id, question, sam, ada, heard, leaves_no_trace):
    talking.offer(sam, case_id, HELLO)
    talking.decline(ada, question)
    talking.decline(ada, question)
    assert state(question) == "open" and heard(sam, "private-declined") == ["private-declined"]
    with leaves_no_trace(Conflict):
        talking.accept(ada, question)
    talking.offer(sam, case_id, HELLO)
    talking.accept(ada, question)
    assert state(question) == "private"


def test_with_notice_it_begins_at_once(case_id, question, sam, ada, heard):
    talking.begin(sam, case_id, HELLO)
    assert state(question) == "private" and messages() == [(sam.member_id, HELLO)]
    assert heard(ada, "private-begun") == ["private-begun"]


def test_a_merge_ends_the_talk_for_good(case_id, question, sam, ada, ben, mo, make_question, heard):
    talking.begin(sam, case_id, HELLO)
    other = make_question(ben, title="Another question about the same thing")
    merge_question(mo, question, other)
    talk = db.session.query(PrivateTalk).one()
    assert talk.state == "ended" and talk.ended_at is not None and state(question) != "private"
    assert casework.load(case_id).state not in OPEN
    assert messages() == [(sam.member_id, HELLO)]
    assert list(drifts()) == []


def test_a_merge_takes_an_offer_back(case_id, question, sam, ada, ben, mo, make_question, heard, sign_in):
    talking.offer(sam, case_id, HELLO)
    merge_question(mo, question, make_question(ben, title="Another question about the same thing"))
    assert db.session.query(PrivateTalk).one().state == "declined"
    assert heard(ada, "private-offered") == []
    page = sign_in(mo).get(f"/en/desk/escalations/{case_id}").text
    assert "the question was merged into another one" in page
    with pytest.raises(Conflict):
        talking.accept(ada, question)


@pytest.mark.parametrize("hidden_before", [False, True])
def test_a_question_that_is_removed_ends_the_talk_and_both_people_hear_so(
    case_id, question, sam, ada, mo, heard, hidden_before
):
    talking.begin(sam, case_id, HELLO)
    if hidden_before:
        publishing.hide(mo, question)
        assert db.session.query(PrivateTalk).one().state == "going", "it may come back"
    publishing.remove(mo, question)
    talk = db.session.query(PrivateTalk).one()
    assert talk.state == "ended" and messages() == [(sam.member_id, HELLO)]
    assert heard(ada, "private-gone") == ["private-gone"]
    assert heard(sam, "private-gone-agent") == ["private-gone-agent"]
    publishing.restore(mo, question)
    assert state(question) != "private" and list(drifts()) == []


def test_a_withdrawn_question_takes_an_offer_back_and_tells_the_asker_nothing(
    case_id, question, sam, ada, heard, sign_in
):
    talking.offer(sam, case_id, HELLO)
    publishing.withdraw(ada, question)
    assert db.session.query(PrivateTalk).one().state == "declined"
    assert heard(ada, "private-offered") == heard(ada, "private-gone") == []
    page = sign_in(sam).get(f"/en/desk/escalations/{case_id}").text
    assert "the question is no longer there" in page


def test_one_talk_at_a_time(case_id, sam, leaves_no_trace):
    talking.offer(sam, case_id, HELLO)
    for verb in (talking.offer, talking.begin):
        with leaves_no_trace(Conflict):
            verb(sam, case_id, HELLO)
    assert talking.take_back(sam, case_id) and not talking.take_back(sam, case_id)
    talking.begin(sam, case_id, HELLO)
    with leaves_no_trace(Conflict):
        talking.begin(sam, case_id, HELLO)


def test_an_offer_holds_for_a_month(case_id, question, sam, ada, at, leaves_no_trace):
    talking.offer(sam, case_id, HELLO)
    at(timedelta(days=31))
    with leaves_no_trace(Conflict):
        talking.accept(ada, question)
    talking.offer(sam, case_id, HELLO)
    talking.accept(ada, question)


def test_strangers_offer_accept_and_end_nothing(case_id, question, sam, ada, ben, mo, max_, leaves_no_trace):
    for who in (ANONYMOUS, ada, ben, mo):
        with leaves_no_trace(Forbidden):
            talking.offer(who, case_id, HELLO)
    talking.offer(sam, case_id, HELLO)
    with leaves_no_trace(NotFound):
        talking.accept(ben, question)
    talking.accept(ada, question)
    for who in (ada, ben, mo):
        with leaves_no_trace(Forbidden):
            talking.finish(who, case_id, SUMMARY)
    talking.close(max_, case_id)


@pytest.mark.parametrize("words", ["", "  ", "x" * 2_001])
def test_the_first_message_has_limits(case_id, sam, words, leaves_no_trace):
    with leaves_no_trace(Invalid):
        talking.offer(sam, case_id, words)


def test_with_a_summary_it_is_solved(case_id, question, sam, at):
    talking.begin(sam, case_id, HELLO)
    at(timedelta(days=1))
    answer = talking.finish(sam, case_id, SUMMARY)
    post = db.session.get(Post, answer)
    assert post.is_official and post.body == SUMMARY
    assert state(question) == "solved" and thread(question).private_at is None
    assert casework.load(case_id).state is CaseState.ANSWERED
    assert db.session.get(Ladder, question, populate_existing=True).cycle == 1 and not list(drifts())


def test_what_was_solved_in_private_counts_as_solved_once_its_summary_stands(
    case_id, question, sam, max_, at
):
    """Followed to its end: private it is not solved, with its summary it is, and the team solved it."""

    def rate():
        recounting.recount()
        found = dashboard.overview(max_, Scope())
        return next(one.of for one in found.all_figures if one.name == "solved")

    talking.begin(sam, case_id, HELLO)
    assert rate() == (0, 1)
    at(timedelta(days=1))
    talking.finish(sam, case_id, SUMMARY)
    assert rate() == (1, 1)
    counted = db.session.get(QuestionOutcome, question, populate_existing=True)
    assert counted.solved_by is Solver.TEAM and counted.talked and counted.solved_seconds >= 86_400


def test_a_summary_says_nothing_about_a_person(case_id, question, sam, leaves_no_trace):
    talking.begin(sam, case_id, HELLO)
    for summary in (
        "Too short.",
        SUMMARY + " Write to walter@example.com.",
        SUMMARY + " Call 06 12 34 56 78.",
    ):
        with leaves_no_trace(Invalid) as refused:
            talking.finish(sam, case_id, summary)
        assert "summary" in refused.value.fields
    assert state(question) == "private"


def test_without_a_summary_it_is_closed(case_id, question, sam):
    talking.begin(sam, case_id, HELLO)
    talking.close(sam, case_id)
    assert state(question) == "closed" and thread(question).closed_reason == "handled"
    assert casework.load(case_id).state is CaseState.RESOLVED and not list(drifts())


def test_back_in_public_a_new_wait_begins(case_id, question, sam, leaves_no_trace):
    talking.begin(sam, case_id, HELLO)
    talking.back_to_public(sam, case_id)
    assert state(question) == "open"
    assert db.session.get(Ladder, question, populate_existing=True).cycle == 2
    with leaves_no_trace(Conflict):
        talking.finish(sam, case_id, SUMMARY)


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_asker_is_asked_on_the_question_and_answers_on_a_page_of_its_own(
    app, case_id, question, sign_in, sam, ada, ben, client
):
    desk = sign_in(sam, app.test_client())
    case = f"/en/desk/escalations/{case_id}"
    assert "First message to Ada" in desk.get(case).text
    refused = desk.post(f"{case}/private", data={"words": " ", "how": "ask"})
    assert refused.status_code == 422
    assert desk.post(f"{case}/private", data={"words": HELLO, "how": "ask"}).status_code == 303
    mine, other = sign_in(ada, app.test_client()), sign_in(ben, app.test_client())
    path = f"/en/questions/{question}"
    asked = "The team would like to go on in private."
    assert asked in mine.get(path, follow_redirects=True).text
    for stranger in (other, client, desk):
        assert asked not in stranger.get(path, follow_redirects=True).text
    assert HELLO in mine.get(f"{path}/private").text
    assert other.get(f"{path}/private").status_code == 404
    assert other.post(f"{path}/private", data={"say": "yes"}).status_code == 404
    said = mine.post(f"{path}/private", data={"say": "yes"})
    assert said.headers["Location"].endswith(f"/messages/{sam.member_id}")
    for reader in (mine, other, client):
        page = reader.get(path, follow_redirects=True).text
        assert "The team continues in private." in page and HELLO not in page
    kept = desk.post(
        f"{case}/private/end", data={"how": "solved", "summary": SUMMARY + " walter@example.com"}
    )
    assert kept.status_code == 422 and "walter@example.com" in kept.text
    assert desk.post(f"{case}/private/end", data={"how": "solved", "summary": SUMMARY}).status_code == 303
    assert SUMMARY in client.get(path, follow_redirects=True).text
    assert "published a summary" in desk.get(case).text


def test_what_was_offered_is_kept_from_colleagues_without_a_case(case_id, sign_in, sam, mo):
    talking.offer(sam, case_id, HELLO)
    page = sign_in(mo).get(f"/en/desk/escalations/{case_id}")
    assert page.status_code == 200 and HELLO not in page.text


# --- the agent of a talk is there no more ---------------------------------------------------------------------------------


def leaves(agent):
    """As it is done: an administrator takes the role back, the clock ticks, the account is closed."""
    with unit_of_work():
        db.session.get_one(Member, agent.member_id).role = Role.MEMBER
    returning.tend(), talking.take_back_of_gone(), talking.take_back_of_gone()
    close_account(actor_named("sam"), agent.member_id)


def test_an_offer_of_who_left_is_taken_back_so_that_a_colleague_can_make_another(
    case_id, question, sam, max_, ada, heard, leaves_no_trace
):
    talking.offer(sam, case_id, HELLO)
    leaves(sam)
    assert heard(ada, "private-offered") == [] and casework.load(case_id).state is CaseState.QUEUED
    with leaves_no_trace(Conflict):
        talking.accept(ada, question)
    talking.offer(max_, case_id, HELLO)
    assert talking.accept(ada, question) == max_.member_id


def test_a_colleague_goes_on_in_the_place_of_who_left(
    case_id, question, sam, max_, mo, ada, sign_in, leaves_no_trace
):
    talking.begin(sam, case_id, HELLO)
    writing.write_to(ada, sam.member_id, "It is ZX-7788.", nonce="a")
    leaves(sam)
    assert casework.load(case_id).state is CaseState.QUEUED and state(question) == "private"
    with leaves_no_trace(Forbidden):
        talking.take_over(mo, case_id)
    browser = sign_in(max_)
    page = browser.get(f"/en/desk/escalations/{case_id}").text
    assert "Go on in their place" in page and "ZX-7788" not in page
    taken = browser.post(f"/en/desk/escalations/{case_id}/private/end", data={"how": "take-over"})
    assert taken.status_code == 303 and taken.location.endswith(f"/messages/{ada.member_id}")
    assert talking.take_over(max_, case_id) == ada.member_id and talk().agent_id == max_.member_id
    theirs = browser.get(f"/en/messages/{ada.member_id}").text
    assert "ZX-7788" not in theirs
    writing.write_to(max_, ada.member_id, "Sam has left; I go on.", nonce="b")
    talking.finish(max_, case_id, SUMMARY)
    assert state(question) == "solved"
    with leaves_no_trace(Conflict):
        talking.take_over(max_, case_id)


def test_a_question_in_private_does_not_say_that_it_waits_for_others(case_id, question, sam, client):
    talking.begin(sam, case_id, HELLO)
    page = client.get(f"/en/questions/{question}", follow_redirects=True).text
    assert "The team continues in private." in page and "No answer yet" not in page


def test_the_asker_and_nobody_else_finds_the_messages_from_the_question(
    case_id, question, sam, ada, ben, app, sign_in
):
    talking.offer(sam, case_id, HELLO)
    talking.accept(ada, question)
    shown = [
        sign_in(who, app.test_client()).get(f"/en/questions/{question}", follow_redirects=True).text
        for who in (ada, ben)
    ]
    assert [f"/en/messages/{sam.member_id}" in page for page in shown] == [True, False]


def test_messages_of_a_talk_say_what_it_is_about_on_both_sides(
    case_id, question, sam, max_, ada, app, sign_in
):
    talking.offer(sam, case_id, HELLO)
    read = lambda who, other: sign_in(who, app.test_client()).get(f"/en/messages/{other.member_id}").text  # noqa: E731
    assert "In private, about" not in read(ada, sam), "it does not go on yet"
    talking.accept(ada, question)
    for who, other in ((sam, ada), (ada, sam)):
        assert "In private, about" in (page := read(who, other)) and f"/en/questions/{question}/" in page
    assert "In private, about" not in read(max_, ada) and "In private, about" not in read(ada, max_)


def test_the_timeline_of_a_case_begins_with_the_question(case_id, question, sam, app, sign_in):
    case = casework.load(case_id)
    with unit_of_work():
        db.session.execute(
            db.update(Ladder).where(Ladder.question_id == question).values(started_at=case.opened_at)
        )
        db.session.execute(db.update(Post).where(Post.id == question).values(published_at=case.opened_at))
    page = sign_in(sam, app.test_client()).get(f"/en/desk/escalations/{case_id}").text
    timeline = page[page.index(">Timeline") :]
    assert timeline.index("Question asked") < timeline.index("Passed to the team")
