"""Bans: proposed by one of the team and confirmed by another; the address stays out for a year (domain/moderation.md §B4).

An account that is hours old and sent nothing but mass messages is banned by one person, its texts taken away together.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from accounts.masks.queries import is_of
from accounts.members.models import Member
from accounts.members.rules import email_key
from accounts.retention.sweeping import sweep
from accounts.signin.sessions import actor_of
from common import audit, clock, jobs, settings
from common.config import current_config
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.questions.models import Post
from forum.questions.rules import PostState
from moderation.flags import settling
from moderation.flags.models import Flag
from moderation.flags.rules import Came, Outcome
from moderation.flags.telling import tell_reporters
from moderation.review import queueing
from moderation.review.rules import FoundBy, Reason
from moderation.sanctions.models import BannedAddress, Sanction, Statement
from moderation.sanctions.permissions import can_confirm, can_expel, can_sanction
from moderation.sanctions.rules import FOREVER, Exemption, Measure, SanctionKind, SanctionState
from moderation.sanctions.sanctioning import existing, explained, locked, put_in_force, said
from moderation.sanctions.statements import state_reasons

AT_ONCE = 200
"""Texts that one transaction takes away."""
EXPELLED = "expelled:"
"""How the cause of a statement begins about a text that went with its author's account; the text follows."""
_TAKEN = (PostState.PUBLISHED, PostState.HELD, PostState.HIDDEN)


def propose(actor: Actor, member_id: int, reason: Reason, message: str) -> int:
    """Propose a ban to a second person. Raises :class:`Conflict` where one is proposed or in force."""
    words = explained(reason, message)
    with unit_of_work():
        require(can_sanction(actor, locked(member_id)))
        sanction_id = propose_for(actor, member_id, reason, words, None)
        if sanction_id is None:
            raise Conflict(_("A ban of this member is proposed or in force already."))
        return sanction_id


def propose_for(
    actor: Actor, member_id: int, reason: Reason, words: str, strike_id: int | None
) -> int | None:
    """The same inside the open unit of work; None where there is one already."""
    sanction_id = insert_once(
        Sanction, member_id=member_id, kind=SanctionKind.BAN, reason=reason, message=words, begins_at=clock.now(),
        state=SanctionState.PROPOSED, ends_at=FOREVER, actor_id=actor.member_id, strike_id=strike_id,
    )  # fmt: skip
    if sanction_id is not None:
        audit.write(actor, "member.ban_proposed", "member", member_id, None, sanction_id, reason.value)
    return sanction_id


def confirm(actor: Actor, sanction_id: int) -> None:
    """A second person agrees: the ban is in force. Raises :class:`Conflict` when it was dropped or confirmed before."""
    with unit_of_work():
        sanction = existing(sanction_id)
        member = locked(sanction.member_id)
        require(can_confirm(actor, existing(sanction_id), member))
        now = clock.now()
        agreed = update_where(
            Sanction, Sanction.id == sanction_id, Sanction.state == SanctionState.PROPOSED, state=SanctionState.ACTIVE,
            begins_at=now, confirmed_by_id=actor.member_id, confirmed_at=now,
        )  # fmt: skip
        if not agreed:
            raise Conflict(_("This proposal has been dealt with."))
        _keep_out(sanction_id, member.email)
        put_in_force(actor, sanction_id)


def drop(actor: Actor, sanction_id: int, why: str) -> None:
    """The proposal is not followed: nothing happens to the member. Whoever proposed may also withdraw it."""
    words = said(why)
    with unit_of_work():
        require(can_sanction(actor, locked(existing(sanction_id).member_id)))
        if not drop_for(actor, sanction_id, words):
            raise Conflict(_("This proposal has been dealt with."))


def drop_for(actor: Actor, sanction_id: int, why: str) -> bool:
    """The same inside the open unit of work. False where it is no proposal any more."""
    dropped = update_where(
        Sanction, Sanction.id == sanction_id, Sanction.state == SanctionState.PROPOSED, state=SanctionState.DROPPED,
        ended_at=clock.now(), ended_by_id=actor.member_id, end_reason=why[:300],
    )  # fmt: skip
    if dropped:
        member_id = existing(sanction_id).member_id
        audit.write(actor, "member.ban_dropped", "member", member_id, sanction_id, None, why)
    return bool(dropped)


# --- new accounts of nothing but mass messages --------------------------------------------------------------------


