"""Every restriction has exactly one statement with all six parts, written with it; what restricts nothing has none
(invariants 40 and 41)."""

from collections import Counter
from contextlib import suppress
from random import Random

import pytest

from common.db import db
from common.errors import Conflict, Refusal
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from forum.questions.editing import edit_post
from moderation.flags.flagging import flag
from moderation.flags.rules import FlagReason
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.rules import Decision, Reason
from moderation.review.showing import shown
from moderation.sanctions import banning, sanctioning, striking
from moderation.sanctions.models import Statement
from moderation.sanctions.rules import Exemption, Measure, missing_parts
from moderation.sanctions.strike_rules import StrikeCause
from moderation.sanctions.wording import parts_of
from rewards.promotions import claiming, keeping, offering, pooling
from rewards.promotions.rules import PromotionKind

SHOPS = "See www.one.example and www.two.example and www.three.example, please."


def statements():
    return db.session.scalars(db.select(Statement).order_by(Statement.id)).all()


@pytest.fixture
def world(app, mo, max_, ada, ben, cleo, newcomer, members, make_question, policy, decide):
    """Every verb that restricts, and some that do not, each with what it owes."""
    reporters = members(4, first_id=2000, rank=4)

    def refused_hold():
        policy("trust")
        decide(mo, make_question(newcomer), Decision.REJECT, Reason.OFF_TOPIC)

    def approved():
        policy("trust")
        decide(mo, make_question(newcomer), Decision.APPROVE)

    def refused_edit():
        policy("trust")
        post_id = make_question(newcomer)
        decide(mo, post_id, Decision.APPROVE)
        edit_post(newcomer, post_id, version=1, body=SHOPS)
        decide(mo, post_id, Decision.REJECT, Reason.ADVERTISING)

    def removed():
        post_id = make_question(ada)
        flag(cleo, post_id, FlagReason.INSULT)
        decide(mo, post_id, Decision.REMOVE, Reason.INSULT)

    def left_alone():
        post_id = make_question(ada)
        flag(cleo, post_id, FlagReason.INSULT)
        decide(mo, post_id, Decision.NO_ACTION)

    def hidden():
        post_id = make_question(ada)
        for who in reporters:
            with suppress(Conflict):  # it is hidden already
                flag(who, post_id, FlagReason.INSULT)

    def coupon_revoked():
        made = offering.offer_promotion(
            SYSTEM, offering.Offer("parts", PromotionKind.AMOUNT, 1000, "P", "P", 0)
        )
        pooling.make_codes(SYSTEM, made, 1)
        offering.open_promotion(SYSTEM, made)
        keeping.revoke(max_, claiming.claim(ben, made, "a"), "Bought with points of a second account")

    def banned():
        banning.confirm(max_, banning.propose(mo, ben.member_id, Reason.HATE, ""))

    return {
        "refused hold": (refused_hold, ["rejected"]), "approved": (approved, []), "refused edit": (refused_edit, ["edit_rejected"]),
        "removed": (removed, ["removed"]), "left alone": (left_alone, []), "hidden": (hidden, ["hidden"]),
        "silence": (lambda: sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, ""), ["silenced"]),
        "suspension": (lambda: sanctioning.suspend(mo, ben.member_id, 168, Reason.INSULT, ""), ["suspended"]),
        "ban proposed": (lambda: banning.propose(mo, ada.member_id, Reason.HATE, ""), []), "banned": (banned, ["banned"]),
        "strike": (lambda: striking.strike(mo, ada.member_id, StrikeCause.INSULT, "", "s"), ["silenced"]),
        "threat": (lambda: striking.strike(mo, ada.member_id, StrikeCause.THREAT, "", "t"), ["suspended"]),
        "coupon": (coupon_revoked, ["coupon_revoked"]),
    }  # fmt: skip


NAMES = (
    "refused hold", "approved", "refused edit", "removed", "left alone", "hidden", "silence", "suspension", "ban proposed",
    "banned", "strike", "threat", "coupon",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_each_restriction_owes_one_statement(world, name):
    assert set(world) == set(NAMES)
    act, owed = world[name]
    act()
    rows = statements()
    assert sorted(row.measure.value for row in rows) == owed
    for row in rows:
        assert missing_parts({part: " ".join(map(str, said)) for part, said in parts_of(row).items()}) == []
        assert row.automated_decision == (row.measure == Measure.HIDDEN)
        assert row.exemption is None


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order(world, seed):
    """Also twice: what is refused, or done already, leaves no statement."""
    order = [*NAMES, *NAMES]
    Random(seed).shuffle(order)
    owed, done = Counter(), set()
    for name in order:
        before, (act, expected) = Counter(row.measure.value for row in statements()), world[name]
        try:
            act()
        except Refusal:
            expected = []
        came = Counter(row.measure.value for row in statements()) - before
        if name in ("strike", "threat"):  # their measure depends on the points that count by then; once each
            assert sum(came.values()) <= 1
        else:  # a discount is claimed, and taken back, once
            assert came == Counter(expected) or (name == "coupon" and name in done and not came), name
        done.add(name)
        owed.update(came)
    causes = db.session.scalars(db.select(Statement.cause)).all()
    assert len(causes) == len(set(causes)) == sum(owed.values())


def test_nothing_stays_of_a_refusal_that_failed(world, mo, held, item_of):
    item = item_of(held)
    lease = leasing.claim(mo, item.id)
    stamp = shown(db.session.get(ReviewItem, item.id)).stamp
    verdict = Verdict(Decision.REJECT, Reason.OTHER, "too short")
    with pytest.raises(Refusal):
        deciding.decide(mo, item.id, lease.token, stamp, verdict)
    assert statements() == []


def test_a_member_without_an_address_is_marked_with_the_exemption(mo, ben):
    from accounts.members.models import Member

    with unit_of_work():
        member = db.session.get(Member, ben.member_id)
        member.email = member.email_key = None
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    assert [row.exemption for row in statements()] == [Exemption.NO_CONTACT]
