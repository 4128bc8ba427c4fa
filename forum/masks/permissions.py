"""Who may ask under a mask, lift it, and see who wears one."""

from __future__ import annotations

from typing import Any

from common import settings
from common.errors import Invalid
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from forum.categories.models import Category

settings.define(
    "forum.masks", True,
    help=_("Customers may ask without their name: members read “a customer”, the team can see who it is."),
)  # fmt: skip


def can_mask(actor: Actor, category: Any) -> Verdict:
    """Ask in a category without one's name. Whoever speaks for the brand says so."""
    if actor.is_staff:
        return refuse(_("Who speaks for the team asks by name."))
    if settings.get("forum.masks") and category.masks:
        return ALLOWED
    return refuse(_("In this category one asks by name. Choose another one, or untick the box."))


def require_maskable(actor: Actor, category: Category) -> None:
    """Raise :class:`Invalid` beside the box on the ask page unless it may be ticked."""
    if not (verdict := can_mask(actor, category)):
        raise Invalid(fields={"unnamed": verdict.sentence or ""})


def can_lift(actor: Actor) -> Verdict:
    """Say in public who asked: only the person under the mask, as known in the thread (:func:`wearing.under_mask`)."""
    if not (writing := may_write(actor)):
        return writing
    if actor.behind_id is not None:
        return ALLOWED
    return refuse(_("Only the person who asked can do this."))


def can_see_person(actor: Actor) -> Verdict:
    """See who asked: the team, each look noted in the audit trail."""
    return ALLOWED if actor.is_staff else refuse(_("This page is for the brand’s team."))


def can_decide_masks(actor: Actor) -> Verdict:
    """Managers decide in which categories one may ask without a name."""
    return ALLOWED if actor.is_manager else refuse(_("This is decided by managers."))
