"""Where the search is seen outside its pages: the desk's rail."""

from __future__ import annotations

from common import rail
from common.i18n import _
from forum.search.log.permissions import can_read_searches

RAIL = (
    rail.Line("searches.index", "search", _("Searches"), can_read_searches),
    rail.Line("synonyms.index", "link", _("Synonyms"), can_read_searches),
)
