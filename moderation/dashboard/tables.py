"""The tables of the page, which its charts draw and its files hold."""

from __future__ import annotations

from accounts.members.queries import card
from common import i18n
from common.i18n import _
from forum.browsing.queries import categories_by_id
from moderation.dashboard.reading import Period, Scope, Sums
from moderation.dashboard.rules import Rung, Solver, Span, bands, share
from moderation.dashboard.wording import Table, Unit, day_of

BAND_NAMES = (
    _("within 15 minutes"), _("15 to 60 minutes"), _("1 to 2 hours"), _("2 to 4 hours"), _("4 to 8 hours"),
    _("8 to 24 hours"), _("later or none"),
)  # fmt: skip
SOLVER_NAMES = {
    Solver.EXPERT: _("Experts"), Solver.MEMBER: _("Members"), Solver.TEAM: _("Team"), Solver.ASKER: _("The askers themselves"),
}  # fmt: skip
RUNG_NAMES = {
    Rung.EXPERTS: _("E1: experts asked, nothing further"), Rung.VISIBLE: _("E2: shown as unanswered"),
    Rung.SUPER_USERS: _("E3: super-users alerted"), Rung.TEAM: _("E4: with the team"),
}  # fmt: skip
_OF_BARS = ("asked", "solved-members", "solved-team", "solved-asker", "unsolved")
_C, _S = Unit.COUNT, Unit.SHARE


def all_of(made: Period, span: Span, asks: int) -> list[Table]:
    """The tables of questions; ``asks`` that were settled before they were sent."""
    now = made.sums
    return [_volume(made.steps, span), _solvers(now), _spread(now), _categories(made), _hours(hours(made)), _ladder(now, asks)]  # fmt: skip


def _volume(steps: list[Sums], period: Span) -> Table:
    def by(one: Sums, *who: Solver) -> int:
        return sum(one[solver] for solver in who)

    return Table(
        "volume", _("Questions and solutions"),
        _("By the day a question was asked; whether it is solved is as of today."),
        (_("From"), _("Questions"), _("Solved by members"), _("Solved by the team"), _("Solved by the askers themselves"), _("Not solved yet")),
        (_C,) * 5,
        [
            (
                day_of(start), one.asked, by(one, Solver.EXPERT, Solver.MEMBER), by(one, Solver.TEAM), by(one, Solver.ASKER),
                one.asked - one.done,
            )
            for start, one in zip(period.starts, steps, strict=True)
        ],
        cells=tuple(tuple((what, {"bar": start}) for what in _OF_BARS) for start in period.starts),
    )  # fmt: skip


def _solvers(now: Sums) -> Table:
    parts = [(name, now[who]) for who, name in SOLVER_NAMES.items()]
    parts.append((_("Not solved yet"), now.asked - now.done))
    return Table(
        "solvers", _("Who solves?"),
        _("Who wrote the solution. Experts are the super-users and mentors of today; members are everybody else outside the team."),
        (_("Who"), _("Questions"), _("Proportion")), (_C, _S),
        [(name, count, share(count, now.asked)) for name, count in parts],
        whats=("solved-experts", "solved-others", "solved-team", "solved-asker", "unsolved"),
    )  # fmt: skip


def _spread(now: Sums) -> Table:
    counts = bands(now.first.ended, now.first.waiting)
    return Table(
        "first-replies", _("First reply"),
        _("Time from publication to the first valid answer. Questions younger than a day without one are left out: nobody knows yet."),
        (_("Time"), _("Questions"), _("Proportion")), (_C, _S),
        [(name, count, share(count, sum(counts))) for name, count in zip(BAND_NAMES, counts, strict=True)],
        whats=tuple(f"first-{band}" for band in range(len(BAND_NAMES))),
    )  # fmt: skip


def _categories(made: Period) -> Table:
    known = categories_by_id()
    return Table(
        "categories", _("Solved by category"),
        _("Share of the questions of the period that are solved today; the mark is the goal of all categories."),
        (_("Category"), _("Questions"), _("Share solved"), _("Share answered")), (_C, _S, _S),
        [
            (known[number].name, one.asked, share(one.done, one.asked), share(one["answered"], one.asked))
            for number, one in by_category(made)
        ],
        cells=tuple((("asked", {"category": number}), None, None) for number, _one in by_category(made)),
    )  # fmt: skip


def by_category(made: Period) -> list[tuple[int, Sums]]:
    """Categories with what became of their questions, where most is solved first."""
    known = categories_by_id()
    found = [(number, one) for number, one in made.categories.items() if number in known]
    return sorted(found, key=lambda line: (-line[1].done / line[1].asked, line[0]))


def _hours(cells: list[list[int]]) -> Table:
    names = [i18n.day_of_week(number) for number in range(7)]
    return Table(
        "hours", _("When people ask"),
        _("Questions by day of the week and hour, on the community’s clock."),
        (_("Day"), *(f"{hour:02d}" for hour in range(24))), (_C,) * 24,
        [(name, *cells[number]) for number, name in enumerate(names)],
        cells=tuple(tuple(("asked", {"cell": 24 * day + hour}) for hour in range(24)) for day in range(7)),
    )  # fmt: skip


def hours(made: Period) -> list[list[int]]:
    """How many were asked in each hour of the week, by day."""
    return [[made.cells[day * 24 + hour] for hour in range(24)] for day in range(7)]


def part_of(scope: Scope) -> str:
    """What a list is narrowed to: a member, an hour of the week, a bar of the charts."""
    said = [] if scope.member_id is None else [str(card(scope.member_id).name)]
    if scope.cell is not None:
        day, hour = divmod(scope.cell, 24)
        said.append(f"{i18n.day_of_week(day)} {hour:02d}:00")
    if scope.bar is not None:
        said.append(str(_("from %(day)s on", day=i18n.date_in_words(day_of(max(1, scope.bar))))))
    return " · ".join(said)


def _ladder(now: Sums, asks: int) -> Table:
    lines = [(_("E0: settled while asking"), asks), *((name, now[rung]) for rung, name in RUNG_NAMES.items())]
    settled = asks + now["answered"]
    return Table(
        "ladder", _("Where the ladder ended"),
        _("How far up the ladder a question had gone when its first valid answer came, and the asks that a solution shown in time settled before; as a share of both together."),
        (_("Stage"), _("Questions"), _("Proportion")), (_C, _S), [(name, count, share(count, settled)) for name, count in lines],
        whats=("asks-settled", *(f"rung-{rung.lower()}" for rung in RUNG_NAMES)),
    )  # fmt: skip
