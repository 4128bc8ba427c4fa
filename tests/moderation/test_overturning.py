"""A decision that was wrong leaves nothing behind: what it took away is compared with what there was before."""

from datetime import timedelta

import pytest

from accounts.members.models import Member
from common.db import db
from common.errors import Conflict, Forbidden, Invalid
from common.jobs import Job
from common.permissions import ANONYMOUS, SYSTEM
from forum.questions.editing import edit_post
from forum.questions.models import Post
from forum.solutions.accepting import accept_answer
from moderation.flags.flagging import flag
from moderation.flags.models import Flag
from moderation.flags.rules import FlagReason
from moderation.review import deciding, leasing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.queries import author_box
from moderation.review.rules import Decision, ItemType, Reason
from moderation.review.showing import shown
from moderation.sanctions import appealing, banning, sanctioning, striking
from moderation.sanctions.appealing import Amendment
from moderation.sanctions.models import Appeal, BannedAddress, Sanction, Statement, StatementEnd, Strike
from moderation.sanctions.strike_rules import StrikeCause
from moderation.screening.newcomers import is_under_watch
from rewards.badges.models import BadgeAward
from rewards.ledger import verifying
from rewards.promotions import claiming, keeping, offering, pooling
from rewards.promotions.models import Coupon
from rewards.promotions.rules import PromotionKind
from tests.conftest import START

WHY = "It was no insult but the name of the appliance."
SORRY = "We have read it again and you are right, we apologise."


def statements(*measures):
    rows = db.select(Statement.id).where(Statement.measure.in_(measures)).order_by(Statement.id.desc())
    return db.session.scalars(rows).all()


def contest(statement_id, who, decision, amendment=None):
    """Somebody contests, somebody else answers."""
    appeal_id = appealing.appeal(ANONYMOUS, statement_id, WHY)
    item_id = db.session.get(Appeal, appeal_id).item_id
    lease = leasing.claim(who, item_id)
    verdict = Verdict(decision, message=SORRY, amendment=amendment)
    seen = shown(db.session.get(ReviewItem, item_id))
    deciding.decide(who, item_id, lease.token, seen.stamp, verdict)
    return appeal_id


@pytest.fixture
def coupon(ben, at):
    """A discount of ben's that ends in three days."""
    offer = offering.Offer("parts", PromotionKind.AMOUNT, 1000, "Pièces", "Parts", 0, valid_days=3)
    made = offering.offer_promotion(SYSTEM, offer)
    pooling.make_codes(SYSTEM, made, 1)
    offering.open_promotion(SYSTEM, made)
    return claiming.claim(ben, made, "a")


def standing_of(who, answer_id, coupon_id):
    """All that a wrong decision could take from a member."""
    db.session.rollback()
    member = db.session.get(Member, who.member_id)
    badges = db.session.execute(
        db.select(BadgeAward.badge_key, BadgeAward.revoked_at).where(BadgeAward.member_id == who.member_id)
    )
    coupon = db.session.get(Coupon, coupon_id)
    return {
        "points": member.points, "available": member.points_available, "rank": member.rank,
        "dates": (member.silenced_until, member.suspended_until, member.has_warning),
        "strikes": striking.active_points([who.member_id]), "badges": sorted(map(str, badges.tuples())),
        "post": db.session.scalar(db.select(Post.state).where(Post.id == answer_id)), "coupon": coupon.state,
    }  # fmt: skip


