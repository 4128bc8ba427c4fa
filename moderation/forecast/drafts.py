"""The changes that are tried before they count: for each the verb that makes it so, called as its own page calls it.

A change is kept as its form was typed. What the rules would be with it is read after its verb, in a transaction that is
then taken back: so it passes the same checks, and what is played is what will be in force, whatever the change is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common import i18n
from common.db import db
from common.errors import Invalid
from common.i18n import Sentence, _
from common.permissions import Actor
from common.unit_of_work import in_unit_of_work, unit_of_work
from forum.categories.models import Category
from forum.questions.forms import as_id
from moderation.calendars import keeping as calendars
from moderation.calendars.desk import forms as calendar_forms
from moderation.calendars.models import WorkCalendar
from moderation.desk.forms import read_setting
from moderation.forecast import ruleset
from moderation.lexicon import versions
from moderation.lexicon.rules import LANGUAGES, WordList
from moderation.routing.models import RoutingRule, SupportTeam
from moderation.routing.ordering import editing, founding, teaming
from moderation.routing.ordering import forms as routing
from moderation.targets import categories, keeping
from moderation.targets.desk import forms as targets
from moderation.targets.models import SlaPolicy

ANY_REASON = "-"
"""A forecast needs no reason; making the change does."""
UNSAID = ("csrf_token", "history")


class Form(Mapping[str, str]):
    """A form as it was typed, with every value of a field."""

    def __init__(self, typed: Mapping[str, list[str]]) -> None:
        self._typed = {key: list(values) for key, values in typed.items() if values}

    def __getitem__(self, key: str) -> str:
        return self._typed[key][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._typed)

    def __len__(self) -> int:
        return len(self._typed)

    def getlist(self, key: str) -> list[str]:
        """All values of a field."""
        return self._typed.get(key, [])


Apply = Callable[[Actor, int | None, Form, str], Any]


@dataclass(frozen=True)
class Kind:
    """One kind of change: its name, the verb, and the name of what it is about."""

    name: Sentence
    apply: Apply
    title: Callable[[int | None, Form], str]


def kept(form: Any) -> dict[str, list[str]]:
    """What is kept of a form."""
    return {key: form.getlist(key) for key in form if key not in UNSAID}


class _TakenBack(Exception):
    pass


def with_change(actor: Actor, kind: str, target_id: int | None, form: Form) -> ruleset.Content:
    """The rules as they would be. Raises what the verb raises, but for a missing reason alone; writes nothing."""
    reason = form.get("reason", "").strip()
    try:
        return _taken_back(actor, kind, target_id, form, reason)
    except Invalid as invalid:
        if reason or set(invalid.fields) != {"reason"}:
            raise
        return _taken_back(actor, kind, target_id, form, ANY_REASON)


def _taken_back(actor: Actor, kind: str, target_id: int | None, form: Form, reason: str) -> ruleset.Content:
    assert not in_unit_of_work(), "an outer act would keep what is taken back here"
    found: ruleset.Content = {}
    try:
        with unit_of_work():
            KINDS[kind].apply(actor, target_id, form, reason)
            db.session.flush()
            found = ruleset.in_force()
            raise _TakenBack
    except _TakenBack:
        return found


# --- what is promised -------------------------------------------------------------------------------------------------


def _save_policy(actor: Actor, policy_id: int | None, form: Form, reason: str) -> int:
    draft = targets.draft(targets.typed(form))
    if policy_id is None:
        return keeping.create(actor, draft, reason)
    keeping.change(actor, policy_id, targets.version(form), draft, reason)
    return policy_id


def _switch_policy(actor: Actor, policy_id: int | None, form: Form, reason: str) -> None:
    keeping.switch(actor, policy_id or 0, targets.version(form), form.get("active") == "1", reason)


def _move_policy(actor: Actor, policy_id: int | None, form: Form, _reason: str) -> None:
    keeping.move(actor, policy_id or 0, form.get("way") != "down")


def _save_category(actor: Actor, category_id: int | None, form: Form, reason: str) -> None:
    categories.change(actor, category_id or 0, targets.manner(form), reason)


def _category_name(category_id: int | None, _form: Form) -> str:
    found = db.session.get(Category, category_id or 0)
    return found.name(i18n.language()) if found is not None else ""


# --- timers and other settings ----------------------------------------------------------------------------------------


def _save_setting(actor: Actor, _id: int | None, form: Form, reason: str) -> None:
    key, value, _reason = read_setting(form)
    if key not in ruleset.KEYS:
        raise Invalid(fields={key: _("This number changes nothing on the ladder.")})
    ruleset.settings.change(actor, key, value, reason)


def _setting_name(_id: int | None, form: Form) -> str:
    return f"{form.get('key', '')} = {form.get('value', '')}"[:200]


# --- calendars --------------------------------------------------------------------------------------------------------


def _save_calendar(actor: Actor, calendar_id: int | None, form: Form, reason: str) -> int:
    draft = calendar_forms.draft(calendar_forms.typed(form))
    if calendar_id is None:
        return calendars.create(actor, draft, reason)
    calendars.change(actor, calendar_id, calendar_forms.number(form.get("version")), draft, reason)
    return calendar_id


def _end_calendar(actor: Actor, calendar_id: int | None, _form: Form, reason: str) -> None:
    calendars.retire(actor, calendar_id or 0, reason)


# --- routing ----------------------------------------------------------------------------------------------------------


def _save_rule(actor: Actor, rule_id: int | None, form: Form, reason: str) -> None:
    if rule_id is None:
        editing.add_rule(actor, routing.rule(form), reason)
    else:
        editing.change_rule(actor, rule_id, routing.rule(form), reason)


def _move_rule(actor: Actor, rule_id: int | None, form: Form, _reason: str) -> None:
    editing.move_rule(actor, rule_id or 0, form.get("act") == "up")


def _end_rule(actor: Actor, rule_id: int | None, _form: Form, reason: str) -> None:
    editing.drop_rule(actor, rule_id or 0, reason)


def _save_team(actor: Actor, team_id: int | None, form: Form, _reason: str) -> int:
    if team_id is None:
        return teaming.found_team(actor, routing.team(form))
    teaming.change_team(actor, team_id, routing.team(form))
    return team_id


def _end_team(actor: Actor, team_id: int | None, _form: Form, reason: str) -> None:
    teaming.close_team(actor, team_id or 0, reason)


def _seat(actor: Actor, team_id: int | None, form: Form, _reason: str) -> None:
    member_id = as_id(form.get("member_id")) or routing.named(form.get("member"), "member") or 0
    teaming.seat(actor, team_id or 0, member_id, form.getlist("skills"), form.getlist("languages"))


def _unseat(actor: Actor, team_id: int | None, form: Form, _reason: str) -> None:
    teaming.unseat(actor, team_id or 0, as_id(form.get("member_id")) or 0)


def _usual_teams(actor: Actor, _id: int | None, _form: Form, _reason: str) -> int:
    return founding.found_usual(actor)


# --- words of priority ------------------------------------------------------------------------------------------------


def _save_words(actor: Actor, _id: int | None, form: Form, reason: str) -> int:
    typed = {(one.value, code): form.get(f"{one}_{code}", "") for one in WordList for code in LANGUAGES}
    return versions.change(actor, typed, reason, as_id(form.get("seen")) or 0)


def _words_again(actor: Actor, number: int | None, form: Form, _reason: str) -> int:
    return versions.bring_back(actor, number or 0, as_id(form.get("seen")) or 0)


# --- what they are about ----------------------------------------------------------------------------------------------


def _name(_id: int | None, form: Form) -> str:
    return form.get("name", "")


def _named(model: Any, column: str = "name") -> Callable[[int | None, Form], str]:
    """The name in the form, else the one it has."""

    def name(id: int | None, form: Form) -> str:
        row = db.session.get(model, id) if id is not None and not form.get(column) else None
        return str(form.get(column) or getattr(row, column, ""))

    return name


def _team_name(team_id: int | None, form: Form) -> str:
    return _named(SupportTeam, "name_en" if i18n.language() == "en" else "name_fr")(team_id, form)


def _nothing(_id: int | None, _form: Form) -> str:
    return ""


KINDS: dict[str, Kind] = {
    "policy": Kind(_("Policy"), _save_policy, _name),
    "policy_on": Kind(_("Policy switched"), _switch_policy, _named(SlaPolicy)),
    "policy_order": Kind(_("Order of policies"), _move_policy, _named(SlaPolicy)),
    "category": Kind(_("Category"), _save_category, _category_name),
    "calendar": Kind(_("Calendar"), _save_calendar, _name),
    "calendar_end": Kind(_("Calendar retired"), _end_calendar, _named(WorkCalendar)),
    "rule": Kind(_("Routing rule"), _save_rule, _name),
    "rule_order": Kind(_("Order of routing rules"), _move_rule, _named(RoutingRule)),
    "rule_end": Kind(_("Routing rule taken out"), _end_rule, _named(RoutingRule)),
    "team": Kind(_("Team"), _save_team, _team_name),
    "team_end": Kind(_("Team closed"), _end_team, _team_name),
    "seat": Kind(_("Who works in a team"), _seat, _team_name),
    "unseat": Kind(_("Who works in a team"), _unseat, _team_name),
    "teams": Kind(_("The usual teams and rules"), _usual_teams, _nothing),
    "setting": Kind(_("Setting"), _save_setting, _setting_name),
    "words": Kind(_("Words of priority"), _save_words, _nothing),
    "words_again": Kind(
        _("Earlier words of priority"), _words_again, lambda number, _form: str(number or "")
    ),
}
