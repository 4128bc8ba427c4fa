"""Telling: news is written in the transaction of what caused it; the mail follows as a job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, or_, select

from accounts.masks.queries import persons_behind
from accounts.notifications import channels, listening
from accounts.notifications.kinds import Kind, default_of, kind_of, registered, together_with
from accounts.notifications.listening import Listener
from accounts.notifications.models import Notification
from accounts.notifications.rules import GROUPING, out_of_the_night
from common import clock, mail, settings
from common.db import db, insert_new, update_where
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work

settings.define(
    "notifications.mails_a_day", 3, unit=_("mails"), low=1, high=100,
    help=_("Most community mails a member gets in a day; the rest goes into the digest."),
)  # fmt: skip
REMEMBERED_DAYS = 180
_not_before: ContextVar[datetime | None] = ContextVar("not_before", default=None)


class News(NamedTuple):
    """One member is to be told one thing."""

    member_id: int
    params: dict[str, Any]
    cause: str
    question_id: int | None = None
    post_id: int | None = None


_at_the_end: ContextVar[dict[str, list[News]] | None] = ContextVar("told_at_the_end", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Inside a unit of work: what is told inside is written when this is left, in a few statements for each kind however much
    it is. Who tells learns no numbers then."""
    news: dict[str, list[News]] = {}
    token = _at_the_end.set(news)
    try:
        yield
    finally:
        _at_the_end.reset(token)
    for kind, every in news.items():
        _write(kind_or_fail(kind), every)


@contextmanager
def not_before(moment: datetime) -> Iterator[None]:
    """What is told inside leaves the site no earlier: its cause can still be taken back (domain/moderation.md §B2.6)."""
    token = _not_before.set(moment)
    try:
        yield
    finally:
        _not_before.reset(token)


def earliest() -> datetime:
    """When news of this moment may leave the site."""
    return max(clock.now(), _not_before.get() or clock.now())


def tell(
    member_id: int | None,
    kind: str,
    cause: str,
    question_id: int | None = None,
    post_id: int | None = None,
    **params: Any,
) -> int | None:
    """Tell a member something, inside the open unit of work; returns the notification's id.

    ``cause`` names what happened (``answer:812``): the same member, kind and cause are told once, whoever
    repeats it. None is returned when it was told before, when the member wants neither page nor mail nor
    another channel, or when there is nobody to tell. ``params`` hold ids and numbers only; ``actor_id`` is who did it, and
    nobody is told about their own acts.
    """
    if member_id is None:
        kind_or_fail(kind)
        return None
    return next(iter(tell_many({member_id: params}, kind, cause, question_id, post_id).values()), None)


def tell_many(
    news: Mapping[int, dict[str, Any]],
    kind: str,
    cause: str,
    question_id: int | None = None,
    post_id: int | None = None,
) -> dict[int, int]:
    """Tell many members of one thing, each with params of their own; returns the new notifications by member.

    The number of statements does not depend on how many they are: callers hand over some hundreds at a time.
    Closed accounts hear nothing, suspended ones only of what is always told. News for a mask is news for the person
    who wears it; the result names that person.
    """
    known = kind_or_fail(kind)
    every = [News(one, params, cause, question_id, post_id) for one, params in news.items()]
    waiting = _at_the_end.get()
    if waiting is not None:
        waiting.setdefault(kind, []).extend(every)
        return {}
    return _write(known, every)


def _write(known: Kind, news: Sequence[News]) -> dict[int, int]:
    """Write what many members are told, all of one kind; returns the newest new notification of each."""
    now, leaves = clock.now(), earliest()
    behind = persons_behind({one for each in news for one in (each.member_id, each.params.get("actor_id"))})

    def person(member_id: int | None) -> int | None:
        return behind.get(member_id, member_id) if member_id is not None else None

    wanted = [
        each._replace(member_id=behind.get(each.member_id, each.member_id))
        for each in news
        if person(each.params.get("actor_id")) != person(each.member_id)
    ]
    if not wanted:
        return {}
    heard = {
        one.member_id: one
        for one in listening.listeners({each.member_id for each in wanted}, known.line, default_of(known))
        if known.always or not one.suspended
    }
    before = _last_due(heard.values(), known.key, {each.question_id for each in wanted} - {None})
    ways = channels.wanted_by(list(heard), known.line)
    rows = []
    for each in wanted:
        one = heard.get(each.member_id)
        if one is None:
            continue
        due, gathered = one.due(leaves, known.urgent, before.get((one.member_id, each.question_id)))
        if one.wish.site or due is not None or one.member_id in ways:
            rows.append(
                {
                    "member_id": one.member_id, "kind": known.key, "cause": each.cause[:80], "question_id": each.question_id,
                    "post_id": each.post_id, "params": each.params, "on_site": one.wish.site,
                    "created_at": now, "mail_due_at": due, "mail_is_digest": gathered,
                }
            )  # fmt: skip
    table = Notification.__table__.c
    written = insert_new(
        Notification, rows, table.id, table.member_id, table.mail_due_at, table.mail_is_digest
    )
    _queue(written)
    for row in written:
        hours = heard[row.member_id].hours
        for way in ways.get(row.member_id, ()):
            moment = leaves if known.urgent else out_of_the_night(leaves, hours.zone, hours.night)
            way.queue(row.id, row.member_id, moment)
    return {row.member_id: row.id for row in written}


