"""The rules of escalation as one plain value: timers, targets, calendars, categories, routing, words; and to count with.

Everything the ladder reads when it decides stands in it, so that two such values are two worlds to compare
(FEATURES.md §4). Kept with a forecast, so that what it said can be read later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from accounts.members.rules import Role
from common import clock, settings
from common.db import db
from moderation.calendars import contents, keeping
from moderation.calendars.models import WorkCalendar
from moderation.calendars.rules import Calendar
from moderation.escalation import casework, policies
from moderation.escalation.policies import Policy
from moderation.escalation.rules import PRIORITIES
from moderation.escalation.sla_rules import Metric, Waits
from moderation.lexicon import rules as lexicon_rules
from moderation.lexicon import versions, weighing
from moderation.lexicon.rules import LANGUAGES, Lexicon, WordList
from moderation.routing import assigning, lists
from moderation.routing.models import SupportTeam, SupportTeamMember
from moderation.routing.rules import Asked as Routed
from moderation.routing.rules import Rule, Team, Way, helpers, route
from moderation.targets import categories, choosing
from moderation.targets.choosing import Manner
from moderation.targets.keeping import Draft
from moderation.targets.rules import Asked, Goal, first_match, read_filter

Content = dict[str, Any]
USUAL = ""
"""Key of the calendar everything falls back to."""
KEYS = policies.LADDER_SETTINGS


def in_force() -> Content:
    """The rules as this transaction sees them. Twelve statements, however many rules."""
    choosing.ensure()
    usual = contents.content_of(keeping.ensure())
    calendars = db.session.scalars(select(WorkCalendar).where(WorkCalendar.retired_at.is_(None))).all()
    in_use = SupportTeam.archived_at.is_(None)
    teams = db.session.scalars(select(SupportTeam).where(in_use).order_by(SupportTeam.id)).all()
    return {
        "settings": settings.stored(KEYS),
        "calendars": {USUAL: usual} | {str(one.id): contents.content_of(one) for one in calendars},
        "policies": _policies(),
        "manners": {str(one.id): kept_manner(manner) for one, manner in categories.every()},
        "rules": [kept_rule(rule) for rule in lists.as_rules(lists.rules())],
        "teams": [
            {"id": one.id, "names": [one.name_fr, one.name_en], "takes_danger": one.takes_danger, "is_fallback": one.is_fallback,
             "calendar_id": one.calendar_id, "overflow_id": one.overflow_id}
            for one in teams
        ],
        "people": _people(),
        "agents": casework.staff_ids(Role.AGENT),
        "words": _words(),
    }  # fmt: skip


def _people() -> list[list[Any]]:
    """Who works in a team, with skills and languages, and whether they may have cases at all."""
    row = SupportTeamMember
    works = (
        select(Member.id).where(Member.id == row.member_id, *assigning.may_have_cases(clock.now())).exists()
    )
    query = select(row.team_id, row.member_id, row.skills, row.languages, works).order_by(row.id)
    return [
        [team, member, sorted(skills), sorted(languages), bool(may)]
        for team, member, skills, languages, may in db.session.execute(query)
    ]


def _words() -> Content:
    _number, words = versions.words_of()
    return {one.value: {code: sorted(set(words[one.value][code])) for code in LANGUAGES} for one in WordList}


def _policies() -> list[Content]:
    rows = [row for row in choosing.in_order() if row.active]
    goals = choosing.goals_of_each(row.id for row in rows)
    return [
        {"id": row.id, **Draft(row.name, read_filter(row.filter), goals[row.id]).as_content()} for row in rows
    ]


def kept_manner(manner: Manner) -> list[Any]:
    """How it goes in a category, as it is kept."""
    return [manner.factor, manner.with_super_users, manner.with_team, manner.calendar_id]


def kept_rule(rule: Rule) -> Content:
    """A routing rule as it is kept."""
    return {
        "id": rule.id, "team_id": rule.team_id, "categories": sorted(rule.categories), "products": sorted(rule.products),
        "words": list(rule.words), "languages": sorted(rule.languages),
    }  # fmt: skip


def digest_of(content: Content) -> str:
    """Rules that do the same with every question have equal digests: names do not count, nor a calendar nothing counts by
    or a team nothing leads to."""
    led = {rule["team_id"] for rule in content["rules"]}
    known = {one["id"]: one for one in content["teams"]}
    for one in content["teams"]:
        if one["takes_danger"] or one["is_fallback"] or one["id"] in led:
            led.update(helpers(one["id"], [_team(each) for each in content["teams"]]))
    teams = [one for id, one in known.items() if id in led]
    goals = [goal for one in content["policies"] for goal in one["goals"].values()]
    hours = {one["calendar_id"] for one in (*goals, *teams)} | {one[3] for one in content["manners"].values()}
    counts = {
        **content,
        "calendars": {
            key: one for key, one in content["calendars"].items() if key in {USUAL, *map(str, hours)}
        },
        "policies": [
            {key: one for key, one in policy.items() if key != "name"} for policy in content["policies"]
        ],
        "teams": [{key: one for key, one in team.items() if key != "names"} for team in teams],
        "people": [one for one in content["people"] if one[0] in led],
    }
    return hashlib.sha256(json.dumps(counts, sort_keys=True).encode()).hexdigest()[:40]


class Rules:
    """The same, to count with. Pure."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.digest = digest_of(content)
        self.filters = [(one["id"], read_filter(one["filter"])) for one in content["policies"]]
        self.goals = {one["id"]: _goals(one["goals"]) for one in content["policies"]}
        self.manners = {int(key): Manner(*one) for key, one in content["manners"].items()}
        self.teams = [_team(one) for one in content["teams"]]
        self.team_calendars = {one["id"]: one["calendar_id"] for one in content["teams"]}
        self.rules = [
            Rule(one["id"], one["team_id"], frozenset(one["categories"]), frozenset(one["products"]), tuple(one["words"]),
                 frozenset(one["languages"]))
            for one in content["rules"]
        ]  # fmt: skip
        self.people: dict[int, list[tuple[int, frozenset[str], frozenset[str]]]] = {}
        for team_id, member_id, skills, languages, works in content["people"]:
            here = self.people.setdefault(team_id, [])
            here += [(member_id, frozenset(skills), frozenset(languages))] if works else []
        self.agents: list[tuple[int, frozenset[str], frozenset[str]]] = [
            (one, frozenset(), frozenset()) for one in content["agents"]
        ]
        self._policies: dict[tuple[int, int | None], Policy] = {}

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words questions are weighed by."""
        return lexicon_rules.lexicon(0, self.content["words"])

    def read(self, key: str) -> Any:
        """A setting."""
        return self.content["settings"][key]

    @property
    def oldest(self) -> timedelta:
        """Questions that waited for longer are not passed to the team."""
        return timedelta(days=self.read("escalation.oldest_days"))

    @property
    def repeat(self) -> timedelta:
        """Within this a second question counts as asking again."""
        return timedelta(days=self.read("escalation.repeat_days"))

    def urgency_of(self, category_key: str) -> float:
        """What a word of urgency weighs in a category."""
        return weighing.weight_in(self.read("escalation.urgency_weights"), category_key)

    def manner(self, category_id: int) -> Manner:
        """How the ladder goes in a category."""
        return self.manners.get(category_id) or Manner()

    def policy_for(self, asked: Asked, manner: Manner) -> tuple[int, Policy]:
        """The policy a cycle begins under, and its terms."""
        found = first_match(self.filters, asked)
        assert found is not None, "one policy has no conditions"
        key = found, manner.calendar_id
        if key not in self._policies:
            terms = choosing.terms_of(self.goals[found], manner.calendar_id, self._calendar, self.read)
            self._policies[key] = policies.as_policy(f"{self.digest}:{key}", terms)
        return found, self._policies[key]

    def _calendar(self, calendar_id: int | None) -> contents.Content:
        known: Mapping[str, contents.Content] = self.content["calendars"]
        return known.get(str(calendar_id or USUAL), known[USUAL])

    def way(self, asked: Routed) -> Way:
        """Where a question goes."""
        return route(asked, self.rules, self.teams)

    def hours(self, team_id: int | None, policy: Policy | None = None) -> Calendar:
        """When a team works: its own calendar, else that of the promise."""
        own = self.team_calendars.get(team_id) if team_id is not None else None
        if own is None and policy is not None:
            return policy.calendar
        return contents.to_count_with(self._calendar(own))


def _team(content: Content) -> Team:
    return Team(content["id"], content["takes_danger"], content["is_fallback"], content["overflow_id"])


def _goals(content: Mapping[str, Any]) -> dict[Metric, Goal]:
    return {
        Metric(key): Goal(
            {p: one["minutes"][p.value] for p in PRIORITIES}, one["calendar_id"], one["warn"],
            tuple(Waits(name) for name in one["rests_for"]),
        )
        for key, one in content.items()
    }  # fmt: skip
