"""Reads that put the subjects of rewards together, for the centre and the home page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.models import Member
from common.db import db
from common.i18n import Sentence, _, n_
from rewards.gifts import queries as gifts
from rewards.ledger import expiring
from rewards.ledger.limits import limits, rules
from rewards.ledger.queries import WORDS, StatementLine, Wallet, wallet
from rewards.ledger.rules import Cause, CauseType, Rule
from rewards.missions import queries as missions
from rewards.promotions import queries as discounts
from rewards.promotions.models import Coupon
from rewards.ranks import queries as ranks
from rewards.ranks.explaining.rules import asked
from rewards.ranks.rules import TOP, RankName
from rewards.ranks.scale import formulas, rank_name
from rewards.trials.pages import queries as trials


@dataclass(frozen=True, slots=True)
class Standing:
    """Points and the next rank, in the few words of the home page."""

    points: int
    rank: int
    name: RankName
    next_name: RankName | None
    missing: int
    share: int


def standing(member_id: int) -> Standing:
    """From the figures kept on the member: one query."""
    read = select(Member.points, Member.points_available, Member.rank).where(Member.id == member_id)
    reputation, available, rank = db.session.execute(read).one()
    following = formulas().get(rank + 1) if rank < TOP else None
    wanted = int(asked(following, "rep_total") or 0)
    missing = max(0, wanted - reputation)
    return Standing(
        points=available, rank=rank, name=rank_name(rank), next_name=rank_name(rank + 1) if following else None,
        missing=missing, share=100 if not wanted else min(100, max(0, 100 * reputation // wanted)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purse:
    """The head of the rewards centre."""

    wallet: Wallet
    expiry: tuple[datetime, int] | None
    progress: ranks.Progress
    stops: list[ranks.Stop]


def purse(member_id: int) -> Purse:
    """Balance, the next points to expire, progress and trail."""
    reached = ranks.progress(member_id)
    return Purse(wallet(member_id), expiring.next_expiry(member_id), reached, ranks.trail(reached))


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A line of the public points table."""

    what: Sentence
    rule: Rule
    limit: Sentence | None


def points_table() -> list[RuleRow]:
    """Every rule with its points and its limit, for everybody to read. No query."""
    bounds = limits()
    table = rules()
    notes: dict[str, Sentence] = {
        "answer.accepted": _(
            "Not for your own question. At most %(most)s times between the same two people in 30 days.",
            most=bounds.pair_acceptances,
        ),
        "answer.endorsed": _("With the solution of the same answer: no more than the solution alone."),
        "answer.upvoted": n_(
            "The first thumbs-up of an answer.",
            "The first %(count)s thumbs-up of an answer.",
            bounds.kudos_per_answer,
        ),
        "question.metoo": _("At most %(most)s a question.", most=bounds.me_too_per_question),
        "asker.accepted": _("At most %(most)s a day.", most=bounds.asker_a_day),
        "dup.linked": _("At most %(most)s a day.", most=bounds.duplicates_a_day),
        "tip.published": _("At most %(most)s a week.", most=bounds.guides_a_week),
        "tip.upvoted": _("At most %(most)s points for one tip or guide.", most=bounds.per_tip),
        "flag.upheld": _("At most %(most)s a day.", most=bounds.reports_a_day),
        "answer.rescue": _("Experts had been called, and nobody had answered yet."),
        "answer.fast": _(
            "Within %(minutes)s minutes after the question.",
            minutes=int(bounds.fast_within.total_seconds() // 60),
        ),
    }
    once = _("Once.")
    return [
        RuleRow(WORDS[key], rule, notes.get(key, once if key.startswith("onboard") else None))
        for key, rule in table.items()
    ]


@dataclass(frozen=True, slots=True)
class FirstAct:
    """Something a newcomer can do now, and what it brings."""

    what: Sentence
    points: int
    endpoint: str


def first_acts() -> list[FirstAct]:
    """Three doable first acts for somebody without points (design/UX.md page 15)."""
    table = rules()
    return [
        FirstAct(
            _("Answer a question that waits"),
            table["onboard.first_answer"].amounts.reputation,
            "questions.index",
        ),
        FirstAct(
            _("Ask your first question"), table["onboard.first_question"].amounts.reputation, "questions.ask"
        ),
        FirstAct(
            _("Mark the answer that helped you"),
            table["onboard.first_accept"].amounts.reputation,
            "questions.index",
        ),
    ]


def has_exchanged(member_id: int) -> bool:
    """Whether a member has ever had a discount, for the line of transparency on the profile."""
    return db.session.scalar(select(Coupon.id).where(Coupon.member_id == member_id).limit(1)) is not None


NAMES: dict[CauseType, Callable[[list[int]], dict[int, str]]] = {
    CauseType.COUPON: discounts.titles_of,
    CauseType.GIFT: gifts.titles_of,
    CauseType.TRIAL_REPORT: trials.titles_of,
    CauseType.MISSION: missions.titles_of,
}
"""Who knows what a line of the statement is about."""


def names_of(lines: Iterable[StatementLine]) -> dict[Cause, str]:
    """What lines are about, in the reader's language: one query for each kind that is among them."""
    asked: dict[CauseType, set[int]] = {}
    for line in lines:
        if line.cause is not None and line.cause.type in NAMES and line.cause.id.isdigit():
            asked.setdefault(line.cause.type, set()).add(int(line.cause.id))
    return {
        Cause(kind, str(one)): title
        for kind, ids in asked.items()
        for one, title in NAMES[kind](sorted(ids)).items()
    }
