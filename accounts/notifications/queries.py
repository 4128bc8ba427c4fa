"""The news page: what happened, grouped by thread, names read when shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import FORMER_MEMBER, Cards, MemberCard, cards
from accounts.notifications.kinds import CountedOf, Topic, kind_of, titles_of, topics_of
from accounts.notifications.models import Notification
from common.db import db
from common.i18n import Sentence, _, n_
from common.lists import Page, keyset, page_of

PAGE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: what happened on one thread, as far as its kinds can be counted together.

    ``place`` is what the ``url`` of the first unread one gave: (endpoint, values) or a path. ``who`` is the latest actor.
    """

    ids: tuple[int, ...]
    kind: str
    sentence: Sentence | str
    place: tuple[str, dict[str, Any]] | str
    who: MemberCard | None
    count: int
    at: datetime
    is_new: bool


def unread_count(member_id: int) -> int:
    """How many pieces of news wait."""
    return (
        db.session.scalar(select(func.count()).select_from(Notification).where(*_shown(member_id), _UNREAD))
        or 0
    )


_UNREAD = Notification.read_at.is_(None)


def _shown(member_id: int) -> tuple:
    return (
        Notification.member_id == member_id,
        Notification.on_site.is_(True),
        Notification.withdrawn_at.is_(None),
    )


def page_of_news(member_id: int, after: str | None = None, size: int = PAGE) -> Page[Line]:
    """A page of lines, newest first. Two queries, however many lines."""
    query = select(Notification).where(*_shown(member_id))
    rows = list(db.session.scalars(keyset(query, Notification.created_at, Notification.id, after, size)))
    page = page_of(rows, size, lambda row: (row.created_at, row.id))
    return Page(lines_of(page.items), page.next)


def lines_of(rows: Sequence[Notification], folded: bool = False) -> list[Line]:
    """Group rows (newest first) into lines; a kind whose package is gone is left out. ``folded``: what adds up is one
    line."""
    groups: dict[tuple, list[Notification]] = {}
    for row in rows:
        if kind_of(row.kind) is not None:
            groups.setdefault(_group_of(row, folded), []).append(row)
    named = cards(row.params.get("actor_id") for row in rows)
    titles = titles_of({key for row in rows if (key := _named_by(row)) is not None})
    topics = topics_of({row.params["topic"] for row in rows if "topic" in row.params})
    return [line_of(group, named, titles, topics) for group in groups.values()]


def said(rows: Sequence[Notification]) -> dict[int, Sentence | str]:
    """What each piece of news says by itself, by its id; a kind whose package is gone says nothing."""
    named = cards(row.params.get("actor_id") for row in rows)
    titles = titles_of({key for row in rows if (key := _named_by(row)) is not None})
    topics = topics_of({row.params["topic"] for row in rows if "topic" in row.params})
    found = {}
    for row in rows:
        if (kind := kind_of(row.kind)) is not None:
            found[row.id] = kind.sentence(params_of([row], named, titles, topics))
    return found


def _named_by(row: Notification) -> int | None:
    """What the title of a piece of news is looked up by: its thread, else the post it is about."""
    return row.question_id if row.question_id is not None else row.post_id


def _group_of(row: Notification, folded: bool) -> tuple:
    """Same thread (or topic), same state of reading, and the same kind unless it can be counted with others. News
    without a thread stands alone."""
    kind = kind_of(row.kind)
    if folded and kind is not None and kind.summed:
        return (row.kind, "summed")
    if kind is not None and kind.by_topic and "topic" in row.params:
        return (row.kind, row.params["topic"], row.read_at is None)
    if row.question_id is None:
        return ("alone", row.id)
    shared = "thread" if kind is not None and kind.counted is not None else row.kind
    return (shared, row.question_id, row.read_at is None)


