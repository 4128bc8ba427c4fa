"""What is true in the forum now, in the few words the ledger needs. Reads only.

Whoever wrote, asked or voted under a mask (accounts.masks) is here the person: points are theirs, and limits count all
they do. The ledger books what *is*, not what was announced: a fact that arrives twice, late or in another order finds the
same truth and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from accounts.masks.queries import is_of, person_of
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common.db import db
from forum.pointing.models import DuplicateHint
from forum.pointing.rules import HintState
from forum.questions.models import Kudos, MeToo, Post, Question
from forum.questions.rules import AcceptedHow, PostKind, PostState, ReplyKind
from rewards.ledger.rules import CauseType

_post = Post.__table__
_question = Question.__table__


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post, its author and its thread. ``visible``: the post and its thread are published.

    ``is_accepted``: the asker marked it. A solution that the team marked, or that was proposed and accepted by itself,
    is worth a recommendation (``is_endorsed``) until the asker confirms it: `domain/rewards.md §A1.2` pays the asker's
    own choice more. ``is_solution`` is either.
    """

    id: int
    kind: PostKind
    author_id: int | None
    author_is_staff: bool
    visible: bool
    published_at: datetime | None
    is_official: bool
    is_endorsed: bool
    is_accepted: bool
    is_solution: bool
    is_tip: bool
    question_id: int
    category_id: int
    asker_id: int | None
    asker_is_staff: bool
    asked_at: datetime | None


def post(post_id: int) -> PostFacts | None:
    """The facts of a question, an answer or a comment; None when there is none."""
    return posts([post_id]).get(post_id)


def posts(post_ids: list[int]) -> dict[int, PostFacts]:
    """The facts of many posts in one query."""
    return {row.id: _facts(row) for row in db.session.execute(_FACTS, {"post_ids": post_ids})}


def _statement() -> Select[Any]:
    """The statement of :func:`posts`, built once: each alias copies all columns of its table."""
    own, thread = _post.alias("own"), _post.alias("thread")
    author, asker = aliased(Member), aliased(Member)
    wrote, asked = person_of(own.c.author_id), person_of(thread.c.author_id)
    thread_id = func.coalesce(own.c.question_id, own.c.id)
    solved = _question.alias(
        "solved"
    )  # its own thread, or one that was merged into that: a merge keeps causes
    return (
        select(
            own.c.id, own.c.kind, wrote.label("author_id"), author.role.label("author_role"), own.c.state, own.c.published_at,
            own.c.is_official, own.c.endorsed_at, own.c.reply_kind, solved.c.id.label("solved_id"), solved.c.accepted_how,
            thread.c.id.label("thread_id"),
            _question.c.category_id, asked.label("asker_id"), asker.role.label("asker_role"),
            thread.c.state.label("thread_state"), thread.c.published_at.label("asked_at"),
        )
        .select_from(own)
        .join(thread, thread.c.id == thread_id)
        .join(_question, _question.c.id == thread.c.id)
        .outerjoin(solved, solved.c.accepted_answer_id == own.c.id)
        .outerjoin(author, author.id == wrote)
        .outerjoin(asker, asker.id == asked)
        .where(own.c.id.in_(bindparam("post_ids", expanding=True)))
    )  # fmt: skip


_FACTS = _statement()


def _facts(row: Any) -> PostFacts:
    solution = row.solved_id is not None
    by_others = solution and row.accepted_how in (AcceptedHow.STAFF, AcceptedHow.AUTOMATIC)
    return PostFacts(
        id=row.id,
        kind=row.kind,
        author_id=row.author_id,
        author_is_staff=row.author_role in STAFF,
        visible=row.state == PostState.PUBLISHED and row.thread_state == PostState.PUBLISHED,
        published_at=row.published_at,
        is_official=row.is_official,
        is_endorsed=row.endorsed_at is not None or by_others,
        is_accepted=solution and not by_others,
        is_solution=solution,
        is_tip=row.reply_kind == ReplyKind.TIP,
        question_id=row.thread_id,
        category_id=row.category_id,
        asker_id=row.asker_id,
        asker_is_staff=row.asker_role in STAFF,
        asked_at=row.asked_at,
    )


@dataclass(frozen=True, slots=True)
class Voter:
    """Who gave a vote, and whether it stands."""

    id: int
    rank: int
    joined_at: datetime
    standing: bool


def kudos(post_id: int, voter_id: int) -> Voter | None:
    """The thumbs-up of a member for a post; None when it was never given."""
    return _vote(Kudos, Kudos.post_id == post_id, voter_id)


def me_too(question_id: int, voter_id: int) -> Voter | None:
    """The me-too of a member for a question, wherever it was carried since."""
    here = or_(MeToo.question_id == question_id, MeToo.carried_from_id == question_id)
    return _vote(MeToo, here, voter_id)


