"""A new edition of the points table, on trial or at once; another one put in force. Each is one audited act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from common import audit, clock, settings
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from rewards.ledger.limits import rules
from rewards.ledger.rules import Amounts
from rewards.tables.models import RuleEdition
from rewards.tables.permissions import can_change
from rewards.tables.rules import FIRST, MOST, edition

SETTING = "rewards.rules"
REASON_MOST = 300
TRIAL_MOST = 92

TAKEN = _("Somebody changed the points table meanwhile: look at it again.")


def in_force() -> int:
    """The number of the edition in force."""
    return _number_of(settings.get(SETTING))


def _number_of(own: Mapping[str, Any]) -> int:
    number = own.get("edition", FIRST)
    return number if isinstance(number, int) and number >= FIRST else FIRST


def change(actor: Actor, wanted: Mapping[str, Amounts], reason: str, trial_days: int, seen: int) -> int:
    """Make a new edition: in force at once, or beside the one in force for ``trial_days``. Returns its number.

    ``seen`` is the edition the actor had before them; :class:`Conflict` when it is in force no more, or when another one
    is on trial. Past lines of the ledger stay what they are.
    """
    require(can_change(actor))
    words = _reason(reason)
    table = rules()
    _check(wanted, table)
    if not 0 <= trial_days <= TRIAL_MOST:
        raise Invalid(fields={"trial_days": _("Between 0 and %(most)s days.", most=TRIAL_MOST)})
    if all(amounts == table[key].amounts for key, amounts in wanted.items()):
        raise Invalid(_("Nothing is different from the table in force."))
    with unit_of_work():
        _unchanged(seen)
        last = db.session.scalar(select(func.max(RuleEdition.number))) or FIRST
        number, now = max(last, in_force()) + 1, clock.now()
        trial: dict[str, Any] = {}
        if trial_days:
            trial = {"trial_since": now, "trial_until": now + timedelta(days=trial_days), "running": 1}
        made = insert_once(
            RuleEdition, number=number, rules=edition(table, wanted, number), reason=words, made_at=now,
            made_by_id=actor.member_id, **trial,
        )  # fmt: skip
        if made is None:
            running = db.session.scalar(select(RuleEdition.id).where(RuleEdition.running == 1))
            raise Conflict(_("Another table is on trial: end that trial first.") if running else TAKEN)
        if trial_days:
            audit.write(
                actor, "points.trial", "rule_edition", number, in_force(), {"days": trial_days}, words
            )
        else:
            _put_in_force(actor, number, words)
    return number


def switch(actor: Actor, number: int, reason: str, seen: int) -> bool:
    """Put an edition in force: the one on trial, or an earlier one. False when it is already."""
    require(can_change(actor))
    words = _reason(reason)
    if number == in_force():
        return False
    with unit_of_work():
        _unchanged(seen)
        if number != FIRST and not _known(number):
            raise NotFound()
        _put_in_force(actor, number, words)
    return True


def end_trial(actor: Actor, reason: str) -> bool:
    """The table on trial does not come, whether its time is over or not. False when there is nothing to decide."""
    require(can_change(actor))
    words = _reason(reason)
    with unit_of_work():
        undecided = RuleEdition.trial_since.is_not(None)
        number = db.session.scalar(select(func.max(RuleEdition.number)).where(undecided))
        if number is None or not update_where(RuleEdition, undecided, running=None, trial_since=None):
            return False
        audit.write(actor, "points.trial_ended", "rule_edition", number, number, None, words)
    return True


def _put_in_force(actor: Actor, number: int, reason: str) -> None:
    """The setting is what counts, and its change is the one line of the log."""
    own = db.session.scalar(select(RuleEdition.rules).where(RuleEdition.number == number)) or {}
    settings.change(actor, SETTING, {**own, "edition": number}, reason)
    decided = (RuleEdition.number == number, RuleEdition.trial_since.is_not(None))
    update_where(RuleEdition, *decided, running=None, trial_since=None)


def _known(number: int) -> bool:
    return db.session.scalar(select(RuleEdition.id).where(RuleEdition.number == number)) is not None


def _unchanged(seen: int) -> None:
    """Under the lock of the editions: two changes of one table are made one after the other."""
    db.session.execute(select(RuleEdition.id).order_by(RuleEdition.id).with_for_update()).all()
    row = db.session.execute(
        select(settings.SiteSetting.value).where(settings.SiteSetting.key == SETTING)
    ).first()
    if (_number_of(row.value["v"]) if row else FIRST) != seen:
        raise Conflict(TAKEN)


def _reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise Invalid(fields={"reason": _("Say in a few words why you change this.")})
    if len(words) > REASON_MOST:
        raise Invalid(fields={"reason": _("This is too long.")})
    return words


def _check(wanted: Mapping[str, Amounts], table: Mapping[str, Any]) -> None:
    faults = {}
    for key, amounts in wanted.items():
        if key not in table:
            raise NotFound()
        for name, value in (("rep", amounts.reputation), ("sp", amounts.spendable)):
            if not 0 <= value <= MOST:
                faults[f"{key}.{name}"] = _("Between 0 and %(most)s points.", most=MOST)
    if faults:
        raise Invalid(fields=faults)
