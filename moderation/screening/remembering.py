"""What the community's own texts say about a new one, and what is kept of it once it is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, func, or_, select

from accounts.members.models import Member
from common import clock, settings
from common.db import db, insert_many
from common.i18n import _
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.incidents.models import Incident
from moderation.incidents.rules import GOING
from moderation.screening.learning import judging
from moderation.screening.likeness import nearest
from moderation.screening.models import PostedHost, TextPrint

DAY = timedelta(hours=24)
KEPT = timedelta(days=14)
MOST_OWN = 60
MOST_HOSTS = 20


settings.define(
    "moderation.host_times",
    3,
    low=2,
    high=100,
    help=_(
        "When newcomers have linked to the same host so many times, each further text with it is read first."
    ),
)
settings.define(
    "moderation.host_days",
    30,
    unit=_("days"),
    low=1,
    high=365,
    help=_("How far back links of newcomers are counted."),
)
settings.define(
    "moderation.copy_authors",
    3,
    low=2,
    high=100,
    help=_(
        "When so many people send the same text within a day, it is read first, unless an incident is open."
    ),
)
settings.define(
    "moderation.known_hosts",
    ["wikipedia.org", "youtube.com", "youtu.be"],
    help=_(
        "Hosts that everybody knows: links to them are counted, and never held for being new or frequent."
    ),
)


@dataclass(frozen=True)
class Sketch:
    """What is kept of a text when it is stored."""

    author_id: int | None
    digest: str
    simhash: int
    language: str
    hosts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    judged: judging.Judged = field(default_factory=judging.Judged)
    held: tuple[str, ...] = ()


def keep(sketch: Sketch, post_id: int) -> None:
    """Remember a text that is stored now, in the same transaction; a new version replaces the one before."""
    values = {
        "author_id": sketch.author_id, "digest": sketch.digest, "simhash": sketch.simhash, "language": sketch.language,
        "numbers": list(sketch.numbers), "stored_at": clock.now(),
    }  # fmt: skip
    db.session.execute(delete(TextPrint).where(TextPrint.post_id == post_id))
    insert_many(TextPrint, [{"post_id": post_id, **values}])
    db.session.execute(delete(PostedHost).where(PostedHost.post_id == post_id))
    hosts = dict.fromkeys(host[:255] for host in sketch.hosts)
    insert_many(PostedHost, [{"host": host, "post_id": post_id} for host in list(hosts)[:MOST_HOSTS]])
    judging.note(sketch.judged, post_id, sketch.held)


def new_hosts(hosts: Collection[str]) -> frozenset[str]:
    """Those of these hosts that no published text has linked to."""
    if not hosts:
        return frozenset()
    seen = (
        select(PostedHost.host)
        .join(Post, Post.id == PostedHost.post_id)
        .where(PostedHost.host.in_(hosts), Post.state == PostState.PUBLISHED)
        .distinct()
    )
    return frozenset(hosts) - set(db.session.scalars(seen))


def busy_hosts(hosts: Collection[str], times: int, post_id: int | None) -> frozenset[str]:
    """Those that newcomers (ranks 0 and 1) linked to so often lately that one more is too many."""
    if not hosts:
        return frozenset()
    since = clock.now() - timedelta(days=settings.get("moderation.host_days"))
    often = (
        select(PostedHost.host)
        .join(Post, Post.id == PostedHost.post_id)
        .join(Member, Member.id == Post.author_id)
        .where(
            PostedHost.host.in_(hosts), Member.rank <= 1, Member.role == "member", Post.created_at >= since,
            Post.id != (post_id or 0), Post.state != PostState.WITHDRAWN,
        )
        .group_by(PostedHost.host)
        .having(func.count() >= times - 1)
    )  # fmt: skip
    return frozenset(db.session.scalars(often))


def copies(digest: str, ids: Collection[int]) -> int:
    """How many other people sent the same text within a day."""
    if not digest:
        return 0
    others = select(func.count(func.distinct(TextPrint.author_id))).where(
        TextPrint.digest == digest, TextPrint.stored_at >= clock.now() - DAY, TextPrint.author_id.not_in(ids)
    )
    return db.session.scalar(others) or 0


def own_alike(
    digest: str, simhash: int, ids: Collection[int], post_id: int | None
) -> tuple[int | None, bool]:
    """An own text of the last day that is nearly the same, and whether exactly the same words were sent minutes ago."""
    if not (simhash and ids):
        return None, False
    mine = (
        select(TextPrint.post_id, TextPrint.simhash, TextPrint.digest, TextPrint.stored_at)
        .join(Post, Post.id == TextPrint.post_id)
        .where(
            TextPrint.author_id.in_(ids), TextPrint.stored_at >= clock.now() - DAY, TextPrint.post_id != (post_id or 0),
            Post.state != PostState.WITHDRAWN,
        )
        .order_by(TextPrint.stored_at.desc())
        .limit(MOST_OWN)
    )  # fmt: skip
    rows = db.session.execute(mine).all()
    same = [row for row in rows if digest and row.digest == digest]
    lately = clock.now() - timedelta(minutes=settings.get("forum.resubmit_minutes"))
    near_id = same[0].post_id if same else nearest(simhash, [(row.post_id, row.simhash) for row in rows])
    return near_id, any(row.stored_at >= lately for row in same)


def incident_open(category_id: int, product_id: int | None = None) -> bool:
    """Whether something of this category or product is known to be broken: many people then write the same."""
    about = [Incident.category_id == category_id]
    if product_id is not None:
        about.append(Incident.product_id == product_id)
    found = select(Incident.id).where(Incident.state.in_(GOING), or_(*about)).limit(1)
    return db.session.scalar(found) is not None


def forget_old() -> int:
    """Drop the prints of texts that are decided or older than two weeks."""
    old = TextPrint.stored_at < clock.now() - KEPT
    return int(db.session.execute(delete(TextPrint).where(old)).rowcount)  # type: ignore[attr-defined]
