"""Other formulas: who would move, and putting them in force (domain/rewards.md §A2)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import jobs, settings
from common.db import db
from common.errors import Conflict, Invalid
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.questions.models import Post
from rewards.ranks import metrics, ranking, text_rules
from rewards.ranks.explaining.faults import fault_words
from rewards.ranks.explaining.rules import unexplained
from rewards.ranks.permissions import can_appoint
from rewards.ranks.rules import TOP, BadFormula, earned_rank, next_rank, parse, parse_all
from rewards.ranks.scale import formulas

SHARE = 400
PREVIEWED = 5000
NAMED = 20
SETTING = "ranks.formulas"


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would move by other formulas: (rank now, rank then) → how many, and some of them by id.

    ``kept`` hold a rank the new formulas would not give them: points never lower a rank. ``looked`` says of how many
    members this speaks; ``all_of_them`` whether that is everybody.
    """

    moves: list[tuple[int, int, int]]
    named: list[tuple[int, int, int]]
    kept: int
    looked: int
    all_of_them: bool


def read_formulas(texts: Mapping[int, str]) -> dict[str, Any]:
    """The trees of six texts. Raises :class:`Invalid` with a sentence per field."""
    trees, faults = {}, {}
    for rank in range(1, TOP + 1):
        try:
            trees[str(rank)] = text_rules.read(texts.get(rank, ""))
            if not trees[str(rank)]["all"]:
                faults[f"rank-{rank}"] = _("A rank needs at least one condition.")
            elif bad := unexplained_condition(trees[str(rank)]):
                faults[f"rank-{rank}"] = _(
                    "“%(condition)s” cannot be explained to members: it has to name a figure, with something else on its other side, and must not divide by zero.",
                    condition=bad,
                )
        except BadFormula as error:
            faults[f"rank-{rank}"] = _("This formula cannot be read: %(fault)s.", fault=fault_words(error))
    if faults:
        raise Invalid(fields=faults)
    return trees


def unexplained_condition(tree: Any) -> str:
    """The first condition of which no member could be told what is missing, as it is written; empty when there is none."""
    ((name, content),) = tree.items()
    if name in ("all", "any", "not"):
        inner = [content] if name == "not" else content
        return next((bad for part in inner if (bad := unexplained_condition(part))), "")
    return text_rules.write(tree) if unexplained(parse(tree)) else ""


def written() -> dict[int, str]:
    """The formulas in force as text."""
    stored = settings.get(SETTING)
    return {
        rank: text_rules.write(stored[str(rank)]) if str(rank) in stored else "" for rank in range(1, TOP + 1)
    }


def preview(actor: Actor, trees: Mapping[str, Any]) -> Preview:
    """Who moves, before anything is applied: members with the most points first, up to a few thousand. Reads only."""
    require(can_appoint(actor))
    new, old = parse_all(trees), formulas()
    query = _measurable().order_by(Member.points.desc(), Member.id).limit(PREVIEWED + 1)
    found = list(db.session.execute(query))
    moves: Counter[tuple[int, int]] = Counter()
    named, kept = [], 0
    for start in range(0, min(len(found), PREVIEWED), SHARE):
        part = dict(found[start : min(start + SHARE, PREVIEWED)])
        for member_id, values in metrics.of(part).items():
            standing = part[member_id]
            then = earned_rank(new, values)
            rank = next_rank(standing, then)
            if rank != standing:
                moves[standing, rank] += 1
                named.append((member_id, standing, rank))
            elif then < standing <= earned_rank(old, values):
                kept += 1
    told = [(now, then, count) for (now, then), count in sorted(moves.items())]
    return Preview(told, named[:NAMED], kept, min(len(found), PREVIEWED), len(found) <= PREVIEWED)


def apply(actor: Actor, trees: Mapping[str, Any], reason: str, seen: str) -> None:
    """Put formulas in force: one line of the log; ranks follow as a job, in shares.

    ``seen`` is the fingerprint of what was in force when the page was opened.
    """
    require(can_appoint(actor))
    parse_all(trees)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why you change this.")})
    with unit_of_work():
        if seen != fingerprint():
            raise Conflict(_("Somebody changed the formulas meanwhile: look at them again."))
        settings.change(actor, SETTING, dict(trees), reason.strip()[:300])
        jobs.enqueue("rewards.rerank", {"after": 0})


def fingerprint() -> str:
    """What is in force, in a few characters."""
    words = repr(sorted(settings.get(SETTING).items()))

    return hashlib.sha256(words.encode()).hexdigest()[:16]


def rerank(after: int) -> int | None:
    """Rank the next share of members by the formulas in force. The id to go on from, or None at the end."""
    query = _measurable().where(Member.id > after).order_by(Member.id).limit(SHARE)
    ids = [member_id for member_id, _rank in db.session.execute(query)]
    db.session.rollback()
    ranking.rank_members(ids)
    return ids[-1] if len(ids) == SHARE else None


def _measurable() -> Any:
    wrote = select(Post.id).where(Post.author_id == Member.id).exists()
    return select(Member.id, Member.rank).where(
        Member.closed_at.is_(None),
        Member.role.not_in(STAFF),
        or_(wrote, Member.rank > 0, Member.has_masks.is_(True)),
    )