def expel(actor: Actor, member_id: int, message: str = "") -> int:
    """Ban an account of the last hours at once and take all its texts away, the first now and the others by a job. Returns
    how many texts.

    One person is enough here. Each text has its own statement, marked with the exemption of the law: none is owed for
    deceptive commercial content in large numbers (Regulation (EU) 2022/2065, article 17(2)). The ban has its own, which
    is told.
    """
    words = explained(Reason.JUNK, message)
    with unit_of_work():
        member = locked(member_id)
        email, joined_at = member.email, member.joined_at
        require(can_expel(actor, member, joined_at))
        count = db.session.scalar(select(func.count()).select_from(Post).where(*_texts_of(member_id))) or 0
        if not count:
            raise Invalid(_("This account has no text: there is nothing to judge it by."))
        now = clock.now()
        sanction_id = insert_once(
            Sanction, member_id=member_id, kind=SanctionKind.BAN, reason=Reason.JUNK, message=words, begins_at=now,
            state=SanctionState.ACTIVE, ends_at=FOREVER, actor_id=actor.member_id,
        )  # fmt: skip
        if sanction_id is None:
            raise Conflict(_("A ban of this member is proposed or in force already."))
        _take_away(actor, member_id, sanction_id, after=0)
        _keep_out(sanction_id, email)
        put_in_force(actor, sanction_id)
        audit.write(actor, "member.expelled", "member", member_id, None, {"texts": count}, words)
        return count


def take_rest_away(sanction_id: int, after: int) -> None:
    """Go on with the texts of an expelled account, from number ``after``: one that was given back meanwhile stays, and when
    the ban is no longer in force, nothing more is taken."""
    with unit_of_work():
        sanction = existing(sanction_id)
        locked(sanction.member_id)
        if existing(sanction_id).state == SanctionState.ACTIVE:
            moderator = actor_of(db.session.get_one(Member, sanction.actor_id))
            _take_away(moderator, sanction.member_id, sanction_id, after)


def _texts_of(member_id: int) -> tuple[ColumnElement[bool], ...]:
    return is_of(Post.author_id, member_id), Post.state.in_(_TAKEN)


def _take_away(actor: Actor, member_id: int, sanction_id: int, after: int) -> None:
    following = select(Post.id).where(*_texts_of(member_id), Post.id > after).order_by(Post.id)
    texts = list(db.session.scalars(following.limit(AT_ONCE)))
    for post_id in texts:
        finders = (FoundBy.MODERATOR, *queueing.who_found(post_id))
        settling.settle(post_id, None, Came.TAKEN)
        post = publishing.remove(actor, post_id)
        state_reasons(
            actor, Measure.REMOVED, Reason.JUNK, cause=f"{EXPELLED}{post_id}", member_id=member_id, post=post,
            exemption=Exemption.DECEPTIVE_COMMERCIAL, found_by=finders,
        )  # fmt: skip
        agreed = (Flag.post_id == post_id, Flag.item_id.is_(None), Flag.outcome == Outcome.AGREED)
        tell_reporters(f"expelled:{sanction_id}:{post_id}", post.thread_id, post_id, *agreed)
    if len(texts) == AT_ONCE:
        rest = {"sanction_id": sanction_id, "after": texts[-1]}
        jobs.enqueue("sanctions.take_rest_away", rest, f"sanctions.take_rest_away:{sanction_id}:{texts[-1]}")


def taken_with(member_id: int) -> list[int]:
    """The statements about texts that were taken away together with the account."""
    s = Statement
    return list(
        db.session.scalars(select(s.id).where(s.member_id == member_id, s.cause.startswith(EXPELLED)))
    )


# --- the address stays out ----------------------------------------------------------------------------------------


def _keep_out(sanction_id: int, email: str | None) -> None:
    if email:
        insert_once(
            BannedAddress, sanction_id=sanction_id, digest=digest_of(email_key(email)), kept_until=FOREVER
        )


def digest_of(key: str) -> str:
    """The keyed digest of an address: it cannot be turned back, nor compared with another community's."""
    secret = current_config().secret_key.encode()
    return hmac.new(secret, f"banned:{key}".encode(), hashlib.sha256).hexdigest()


def is_kept_out(key: str) -> bool:
    """Whether an account with this address was banned and may not come back yet."""
    found = select(func.count()).where(
        BannedAddress.digest == digest_of(key), BannedAddress.kept_until > clock.now()
    )
    return bool(db.session.scalar(found))


def count_from_closing(member_id: int) -> None:
    """A banned account was closed: from now on its address stays out for a year, and is forgotten afterwards."""
    until = clock.now() + timedelta(days=settings.get("moderation.banned_months") * 365 // 12)
    mine = select(Sanction.id).where(Sanction.member_id == member_id)
    update_where(
        BannedAddress,
        BannedAddress.sanction_id.in_(mine),
        BannedAddress.kept_until == FOREVER,
        kept_until=until,
    )


def forget_addresses() -> None:
    """Digests whose time is over go."""
    with unit_of_work():
        sweep("banned-addresses", BannedAddress, BannedAddress.kept_until <= clock.now())


def is_banned(member: Member) -> bool:
    """Whether a ban is what keeps the account closed."""
    return member.suspended_until is not None and member.suspended_until >= FOREVER