def kind_or_fail(key: str) -> Kind:
    """A registered kind; an unknown one is a mistake of ours."""
    known = kind_of(key)
    if known is None:
        raise LookupError(f"no notification kind '{key}'")
    return known


def _queue(written: Iterable[Any]) -> None:
    """The mails of new notifications: one for each, or the member's next gathered letter."""
    single, gathered = [], {}
    for row in written:
        if row.mail_due_at is None:
            continue
        if row.mail_is_digest:
            key = digest_key(row.member_id, row.mail_due_at)
            gathered[key] = (key, row.mail_due_at, {"member_id": row.member_id, "batch": key})
        else:
            key = f"notification:{row.id}"
            single.append((key, row.mail_due_at, {"notification_id": row.id, "batch": key}))
    if single:
        mail.queue_many("notification", single)
    if gathered:
        mail.queue_many("notification-digest", gathered.values())


def digest_key(member_id: int, due: datetime) -> str:
    """The name of the letter that gathers a member's news of one morning."""
    return f"digest:{member_id}:{due:%Y%m%d%H}"


def _last_due(
    heard: Iterable[Listener], kind: str, question_ids: Collection[int | None]
) -> dict[tuple[int, int | None], datetime]:
    """When each one's last mail about each of these threads left or leaves, to group what follows of kinds told together."""
    grouped = [one.member_id for one in heard if one.wish.mail in GROUPING]
    if not question_ids or not grouped:
        return {}
    mine = (Notification.member_id, Notification.question_id)
    query = select(*mine, func.max(Notification.mail_due_at)).where(
        Notification.member_id.in_(grouped),
        Notification.kind.in_(together_with(kind)),
        Notification.question_id.in_(question_ids),
        Notification.mail_is_digest.is_(False),
        Notification.mail_due_at <= clock.now(),
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(query.group_by(*mine))}


def withdraw(post_id: int | None = None, *, cause: str | None = None, kind: str | None = None) -> int:
    """Take back for good what is true no more (news of a post, or of a cause): off the pages, out of unsent mails."""
    if post_id is None and cause is None:
        return 0
    wanted: list[ColumnElement[bool]] = [or_(Notification.withdrawn_at.is_(None), Notification.returns)]
    if post_id is not None:
        wanted.append(Notification.post_id == post_id)
    if cause is not None:
        wanted.append(Notification.cause == cause)
    if kind is not None:
        wanted.append(Notification.kind == kind)
    with unit_of_work():
        return update_where(Notification, *wanted, withdrawn_at=clock.now(), returns=False)


def put_away(about: ColumnElement[bool]) -> int:
    """Take back the news about posts (a criterion of Notification) that were taken away, until they return."""
    with unit_of_work():
        gone = {"withdrawn_at": clock.now(), "returns": True}
        return update_where(Notification, about, Notification.withdrawn_at.is_(None), **gone)


def bring_back(about: ColumnElement[bool]) -> int:
    """Bring back the news about posts that are there again, as far as it is true still."""
    with unit_of_work():
        return update_where(Notification, about, Notification.returns, withdrawn_at=None, returns=False)


def mark_read(actor: Actor, up_to_id: int | None = None, notification_ids: list[int] | None = None) -> int:
    """Mark one's own news read: these, or all up to the newest one that was shown. Harmless to repeat."""
    wanted = [Notification.member_id == actor.member_id, Notification.read_at.is_(None)]
    if notification_ids is not None:
        wanted.append(Notification.id.in_(notification_ids))
    if up_to_id is not None:
        wanted.append(Notification.id <= up_to_id)
    with unit_of_work():
        return update_where(Notification, *wanted, read_at=clock.now())


def mark_question_read(actor: Actor, question_id: int) -> int:
    """Mark everything about a question read, when its page was opened from the bell."""
    with unit_of_work():
        return update_where(
            Notification,
            Notification.member_id == actor.member_id,
            Notification.question_id == question_id,
            Notification.read_at.is_(None),
            read_at=clock.now(),
        )


def mark_causes_read(actor: Actor, prefix: str) -> int:
    """Mark all news read whose cause begins so, when what it was about was read where it stands."""
    with unit_of_work():
        return update_where(
            Notification,
            Notification.member_id == actor.member_id,
            Notification.cause.startswith(prefix, autoescape=True),
            Notification.read_at.is_(None),
            read_at=clock.now(),
        )


def forget_old(days: int = REMEMBERED_DAYS, topic_days: int = 30) -> int:
    """Drop news older than half a year that was read or withdrawn, and after a month, read or not, what was new in
    followed topics: of that there is one for every follower. Returns how many rows went."""
    settled = or_(Notification.read_at.is_not(None), Notification.withdrawn_at.is_not(None))
    passing = [kind.key for kind in registered() if kind.line == "topics"]
    gone = delete(Notification).where(
        or_(
            and_(Notification.created_at < clock.now() - timedelta(days=days), settled),
            and_(
                Notification.created_at < clock.now() - timedelta(days=topic_days),
                Notification.kind.in_(passing),
            ),
        )
    )
    with unit_of_work():
        return cast(CursorResult[Any], db.session.execute(gone)).rowcount
