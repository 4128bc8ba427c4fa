"""The inlet by HTTP: a mail server or a mail service hands over the raw mail. And a new address to ask at."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for

from accounts.settings.routes import members_only
from common import limits
from common.config import current_config
from common.errors import Forbidden, Invalid, NotFound
from common.i18n import _
from common.web import actor, csrf, localized
from forum.letterbox import rules
from forum.letterbox.addresses import renew
from forum.letterbox.receiving import receive
from forum.questions.forms import as_id

letterbox = Blueprint("letterbox", __name__)
asking = localized("ask_by_mail", __name__)


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


@asking.post("/settings/ask-address")
@members_only
def new_address() -> Any:
    """Another address to ask at; the one that was shown stops."""
    if not current_config().reply_address:
        raise NotFound
    limits.hit("ask-address", actor().member_id or 0, "20/hour")
    if renew(actor(), as_id(request.form.get("number")) or 0):
        flash(str(_("Your new address is ready. Mails to the old one are passed over.")))
    return redirect(url_for("settings.alerts", _anchor="h-by-mail"), 303)
