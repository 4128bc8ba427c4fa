"""What its author hears of a proposed guide."""

from __future__ import annotations

from typing import Any

from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell
from common.i18n import _
from common.permissions import ANONYMOUS
from forum import events
from forum.content.guides.queries import rows

Params = dict[str, Any]


def _title(params: Params) -> str:
    found = rows(ANONYMOUS, [params["guide_id"]]).get(params["guide_id"])
    return found.title if found else ""


_KINDS = (
    Kind(
        "guide-validated", lambda p: _("Your guide “%(title)s” is published. Thank you.", title=_title(p)),
        lambda p: ("guides.show", {"id": p["guide_id"]}), event="mention", button=_("Read the guide"), is_content=False,
    ),
    Kind(
        "guide-declined", lambda p: _("Your proposed guide was not published: read why, and propose it again."),
        lambda p: ("guide_proposals.show", {"id": p["proposal_id"]}), event="mention", button=_("Read why"), is_content=False,
    ),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def on_validated(fact: events.GuideValidated) -> None:
    """The author hears that it is published."""
    tell(fact.author_id, "guide-validated", f"guide:{fact.guide_id}", guide_id=fact.guide_id)


def on_declined(fact: events.GuideDeclined) -> None:
    """The author hears that it is not, and where the reason stands."""
    tell(fact.author_id, "guide-declined", f"guide-proposal:{fact.proposal_id}", proposal_id=fact.proposal_id)