def line_of(
    group: Sequence[Notification],
    named: Cards,
    titles: dict[int, str] | None = None,
    topics: dict[str, Topic] | None = None,
) -> Line:
    """The line of one group, the newest first."""
    latest = group[0]
    kind = kind_of(latest.kind)
    assert kind is not None
    params = params_of(group, named, titles, topics)
    mixed = any(row.kind != latest.kind for row in group)
    actor_id = latest.params.get("actor_id")
    return Line(
        ids=tuple(row.id for row in group),
        kind=latest.kind,
        sentence=_counted(group, params) if mixed else kind.sentence(params),
        place=_place(group, named, titles, topics) if params["topic"] is None else kind.url(params),
        who=named[actor_id] if actor_id is not None else None,
        count=len(group),
        at=latest.created_at,
        is_new=any(row.read_at is None for row in group),
    )


def _place(
    group: Sequence[Notification],
    named: Cards,
    titles: dict[int, str] | None,
    topics: dict[str, Topic] | None,
) -> tuple[str, dict[str, Any]] | str:
    """Where the line leads: to the first text of it that is unread, else to the newest."""
    texts = [
        row for row in group if (kind := kind_of(row.kind)) is not None and kind.line != "kudos"
    ] or group
    at = texts[-1] if texts[-1].read_at is None else texts[0]
    kind = kind_of(at.kind)
    assert kind is not None
    return kind.url(params_of([at], named, titles, topics))


def _counted(group: Sequence[Notification], params: dict[str, Any]) -> Sentence:
    """ "Ben L. and 2 others: 3 answers and 2 comments on “…”", in the order in which the kinds first came."""
    counts: dict[CountedOf, int] = {}
    for row in reversed(group):
        kind = kind_of(row.kind)
        if kind is not None and kind.counted is not None:
            counts[kind.counted] = counts.get(kind.counted, 0) + 1
    first, *more = [counted(count) for counted, count in counts.items()]
    for place, one in enumerate(more, start=1):
        first = (
            _("%(some)s and %(one)s", some=first, one=one)
            if place == len(more)
            else _("%(some)s, %(one)s", some=first, one=one)
        )
    said = _("%(what)s on “%(title)s”", what=first, title=params["title"] or _("a question"))
    return _("%(who)s: %(what)s", who=params["actor"], what=said)


def params_of(
    group: Sequence[Notification],
    named: Cards,
    titles: dict[int, str] | None = None,
    topics: dict[str, Topic] | None = None,
) -> dict[str, Any]:
    """What a kind's sentence is made from: its own params, ids, ``actor`` (a name, with "and 2 others"
    when several members did the same) and ``count``."""
    latest = group[0]
    named_by = _named_by(latest)
    if titles is None:
        titles = titles_of({named_by}) if named_by is not None else {}
    if "topic" in latest.params and topics is None:
        topics = topics_of({latest.params["topic"]})
    topic = (topics or {}).get(latest.params.get("topic", ""))
    kind = kind_of(latest.kind)
    summed = kind.summed if kind is not None else ""
    sums = {summed: sum(row.params.get(summed, 0) for row in group)} if summed else {}
    actors = list(dict.fromkeys(row.params.get("actor_id") for row in group if row.params.get("actor_id")))
    return {
        **latest.params,
        **sums,
        "question_id": latest.question_id,
        "post_id": latest.post_id,
        "title": titles.get(named_by or 0, ""),
        "topic": topic,
        "notification_id": latest.id,
        "count": len(group),
        "actor": names_of([named[actor_id] for actor_id in actors]),
    }


def names_of(people: Iterable[MemberCard]) -> Sentence | str:
    """ "Gérard A.", "Gérard A. and Samia", "Gérard A. and 2 others"."""
    known = list(people) or [FORMER_MEMBER]
    if len(known) == 1:
        return known[0].name
    if len(known) == 2:
        return _("%(one)s and %(two)s", one=known[0].name, two=known[1].name)
    others = len(known) - 1
    return n_("%(name)s and %(count)s other", "%(name)s and %(count)s others", others, name=known[0].name)
