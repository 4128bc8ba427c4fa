"""Where a question goes and why; which rules cannot stand; who of a team gets a case. Pure.

Source: domain/escalation.md §C2.2. Rules are tried in their order; within one, its conditions are read as category, product,
words, language, and all of them must hold. Danger and law come before any rule; what no rule takes is triaged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from moderation.lexicon.rules import stands

NAME_MOST = 60
WORDS_MOST = 200
RULES_MOST = 100
TEAMS_MOST = 40
PING_PONG = 2
"""More re-routes than this, and the lead is told."""


class Why(StrEnum):
    """What decided where a question goes."""

    DANGER = "danger"
    LAW = "law"
    CATEGORY = "category"
    PRODUCT = "product"
    WORDS = "words"
    LANGUAGE = "language"
    FALLBACK = "fallback"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule looks at. ``tokens`` are the words of title and text; ``product`` is a key of the catalogue."""

    category: str
    language: str
    tokens: list[str]
    product: str = ""
    is_danger: bool = False
    is_legal: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the list; an empty condition holds for everything."""

    id: int
    team_id: int
    categories: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()

    @property
    def is_bare(self) -> bool:
        """Whether it has no condition at all."""
        return not (self.categories or self.products or self.words or self.languages)


@dataclass(frozen=True, slots=True)
class Team:
    """A team as the rules see it. ``overflow_id`` is who helps when nobody of it is there."""

    id: int
    takes_danger: bool = False
    is_fallback: bool = False
    overflow_id: int | None = None


Reasons = tuple[tuple[Why, str], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a question goes: the team, the rule that said so (None: danger, law or fallback), and why."""

    team_id: int | None
    rule_id: int | None
    reasons: Reasons


def route(asked: Asked, rules: Iterable[Rule], teams: Iterable[Team]) -> Way:
    """The first rule that holds; danger and law before all of them, the fallback after."""
    known = {team.id: team for team in teams}
    guard = next((team.id for team in known.values() if team.takes_danger), None)
    if guard is not None and (asked.is_danger or asked.is_legal):
        return Way(guard, None, ((Why.DANGER if asked.is_danger else Why.LAW, ""),))
    for rule in rules:
        if rule.team_id in known and (reasons := holds(rule, asked)) is not None:
            return Way(rule.team_id, rule.id, reasons)
    fallback = next((team.id for team in known.values() if team.is_fallback), None)
    return Way(fallback, None, ((Why.FALLBACK, ""),))


def holds(rule: Rule, asked: Asked) -> Reasons | None:
    """Why a rule takes a question, condition by condition; None when one of them does not hold."""
    reasons: list[tuple[Why, str]] = []
    for why, wanted, value in (
        (Why.CATEGORY, rule.categories, asked.category), (Why.PRODUCT, rule.products, asked.product),
        (Why.LANGUAGE, rule.languages, asked.language),
    ):  # fmt: skip
        if wanted:
            if value not in wanted:
                return None
            reasons.append((why, value))
    if rule.words:
        if not (said := stands(asked.tokens, rule.words)):
            return None
        reasons.append((Why.WORDS, ", ".join(said[:5])))
    order = list(Why)
    return None if rule.is_bare else tuple(sorted(reasons, key=lambda one: order.index(one[0])))


# --- what cannot stand --------------------------------------------------------------------------------------------------


def covers(wide: Rule, narrow: Rule) -> bool:
    """Whether everything that the second rule takes, the first takes already."""
    pairs = (
        (wide.categories, narrow.categories), (wide.products, narrow.products),
        (frozenset(wide.words), frozenset(narrow.words)), (wide.languages, narrow.languages),
    )  # fmt: skip
    return all(not more or (less and less <= more) for more, less in pairs)


def hidden_by(rule: Rule, before: Iterable[Rule]) -> Rule | None:
    """The earlier rule that takes all a rule would take, so that its turn never comes."""
    return next((one for one in before if covers(one, rule)), None)


def circle(overflow: Mapping[int, int | None], start: int) -> list[int]:
    """The teams that would pass a case round in a circle from this one; empty when there is none."""
    seen: list[int] = []
    at: int | None = start
    while at is not None:
        if at in seen:
            return seen[seen.index(at) :]
        seen.append(at)
        at = overflow.get(at)
    return []


def helpers(team_id: int | None, teams: Sequence[Team]) -> list[int]:
    """The team, then who helps it, then the fallback, each once."""
    known = {team.id: team for team in teams}
    order: list[int] = []
    while team_id in known and team_id not in order:
        order.append(team_id)  # type: ignore[arg-type]
        team_id = known[team_id].overflow_id  # type: ignore[index]
    return order + [team.id for team in teams if team.is_fallback and team.id not in order]


# --- who gets a case ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody of a team, as far as a case depends on it. ``skills`` are categories; empty: all, as with languages.

    ``on_shift``: planned for the category now, None where the plan says nothing about it.
    """

    id: int
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    present: bool = False
    on_shift: bool | None = None
    load: int = 0
    urgent: int = 0
    idle_since: datetime | None = None

    def with_one_more(self, is_urgent: bool, now: datetime) -> Agent:
        """The same agent when they have just been given a case."""
        return replace(self, load=self.load + 1, urgent=self.urgent + is_urgent, idle_since=now)


def fits(agent: Agent, category: str, language: str) -> bool:
    """Whether somebody has the skill and the language."""
    return (not agent.skills or category in agent.skills) and (
        not agent.languages or language in agent.languages
    )


def in_turn(
    agents: Collection[Agent], category: str, language: str, is_urgent: bool, cap: int, urgent_cap: int
) -> list[int]:
    """Who may get a case now, in the order they are asked: least load, then idle longest (§C2.2)."""
    planned = any(agent.on_shift for agent in agents)
    free = [
        agent for agent in agents
        if agent.present and fits(agent, category, language) and agent.load < cap
        and (not is_urgent or agent.urgent < urgent_cap) and (agent.on_shift or not planned)
    ]  # fmt: skip
    return [one.id for one in sorted(free, key=lambda one: (one.load, *_idle(one.idle_since), one.id))]


def _idle(since: datetime | None) -> tuple[bool, float]:
    return (since is not None, since.timestamp() if since else 0.0)
