"""The changes that can be tried: what each would make of the rules, and the verb that makes it so.

A change is kept as its form was typed, so that applying it is what its own page does: same checks, same audit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common import i18n, settings
from common.db import db
from common.errors import Invalid, NotFound
from common.i18n import Sentence, _
from common.permissions import Actor
from forum.categories.models import Category
from moderation.calendars import contents
from moderation.calendars import keeping as calendars
from moderation.calendars.desk import forms as calendar_forms
from moderation.calendars.models import DEFAULT, WorkCalendar
from moderation.desk.forms import read_setting
from moderation.forecast.ruleset import KEYS, USUAL, Content, kept_manner, kept_rule
from moderation.routing import lists
from moderation.routing.models import RoutingRule
from moderation.routing.ordering import editing
from moderation.routing.ordering import forms as routing
from moderation.targets import categories, keeping
from moderation.targets.desk import forms as targets
from moderation.targets.models import FALLBACK

_ANY_REASON = "-"
"""A forecast needs no reason; applying it does."""


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


@dataclass(frozen=True)
class Kind:
    """One kind of change: its name, the rules with it (raises Invalid with a sentence a field), the verb, what it is of."""

    name: Sentence
    change: Callable[[Content, int | None, Form], Content]
    apply: Callable[[Actor, int | None, Form, str], Any]
    title: Callable[[int | None, Form], str]


def kept(form: Any) -> dict[str, list[str]]:
    """What is kept of a form."""
    return {key: form.getlist(key) for key in form if key not in ("csrf_token", "days", "act")}


# --- policies ---------------------------------------------------------------------------------------------------------


def _with_policy(rules: Content, policy_id: int | None, form: Form) -> Content:
    draft = targets.draft(targets.typed(form))
    row = keeping.load(policy_id) if policy_id else None
    keeping.check(draft, _ANY_REASON, fallback=row is not None and row.key == FALLBACK)
    mine = {"id": policy_id or 0, **draft.as_content()}
    policies = [mine if one["id"] == policy_id else one for one in rules["policies"]]
    if row is None:
        policies.insert(len(policies) - 1, mine)
    return {**rules, "policies": policies}


def _save_policy(actor: Actor, policy_id: int | None, form: Form, reason: str) -> None:
    draft = targets.draft(targets.typed(form))
    if policy_id:
        keeping.change(actor, policy_id, targets.version(form), draft, reason)
    else:
        keeping.create(actor, draft, reason)


def _name(_id: int | None, form: Form) -> str:
    return form.get("name", "")


# --- categories -------------------------------------------------------------------------------------------------------


def _category(category_id: int | None) -> Category:
    found = db.session.get(Category, category_id or 0)
    if found is None:
        raise NotFound()
    return found


def _with_category(rules: Content, category_id: int | None, form: Form) -> Content:
    category = _category(category_id)
    manner = targets.manner(form)
    categories.check(manner, _ANY_REASON)
    return {**rules, "manners": {**rules["manners"], str(category.id): kept_manner(manner)}}


def _save_category(actor: Actor, category_id: int | None, form: Form, reason: str) -> None:
    categories.change(actor, _category(category_id).id, targets.manner(form), reason)


def _category_name(category_id: int | None, _form: Form) -> str:
    return _category(category_id).name(i18n.language())


# --- timers and other settings ----------------------------------------------------------------------------------------


def _with_setting(rules: Content, _id: int | None, form: Form) -> Content:
    key, value, _reason = read_setting(form)
    if key not in KEYS:
        raise Invalid(fields={key: _("This number changes nothing on the ladder.")})
    return {**rules, "settings": {**rules["settings"], key: settings.checked(key, value)}}


def _save_setting(actor: Actor, _id: int | None, form: Form, reason: str) -> None:
    key, value, _reason = read_setting(form)
    settings.change(actor, key, value, reason)


def _setting_name(_id: int | None, form: Form) -> str:
    return f"{form.get('key', '')} = {form.get('value', '')}"


# --- calendars --------------------------------------------------------------------------------------------------------


def _with_calendar(rules: Content, calendar_id: int | None, form: Form) -> Content:
    row = calendars.load(calendar_id or 0)
    draft = calendar_forms.draft(calendar_forms.typed(form))
    calendars.check(draft, _ANY_REASON)
    mine = contents.content_of(WorkCalendar(**draft.as_values()))
    changed = {str(row.id): mine} | ({USUAL: mine} if row.key == DEFAULT else {})
    return {**rules, "calendars": {**rules["calendars"], **changed}}


def _save_calendar(actor: Actor, calendar_id: int | None, form: Form, reason: str) -> None:
    draft = calendar_forms.draft(calendar_forms.typed(form))
    seen = calendar_forms.number(form.get("version"))
    calendars.change(actor, calendar_id or 0, seen, draft, reason)


# --- routing ----------------------------------------------------------------------------------------------------------


def _with_rule(rules: Content, rule_id: int | None, form: Form) -> Content:
    draft = routing.rule(form)
    editing.check(draft, _ANY_REASON, rule_id)
    mine = kept_rule(lists.as_rule(RoutingRule(id=rule_id or 0, **draft.values())))
    if rule_id is None:
        return {**rules, "rules": [*rules["rules"], mine]}
    return {**rules, "rules": [mine if one["id"] == rule_id else one for one in rules["rules"]]}


def _save_rule(actor: Actor, rule_id: int | None, form: Form, reason: str) -> None:
    if rule_id is None:
        editing.add_rule(actor, routing.rule(form), reason)
    else:
        editing.change_rule(actor, rule_id, routing.rule(form), reason)


KINDS: dict[str, Kind] = {
    "policy": Kind(_("Policy"), _with_policy, _save_policy, _name),
    "category": Kind(_("Category"), _with_category, _save_category, _category_name),
    "calendar": Kind(_("Calendar"), _with_calendar, _save_calendar, _name),
    "rule": Kind(_("Routing rule"), _with_rule, _save_rule, _name),
    "setting": Kind(_("Setting"), _with_setting, _save_setting, _setting_name),
}
