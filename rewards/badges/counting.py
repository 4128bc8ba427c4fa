"""Counts behind the badges, from what is published now: one query a badge, for some members or for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, func, select

from accounts.masks.models import Mask
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import i18n
from common.db import db
from forum.pointing.models import DuplicateHint
from forum.pointing.rules import HintState
from forum.questions.models import Kudos, Post, Question
from forum.questions.rules import PostKind, PostState
from rewards.badges.rules import HINT_RATIO, TOPIC_RATIO, BadgeKey, longest_streak
from rewards.ledger.models import LedgerEntry
from rewards.ledger.rules import Account, CauseType

Counts = dict[tuple[int, str], tuple[int, int | None]]
Who = list[int] | None

_a, _q = Post.__table__.alias("answer"), Question.__table__.alias("thread")
_asked = Post.__table__.alias("asked")
_PUBLISHED = and_(_a.c.kind == PostKind.ANSWER, _a.c.state == PostState.PUBLISHED)
_NOT_STAFF = _a.c.author_id.in_(
    select(Member.id).where(Member.role.not_in(STAFF), Member.closed_at.is_(None))
)
_BY_ANOTHER = _asked.c.author_id.is_distinct_from(_a.c.author_id)


def _answers(*columns: Any, who: Who) -> Any:
    """Published answers of members, by others than the asker, with their threads."""
    query = (
        select(*columns)
        .select_from(_a)
        .join(_q, _q.c.id == _a.c.question_id)
        .join(_asked, _asked.c.id == _q.c.id)
        .where(_PUBLISHED, _NOT_STAFF, _BY_ANOTHER, _asked.c.state == PostState.PUBLISHED)
    )
    return query if who is None else query.where(_a.c.author_id.in_(who))


def _plain(query: Any) -> Counts:
    return {(member_id, ""): (count, None) for member_id, count in db.session.execute(query)}


def first_accepts(who: Who) -> Counts:
    """Members who marked a solution by somebody else. Under a mask it brings points but no badge: everybody sees when
    somebody got one."""
    query = _answers(_asked.c.author_id, func.count(), who=None).where(
        _q.c.accepted_answer_id == _a.c.id,
        _asked.c.author_id.is_not(None),
        _asked.c.author_id.not_in(select(Mask.member_id)),
    )
    if who is not None:
        query = query.where(_asked.c.author_id.in_(who))
    return _plain(query.group_by(_asked.c.author_id))


def solutions(who: Who) -> Counts:
    """Accepted answers by author."""
    query = _answers(_a.c.author_id, func.count(), who=who).where(_q.c.accepted_answer_id == _a.c.id)
    return _plain(query.group_by(_a.c.author_id))


def appreciations(who: Who) -> Counts:
    """Thumbs-up on a member's answers, and by how many different people (an imported vote has its own)."""
    voter = func.coalesce(Mask.person_id, Kudos.member_id)
    named = _answers(_a.c.author_id, func.count(), func.count(voter.distinct()), who=who)
    named = named.join(Kudos, and_(Kudos.post_id == _a.c.id, Kudos.withdrawn_at.is_(None)))
    named = named.outerjoin(Mask, Mask.member_id == Kudos.member_id).group_by(_a.c.author_id)
    voters = {author: (votes, people) for author, votes, people in db.session.execute(named)}
    total = _answers(_a.c.author_id, func.sum(_a.c.kudos_count), who=who).group_by(_a.c.author_id)
    counts: Counts = {}
    for author, votes in db.session.execute(total):
        known, people = voters.get(author, (0, 0))
        counts[author, ""] = (int(votes or 0), people + max(0, int(votes or 0) - known))
    return counts


def good_answers(who: Who) -> Counts:
    """Thumbs-up of each answer that has three or more."""
    query = _answers(_a.c.author_id, _a.c.id, _a.c.kudos_count, who=who).where(_a.c.kudos_count >= 3)
    return {(author, str(post_id)): (votes, None) for author, post_id, votes in db.session.execute(query)}


