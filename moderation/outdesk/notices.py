"""The asker is told that the outside desk has left a word."""

from __future__ import annotations

from sqlalchemy import select

from accounts.notifications.kinds import Kind, register
from common.db import db
from common.i18n import _
from forum.questions.models import Post
from moderation.escalation import casework
from moderation.escalation import notices as of_cases


def register_kinds() -> None:
    """Make the news known; called once by the package."""
    register(
        Kind(
            "outside-word",
            lambda p: _("The team has left a word about “%(title)s”.", title=of_cases.title_of(p)),
            lambda p: ("short.answer", {"id": p["question_id"]}),
            event="answer",
            button=_("Read it"),
        )
    )


def tell_asker(case_id: int) -> None:
    """Who asked hears that there is a word; it stands with the question."""
    case = casework.load(case_id)
    asker_id = db.session.scalar(select(Post.author_id).where(Post.id == case.question_id))
    of_cases.tell_asker("outside-word", asker_id, case, f"outside:{case.version}")
