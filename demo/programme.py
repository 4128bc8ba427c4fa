"""What staff did in the demonstration: let newcomers' posts through, brought points and ranks over, opened discounts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from accounts.members.models import Member
from accounts.signin.sessions import actor_of
from common import clock, jobs
from common.db import db
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from demo import content, provider
from forum.invitations.inviting import invite
from forum.questions.models import Post
from forum.questions.writing import Posted
from forum.suggestions.suggesting import suggest_edit
from moderation.experts.asking import wishing
from moderation.review.deciding import Verdict
from moderation.review.models import ReviewItem
from moderation.review.rules import HELD_TEXTS, Decision, ItemState, ItemType
from moderation.sanctions import appealing, striking
from moderation.sanctions.models import Statement
from moderation.sanctions.strike_rules import StrikeCause
from rewards.badges import campaigns, honouring
from rewards.badges.campaigns import Draft
from rewards.badges.rules import BadgeKey, Criterion
from rewards.gifts import describing, ordering
from rewards.gifts.describing import GiftOffer
from rewards.gifts.models import Gift
from rewards.gifts.rules import GiftKind
from rewards.ledger import booking
from rewards.ledger.rules import Amounts
from rewards.lounge import talking
from rewards.missions import defining, forms
from rewards.promotions import offering, pooling
from rewards.promotions.offering import Offer
from rewards.promotions.rules import PromotionKind
from rewards.ranks import appointing, ranking
from rewards.ranks.models import Why

MANDATE = 5


def let_through(members: dict[str, int], posted: Posted) -> None:
    """Nadia approves what the screener held, or who of the provider's team reads its categories."""
    if posted.held:
        item = select(ReviewItem.id).where(
            ReviewItem.post_id == posted.id,
            ReviewItem.state == ItemState.OPEN,
            ReviewItem.kind.in_(HELD_TEXTS),
        )
        reader = provider.on_duty(members, posted.id) or actor(members, "nadia")
        _approve(reader, db.session.scalars(item).one(), 18 + posted.id * 7 % 40)


def read_samples(members: dict[str, int]) -> None:
    """Nadia has looked at the samples of the days before."""
    samples = select(ReviewItem.id).where(
        ReviewItem.kind == ItemType.SAMPLE, ReviewItem.state == ItemState.OPEN
    )
    nadia = actor(members, "nadia")
    for item_id in db.session.scalars(samples).all():
        _approve(nadia, item_id)


def _approve(reader: Actor, item_id: int, seconds: int = 0) -> None:
    provider.decide(reader, item_id, Verdict(Decision.APPROVE), seconds)


def help_each_other(members: dict[str, int], posts: dict[str, int]) -> None:
    """Inès suggests a detail for the solution that most people read; Jonas invites her to answer his question; those who
    know most say that they may be asked."""
    threads = list(enumerate([*content.THREADS, *content.UNANSWERED_LONG]))
    solved = next(f"t{number}r0" for number, one in threads if one.title.startswith("Ondéa 8 : code E18"))
    asked = next(f"t{number}" for number, one in threads if one.title.startswith("Le Filao X3 s’éteint"))
    answer = db.session.get_one(Post, posts[solved])
    suggest_edit(
        actor(members, "ines"), answer.id, version=answer.version, reason="Le conseil de Tony, dans les étapes",
        body=f"{answer.body}\n\nGlissez une serpillière sous la trappe avant l’étape 2 : il reste toujours un fond d’eau.",
    )  # fmt: skip
    invite(actor(members, "jonas"), posts[asked], db.session.get_one(Member, members["ines"]).display_name)
    for person in content.PEOPLE:
        if (person.rank or person.brought) and not actor(members, person.key).is_staff:
            wishing.choose(actor(members, person.key), wanted=True, at_night=False, away="")


