"""Pages of public activity of members who agreed. Whoever agrees no more leaves a line that says so, and nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from common import audit, clock
from common.db import db, update_where
from common.mail import link
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.crm.models import CrmConsent
from moderation.outside.rendering import moment
from rewards.ranks.models import RankChange
from rewards.ranks.scale import rank_name
from rewards.worth.tables import marked

MOST, LATEST, MOST_IN_FILE = 100, 50, 5_000
OVERLAP = timedelta(minutes=1)
"""What began before an export and was committed after it is in the next one; so some lines come twice."""
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """A page. ``next``: the member after whom to go on, or None at the end; ``as_of``: what to ask ``since`` next time."""

    as_of: datetime
    lines: list[Line]
    next: int | None


def export(actor: Actor, to: str, since: datetime | None = None, after: int = 0, size: int = MOST) -> Export:
    """A page of activity, the members by number; with ``since`` only those of whom anything changed. Written down in the
    log, and for each member with their consent."""
    now = clock.now()
    rows = db.session.execute(_wanted(since, after).limit(size + 1)).all()
    page, more = rows[:size], len(rows) > size
    agreed = [row.member_id for row in page if row.agrees]
    facts = _facts(agreed)
    lines = [_line(row, facts[row.member_id]) if row.agrees else _tombstone(row) for row in page]
    if page:
        _write_down(actor, to, [row.member_id for row in page], agreed)
    return Export(now - OVERLAP, lines, page[-1].member_id if more else None)


def _wanted(since: datetime | None, after: int) -> Any:
    """Who agrees and may be here; and who agreed when something of theirs left, and agrees no more."""
    agrees = and_(CrmConsent.withdrawn_at.is_(None), Member.closed_at.is_(None))
    told = and_(~agrees, CrmConsent.exported_at.is_not(None))
    query = (
        select(
            CrmConsent.member_id, CrmConsent.given_at, CrmConsent.withdrawn_at, CrmConsent.changed_at, Member.display_name,
            Member.rank, agrees.label("agrees"),
        )
        .join(Member, Member.id == CrmConsent.member_id)
        .where(CrmConsent.member_id > after, or_(agrees, told))
        .order_by(CrmConsent.member_id)
    )  # fmt: skip
    return query if since is None else query.where(_changed(since))


def _changed(since: datetime) -> Any:
    posts, mine = Post.__table__, Post.__table__.c.author_id == CrmConsent.member_id
    moments = or_(posts.c.published_at >= since, posts.c.edited_at >= since, posts.c.removed_at >= since)
    threads, answers = Question.__table__, Post.__table__.alias("chosen")
    chosen = and_(threads.c.accepted_at >= since, answers.c.id == threads.c.accepted_answer_id)
    return or_(
        CrmConsent.changed_at >= since,
        Member.closed_at >= since,
        exists(select(posts.c.id).where(mine, moments)),
        exists(select(threads.c.id).where(chosen, answers.c.author_id == CrmConsent.member_id)),
        exists(
            select(RankChange.id).where(
                RankChange.member_id == CrmConsent.member_id, RankChange.changed_at >= since
            )
        ),
    )


def _facts(member_ids: Sequence[int]) -> dict[int, Line]:
    """Numbers and the latest texts of some members: two statements. Texts under a mask are nobody's here."""
    facts: dict[int, Line] = {
        one: {"questions": 0, "answers": 0, "solutions": 0, "latest": []} for one in member_ids
    }
    if not facts:
        return facts
    public = _public(member_ids)
    solves = func.count().filter(public.c.is_solution)
    counted = select(public.c.author_id, public.c.kind, func.count().label("all"), solves.label("solutions"))
    for row in db.session.execute(counted.group_by(public.c.author_id, public.c.kind)):
        facts[row.author_id]["questions" if row.kind == PostKind.QUESTION else "answers"] += row.all
        facts[row.author_id]["solutions"] += row.solutions
    place = func.row_number().over(
        partition_by=public.c.author_id, order_by=(public.c.published_at.desc(), public.c.id.desc())
    )
    ranked = select(public, place.label("place")).subquery()
    newest = select(ranked).where(ranked.c.place <= LATEST).order_by(ranked.c.author_id, ranked.c.place)
    for row in db.session.execute(newest):
        facts[row.author_id]["latest"].append(
            {
                "id": row.id, "kind": row.kind.value, "title": row.title if row.kind == PostKind.QUESTION else None, "at": moment(row.published_at),
                "is_solution": bool(row.is_solution), "url": link("short.answer", "en", id=row.id),
            }
        )  # fmt: skip
    return facts


def _public(member_ids: Sequence[int]) -> Any:
    """Questions and answers anybody may read. A title goes out with one's own question: under another's one, it is theirs."""
    post, thread = Post.__table__, aliased(Post.__table__, name="thread_post")
    head = Question.__table__
    at = func.coalesce(post.c.question_id, post.c.id)
    return (
        select(
            post.c.id, post.c.author_id, post.c.kind, post.c.published_at, head.c.title,
            func.coalesce(head.c.accepted_answer_id == post.c.id, False).label("is_solution"),
        )
        .join(thread, thread.c.id == at)
        .join(head, head.c.id == at)
        .where(
            post.c.author_id.in_(member_ids), post.c.kind.in_((PostKind.QUESTION, PostKind.ANSWER)),
            post.c.state == PostState.PUBLISHED, thread.c.state == PostState.PUBLISHED,
        )
        .subquery()
    )  # fmt: skip


def _line(row: Any, facts: Line) -> Line:
    name = rank_name(row.rank, "en")
    return {
        "member_id": row.member_id, "agrees": True, "since": moment(row.given_at), "name": row.display_name,
        "rank": row.rank, "rank_name": name.full, **facts,
    }  # fmt: skip


def _tombstone(row: Any) -> Line:
    """Forget this one: the number alone."""
    return {
        "member_id": row.member_id,
        "agrees": False,
        "withdrawn_at": moment(row.withdrawn_at or row.changed_at),
    }


def _write_down(actor: Actor, to: str, all_ids: list[int], agreed: list[int]) -> None:
    with unit_of_work():
        count = CrmConsent.exported_count + 1
        update_where(
            CrmConsent, CrmConsent.member_id.in_(agreed), exported_at=clock.now(), exported_count=count
        )
        after = {"to": to, "members": len(agreed), "withdrawn": len(all_ids) - len(agreed)}
        audit.write(actor, "crm.exported", "member", f"{all_ids[0]}-{all_ids[-1]}", after=after)


def whole(actor: Actor, to: str) -> list[Line]:
    """Everything at once, for a file: some thousands of members at most, and the page says so; beyond that, the API."""
    lines: list[Line] = []
    after: int | None = 0
    while after is not None and len(lines) < MOST_IN_FILE:
        page = export(actor, to, after=after)
        lines += page.lines
        after = page.next
    return lines


HEADS = (
    "member_id",
    "agrees",
    "since",
    "withdrawn_at",
    "name",
    "rank",
    "questions",
    "answers",
    "solutions",
    "last_at",
)


def as_csv(lines: Sequence[Line]) -> str:
    """A line for each member; the texts are in the JSON alone. A name that would be a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    for line in lines:
        latest = line.get("latest") or [{}]
        row = line | {"name": marked(line.get("name", "")), "last_at": latest[0].get("at", "")}
        writer.writerow([row.get(head, "") for head in HEADS])
    return "\ufeff" + out.getvalue()
