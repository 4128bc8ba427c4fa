"""Where a case stands outside, in words."""

from __future__ import annotations

from common.i18n import Sentence, _
from moderation.outdesk.rules import Stand

STANDS: dict[Stand, Sentence] = {
    Stand.IN_PROGRESS: _("being worked on"),
    Stand.WAITING: _("waiting for somebody"),
    Stand.RETURNED: _("given back"),
    Stand.RESOLVED: _("settled"),
}
