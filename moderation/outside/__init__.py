"""What happens in the community is told to the brand's outside systems: signed, tried again for days, logged, sent again.

Public face: ``telling.tell`` (inside a unit of work), ``steering`` (connections). The far end's side: docs/outside.md.
"""

from __future__ import annotations

from flask import Flask

from common import rail
from moderation.outside import models, notices, retention, sending, telling  # noqa: F401 - registers its work
from moderation.outside.routes import RAIL, blueprint


def init_app(app: Flask) -> None:
    """Register pages, news and who reacts to what."""
    telling.subscribe_all()
    notices.register_kinds()
    app.register_blueprint(blueprint)
    rail.add("steering", RAIL)
