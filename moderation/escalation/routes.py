"""Pages of the escalation desk."""

from __future__ import annotations

from typing import Any

from common.web import localized

blueprint = localized("escalation", __name__)


def promise_line(*_args: Any) -> str:
    """The public line on a question that was passed to the team."""
    return ""


def waiting_trail(*_args: Any) -> str:
    """What happens next to a question without an answer."""
    return ""
