"""Saved watches: words somebody of the team wants to hear of, and the public texts in which they stand.

Public face: ``matching`` (a text became public), ``keeping`` (make, change, pause, drop, follow up). Held, hidden and private
texts are never looked at.
"""

from __future__ import annotations

from flask import Flask

from common.unit_of_work import subscribe
from forum import events
from moderation.watches import matching, notices, routes

SAID = (
    events.QuestionPublished, events.AnswerPublished, events.CommentPublished, events.ReviewPublished, events.PostEdited,
    events.ReviewEdited, events.PostRestored, events.ReviewRestored,
)  # fmt: skip
"""Facts after which a text may be read by everybody in words that nobody looked at yet."""


def init_app(app: Flask) -> None:
    """Register pages, kinds of news and what is heard of."""
    notices.register_all()
    app.register_blueprint(routes.blueprint)
    for fact in SAID:
        subscribe(fact, matching.note)
