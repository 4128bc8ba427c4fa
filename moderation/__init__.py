"""The staff desk: what is read before or after publication, reports, sanctions and appeals, and the ladder.

Public face: ``review.queueing`` (open an item), ``review.deciding``, ``flags.flagging``, ``sanctions.sanctioning``,
``sanctions.statements``; facts in ``events``. ``screening.screener.screen_submission`` fills the forum's port.
"""

from __future__ import annotations

from flask import Flask

from common.web import register_panel
from moderation import badges, entrusted, escalation, handlers, incidents, jobs, private, replay, standing  # noqa: F401 - registers its work
from moderation.desk import panels
from moderation.desk.routes import desk
from moderation.escalation import models as _escalation  # noqa: F401 - tables
from moderation.flags import models as _flags  # noqa: F401 - tables
from moderation.flags.routes import flags
from moderation.incidents import models as _incidents  # noqa: F401 - tables
from moderation.messages import routes as messages
from moderation.notes import models as _notes  # noqa: F401 - tables
from moderation.notes import routes as notes
from moderation.private import models as _private  # noqa: F401 - tables
from moderation.review import models as _review  # noqa: F401 - tables
from moderation.review import telling as _telling
from moderation.review.routes import review
from moderation.sanctions import models as _sanctions  # noqa: F401 - tables
from moderation.sanctions.routes import decisions
from rewards.ranks.metrics import add_source
from rewards.trials.numbers import set_conduct


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
    _telling.register_kinds()
    handlers.subscribe_all()
    badges.register()
    add_source(standing.measure)
    set_conduct(standing.counting_until)
    for blueprint in (desk, review, flags, decisions, notes.notes, messages.reported):
        app.register_blueprint(blueprint)
    register_panel("desk.nav", panels.nav)
    register_panel("post.actions", panels.post_actions)
    register_panel("comment.actions", panels.comment_actions)
    register_panel("post.held", panels.held_note)
    register_panel("desk.member", notes.in_file)
    register_panel("desk.nav.work", messages.desk_nav)
    escalation.init_app(app)
    incidents.init_app(app)
    private.init_app(app)
    entrusted.init_app(app)
    replay.init_app(app)
