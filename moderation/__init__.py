"""The staff desk: what is read before or after publication, reports, sanctions and appeals, and the ladder.

Public face: ``review.queueing`` (open an item), ``review.deciding``, ``flags.flagging``, ``sanctions.sanctioning``,
``sanctions.statements``; facts in ``events``. ``review.screener.screen_submission`` fills the forum's port.
"""

from __future__ import annotations

from flask import Flask

from moderation import escalation, handlers, jobs  # noqa: F401 - registers its work
from moderation.escalation import models as _escalation  # noqa: F401 - tables
from moderation.flags import models as _flags  # noqa: F401 - tables
from moderation.review import models as _review  # noqa: F401 - tables
from moderation.review import telling as _telling
from moderation.sanctions import models as _sanctions  # noqa: F401 - tables


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
    _telling.register_kinds()
    handlers.subscribe_all()
    escalation.init_app(app)
