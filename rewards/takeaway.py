"""What this package puts into the archive of a member's data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from accounts.archives.parts import Contribution, Owner, Part, Row, of_table, pieces, register
from common.db import db
from common.i18n import _
from common.secrecy import Unreadable, unseal
from rewards.abuse.models import AbuseCase, AbuseEvidence, VotePause
from rewards.addresses import keeping
from rewards.addresses.models import AddressOf, SealedAddress
from rewards.adjustments.models import Adjustment
from rewards.badges.models import BadgeAward, BadgeCampaign, GuideRead
from rewards.gifts.models import Gift, GiftOrder
from rewards.leaderboards.models import LeaderboardSum, Unlisted
from rewards.ledger.models import Balance, DaySum, LedgerEntry
from rewards.lounge.models import LoungeMessage, LoungeTopic
from rewards.mentoring.models import Mentoring, MentoringOffer
from rewards.missions.models import Mission, MissionDone, StepDone
from rewards.promotions import secrecy as codes
from rewards.promotions.models import Coupon, CouponReveal, Promotion, PromotionUse
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
from rewards.trials.models import Trial, TrialApplication, TrialDraft, TrialMove, TrialReport
from rewards.votes.models import CharterBallot, CharterVote

_WORK = "what the team did at work is the community's, not the person's"
_DERIVED = "a sum of what is in the statement of points"
_VOTES = (
    "how unusual votes are found, and whose they were; decisions about them stand in the statement of points"
)


def _coupons(owner: Owner) -> Iterator[Row]:
    """Discounts; the code too, where its owner has looked at it."""
    query = select().select_from(Coupon).join(Promotion, Promotion.id == Coupon.promotion_id)
    fields = (
        "state allocated_at expires_at revealed_at redeemed_at order_ref amount_minor replaced_at code_cipher"
    )
    wanted = {name: getattr(Coupon, name) for name in fields.split()}
    title = Promotion.title_en if owner.language == "en" else Promotion.title_fr
    for row in pieces(query.where(Coupon.member_id.in_(owner.ids)), Coupon, {"title": title} | wanted):
        cipher = row.pop("code_cipher")
        yield row | ({"code": _opened(codes.USE, cipher)} if row["revealed_at"] else {})


def _gifts(owner: Owner) -> Iterator[Row]:
    """Gifts, with the address they are sent to while it is kept."""
    query = (
        select()
        .select_from(GiftOrder)
        .join(Gift, Gift.id == GiftOrder.gift_id)
        .where(GiftOrder.member_id.in_(owner.ids))
    )
    title = Gift.title_en if owner.language == "en" else Gift.title_fr
    fields = "state is_thanks cost_points value_minor currency words tracking ordered_at placed_at closed_at"
    wanted = {name: getattr(GiftOrder, name) for name in fields.split()}
    given = _addresses(AddressOf.GIFT, owner)
    for row in pieces(query, GiftOrder, {"title": title} | wanted | {"about_id": GiftOrder.id}):
        yield row | {"address": given.get(row.pop("about_id"))}


def _trials(owner: Owner) -> Iterator[Row]:
    """Applications to product trials, with the address while it is kept, and what was reported."""
    query = (
        select()
        .select_from(TrialApplication)
        .join(Trial, Trial.id == TrialApplication.trial_id)
        .outerjoin(TrialReport, TrialReport.application_id == TrialApplication.id)
        .where(TrialApplication.member_id.in_(owner.ids))
    )
    title = Trial.title_en if owner.language == "en" else Trial.title_fr
    fields = (
        "state answers adult equipment outside country postcode_prefix answer_score score position applied_at selected_at "
        "shipped_at delivered_at due_at reported_at on_time defaulted_at excuse excuse_text"
    )
    report = "rating first_days liked disliked checklist photos written_at"
    wanted: dict[str, Any] = {"title": title}
    wanted |= {name: getattr(TrialApplication, name) for name in fields.split()}
    wanted |= {name: getattr(TrialReport, name) for name in report.split()}
    addresses = _addresses(AddressOf.TRIAL, owner)
    for row in pieces(query, TrialApplication, wanted | {"about_id": TrialApplication.id}):
        given = addresses.get(row.pop("about_id"))
        yield row | {"address": json.loads(given) if given else None}


def _addresses(of: AddressOf, owner: Owner) -> dict[int, str]:
    """The owner's sealed addresses in clear, by what they are for."""
    s = SealedAddress
    mine = select(s.about_id).where(s.of == of, s.member_id.in_(owner.ids))
    return keeping.opened(of, list(db.session.scalars(mine)))


def _opened(use: str, cipher: bytes | None) -> str | None:
    try:
        return unseal(use, cipher) if cipher else None
    except Unreadable:
        return None


