"""The lines of delegation in the desk's rail."""

from __future__ import annotations

from flask import url_for

from common import rail
from common.i18n import _
from common.permissions import Actor
from moderation.delegation.permissions import can_entrust
from moderation.delegation.teams import led_by


class _OwnTeam(rail.Line):
    """For who leads a team: the own team. One query, for limited moderators only."""

    def address(self, who: Actor) -> str | None:
        team_id = led_by(who)
        return None if team_id is None else url_for(self.endpoint, id=team_id)


RAIL = rail.Line("delegation.index", "users", _("Delegation"), can_entrust)
TEAM_RAIL = _OwnTeam("delegation.team", "users", _("My team"), led_by)
