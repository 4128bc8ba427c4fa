"""Counts behind the badges for answers, from what is published now: one query a badge, for some members or for all."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from accounts.masks.models import Mask
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import i18n
from common.db import db, on_postgresql
from forum.questions.models import Kudos, Post, Question
from forum.questions.rules import PostKind, PostState
from rewards.badges.counts.sources import EVERYBODY, Counts, Who
from rewards.badges.rules import LATE_DAYS, THANKED_LATE, TOPIC_RATIO, longest_streak
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, CauseType, EntryKind

answer, thread = Post.__table__.alias("answer"), Question.__table__.alias("thread")
asked = Post.__table__.alias("asked")
NOT_STAFF = select(Member.id).where(Member.role.not_in(STAFF), Member.closed_at.is_(None))
_BY_ANOTHER = asked.c.author_id.is_distinct_from(answer.c.author_id)


def answers(*columns: Any, who: Who) -> Any:
    """Standing answers of members, by others than the asker, with their threads."""
    query = (
        select(*columns)
        .select_from(answer)
        .join(thread, thread.c.id == answer.c.question_id)
        .join(asked, asked.c.id == thread.c.id)
        .where(
            answer.c.kind == PostKind.ANSWER, who.stands(answer), answer.c.author_id.in_(NOT_STAFF), _BY_ANOTHER,
            asked.c.state == PostState.PUBLISHED,
        )
    )  # fmt: skip
    return who.limit(query, answer.c.author_id)


def plain(query: Any) -> Counts:
    """Rows of (member, count)."""
    return {(member_id, ""): (int(count), None) for member_id, count in db.session.execute(query)}


def _kudos(who: Who) -> Any:
    """Thumbs-up of an answer; with those that were annulled where they are to be counted."""
    if not who.pardoned:
        return answer.c.kudos_count
    annulled = select(func.count()).where(Kudos.post_id == answer.c.id, Kudos.annulled_at.is_not(None))
    return answer.c.kudos_count + annulled.correlate(answer).scalar_subquery()


def first_accepts(who: Who) -> Counts:
    """Members who marked a solution by somebody else. Under a mask it brings points but no badge: everybody sees when
    somebody got one."""
    query = answers(asked.c.author_id, func.count(), who=EVERYBODY).where(
        thread.c.accepted_answer_id == answer.c.id,
        asked.c.author_id.is_not(None),
        asked.c.author_id.not_in(select(Mask.member_id)),
    )
    return plain(who.limit(query, asked.c.author_id).group_by(asked.c.author_id))


def solutions(who: Who) -> Counts:
    """Accepted answers by author."""
    query = answers(answer.c.author_id, func.count(), who=who)
    return plain(query.where(thread.c.accepted_answer_id == answer.c.id).group_by(answer.c.author_id))


def appreciations(who: Who) -> Counts:
    """Thumbs-up on a member's answers, and by how many different people (an imported vote has its own)."""
    voter = func.coalesce(Mask.person_id, Kudos.member_id)
    live: ColumnElement[bool] = Kudos.withdrawn_at.is_(None)
    if who.pardoned:
        live = live | Kudos.annulled_at.is_not(None)
    named = answers(answer.c.author_id, func.count(), func.count(voter.distinct()), who=who)
    named = named.join(Kudos, and_(Kudos.post_id == answer.c.id, live))
    named = named.outerjoin(Mask, Mask.member_id == Kudos.member_id).group_by(answer.c.author_id)
    voters = {author: (votes, people) for author, votes, people in db.session.execute(named)}
    total = answers(answer.c.author_id, func.sum(_kudos(who)), who=who).group_by(answer.c.author_id)
    counts: Counts = {}
    for author, votes in db.session.execute(total):
        known, people = voters.get(author, (0, 0))
        counts[author, ""] = (int(votes or 0), people + max(0, int(votes or 0) - known))
    return counts


