"""Teams and rules are made, ordered and changed by managers; what would lead nowhere or round in a circle is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Conflict, Invalid, NotFound
from common.i18n import LANGUAGES, Sentence, _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from forum.browsing.queries import categories
from forum.products.models import Product
from moderation.lexicon.rules import is_phrase
from moderation.routing import lists
from moderation.routing.models import RoutingRule
from moderation.routing.permissions import can_order
from moderation.routing.rules import NAME_MOST, RULES_MOST, WORDS_MOST, hidden_by


@dataclass(frozen=True)
class RuleDraft:
    """A rule as a form sends it."""

    name: str
    team_id: int | None
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def values(self) -> dict[str, Any]:
        """The columns."""
        kept = {key: list(value) for key, value in asdict(self).items() if isinstance(value, tuple)}
        return {"name": self.name, "team_id": self.team_id, **kept}


def add_rule(actor: Actor, draft: RuleDraft, reason: str) -> int:
    """A new rule at the end of the list. Raises Forbidden, Invalid, Conflict (its name is taken)."""
    require(can_order(actor))
    with unit_of_work():
        rows = lists.rules()
        check(draft, reason)
        last = max((row.position for row in rows), default=0)
        made = insert_once(
            RoutingRule,
            position=last + 1,
            changed_at=clock.now(),
            changed_by_id=actor.member_id,
            **draft.values(),
        )
        if made is None:
            raise Conflict(_("There is a rule of this name already."))
        audit.write(actor, "routing.rule", "routing_rule", made, None, draft.values(), reason.strip()[:200])
    return made


def change_rule(actor: Actor, rule_id: int, draft: RuleDraft, reason: str) -> None:
    """Change a rule where it stands. Raises Forbidden, NotFound, Invalid, Conflict."""
    require(can_order(actor))
    with unit_of_work():
        rows = lists.rules()
        row = _of(rows, rule_id)
        before = {key: getattr(row, key) for key in draft.values()}
        check(draft, reason, rule_id)
        taken = select(RoutingRule.id).where(RoutingRule.name == draft.name, RoutingRule.id != rule_id)
        if db.session.scalar(taken) is not None:
            raise Conflict(_("There is a rule of this name already."))
        changed = {"changed_at": clock.now(), "changed_by_id": actor.member_id}
        update_where(RoutingRule, RoutingRule.id == rule_id, **draft.values(), **changed)
        audit.write(
            actor, "routing.rule", "routing_rule", rule_id, before, draft.values(), reason.strip()[:200]
        )


def move_rule(actor: Actor, rule_id: int, up: bool) -> bool:
    """One place earlier or later. False at the end of the list. Raises Invalid where a rule would never get its turn."""
    require(can_order(actor))
    with unit_of_work():
        rows = lists.rules()
        row = _of(rows, rule_id)
        at = rows.index(row)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(rows):
            return False
        first, second = (row, rows[to]) if up else (rows[to], row)
        _require_turn(second, [first])
        order = [one.id for one in rows]
        order[at], order[to] = order[to], order[at]
        audit.write(actor, "routing.order", "routing_rule", rule_id, at + 1, to + 1)
        for position, one in enumerate(order, start=1):
            update_where(
                RoutingRule, RoutingRule.id == one, RoutingRule.position != position, position=position
            )
    return True


def drop_rule(actor: Actor, rule_id: int, reason: str) -> None:
    """Take a rule out of the list; cases that it routed keep its name."""
    require(can_order(actor))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say in a few words why.")})
    with unit_of_work():
        row = _of(lists.rules(), rule_id)
        audit.write(actor, "routing.rule", "routing_rule", rule_id, row.name, None, reason.strip()[:200])
        db.session.delete(row)
        db.session.flush()


def _of(rows: Iterable[RoutingRule], rule_id: int) -> RoutingRule:
    row = next((one for one in rows if one.id == rule_id), None)
    if row is None:
        raise NotFound()
    return row


# --- what cannot stand --------------------------------------------------------------------------------------------------


def check(draft: RuleDraft, reason: str, rule_id: int | None = None) -> None:
    """What is wrong with a new rule, or with a change of one where it stands. Raises NotFound, Invalid."""
    rows = lists.rules()
    if rule_id is None:
        _check(draft, reason, rows)
        return
    row = _of(rows, rule_id)
    _check(draft, reason, rows[: rows.index(row)])
    _check_followers(draft, row, rows)


def _check(draft: RuleDraft, reason: str, before: list[RoutingRule]) -> None:
    faults: dict[str, Sentence | str] = {}
    if not 2 <= len(draft.name) <= NAME_MOST:
        faults["name"] = _("A name has %(low)s to %(high)s characters.", low=2, high=NAME_MOST)
    if draft.team_id not in {team.id for team in lists.teams()}:
        faults["team_id"] = _("This rule would lead nowhere: choose a team that takes cases.")
    faults |= _unknown(draft)
    if not reason.strip():
        faults["reason"] = _("Say in a few words why.")
    if lists.as_rule(RoutingRule(id=0, **draft.values())).is_bare and not faults:
        faults["categories"] = _(
            "A rule without a condition takes everything: that is what the fallback is for."
        )
    if len(before) >= RULES_MOST:
        faults["name"] = _("A list holds at most %(most)s rules.", most=RULES_MOST)
    if faults:
        raise Invalid(fields=faults)
    _require_turn(RoutingRule(id=0, **draft.values()), before)


def _require_turn(row: RoutingRule, before: list[RoutingRule]) -> None:
    wide = hidden_by(lists.as_rule(row), lists.as_rules(before))
    if wide is not None:
        name = next(one.name for one in before if one.id == wide.id)
        raise Invalid(
            _("“%(rule)s” would never get its turn: “%(name)s” stands before it and takes all of that.", rule=row.name, name=name)
        )  # fmt: skip


def _check_followers(draft: RuleDraft, row: RoutingRule, rows: list[RoutingRule]) -> None:
    wide = RoutingRule(id=row.id, **draft.values())
    for later in rows[rows.index(row) + 1 :]:
        _require_turn(later, [wide])


def _unknown(draft: RuleDraft) -> dict[str, Sentence | str]:
    """Conditions about what is not there: they would never hold."""
    faults: dict[str, Sentence | str] = {}
    if gone := sorted(set(draft.categories) - {one.key for one in categories()}):
        faults["categories"] = _("There is no category “%(key)s”: this rule would never hold.", key=gone[0])
    there = select(Product.key).where(Product.key.in_(draft.products)) if draft.products else None
    known = set(db.session.scalars(there)) if there is not None else set()
    if gone := sorted(set(draft.products) - known):
        faults["products"] = _(
            "There is no product with the reference “%(key)s”: this rule would never hold.", key=gone[0]
        )
    if gone := sorted(set(draft.languages) - set(LANGUAGES)):
        faults["languages"] = _("“%(code)s” is no language of this community.", code=gone[0])
    bad = next((one for one in draft.words if not is_phrase(one)), None)
    if bad is not None:
        faults["words"] = _(
            "“%(phrase)s” is no phrase that can be looked for: up to five words, * only at the end of one.",
            phrase=bad,
        )
    elif len(draft.words) > WORDS_MOST:
        faults["words"] = _("A list holds at most %(most)s phrases.", most=WORDS_MOST)
    return faults


def used_by(team_id: int) -> int:
    """How many rules lead to a team."""
    return db.session.scalar(select(func.count()).where(RoutingRule.team_id == team_id)) or 0
