"""What other pages show of what customers thought."""

from __future__ import annotations

from typing import Any

from flask import render_template

from moderation.satisfaction import queries


def of_team(team: Any) -> str:
    """On a team's page."""
    return render_template("moderation/satisfaction/_team.html", figures=queries.figures(team.id))


def of_case(case: Any) -> str:
    """On a case."""
    row = queries.of_case(case.card.id)
    return render_template("moderation/satisfaction/_case.html", row=row) if row is not None else ""
