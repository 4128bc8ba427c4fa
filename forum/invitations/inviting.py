"""Invite a member to answer, decline, and want no invitations at all."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from accounts.masks.queries import person_behind
from accounts.members import queries as members
from accounts.members.models import Member
from accounts.members.rules import STAFF, name_key
from accounts.messages.queries import has_blocked
from accounts.notifications import telling
from common import clock, settings
from common.db import affected, db, insert_once, update_where
from common.errors import Conflict, Invalid, TooMany
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import record, unit_of_work
from forum import events
from forum.invitations.models import AnswerInvitation, InvitationsRefused
from forum.invitations.permissions import NOT_TO_BE_INVITED, can_invite
from forum.masks.wearing import under_mask
from forum.questions.models import Post
from forum.questions.permissions import member_of
from forum.questions.rules import PostState
from forum.questions.writing import published_question

DAY = timedelta(hours=24)


def invite(actor: Actor, question_id: int, name: str) -> bool:
    """Invite a member by public name or by the word of their address. False when somebody has done so already.

    Raises NotFound, Forbidden, Invalid (name), TooMany, and Conflict where a courtesy forbids it.
    """
    actor = under_mask(actor, question_id)
    inviter_id = member_of(actor)
    with unit_of_work():
        question = published_question(actor, question_id)
        require(can_invite(actor, question))
        invited = _named(name)
        if _already(question_id, invited.id):
            return False
        _keep_pace(actor, inviter_id)
        if invited.id in (inviter_id, question.author_id) or not _may_be_invited(
            invited, question_id, inviter_id
        ):
            raise Conflict(NOT_TO_BE_INVITED)
        values = {"member_id": invited.id, "inviter_id": inviter_id, "created_at": clock.now()}
        if insert_once(AnswerInvitation, question_id=question_id, **values) is None:
            return False
        record(events.MemberInvited(question_id, invited.id, inviter_id))
    return True


def decline(actor: Actor, question_id: int) -> bool:
    """No, thank you. Nobody is told. True when there was an invitation."""
    with unit_of_work():
        mine = (AnswerInvitation.question_id == question_id, AnswerInvitation.member_id == member_of(actor))
        telling.withdraw(cause=cause_of(question_id, member_of(actor)), kind="answer-invited")
        return bool(
            update_where(
                AnswerInvitation, *mine, AnswerInvitation.declined_at.is_(None), declined_at=clock.now()
            )
        )


def want_invitations(actor: Actor, wanted: bool) -> bool:
    """Be open to invitations, or to none. True when that is a change."""
    member_id = member_of(actor)
    with unit_of_work():
        if not wanted:
            return insert_once(InvitationsRefused, member_id=member_id, since=clock.now()) is not None
        gone = delete(InvitationsRefused).where(InvitationsRefused.member_id == member_id)
        return affected(db.session.execute(gone)) > 0


def cause_of(question_id: int, member_id: int) -> str:
    """The name of the event for the notifications."""
    return f"invited:{question_id}:{member_id}"


def _named(name: str) -> Member:
    key = name_key(name.strip().removeprefix("@")[:80])
    found = members.by_id(members.by_names([key]).get(key, 0)) if key else None
    if found is None:
        raise Invalid(fields={"name": _("Nobody here has this name.")})
    return found


def _already(question_id: int, member_id: int) -> bool:
    same = (AnswerInvitation.question_id == question_id, AnswerInvitation.member_id == member_id)
    return db.session.scalar(select(AnswerInvitation.id).where(*same)) is not None


def _keep_pace(actor: Actor, inviter_id: int) -> None:
    if actor.is_staff:
        return
    count, first = _since(AnswerInvitation.inviter_id == inviter_id, DAY)
    if count >= settings.get("forum.invitations_a_day"):
        wait = max(1, int((first + DAY - clock.now()).total_seconds()))
        raise TooMany(_("You have invited enough people for today."), retry_after=wait)


def _may_be_invited(member: Member, question_id: int, inviter_id: int) -> bool:
    """Courtesies: not the team, nobody who is sanctioned, takes part, wants none, has blocked or had enough."""
    now = clock.now()
    silent = [until for until in (member.silenced_until, member.suspended_until) if until and until > now]
    if silent or member.role in STAFF or db.session.get(InvitationsRefused, member.id) is not None:
        return False
    if has_blocked(member.id, person_behind(inviter_id) or inviter_id) or _takes_part(member.id, question_id):
        return False
    received = AnswerInvitation.member_id == member.id
    day, week = _since(received, DAY)[0], _since(received, 7 * DAY)[0]
    get = settings.get
    return day < get("forum.invitations_received_a_day") and week < get("forum.invitations_received_a_week")


def _takes_part(member_id: int, question_id: int) -> bool:
    mine = (Post.question_id == question_id, Post.author_id == member_id, Post.state == PostState.PUBLISHED)
    return db.session.scalar(select(Post.id).where(*mine).limit(1)) is not None


def _since(which, span: timedelta):
    query = select(func.count(), func.min(AnswerInvitation.created_at)).where(which)
    return db.session.execute(query.where(AnswerInvitation.created_at > clock.now() - span)).one()