def _vote(table: Any, of_target: Any, voter_id: int) -> Voter | None:
    query = (
        select(Member.id, Member.rank, Member.joined_at, table.withdrawn_at)
        .join(table, person_of(table.member_id) == Member.id)
        .where(of_target, is_of(table.member_id, voter_id))
    )
    row = db.session.execute(query).first()
    return Voter(row.id, row.rank, row.joined_at, row.withdrawn_at is None) if row else None


@dataclass(frozen=True, slots=True)
class Hint:
    """A duplicate that a member pointed out. ``holds``: it was confirmed, and the question is linked still."""

    member_id: int
    question_id: int
    is_staff: bool
    holds: bool


def hint(hint_id: int) -> Hint | None:
    """What became of a duplicate that was pointed out."""
    row = db.session.execute(
        select(Member.id.label("member_id"), DuplicateHint.question_id, DuplicateHint.state, DuplicateHint.undone_at, Member.role)
        .join(Member, Member.id == person_of(DuplicateHint.member_id))
        .where(DuplicateHint.id == hint_id)
    ).first()  # fmt: skip
    if row is None:
        return None
    stands = row.state == HintState.CONFIRMED and row.undone_at is None
    return Hint(row.member_id, row.question_id, row.role in STAFF, stands)


_WHILE_SEEN = frozenset(
    {CauseType.FIRST_QUESTION, CauseType.FIRST_ANSWER, CauseType.FIRST_ACCEPT, CauseType.IMPORTED_UPVOTE}
)
"""First times are once in a lifetime: only a message that goes takes them back, not a solution that is unmarked (§A1.2)."""


def holds(cause_type: CauseType, cause_id: str, facts: PostFacts) -> bool:
    """Whether the act behind a line still stands, now that its post may be visible again."""
    if not facts.visible:
        return False
    if cause_type in (CauseType.FAST, CauseType.RESCUE):
        return facts.is_solution
    if cause_type in (CauseType.ACCEPTED, CauseType.ASKER):
        return facts.is_accepted
    if cause_type is CauseType.ENDORSED:
        return facts.is_endorsed
    if cause_type in (CauseType.KUDOS, CauseType.QUESTION_KUDOS, CauseType.ME_TOO):
        voter_id = int(cause_id.partition("/")[2])
        voter = me_too(facts.id, voter_id) if cause_type is CauseType.ME_TOO else kudos(facts.id, voter_id)
        return voter is not None and voter.standing
    if cause_type is CauseType.DUPLICATE:
        found = hint(int(cause_id))
        return found is not None and found.holds
    return cause_type in _WHILE_SEEN


VOTES = {CauseType.KUDOS: "kudos", CauseType.QUESTION_KUDOS: "kudos", CauseType.ME_TOO: "me-too"}


def standing_votes(post_ids: list[int]) -> set[tuple[str, str]]:
    """The votes of these posts that stand, as (kind, "post/voter"): the words of a line's cause. Two queries.

    A me-too that was carried to another question keeps the cause it had.
    """
    k, m = Kudos, MeToo
    found = {
        ("kudos", f"{post_id}/{voter}")
        for post_id, voter in db.session.execute(
            select(k.post_id, person_of(k.member_id)).where(k.post_id.in_(post_ids), k.withdrawn_at.is_(None))
        )
    }
    here = or_(m.question_id.in_(post_ids), m.carried_from_id.in_(post_ids))
    rows = db.session.execute(
        select(m.question_id, m.carried_from_id, person_of(m.member_id)).where(here, m.withdrawn_at.is_(None))
    )
    for question_id, carried_from, voter in rows:
        found |= {("me-too", f"{one}/{voter}") for one in (question_id, carried_from) if one is not None}
    return found


Rescue = Callable[[int, datetime], bool]
_rescue: list[Rescue] = []


def set_rescue(reader: Rescue) -> None:
    """Let the package above say whether a question was being carried to more people at a moment (stage E3 and after)."""
    _rescue[:] = [reader]


def was_rescue(facts: PostFacts) -> bool:
    """Whether an answer came when nobody had answered for so long that experts had been called."""
    if facts.published_at is None:
        return False
    return any(reader(facts.question_id, facts.published_at) for reader in _rescue)


def has_other_published(member_id: int, kind: PostKind, post_id: int) -> bool:
    """Whether a member has published another post of this kind before."""
    query = select(_post.c.id).where(
        is_of(_post.c.author_id, member_id),
        _post.c.kind == kind,
        _post.c.published_at.is_not(None),
        _post.c.id < post_id,
    )
    return db.session.scalar(query.limit(1)) is not None
