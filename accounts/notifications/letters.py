"""Mails of news: grouped by thread, held back at night and beyond three a day, each with one way out.

A letter is decided when it is sent: news that was read, withdrawn or already mailed is not sent. The rows
that go into a letter carry its name (``mail_batch``), so a letter that is written again holds the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from accounts.members.models import Member
from accounts.members.queries import cards
from accounts.notifications import unsubscribing
from accounts.notifications.kinds import Kind, default_of, kind_of, registered, together_with
from accounts.notifications.listening import Hours, hours_of, listeners
from accounts.notifications.models import Notification
from accounts.notifications.queries import line_of, params_of
from accounts.notifications.replying import way_back
from accounts.notifications.rules import is_quiet, next_digest, out_of_the_night, start_of_day
from accounts.notifications.telling import digest_key
from common import mail, settings
from common.clock import now
from common.config import current_config
from common.db import db, update_where
from common.i18n import Sentence, _, using_language
from common.mail import Letter, link, renderer
from common.unit_of_work import unit_of_work

HELLO = _("Hello %(name)s,")
BUTTON = _("Have a look")
REASON = _("You get this message because your alert settings ask for it.")
REASON_ALWAYS = _("You get this message because it concerns your account.")


@renderer("notification")
def write_news(ids: dict[str, Any]) -> Letter | None:
    """One thread's news, or None: read, withdrawn, mailed with another, or put off to the digest."""
    batch = ids["batch"]
    with unit_of_work():
        first = db.session.get(Notification, ids["notification_id"])
        kind = kind_of(first.kind) if first is not None else None
        member = db.session.get(Member, first.member_id) if first is not None else None
        if first is None or kind is None or member is None or not _can_be_mailed(member, first, batch):
            return None
        always, hours = default_of(kind).always, hours_of(member.id)
        if not kind.urgent and is_quiet(now(), hours.zone, hours.night):
            _wait_for_morning(first, hours)
            return None
        if not always and is_suspended(member):
            return None
        if not always and _mails_today(member.id, hours, batch) >= settings.get("notifications.mails_a_day"):
            _put_off(first, kind, hours)
            return None
        group = take([first, *_companions(first)], batch)
        return _letter(member, kind, group, always)


def unsent(batch: str) -> tuple:
    """Still to be mailed (or part of this very letter, written again), still true, not read."""
    return (
        Notification.withdrawn_at.is_(None),
        or_(
            Notification.mail_batch == batch,
            Notification.mail_batch.is_(None) & Notification.read_at.is_(None),
        ),
    )


def _can_be_mailed(member: Member, row: Notification, batch: str) -> bool:
    if (
        member.closed_at is not None
        or not member.email
        or row.withdrawn_at is not None
        or row.mail_due_at is None
    ):
        return False
    if not still_holds(row):
        return False
    if row.mail_batch is not None:
        return row.mail_batch == batch
    return row.read_at is None and not row.mail_is_digest


def still_holds(row: Notification) -> bool:
    """Whether what the news says is still so, where its kind can tell."""
    kind = kind_of(row.kind)
    if kind is None or kind.holds is None:
        return True
    return kind.holds(row.member_id, {**row.params, "question_id": row.question_id, "post_id": row.post_id})


def _companions(first: Notification) -> list[Notification]:
    """Other unsent news of the same thread, of kinds told together: one mail says it all."""
    if first.question_id is None:
        return []
    return list(
        db.session.scalars(
            select(Notification)
            .where(
                Notification.member_id == first.member_id,
                Notification.kind.in_(together_with(first.kind)),
                Notification.question_id == first.question_id,
                Notification.id != first.id,
                Notification.mail_due_at.is_not(None),
                Notification.mail_is_digest.is_(False),
                *unsent(first.mail_batch or f"notification:{first.id}"),
            )
            .order_by(Notification.id.desc())
            .limit(200)
        )
    )


def take(rows: list[Notification], batch: str) -> list[Notification]:
    """Put news into a letter, and give what is in it: what another letter took meanwhile is not."""
    ids = [row.id for row in rows]
    update_where(
        Notification,
        Notification.id.in_(ids),
        Notification.mail_batch.is_(None),
        mail_batch=batch,
        mailed_at=now(),
    )
    mine = select(Notification).where(Notification.id.in_(ids), Notification.mail_batch == batch)
    return list(db.session.scalars(mine.order_by(Notification.id.desc())))


