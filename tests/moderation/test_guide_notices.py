"""Notices of illegal content about guides: taken without an account, decided in the queue, with reasons and a way back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.permissions import ANONYMOUS
from forum.content.guides import queries as guide_queries
from forum.content.guides import writing
from forum.content.guides.models import Guide
from forum.content.guides.proposals import proposing
from moderation.legal_notices import queries, submitting
from moderation.legal_notices.forms import WRONG_ADDRESS, NoticeDraft
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import LegalGround, Place, Subject, is_by_the_house, place_of_address
from moderation.review import deciding, leasing, undoing
from moderation.review.models import ReviewItem
from moderation.review.permissions import can_decide
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing
from moderation.sanctions.models import Statement, StatementEnd
from moderation.sanctions.queries import about
from rewards.ledger.models import Balance
from tests.finding.test_proposed_guides import draft
from tests.moderation.test_legal_notices import WHY, proven

WORSE = "The manual of another maker, copied word by word without their consent: every step of it."


@pytest.fixture(autouse=True)
def easy(settings_override):
    with settings_override(moderation__notice_proof_bits=6):
        yield


@pytest.fixture
def guide(app, ben, cleo):
    return proposing.accept(cleo, proposing.propose(replace(ben, rank=3), draft()))


def send(guide_id, who=ANONYMOUS, ground=LegalGround.COPYRIGHT, why=WHY):
    place = Place(Subject.GUIDE, guide_id)
    sent = NoticeDraft(
        place, f"/en/guides/{guide_id}", ground, why, "Léa Martin", "lea@example.net", *proven(), "en"
    )
    return submitting.submit(who, sent, "203.0.113.7").notice_id


def notice(notice_id):
    return db.session.get(LegalNotice, notice_id, populate_existing=True)


def state(guide_id):
    db.session.rollback()
    return db.session.get(Guide, guide_id, populate_existing=True).state


def item_of(guide_id, kind="guide"):
    mine = (ReviewItem.kind == kind, ReviewItem.open_key.is_not(None))
    mine += (ReviewItem.target_id == guide_id,) if kind == "guide" else ()
    return db.session.scalars(
        db.select(ReviewItem).where(*mine).execution_options(populate_existing=True)
    ).one()


def judge(who, guide_id, decision, reason=None):
    item = item_of(guide_id)
    lease, stamp = leasing.claim(who, item.id), shown(item).stamp
    return deciding.decide(who, item.id, lease.token, stamp, deciding.Verdict(decision, reason))


def statements():
    return list(db.session.scalars(db.select(Statement).order_by(Statement.id)))


def ended(statement_id):
    return db.session.scalar(db.select(StatementEnd.how).where(StatementEnd.statement_id == statement_id))


def test_addresses_of_guides_and_of_the_lists_the_brand_writes():
    for path in ("/fr/guides/3/le-filtre", "/guides/3", "/en/guides/3/"):
        assert place_of_address(path, "x") == Place(Subject.GUIDE, 3)
    for path in ("/fr/guides/", "/fr/guides/proposals", "/en/products/ondea-8"):
        assert place_of_address(path, "x") is None and is_by_the_house(path, "x")


def test_a_visitor_s_notice_waits_with_its_class_and_nobody_concerned_reads_who_sent_it(
    guide, ben, mo, drain, outbox
):
    first = send(guide)
    assert send(guide) == first, "the same twice is one"
    item = item_of(guide)
    assert (item.klass, item.signals, item.found_by) == (1, ["legal_notice"], ["notice"])
    assert (item.author_id, item.post_id) == (ben.member_id, None)
    send(guide, ground=LegalGround.THREAT)
    assert item_of(guide).klass == 0 and "danger" in item_of(guide).signals
    item = item_of(guide)
    assert [one.name for one in queries.about_item(mo, item)] == ["Léa Martin"] * 2
    assert queries.about_item(ben, item) == [] and queries.listed(ben, "", None).items == []
    assert len(queries.listed(mo, "", None).items) == 2
    drain()
    assert [one["To"] for one in outbox()].count("lea@example.net") == 2, "a receipt for each"


def test_what_is_no_published_guide_is_refused_in_the_same_words_without_a_trace(guide, sam):
    writing.withdraw_guide(sam, guide, "It is out of date.")
    unpublished = writing.write_guide(sam, replace(draft(), title="A guide that nobody reads yet"))
    for guide_id in (999_999, guide, unpublished):
        with pytest.raises(Invalid) as refusal:
            send(guide_id)
        assert refusal.value.fields == {"address": WRONG_ADDRESS}
    assert db.session.query(LegalNotice).count() == 0 and db.session.query(ReviewItem).count() == 0


def test_taken_down_with_one_statement_told_to_both_and_its_points_go(
    guide, ben, mo, client, drain, outbox, at
):
    notice_id = send(guide)
    judge(mo, guide, Decision.REMOVE, Reason.INTELLECTUAL_PROPERTY)
    (statement,) = statements()
    assert (statement.member_id, statement.found_by, statement.from_notice) == (
        ben.member_id,
        ["notice"],
        True,
    )
    assert statement.post_id is None and "Open the hatch" in about(statement).html
    assert state(guide) == "withdrawn" and notice(notice_id).outcome == "restricted"
    assert client.get(f"/en/guides/{guide}").status_code == 410
    at(timedelta(seconds=31))
    drain()
    told = [(one["To"], one["Subject"]) for one in outbox()]
    assert (
        sum(to == "lea@example.net" and "decision about your notice" in subject for to, subject in told) == 1
    )
    points = db.session.scalars(db.select(Balance.reputation).where(Balance.member_id == ben.member_id)).all()
    assert not any(points)
    with pytest.raises(Forbidden):
        submitting.contest(ANONYMOUS, notice_id, "Please take the rest of it away as well.")


def test_left_where_it_is_it_owes_no_reasons(guide, mo):
    notice_id = send(guide)
    judge(mo, guide, Decision.APPROVE)
    assert (state(guide), notice(notice_id).outcome, statements()) == ("published", "kept", [])


def test_an_undo_leaves_no_trace_and_the_notice_waits_again(guide, mo, drain, outbox, at):
    notice_id, due = send(guide), db.session.get(Guide, guide).check_due_at
    made = judge(mo, guide, Decision.REMOVE, Reason.INTELLECTUAL_PROPERTY)
    undoing.undo(mo, made.item_id)
    assert state(guide) == "published" and db.session.get(Guide, guide).check_due_at == due
    assert (notice(notice_id).state, notice(notice_id).outcome) == ("received", None)
    at(timedelta(seconds=31))
    drain()
    assert not any("decision" in str(one["Subject"]) for one in outbox() if one["To"] == "lea@example.net")
    judge(mo, guide, Decision.APPROVE)
    assert notice(notice_id).outcome == "kept"


def test_overturned_on_appeal_it_is_published_again_and_the_notice_turns(guide, ben, mo, second_moderator):
    notice_id = send(guide)
    judge(mo, guide, Decision.REMOVE, Reason.INTELLECTUAL_PROPERTY)
    (statement,) = statements()
    appealing.appeal(ben, statement.id, "I wrote every word of it myself, as the pictures show.")
    item = item_of(0, "appeal")
    lease = leasing.claim(second_moderator, item.id)
    verdict = deciding.Verdict(Decision.OVERTURN, None, "You are right: the words are your own.")
    deciding.decide(second_moderator, item.id, lease.token, shown(item).stamp, verdict)
    assert state(guide) == "published" and ended(statements()[0].id) == "overturned"
    assert (notice(notice_id).outcome, notice(notice_id).flipped_at is not None) == ("kept", True)


def test_who_sent_it_asks_once_for_another_look_by_somebody_else(guide, mo, second_moderator):
    notice_id = send(guide)
    judge(mo, guide, Decision.APPROVE)
    submitting.contest(ANONYMOUS, notice_id, "The manual is ours: here is its number.")
    item = item_of(guide)
    assert (item.klass, item.excluded_id, "contested_notice" in item.signals) == (1, mo.member_id, True)
    with pytest.raises(Forbidden):
        submitting.contest(ANONYMOUS, notice_id, "The manual is ours: here is its number.")
    with pytest.raises((Forbidden, Conflict)):
        judge(mo, guide, Decision.APPROVE)
    judge(second_moderator, guide, Decision.REMOVE, Reason.INTELLECTUAL_PROPERTY)
    assert notice(notice_id).outcome == "restricted"


def test_neither_who_validated_it_nor_who_vouched_nor_who_sent_a_notice_decides(
    app, ben, mo, max_, second_moderator
):
    guide_id = proposing.accept(max_, proposing.propose(replace(ben, rank=3), draft()))
    send(guide_id, who=mo)
    item = item_of(guide_id)
    assert [bool(can_decide(who, item)) for who in (max_, mo, second_moderator)] == [False, False, True]
    with pytest.raises((Forbidden, Conflict)):
        judge(max_, guide_id, Decision.APPROVE)
    judge(second_moderator, guide_id, Decision.APPROVE)


def test_withdrawn_before_anybody_decided_nothing_is_left_and_who_sent_it_hears(
    guide, sam, mo, drain, outbox
):
    notice_id, item = send(guide), item_of(guide)
    writing.withdraw_guide(sam, guide, "It is out of date.")
    assert notice(notice_id).outcome == "gone" and statements() == []
    assert db.session.get(ReviewItem, item.id, populate_existing=True).state == "cancelled"
    drain()
    assert any("decision about your notice" in one["Subject"] for one in outbox())


def test_withdrawn_while_somebody_has_it_in_hand_it_is_not_decided(guide, sam, mo):
    send(guide)
    item = item_of(guide)
    lease, stamp = leasing.claim(mo, item.id), shown(item).stamp
    writing.withdraw_guide(sam, guide, "It is out of date.")
    for _twice in range(2):
        with pytest.raises(Conflict):
            deciding.decide(
                mo,
                item.id,
                lease.token,
                stamp,
                deciding.Verdict(Decision.REMOVE, Reason.INTELLECTUAL_PROPERTY),
            )
    assert state(guide) == "withdrawn" and statements() == []


def test_rewritten_meanwhile_the_decision_is_about_what_nobody_read(guide, sam, mo):
    send(guide)
    item = item_of(guide)
    lease, stamp = leasing.claim(mo, item.id), shown(item).stamp
    writing.rewrite_guide(sam, guide, replace(draft(), summary="In five minutes"), 1)
    with pytest.raises(Conflict):
        deciding.decide(
            mo, item.id, lease.token, stamp, deciding.Verdict(Decision.REMOVE, Reason.INTELLECTUAL_PROPERTY)
        )
    assert state(guide) == "published" and statements() == []


def test_published_again_by_the_team_its_statement_is_over(guide, sam, mo):
    send(guide)
    judge(mo, guide, Decision.REMOVE, Reason.INTELLECTUAL_PROPERTY)
    writing.publish_guide(sam, guide)
    assert state(guide) == "published" and ended(statements()[0].id) == "restored"


def test_the_desk_shows_the_guide_and_the_form_takes_its_address(client, sign_in, guide, mo):
    challenge, answer = proven()
    form = {
        "address": f"http://localhost/en/guides/{guide}", "ground": "copyright", "explanation": WORSE, "name": "Léa",
        "email": "lea@example.net", "good_faith": "1", "challenge": challenge, "answer": answer,
    }  # fmt: skip
    public = client.get(f"/en/guides/{guide}", follow_redirects=True).get_data(as_text=True)
    assert "/en/legal-notices/new?address=" in public
    page = client.post("/en/legal-notices/new", data=form)
    assert page.status_code == 303
    assert "Before you begin, switch it off." in client.get(page.headers["Location"]).get_data(as_text=True)
    refused = client.post("/en/legal-notices/new", data=form | {"address": "http://localhost/en/guides/"})
    assert refused.status_code == 422 and WORSE in refused.get_data(as_text=True)
    item, title = item_of(guide), guide_queries.guide_page(ANONYMOUS, guide).row.title
    sign_in(mo)
    desk = client.get(f"/en/desk/review/{item.id}").get_data(as_text=True)
    assert "Clean the filter" in desk and "guide-steps" in desk and WORSE in desk and "Leave it" in desk
    for path in (
        "/en/desk/review?tab=reported",
        f"/en/desk/review/{item.id}/history",
        "/en/desk/legal-notices",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert title in answer.get_data(as_text=True) or "legal-notices" in path
