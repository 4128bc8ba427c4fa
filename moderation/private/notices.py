"""What the two people of a private talk are told about it."""

from __future__ import annotations

from typing import Any

from accounts.notifications.kinds import Kind, register
from accounts.notifications.telling import tell, withdraw
from common.i18n import _
from moderation.escalation.notices import case_number, title_of
from moderation.private.models import PrivateTalk

Params = dict[str, Any]


def _to_offer(params: Params) -> tuple[str, dict[str, Any]]:
    return "private.offer", {"id": params["question_id"]}


def _to_agent(params: Params) -> tuple[str, dict[str, Any]]:
    return "messages.show", {"id": params["agent_id"]}


def _to_case(params: Params) -> tuple[str, dict[str, Any]]:
    return "escalation.show", {"case_id": params["case_id"]}


_KINDS = (
    Kind(
        "private-offered",
        lambda p: _("The team would like to help you in private with “%(title)s”. Do you agree?", title=title_of(p)),
        _to_offer, event="answer", button=_("Read and answer"),
        subject=lambda p: _("In private? %(title)s", title=title_of(p)),
    ),
    Kind(
        "private-begun",
        lambda p: _("The team goes on with “%(title)s” in private: the message is waiting for you.", title=title_of(p)),
        _to_agent, event="answer", button=_("Read the message"),
    ),
    Kind(
        "private-accepted",
        lambda p: _("%(number)s goes on in private: the asker agrees.", number=case_number(p["case_id"])),
        _to_case, always=True, is_content=False, button=_("Open the case"),
    ),
    Kind(
        "private-gone",
        lambda p: _("Your question is no longer there. What you and the team wrote to each other about it stays in your messages."),
        _to_agent, event="answer", is_content=False, button=_("Open the messages"),
    ),
    Kind(
        "private-gone-agent",
        lambda p: _("%(number)s: the question is no longer there, so its private talk is over. The messages stay.", number=case_number(p["case_id"])),
        _to_case, always=True, is_content=False, button=_("Open the case"),
    ),
    Kind(
        "private-declined",
        lambda p: _("%(number)s stays public: the asker prefers it.", number=case_number(p["case_id"])),
        _to_case, always=True, is_content=False, button=_("Open the case"),
    ),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def tell_asker(kind: str, talk: PrivateTalk) -> None:
    """Tell who asked."""
    tell(
        talk.asker_id, kind, f"private:{talk.id}", talk.question_id, talk.question_id, agent_id=talk.agent_id,
        case_id=talk.case_id,
    )  # fmt: skip


def tell_agent(kind: str, talk: PrivateTalk) -> None:
    """Tell who offered it."""
    tell(talk.agent_id, kind, f"private:{talk.id}", question_id=talk.question_id, case_id=talk.case_id)


def take_back_offer(talk_id: int) -> None:
    """There is nothing to answer any more."""
    withdraw(cause=f"private:{talk_id}", kind="private-offered")


def tell_of_end(talk: PrivateTalk, actor_id: int | None) -> None:
    """The question is gone: nobody waits for what does not come, and nobody looks for what was written."""
    cause, params = (
        f"private:{talk.id}",
        {"agent_id": talk.agent_id, "case_id": talk.case_id, "actor_id": actor_id},
    )
    tell(talk.asker_id, "private-gone", cause, **params)
    tell(talk.agent_id, "private-gone-agent", cause, **params)
