"""Counts behind the badges for what is not an answer: devices, guides, duplicates, years; and the table of all counts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Date, cast, func, select

from accounts.members.models import Member
from common import clock, i18n
from common.db import db, on_postgresql
from forum.content.guides.models import Guide
from forum.content.guides.rules import GuideState
from forum.content.reviews.models import Review
from forum.content.reviews.rules import Incentive
from forum.pointing.models import DuplicateHint
from forum.pointing.rules import HintState
from forum.products.models import Device
from forum.questions.models import Post
from forum.questions.rules import PostState
from rewards.badges.counts import answers as solving
from rewards.badges.counts import newcomers
from rewards.badges.counts.answers import NOT_STAFF, plain
from rewards.badges.counts.sources import Counter, Counts, Who, count_by
from rewards.badges.models import GuideRead
from rewards.badges.rules import HINT_RATIO, USEFUL_REVIEW, BadgeKey, full_years


def _of_members(column: Any, *criteria: Any, who: Who) -> Counts:
    query = select(column, func.count()).where(column.in_(NOT_STAFF), *criteria)
    return plain(who.limit(query, column).group_by(column))


def devices(who: Who) -> Counts:
    """Products a member said to own."""
    return _of_members(Device.member_id, who=who)


def guides_read(who: Who) -> Counts:
    """Members who read the guide of three minutes to its end."""
    return _of_members(GuideRead.member_id, who=who)


def guides(who: Who) -> Counts:
    """Published guides that a member wrote."""
    return _of_members(Guide.author_id, Guide.state == GuideState.PUBLISHED, who=who)


def confirmed_duplicates(who: Who) -> Counts:
    """Confirmed duplicates of members who were right at least four times in five; what was unlinked counts against."""
    h = DuplicateHint
    right = func.count().filter(h.state == HintState.CONFIRMED, h.undone_at.is_(None))
    decided = h.state.in_((HintState.CONFIRMED, HintState.DECLINED))
    query = select(h.member_id, right, func.count()).where(decided, h.member_id.in_(NOT_STAFF))
    rows = db.session.execute(who.limit(query, h.member_id).group_by(h.member_id))
    return {(member, ""): (good, None) for member, good, of in rows if good >= HINT_RATIO * of}


def anniversaries(who: Who) -> Counts:
    """Years of membership with ten days or more on which the member wrote something."""
    post = Post.__table__
    day = cast(post.c.published_at, Date) if on_postgresql() else func.date(post.c.published_at)
    query = (
        select(Member.id, Member.joined_at, day)
        .join(post, post.c.author_id == Member.id)
        .where(Member.id.in_(NOT_STAFF), post.c.state == PostState.PUBLISHED)
        .distinct()
    )
    joined: dict[int, date] = {}
    days: dict[int, list[date]] = defaultdict(list)
    for member, since, wrote in db.session.execute(who.limit(query, Member.id)):
        joined[member] = i18n.local(since).date()
        days[member].append(date.fromisoformat(wrote) if isinstance(wrote, str) else wrote)
    today = i18n.local(clock.now()).date()
    return {
        (member, ""): (count, None)
        for member, seen in days.items()
        if (count := full_years(joined[member], seen, today))
    }


def useful_reviews(who: Who) -> Counts:
    """Reviews that three members or more found useful; one that was given for something is not counted."""
    review, post = Review.__table__, Post.__table__
    query = (
        select(post.c.author_id, func.count())
        .join(review, review.c.id == post.c.id)
        .where(post.c.author_id.in_(NOT_STAFF), who.stands(post))
        .where(review.c.incentive == Incentive.NONE, review.c.useful_count >= USEFUL_REVIEW)
    )
    return plain(who.limit(query, post.c.author_id).group_by(post.c.author_id))


TABLE: dict[BadgeKey, Counter] = {
    BadgeKey.FIRST_ACCEPT: solving.first_accepts,
    BadgeKey.PROFILE_PRODUCTS: devices,
    BadgeKey.CHARTER: guides_read,
    BadgeKey.HELPER: solving.solutions,
    BadgeKey.APPRECIATED: solving.appreciations,
    BadgeKey.GOOD_ANSWER: solving.good_answers,
    BadgeKey.FAST: solving.fast_solutions,
    BadgeKey.FIRST_RESPONDER: newcomers.first_responses,
    BadgeKey.STEADY: solving.steady_weeks,
    BadgeKey.TOPIC_EXPERT: solving.topic_solutions,
    BadgeKey.MULTI_TOPIC: solving.topics,
    BadgeKey.GUIDE_AUTHOR: guides,
    BadgeKey.EVERGREEN: solving.evergreens,
    BadgeKey.LIBRARIAN: confirmed_duplicates,
    BadgeKey.REVIEWER: useful_reviews,
    BadgeKey.MENTOR: newcomers.grown_up,
    BadgeKey.WELCOME: newcomers.thanked,
    BadgeKey.ANNIVERSARY: anniversaries,
}
"""What this package counts itself. Reports and rescues are counted by the desk, trials where they live."""


def register() -> None:
    """Make these counts known."""
    for key, counter in TABLE.items():
        count_by(key, counter)