@pytest.mark.parametrize("contested", ["removed", "suspended"])
@pytest.mark.parametrize("late", [False, True])
def test_overturned_restores_everything(
    contested,
    late,
    ada,
    ben,
    cleo,
    mo,
    second_moderator,
    make_question,
    make_answer,
    coupon,
    item_of,
    drain,
    at,
):
    at(START)
    question_id = make_question(ada)
    answer_id = make_answer(ben, question_id)
    accept_answer(ada, question_id, answer_id)
    drain()
    before = standing_of(ben, answer_id, coupon)
    ends = db.session.get(Coupon, coupon).expires_at
    flag(cleo, answer_id, FlagReason.INSULT)
    item = item_of(answer_id)
    lease = leasing.claim(mo, item.id)
    stamp = shown(db.session.get(ReviewItem, item.id)).stamp
    verdict = Verdict(Decision.REMOVE, Reason.INSULT, strike=StrikeCause.HARASSMENT)
    deciding.decide(mo, item.id, lease.token, stamp, verdict)
    drain()
    during = standing_of(ben, answer_id, coupon)
    assert during["post"] == "removed" and during["strikes"] == {ben.member_id: 6} and during["dates"][1]
    assert during["points"] < before["points"]
    gone = timedelta(days=9 if late else 2)
    at(START + gone)
    sanctioning.expire_due()
    assert keeping.expire_due() == (1 if late else 0)
    contest(statements(contested)[0], second_moderator, Decision.OVERTURN)
    drain()
    after = standing_of(ben, answer_id, coupon)
    if late:  # what was earned has become spendable meanwhile, as it would have without all this
        assert after["available"] > before.pop("available") and after.pop("available")
    assert after == before
    # it ended after three days of a suspension: as many are left from now on; or it has the two it lost
    good_until = START + gone + timedelta(days=3) if late else ends + gone
    assert db.session.get(Coupon, coupon).expires_at == good_until
    assert db.session.scalar(db.select(Flag.outcome)) == "disagreed"
    assert set(db.session.scalars(db.select(Sanction.state))) == {"overturned"}
    assert db.session.scalar(db.select(Strike.ended_how)) == "overturned"
    assert list(verifying.all_faults()) == []
    every = db.session.scalars(db.select(Statement.id)).all()
    assert sorted(db.session.scalars(db.select(StatementEnd.statement_id))) == sorted(every)


# --- in part ------------------------------------------------------------------------------------------------------


def test_a_measure_becomes_shorter_with_a_statement_of_its_own(ben, mo, second_moderator):
    sanctioning.suspend(mo, ben.member_id, 720, Reason.INSULT, "")
    appeal_id = contest(statements("suspended")[0], second_moderator, Decision.AMEND, Amendment(hours=168))
    assert db.session.get(Appeal, appeal_id).state == "partly"
    assert db.session.get(Member, ben.member_id).suspended_until == START + timedelta(hours=168)
    newer, older = statements("suspended")
    assert (
        db.session.scalar(db.select(StatementEnd.how).where(StatementEnd.statement_id == older)) == "amended"
    )
    assert db.session.get(Statement, newer).lasts_until == START + timedelta(hours=168)


@pytest.mark.parametrize("hours", [None, 720, 5000])
def test_it_becomes_shorter_and_not_longer(ben, mo, second_moderator, hours):
    sanctioning.suspend(mo, ben.member_id, 168, Reason.INSULT, "")
    with pytest.raises(Invalid):
        contest(statements("suspended")[0], second_moderator, Decision.AMEND, Amendment(hours=hours))
    assert len(statements("suspended")) == 1


def test_a_text_stays_away_for_another_reason_and_without_the_points(ada, second_moderator, flagged_question):
    contest(statements("removed")[0], second_moderator, Decision.AMEND, Amendment(reason=Reason.OFF_TOPIC))
    newer, _older = statements("removed")
    assert db.session.get(Statement, newer).reason == "off_topic"
    assert db.session.get(Statement, newer).from_notice, "it came from a report all the same"
    assert db.session.scalar(db.select(Post.state).where(Post.id == flagged_question)) == "removed"
    assert (
        striking.active_points([ada.member_id]) == {}
        and db.session.get(Member, ada.member_id).silenced_until is None
    )


@pytest.fixture
def flagged_question(ada, cleo, mo, make_question, item_of):
    """ada's question, removed as an insult with three points; its id."""
    post_id = make_question(ada)
    flag(cleo, post_id, FlagReason.INSULT)
    item = item_of(post_id)
    lease = leasing.claim(mo, item.id)
    stamp = shown(db.session.get(ReviewItem, item.id)).stamp
    verdict = Verdict(Decision.REMOVE, Reason.INSULT, strike=StrikeCause.INSULT)
    deciding.decide(mo, item.id, lease.token, stamp, verdict)
    return post_id


def test_what_was_amended_first_is_overturned_wholly(second_moderator, max_, flagged_question):
    first = statements("removed")[0]
    decision_id = db.session.get(Statement, first).decision_id
    contest(first, second_moderator, Decision.AMEND, Amendment(reason=Reason.OTHER))
    newer, _older = statements("removed")
    assert db.session.get(Statement, newer).message == SORRY, "another reason is explained"
    contest(newer, max_, Decision.OVERTURN)
    assert db.session.scalar(db.select(Post.state).where(Post.id == flagged_question)) == "published"
    assert db.session.scalar(db.select(Flag.outcome)) == "disagreed"
    unlearned = db.select(Job.payload).where(Job.kind == "screening.unlearn")
    assert db.session.scalars(unlearned).one() == {"decision_id": decision_id}


