"""Accounts: members, signing in, roles, settings of one's own, and what members are told.

Public face: ``accounts.members.queries.cards`` (who is who), ``accounts.members.joining`` (accounts opened
by import and command line), ``accounts.members.roles.give_role``, ``accounts.signin.sessions`` (end_all on
sanctions), ``accounts.notifications.telling`` and ``accounts.notifications.kinds``; facts in ``events``.
"""

from __future__ import annotations

from flask import Flask

from accounts.members import models as _members  # noqa: F401 - tables
from accounts.notifications import models as _notifications  # noqa: F401 - tables
from accounts.signin import models as _signin  # noqa: F401 - tables


def init_app(app: Flask) -> None:
    """Register what this package offers on the application."""
