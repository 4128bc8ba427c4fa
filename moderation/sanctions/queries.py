"""Reads of restrictions: a member's file, a statement's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select, true

from accounts.masks.queries import is_of, person_behind
from accounts.members.models import Member
from accounts.members.queries import Cards, cards
from accounts.members.rules import email_key
from accounts.messages.queries import bodies_of
from common import clock, text
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence
from common.lists import Page, keyset, page_of
from common.permissions import Actor, Verdict
from forum.questions.models import Post, Revision
from forum.questions.rules import PostKind, PostState
from moderation.delegation import scope
from moderation.flags.flagging import standings
from moderation.flags.rules import Standing
from moderation.legal_notices.guides import decided_about
from moderation.profile_reports.models import ProfileTaking
from moderation.review.models import DecisionUndo, ReviewDecision, ReviewItem
from moderation.review.rules import ItemType
from moderation.sanctions import striking
from moderation.sanctions.appealing import of_statement
from moderation.sanctions.models import Appeal, RefusedEdit, Sanction, Statement, StatementEnd, Strike
from moderation.sanctions.permissions import can_appeal, can_mend
from moderation.sanctions.rules import Measure, SanctionState
from moderation.sanctions.statements import first_of
from moderation.sanctions.wording import CAUSES, parts_of

PEOPLE = 40
MENDED = (PostKind.QUESTION, PostKind.ANSWER, PostKind.COMMENT)


@dataclass(frozen=True, slots=True)
class Points:
    """The strike that a measure rests on."""

    worth: int
    cause: Sentence
    expires_at: datetime
    ended: bool


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement's page: its parts in words, the text while it is kept, and what can be done."""

    statement: Statement
    parts: dict[str, list[Any]]
    title: str
    html: Markup
    ended: str
    appeals: Sequence[Appeal]
    may_appeal: Verdict
    answer_by: datetime | None
    points: Points | None
    may_mend: Verdict