def bring_points(members: dict[str, int]) -> None:
    """Points and ranks that members had before the demonstration begins."""
    marc = actor(members, "marc")
    reason = "Points de l’ancien programme"
    for person in (p for p in content.PEOPLE if p.brought or p.rank):
        member_id = members[person.key]
        if person.brought:
            booking.adjust(
                marc, member_id, Amounts(person.brought, person.brought // 4), f"brought:{person.key}", reason
            )
        if person.rank == MANDATE:
            appointing.appoint(marc, member_id, MANDATE, reason)
        elif person.rank:
            with unit_of_work():
                ranking.move(member_id, 0, person.rank, why=Why.IMPORTED)


def open_promotions(members: dict[str, int]) -> None:
    """Discounts, each with a pool of codes made here and now."""
    marc = actor(members, "marc")
    for described in content.PROMOTIONS:
        offer = Offer(**{**described, "kind": PromotionKind(described["kind"])})
        promotion_id = offering.offer_promotion(marc, offer)
        pooling.make_codes(marc, promotion_id, content.CODES_EACH)
        offering.open_promotion(marc, promotion_id)


def open_gifts(members: dict[str, int]) -> None:
    """The catalogue beyond codes."""
    marc = actor(members, "marc")
    for described in content.GIFTS:
        offer = GiftOffer(**{**described, "kind": GiftKind(described["kind"])})
        describing.open_gift(marc, describing.describe(marc, offer))
    mug = content.GIFTS[0]["key"]
    gift_id = db.session.scalars(select(Gift.id).where(Gift.key == mug)).one()
    ordering.exchange(
        actor(members, "gerard"), gift_id, "demo", "Gérard L.\n7 rue des Lices\n35000 Rennes\nFrance"
    )


def honour_helpers(members: dict[str, int]) -> None:
    """Whoever was there at the beginning has a badge for it, and Nadia honours Gérard."""
    marc, now = actor(members, "marc"), clock.now()
    founders = Draft(
        BadgeKey.FOUNDER, "Fondateurs du Sentier", "Founders of Le Sentier", "Là dès les premiers mois.",
        "There in the first months.", Criterion.JOINED, 1, now - timedelta(days=2_000), now - timedelta(days=200),
    )  # fmt: skip
    campaigns.activate(marc, campaigns.define(marc, founders, "demo-founders"))
    citation = (
        "Pour un hiver entier de réponses patientes, jusqu’à la dernière vis, à des débutants inquiets."
    )
    week = forms.draft(forms.FIRST_WEEK)
    defining.activate(marc, defining.define(marc, week, "demo-first-week"))
    honouring.honour(actor(members, "nadia"), members["gerard"], citation, "demo-honour")


def talk_in_the_lounge(members: dict[str, int]) -> None:
    """Marc tells super-users something early, and Gérard answers."""
    gerard = members["gerard"]
    topic = talking.begin(
        actor(members, "marc"), "En avant-première : la cafetière Filao X4 arrive en mai",
        "Vous êtes les premiers à le savoir. Gardez-le pour vous, et dites-nous ce qui manque à la X3.", True, "demo-news",
    )  # fmt: skip
    talking.reply(
        actor_of(db.session.get_one(Member, gerard)),
        topic,
        "Un réservoir plus facile à retirer.",
        "demo-reply",
    )


def keep_order(members: dict[str, int]) -> None:
    """Nadia warns Lucas, who contests it: an appeal waits for Marc."""
    nadia, lucas = actor(members, "nadia"), actor(members, "lucas")
    why = "Trois liens vers la même boutique de pièces en une soirée. Un seul aurait suffi, avec votre avis."
    striking.strike(nadia, members["lucas"], StrikeCause.LINK_DROPPING, why, "demo-strike")
    told = select(Statement.id).where(Statement.member_id == members["lucas"])
    statement_id = db.session.scalars(told.order_by(Statement.id.desc())).first()
    if statement_id is not None:
        appealing.appeal(
            lucas,
            statement_id,
            "Cette boutique est la seule à vendre encore ce joint ; j’ai répondu à trois personnes.",
        )


def settle() -> None:
    """What the worker would have done meanwhile: ranks, badges, mails, the index."""
    jobs.run_due_jobs()
    jobs.run_due_periodics()
    jobs.run_due_jobs()


def actor(members: dict[str, int], key: str) -> Actor:
    """One of the demonstration's people, as they are now."""
    return actor_of(db.session.get_one(Member, members[key]))