def good_answers(who: Who) -> Counts:
    """Thumbs-up of each answer that has three or more."""
    votes = _kudos(who)
    query = answers(answer.c.author_id, answer.c.id, votes, who=who).where(votes >= 3)
    return {(author, str(post_id)): (count, None) for author, post_id, count in db.session.execute(query)}


def fast_solutions(who: Who) -> Counts:
    """Solutions that came within the hour, as the ledger booked them."""
    e = LedgerEntry
    fast = (e.cause_type == CauseType.FAST, e.account == Account.REPUTATION)
    undone = aliased(LedgerEntry)
    stands = ~select(undone.id).where(undone.reverses_id == e.id).exists()
    paid = or_(e.granted > 0, e.note == "")  # whatever the table of points says it is worth
    query = select(e.member_id, func.count()).where(*fast, e.kind == EntryKind.EARN, paid, stands)
    counts = plain(who.limit(query, e.member_id).group_by(e.member_id))
    if not who.pardoned:
        return counts
    post = Post.__table__
    gone = select(e.member_id, func.count(e.post_id.distinct())).join(post, post.c.id == e.post_id)
    gone = gone.where(*fast, e.kind == EntryKind.EARN, who.stands(post), post.c.state != PostState.PUBLISHED)
    for member, count in db.session.execute(who.limit(gone, e.member_id).group_by(e.member_id)):
        counts[member, ""] = (counts.get((member, ""), (0, None))[0] + count, None)
    return counts


def topic_solutions(who: Who, since: datetime | None = None) -> Counts:
    """Solutions in each category where at least a quarter of the member's answers became one."""
    rows = topic_figures(who, since)
    return {
        (member, str(category)): (won, None)
        for (member, category), (won, of) in rows.items()
        if won >= 5 and won >= TOPIC_RATIO * of
    }


def topic_figures(who: Who, since: datetime | None = None) -> dict[tuple[int, int], tuple[int, int]]:
    """By (member, category): solutions, and answers in threads that have one; those marked since a moment."""
    chosen = func.count().filter(thread.c.accepted_answer_id == answer.c.id)
    query = answers(answer.c.author_id, thread.c.category_id, chosen, func.count(), who=who).where(
        thread.c.accepted_answer_id.is_not(None)
    )
    if since is not None:
        query = query.where(thread.c.accepted_at >= since)
    query = query.group_by(answer.c.author_id, thread.c.category_id).having(chosen > 0)
    return {(author, category): (won, of) for author, category, won, of in db.session.execute(query)}


def topics(who: Who) -> Counts:
    """In how many topics a member is an expert."""
    found: dict[int, int] = defaultdict(int)
    for member, _category in topic_solutions(who):
        found[member] += 1
    return {(member, ""): (count, None) for member, count in found.items()}


def steady_weeks(who: Who) -> Counts:
    """The longest run of weeks in which a member wrote an answer that somebody found useful."""
    query = answers(answer.c.author_id, answer.c.published_at, who=who).where(answer.c.kudos_count > 0)
    days: dict[int, set[date]] = defaultdict(set)
    for author, moment in db.session.execute(query):
        days[author].add(i18n.local(moment).date())
    return {(author, ""): (longest_streak(seen), None) for author, seen in days.items()}


def evergreens(who: Who) -> Counts:
    """Answers that were found useful five times, more than half a year after they were written."""
    if on_postgresql():
        late: Any = answer.c.published_at + literal(timedelta(days=LATE_DAYS), Interval())
    else:
        late = func.datetime(answer.c.published_at, f"+{LATE_DAYS} days")
    lasting = (
        answers(answer.c.author_id.label("who"), answer.c.id, who=who)
        .join(Kudos, and_(Kudos.post_id == answer.c.id, Kudos.withdrawn_at.is_(None), Kudos.given_at > late))
        .group_by(answer.c.author_id, answer.c.id)
        .having(func.count() >= THANKED_LATE)
        .subquery()
    )
    return plain(select(lasting.c.who, func.count()).group_by(lasting.c.who))
