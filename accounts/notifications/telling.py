"""Telling: news is written in the transaction of what caused it; the mail follows as a job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, func, or_, select

from accounts.members.models import Member
from accounts.notifications import channels, preferences
from accounts.notifications.kinds import default_of, kind_of
from accounts.notifications.models import Notification
from accounts.notifications.rules import GROUPING, Mail, mail_due, out_of_the_night
from common import clock, mail, settings
from common.db import db, insert_once, update_where
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work

settings.define(
    "notifications.time_zone",
    "Europe/Paris",
    help=_("Time zone in which nights and days of members are counted."),
)
settings.define(
    "notifications.mails_a_day", 3, unit=_("mails"), low=1, high=100,
    help=_("Most community mails a member gets in a day; the rest goes into the digest."),
)  # fmt: skip


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
    known = kind_of(kind)
    if known is None:
        raise LookupError(f"no notification kind '{kind}'")
    if member_id is None or params.get("actor_id") == member_id:
        return None
    wish = preferences.wish_of(member_id, known.line, default_of(known))
    zone, before = settings.get("notifications.time_zone"), _last_due(member_id, kind, question_id, wish.mail)
    due = mail_due(wish.mail, clock.now(), zone, urgent=known.urgent, before=before)
    ways = channels.wanted(member_id, known.line)
    if not wish.site and due is None and not ways:
        return None
    written = insert_once(
        Notification,
        member_id=member_id,
        kind=kind,
        cause=cause[:80],
        question_id=question_id,
        post_id=post_id,
        params=params,
        on_site=wish.site,
        created_at=clock.now(),
        mail_due_at=due,
        mail_is_digest=wish.mail in (Mail.DIGEST, Mail.WEEKLY),
    )
    if written is not None and due is not None and _has_mailbox(member_id):
        _queue(written, member_id, due, is_digest=wish.mail in (Mail.DIGEST, Mail.WEEKLY))
    if written is not None:
        for way in ways:
            moment = clock.now()
            way.queue(written, member_id, moment if known.urgent else out_of_the_night(moment, zone))
    return written


def _queue(notification_id: int, member_id: int, due, is_digest: bool) -> None:
    if is_digest:
        key = f"digest:{member_id}:{due:%Y%m%d%H}"
        mail.queue("notification-digest", key=key, run_at=due, member_id=member_id, batch=key)
    else:
        key = f"notification:{notification_id}"
        mail.queue("notification", key=key, run_at=due, notification_id=notification_id, batch=key)


def _last_due(member_id: int, kind: str, question_id: int | None, way: Mail):
    """When the last mail of this kind about this thread left or leaves, to group what follows."""
    if question_id is None or way not in GROUPING:
        return None
    return db.session.scalar(
        select(func.max(Notification.mail_due_at)).where(
            Notification.member_id == member_id,
            Notification.kind == kind,
            Notification.question_id == question_id,
            Notification.mail_due_at <= clock.now(),
        )
    )


def _has_mailbox(member_id: int) -> bool:
    found = select(Member.email_verified_at).where(
        Member.id == member_id, Member.email.is_not(None), Member.closed_at.is_(None)
    )
    return db.session.scalar(found) is not None


def withdraw(post_id: int | None = None, *, cause: str | None = None, kind: str | None = None) -> int:
    """Take back all news about a post (or of a cause) that is gone: off the pages, out of unsent mails."""
    if post_id is None and cause is None:
        return 0
    wanted: list[ColumnElement[bool]] = [Notification.withdrawn_at.is_(None)]
    if post_id is not None:
        wanted.append(Notification.post_id == post_id)
    if cause is not None:
        wanted.append(Notification.cause == cause)
    if kind is not None:
        wanted.append(Notification.kind == kind)
    with unit_of_work():
        return update_where(Notification, *wanted, withdrawn_at=clock.now())


def restore(post_id: int) -> int:
    """Bring back the news about a post that returned (a removal that was overturned)."""
    with unit_of_work():
        return update_where(
            Notification,
            Notification.post_id == post_id,
            Notification.withdrawn_at.is_not(None),
            withdrawn_at=None,
        )


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


def forget_old(days: int = 180) -> int:
    """Drop news older than half a year that was read or withdrawn; returns how many rows went."""
    before = clock.now() - timedelta(days=days)
    gone = delete(Notification).where(
        Notification.created_at < before,
        or_(Notification.read_at.is_not(None), Notification.withdrawn_at.is_not(None)),
    )
    with unit_of_work():
        return cast(CursorResult[Any], db.session.execute(gone)).rowcount
