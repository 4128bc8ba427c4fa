"""Where votes come from: one source for each kind, all of them read as one table of who voted for whom, and when.

Another kind of vote joins with one line, ``add_source(Source(...))``; votes on product reviews with ``of_reviews=True``, and
rule V8 of domain/rewards.md §A1.4 then looks at them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.db import db
from forum.content.reviews import voting
from forum.content.reviews.models import Review, ReviewVote
from forum.questions.models import Kudos, MeToo, Post, Question
from forum.questions.rules import PostKind
from forum.reactions import annulling
from rewards.abuse.models import AbuseCase, AbuseEvidence
from rewards.abuse.rules import CaseState, Sign, Vote


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of vote. ``votes`` gives the rows since a moment with the columns of :func:`row`; ``annul`` takes one off,
    ``restore`` puts it back; both say whether that changed anything."""

    kind: str
    votes: Callable[[datetime], Select[Any]]
    annul: Callable[[int], bool]
    restore: Callable[[int], bool]
    of_reviews: bool = False


_sources: dict[str, Source] = {}
_post, _question = Post.__table__, Question.__table__


def add_source(source: Source) -> None:
    """Make a kind of vote known. Once is enough."""
    _sources[source.kind] = source


def remove_source(kind: str) -> None:
    """Look at a kind of vote no more."""
    _sources.pop(kind, None)


def source(kind: str) -> Source | None:
    """The source of this name; None for evidence that is no vote."""
    return _sources.get(kind)


def row(vote: Any, voter_id: Any, post_id: Any, since: datetime) -> Select[Any]:
    """A source's rows, for a table of votes on posts of the forum: those that stand, and those that were annulled."""
    asker = _post.alias("thread")
    thread_id = func.coalesce(_post.c.question_id, _post.c.id)
    return (
        select(
            vote.id.label("id"), voter_id.label("voter_id"), _post.c.author_id.label("author_id"),
            _post.c.id.label("post_id"), thread_id.label("thread_id"), _question.c.category_id.label("category_id"),
            asker.c.author_id.label("asker_id"), vote.given_at.label("at"), vote.annulled_at.is_not(None).label("annulled"),
        )
        .select_from(vote)
        .join(_post, _post.c.id == post_id)
        .join(asker, asker.c.id == thread_id)
        .join(_question, _question.c.id == thread_id)
        .where(
            vote.given_at > since, _post.c.kind.in_((PostKind.ANSWER, PostKind.QUESTION)),
            or_(vote.withdrawn_at.is_(None), vote.annulled_at.is_not(None)),
        )
    )  # fmt: skip


def _kudos(since: datetime) -> Select[Any]:
    return row(Kudos, Kudos.member_id, Kudos.post_id, since)


def _me_too(since: datetime) -> Select[Any]:
    return row(MeToo, MeToo.member_id, func.coalesce(MeToo.carried_from_id, MeToo.question_id), since)


def _useful(since: datetime) -> Select[Any]:
    """ "Useful" votes on product reviews. Whoever asks in a thread is nobody here."""
    vote, review = ReviewVote, Review.__table__
    return (
        select(
            vote.id.label("id"), vote.member_id.label("voter_id"), _post.c.author_id.label("author_id"),
            _post.c.id.label("post_id"), _post.c.id.label("thread_id"), review.c.category_id.label("category_id"),
            _post.c.author_id.label("asker_id"), vote.given_at.label("at"), vote.annulled_at.is_not(None).label("annulled"),
        )
        .select_from(vote)
        .join(_post, _post.c.id == vote.review_id)
        .join(review, review.c.id == vote.review_id)
        .where(vote.given_at > since, or_(vote.withdrawn_at.is_(None), vote.annulled_at.is_not(None)))
    )  # fmt: skip


add_source(Source("kudos", _kudos, annulling.annul_kudos, annulling.restore_kudos))
add_source(Source("me-too", _me_too, annulling.annul_me_too, annulling.restore_me_too))
add_source(Source("useful", _useful, voting.annul_vote, voting.restore_vote, of_reviews=True))


def votes(
    sign: Sign, since: datetime, voter_id: int | None = None, with_annulled: bool = False
) -> CTE | None:
    """All votes a rule looks at: kind, id, voter_id, author_id, post_id, thread_id, category_id, at, annulled.

    Left out (§A1.4): the team, one's own posts, what was done under a mask (the desk must not say who wore it), askers who thank several helpers in their thread, and what a person has
    found harmless under this very rule. None when there is no source of that family.
    """
    chosen = [one for one in _sources.values() if one.of_reviews == (sign is Sign.REVIEW_RING)]
    if not chosen:
        return None
    parts = []
    for one in chosen:
        part = one.votes(since).subquery()
        parts.append(select(literal(one.kind).label("kind"), part))
    every = union_all(*parts).subquery("every")
    in_thread = (every.c.voter_id, every.c.thread_id)
    several = func.min(every.c.author_id).over(partition_by=in_thread) != func.max(every.c.author_id).over(
        partition_by=in_thread
    )
    marked = select(every, and_(every.c.voter_id == every.c.asker_id, several).label("thanks"))
    marked = marked.where(every.c.voter_id != every.c.author_id)
    if voter_id is not None:
        marked = marked.where(every.c.voter_id == voter_id)
    if not with_annulled:
        marked = marked.where(~every.c.annulled)
    vote = marked.subquery("marked")
    voter, author = aliased(Member), aliased(Member)
    return (
        select(*(vote.c[name] for name in _COLUMNS))
        .join(voter, voter.id == vote.c.voter_id)
        .join(author, author.id == vote.c.author_id)
        .where(
            ~vote.c.thanks, voter.role.not_in(STAFF), author.role.not_in(STAFF),
            voter.is_mask.is_(False), author.is_mask.is_(False),
            ~decided_about(sign, vote.c.kind, vote.c.id, CaseState.CLEARED),
        )
        .cte("votes")
    )  # fmt: skip


_COLUMNS = ("kind", "id", "voter_id", "author_id", "post_id", "thread_id", "category_id", "at", "annulled")


def decided_about(sign: Sign, kind: Any, target_id: Any, *states: CaseState) -> ColumnElement[bool]:
    """The criterion: a case of this rule in one of these states rests on it."""
    known = (AbuseCase.sign == sign, AbuseCase.state.in_(states))
    mine = (AbuseEvidence.kind == kind, AbuseEvidence.target_id == target_id)
    return (
        select(AbuseEvidence.id).join(AbuseCase, AbuseCase.id == AbuseEvidence.case_id).where(*known, *mine)
    ).exists()


def as_vote(found: Any) -> Vote:
    """A row as the rules read it."""
    return Vote(found.kind, found.id, found.voter_id, found.author_id, found.post_id, found.at)


def counts_of(voter_id: int, author_id: int, sign: Sign, since: datetime) -> tuple[int, int]:
    """How many votes of a voter go to one author, and how many to anybody. One query."""
    found = votes(sign, since, voter_id)
    if found is None:
        return 0, 0
    to_author = func.count().filter(found.c.author_id == author_id)
    row_ = db.session.execute(select(to_author, func.count()).select_from(found)).one()
    return int(row_[0]), int(row_[1])
