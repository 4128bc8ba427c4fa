"""The words of the charter and the terms."""

from __future__ import annotations

from common.i18n import Sentence, _
from forum.content.terms.rules import Document

TITLES: dict[str, Sentence] = {
    Document.CHARTER: _("Community rules"),
    Document.TERMS: _("Terms of use"),
}
