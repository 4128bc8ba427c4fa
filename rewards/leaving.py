"""What is kept in rewards of somebody who closed the account: all of it, without a name.

Points, discounts and what they rest on are accounts of value: sums must stay the sums of their lines (domain/rewards.md
§A1), and what was paid out must be found again. The row of the member they point to names nobody any more. What a tester wrote and where they live goes.
"""

from __future__ import annotations

from accounts.closing.erasing import Named, Plan, carry_out, register
from accounts.events import MemberClosed
from rewards.abuse.models import AbuseCase, AbuseEvidence, VotePause
from rewards.addresses.models import SealedAddress
from rewards.adjustments.models import Adjustment
from rewards.badges.models import BadgeAward, BadgeCampaign, GuideRead
from rewards.gifts.models import Gift, GiftOrder
from rewards.leaderboards.models import LeaderboardSum, Unlisted
from rewards.ledger.models import Balance, DaySum, LedgerEntry
from rewards.lounge.models import LoungeMessage, LoungeTopic
from rewards.mentoring import ending as mentoring
from rewards.mentoring.models import Mentoring, MentoringOffer
from rewards.missions.models import Mission, MissionDone, StepDone
from rewards.promotions.models import Coupon, CouponReveal, PromotionUse
from rewards.ranks.models import (
    Alumnus,
    Mandate,
    MandateOffer,
    RankChange,
    RankFigures,
    RankGrace,
    RankReview,
)
from rewards.shop.models import CodeExport, ShopSecret
from rewards.tables.models import RuleEdition, TrialSum
from rewards.toasts.models import PointsTold
from rewards.trials import leaving as trials
from rewards.trials.models import Trial, TrialApplication, TrialDraft, TrialMove, TrialReport
from rewards.votes.models import CharterBallot, CharterVote

_SUMS = "sums stay the sums of their lines"
_MONEY = "a discount that was handed out stays accounted for"
_PRODUCT = "a product that was handed out stays accounted for"
_WORK = "what the team did at work"
_TALK = "conversations stay readable; every page says “former member” and leads to none"

PLAN = register(
    "rewards",
    Plan(
        erased=(
            GuideRead.member_id,
            RankReview.member_id,
            RankFigures.member_id,
            PointsTold.member_id,
            SealedAddress.member_id,
            TrialDraft.member_id,
            LeaderboardSum.member_id,
            Unlisted.member_id,
            StepDone.member_id,
            Mentoring.member_id,
            Mentoring.mentor_id,
            MentoringOffer.member_id,
            MentoringOffer.mentor_id,
        ),
        blanked={
            BadgeAward.member_id: {"citation": None, "revoke_reason": None},
            CharterBallot.member_id: {"remark": ""},
            GiftOrder.member_id: {"words": "", "tracking": ""},
        },
        kept={
            LedgerEntry.member_id: _SUMS,
            LedgerEntry.actor_id: _SUMS,
            Balance.member_id: _SUMS,
            DaySum.member_id: _SUMS,
            AbuseEvidence.voter_id: _SUMS,
            AbuseEvidence.author_id: _SUMS,
            VotePause.voter_id: _SUMS,
            VotePause.author_id: _SUMS,
            Adjustment.member_id: _SUMS,
            TrialSum.member_id: _SUMS,
            RankChange.member_id: _SUMS,
            Mandate.member_id: _SUMS,
            MandateOffer.member_id: _SUMS,
            Alumnus.member_id: _SUMS,
            RankGrace.member_id: _SUMS,
            MissionDone.member_id: _SUMS,
            Mission.created_by_id: _WORK,
            Coupon.member_id: _MONEY,
            CouponReveal.member_id: _MONEY,
            PromotionUse.member_id: _MONEY,
            GiftOrder.proposed_by_id: _WORK,
            GiftOrder.decided_by_id: _WORK,
            Gift.made_by_id: _WORK,
            ShopSecret.created_by_id: _WORK,
            CodeExport.made_by_id: _WORK,
            TrialApplication.member_id: _PRODUCT,
            TrialMove.actor_id: _PRODUCT,
            Trial.budget_owner_id: _WORK,
            Trial.created_by_id: _WORK,
            AbuseCase.decided_by_id: _WORK,
            Adjustment.asked_by_id: _WORK,
            Adjustment.decided_by_id: _WORK,
            RuleEdition.made_by_id: _WORK,
            BadgeAward.revoked_by_id: _WORK,
            BadgeAward.revoke_asked_by_id: _WORK,
            BadgeAward.given_by_id: _WORK,
            BadgeCampaign.created_by_id: _WORK,
            BadgeCampaign.activated_by_id: _WORK,
            RankChange.actor_id: _WORK,
            LoungeTopic.author_id: _TALK,
            LoungeMessage.author_id: _TALK,
            LoungeMessage.removed_by_id: _WORK,
            CharterVote.begun_by_id: _WORK,
            Mandate.given_by_id: _WORK,
            MandateOffer.offered_by_id: _WORK,
        },
        scanned={
            LoungeTopic.author_id: (LoungeTopic.title,),
            LoungeMessage.author_id: (LoungeMessage.body, LoungeMessage.body_html),
        },
        named=(
            Named((LoungeTopic.title,)),
            Named((LoungeMessage.body, LoungeMessage.body_html)),
            Named((BadgeAward.citation, BadgeAward.revoke_reason)),
            Named((Adjustment.reason,), lambda ids: Adjustment.member_id.in_(ids)),
            Named((AbuseCase.reason,)),
            Named((Mandate.reason,), lambda ids: Mandate.member_id.in_(ids)),
            Named((MandateOffer.reason,), lambda ids: MandateOffer.member_id.in_(ids)),
            Named((GiftOrder.words, GiftOrder.reason), lambda ids: GiftOrder.member_id.in_(ids)),
            Named((TrialReport.first_days, TrialReport.liked, TrialReport.disliked, TrialReport.team_note)),
            Named((TrialApplication.excuse_text,)),
            Named((CharterBallot.remark,)),
        ),
    ),
)


def forget(fact: MemberClosed) -> None:
    """Erase what is not an account of value, in the transaction that closes the account."""
    trials.leave(fact.member_id)
    mentoring.leave(fact.member_id)
    carry_out(PLAN, fact.member_id)
