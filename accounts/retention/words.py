"""The words of retention."""

from __future__ import annotations

from accounts.retention.models import HoldKind
from common.i18n import Sentence, _

KINDS: dict[str, Sentence] = {
    HoldKind.MEMBER: _("Member"),
    HoldKind.POST: _("Post"),
    HoldKind.CASE: _("Case"),
}