def fast_solutions(who: Who) -> Counts:
    """Solutions that came within the hour, as the ledger booked them."""
    e = LedgerEntry
    query = select(e.member_id, func.sum(e.granted), func.max(e.requested)).where(
        e.cause_type == CauseType.FAST, e.account == Account.REPUTATION
    )
    if who is not None:
        query = query.where(e.member_id.in_(who))
    rows = db.session.execute(query.group_by(e.member_id))
    return {(member_id, ""): (int(total // worth), None) for member_id, total, worth in rows if worth}


def first_responses(who: Who) -> Counts:
    """First answers, by somebody else, to the first question a member ever asked (under a mask: nobody knows)."""
    earlier_question = Post.__table__.alias("earlier_question")
    is_newcomer = ~(
        select(earlier_question.c.id)
        .where(
            earlier_question.c.author_id == _asked.c.author_id, earlier_question.c.kind == PostKind.QUESTION,
            earlier_question.c.published_at < _asked.c.published_at,
        )
        .exists()
    )  # fmt: skip
    earlier_answer = Post.__table__.alias("earlier_answer")
    is_first = ~(
        select(earlier_answer.c.id)
        .where(
            earlier_answer.c.question_id == _q.c.id, earlier_answer.c.kind == PostKind.ANSWER,
            earlier_answer.c.state == PostState.PUBLISHED,
            earlier_answer.c.author_id.is_distinct_from(_asked.c.author_id),
            earlier_answer.c.published_at < _a.c.published_at,
        )
        .exists()
    )  # fmt: skip
    query = _answers(_a.c.author_id, func.count(_q.c.id.distinct()), who=who)
    return _plain(
        query.where(_asked.c.author_id.not_in(select(Mask.member_id)), is_newcomer, is_first).group_by(
            _a.c.author_id
        )
    )


def topic_solutions(who: Who) -> Counts:
    """Solutions in each category where at least a quarter of the member's answers became one."""
    chosen = func.count().filter(_q.c.accepted_answer_id == _a.c.id)
    decided = func.count().filter(_q.c.accepted_answer_id.is_not(None))
    query = _answers(_a.c.author_id, _q.c.category_id, chosen, decided, who=who).group_by(
        _a.c.author_id, _q.c.category_id
    )
    rows = db.session.execute(query.having(chosen >= 5))
    return {
        (author, str(category)): (won, None) for author, category, won, of in rows if won >= TOPIC_RATIO * of
    }


def steady_weeks(who: Who) -> Counts:
    """The longest run of weeks in which a member wrote an answer that somebody found useful."""
    query = _answers(_a.c.author_id, _a.c.published_at, who=who).where(_a.c.kudos_count > 0)
    days: dict[int, set] = defaultdict(set)
    for author, moment in db.session.execute(query):
        days[author].add(i18n.local(moment).date())
    return {(author, ""): (longest_streak(seen), None) for author, seen in days.items()}


def confirmed_duplicates(who: Who) -> Counts:
    """Confirmed duplicates of members who were right at least four times in five; what was unlinked counts against."""
    h = DuplicateHint
    right = func.count().filter(h.state == HintState.CONFIRMED, h.undone_at.is_(None))
    decided = h.state.in_((HintState.CONFIRMED, HintState.DECLINED))
    members = select(Member.id).where(Member.role.not_in(STAFF), Member.closed_at.is_(None))
    query = select(h.member_id, right, func.count()).where(decided, h.member_id.in_(members))
    if who is not None:
        query = query.where(h.member_id.in_(who))
    rows = db.session.execute(query.group_by(h.member_id))
    return {(member, ""): (good, None) for member, good, of in rows if good >= HINT_RATIO * of}


COUNTERS: dict[BadgeKey, Callable[[Who], Counts]] = {
    BadgeKey.FIRST_ACCEPT: first_accepts,
    BadgeKey.HELPER: solutions,
    BadgeKey.APPRECIATED: appreciations,
    BadgeKey.GOOD_ANSWER: good_answers,
    BadgeKey.FAST: fast_solutions,
    BadgeKey.FIRST_RESPONDER: first_responses,
    BadgeKey.TOPIC_EXPERT: topic_solutions,
    BadgeKey.STEADY: steady_weeks,
    BadgeKey.LIBRARIAN: confirmed_duplicates,
}
