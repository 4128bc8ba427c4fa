"""The inlet by HTTP: a mail server or a mail service hands over the raw mail."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, jsonify, request

from common.config import current_config
from common.errors import Forbidden, Invalid, NotFound
from common.i18n import _
from common.web import csrf
from forum.letterbox import rules
from forum.letterbox.receiving import receive

letterbox = Blueprint("letterbox", __name__)


@csrf.exempt
@letterbox.post("/api/v1/mail-inlet")
def inlet() -> Any:
    """A raw mail as the body, the secret as `Authorization: Bearer …`, the envelope's recipient as `?recipient=`."""
    secret = current_config().mail_inlet_secret
    if not secret:
        raise NotFound
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise Forbidden(_("The secret of the mail inlet is not the right one."))
    if (request.content_length or 0) > rules.MOST_BYTES:
        raise Invalid(_("This mail is too large."))
    receipt = receive(request.get_data(cache=False), request.args.getlist("recipient")[:20])
    return jsonify(outcome=receipt.outcome.value, id=receipt.made_id, reason=receipt.reason)
