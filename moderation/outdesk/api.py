"""The API of outside desks: read and say where a case stands, with a key that is good for cases."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, jsonify, request

from common.errors import Invalid
from common.i18n import _
from common.web import csrf
from forum.catalogue.api import program_for
from forum.questions.routes import ANY_ID
from moderation.outdesk import stating
from moderation.outdesk.rules import is_key, read_told

blueprint = Blueprint("outdesk_api", __name__, url_prefix="/api/v1")
csrf.exempt(blueprint)
"""A key in a header is nothing a browser sends by itself."""
MOST_BYTES = 10_000


@blueprint.get(f"/cases/<{ANY_ID}:id>")
def show(id: int) -> Any:
    """How a case stands."""
    program_for("cases")
    return jsonify(stating.standing(id))


@blueprint.put(f"/cases/<{ANY_ID}:id>/status")
def say(id: int) -> Any:
    """Say how it stands outside."""
    program = program_for("cases")
    key = request.headers.get("Idempotency-Key", "")
    if not is_key(key):
        raise Invalid(_("A header Idempotency-Key of 1 to 80 letters and digits is needed."))
    told = read_told(_sent())
    if isinstance(told, list):
        raise Invalid(fields={name: _("This value is missing or does not fit.") for name in told})
    return jsonify(stating.state(program, id, told, key))


def _sent() -> Any:
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Invalid(_("This request is too large."))
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(_("A JSON object is expected.")) from None
