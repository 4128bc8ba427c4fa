"""What who proposed an official answer hears of it."""

from __future__ import annotations

from typing import Any

from accounts.notifications.kinds import Kind, register
from common.i18n import _
from moderation.escalation.notices import title_of

Params = dict[str, Any]


def _to_question(params: Params) -> tuple[str, dict[str, Any]]:
    return "questions.show", {"id": params["question_id"]}


_KINDS = (
    Kind(
        "official-draft-used",
        lambda p: _("Your proposal became the official answer to “%(title)s”. Thank you.", title=title_of(p)),
        _to_question, event="answer", button=_("Read the answer"),
    ),
    Kind(
        "official-draft-declined",
        lambda p: _("The team did not take your proposal for “%(title)s”: %(words)s", title=title_of(p), words=p["words"]),
        _to_question, event="answer", button=_("Open the question"),
    ),
    Kind(
        "official-draft-lapsed",
        lambda p: _("“%(title)s” was settled otherwise meanwhile. Thank you for your proposal.", title=title_of(p)),
        _to_question, event="answer", mail="off", button=_("Open the question"),
    ),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)
