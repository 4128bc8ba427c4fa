"""The line of the words in the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from moderation.lexicon.permissions import can_change_words

RAIL = rail.Line("lexicon.index", "flag", _("Words of priority"), can_change_words)
