"""The kinds of news rewards have, with their sentences and where they lead."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.notifications.kinds import Kind, register
from common.i18n import Sentence, _, date_in_words, language, n_
from forum.browsing.queries import categories_by_id
from rewards.badges.queries import campaign_name
from rewards.badges.rules import CATALOGUE, BadgeKey, Tier
from rewards.badges.words import NAMES, TIER_NAMES
from rewards.missions.queries import title_of
from rewards.ranks.scale import rank_name

Params = dict[str, Any]


def _rank(params: Params) -> Sentence:
    return _("You reached a new rank: %(rank)s.", rank=rank_name(int(params.get("rank", 0))).full)


def _badge(params: Params) -> Sentence:
    key, tier = BadgeKey(params["badge"]), Tier(params["tier"])
    named = campaign_name(params["campaign_id"]) if params.get("campaign_id") else None
    if named:
        return _("You earned the badge “%(badge)s”.", badge=named)
    if params.get("title") and CATALOGUE[key].per == "post":
        return _(
            "You earned the badge “%(badge)s” (%(tier)s) for your answer to “%(title)s”.",
            badge=NAMES[key], tier=TIER_NAMES[tier], title=params["title"],
        )  # fmt: skip
    return _("You earned the badge “%(badge)s” (%(tier)s).", badge=NAMES[key], tier=TIER_NAMES[tier])


def _mission(params: Params) -> Sentence:
    if params.get("points"):
        return _(
            "You finished the mission “%(title)s”: %(points)s points to spend.",
            title=title_of(params["mission_id"]), points=params["points"],
        )  # fmt: skip
    return _("You finished the mission “%(title)s”.", title=title_of(params["mission_id"]))


def _expert_renewed(params: Params) -> Sentence:
    return _("You are an expert of %(topic)s for another year.", topic=_topic(params))


def _expert_lapsed(params: Params) -> Sentence:
    return _(
        "Your year as an expert of %(topic)s is over: you are a former expert now, and new solutions bring it back.",
        topic=_topic(params),
    )


def _topic(params: Params) -> str:
    found = categories_by_id().get(params.get("category_id", 0))
    return str(found.name) if found else str(NAMES[BadgeKey.TOPIC_EXPERT])


def _points(params: Params) -> Sentence:
    points = params.get("points", 0)
    if params.get("count", 1) > 1:
        return _("You earned %(points)s points: your answers help everybody.", points=points)
    return _("You earned %(points)s points: your answer helps everybody.", points=points)


def _coupon(_params: Params) -> Sentence:
    return _("Your discount is ready. Its code waits for you on the site.")


def _coupon_revoked(_params: Params) -> Sentence:
    return _("A discount of yours was taken back by the team; the points you had exchanged were returned.")


def _coupon_revived(_params: Params) -> Sentence:
    return _(
        "A discount of yours had ended while your account was suspended. It is good again: that was our mistake."
    )


def _coupon_lapsing(_params: Params) -> Sentence:
    return _("A discount you have not used ends in a few days.")


def _expiring(params: Params) -> Sentence:
    day = date_in_words(date.fromisoformat(params["day"]))
    return n_(
        "%(count)s point of yours ends from %(day)s on: exchange it before.",
        "%(count)s points of yours end from %(day)s on: exchange them before.",
        int(params.get("points", 0)),
        day=day,
    )


def _grace(params: Params) -> Sentence:
    return _(
        "Points were annulled (unusual pattern), and your rank asks for more than is left. It stays until %(day)s: what you "
        "earn by then counts.",
        day=date_in_words(date.fromisoformat(params["day"])),
    )


def _offered(params: Params) -> Sentence:
    return _(
        "The team invites you to be %(rank)s. Read the charter first.",
        rank=rank_name(int(params["rank"])).full,
    )


def _ending(params: Params) -> Sentence:
    return _(
        "Your mandate ends on %(day)s. It is renewed by itself if you go on helping as you did.",
        day=date_in_words(date.fromisoformat(params["day"])),
    )


def _renewed(_params: Params) -> Sentence:
    return _("Your mandate goes on for another term: thank you.")


def _over(_params: Params) -> Sentence:
    return _("Your mandate is over. Thank you for all you did; your rank stays what your deeds opened.")


def _review_good(_params: Params) -> Sentence:
    return _(
        "We looked at what the rank of expert asks for: all is well. Thank you for your help, and on we go."
    )


def _review(_params: Params) -> Sentence:
    return _(
        "Our half-yearly look at the rank of expert: something is missing now. Nothing changes by itself; tell us if there "
        "is a reason."
    )


def _review_over(params: Params) -> Sentence:
    return _(
        "After the review of your rank it follows your deeds again: %(reason)s What you did stays, and so does our thanks.",
        reason=params["reason"],
    )


def _to_mandate(_params: Params) -> str:
    return f"/{language()}/rewards/mandate"


def _stock(params: Params) -> Sentence:
    return _("A discount is running out: %(left)s codes are left.", left=params.get("left", 0))


def _budget(params: Params) -> Sentence:
    return _("A discount has used %(share)s %% of its budget.", share=params.get("share", 0))


def _coupon_refunded(_params: Params) -> Sentence:
    return _("An order with a discount of yours was cancelled: you can take a new code, once.")


def _guessing(params: Params) -> Sentence:
    return _(
        "Somebody may be guessing codes: %(unknown)s of %(asked)s look-ups of the shop in an hour named unknown ones.",
        unknown=params.get("unknown", 0), asked=params.get("asked", 0),
    )  # fmt: skip


def _gift_ordered(_params: Params) -> Sentence:
    return _("Your gift is on our list. You find it among your gifts.")


def _gift_thanks(_params: Params) -> Sentence:
    return _("The team thanks you with a gift.")


def _gift_sent(_params: Params) -> Sentence:
    return _("Your gift is on its way.")


def _gift_cancelled(_params: Params) -> Sentence:
    return _("A gift of yours could not be sent; the points you had exchanged were returned.")


def _to_gifts(_params: Params) -> str:
    return f"/{language()}/rewards/gifts"


def _value(_params: Params) -> Sentence:
    return _("A member has received as much this year as you wanted to be told of.")


def _to_value(params: Params) -> str:
    return f"/{language()}/desk/value/{params['person_id']}"


def _to_shop(_params: Params) -> str:
    return f"/{language()}/desk/shop"


def _to_discount(params: Params) -> str:
    return f"/{language()}/desk/discounts/{params['promotion_id']}"


def _to_centre(_params: Params) -> str:
    return f"/{language()}/rewards"


def _to_ranks(_params: Params) -> str:
    return f"/{language()}/ranks"


def _to_expertise(_params: Params) -> str:
    return f"/{language()}/badges/{BadgeKey.TOPIC_EXPERT.value}"


def _to_badge(params: Params) -> str:
    return f"/{language()}/badges/{params['badge']}"


def _to_coupons(_params: Params) -> str:
    return f"/{language()}/rewards/coupons"


_KINDS = (
    Kind("rank-changed", _rank, _to_ranks, mail="daily", is_content=False, button=_("See what it opens")),
    Kind("badge-awarded", _badge, _to_badge, mail="daily", is_content=False, button=_("See the badge")),
    Kind("mission-done", _mission, _to_centre, mail="daily", is_content=False, button=_("See my points")),
    Kind(
        "expert-renewed",
        _expert_renewed,
        _to_expertise,
        mail="daily",
        is_content=False,
        button=_("See the badge"),
    ),
    Kind(
        "expert-lapsed",
        _expert_lapsed,
        _to_expertise,
        mail="daily",
        is_content=False,
        button=_("See the badge"),
    ),
    Kind(
        "points",
        _points,
        _to_centre,
        mail="off",
        event="reward",
        is_content=False,
        button=_("See my points"),
        summed="points",
    ),
    Kind("coupon", _coupon, _to_coupons, always=True, is_content=False, button=_("See my codes")),
    Kind("coupon-revoked", _coupon_revoked, _to_coupons, always=True, event="account", is_content=False),
    Kind("coupon-refunded", _coupon_refunded, _to_coupons, always=True, event="account", is_content=False),
    Kind("coupon-revived", _coupon_revived, _to_coupons, always=True, event="account", is_content=False),
    Kind("shop-guessing", _guessing, _to_shop, event="account", mail="now", is_content=False),
    Kind(
        "gift-ordered", _gift_ordered, _to_gifts, always=True, mail="daily", event="account", is_content=False
    ),
    Kind("gift-thanks", _gift_thanks, _to_gifts, always=True, event="account", is_content=False),
    Kind("gift-sent", _gift_sent, _to_gifts, always=True, event="account", is_content=False),
    Kind("gift-cancelled", _gift_cancelled, _to_gifts, always=True, event="account", is_content=False),
    Kind("value-alert", _value, _to_value, event="account", is_content=False),
    Kind("coupon-lapsing", _coupon_lapsing, _to_coupons, event="points_expiring", is_content=False),
    Kind("points-expiring", _expiring, _to_centre, event="points_expiring", is_content=False),
    Kind(
        "mandate-offered",
        _offered,
        _to_mandate,
        event="account",
        mail="now",
        is_content=False,
        button=_("Read the charter"),
    ),
    Kind("rank-grace", _grace, _to_ranks, event="account", is_content=False),
    Kind("expert-review-good", _review_good, _to_ranks, event="account", is_content=False),
    Kind("expert-review", _review, _to_ranks, event="account", is_content=False, button=_("See what counts")),
    Kind("expert-review-over", _review_over, _to_ranks, event="account", is_content=False),
    Kind("mandate-ending", _ending, _to_mandate, event="account", is_content=False),
    Kind("mandate-renewed", _renewed, _to_mandate, event="account", is_content=False),
    Kind("mandate-over", _over, _to_mandate, event="account", is_content=False),
    Kind("promotion-stock", _stock, _to_discount, event="account", mail="now", is_content=False),
    Kind("promotion-budget", _budget, _to_discount, event="account", mail="now", is_content=False),
)


def register_all() -> None:
    """Make all kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)
