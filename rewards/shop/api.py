"""What the shop's programs call. Each request is signed with a secret of the shop; see docs/rewards.md."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, jsonify, request

from common import limits
from common.errors import Invalid
from common.i18n import _
from common.web import client_key, csrf
from rewards.shop import keying, looking, receiving
from rewards.shop.rules import read_cancelled, read_told

bp = Blueprint("shop_api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)
"""A signature in a header is nothing a browser sends by itself."""
MOST_BYTES = 20_000


def _signed(text: bytes) -> int:
    limits.hit("shop-guess", client_key(), "600/minute")
    shown = request.headers.get("X-Fourmi-Signature", "")
    return keying.recognise(request.headers.get("X-Fourmi-Timestamp", ""), text, shown)


def _sent() -> Any:
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Invalid(_("This request is too large."))
    _signed(body)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(_("A JSON object is expected.")) from None


def _unfit(fields: list[str]) -> Invalid:
    return Invalid(fields={name: _("This value is missing or does not fit.") for name in fields})


@bp.post("/redemptions")
def redeemed() -> Any:
    """A code was used."""
    told = read_told(_sent())
    if isinstance(told, list):
        raise _unfit(told)
    status, said = receiving.redeem(told)
    return jsonify(said), status


@bp.post("/redemptions/<id>/cancel")
def cancelled(id: str) -> Any:
    """The order was cancelled; ``id`` is the event_id of the redemption."""
    told = read_cancelled(_sent(), id)
    if isinstance(told, list):
        raise _unfit(told)
    status, said = receiving.cancel(told)
    return jsonify(said), status


@bp.get("/codes/<code>")
def code(code: str) -> Any:
    """Whether a code is good. Where there is no body, the code itself is what is signed."""
    return jsonify(looking.look_up(_signed(code.encode()), code[:100]))
