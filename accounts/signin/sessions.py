"""Who is signed in where: sessions live on the server, browsers hold only a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, and_, case, delete, func, literal_column, null, select

from accounts.closing.returning import take_back
from accounts.masks.queries import masks_of
from accounts.members.models import DisplayChoice, Member
from accounts.members.rules import TextSize, Theme, rank_in_force, role_in_force
from accounts.notifications.models import Notification
from accounts.signin import origins
from accounts.signin.models import MemberSession, SeenMonth
from accounts.signin.rules import MAX_SESSIONS_PER_MEMBER, SEEN_EVERY, SESSION_IDLE, SESSION_LIFETIME, Proof
from accounts.signin.tokens import digest, new_secret
from common import ahead, freshness
from common.ahead import Rows, Wanted
from common.clock import now
from common.db import db, insert_many, update_where
from common.direct import Direct, given, moment_of
from common.errors import NotFound
from common.permissions import LIMITED, Actor
from common.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: network address and the browser's own description."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in request: the member as an actor and what every page shows of them."""

    session_id: int
    actor: Actor
    slug: str
    points: int
    points_available: int
    unread_count: int
    theme: str
    text_size: str
    shortcuts: bool
    is_stale: bool
    has_point_news: bool = False


def begin(member_id: int, origin: Origin, proof: Proof = Proof.ONE) -> str:
    """Open a session inside the open unit of work; returns the secret for the browser. A member has at
    most fifty: the one seen longest ago ends. Whoever closed the account and comes back in time has it again."""
    secret = new_secret()
    moment = now()
    row = db.session.execute(
        select(Member.session_generation, Member.closed_at).where(Member.id == member_id)
    ).first()
    if row is None or (row.closed_at is not None and not take_back(member_id)):
        raise NotFound
    generation = row.session_generation
    db.session.add(
        MemberSession(
            member_id=member_id,
            token_hash=digest(secret),
            generation=generation,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + SESSION_LIFETIME,
            address=origin.address[:45],
            agent=origin.agent[:200],
            proof=proof.value,
        )
    )
    update_where(Member, Member.id == member_id, last_seen_at=moment)
    note_month(member_id)
    origins.note(member_id, origin.address)
    kept = (
        select(MemberSession.id)
        .where(MemberSession.member_id == member_id)
        .order_by(MemberSession.seen_at.desc(), MemberSession.id.desc())
        .limit(MAX_SESSIONS_PER_MEMBER)
    )
    db.session.execute(
        delete(MemberSession).where(MemberSession.member_id == member_id, MemberSession.id.not_in(kept))
    )
    return secret


_ROLE = case(
    (and_(literal_column("member.is_limited"), literal_column("member.role") == "moderator"), LIMITED),
    else_=literal_column("member.role"),
)
"""``role_in_force`` in the database, for the rows that a page asks for beside the visit."""


