"""The ladder and the team's cases: no question stays alone.

Public face: ``laddering`` (start, settle, advance, sweep), ``prioritising`` (rescore, set_priority), ``cases`` (take,
assign, release, note, ask, answer officially, hand back), ``policies`` (the calendar and the timers in force).
Reactions to facts stand in ``moderation/handlers.py``, periodic work in ``moderation/jobs.py``.
"""

from __future__ import annotations

from flask import Flask

from common import rail, web
from moderation import experts
from moderation.escalation import clocks, notices
from moderation.escalation.desk import panels, routes
from rewards.ledger.truth import set_rescue


def init_app(app: Flask) -> None:
    """Register pages, panels and kinds of news."""
    notices.register_all()
    experts.init_app(app)
    set_rescue(clocks.experts_were_called)
    app.register_blueprint(routes.blueprint)
    web.register_panel("question.notice", panels.promise_line)
    web.register_panel("question.waiting", panels.waiting_trail)
    rail.add("work", panels.BOARD)
    rail.add("unanswered", panels.UNANSWERED)
