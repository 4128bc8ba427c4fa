"""What is known of an author beside the text: what was published and refused, the address, how new the account is."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import lru_cache

from disposable_email_domains import blocklist
from sqlalchemy import exists, func, or_, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, settings
from common.db import db
from common.i18n import _
from common.permissions import Actor
from forum.questions.models import Post, Revision
from forum.questions.rules import PostState
from moderation import standing
from moderation.review import queueing
from moderation.review.models import ReviewDecision
from moderation.review.rules import REFUSING, Reason
from moderation.sanctions.models import Sanction
from moderation.sanctions.rules import SanctionKind, SanctionState
from moderation.sanctions.statements import stands
from moderation.screening.learning.features import Context

MOST_PUBLISHED = 60
MOST_SENDERS = 2000
FRESH_SECONDS = 60.0
NEAR = 2
SHORTEST_NAME = 6
"""Of shorter names before the @, many are two letters apart by chance."""

_SENDERS = (Reason.ADVERTISING, Reason.JUNK)
_senders: tuple[str, ...] = ()
_read_at = -FRESH_SECONDS

settings.define(
    "moderation.disposable_domains",
    [],
    help=_(
        "More domains of throw-away mailboxes, one a line; with a minus before it, a domain that is none."
    ),
)


def published_count(ids: frozenset[int], most: int = MOST_PUBLISHED) -> int:
    """How much of this member stands in public, under their name or a mask; counted up to ``most``."""
    shown = select(Post.id).where(Post.author_id.in_(ids), Post.state == PostState.PUBLISHED).limit(most)
    return db.session.scalar(select(func.count()).select_from(shown.subquery())) or 0


def has_published(ids: frozenset[int]) -> bool:
    """Whether anything of this member stands in public."""
    return published_count(ids, most=1) > 0


def is_under_watch(ids: frozenset[int]) -> bool:
    """Whether so much of this author was refused in 30 days, or so many strike points count, that everything is read
    first (domain/moderation.md §B1)."""
    if standing.is_watched(ids):
        return True
    since = clock.now() - timedelta(days=30)
    refused = db.session.scalar(
        select(func.count())
        .select_from(ReviewDecision)
        .join(Post, Post.id == ReviewDecision.post_id)
        .where(
            Post.author_id.in_(ids),
            ReviewDecision.decided_at >= since,
            ReviewDecision.decision.in_(REFUSING),
            stands(),
        )
    )
    return refused >= settings.get("moderation.watch_rejections")


def known_text(
    post_id: int | None, title: str | None, body: str | None
) -> tuple[bool, str | None, str | None]:
    """What a new version of a text is compared with, so that many small changes are no way round a large one: the version
    that the team last read or wrote (then True), else the one that was published first, else what is given."""
    if post_id is None:
        return False, title, body
    by_team = exists().where(Member.id == Revision.editor_id, Member.role.in_(STAFF))
    read = or_(Revision.version == queueing.last_cleared(post_id), by_team)
    first = select(Revision.title, Revision.body).where(Revision.post_id == post_id)
    found = db.session.execute(first.where(read).order_by(Revision.version.desc()).limit(1)).first()
    if found is not None:
        return True, found.title, found.body
    shown = first.where(Revision.withheld_at.is_(None)).order_by(Revision.version).limit(1)
    found = db.session.execute(shown).first()
    return (False, found.title, found.body) if found is not None else (False, title, body)


def context_of(actor: Actor, kind: str, seconds: float | None) -> Context:
    """What the model knows beside the words."""
    days = (clock.now() - actor.joined_at) / timedelta(days=1) if actor.joined_at else None
    return Context(kind, published_count(actor.ids), days, seconds)


def mail_doubt(actor: Actor) -> str:
    """What is unusual about the address of a newcomer, as the name of a hold; empty when nothing is."""
    address = db.session.scalar(select(Member.email_key).where(Member.id == actor.member_id)) or ""
    name, _at, domain = address.rpartition("@")
    if not name:
        return ""
    if is_disposable(domain, frozenset(settings.get("moderation.disposable_domains"))):
        return "throwaway_mail"
    if len(name) < SHORTEST_NAME:
        return ""
    thirds = [
        address[start : start + -(-len(address) // 3)]
        for start in range(0, len(address), -(-len(address) // 3))
    ]
    alike = [
        other for other in _known_senders() if other != address and any(part in other for part in thirds)
    ]
    return "mail_like_sender" if any(near(address, other) for other in alike) else ""


@lru_cache(maxsize=4096)
def is_disposable(domain: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether mailboxes of this domain are made to be thrown away; ``-domain`` in ``more`` says that they are not."""
    parts = domain.lower().strip(".").split(".")
    names = [".".join(parts[start:]) for start in range(max(1, len(parts) - 1))]
    if any(f"-{name}" in more for name in names):
        return False
    return any(name in blocklist or name in more for name in names)


def near(one: str, other: str, most: int = NEAR) -> bool:
    """Whether at most so many letters must be changed, added or left out to make one of the other."""
    if abs(len(one) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row = row, [at]
        for place, against in enumerate(other, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != against)))
        if min(row) > most:
            return False
    return row[-1] <= most


def forget() -> None:
    """Read the addresses of senders again."""
    global _read_at
    _read_at = -FRESH_SECONDS


def _known_senders() -> tuple[str, ...]:
    """The addresses of those who are kept out for sending junk (read at most once a minute in each process)."""
    global _senders, _read_at
    if time.monotonic() - _read_at > FRESH_SECONDS:
        out = (
            select(Member.email_key)
            .join(Sanction, Sanction.member_id == Member.id)
            .where(
                Sanction.kind.in_((SanctionKind.SUSPENSION, SanctionKind.BAN)), Sanction.reason.in_(_SENDERS),
                Sanction.state.in_((SanctionState.ACTIVE, SanctionState.EXPIRED)), Member.email_key.is_not(None),
                Sanction.begins_at >= clock.now() - timedelta(days=365),
            )
            .distinct()
            .limit(MOST_SENDERS)
        )  # fmt: skip
        _senders, _read_at = tuple(db.session.scalars(out)), time.monotonic()
    return _senders
