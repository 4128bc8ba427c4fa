"""Reads of votes. What others said is in no answer before the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from accounts.members.models import Member
from common import clock
from common.db import db
from common.errors import NotFound
from common.permissions import Actor
from forum.content.terms.models import TermsVersion
from forum.content.terms.rules import Document, VersionState
from rewards.ranks.mandates import mentors_mandate
from rewards.ranks.models import Mandate
from rewards.ranks.rules import MENTOR
from rewards.votes.models import CharterBallot, CharterVote
from rewards.votes.permissions import can_see_vote
from rewards.votes.rules import Choice, Counts, counted, is_open

SHOWN = 10


@dataclass(frozen=True, slots=True)
class VoteRow:
    """A vote as pages show it. ``counts`` and ``remarks`` are there once it is over."""

    id: int
    document: Document
    number: int
    begun_at: datetime
    ends_at: datetime
    is_open: bool
    version: TermsVersion | None
    counts: Counts | None
    remarks: tuple[str, ...]

    @property
    def last_at(self) -> datetime:
        """The last moment of the last day."""
        return self.ends_at - timedelta(seconds=1)

    @property
    def is_published(self) -> bool:
        """Whether just this draft was published."""
        return self.version is not None and self.version.state == VersionState.PUBLISHED


@dataclass(frozen=True, slots=True)
class Own:
    """What the reader said."""

    choice: Choice | None
    remark: str
    cast_at: datetime | None


def mentors() -> list[int]:
    """Mentors whose mandate is in force and who are under no measure."""
    now = clock.now()
    free = [or_(until.is_(None), until <= now) for until in (Member.silenced_until, Member.suspended_until)]
    found = (
        select(Member.id)
        .join(Mandate, Mandate.member_id == Member.id)
        .where(mentors_mandate(), Member.rank >= MENTOR, Member.closed_at.is_(None), *free)
        .order_by(Member.id)
    )
    return list(db.session.scalars(found))


def holds_mandate(member_id: int) -> bool:
    """Whether a mentor's mandate is in force, whenever its end is written down."""
    mine = select(Mandate.member_id).where(Mandate.member_id == member_id, mentors_mandate())
    return db.session.scalar(mine) is not None


def was_asked(member_id: int, vote_id: int) -> bool:
    """Whether a mentor was asked."""
    return db.session.get(CharterBallot, (vote_id, member_id)) is not None


def vote_id_of(document: Document, number: int, saved_at: datetime) -> int | None:
    """The vote on a draft as it was saved."""
    asked = (
        CharterVote.document == document,
        CharterVote.number == number,
        CharterVote.saved_at == saved_at,
    )
    found: int | None = db.session.scalar(select(CharterVote.id).where(*asked))
    return found


def vote(actor: Actor, vote_id: int) -> tuple[VoteRow, Own | None]:
    """One vote, and what the reader said. Raises :class:`NotFound` for whoever was not asked and does not manage."""
    row = db.session.get(CharterVote, vote_id)
    mine = db.session.get(CharterBallot, (vote_id, actor.member_id)) if actor.member_id is not None else None
    if row is None or not can_see_vote(actor, mine is not None):
        raise NotFound()
    own = Own(mine.choice, mine.remark, mine.cast_at) if mine is not None else None
    return _rows([row])[0], own


def votes_on(document: Document) -> list[VoteRow]:
    """The last votes on a document, the newest first. For managers. Three queries."""
    asked = select(CharterVote).where(CharterVote.document == document)
    return _rows(db.session.scalars(asked.order_by(CharterVote.id.desc()).limit(SHOWN)))


def asked_of(member_id: int) -> list[VoteRow]:
    """The last votes a mentor was asked in. Three queries."""
    mine = select(CharterBallot.vote_id).where(CharterBallot.member_id == member_id)
    asked = select(CharterVote).where(CharterVote.id.in_(mine))
    return _rows(db.session.scalars(asked.order_by(CharterVote.id.desc()).limit(SHOWN)))


def _rows(found: Iterable[CharterVote]) -> list[VoteRow]:
    votes, now = list(found), clock.now()
    if not votes:
        return []
    ids = [one.id for one in votes]
    saved = select(TermsVersion).where(TermsVersion.saved_at.in_({one.saved_at for one in votes}))
    versions = {(one.document, one.number, one.saved_at): one for one in db.session.scalars(saved)}
    ballots = db.session.execute(
        select(CharterBallot.vote_id, CharterBallot.choice, CharterBallot.remark)
        .where(CharterBallot.vote_id.in_(ids))
        .order_by(CharterBallot.remark)
    ).all()
    rows = []
    for one in votes:
        version = versions.get((one.document, one.number, one.saved_at))
        is_draft = version is not None and version.state == VersionState.DRAFT
        going_on = is_open(now, one.ends_at, one.saved_at, one.saved_at if is_draft else None)
        said = [ballot for ballot in ballots if ballot.vote_id == one.id]
        rows.append(
            VoteRow(
                one.id, one.document, one.number, one.begun_at, one.ends_at, going_on, version,
                None if going_on else counted(ballot.choice for ballot in said),
                () if going_on else tuple(ballot.remark for ballot in said if ballot.remark),
            )
        )  # fmt: skip
    return rows
