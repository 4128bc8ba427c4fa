"""What campaigns brought: answers of those who took part against comparable members (domain/escalation.md §C6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, cast, delete, func, literal, select, union_all

from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import clock, i18n, settings
from common.db import db, insert_many
from common.i18n import _
from common.unit_of_work import unit_of_work
from forum.questions.models import Post, Question
from forum.questions.rules import PostKind, PostState
from moderation.dashboard.campaigns import reach
from moderation.dashboard.campaigns.reach import Key
from moderation.dashboard.models import CampaignCount
from moderation.dashboard.reading import OUTCOME, Dates, numbers_of, read_numbers
from moderation.dashboard.rules import Effect, difference_in_differences, pairs
from moderation.dashboard.wording import Table, Unit
from rewards.badges.models import BadgeCampaign
from rewards.missions.models import Mission
from rewards.missions.rules import MissionKind

AROUND = timedelta(days=28)
BEFORE, AFTER, LATER = range(3)
"""The 28 days before it begins, those after it ends, and the 28 days after those."""
MOST_COUNT = 1_000_000
"""More than any member writes in a window: a member's number and count travel as one."""
Counts = Mapping[int, int]
MEASURED = {
    "answers": _("Answers"), "solutions": _("Solutions"), "active": _("Active contributors"), "solved": _("Share solved"),
}  # fmt: skip
"""What is held against the others, in the order of a campaign's numbers."""
ALONE, OF_EACH = 4, 4
COUNTED = ALONE + OF_EACH * len(MEASURED)
"""Numbers of a campaign: texts, pairs, cost and that of a solution; of each measure the change, its two ends, what is left."""
settings.define(
    "dashboard.point_cents", 1, unit=_("cents"), low=0, high=10_000,
    help=_("What one point to spend is worth: the dashboard says with it what a mission cost."),
)  # fmt: skip
AT_ONCE = 20
"""Campaigns that one night looks at; the latest."""
KEPT = timedelta(days=728)


@dataclass(frozen=True, slots=True)
class _Campaign:
    is_mission: bool
    id: int
    name_fr: str
    name_en: str
    starts_at: datetime
    ends_at: datetime
    cost: int

    @property
    def key(self) -> Key:
        """What it is known by."""
        return Key(self.is_mission, self.id)

    def is_over(self, since: timedelta) -> bool:
        """Whether it ended so long ago."""
        return self.ends_at <= clock.now() - since


Windows = dict[tuple[_Campaign, int], Counts]
"""By campaign and window: what each member did."""


def tables(dates: Dates) -> list[Table]:
    """The campaigns that ended in a period and what changed, as the night counted them; who took part is as of now. Two
    statements."""
    found = list(db.session.scalars(reach.shown(dates)))
    there = reach.took_part(Key(one.is_mission, one.campaign_id) for one in found) if found else {}
    french = i18n.language() == "fr"
    names = [one.name_fr if french else one.name_en for one in found]
    numbers = [one.numbers if len(one.numbers) == COUNTED else [None] * COUNTED for one in found]
    rows: list[tuple[Any, ...]] = [
        (name, there.get(Key(one.is_mission, one.campaign_id), 0), one.reached, *own[:ALONE])
        for name, one, own in zip(names, found, numbers, strict=True)
    ]
    changes: list[tuple[Any, ...]] = [
        (f"{name} · {what}", *own[start : start + OF_EACH])
        for name, own in zip(names, numbers, strict=True)
        for start, what in zip(range(ALONE, COUNTED, OF_EACH), MEASURED.values(), strict=True)
    ]
    c, m = Unit.COUNT, Unit.MEAN
    return [
        Table(
            "campaigns", _("What campaigns brought"),
            _("Campaigns that ended in the period, the latest ten, in all categories and languages, counted every night. Reached is every member outside the team who was here while it went on, counted in the night after its end: nobody notes who saw what, so there is no list of them. Compared are pairs of members with as many answers in the 28 days before it began, at least one. The cost is that of the points a mission gave (a setting says what one is worth), divided by the accepted answers more of all who took part."),
            (_("Campaign"), _("Took part"), _("Reached"), _("Texts meanwhile"), _("Pairs compared"), _("Cost"), _("Cost of a solution more")),
            (c, c, c, c, Unit.MONEY, Unit.MONEY), rows, whats=tuple(f"campaign-{place}" for place in range(len(rows))),
        ),
        Table(
            "campaign-effects", _("What changed with campaigns"),
            _("By how much each who took part changed more than a comparable member, from the 28 days before the campaign began to the 28 days after it ended, where that lies with 95 % certainty, and how much of it is left 28 days later (difference in differences, over the same pairs). Answers and solutions are numbers of each member. Active contributors: the share of the members that answered at all; of the pairs everybody did before. Share solved: of the questions a member answered in those days, the share that is solved today, where both of a pair answered in both. A campaign has no category, so members are compared and not topics. While the days are not over nothing is shown."),
            (_("Campaign"), _("Difference"), _("At the least"), _("At the most"), _("Left 28 days on")), (m,) * OF_EACH, changes,
        ),
    ]  # fmt: skip


