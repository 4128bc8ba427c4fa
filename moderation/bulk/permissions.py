"""Who confirms, cancels and reads decisions about many. Beginning one: ``review.permissions.can_bulk``."""

from __future__ import annotations

from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, refuse
from moderation.bulk.models import Bulk
from moderation.review.permissions import can_bulk


def can_confirm(actor: Actor, bulk: Bulk) -> Verdict:
    """Agree as the second person: a moderator of everything, and another one (domain/moderation.md §B2.4)."""
    if not (deciding := can_bulk(actor)):
        return deciding
    if not actor.can_moderate:
        return refuse(_("A moderator of every category confirms this."))
    if bulk.author_id in actor.ids:
        return refuse(_("You proposed this: somebody else must confirm it."))
    return ALLOWED


def can_see_bulk(actor: Actor, bulk: Bulk) -> Verdict:
    """Read what became of each: moderators, and whoever began it."""
    if actor.can_moderate or bulk.author_id in actor.ids:
        return can_bulk(actor)
    return refuse(_("This is the work of a colleague."))


can_cancel = can_see_bulk
"""Take a proposal off, or stop what runs."""


def can_take_back(actor: Actor, bulk: Bulk) -> Verdict:
    """Undo within seconds: only one's own decisions, as everywhere."""
    if bulk.author_id in actor.ids:
        return can_bulk(actor)
    return refuse(_("Only your own last decision can be undone."))
