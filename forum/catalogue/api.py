"""The API of the brand's programs: products and purchases, with a key in the header ``Authorization: Bearer …``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from accounts.apikeys.keeping import Program, recognise
from common import limits, settings
from common.errors import Invalid
from common.i18n import _
from common.web import client_key, csrf
from forum.catalogue import filling, importing, proving
from forum.catalogue.filling import Report
from forum.catalogue.rules import MOST_AT_ONCE, Fault, OwnerLine, ProductLine, read_owner, read_product
from forum.catalogue.wording import FAULTS

bp = Blueprint("catalogue_api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)
"""A key in a header is nothing a browser sends by itself."""

settings.define(
    "catalogue.requests_a_minute", 60, unit=_("requests"), low=1, high=6000,
    help=_("How often one program may use the API of products and purchases in a minute."),
)  # fmt: skip


def program_for(scope: str) -> Program:
    """The program that asks, if its key is good for this. Raises Forbidden and TooMany."""
    limits.hit("api-key-guess", client_key(), "600/minute")
    kind, _gap, key = request.headers.get("Authorization", "").partition(" ")
    program = recognise(key.strip()[:200] if kind.lower() == "bearer" else "", scope)
    limits.hit("api-key", program.key_id, f"{settings.get('catalogue.requests_a_minute')}/minute")
    return program


@bp.put("/products/<key>")
def put_product(key: str) -> Any:
    """One product, known by its key in the address."""
    program_for("products")
    item = request.get_json(silent=True)
    line = read_product({**item, "key": key}) if isinstance(item, dict) else Fault.SHAPE
    report = Report(total=1)
    _fill([(1, line)], report, [key])
    if report.fault_count:
        raise Invalid(
            FAULTS[Fault(report.faults[0][2])], {report.faults[0][2]: FAULTS[Fault(report.faults[0][2])]}
        )
    return _answer(report, 201 if report.added else 200)


@bp.post("/products")
def post_products() -> Any:
    """Up to 500 products at once; what the list does not name stays as it is."""
    program_for("products")
    items = items_sent("products")
    report, keys = Report(total=len(items)), [str(item.get("key", "")) for item in items]
    _fill([(number, read_product(item)) for number, item in enumerate(items, start=1)], report, keys)
    return _answer(report)


@bp.delete("/products/<key>")
def retire_product(key: str) -> Any:
    """The product is no longer sold: it stops being offered, its page and its questions stay."""
    program_for("products")
    report = Report(total=1)
    importing.retire(key, report)
    return _answer(report)


@bp.post("/purchases")
def post_purchases() -> Any:
    """Up to 500 purchases, or returned ones (``"withdrawn": true``), at once."""
    program = program_for("purchases")
    items = items_sent("purchases")
    report = Report(total=len(items))
    lines = [(number, read_owner(item)) for number, item in enumerate(items, start=1)]
    for number, line in lines:
        if isinstance(line, Fault):
            report.fault(number, str(items[number - 1].get("product", "")), line)
    good = [(number, line) for number, line in lines if isinstance(line, OwnerLine)]
    proving.take_proofs(good, report, program.name)
    return _answer(report)


def items_sent(name: str) -> list[dict[str, Any]]:
    """The objects of a request, as a list or under a name. Raises :class:`Invalid`."""
    sent = request.get_json(silent=True)
    items = sent.get(name) if isinstance(sent, dict) else sent
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Invalid(_("A JSON list of objects is expected."))
    if len(items) > MOST_AT_ONCE:
        raise Invalid(_("At most %(count)s items at once.", count=MOST_AT_ONCE))
    return items


def _fill(lines: list[tuple[int, ProductLine | Fault]], report: Report, keys: list[str]) -> None:
    good: dict[str, tuple[int, ProductLine]] = {}
    for (number, line), key in zip(lines, keys, strict=True):
        if isinstance(line, Fault) or line.key in good:
            report.fault(number, key, line if isinstance(line, Fault) else Fault.TWICE)
        else:
            good[line.key] = (number, line)
    filling.fill(list(good.values()), report)
    filling.point_to_successors(list(good.values()), report)


def _answer(report: Report, status: int = 200) -> tuple[Response, int]:
    told = report.as_dict()
    told["faults"] = [
        {"item": number, "key": key, "code": fault, "message": str(FAULTS[Fault(fault)])}
        for number, key, fault in report.faults
    ]
    return jsonify(told), status
