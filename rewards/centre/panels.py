"""What rewards show in the pages of other packages: rank beside a name, points on the home page, trail and badges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template
from markupsafe import Markup

from accounts.members.queries import MemberCard, by_id, cards
from common import clock, i18n
from common.db import db
from common.freshness import Shelf
from common.permissions import Actor
from common.web import actor, register_panel
from rewards.badges import queries as badges
from rewards.centre import queries
from rewards.leaderboards.queries import shown_of
from rewards.ledger.queries import top_since
from rewards.ranks.queries import path
from rewards.ranks.scale import rank_name

_marks = Shelf(64)
_week = Shelf(4)


def layers(rank: int) -> int:
    """How many layers of the mound are filled: one for R0, six from R5."""
    return min(rank + 1, 6)


def member_rank(card: MemberCard, *_more: Any) -> Markup | None:
    """The mound and the rank's name beside a member; nothing for the team and for former members."""
    if card.id is None or card.is_staff:
        return None
    label = rank_name(card.rank).full
    return _marks.fetch((card.rank, label), lambda: _mark(card.rank, label))


def _mark(rank: int, label: str) -> Markup:
    return Markup(render_template("rewards/_mark.html", level=layers(rank), label=label))  # noqa: S704 - escaped by Jinja


def member_badges(card: MemberCard, *_more: Any) -> Markup | None:
    """The topics a member is an expert of, beside their name on the profile."""
    if card.id is None or card.is_staff:
        return None
    topics = badges.expertise_of(card.id)[:4]
    return (
        Markup("").join(Markup('<span class="tag plum">{}</span>').format(topic) for topic in topics) or None
    )


def home_strip(reader: Actor | None = None, *_more: Any) -> str | None:
    """Points and the way to the next rank. One query."""
    reader = reader or actor()
    if not reader.signed_in or reader.is_staff or reader.member_id is None:
        return None
    return render_template("rewards/_strip.html", standing=queries.standing(reader.member_id))


def experts_of_the_week(*_more: Any) -> str | None:
    """The members whose answers were accepted most in seven days; counted at most once a minute."""
    minute = int(clock.now().timestamp() // 60)
    shown = _week.fetch((str(db.engine.url), minute), _experts)
    return render_template("rewards/_experts.html", experts=shown) if shown else None


def _experts() -> tuple[tuple[MemberCard, int], ...]:
    top = top_since(clock.now() - timedelta(days=7), 12)
    known, shown = (
        cards(member_id for member_id, _count in top),
        shown_of(member_id for member_id, _count in top),
    )
    return tuple((known[member_id], count) for member_id, count in top if member_id in shown)[:4]


def profile_path(card: MemberCard, *_more: Any) -> str | None:
    """The trail of ranks; one's own also says what is missing. The days are for the member and the team: beside a masked
    question of the same day they would say who asked it."""
    member = by_id(card.id) if card.id is not None and not card.is_staff else None
    if member is None:
        return None
    reader = actor()
    own = reader.member_id == card.id
    stops, alumnus = path(member.id, member.rank, member.joined_at)
    return render_template(
        "rewards/_path.html", stops=stops, alumnus=alumnus, layers=layers, own=own, days=own or reader.is_staff,
        standing=queries.standing(member.id) if own else None,
    )  # fmt: skip


def profile_badges(card: MemberCard, *_more: Any) -> str | None:
    """Badges, and what the member receives from the brand."""
    if card.id is None or card.is_staff:
        return None
    medals = badges.medals_of(card.id)
    return render_template(
        "rewards/_medals.html", medals=medals[:6], count=len(medals), all_of_them=len(badges.CATALOGUE), card=card,
        rewarded=queries.has_exchanged(card.id), language=i18n.language(),
    )  # fmt: skip


def register() -> None:
    """Put the panels in their slots."""
    for slot, make in (
        ("member.rank", member_rank),
        ("member.badges", member_badges),
        ("home.strip", home_strip),
        ("home.aside", experts_of_the_week),
        ("profile.main", profile_path),
        ("profile.aside", profile_badges),
    ):
        register_panel(slot, make)
