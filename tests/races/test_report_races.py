"""Notices and profiles under many hands at once: one notice, one confirmation, one second look, one decision."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from accounts.members.models import Member
from common.db import db, update_where
from common.errors import Conflict, Refusal
from common.permissions import ANONYMOUS
from common.unit_of_work import unit_of_work
from forum.content.guides import writing
from moderation.legal_notices import submitting
from moderation.legal_notices.forms import NoticeDraft
from moderation.legal_notices.models import LegalNotice
from moderation.legal_notices.rules import LegalGround, Place, Subject
from moderation.profile_reports import reporting
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions.models import Statement
from tests.conftest import START
from tests.guides.test_guides import draft
from tests.moderation.test_legal_notices import proven

MANY = 16


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def post_id(at, ada, make_question):
    at(START)
    return make_question(ada)


def test_the_same_notice_sent_at_once_is_one_and_confirmed_once(post_id, in_threads):
    why = "This names a person and the street where she lives, against article 9 of the Civil Code."
    draft = NoticeDraft(
        Place(Subject.POST, post_id), f"/en/a/{post_id}", LegalGround.PRIVACY, why, "Léa", "lea@example.net"
    )
    results = in_threads(MANY, lambda _n: submitting.submit(ANONYMOUS, draft, "203.0.113.7"))
    assert len(set(results)) == 1 == count(LegalNotice) and results[0].waits
    notice_id = results[0].notice_id  # not always the first: whoever lost the race may have used up a number
    results = in_threads(MANY, lambda _n: submitting.confirm(notice_id))
    assert set(results) == {None} and count(ReviewItem) == 1
    update_where(LegalNotice, LegalNotice.id == notice_id, state="decided", outcome="kept", decided_at=START)
    db.session.commit()
    words = "Her name and her street still stand there, in the second line."
    results = in_threads(MANY, lambda _n: submitting.contest(ANONYMOUS, notice_id, words))
    assert sum(result is None for result in results) == 1
    assert all(result is None or isinstance(result, Refusal) for result in results)


def test_a_profile_is_decided_once(post_id, ben, newcomer, mo, in_threads):
    with unit_of_work():
        update_where(Member, Member.id == newcomer.member_id, bio="You are all fools.")
    reporting.report(ben, newcomer.member_id, "insult")
    item = db.session.scalars(select(ReviewItem)).one()
    lease, stamp = leasing.claim(mo, item.id), shown(item).stamp
    item_id = item.id

    def decide(number):
        verdict = (
            Verdict(Decision.APPROVE)
            if number % 2
            else Verdict(Decision.REMOVE, Reason.INSULT, parts=("bio",))
        )
        return deciding.decide(mo, item_id, lease.token, stamp, verdict)

    results = in_threads(MANY, decide)
    assert sum(isinstance(result, deciding.Decided) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == MANY - 1
    taken = db.session.get(Member, newcomer.member_id, populate_existing=True).bio == ""
    assert count(Statement) == int(taken)


def test_no_notice_waits_about_a_guide_that_was_withdrawn_at_the_same_time(
    app, sam, in_threads, settings_override
):
    guide_id = writing.write_guide(sam, draft())
    writing.publish_guide(sam, guide_id)
    place, why = (
        Place(Subject.GUIDE, guide_id),
        "Copied word by word from the manual of another maker, in every step.",
    )
    with settings_override(moderation__notice_proof_bits=6):
        proofs = [proven() for _number in range(MANY)]

        def act(number):
            if number == MANY // 2:
                return writing.withdraw_guide(sam, guide_id, "It is out of date.")
            words = NoticeDraft(
                place, f"/en/guides/{guide_id}", LegalGround.COPYRIGHT, why, "Léa", f"lea{number}@example.net",
                *proofs[number], "en",
            )  # fmt: skip
            return submitting.submit(ANONYMOUS, words, f"203.0.113.{number}")

        results = in_threads(MANY, act)
    sent = [result for result in results if isinstance(result, submitting.Sent)]
    assert [
        one for one in results if one is not None and not isinstance(one, submitting.Sent | Refusal)
    ] == []
    assert count(LegalNotice) == len(sent)
    assert {row.outcome for row in db.session.scalars(select(LegalNotice))} <= {"gone"}
    assert db.session.scalar(select(func.count()).where(ReviewItem.open_key.is_not(None))) == 0
