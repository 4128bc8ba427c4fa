"""Whom one may think of, whom one has invited, and what one was invited to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from forum.invitations.models import AnswerInvitation, InvitationsRefused
from forum.mentions.queries import knowing, taking_part
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostState

OFFERED = 6
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Invited:
    """A question one was invited to."""

    question_id: int
    slug: str
    title: str
    created_at: datetime
    inviter: MemberCard
    solved: bool


def offered(actor: Actor, question: Question) -> list[MemberCard]:
    """Members who know the category and neither take part, nor were invited, nor want no invitations."""
    invited = select(AnswerInvitation.member_id).where(AnswerInvitation.question_id == question.id)
    refused = select(InvitationsRefused.member_id)
    out = {*taking_part(question.id), *db.session.scalars(invited), actor.member_id}
    ids = [one for one in knowing(question.category_id) if one not in out]
    out |= set(db.session.scalars(refused.where(InvitationsRefused.member_id.in_(ids)))) if ids else set()
    found = cards(ids)
    people = [found[one] for one in ids if one not in out]
    return [one for one in people if not one.is_former and not one.is_staff][:OFFERED]


def invited_by(actor: Actor, question_id: int) -> list[MemberCard]:
    """Whom the actor invited here."""
    mine = (AnswerInvitation.question_id == question_id, AnswerInvitation.inviter_id.in_(actor.ids))
    ids = list(db.session.scalars(select(AnswerInvitation.member_id).where(*mine).limit(100)))
    found = cards(ids)
    return [found[one] for one in ids]


def invitations_of(actor: Actor, after: str = "") -> Page[Invited]:
    """Open invitations to questions that everybody may read, the newest first."""
    question, post = Question.__table__, Post.__table__
    query = (
        select(
            AnswerInvitation.id, AnswerInvitation.question_id, question.c.slug, question.c.title,
            AnswerInvitation.created_at, AnswerInvitation.inviter_id, question.c.help_state,
        )
        .join(question, question.c.id == AnswerInvitation.question_id)
        .join(post, post.c.id == question.c.id)
        .where(AnswerInvitation.member_id == actor.member_id, AnswerInvitation.declined_at.is_(None))
        .where(post.c.state == PostState.PUBLISHED)
    )  # fmt: skip
    query = keyset(query, AnswerInvitation.created_at, AnswerInvitation.id, after, PAGE_SIZE)
    found = page_of(list(db.session.execute(query)), PAGE_SIZE, lambda row: (row.created_at, row.id))
    people = cards(row.inviter_id for row in found.items)
    return Page([_row(row, people[row.inviter_id]) for row in found.items], found.next)


def wants_invitations(actor: Actor) -> bool:
    """Whether the actor may be invited."""
    mine = InvitationsRefused.member_id == actor.member_id
    return db.session.scalar(select(InvitationsRefused.member_id).where(mine)) is None


def _row(row: Any, inviter: MemberCard) -> Invited:
    return Invited(
        row.question_id, row.slug, row.title, row.created_at, inviter, row.help_state == HelpState.SOLVED
    )
