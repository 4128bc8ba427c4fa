"""How fast one member may write and vote, counted from what is stored (domain/moderation.md §B5).

Counting stored acts survives restarts and needs no shared counter. It keeps people from flooding; it is no race to be
won: two requests of one member at the same instant may both pass.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select

from common import clock
from common.db import db
from common.errors import TooMany
from common.i18n import n_
from common.permissions import Actor
from forum.files.models import Attachment
from forum.images.models import Image
from forum.limits import numbers
from forum.limits.rules import Act, pace_of, seconds_to_wait
from forum.questions.models import Kudos, MeToo, Post, Revision
from forum.questions.rules import PostKind

DAY = timedelta(hours=24)


def keep_pace(actor: Actor, act: Act) -> None:
    """Raise :class:`TooMany`, with the seconds to wait, when the actor is too fast. Staff and the system are not."""
    if actor.is_staff or actor.member_id is None:
        return
    now = clock.now()
    age = now - actor.joined_at if actor.joined_at else timedelta(0)
    pace = pace_of(act, actor.rank, age, numbers.rates())
    counted = [db.session.execute(query).one() for query in _acts(act, actor.ids, now - DAY)]
    firsts = [first for _, first, _ in counted if first]
    lasts = [last for _, _, last in counted if last]
    count = sum(number for number, _, _ in counted)
    wait = seconds_to_wait(pace, count, min(firsts, default=None), max(lasts, default=None), now)
    if wait > 0:
        raise TooMany(_sentence(wait), retry_after=wait)


def _sentence(wait: int):
    if wait < 120:
        return n_(
            "Please wait %(count)s second: your text is kept.",
            "Please wait %(count)s seconds: your text is kept.",
            wait,
        )
    minutes = -(-wait // 60)
    if minutes < 120:
        return n_(
            "Please wait %(count)s minute: your text is kept.",
            "Please wait %(count)s minutes: your text is kept.",
            minutes,
        )
    hours = -(-wait // 3600)
    return n_(
        "Please wait %(count)s hour: your text is kept.",
        "Please wait %(count)s hours: your text is kept.",
        hours,
    )


def _acts(act: Act, ids: frozenset[int], since: datetime) -> list[Select]:
    """Queries that give number, first and last time of a member's acts since a moment, under masks too."""
    if act == Act.VOTE:
        return [_span(model.given_at, model.member_id.in_(ids), since) for model in (Kudos, MeToo)]
    if act == Act.EDIT:
        edits = (Revision.editor_id.in_(ids)) & (Revision.version > 1)
        return [_span(Revision.created_at, edits, since)]
    if act == Act.UPLOAD:
        return [_span(one.created_at, one.member_id.in_(ids), since) for one in (Image, Attachment)]
    kinds = (PostKind.QUESTION,) if act == Act.ASK else (PostKind.ANSWER, PostKind.COMMENT)
    recent = or_(Post.published_at.is_(None), Post.published_at >= since)
    return [_span(Post.created_at, (Post.author_id.in_(ids)) & Post.kind.in_(kinds) & recent, since)]


def _span(moment, belongs, since: datetime) -> Select:
    return select(func.count(), func.min(moment), func.max(moment)).where(belongs, moment >= since)