@cache
def _visit_with(rows: Rows | None) -> Direct:
    """The statement of :func:`load`, prepared: it runs for every page of every member."""
    along = rows.column(literal_column("member_session.member_id"), _ROLE) if rows else null()
    unread = (
        select(func.count())
        .select_from(Notification)
        .where(
            Notification.member_id == Member.id,
            Notification.on_site.is_(True),
            Notification.read_at.is_(None),
            Notification.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    statement = (
        select(
            MemberSession.id, MemberSession.seen_at, MemberSession.expires_at, Member.id, Member.role, Member.rank,
            Member.language, Member.email_verified_at, Member.silenced_until, Member.suspended_until, Member.joined_at,
            Member.display_name, Member.slug, Member.points, Member.points_available, Member.has_masks,
            DisplayChoice.theme, DisplayChoice.text_size, DisplayChoice.shortcuts, unread,
            Member.has_point_news, Member.is_limited, Member.has_warning, freshness.with_them("ahead"), along,
        )
        .join(Member, Member.id == MemberSession.member_id)
        .outerjoin(DisplayChoice, DisplayChoice.member_id == Member.id)
        .where(
            MemberSession.token_hash == given("token_hash"),
            MemberSession.generation == Member.session_generation,
            Member.closed_at.is_(None),
        )
    )  # fmt: skip
    return Direct(statement, "ahead", *(rows.lists if rows else ()))


def load(secret: str, wanted: Wanted = ahead.NOTHING) -> Visit | None:
    """The visit behind a secret, or None when the session has ended. One query, which brings along what the page
    will ask for."""
    along, values = wanted.rows or (None, {})
    found = _visit_with(along).rows(token_hash=digest(secret), ahead=wanted.versions or ("",), **values)
    if not found:
        return None
    *row, versions, marks = found[0]
    here = _visit(tuple(row), now())
    if here is not None and wanted is not ahead.NOTHING:
        ahead.keep(wanted, here.actor.member_id or 0, versions, marks)
    return here


def _visit(row: tuple[Any, ...], moment: datetime) -> Visit | None:
    (
        session_id, seen, expires, member_id, role, rank, language, verified, silenced, suspended, joined, name, slug,
        points, available, has_masks, theme, text_size, shortcuts, unread, has_point_news,
        is_limited, has_warning,
    ) = row  # fmt: skip
    seen_at, expires_at = moment_of(seen), moment_of(expires)
    if seen_at is None or expires_at is None or expires_at <= moment or seen_at <= moment - SESSION_IDLE:
        return None
    is_silenced, is_suspended = _later(silenced, moment), _later(suspended, moment)
    actor = Actor(
        member_id, role_in_force(role, bool(is_limited)), rank_in_force(rank, is_silenced or is_suspended), language,
        email_verified=verified is not None, silenced=is_silenced, suspended=is_suspended, joined_at=moment_of(joined), display_name=name,
        masks=masks_of(member_id) if has_masks else frozenset(), warned=bool(has_warning),
    )  # fmt: skip
    return Visit(
        session_id, actor, slug, points, available, unread, theme or Theme.AUTO, text_size or TextSize.NORMAL,
        shortcuts is None or bool(shortcuts), is_stale=seen_at < moment - SEEN_EVERY,
        has_point_news=bool(has_point_news),
    )  # fmt: skip


def _later(stored: Any, moment: datetime) -> bool:
    until = moment_of(stored)
    return until is not None and until > moment


def actor_of(member: Member, moment: datetime | None = None) -> Actor:
    """A member as the one who acts, with sanctions as they stand at ``moment``."""
    moment = moment or now()
    silenced, suspended = _later(member.silenced_until, moment), _later(member.suspended_until, moment)
    return Actor(
        member_id=member.id,
        role=role_in_force(str(member.role), member.is_limited),
        rank=rank_in_force(member.rank, silenced or suspended),
        language=member.language,
        email_verified=member.email_verified_at is not None,
        silenced=silenced,
        suspended=suspended,
        joined_at=member.joined_at,
        display_name=member.display_name,
        masks=masks_of(member.id) if member.has_masks else frozenset(),
        warned=member.has_warning,
    )


def note_seen(visit: Visit, origin: Origin | None = None) -> None:
    """Keep the time of the last visit, and where it came from as a hash, at most once an hour."""
    with unit_of_work():
        if origin is not None and visit.actor.member_id is not None:
            origins.note(visit.actor.member_id, origin.address)
        update_where(MemberSession, MemberSession.id == visit.session_id, seen_at=now())
        note_month(visit.actor.member_id)
        update_where(Member, Member.id == visit.actor.member_id, last_seen_at=now())


def note_month(member_id: int | None) -> None:
    """The member was here this month, inside the open unit of work (Regulation (EU) 2022/2065, article 24(2))."""
    if member_id is not None:
        insert_many(SeenMonth, [{"month": f"{now():%Y-%m}", "member_id": member_id}], once=True)


def proof_of(session_id: int) -> str:
    """What a session was begun with; a :class:`~accounts.signin.rules.Proof`."""
    return db.session.scalar(select(MemberSession.proof).where(MemberSession.id == session_id)) or ""


def strengthen(session_id: int, proof: Proof) -> None:
    """More was proved in a session that is open, inside the open unit of work."""
    update_where(MemberSession, MemberSession.id == session_id, proof=proof.value)


def end(actor: Actor, session_id: int) -> None:
    """End one of one's own sessions. Repeating it changes nothing; another member's is :class:`NotFound`."""
    with unit_of_work():
        owner = db.session.scalar(select(MemberSession.member_id).where(MemberSession.id == session_id))
        if owner is not None and owner != actor.member_id:
            raise NotFound
        db.session.execute(
            delete(MemberSession).where(
                MemberSession.id == session_id, MemberSession.member_id == actor.member_id
            )
        )


def end_others(actor: Actor, current_id: int) -> int:
    """End all of one's own sessions but the current one; returns how many."""
    others = delete(MemberSession).where(
        MemberSession.member_id == actor.member_id, MemberSession.id != current_id
    )
    with unit_of_work():
        return cast(CursorResult[Any], db.session.execute(others)).rowcount


def end_all(member_id: int) -> None:
    """End every session of a member: password, role or address changed, or suspended. Joins the open
    unit of work."""
    with unit_of_work():
        update_where(Member, Member.id == member_id, session_generation=Member.session_generation + 1)
        db.session.execute(delete(MemberSession).where(MemberSession.member_id == member_id))


def of_member(member_id: int) -> list[MemberSession]:
    """The living sessions of a member, the last seen first."""
    moment = now()
    return list(
        db.session.scalars(
            select(MemberSession)
            .where(
                MemberSession.member_id == member_id,
                MemberSession.expires_at > moment,
                MemberSession.seen_at > moment - SESSION_IDLE,
            )
            .order_by(MemberSession.seen_at.desc(), MemberSession.id.desc())
        )
    )
