"""The words of votes, and the news that one is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.notifications.kinds import Kind, register
from common.i18n import Sentence, _, day, language
from forum.content.terms.rules import Document
from rewards.votes.rules import Choice

CHOICES: dict[Choice, Sentence] = {
    Choice.FOR: _("For"),
    Choice.AGAINST: _("Against"),
    Choice.ABSTAIN: _("I abstain"),
}


def _sentence(params: dict[str, Any]) -> Sentence:
    last = day(datetime.fromisoformat(params["until"]) - timedelta(seconds=1))
    if params["document"] == Document.CHARTER:
        return _("A change of the community rules is planned: mentors vote until %(day)s.", day=last)
    return _("A change of the terms of use is planned: mentors vote until %(day)s.", day=last)


def _where(params: dict[str, Any]) -> str:
    return f"/{language()}/rewards/votes/{params['vote_id']}"


def register_all() -> None:
    """Make the kind known; called once by the package."""
    register(
        Kind(
            "charter-vote", _sentence, _where, event="account", mail="now", is_content=False, button=_("Vote")
        )
    )