def count() -> int:
    """Count the campaigns that ended, the latest first, but for those that were counted when all their days were over. Returns
    how many were. Ten statements."""
    c = CampaignCount
    known = db.session.execute(select(c.is_mission, c.campaign_id, c.counted_at, c.reached, c.numbers)).all()
    counted = {Key(row.is_mission, row.campaign_id): row for row in known}
    now = clock.now()
    found = [
        one
        for one in _ended(now - KEPT, now)
        if (row := counted.get(one.key)) is None
        or row.counted_at < one.ends_at + 2 * AROUND
        or len(row.numbers) != COUNTED
    ]
    reached = reach.reached((one.key, one.starts_at, one.ends_at) for one in found if one.key not in counted)
    reached |= {key: row.reached for key, row in counted.items()}
    took, texts, done = _took_part(found), _written(found), _done(found)
    with unit_of_work():
        for one in found:
            there = took[one.key]
            made = _pairs(there, done["answers"][one, BEFORE]) if one.is_over(AROUND) else []
            effects = _effects(one, made, done)
            solutions = effects["solutions"][0]
            more = solutions.value * len(there) if solutions else 0
            written = sum(many for member_id, many in texts[one].items() if member_id in there)
            numbers = [written, len(made), one.cost, one.cost / more if more > 0 and one.cost else None]
            for effect, later in effects.values():
                numbers += [*_ends(effect), later.value if later else None]
            kept = {"name_fr": one.name_fr, "name_en": one.name_en, "ends_at": one.ends_at, "numbers": numbers, "reached": reached.get(one.key), "counted_at": now}  # fmt: skip
            key = {"is_mission": one.is_mission, "campaign_id": one.id}
            db.session.execute(delete(c).where(c.is_mission.is_(one.is_mission), c.campaign_id == one.id))
            insert_many(c, [key | kept], once=True)
    return len(found)


def _pairs(there: set[int], before: Counts) -> list[tuple[int, int]]:
    return pairs(
        {member_id: count for member_id, count in before.items() if member_id in there},
        {member_id: count for member_id, count in before.items() if member_id not in there},
    )


def _done(found: list[_Campaign]) -> dict[str, Windows]:
    """What each member did in each window, by what is counted."""
    return {"answers": _answers(found), "solutions": _solutions(found), "known": _known(found), "solved": _known(found, solved=True)}  # fmt: skip


def _effects(
    one: _Campaign, made: list[tuple[int, int]], done: Mapping[str, Windows]
) -> dict[str, tuple[Effect | None, Effect | None]]:
    """Of each of ``MEASURED``: what changed until after the campaign, and what is left of it later."""

    def of(window: int) -> dict[str, Effect | None]:
        if not one.is_over(AROUND if window == AFTER else 2 * AROUND):
            return dict.fromkeys(MEASURED)
        then, now = ({name: counts[one, when] for name, counts in done.items()} for when in (BEFORE, window))
        both = [pair for pair in made if all(who in when["known"] for who in pair for when in (then, now))]
        return {
            "answers": _effect(made, then["answers"], now["answers"]),
            "solutions": _effect(made, then["solutions"], now["solutions"]),
            "active": _effect(made, dict.fromkeys(then["answers"], 1), dict.fromkeys(now["answers"], 1)),
            "solved": _effect(both, _shares(then), _shares(now)),
        }

    after, later = of(AFTER), of(LATER)
    return {name: (after[name], later[name]) for name in MEASURED}


def _shares(window: Mapping[str, Counts]) -> dict[int, float]:
    return {
        member_id: window["solved"].get(member_id, 0) / known for member_id, known in window["known"].items()
    }


def _effect(
    made: list[tuple[int, int]], before: Mapping[int, float], after: Mapping[int, float]
) -> Effect | None:
    """What changed more among those who took part than among the others of the pairs."""
    taking, others = (
        [float(after.get(pair[side], 0) - before.get(pair[side], 0)) for pair in made] for side in (0, 1)
    )
    return difference_in_differences(taking, others)


def _ends(found: Effect | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.value, found.low, found.high)


