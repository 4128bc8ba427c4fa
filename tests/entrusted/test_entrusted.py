"""What is entrusted: a thread handed to the team, a proposed official answer, a post hidden in the category of a mandate."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.notifications.models import Notification
from common import clock
from common.db import db, insert_once
from common.errors import Conflict, Forbidden, Invalid, TooMany
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions import publishing
from forum.questions.commenting import comment_on
from forum.questions.models import Post, Question
from moderation.entrusted import drafting, handing, hiding, queries
from moderation.entrusted.models import OfficialDraft
from moderation.escalation import cases
from moderation.escalation.models import Case, CaseNote
from moderation.review import deciding, leasing
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, FoundBy, ItemType, Reason
from moderation.review.showing import shown
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import Measure
from moderation.sanctions.statements import state_reasons
from rewards.ranks.models import Mandate
from tests.conftest import START

TEXT = "The guarantee covers the pump for five years: call us with the number on the door."


@pytest.fixture
def question(app, at, ada, make_question):
    at(START)
    made = make_question(ada)
    at(timedelta(minutes=30))
    return made


@pytest.fixture
def mentor(app, cleo):
    with unit_of_work():
        insert_once(Mandate, member_id=cleo.member_id, rank=6, given_at=clock.now(), category_id=1)
    return replace(cleo, rank=6)


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def told(who):
    query = select(Notification.kind).where(
        Notification.member_id == who.member_id, Notification.kind.like("official-%")
    )
    return list(db.session.scalars(query.order_by(Notification.id)))


def state_of(post_id):
    db.session.rollback()
    return db.session.scalar(select(Post.state).where(Post.id == post_id))


# --- handing over -------------------------------------------------------------------------------------------------


def test_a_super_user_hands_a_thread_to_the_team_with_a_word(question, cleo):
    case_id = handing.hand_over(cleo, question, "It smells of smoke on the photo.")
    assert handing.hand_over(cleo, question) == case_id
    assert (count(Case), count(CaseNote)) == (1, 1)


@pytest.mark.parametrize("name", ["ada", "ben", "newcomer", "zed", "silenced", "four"])
def test_nobody_below_does_and_nobody_with_an_own_question(name, question, cleo, request):
    who = {"silenced": replace(cleo, silenced=True), "four": replace(cleo, rank=4)}.get(
        name
    ) or request.getfixturevalue(name)
    for act in (handing.hand_over, lambda who, id: drafting.draft(who, id, TEXT)):
        with pytest.raises(Forbidden):
            act(who, question)
    with pytest.raises(Forbidden):
        handing.hand_over(replace(cleo, member_id=1), question)
    assert (count(Case), count(OfficialDraft)) == (0, 0)


def test_what_is_settled_is_not_handed_over_and_leaves_no_trace(question, cleo, sam, make_answer):
    make_answer(sam, question, is_official=True)
    from moderation.escalation import laddering

    laddering.settle(question)
    with pytest.raises(Conflict):
        drafting.draft(cleo, question, TEXT)
    assert (count(Case), count(OfficialDraft)) == (0, 0)


def test_there_is_a_daily_limit(cleo, ada, make_question, at, settings_override):
    at(START)
    asked = [make_question(ada, title=f"Number {number} hums at night") for number in range(3)]
    with settings_override(moderation__entrusted_a_day=2):
        for one in asked[:2]:
            handing.hand_over(cleo, one)
        with pytest.raises(TooMany):
            handing.hand_over(cleo, asked[2])


# --- the official answer ------------------------------------------------------------------------------------------


def test_a_proposal_is_replaced_published_by_the_team_and_thanked(question, cleo, sam, ben):
    first = drafting.draft(cleo, question, TEXT + " First try.")
    assert drafting.draft(cleo, question, TEXT) == first and queries.own_draft(cleo, question) == TEXT
    with pytest.raises(Forbidden):
        drafting.publish(cleo, first, TEXT)
    posted = drafting.publish(sam, first, TEXT + " Best regards.")
    answer = db.session.get_one(Post, posted.id)
    assert answer.is_official and answer.author_id == sam.member_id and "Best regards" in answer.body
    with pytest.raises(Conflict):
        drafting.publish(sam, first, TEXT)
    assert told(cleo) == ["official-draft-used"] and queries.drafts_of(question) == []


def test_a_proposal_is_declined_with_a_word(question, cleo, sam, mo):
    made = drafting.draft(cleo, question, TEXT)
    with pytest.raises(Forbidden):
        drafting.decline(mo, made, "No")
    with pytest.raises(Invalid):
        drafting.decline(sam, made, " ")
    drafting.decline(sam, made, "We cannot promise that.")
    with pytest.raises(Conflict):
        drafting.decline(sam, made, "We cannot promise that.")
    assert told(cleo) == ["official-draft-declined"]
    assert drafting.draft(cleo, question, TEXT) != made


def test_a_proposal_for_what_was_settled_otherwise_ends_and_its_author_hears_so(question, cleo, sam):
    drafting.draft(cleo, question, TEXT)
    assert drafting.let_lapse() == 0
    cases.answer_officially(sam, db.session.scalar(select(Case.id)), "It is covered: call us, please.")
    assert drafting.let_lapse() == 1 and drafting.let_lapse() == 0
    assert told(cleo) == ["official-draft-lapsed"] and queries.drafts_of(question) == []


@pytest.mark.parametrize("body", ["", "short", "x" * 20_001])
def test_a_proposal_has_its_lengths(question, cleo, body):
    with pytest.raises(Invalid):
        drafting.draft(cleo, question, body)
    assert (count(Case), count(OfficialDraft)) == (0, 0)


# --- hiding -------------------------------------------------------------------------------------------------------


def test_a_mentor_hides_with_a_statement_and_a_moderator_looks(question, mentor, ben, mo, make_answer):
    answer = make_answer(ben, question)
    hiding.hide(mentor, answer, Reason.ADVERTISING)
    assert state_of(answer) == "hidden"
    statement = db.session.scalars(select(Statement)).one()
    assert (statement.member_id, statement.post_id) == (ben.member_id, answer)
    item = db.session.scalars(select(ReviewItem).where(ReviewItem.kind == ItemType.FLAG_CASE)).one()
    assert item.signals == ["delegated"] and item.klass == 1
    with pytest.raises(Forbidden):
        hiding.hide(mentor, answer, Reason.ADVERTISING)
    lease = leasing.claim(mo, item.id)
    deciding.decide(mo, item.id, lease.token, shown(item).stamp, deciding.Verdict(Decision.RESTORE))
    assert state_of(answer) == "published"
    hiding.hide(mentor, answer, Reason.ADVERTISING)
    assert count(Statement) == 2


@pytest.mark.parametrize("who", ["super-user", "elsewhere", "silenced", "no category", "ben", "sam"])
def test_nobody_else_hides(who, question, mentor, cleo, ben, sam, ada, make_answer):
    answer = make_answer(ada, question)
    if who in ("elsewhere", "no category"):
        with unit_of_work():
            db.session.scalars(select(Mandate)).one().category_id = 2 if who == "elsewhere" else None
    actor = {
        "super-user": cleo, "silenced": replace(mentor, silenced=True), "ben": ben, "sam": sam,
    }.get(who, mentor)  # fmt: skip
    with pytest.raises(Forbidden):
        hiding.hide(actor, answer, Reason.INSULT)
    assert state_of(answer) == "published" and count(Statement) == 0


def test_the_team_and_oneself_are_not_hidden(question, mentor, sam, make_answer):
    for author in (sam, mentor):
        answer = make_answer(author, question)
        with pytest.raises(Forbidden):
            hiding.hide(mentor, answer, Reason.INSULT)
    with pytest.raises(Invalid):
        hiding.hide(mentor, question, Reason.OTHER, "short")


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_pages_lead_there_and_keep_what_was_typed(
    client, sign_in, question, cleo, ben, sam, make_answer, at
):
    for who, sees in ((ben, False), (cleo, True)):
        sign_in(who)
        shown = "Hand it to the team" in client.get(f"/en/questions/{question}", follow_redirects=True).text
        assert shown == sees
        assert client.get(f"/en/questions/{question}/team").status_code == (200 if sees else 403)
    refused = client.post(f"/en/questions/{question}/team/draft", data={"body": "too short"})
    assert refused.status_code == 422 and "too short" in refused.text
    assert client.post(f"/en/questions/{question}/team/draft", data={"body": TEXT}).status_code == 303
    assert TEXT in client.get(f"/en/questions/{question}/team").text
    sign_in(sam)
    case_id, draft_id = db.session.scalar(select(Case.id)), db.session.scalar(select(OfficialDraft.id))
    assert TEXT in client.get(f"/en/desk/escalations/{case_id}").text
    path = f"/en/desk/drafts/{draft_id}"
    assert client.post(path, data={"act": "decline", "words": ""}).status_code == 422
    version = db.session.scalar(select(Case.version))
    assert client.post(path, data={"act": "publish", "body": TEXT, "version": version}).status_code == 303
    assert TEXT in client.get(f"/en/questions/{question}", follow_redirects=True).text


def test_a_mentor_sees_the_posts_of_the_thread_and_hides_one(
    client, sign_in, question, mentor, ada, ben, make_answer
):
    from accounts.members.models import Member

    answer = make_answer(ben, question)
    comment = comment_on(ada, question, body="And a comment of it").id
    with unit_of_work():
        db.session.get_one(Member, mentor.member_id).rank = 6
    sign_in(mentor)
    page = client.get(f"/en/questions/{question}/team").text
    assert all(f'id="post-{one}"' in page for one in (question, answer, comment))
    path = f"/en/questions/{question}/team/hide/{comment}"
    assert client.post(path, data={"reason": "nonsense"}).status_code == 422
    assert client.post(path, data={"reason": "advertising"}).status_code == 303
    assert state_of(comment) == "hidden"


def test_the_author_reads_members_reported_it_only_when_they_did(
    client, sign_in, question, mentor, ben, make_answer
):
    answer = make_answer(ben, question)
    hiding.hide(mentor, answer, Reason.ADVERTISING)
    page = sign_in(ben).get(f"/en/questions/{question}", follow_redirects=True).text
    assert "It is hidden for the moment." in page and "Members reported it" not in page


def test_the_author_reads_that_members_reported_it_when_they_did(
    client, sign_in, question, ben, make_answer, mo
):
    answer = make_answer(ben, question)
    with unit_of_work():
        hidden = publishing.hide(mo, answer)
        state_reasons(
            mo, Measure.HIDDEN, Reason.INSULT, cause="reports", member_id=ben.member_id, post=hidden, found_by=(FoundBy.REPORT,)
        )  # fmt: skip
    page = sign_in(ben).get(f"/en/questions/{question}", follow_redirects=True).text
    assert "Members reported it." in page and "It is hidden for the moment." not in page


def test_a_mandate_may_name_its_category(client, sign_in, max_, app):
    sign_in(max_)
    assert "Category whose posts a mentor looks after" in client.get("/en/desk/ranks").text
    assert (
        db.session.get_one(Category, 1) and db.session.scalar(select(func.count()).select_from(Question)) == 0
    )
