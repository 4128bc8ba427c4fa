"""The news of archives."""

from __future__ import annotations

from accounts.notifications.kinds import Kind, register
from common import settings
from common.i18n import n_


def register_all() -> None:
    """Make the kind known; called once by the package."""
    register(
        Kind(
            "archive-ready",
            lambda _params: n_(
                "The archive of your data is ready. You can fetch it for %(count)s day.",
                "The archive of your data is ready. You can fetch it for %(count)s days.",
                settings.get("privacy.archive_days"),
            ),
            lambda _params: ("settings.data", {}),
            event="account",
            is_content=False,
            always=True,
        )
    )