def statement_view(actor: Actor, statement: Statement) -> StatementView:
    """Everything the page of a decision shows."""
    post = db.session.get(Post, statement.post_id) if statement.post_id else None
    concerned = about(statement)
    how = db.session.scalar(select(StatementEnd.how).where(StatementEnd.statement_id == statement.id))
    appeals = of_statement(statement.id)
    return StatementView(
        statement, parts_of(statement), concerned.title, concerned.html, how.value if how else "", appeals,
        can_appeal(actor, statement, how, appeals), _answer_by(appeals[-1] if appeals else None),
        _points_of(statement.id), can_mend(actor, statement, how, is_kept(statement, post)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """The words that a decision was about, while they are kept; empty for a measure against an account."""

    title: str
    html: Markup


NOTHING = About("", Markup())


def about(statement: Statement | None) -> About:
    """What exactly a decision concerns: the change that was refused, the part of a profile, the message or the guide that was
    taken away, else the text in the version it was decided about. One that was amended is about the same as the first."""
    if statement is None:
        return NOTHING
    first = first_of(statement)
    if first.measure == Measure.EDIT_REJECTED:
        refused = db.session.get(RefusedEdit, first.id)
        return About(refused.title or "", _rendered(refused.body)) if refused else NOTHING
    if first.post_id is None:
        if (guide := decided_about(first.decision_id)) is not None:
            return About(guide.title, _rendered(guide.body))
        return About("", _rendered(_of_person(first)))
    post = db.session.get_one(Post, first.post_id)
    if post.state == PostState.WITHDRAWN:
        return NOTHING
    title, html = post.heading, Markup(post.body_html)  # noqa: S704 - stored as common.text rendered it
    if first.post_version not in (None, post.version) and post.body:
        then = (Revision.post_id == post.id, Revision.version == first.post_version)
        kept = db.session.execute(select(Revision.title, Revision.body).where(*then)).first()
        title, html = (kept.title, _rendered(kept.body)) if kept else (title, html)
    return About(title or _title_above(post, first.member_id), html)


def _of_person(statement: Statement) -> str:
    taken = db.session.scalar(select(ProfileTaking.taken).where(ProfileTaking.statement_id == statement.id))
    if taken:
        return "\n\n".join(taken.values())
    decided = select(ReviewDecision.item_id).where(ReviewDecision.id == statement.decision_id)
    of_message = (ReviewItem.id == decided.scalar_subquery(), ReviewItem.kind == ItemType.MESSAGE)
    report_id = db.session.scalar(select(ReviewItem.target_id).where(*of_message))
    return bodies_of([report_id]).get(report_id, "") if report_id is not None else ""


def _title_above(post: Post, member_id: int | None) -> str:
    """The title of the thread, when everybody may read it or it is the concerned member's own."""
    thread = db.session.get(Post, post.thread_id)
    if thread is None or (
        thread.state != PostState.PUBLISHED
        and (member_id is None or person_behind(thread.author_id) != member_id)
    ):
        return ""
    return thread.heading or ""


def _rendered(words: str) -> Markup:
    return Markup(text.render(words)) if words else Markup("")  # noqa: S704 - rendered by common.text


def is_kept(statement: Statement, post: Post | None) -> bool:
    """Whether the text of a refusal is still there, and has a form to be mended in."""
    if statement.measure == Measure.EDIT_REJECTED:
        found = select(RefusedEdit.statement_id).where(RefusedEdit.statement_id == statement.id)
        return db.session.scalar(found) is not None
    if post is None or statement.measure not in (Measure.REJECTED, Measure.REMOVED):
        return False
    is_new_review = post.kind == PostKind.REVIEW and post.state == PostState.REJECTED
    return post.kind in MENDED or is_new_review


def _points_of(statement_id: int) -> Points | None:
    led = select(Sanction.strike_id).where(Sanction.statement_id == statement_id)
    given = db.session.scalar(select(Strike).where(Strike.id.in_(led)))
    if given is None:
        return None
    return Points(given.points, CAUSES[given.cause], given.expires_at, given.ended_at is not None)


def _answer_by(appeal: Appeal | None) -> datetime | None:
    item = db.session.get(ReviewItem, appeal.item_id) if appeal is not None and appeal.item_id else None
    return item.due_at if item is not None else None


@dataclass(frozen=True, slots=True)
class File:
    """A member's file at the desk."""

    member: Member
    sanctions: list[Sanction]
    strikes: list[Strike]
    counting: dict[int, bool]
    total: int
    about: list[Statement]
    statements: list[tuple[Statement, str]]
    decisions: list[tuple[ReviewDecision, bool]]
    standing: Standing
    people: Cards
    is_active: dict[int, bool]
    is_whole: bool = True


def file_of(actor: Actor, member_id: int) -> File:
    """What this reader may know of a member's conduct: everything, or what concerns the categories of their grants.
    Raises :class:`NotFound`."""
    member = db.session.get(Member, member_id)
    writers, posts = scope.writers_in(actor), scope.posts_in(actor)
    if member is None or (writers is not None and not _is_one_of(member_id, writers)):
        raise NotFound()
    now = clock.now()
    found = select(Sanction).where(Sanction.member_id == member_id).order_by(Sanction.id.desc()).limit(50)
    sanctions = list(db.session.scalars(found)) if posts is None else []
    statements = db.session.execute(
        select(Statement, StatementEnd.how)
        .outerjoin(StatementEnd, StatementEnd.statement_id == Statement.id)
        .where(Statement.member_id == member_id, true() if posts is None else Statement.post_id.in_(posts))
        .order_by(Statement.id.desc())
        .limit(50)
    ).all()
    decisions = db.session.execute(
        select(ReviewDecision, DecisionUndo.id)
        .join(Post, Post.id == ReviewDecision.post_id)
        .outerjoin(DecisionUndo, DecisionUndo.decision_id == ReviewDecision.id)
        .where(Post.author_id == member_id if posts is not None else is_of(Post.author_id, member_id))
        .where(true() if posts is None else Post.id.in_(posts))
        .order_by(ReviewDecision.id.desc())
        .limit(50)
    ).all()
    given = select(Strike).where(Strike.member_id == member_id).order_by(Strike.id.desc()).limit(50)
    strikes = list(db.session.scalars(given)) if posts is None else []
    people = cards(
        {s.actor_id for s in sanctions} | {s.confirmed_by_id for s in sanctions} | {d.actor_id for d, _undone in decisions}
        | {one.actor_id for one in strikes}
    )  # fmt: skip
    counting = {one.id: one.ended_at is None and one.expires_at > now for one in strikes}
    active = {s.id: s.state == SanctionState.ACTIVE and s.ends_at > now for s in sanctions}
    return File(
        member, sanctions, strikes, counting, striking.active_points([member_id]).get(member_id, 0) if posts is None else 0,
        _without_points([s for s, _how in statements], strikes), [(s, how.value if how else "") for s, how in statements],
        [(d, undone is not None) for d, undone in decisions], standings([member_id])[member_id], people, active, posts is None,
    )  # fmt: skip


def _without_points(statements: list[Statement], strikes: list[Strike]) -> list[Statement]:
    """Decisions about texts that points could still be given with."""
    struck = {one.statement_id for one in strikes}
    return [one for one in statements if one.decision_id is not None and one.id not in struck][:10]


def _is_one_of(member_id: int, writers: Any) -> bool:
    found = select(Member.id).where(Member.id == member_id, Member.id.in_(writers))
    return db.session.scalar(found) is not None


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the list of members."""

    id: int
    name: str
    role: str
    rank: int
    joined_at: datetime
    is_silenced: bool
    is_suspended: bool


def people(actor: Actor, words: str, after: str | None) -> Page[Person]:
    """Members by name or address, the newest first. Who moderates a part only finds who wrote there, by name."""
    query, writers = select(Member).where(Member.closed_at.is_(None)), scope.writers_in(actor)
    if words:
        named = Member.display_name.ilike(f"%{words.replace('%', '').replace('_', '')}%")
        query = query.where(named if writers is not None else named | (Member.email_key == email_key(words)))
    if writers is not None:
        query = query.where(Member.id.in_(writers))
    found = list(db.session.scalars(keyset(query, Member.joined_at, Member.id, after, PEOPLE)))
    page = page_of(found, PEOPLE, lambda member: (member.joined_at, member.id))
    now = clock.now()
    rows = [
        Person(
            m.id, m.display_name, str(m.role), m.rank, m.joined_at, m.silenced_until is not None and m.silenced_until > now,
            m.suspended_until is not None and m.suspended_until > now,
        )
        for m in page.items
    ]  # fmt: skip
    return Page(rows, page.next)
