"""The API of the customer file: pages of activity, with a key that is good for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify, request

from common.errors import Invalid
from common.i18n import _
from common.lists import LARGEST
from common.permissions import SYSTEM
from forum.catalogue.api import program_for
from moderation.crm import exporting
from moderation.outside.rendering import moment

blueprint = Blueprint("crm_api", __name__, url_prefix="/api/v1")


@blueprint.get("/activity")
def activity() -> Any:
    """Members by number, ``after`` one; with ``since`` those of whom anything changed."""
    program = program_for("crm")
    page = exporting.export(SYSTEM, f"program {program.name}", _since(), _after())
    answer = jsonify(as_of=moment(page.as_of), members=page.lines, next=page.next)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _since() -> datetime | None:
    said = request.args.get("since", "")
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said[:40].replace("Z", "+00:00").replace(" ", "+"))
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(fields={"since": _("A moment such as 2026-03-02T10:00:00Z is expected.")}) from None


def _after() -> int:
    said = request.args.get("after", "0")
    if not (said.isascii() and said.isdigit() and len(said) <= 10) or int(said) > LARGEST:
        raise Invalid(fields={"after": _("A number is expected here.")})
    return int(said)
