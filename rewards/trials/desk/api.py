"""The carrier's door: signed messages about parcels."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request

from common import limits
from common.config import current_config
from common.errors import Invalid
from common.i18n import _
from common.web import client_key, csrf
from rewards.trials.sending import shipping

api = Blueprint("trial_api", __name__)


@csrf.exempt
@api.post("/api/v1/trial-deliveries")
def deliveries() -> Any:
    """Deliveries as JSON, signed as the shop signs: ``X-Fourmi-Timestamp`` and ``X-Fourmi-Signature``."""
    limits.hit("carrier-guess", client_key(), "600/minute")
    if (request.content_length or 0) > shipping.MOST_BYTES:
        raise Invalid(_("This message is too large."))
    secrets = current_config().carrier_secrets
    body = request.get_data(cache=False)
    stamp, shown = (request.headers.get(f"X-Fourmi-{name}", "") for name in ("Timestamp", "Signature"))
    taken = shipping.take_message(secrets, stamp, shown, body)
    return jsonify(
        deliveries=[{"reference": reference, "outcome": outcome.value} for reference, outcome in taken]
    )
