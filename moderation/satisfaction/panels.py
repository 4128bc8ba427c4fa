"""What other pages show of what customers thought."""

from __future__ import annotations

from typing import Any

from flask import render_template

from common.web import actor
from forum.questions.rules import HelpState
from moderation.satisfaction import queries


def of_question(head: Any) -> str:
    """On a solved question, for its asker alone: the page that asks, until it was answered."""
    who = actor()
    if head.author_id not in who.ids or head.help_state != HelpState.SOLVED:
        return ""
    if not queries.open_to(who.person_id, head.id):
        return ""
    return render_template("moderation/satisfaction/_question.html", question_id=head.id)


def of_team(team: Any) -> str:
    """On a team's page."""
    return render_template("moderation/satisfaction/_team.html", figures=queries.figures(team.id))


def of_case(case: Any) -> str:
    """On a case."""
    row = queries.of_case(case.card.id)
    return render_template("moderation/satisfaction/_case.html", row=row) if row is not None else ""
