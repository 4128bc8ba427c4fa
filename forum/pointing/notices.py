"""Who pointed out a duplicate hears what became of it; and what facts of order mean for hints."""

from __future__ import annotations

from typing import Any

from accounts.notifications import telling
from accounts.notifications.kinds import Kind, register
from common.db import db
from common.i18n import _
from forum import events
from forum.notices.kinds import title_of
from forum.pointing import pointing
from forum.pointing.models import DuplicateHint
from forum.pointing.rules import HintState


def _to_question(params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "questions.show", {"id": params["question_id"], "_anchor": "question"}


_KINDS = (
    Kind(
        "hint-confirmed",
        lambda p: _("“%(title)s” is linked to the question you pointed out. Thank you.", title=title_of(p)),
        _to_question, event="mention", mail="off",
    ),
    Kind(
        "hint-declined",
        lambda p: _("“%(title)s” stays a question of its own: it is another problem.", title=title_of(p)),
        _to_question, event="mention", mail="off",
    ),
)  # fmt: skip


def register_all() -> None:
    """Make the kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)


def tell_pointer(fact: events.DuplicateHintDecided) -> None:
    """Good news, and news that is none any more, to whoever pointed it out."""
    cause = f"hint:{fact.hint_id}"
    if not fact.holds:
        telling.withdraw(cause=cause, kind="hint-confirmed")
    state = db.session.get_one(DuplicateHint, fact.hint_id).state
    kind = "hint-confirmed" if fact.holds else "hint-declined" if state is HintState.DECLINED else None
    if kind is not None:
        telling.tell(fact.member_id, kind, cause, fact.question_id, fact.question_id, actor_id=fact.actor_id)


def overtake(fact: events.QuestionClosed | events.QuestionMerged) -> None:
    """A question that is closed, or went up in another, needs no hint."""
    pointing.overtake(fact.question_id, fact.actor_id)


def undo(fact: events.QuestionUnlinked) -> None:
    """A question of its own after all."""
    pointing.undo(fact.question_id, fact.actor_id)
