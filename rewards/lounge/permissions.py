"""Who reads and writes in the lounge. One sentence for everybody else, whatever the address: nothing can be guessed."""

from __future__ import annotations

from accounts.members import rights
from common import settings
from common.i18n import _
from common.permissions import ALLOWED, Actor, Verdict, may_write, refuse
from rewards.lounge.models import LoungeMessage
from rewards.ranks.queries import is_alumnus

rights.opens("lounge", _("the lounge of super-users"), "lounge.rank")


def is_inside(actor: Actor) -> bool:
    """The team, and members of the rank of super-users (a measure in force rests it)."""
    return not actor.suspended and (actor.is_staff or actor.rank >= settings.get("lounge.rank"))


def can_read(actor: Actor) -> Verdict:
    """Those inside, and former super-users. One query at most."""
    if is_inside(actor):
        return ALLOWED
    restricted = actor.suspended or actor.silenced
    if actor.member_id is not None and not restricted and is_alumnus(actor.member_id):
        return ALLOWED
    return refuse(_("The lounge is for super-users and the team."))


def can_write(actor: Actor) -> Verdict:
    """Those inside who may write at all; former super-users read along."""
    if not is_inside(actor):
        return refuse(_("Former super-users read along here."))
    return may_write(actor)


def can_tell_news(actor: Actor) -> Verdict:
    """Mark a topic as early news: the team."""
    return can_write(actor) if actor.is_staff else refuse(_("News are told by the team."))


def can_remove(actor: Actor, message: LoungeMessage) -> Verdict:
    """Take a message away: its author, and moderators."""
    if actor.can_moderate or (message.author_id == actor.member_id and can_read(actor)):
        return ALLOWED
    return refuse(_("Only its author or a moderator may take this away."))
