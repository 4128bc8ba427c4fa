"""Reads for the desk: the cases that wait, and one with all it rests on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor, require
from forum.questions.models import Post, Question
from rewards.abuse.models import AbuseCase, AbuseEvidence
from rewards.abuse.permissions import can_look, not_about
from rewards.abuse.rules import CaseState, Sign

A_PAGE = 25
MOST_LINES = 200
MOST_FACES = 8

WORDS: dict[Sign, Sentence] = {
    Sign.BURST: _("Many votes at once for one author"),
    Sign.CONCENTRATION: _("Most votes for one author"),
    Sign.RECIPROCITY: _("Votes given to each other"),
    Sign.RING: _("Votes that go round in a group"),
    Sign.SHARED_ORIGIN: _("Votes from one place"),
    Sign.ACCEPTANCE_LOOP: _("Solutions marked in a loop"),
    Sign.REVIEW_RING: _("Unusual votes on reviews"),
    Sign.COPIES: _("One answer under several questions"),
}
STATES: dict[CaseState, Sentence] = {
    CaseState.OPEN: _("to decide"),
    CaseState.CONFIRMED: _("abuse"),
    CaseState.CLEARED: _("no abuse"),
    CaseState.AUTOMATIC: _("annulled by the rule"),
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the list."""

    id: int
    words: Sentence
    state: CaseState
    state_words: Sentence
    found_at: datetime
    held_until: datetime | None
    people: list[MemberCard]
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One vote, solution or answer of a case."""

    voter: MemberCard
    author: MemberCard
    at: datetime
    post_id: int | None
    title: str
    question_id: int | None
    slug: str
    language: str
    annulled: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A voter's row of the picture: how many for each of the members, and how many in all."""

    voter: MemberCard
    cells: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its evidence. ``picture`` counts who voted for whom; ``shares`` are its figures in words."""

    case: CaseRow
    picture: list[Row]
    shares: list[Sentence]
    lines: list[Line]
    is_copies: bool
    decided_at: datetime | None
    decided_by: MemberCard | None
    reason: str


def page(actor: Actor, open_only: bool, after: str = "") -> Page[CaseRow]:
    """Cases that wait (or those that do not any more), the newest first. Three queries."""
    require(can_look(actor))
    state = AbuseCase.state == CaseState.OPEN if open_only else AbuseCase.state != CaseState.OPEN
    query = keyset(
        select(AbuseCase).where(state, not_about(actor)), AbuseCase.found_at, AbuseCase.id, after, A_PAGE
    )
    found = page_of(list(db.session.scalars(query)), A_PAGE, lambda one: (one.found_at, one.id))
    return Page(_rows(found.items), found.next)


def waiting_count(actor: Actor) -> int:
    """How many wait for a decision by the actor; counted up to a hundred."""
    some = (
        select(AbuseCase.id).where(AbuseCase.state == CaseState.OPEN, not_about(actor)).limit(100).subquery()
    )
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _rows(found: list[AbuseCase]) -> list[CaseRow]:
    ids = [one.id for one in found]
    people: dict[int, Counter[int]] = {one: Counter() for one in ids}
    counts: Counter[int] = Counter()
    e = AbuseEvidence
    per_pair = select(e.case_id, e.voter_id, e.author_id, func.count()).where(e.case_id.in_(ids))
    for case_id, voter, author, count in db.session.execute(
        per_pair.group_by(e.case_id, e.voter_id, e.author_id)
    ):
        people[case_id].update({voter: count})
        people[case_id].update({author: count})
        counts[case_id] += count
    known = cards({member for some in people.values() for member in some})
    return [
        CaseRow(
            one.id, WORDS[one.sign], one.state, STATES[one.state], one.found_at, one.held_until,
            [known[member] for member in sorted(people[one.id])][:MOST_FACES], counts[one.id],
        )
        for one in found
    ]  # fmt: skip


def view(actor: Actor, case_id: int) -> CaseView:
    """A case for whoever may decide it. Raises NotFound, for those concerned too."""
    require(can_look(actor))
    case = db.session.scalar(select(AbuseCase).where(AbuseCase.id == case_id, not_about(actor)))
    if case is None:
        raise NotFound()
    [row] = _rows([case])
    rows = db.session.execute(_evidence(case_id)).all()
    pairs = _pairs(case_id)
    who = cards(
        {one for pair in pairs for one in pair} | ({case.decided_by_id} if case.decided_by_id else set())
    )
    lines = [
        Line(
            who[one.voter_id], who[one.author_id], one.at, one.post_id, one.title or "", one.question_id, one.slug or "",
            one.language or "", one.annulled_at is not None,
        )
        for one in rows
    ]  # fmt: skip
    members = row.people
    picture = [
        Row(card, [pairs.get((card.id or 0, other.id or 0), 0) for other in members], sum(n for (voter, _a), n in pairs.items() if voter == card.id))
        for card in members
    ]  # fmt: skip
    decided_by = who[case.decided_by_id] if case.decided_by_id else None
    return CaseView(
        row, picture, shares(case.sign, case.figures), lines, case.sign is Sign.COPIES, case.decided_at, decided_by, case.reason,
    )  # fmt: skip


def _pairs(case_id: int) -> dict[tuple[int, int], int]:
    e = AbuseEvidence
    query = select(e.voter_id, e.author_id, func.count()).where(e.case_id == case_id)
    return {
        (voter, author): n for voter, author, n in db.session.execute(query.group_by(e.voter_id, e.author_id))
    }


def _evidence(case_id: int) -> Select[Any]:
    e, post, question = AbuseEvidence, Post.__table__, Question.__table__
    return (
        select(
            e.voter_id, e.author_id, e.at, e.post_id, e.annulled_at, question.c.title, question.c.slug,
            question.c.id.label("question_id"), post.c.language,
        )
        .outerjoin(post, post.c.id == e.post_id)
        .outerjoin(question, question.c.id == func.coalesce(post.c.question_id, post.c.id))
        .where(e.case_id == case_id)
        .order_by(e.at, e.id)
        .limit(MOST_LINES)
    )  # fmt: skip


def shares(sign: Sign, figures: dict[str, Any]) -> list[Sentence]:
    """The figures of a case, in words."""
    get = figures.get
    if "to_author" in figures:
        return [_("%(part)s of %(whole)s votes (%(share)s %%) went to this author.", part=get("to_author"), whole=get("of_all"), share=_percent(get("to_author"), get("of_all")))]  # fmt: skip
    if "there" in figures:
        return [
            _("%(part)s votes there: %(share)s %% of all that member gave.", part=get("there"), share=_percent(get("there"), get("of_one"))),
            _("%(part)s votes back: %(share)s %% of all that member gave.", part=get("back"), share=_percent(get("back"), get("of_other"))),
        ]  # fmt: skip
    if "inside" in figures:
        return [_("%(part)s of %(whole)s votes (%(share)s %%) stayed in the group.", part=get("inside"), whole=get("given"), share=_percent(get("inside"), get("given")))]  # fmt: skip
    if "solutions" in figures:
        said = [_("%(count)s solutions between the same two members.", count=get("solutions"))]
        said += [_("Both accounts are new.")] if get("young") else []
        return said + ([_("Both were seen at one network address within a day.")] if get("shared") else [])
    if "alike" in figures:
        return [
            _("%(part)s of %(whole)s answers are nearly the same.", part=get("alike"), whole=get("answers"))
        ]
    if sign is Sign.SHARED_ORIGIN:
        return [_("Both were seen at one network address within a day.")]
    return [
        _(
            "%(part)s votes in a row, %(whole)s of them too many.",
            part=get("votes", 0),
            whole=get("beyond", 0),
        )
    ]


def _percent(part: int | None, whole: int | None) -> int:
    return round(100 * (part or 0) / whole) if whole else 0