@pytest.mark.parametrize(
    ("answer", "amendment"),
    [(Decision.OVERTURN, None), (Decision.AMEND, Amendment(reason=Reason.JUNK))],
)
def test_refusals_that_were_wrong_count_against_nobody(
    answer, amendment, newcomer, mo, second_moderator, make_question, policy, decide
):
    policy("trust")
    ids = frozenset({newcomer.member_id})
    for number in range(3):
        post_id = make_question(newcomer, title=f"My washing machine hums, day {number}")
        decide(mo, post_id, Decision.REJECT, Reason.OFF_TOPIC)
    assert is_under_watch(ids) and author_box(newcomer.member_id).refused_count == 3
    contest(statements("rejected")[0], second_moderator, answer, amendment)
    assert not is_under_watch(ids) and author_box(newcomer.member_id).refused_count == 2


def test_a_refused_change_is_made_after_all(
    ada, mo, second_moderator, make_question, policy, decide, newcomer
):
    policy("trust")
    post_id = make_question(newcomer)
    decide(mo, post_id, Decision.APPROVE)
    edit_post(
        newcomer,
        post_id,
        version=1,
        body="See www.one.example and www.two.example and www.three.example, please.",
    )
    decide(mo, post_id, Decision.REJECT, Reason.ADVERTISING)
    contest(statements("edit_rejected")[0], second_moderator, Decision.OVERTURN)
    assert "three.example" in db.session.get(Post, post_id, populate_existing=True).body


# --- who answers --------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(ben, mo):
    """ben contests mo's silence; the appeal's id."""
    sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    return appealing.appeal(ANONYMOUS, statements("silenced")[0], WHY)


def test_who_takes_an_appeal_has_it_for_a_day(waiting, second_moderator, max_, at):
    appealing.assign(second_moderator, waiting)
    appealing.assign(second_moderator, waiting)
    with pytest.raises(Conflict):
        appealing.assign(max_, waiting)
    at(START + timedelta(hours=24, seconds=1))
    appealing.assign(max_, waiting)
    assert db.session.get(Appeal, waiting).assigned_to_id == max_.member_id


def test_members_take_no_appeals(waiting, ada, ben):
    for who in (ada, ben):
        with pytest.raises(Forbidden):
            appealing.assign(who, waiting)


def test_no_machine_answers_an_appeal(waiting):
    item_id = db.session.get(Appeal, waiting).item_id
    with pytest.raises(Invalid):
        appealing.answer(SYSTEM, item_id, "overturned", SORRY)
    assert db.session.get(Appeal, waiting).state == "submitted"


def test_the_clock_of_an_appeal_is_72_hours(waiting):
    item = db.session.scalars(db.select(ReviewItem).where(ReviewItem.kind == ItemType.APPEAL)).one()
    assert item.due_at == START + timedelta(hours=72)


def test_a_newcomer_who_was_banned_in_error_has_everything_back(newcomer, mo, max_, make_question):
    texts = [make_question(newcomer, title=f"My washing machine hums, day {n}") for n in range(2)]
    banning.expel(mo, newcomer.member_id)
    contest(statements("banned")[0], max_, Decision.OVERTURN)
    assert set(db.session.scalars(db.select(Post.state).where(Post.id.in_(texts)))) == {"published"}
    assert db.session.get(Member, newcomer.member_id).suspended_until is None
    assert db.session.scalar(db.select(BannedAddress.digest)) is None


def test_a_measure_that_was_lifted_can_still_turn_out_wrong_once(ben, mo, max_):
    sanction_id = sanctioning.silence(mo, ben.member_id, 24, Reason.INSULT, "")
    sanctioning.lift(mo, sanction_id, "Enough for today")
    contest(statements("silenced")[0], max_, Decision.OVERTURN)
    assert db.session.get(Sanction, sanction_id).state == "overturned"
    with pytest.raises(Forbidden):
        appealing.appeal(ANONYMOUS, statements("silenced")[0], WHY)