def _ended(since: datetime, until: datetime) -> list[_Campaign]:
    m, b = Mission, BadgeCampaign
    ended = union_all(
        select(literal(1).label("mission"), m.id, m.title_fr.label("fr"), m.title_en.label("en"), m.starts_at, m.ends_at, m.spent)
        .where(m.kind == MissionKind.CAMPAIGN, m.activated_at.is_not(None), m.ends_at >= since, m.ends_at < until),
        select(literal(0), b.id, b.name_fr, b.name_en, b.starts_at, b.ends_at, literal(0))
        .where(b.activated_at.is_not(None), b.ends_at >= since, b.ends_at < until),
    ).subquery()  # fmt: skip
    c = ended.c
    rows = db.session.execute(select(ended).order_by(c.ends_at.desc(), c.mission, c.id).limit(AT_ONCE))
    return [
        _Campaign(
            bool(row.mission), row.id, row.fr or row.en, row.en or row.fr, row.starts_at,
            row.ends_at, row.spent * settings.get("dashboard.point_cents"),
        )
        for row in rows
    ]  # fmt: skip


def _took_part(found: list[_Campaign]) -> dict[Key, set[int]]:
    """Who did a step of a mission, or was given the badge."""
    made: dict[Key, set[int]] = defaultdict(set)
    for is_mission, number, member_id in (
        db.session.execute(reach.participants(one.key for one in found)) if found else ()
    ):
        made[Key(bool(is_mission), number)].add(member_id)
    return made


def _windows(found: list[_Campaign]) -> list[tuple[int, int, datetime]]:
    """Of each campaign by its place: which window, and when that begins."""
    return [
        (place, window, begins)
        for place, one in enumerate(found)
        for window, begins in (
            (BEFORE, one.starts_at - AROUND),
            (AFTER, one.ends_at),
            (LATER, one.ends_at + AROUND),
        )
    ]


def _answers(found: list[_Campaign]) -> Windows:
    """Answers of each member in each window."""
    p = Post.__table__.c
    published = select(p.author_id.label("author_id"), func.count().label("count")).where(p.kind == PostKind.ANSWER, p.state == PostState.PUBLISHED)  # fmt: skip
    return _by_member(found, published, p.published_at, p.author_id)


def _known(found: list[_Campaign], solved: bool = False) -> Windows:
    """Questions that count which each member answered in each window: all, or those that are solved today."""
    p, o = Post.__table__, OUTCOME.c
    answered = (
        select(p.c.author_id.label("author_id"), func.count(o.question_id.distinct()).label("count"))
        .select_from(p.join(OUTCOME, o.question_id == p.c.question_id))
        .where(p.c.kind == PostKind.ANSWER, p.c.state == PostState.PUBLISHED, *([o.solved_by.is_not(None)] if solved else []))
    )  # fmt: skip
    return _by_member(found, answered, p.c.published_at, p.c.author_id)


def _solutions(found: list[_Campaign]) -> Windows:
    """Answers of each member that were accepted in each window."""
    p, q = Post.__table__, Question.__table__
    accepted = select(p.c.author_id.label("author_id"), func.count().label("count")).select_from(q.join(p, p.c.id == q.c.accepted_answer_id))  # fmt: skip
    return _by_member(found, accepted, q.c.accepted_at, p.c.author_id)


def _by_member(found: list[_Campaign], query: Select[Any], at: Any, author: Any) -> Windows:
    """Counts of members outside the team; those of a window come as one text (see ``reading.numbers_of``)."""
    made: Windows = defaultdict(dict)
    m, parts = Member.__table__.c, []
    for place, window, begins in _windows(found):
        each = query.where(at >= begins, at < begins + AROUND).group_by(author).subquery()
        parts.append(
            select(literal(place), literal(window), _together(each))
            .select_from(each.join(Member.__table__, m.id == each.c.author_id))
            .where(m.role.not_in(STAFF), m.is_mask.is_(False))
        )  # fmt: skip
    for place, window, text in db.session.execute(union_all(*parts)) if parts else ():
        made[found[place], window] = dict(divmod(number, MOST_COUNT) for number in read_numbers(text))
    return made


def _together(each: Any) -> Any:
    return numbers_of(cast(each.c.author_id, BigInteger) * MOST_COUNT + each.c["count"])


def _written(found: list[_Campaign]) -> dict[_Campaign, Counts]:
    """What each member published while each campaign went on."""
    p, made = Post.__table__.c, dict[_Campaign, Counts]()
    parts = [
        select(literal(place).label("place"), p.author_id, func.count().label("count"))
        .where(p.state == PostState.PUBLISHED, p.kind.in_(PostKind), p.published_at >= one.starts_at, p.published_at < one.ends_at)
        .group_by(p.author_id)
        for place, one in enumerate(found)
    ]  # fmt: skip
    if not parts:
        return made
    each = union_all(*parts).subquery()
    text = _together(each)
    found_texts: dict[int, str] = dict(
        db.session.execute(select(each.c.place, text).group_by(each.c.place)).all()
    )
    for place, one in enumerate(found):
        made[one] = dict(divmod(number, MOST_COUNT) for number in read_numbers(found_texts.get(place)))
    return made