register(
    "rewards",
    Contribution(
        parts=(
            of_table("points", _("Points"), Balance.member_id, "reputation spendable matured"),
            of_table(
                "ledger", _("Statement of points"), LedgerEntry.member_id,
                "id account granted kind rule_key cause_type post_id question_id occurred_at available_at reverses_id note",
            ),
            of_table("adjustments", _("Points given or taken by hand"), Adjustment.member_id,
                "reputation spendable reason state asked_at decided_at",
            ),
            of_table("ranks", _("Changes of rank"), RankChange.member_id, "old new why changed_at"),
            of_table("rank-grace", _("Rank kept for a time"), RankGrace.member_id, "rank until"),
            of_table("rank-review", _("Next look at your rank"), RankReview.member_id, "due_at told_at missing"),
            of_table("mandates", _("Mandates"), Mandate.member_id,
                "rank given_at charter_signed_at charter_hash ends_at category_id",
            ),
            of_table("mandate-offers", _("Mandates offered"), MandateOffer.member_id, "rank offered_at category_id"),
            of_table("former-mandates", _("Former mandates"), Alumnus.member_id, "rank since"),
            of_table("charter-votes", _("Votes on the charter and the terms"), CharterBallot.member_id,
                "vote_id choice remark cast_at",
            ),
            of_table("badges", _("Badges"), BadgeAward.member_id,
                "badge_key tier awarded_at citation renewed_at lapsed_at revoked_at revoke_cause revoke_reason",
            ),
            of_table("guide-read", _("Guide of the house read"), GuideRead.member_id, "read_at"),
            of_table("missions", _("Missions done"), MissionDone.member_id, "mission_id done_at paid"),
            of_table("mission-steps", _("Steps of missions done"), StepDone.member_id, "step_id done_at"),
            Part("coupons", _("Discounts"), _coupons, (Coupon.member_id,)),
            of_table("coupon-reveals", _("When you looked at codes"), CouponReveal.member_id, "coupon_id revealed_at"),
            of_table("promotion-uses", _("How often you took a discount"), PromotionUse.member_id, "promotion_id count"),
            Part("gifts", _("Gifts"), _gifts, (GiftOrder.member_id, SealedAddress.member_id)),
            Part("trials", _("Product trials"), _trials, (TrialApplication.member_id,)),
            of_table("trial-drafts", _("Drafts of product trials"), TrialDraft.member_id, "trial_id kind fields updated_at"),
            of_table("lounge-topics", _("Topics you began in the lounge"), LoungeTopic.author_id, "title begun_at"),
            of_table("lounge", _("What you wrote in the lounge"), LoungeMessage.author_id, "topic_id body written_at removed_at"),
            of_table("mentoring", _("Your mentoring"), Mentoring.member_id, "category_id words asked_at begun_at ends_at"),
            of_table("mentees", _("Members you accompany"), Mentoring.mentor_id, "category_id begun_at ends_at"),
            of_table("mentoring-offers", _("Mentoring offered to you"), MentoringOffer.member_id, "offered_at declined_at"),
            of_table("mentoring-offered", _("Mentoring you offered"), MentoringOffer.mentor_id, "offered_at"),
            of_table("unlisted", _("Left out of leaderboards"), Unlisted.member_id, "since"),
            of_table("point-toasts", _("Messages about points"), PointsTold.member_id, "told_at is_off"),
        ),
        left_out={
            DaySum.member_id: _DERIVED,
            RankFigures.member_id: "sums of what was written, which is in the archive itself",
            LeaderboardSum.member_id: _DERIVED,
            TrialSum.member_id: "what rules on trial would have counted; no member's points follow it",
            AbuseEvidence.voter_id: _VOTES,
            AbuseEvidence.author_id: _VOTES,
            VotePause.voter_id: _VOTES,
            VotePause.author_id: _VOTES,
            TrialMove.actor_id: "the application says how far it got",
            LedgerEntry.actor_id: "whose act a line rests on is another member's",
            **dict.fromkeys(
                (
                    RankChange.actor_id, GiftOrder.proposed_by_id, GiftOrder.decided_by_id, Gift.made_by_id,
                    ShopSecret.created_by_id, CodeExport.made_by_id, Trial.budget_owner_id, Trial.created_by_id,
                    AbuseCase.decided_by_id, Adjustment.asked_by_id, Adjustment.decided_by_id, RuleEdition.made_by_id,
                    BadgeAward.revoked_by_id, BadgeAward.revoke_asked_by_id, BadgeAward.given_by_id,
                    BadgeCampaign.created_by_id, BadgeCampaign.activated_by_id, LoungeMessage.removed_by_id,
                    Mandate.given_by_id, MandateOffer.offered_by_id, Mission.created_by_id, CharterVote.begun_by_id,
                ),
                _WORK,
            ),
        },
    ),
)  # fmt: skip
