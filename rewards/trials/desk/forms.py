"""The form of a campaign: what was typed, read into a plan, with a sentence for each field that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any

from accounts.members.queries import staff_ids
from accounts.members.rules import Role
from common import i18n
from common.errors import Invalid
from common.i18n import Sentence, _
from forum.products import queries as products
from rewards.trials import wording
from rewards.trials.applying import QUESTIONS_MOST
from rewards.trials.campaigns import Plan
from rewards.trials.models import Trial
from rewards.trials.rules import Method

TITLE_MOST, SUMMARY_MOST, LEGAL_MOST, LINE_MOST, STEPS_MOST = 100, 600, 10_000, 200, 8
STOCK_MOST, VALUE_MOST = 100_000, 10_000_000
_LONGEST = {
    "title_fr": TITLE_MOST, "title_en": TITLE_MOST, "summary_fr": SUMMARY_MOST, "summary_en": SUMMARY_MOST,
    "equipment_fr": LINE_MOST, "equipment_en": LINE_MOST, "legal_fr": LEGAL_MOST, "legal_en": LEGAL_MOST,
}  # fmt: skip
_MONEY = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,2})?")


def plan(form: Any) -> Plan:
    """The plan of a campaign. Raises Invalid with all that cannot be read; what is only missing is said when it is published."""
    faults: dict[str, Sentence | str] = {}
    texts: dict[str, Any] = {name: _text(form, name, most, faults) for name, most in _LONGEST.items()}
    values: dict[str, Any] = {
        "product_id": _product(form, "product", faults), "equipment_id": _product(form, "equipment", faults),
        "stock": _number(form, "stock", 0, STOCK_MOST, faults), "min_rank": _number(form, "min_rank", 0, 6, faults),
        "ends_at": _day(form, "ends_at", faults), "answer_at": _day(form, "answer_at", faults),
        "questions_day_at": _day(form, "questions_day_at", faults), "value_minor": _money(form, faults),
        "questions": _pairs(form, "questions", QUESTIONS_MOST, faults), "steps": _pairs(form, "steps", STEPS_MOST, faults),
        "question_id": _number(form, "question_id", 1, 2**31 - 1, faults, needed=False),
    }  # fmt: skip
    method = form.get("method", "")
    owner = form.get("budget_owner_id", "")
    owners = {str(one) for one in staff_ids(Role.MANAGER, Role.ADMIN)}
    if method not in set(Method):
        faults["method"] = _("Choose how testers are chosen.")
    if owner and owner not in owners:
        faults["budget_owner_id"] = _("Choose a manager.")
    if faults:
        raise Invalid(fields=faults)
    return Plan(
        **texts, **values, method=Method(method), is_kept=form.get("is_kept") == "1", needs_phone=form.get("needs_phone") == "1",
        countries=tuple(one for one in wording.COUNTRIES if one in form.getlist("countries")),
        budget_owner_id=int(owner) if owner else None,
    )  # fmt: skip


def typed_from(trial: Trial) -> dict[str, Any]:
    """A draft as its form shows it."""
    known = products.by_ids([one for one in (trial.product_id, trial.equipment_id) if one is not None])
    names = {"product": trial.product_id, "equipment": trial.equipment_id}
    typed: dict[str, Any] = {name: getattr(trial, name) for name in _LONGEST}
    typed |= {name: known[one].key if one in known else "" for name, one in names.items()}
    typed |= {name: _as_day(getattr(trial, name)) for name in ("ends_at", "answer_at", "questions_day_at")}
    typed |= {name: str(getattr(trial, name) or "") for name in ("question_id", "budget_owner_id")}
    typed |= {"stock": str(trial.stock), "min_rank": str(trial.min_rank), "method": str(trial.method)}
    typed |= {"value": f"{trial.value_minor / 100:.2f}", "countries": trial.countries}
    typed |= {"is_kept": "1" if trial.is_kept else "", "needs_phone": "1" if trial.needs_phone else ""}
    for name in ("questions", "steps"):
        for language in ("fr", "en"):
            typed[f"{name}_{language}"] = "\n".join(one.get(language, "") for one in getattr(trial, name))
    return typed


def _text(form: Mapping[str, str], name: str, most: int, faults: dict[str, Any]) -> str:
    typed = form.get(name, "").replace("\x00", "").strip()
    if len(typed) > most:
        faults[name] = _("Please keep to %(high)s characters.", high=most)
    return typed


def _product(form: Mapping[str, str], name: str, faults: dict[str, Any]) -> int | None:
    typed = form.get(name, "").strip()[:120]
    if not typed:
        return None
    found = products.find(typed, 20, only_active=False)
    same = [one for one in found if typed.casefold() in (one.key.casefold(), one.name.casefold())]
    if len(same) != 1 and len(found) != 1:
        faults[name] = _("There is no product of this reference.")
        return None
    return (same or found)[0].id


def _number(
    form: Mapping[str, str], name: str, low: int, high: int, faults: dict[str, Any], needed: bool = True
) -> Any:
    typed = form.get(name, "").strip()
    if not typed and not needed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10 and low <= int(typed) <= high):
        faults[name] = _("A whole number from %(low)s to %(high)s is expected here.", low=low, high=high)
        return 0
    return int(typed)


def _money(form: Mapping[str, str], faults: dict[str, Any]) -> int:
    typed = form.get("value", "").strip() or "0"
    if not _MONEY.fullmatch(typed):
        faults["value"] = _("An amount such as 449 or 449.90 is expected here.")
        return 0
    whole, _dot, part = typed.replace(",", ".").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _day(form: Mapping[str, str], name: str, faults: dict[str, Any]) -> datetime | None:
    typed = form.get(name, "").strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
        return i18n.day_begins(day + timedelta(days=1)) - timedelta(minutes=1)
    except (ValueError, OverflowError):
        faults[name] = _("A day is expected here.")
        return None


def _as_day(moment: datetime | None) -> str:
    return i18n.local(moment).date().isoformat() if moment is not None else ""


def _pairs(
    form: Mapping[str, str], name: str, most: int, faults: dict[str, Any]
) -> tuple[dict[str, str], ...]:
    """One line for each, in both languages side by side."""
    by_language = {
        language: [
            line.strip()
            for line in form.get(f"{name}_{language}", "").replace("\x00", "").splitlines()
            if line.strip()
        ]
        for language in ("fr", "en")
    }
    for language, lines in by_language.items():
        if len(lines) > most or any(len(line) > LINE_MOST for line in lines):
            faults[f"{name}_{language}"] = _(
                "At most %(most)s lines of %(high)s characters.", most=most, high=LINE_MOST
            )
    return tuple({"fr": fr, "en": en} for fr, en in zip_longest(*by_language.values(), fillvalue=""))