def is_suspended(member: Member) -> bool:
    """Whether a member is shut out for now: no community mail, only what concerns the account."""
    return member.suspended_until is not None and member.suspended_until > now()


def _mails_today(member_id: int, hours: Hours, batch: str) -> int:
    """How many community letters left since the member's midnight, this one not counted."""
    since = start_of_day(now(), hours.zone)
    left = db.session.scalar(
        select(func.count(func.distinct(Notification.mail_batch))).where(
            Notification.member_id == member_id,
            Notification.mailed_at >= since,
            Notification.mail_batch != batch,
            Notification.kind.not_in([kind.key for kind in registered() if default_of(kind).always]),
        )
    )
    return left or 0


def _put_off(row: Notification, kind: Kind, hours: Hours) -> None:
    """Beyond the day's limit: into the next morning's letter, or nowhere when the member wants no digest of it."""
    wishes = listeners([row.member_id], kind.line, default_of(kind))
    due = next_digest(now(), hours.zone, night=hours.night) if wishes and wishes[0].wish.digest else None
    _move(row, due, gathered=due is not None)
    if due is not None:
        gather_later(row.member_id, due)


def _wait_for_morning(row: Notification, hours: Hours) -> None:
    """A worker that comes late must not wake anybody."""
    due = out_of_the_night(now(), hours.zone, hours.night)
    _move(row, due, gathered=False)
    batch = f"notification:{row.id}"
    key = f"{batch}:{due:%Y%m%d%H}"
    mail.queue("notification", key=key, run_at=due, notification_id=row.id, batch=batch)


def gather_later(member_id: int, due: datetime) -> None:
    """Have a member's gathered news leave at a later moment."""
    key = digest_key(member_id, due)
    mail.queue("notification-digest", key=key, run_at=due, member_id=member_id, batch=key)


def _move(row: Notification, due: datetime | None, gathered: bool) -> None:
    update_where(
        Notification,
        Notification.id == row.id,
        Notification.mail_batch.is_(None),
        mail_is_digest=gathered,
        mail_due_at=due,
    )


def _letter(member: Member, kind: Kind, group: Sequence[Notification], always: bool) -> Letter:
    with using_language(member.language):
        named = cards(row.params.get("actor_id") for row in group)
        line = line_of(group, named)
        one_kind = all(row.kind == kind.key for row in group)
        subject = kind.subject(params_of(group, named)) if kind.subject and one_kind else line.sentence
        back = way_back(member, group[0])
        return Letter(
            to=member.email or "",
            to_name=member.display_name,
            subject=subject,
            paragraphs=[HELLO.filled({"name": member.display_name}), line.sentence],
            button=((one_kind and kind.button) or BUTTON, absolute(line.place, member.language)),
            links=kind.links(member, params_of(group, named)) if kind.links else [],
            language=member.language,
            unsubscribe_url=None if always else unsubscribing.url(member, kind.line),
            reason=REASON_ALWAYS if always else REASON,
            reply_to=back.address if back else "",
            reply_hint=back.hint if back else None,
            quoted=back.text if back else "",
            name=letter_name(kind),
            values=_values(member, subject, line.sentence),
        )


def letter_name(kind: Kind) -> str:
    """The name by which staff word the letters of a kind."""
    return f"news-{kind.key}"


def _values(member: Member, subject: Sentence | str, news: Sentence | str) -> dict[str, Any]:
    """What other words than ours may say: what ours say, and the sentences themselves."""
    said = [one.values for one in (subject, news) if isinstance(one, Sentence)]
    own = {
        "name": member.display_name,
        "site": settings.get("brand.community"),
        "brand": settings.get("brand.name"),
    }
    return {
        **(said[-1] if said else {}),
        **(said[0] if said else {}),
        **own,
        "subject": subject,
        "news": news,
    }


def absolute(place: tuple[str, dict[str, Any]] | str, language: str) -> str:
    """The full address of a kind's place."""
    if isinstance(place, str):
        return place if place.startswith(("http://", "https://")) else current_config().base_url + place
    endpoint, values = place
    fragment = values.get("_anchor")
    plain = {name: value for name, value in values.items() if not name.startswith("_")}
    return link(endpoint, language, **plain) + (f"#{fragment}" if fragment else "")
