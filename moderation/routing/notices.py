"""What leads and agents are told about where cases go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.notifications.kinds import Kind, register
from common.i18n import Sentence, _
from moderation.escalation.models import Case
from moderation.escalation.notices import case_number, tell_staff, title_of
from moderation.routing.models import CaseDesk

Params = dict[str, Any]


def _to_case(params: Params) -> tuple[str, dict[str, Any]]:
    return "escalation.show", {"case_id": params["case_id"]}


def _said(sentence: Sentence) -> Any:
    return lambda p: sentence.filled({"number": case_number(p["case_id"]), "title": title_of(p)})


_KINDS = (
    Kind(
        "case-ping-pong",
        _said(_("%(number)s is passed from team to team: “%(title)s”. Please decide where it belongs.", number="", title="")),
        _to_case, always=True, is_content=False, button=_("Open the case"),
    ),
    Kind(
        "case-triage-late",
        _said(_("No rule took %(number)s, and nobody has said where it belongs: “%(title)s”.", number="", title="")),
        _to_case, always=True, is_content=False, button=_("Open the case"),
    ),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def tell_ping_pong(case: Case, desk: CaseDesk, lead_ids: Iterable[int]) -> None:
    """The leads of both teams hear of each further pass, once."""
    tell_staff("case-ping-pong", lead_ids, case, f"passed:{desk.reroute_count}")


def tell_triage(case: Case, lead_ids: Iterable[int]) -> None:
    """Nobody has sorted this one in time."""
    tell_staff("case-triage-late", lead_ids, case, "triage")


def tell_assigned(case: Case, member_id: int) -> None:
    """A case is theirs now."""
    tell_staff("case-assigned", [member_id], case, f"assigned:{member_id}:{case.version}")
